#include "exec/functions/kql_support.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "base/depth_guard.h"
#include "base/json_text.h"
#include "base/text.h"
#include "base/time.h"
#include "base/utf8.h"
#include "exec/functions/json_pieces.h"

namespace hecate::kql_support {
namespace {

/// Times beyond are not Kusto's (years 1..9999); their parts would overflow.
constexpr Ticks kFarthest = 3'200'000'000'000'000'000;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Checks JSON and writes it without blanks.
class Canonizer {
 public:
  explicit Canonizer(std::string_view text) : text_(text) {}

  std::optional<std::string> run() {
    skip();
    if (!value()) return std::nullopt;
    skip();
    if (at_ != text_.size()) return std::nullopt;
    return std::move(out_);
  }

 private:
  void skip() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool value() {
    const DepthGuard guard(depth_);
    if (guard.exceeded()) return false;
    if (peek() == '{' || peek() == '[') return members();
    if (peek() == '"') return string();
    for (const std::string_view word : {"null", "true", "false"}) {
      if (!text_.substr(at_).starts_with(word)) continue;
      out_ += word;
      at_ += word.size();
      return true;
    }
    return number();
  }

  bool members() {
    const bool object = peek() == '{';
    const char close = object ? '}' : ']';
    out_ += text_[at_++];
    skip();
    for (bool first = true; peek() != close; first = false) {
      if (!first) {
        if (peek() != ',') return false;
        out_ += ',';
        ++at_;
        skip();
      }
      if (object) {
        if (peek() != '"' || !string()) return false;
        skip();
        if (peek() != ':') return false;
        out_ += ':';
        ++at_;
        skip();
      }
      if (!value()) return false;
      skip();
    }
    out_ += close;
    ++at_;
    return true;
  }

  bool string() {
    const size_t begin = at_++;
    while (at_ < text_.size() && text_[at_] != '"') {
      at_ += text_[at_] == '\\' ? 2 : 1;
    }
    if (at_ >= text_.size()) return false;
    ++at_;
    // Written anew, so that equal texts are equal bytes.
    append_json_quoted(json_unquote(text_.substr(begin, at_ - begin)), out_);
    return true;
  }

  bool number() {
    const size_t begin = at_;
    if (peek() == '-') ++at_;
    if (!is_ascii_digit(peek())) return false;
    while (is_ascii_digit(peek()) || peek() == '.' || peek() == 'e' || peek() == 'E' || peek() == '+' || peek() == '-')
      ++at_;
    const std::string copy(text_.substr(begin, at_ - begin));
    if (copy.size() > 400) return false;
    char* end = nullptr;
    std::strtod(copy.c_str(), &end);
    if (*end != '\0') return false;
    out_ += copy;
    return true;
  }

