#include <fmt/format.h>

#include "base/depth_guard.h"
#include "base/text.h"
#include "lang/spl/parse.h"

namespace hecate::spl {
namespace {

constexpr std::string_view kFieldStops = "()\",|[=<>!";
constexpr std::string_view kValueStops = "()\",|[";

/// The search command's grammar. OR binds tighter than AND, which is implied between terms (Search Manual,
/// "Boolean expressions with logical operators").
///
///   expression := or_term { [ "AND" ] or_term }
///   or_term    := not_term { "OR" not_term }
///   not_term   := "NOT" not_term | primary
///   primary    := "(" expression ")" | subsearch | comparison | membership | term
///   comparison := field ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) value
///   membership := field "IN" "(" value { "," value } ")"
///   term       := value
///   value      := word | quoted | ( "CASE" | "TERM" ) "(" ( word | quoted ) ")"
class SearchParser {
 public:
  explicit SearchParser(Cursor& cursor, bool before_by = false) : cursor_(cursor), before_by_(before_by) {}

  Result<SearchPtr> expression() {
    const uint32_t begin = start();
    SearchAnd all;
    while (!at_end()) {
      if (!all.operands.empty() && cursor_.accept(',')) continue;
      if (!all.operands.empty() && accept_operator("AND") && at_end()) return cursor_.expected("a term after AND");
      if (all.operands.empty() && next_is_operator("AND")) return cursor_.expected("a term before AND");
      Result<SearchPtr> operand = or_term();
      if (!operand) return operand;
      all.operands.push_back(std::move(*operand));
    }
    if (all.operands.empty()) {
      cursor_.source.report(kEmpty, {begin, begin + (cursor_.peek() == ')' ? 1U : 0U)},
                            "there is nothing to search for here", "write * to match every event");
      return already_reported();
    }
    if (all.operands.size() == 1) return std::move(all.operands.front());
    return make(std::move(all), begin);
  }

 private:
  uint32_t start() {
    cursor_.skip_space();
    return cursor_.at();
  }
  SearchPtr make(decltype(SearchExpr::node) node, uint32_t begin) {
    return std::make_unique<SearchExpr>(SearchExpr{std::move(node), cursor_.range_from(begin)});
  }
  bool at_end() { return cursor_.at_end_of_command() || cursor_.peek() == ')' || (before_by_ && at_by()); }
  bool at_by() { return cursor_.next_is_keyword("by") || cursor_.next_is_keyword("groupby"); }

  /// Operators count in capitals only; `or` is a word to search for.
  bool next_is_operator(std::string_view word) {
    return cursor_.next_is_keyword(word) && cursor_.source.text().substr(cursor_.at(), word.size()) == word;
  }
  bool accept_operator(std::string_view word) { return next_is_operator(word) && cursor_.accept_keyword(word); }

  Result<SearchPtr> or_term() {
    const uint32_t begin = start();
    Result<SearchPtr> first = not_term();
    if (!first || !next_is_operator("OR")) return first;
    SearchOr any;
    any.operands.push_back(std::move(*first));
    while (accept_operator("OR")) {
      if (at_end()) return cursor_.expected("a term after OR");
      Result<SearchPtr> next = not_term();
      if (!next) return next;
      any.operands.push_back(std::move(*next));
    }
    return make(std::move(any), begin);
  }

  Result<SearchPtr> not_term() {
    const DepthGuard guard(cursor_.depth);
    const uint32_t begin = start();
    if (guard.exceeded()) {
      cursor_.source.report(kTooDeep, {begin, begin + 1}, "the expression is nested too deeply");
      return already_reported();
    }
    if (!accept_operator("NOT")) return primary();
    if (at_end()) return cursor_.expected("a term after NOT");
    Result<SearchPtr> operand = not_term();
    if (!operand) return operand;
    return make(SearchNot{std::move(*operand)}, begin);
  }

  Result<SearchPtr> primary() {
    const uint32_t begin = start();
    if (!cursor_.accept('(')) return atom();
    Result<SearchPtr> inner = expression();
    if (!inner) return inner;
    if (cursor_.accept(')')) return inner;
    cursor_.source.report(kUnclosedParenthesis, {begin, begin + 1}, "this parenthesis is never closed");
    return already_reported();
  }

  Result<SearchPtr> atom() {
    const uint32_t begin = start();
    if (cursor_.peek() == '[') {
      Result<Subsearch> search = parse_subsearch(cursor_, true);
      if (!search) return already_reported();
      return make(SearchSubsearch{std::move(*search)}, begin);
    }
    if (is_directive()) {
      Result<SearchValue> term = value();
      if (!term) return already_reported();
      return make(SearchTerm{std::move(*term)}, begin);
    }
    Result<Word> word = cursor_.word(kFieldStops, "a term, a field or a parenthesis");
    if (!word) return already_reported();
    if (const std::optional<Comparison> op = comparison_operator()) return comparison(std::move(*word), *op, begin);
    if (is_membership()) return membership(std::move(*word), begin);
    if (word->quoted) return make(SearchTerm{{std::move(*word), Directive::None}}, begin);
    return term(begin);
  }

  /// A word that no operator follows may hold the characters that end a field's name.
  Result<SearchPtr> term(uint32_t begin) {
    cursor_.seek(begin);
    Result<Word> word = value_word("a term");
    if (!word) return already_reported();
    if (word->text == "or" || word->text == "and" || word->text == "not") {
      cursor_.source.report(kLowerCaseOperator, word->range,
                            fmt::format("`{}` is searched for as a word here", word->text),
                            "operators are written in capitals");
    }
    return make(SearchTerm{{std::move(*word), Directive::None}}, begin);
  }

