#include "lang/kql/lexer.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>

#include "base/text.h"
#include "base/utf8.h"
#include "lang/kql/codes.h"

namespace hecate::kql {
namespace {

bool is_name_start(char c) { return is_ascii_alpha(c) || c == '_' || c == '$'; }
bool is_name_part(char c) { return is_ascii_alnum(c) || c == '_'; }
bool is_hex_digit(char c) { return is_ascii_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

class Lexer {
 public:
  Lexer(const MappedText& query, DiagnosticSink& sink) : query_(query), text_(query.view()), sink_(sink) {}

  Tokens run() {
    if (text_.size() > kLargestQuery) {
      error(kTooDeep, 0, 1, fmt::format("the query has {} bytes; at most {} are read", text_.size(), kLargestQuery));
      at_ = text_.size();
    }
    skip_directives();
    for (skip_blanks(); at_ < text_.size(); skip_blanks()) next();
    begin_ = at_;
    push(TokenKind::End);
    return std::move(tokens_);
  }

 private:
  [[nodiscard]] char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  [[nodiscard]] bool starts_with(std::string_view prefix) const { return text_.substr(at_).starts_with(prefix); }

  void error(const DiagnosticCode& code, size_t begin, size_t end, std::string message, std::string hint = {}) {
    sink_.report(code, query_.span(begin, end), std::move(message), std::move(hint));
  }

  void skip_blanks() {
    while (at_ < text_.size()) {
      if (starts_with("//")) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (peek() == ' ' || (peek() >= '\t' && peek() <= '\r')) {
        ++at_;
      } else if (starts_with("\xC2\xA0")) {
        at_ += 2;  // a no-break space, as web pages leave it in copied queries
      } else if (starts_with("\xEF\xBB\xBF") || starts_with("\xE2\x80\xAF") || starts_with("\xE2\x80\x8B")) {
        at_ += 3;  // likewise a byte order mark, a narrow no-break space, a zero-width space
      } else {
        return;
      }
    }
  }

  /// Lines like `#connect …` before a query are for the tool in which it was written.
  void skip_directives() {
    for (skip_blanks(); peek() == '#'; skip_blanks()) at_ = std::min(text_.find('\n', at_), text_.size());
  }

  void push(TokenKind kind) {
    Token token;
    token.kind = kind;
    token.begin = static_cast<uint32_t>(begin_);
    token.end = static_cast<uint32_t>(at_);
    token.nesting = nesting_;
    token.text = text_.substr(begin_, at_ - begin_);
    tokens_.list.push_back(token);
  }
  void push_name() {
    push(TokenKind::Name);
    tokens_.list.back().use = word_use(tokens_.list.back().text);
  }
  void push(Value value, Type type) {
    push(TokenKind::Constant);
    tokens_.list.back().type = type;
    tokens_.list.back().constant = static_cast<uint32_t>(tokens_.constants.size());
    tokens_.constants.emplace_back(value);
  }

  void next() {
    begin_ = at_;
    if (lex_string() || lex_raw_guid()) return;
    if (is_ascii_digit(peek())) return lex_number();
    if (is_name_start(peek())) return lex_name();
    lex_punctuation();
  }

  // --- strings: https://learn.microsoft.com/kusto/query/scalar-data-types/string ---

  bool lex_string() {
    size_t prefix = peek() == 'h' || peek() == 'H' ? 1 : 0;  // obfuscated in traces, else the same
    const bool verbatim = peek(prefix) == '@';
    if (verbatim) ++prefix;
    const char quote = peek(prefix);
    if (quote == '"' || quote == '\'') {
      at_ += prefix + 1;
      verbatim ? lex_verbatim(quote) : lex_quoted(quote);
      return true;
    }
    for (const std::string_view fence : {std::string_view("```"), std::string_view("~~~")}) {
      if (!text_.substr(std::min(at_ + prefix, text_.size())).starts_with(fence)) continue;
      at_ += prefix + fence.size();
      lex_multi_line(fence);
      return true;
    }
    return false;
  }

  void push_string(std::string_view text) { push(Value::string(text), Type::String); }

  void unclosed_string() {
    error(kUnclosed, begin_, std::min(begin_ + 1, text_.size()), "this string is not closed",
          "a string ends on the line on which it begins; ``` begins one of several lines");
    push_string("");
  }

  void lex_multi_line(std::string_view fence) {
    const size_t end = text_.find(fence, at_);
    if (end == std::string_view::npos) {
      at_ = text_.size();
      return unclosed_string();
    }
    const std::string_view body = text_.substr(at_, end - at_);
    at_ = end + fence.size();
    push_string(body);
  }

  void lex_verbatim(char quote) {
    std::string out;
    for (; at_ < text_.size() && peek() != '\n'; ++at_) {
      if (peek() != quote) {
        out += peek();
      } else if (peek(1) == quote) {
        out += quote;
        ++at_;
      } else {
        ++at_;
        return push_string(out);
      }
    }
    unclosed_string();
  }

  void lex_quoted(char quote) {
    std::string out;
    while (at_ < text_.size() && peek() != '\n') {
      if (peek() == quote) {
        ++at_;
        return push_string(out);
      }
      if (peek() == '\\') {
        lex_escape(out);
      } else {
        out += text_[at_++];
      }
    }
    unclosed_string();
  }

  void lex_escape(std::string& out) {
    const size_t begin = at_++;
    const char c = peek();
    static constexpr std::string_view kFrom = "nrtabfv\\'\"";
    static constexpr std::string_view kTo("\n\r\t\a\b\f\v\\'\"");
    if (c >= '0' && c <= '7') return lex_coded(out, begin, 0, c <= '3' ? 3 : 2, 8);
    if (c == 'x') return lex_coded(out, begin, 1, 2, 16);
    if (c == 'u') return lex_coded(out, begin, 1, 4, 16);
    if (c == 'U') return lex_coded(out, begin, 1, 8, 16);
    const size_t found = c == '\0' ? std::string_view::npos : kFrom.find(c);
    if (found != std::string_view::npos) {
      out += kTo[found];
      ++at_;
      return;
    }
    error(kBadLiteral, begin, std::min(at_ + 1, text_.size()), "this escape sequence is not one of KQL's",
          "write `\\\\` for a backslash, or use a verbatim string: @\"…\"");
    out += '\\';
  }

  void lex_coded(std::string& out, size_t begin, size_t skip, size_t most, int base) {
    at_ += skip;
    uint32_t code = 0;
    const char* first = text_.data() + at_;
    const char* last = text_.data() + std::min(at_ + most, text_.size());
    const auto read = std::from_chars(first, last, code, base);
    at_ += static_cast<size_t>(read.ptr - first);
    const bool whole = read.ec == std::errc() && (base == 8 || read.ptr == first + most);
    if (!whole) error(kBadLiteral, begin, at_, "this escape sequence has too few digits");
    append_utf8(code, out);
  }

  // --- numbers and timespans ---

  void lex_number() {
    if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X') && lex_hex()) return;
    const size_t whole = digits(at_);
    if (const size_t end = real_end(whole); end != 0 && !is_name_part(at(end))) {
      at_ = end;
      return push(Value::real(std::strtod(std::string(text_.substr(begin_, end - begin_)).c_str(), nullptr)),
                  Type::Real);
    }
    size_t fraction = at(whole) == '.' ? digits(whole + 1) : whole;
    if (fraction == whole + 1) fraction = whole;
    if (is_name_part(at(fraction)) && lex_timespan(fraction)) return;
    at_ = whole;
    if (!is_name_part(peek())) return push_long(begin_, 10);
    while (is_name_part(peek())) ++at_;
    push_name();  // names may begin with digits
  }

  [[nodiscard]] char at(size_t offset) const { return offset < text_.size() ? text_[offset] : '\0'; }
  [[nodiscard]] size_t digits(size_t from) const {
    while (is_ascii_digit(at(from))) ++from;
    return from;
  }

  /// Where a real number ends whose digits before the point end at `whole`; 0 where it is not a real number.
  [[nodiscard]] size_t real_end(size_t whole) const {
    size_t end = whole;
    if (at(whole) == '.' && (at(whole + 1) != '.' || at(whole + 2) == '.')) end = digits(whole + 1);
    if (at(end) != 'e' && at(end) != 'E') return end == whole ? 0 : end;
    const size_t sign = at(end + 1) == '+' || at(end + 1) == '-' ? 1 : 0;
    const size_t exponent = digits(end + 1 + sign);
    if (exponent > end + 1 + sign) return exponent;
    return end == whole ? 0 : end;
  }

  bool lex_hex() {
    size_t end = begin_ + 2;
    while (is_hex_digit(at(end))) ++end;
    if (end == begin_ + 2 || is_name_part(at(end))) return false;
    at_ = end;
    push_long(begin_ + 2, 16);
    return true;
  }

  /// `1.5h`: the unit begins at `unit`.
  bool lex_timespan(size_t unit) {
    size_t end = unit;
    while (is_name_part(at(end))) ++end;
    const auto ticks = end - unit > 12 ? std::nullopt : parse_timespan(text_.substr(begin_, end - begin_));
    if (!ticks) return false;
    at_ = end;
    push(Value::timespan(*ticks), Type::Timespan);
    return true;
  }

  void push_long(size_t digits_begin, int base) {
    int64_t value = 0;
    const char* last = text_.data() + at_;
    const auto read = std::from_chars(text_.data() + digits_begin, last, value, base);
    if (read.ec != std::errc() || read.ptr != last) {
      error(kBadLiteral, begin_, at_, "this number does not fit a long");
    }
    push(Value::integer(value), Type::Long);
  }

  // --- names and typed literals: datetime(…), guid(…) ---

  void lex_name() {
    ++at_;
    while (is_name_part(peek())) ++at_;
    const std::string_view name = text_.substr(begin_, at_ - begin_);
    if (const auto type = literal_type(name)) {
      size_t open = at_;
      while (open < text_.size() && text_[open] == ' ') ++open;
      if (open < text_.size() && text_[open] == '(') return lex_typed(name, *type, open + 1);
    }
    if (name == "true" || name == "True" || name == "TRUE") return push(Value::boolean(true), Type::Bool);
    if (name == "false" || name == "False" || name == "FALSE") return push(Value::boolean(false), Type::Bool);
    push_name();
  }

  /// `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` may stand in dynamic(…) only.
  bool lex_raw_guid() {
    if (!is_hex_digit(peek()) || at(begin_ + 8) != '-') return false;
    static constexpr std::string_view kShape = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh";
    for (size_t i = 0; i < kShape.size(); ++i) {
      if (kShape[i] == '-' ? at(begin_ + i) != '-' : !is_hex_digit(at(begin_ + i))) return false;
    }
    at_ += kShape.size();
    push(TokenKind::RawGuid);
    return true;
  }

  static std::optional<Type> literal_type(std::string_view name) {
    struct Row {
      std::string_view name;
      Type type;
    };
    static constexpr std::array kRows = {
        Row{"datetime", Type::Datetime}, Row{"date", Type::Datetime},  Row{"timespan", Type::Timespan},
        Row{"int64", Type::Long},        Row{"int32", Type::Long},     Row{"time", Type::Timespan},
        Row{"guid", Type::Guid},         Row{"int", Type::Long},       Row{"long", Type::Long},
        Row{"real", Type::Real},         Row{"double", Type::Real},    Row{"bool", Type::Bool},
        Row{"boolean", Type::Bool},      Row{"decimal", Type::Decimal}};
    for (const Row& row : kRows) {
      if (row.name == name) return row.type;
    }
    return std::nullopt;
  }

  void lex_typed(std::string_view name, Type type, size_t open) {
    const size_t close = text_.find_first_of(")\n", open);
    if (close == std::string_view::npos || text_[close] != ')') {
      error(kUnclosed, begin_, open, fmt::format("this `{}(` is not closed", name));
      at_ = std::min(close, text_.size());
      return push(Value::null(), type);
    }
    at_ = close + 1;
    const std::string_view body = trim(text_.substr(open, close - open));
    const std::optional<Value> value = body == "null" ? Value::null() : typed_value(body, type);
    if (!value) {
      error(kBadLiteral, begin_, at_, fmt::format("`{}` is not a {} literal", body, name),
            fmt::format("`{}(…)` takes a literal; to{}(…) converts a value", name, kusto_name(type)));
    }
    push(value.value_or(Value::null()), type);
  }

  static std::optional<Value> typed_value(std::string_view body, Type type) {
    if (type == Type::Datetime) {
      const auto ticks = parse_datetime(body);
      return ticks ? std::optional(Value::datetime(*ticks)) : std::nullopt;
    }
    if (type == Type::Timespan) {
      const auto ticks = parse_timespan(body);
      return ticks ? std::optional(Value::timespan(*ticks)) : std::nullopt;
    }
    if (type == Type::Bool) {
      if (body == "true" || body == "1") return Value::boolean(true);
      if (body == "false" || body == "0") return Value::boolean(false);
      return std::nullopt;
    }
    if (type == Type::Guid)
      return body.size() == 36 || body.size() == 32 ? std::optional(Value::string(body)) : std::nullopt;
    if (type == Type::Long) {
      int64_t number = 0;
      const bool hex = body.starts_with("0x") || body.starts_with("0X");
      if (hex) body.remove_prefix(2);
      const auto read = std::from_chars(body.data(), body.data() + body.size(), number, hex ? 16 : 10);
      return read.ec == std::errc() && read.ptr == body.data() + body.size() ? std::optional(Value::integer(number))
                                                                             : std::nullopt;
    }
    const std::string copy(body.substr(0, 400));
    char* end = nullptr;
    const double number = std::strtod(copy.c_str(), &end);
    return !copy.empty() && *end == '\0' ? std::optional(Value::real(number)) : std::nullopt;
  }

  void lex_punctuation() {
    static constexpr std::array<std::string_view, 10> kLong = {
        "==", "!=", "=~", "!~", "<=", ">=", "<>", "..", "=>", "<|"};
    for (const std::string_view two : kLong) {
      if (!starts_with(two)) continue;
      at_ += 2;
      return push(TokenKind::Punctuation);
    }
    static constexpr std::string_view kOne = "()[]{},;:.|=<>+-*/%!@?~";
    const char c = peek();
    if (kOne.find(c) != std::string_view::npos && c != '\0') {
      ++at_;
      if ((c == ')' || c == ']' || c == '}') && nesting_ > 0) --nesting_;
      push(TokenKind::Punctuation);
      if (c == '(' || c == '[' || c == '{') ++nesting_;
      return;
    }
    ++at_;
    while (at_ < text_.size() && (static_cast<unsigned char>(peek()) & 0xC0) == 0x80) ++at_;
    error(kSyntax, begin_, at_, "this character has no meaning in KQL");
  }

  const MappedText& query_;
  std::string_view text_;
  DiagnosticSink& sink_;
  size_t at_ = 0;
  size_t begin_ = 0;
  uint32_t nesting_ = 0;
  Tokens tokens_;
};

}  // namespace

Tokens lex(const MappedText& query, DiagnosticSink& sink) { return Lexer(query, sink).run(); }

}  // namespace hecate::kql