  std::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
  std::string out_;
};

uint32_t hex4(std::string_view text, size_t at) {
  uint32_t code = 0;
  if (at + 4 <= text.size()) std::from_chars(text.data() + at, text.data() + at + 4, code, 16);
  return code;
}

/// The end of the value that begins at `at` in canonical JSON.
size_t value_end(std::string_view json, size_t at) {
  int open = 0;
  bool quoted = false;
  for (; at < json.size(); ++at) {
    const char c = json[at];
    if (quoted) {
      if (c == '\\')
        ++at;
      else if (c == '"')
        quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      ++open;
    } else if (c == '}' || c == ']') {
      if (open-- == 0) return at;
    } else if ((c == ',' || c == ':') && open == 0) {
      return at;
    }
  }
  return std::min(at, json.size());
}

}  // namespace

std::optional<std::string> canonical_json(std::string_view text) { return Canonizer(text).run(); }

std::string json_unquote(std::string_view quoted) {
  std::string out;
  static constexpr std::string_view kFrom = "nrtbf";
  static constexpr std::string_view kTo = "\n\r\t\b\f";
  for (size_t at = 1; at + 1 < quoted.size(); ++at) {
    if (quoted[at] != '\\') {
      out += quoted[at];
      continue;
    }
    const char c = quoted[++at];
    if (c != 'u') {
      const size_t found = kFrom.find(c);
      out += found == std::string_view::npos ? c : kTo[found];
      continue;
    }
    uint32_t code = hex4(quoted, at + 1);
    at += 4;
    const bool high =
        code >= 0xD800 && code < 0xDC00 && quoted.substr(std::min(at + 1, quoted.size())).starts_with("\\u");
    const uint32_t low = high ? hex4(quoted, at + 3) : 0;
    if (low >= 0xDC00 && low < 0xE000) {
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
      at += 6;
    }
    append_utf8(code, out);
  }
  return out;
}

JsonParts json_parts(std::string_view json) {
  JsonPieces pieces = json_pieces(json);
  JsonParts parts{pieces.is_array, pieces.is_object, std::move(pieces.values), {}};
  for (const std::string_view key : pieces.keys) parts.keys.push_back(json_unquote(key));
  return parts;
}

std::string_view json_member(std::string_view json, std::string_view key) {
  if (!json.starts_with('{')) return {};
  for (size_t at = 1; at + 1 < json.size();) {
    const size_t colon = value_end(json, at);
    const std::string_view quoted = json.substr(at, colon - at);
    const size_t end = value_end(json, std::min(colon + 1, json.size()));
    const bool plain = quoted.size() == key.size() + 2 && quoted.substr(1, key.size()) == key;
    const bool escaped = quoted.find('\\') != std::string_view::npos;
    if (escaped ? json_unquote(quoted) == key : plain) return json.substr(colon + 1, end - colon - 1);
    at = end + 1;
  }
  return {};
}

std::string_view json_element(std::string_view json, int64_t index) {
  if (!json.starts_with('[')) return {};
  if (index < 0) {
    const JsonParts parts = json_parts(json);
    index += static_cast<int64_t>(parts.values.size());
    return index < 0 ? std::string_view() : parts.values[static_cast<size_t>(index)];
  }
  for (size_t at = 1; at + 1 < json.size(); --index) {
    const size_t end = value_end(json, at);
    if (index == 0) return json.substr(at, end - at);
    at = end + 1;
  }
  return {};
}

Value dynamic_value(std::string_view json, EvalContext& context) {
  return json.empty() || json == "null" ? Value::null() : Value::dynamic(context.arena.copy(json));
}

Value unwrap(const Value& value, EvalContext& context) {
  if (value.kind() != Kind::Dynamic) return value;
  const std::string_view json = value.as_text();
  if (json.empty() || json == "null") return Value::null();
  if (json == "true" || json == "false") return Value::boolean(json == "true");
  if (json.front() == '"') return string_value(json_unquote(json), context);
  if (json.front() == '{' || json.front() == '[') return value;
  if (const auto integer = to_long(json)) return Value::integer(*integer);
  const auto real = to_real(json);
  return real ? Value::real(*real) : Value::null();
}

std::string_view text_of(const Value& value, EvalContext& context) {
  switch (value.kind()) {
    case Kind::String: return value.as_text();
    case Kind::Bool: return value.as_bool() ? "True" : "False";
    case Kind::Datetime: {
      if (value.as_ticks() > kFarthest || value.as_ticks() < -kFarthest) return {};
      const CivilTime t = civil_time(value.as_ticks());
      return context.arena.copy(fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:07}Z", t.year, t.month, t.day,
                                            t.hour, t.minute, t.second, t.fraction));
    }
    case Kind::Dynamic: {
      const Value inner = unwrap(value, context);
      if (inner.kind() == Kind::Bool) return inner.as_bool() ? "true" : "false";
      return inner.kind() == Kind::String ? inner.as_text() : inner.is_null() ? std::string_view() : value.as_text();
    }
    default: return value_text(value, context.arena);
  }
}

void append_real(double value, std::string& out) {
  if (std::isnan(value) || std::isinf(value)) {
    out += std::isnan(value) ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
    return;
  }
  const std::string digits = fmt::format("{}", value);
  out += digits;
  if (digits.find_first_of(".e") == std::string::npos) out += ".0";
}

void append_dynamic(const Value& value, std::string& out, EvalContext& context) {
  switch (value.kind()) {
    case Kind::Datetime:
    case Kind::Timespan: return append_json_quoted(text_of(value, context), out);
    case Kind::Real: return append_real(value.as_real(), out);
    default: return append_value_json(value, out);
  }
}

std::string json_of(const Value& value, EvalContext& context) {
  std::string json;
  append_dynamic(value, json, context);
  return json;
}

std::string& ArrayWriter::next() {
  if (size_++ > 0) out_ += ',';
  return out_;
}
void ArrayWriter::add(std::string_view json) { next() += json.empty() ? "null" : json; }
void ArrayWriter::add(const Value& value, EvalContext& context) { append_dynamic(value, next(), context); }
void ArrayWriter::add_real(double value) { append_real(value, next()); }
Value ArrayWriter::finish(EvalContext& context) const {
  if (size_ > kLargestArray || out_.size() > kLargestText) return Value::null();
  return Value::dynamic(context.arena.copy(text()));
}

void ObjectWriter::add(std::string_view key, std::string_view json) {
  if (out_.size() > 1) out_ += ',';
  append_json_quoted(key, out_);
  out_ += ':';
  out_ += json.empty() ? "null" : json;
}
void ObjectWriter::add_text(std::string_view key, std::string_view text) { add(key, json_quote(text)); }
Value ObjectWriter::finish(EvalContext& context) const {
  return out_.size() > kLargestText ? Value::null() : Value::dynamic(context.arena.copy(text()));
}