  std::optional<Comparison> comparison_operator() {
    cursor_.skip_space();
    const char c = cursor_.peek();
    const bool equals_next = cursor_.peek(1) == '=';
    const auto take = [&](uint32_t count, Comparison op) {
      cursor_.seek(cursor_.at() + count);
      return op;
    };
    if (c == '=') return take(equals_next ? 2 : 1, Comparison::Equal);
    if (c == '!' && equals_next) return take(2, Comparison::NotEqual);
    if (c == '<') return take(equals_next ? 2 : 1, equals_next ? Comparison::LessEqual : Comparison::Less);
    if (c == '>') return take(equals_next ? 2 : 1, equals_next ? Comparison::GreaterEqual : Comparison::Greater);
    return std::nullopt;
  }

  Result<SearchPtr> comparison(Word field, Comparison op, uint32_t begin) {
    Result<SearchValue> right = value();
    if (!right) return already_reported();
    return make(SearchComparison{std::move(field), op, std::move(*right)}, begin);
  }

  bool is_membership() {
    const uint32_t before = cursor_.at();
    if (!cursor_.accept_keyword("IN")) return false;
    const bool list = cursor_.accept('(');
    cursor_.seek(before);
    return list;
  }

  Result<SearchPtr> membership(Word field, uint32_t begin) {
    cursor_.accept_keyword("IN");
    cursor_.skip_space();
    const uint32_t open = cursor_.at();
    cursor_.accept('(');
    SearchIn in{std::move(field), {}};
    while (true) {
      skip_foreign_comments();
      if (cursor_.accept(',')) continue;  // nothing between two commas is no value
      if (cursor_.accept(')')) break;
      if (cursor_.at_end_of_command()) {
        cursor_.source.report(kUnclosedParenthesis, {open, open + 1}, "this list is never closed");
        return already_reported();
      }
      Result<SearchValue> next = value();
      if (!next) return already_reported();
      in.values.push_back(std::move(*next));
      skip_foreign_comments();
      cursor_.accept(',');
    }
    if (in.values.empty()) {
      cursor_.source.report(kEmpty, cursor_.range_from(open), "the list after IN is empty");
      return already_reported();
    }
    return make(std::move(in), begin);
  }

  /// ESCU's `linux_offsec_tool_processes` has /* comments */ inside its list; as values they could never match.
  void skip_foreign_comments() {
    while (true) {
      const uint32_t begin = start();
      if (cursor_.peek() != '/' || cursor_.peek(1) != '*') return;
      const size_t end = cursor_.source.text().find("*/", begin + 2);
      if (end == std::string_view::npos) return;
      cursor_.seek(static_cast<uint32_t>(end + 2));
      cursor_.source.report(kForeignComment, cursor_.range_from(begin),
                            "SPL has no /* */ comments; this one is skipped", "write it in three backticks");
    }
  }

  /// A bare word may hold `()`: `*GetCurrent()*`. Nothing else could be meant by parentheses without anything inside.
  Result<Word> value_word(std::string_view wanted) {
    Result<Word> word = cursor_.word(kValueStops, wanted);
    while (word && !word->quoted && cursor_.peek() == '(' && cursor_.peek(1) == ')') {
      const uint32_t open = cursor_.at();
      cursor_.seek(open + 2);
      word->text += "()";
      word->range.end = cursor_.at();
      cursor_.source.report(kTextOnly, cursor_.range_from(open), "these parentheses are a part of the text",
                            "put the text in quotes");
      const char next = cursor_.peek();
      const bool goes_on = next != '\0' && next != '(' && kValueStops.find(next) == std::string_view::npos &&
                           next != ']' && std::string_view(" \t\r\n\f\v").find(next) == std::string_view::npos;
      if (!goes_on) continue;
      Result<Word> rest = cursor_.word(kValueStops, wanted);
      if (!rest) return rest;
      word->text += rest->text;
      word->range.end = rest->range.end;
    }
    return word;
  }

  bool is_directive() {
    cursor_.skip_space();
    return (next_is_operator("CASE") || next_is_operator("TERM")) && cursor_.peek(4) == '(';
  }

  Result<SearchValue> value() {
    SearchValue result;
    cursor_.skip_space();
    if (cursor_.refuse_subsearch()) return already_reported();
    if (!is_directive()) {
      Result<Word> word = value_word("a value");
      if (!word) return already_reported();
      result.word = std::move(*word);
      return result;
    }
    result.directive = cursor_.peek() == 'C' ? Directive::Case : Directive::Term;
    const uint32_t open = cursor_.at() + 4;
    cursor_.seek(open + 1);
    Result<Word> word = cursor_.word("()\"|", "a value");
    if (!word) return already_reported();
    result.word = std::move(*word);
    if (cursor_.accept(')')) return result;
    cursor_.source.report(kUnclosedParenthesis, {open, open + 1}, "this parenthesis is never closed");
    return already_reported();
  }

  Cursor& cursor_;
  bool before_by_ = false;
};

}  // namespace

Result<SearchPtr> parse_search_expression(Cursor& cursor) { return SearchParser(cursor).expression(); }
Result<SearchPtr> parse_search_before_by(Cursor& cursor) { return SearchParser(cursor, true).expression(); }

}  // namespace hecate::spl