std::optional<JsonParts> array_of(const Value& value) {
  if (value.kind() != Kind::Dynamic || !value.as_text().starts_with('[')) return std::nullopt;
  return json_parts(value.as_text());
}
std::optional<JsonParts> object_of(const Value& value) {
  if (value.kind() != Kind::Dynamic || !value.as_text().starts_with('{')) return std::nullopt;
  return json_parts(value.as_text());
}
void append_texts(const Value& value, std::vector<std::string_view>& out, EvalContext& context) {
  const auto array = array_of(value);
  if (!array) return out.push_back(text_of(value, context));
  for (const std::string_view element : array->values) out.push_back(text_of(dynamic_value(element, context), context));
}

std::optional<int64_t> to_long(std::string_view text) {
  text = trim(text);
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  if (text.starts_with("+")) text.remove_prefix(1);
  if (hex) text.remove_prefix(2);
  int64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value, hex ? 16 : 10);
  if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> to_real(std::string_view text) {
  text = trim(text);
  if (text.empty() || text.size() > 400) return std::nullopt;
  const char first = text.front() == '-' || text.front() == '+' ? (text.size() > 1 ? text[1] : '\0') : text.front();
  if (!is_ascii_digit(first) && first != '.') return std::nullopt;
  const std::string copy(text);
  char* end = nullptr;
  const double value = std::strtod(copy.c_str(), &end);
  if (*end != '\0' || copy.find_first_of("xX") != std::string::npos) return std::nullopt;
  return value;
}

std::optional<Ticks> to_datetime(std::string_view text) {
  text = trim(text);
  if (const auto iso = parse_iso_time(text)) return iso;
  // M/D/YYYY with an optional time, as todatetime() takes it.
  const size_t first = text.find('/');
  const size_t second = first == std::string_view::npos ? first : text.find('/', first + 1);
  if (second == std::string_view::npos || second + 5 > text.size() || first > 2 || second - first > 3)
    return std::nullopt;
  const auto month = to_long(text.substr(0, first));
  const auto day = to_long(text.substr(first + 1, second - first - 1));
  if (!month || !day || *month < 0 || *day < 0) return std::nullopt;
  return parse_iso_time(
      fmt::format("{}-{:02}-{:02}{}", text.substr(second + 1, 4), *month, *day, text.substr(second + 5)));
}

std::optional<Ticks> to_timespan(std::string_view text) {
  text = trim(text);
  const bool negative = text.starts_with("-");
  if (negative) text.remove_prefix(1);
  int64_t days = 0;
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    static constexpr std::pair<std::string_view, double> kUnits[] = {
        {"tick", 1}, {"ms", 1e4}, {"d", 864e9}, {"h", 36e9}, {"m", 6e8}, {"s", 1e7}, {"", 864e9}};
    for (const auto& [unit, ticks] : kUnits) {
      if (!text.ends_with(unit)) continue;
      const auto number = to_real(text.substr(0, text.size() - unit.size()));
      if (!number || std::fabs(*number * ticks) > 9e18) return std::nullopt;
      const auto result = static_cast<Ticks>(std::llround(*number * ticks));
      return negative ? -result : result;
    }
    return std::nullopt;
  }
  std::string_view clock = text;
  if (const size_t dot = text.find('.'); dot < colon) {
    const auto read = to_long(text.substr(0, dot));
    if (!read || *read < 0 || *read > 10'000'000) return std::nullopt;
    days = *read;
    clock = text.substr(dot + 1);
  }
  // The rest is a time of day; let the reader of times look at it.
  const size_t hours = clock.find(':');
  const std::string padded = (hours == 1 ? "0" : "") + std::string(clock);
  const auto time = parse_iso_time("1970-01-01T" + padded);
  if (!time || padded.find_first_of("Zz+-") != std::string::npos) return std::nullopt;
  const Ticks result = days * kTicksPerDay + *time;
  return negative ? -result : result;
}

}  // namespace hecate::kql_support

namespace hecate {

JsonPieces json_pieces(std::string_view json) {
  JsonPieces pieces;
  if (json.empty()) return pieces;
  pieces.is_array = json.front() == '[';
  pieces.is_object = json.front() == '{';
  if (!pieces.is_array && !pieces.is_object) return pieces;
  for (size_t at = 1; at + 1 < json.size();) {
    size_t end = kql_support::value_end(json, at);
    if (pieces.is_object) {
      pieces.keys.push_back(json.substr(at, end - at));
      at = end + 1;
      end = kql_support::value_end(json, at);
    }
    if (at > json.size()) break;
    pieces.values.push_back(json.substr(at, end - at));
    at = end + 1;
  }
  if (pieces.keys.size() > pieces.values.size()) pieces.keys.resize(pieces.values.size());
  return pieces;
}

}  // namespace hecate
