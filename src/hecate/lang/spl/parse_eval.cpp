#include <fmt/format.h>

#include <charconv>

#include "base/depth_guard.h"
#include "base/text.h"
#include "lang/spl/parse.h"

namespace hecate::spl {
namespace {

constexpr int kLongestChain = 512;  // of one operator: such trees lean to the left and are walked recursively

bool is_name_start(char c) { return is_ascii_alpha(c) || c == '_' || (static_cast<unsigned char>(c) & 0x80) != 0; }
bool is_name_char(char c) {
  return is_name_start(c) || is_ascii_digit(c) || c == '{' || c == '}' || c == ':' || c == '@';
}

/// The grammar of eval and where. Order: NOT, AND, OR, XOR (Search Manual, "Boolean expressions with logical
/// operators"). Bare words are fields and a dot concatenates, so that a name with a dot needs 'quotes'.
///
///   expression     := or { "XOR" or }
///   or             := and { "OR" and }
///   and            := not { "AND" not }
///   not            := "NOT" not | comparison
///   comparison     := additive [ ( "=" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "LIKE" ) additive
///                              | [ "NOT" ] "IN" "(" arguments ")" ]
///   additive       := multiplicative { ( "+" | "-" | "." ) multiplicative }
///   multiplicative := unary { ( "*" | "/" | "%" ) unary }
///   unary          := ( "-" | "+" ) unary | primary
///   primary        := number | string | "(" expression ")" | name [ "(" arguments ")" ] | "'" name "'"
class EvalParser {
 public:
  explicit EvalParser(Cursor& cursor) : cursor_(cursor) {}

  Result<EvalPtr> expression() {
    const uint32_t begin = start();
    Result<EvalPtr> left = junction(false);
    for (int length = 0; left && cursor_.accept_keyword("XOR"); ++length) {
      if (length > kLongestChain) return too_deep();
      Result<EvalPtr> right = junction(false);
      if (!right) return right;
      left = make(ExclusiveOr{std::move(*left), std::move(*right)}, begin);
    }
    return left;
  }

 private:
  uint32_t start() {
    cursor_.skip_space();
    return cursor_.at();
  }
  EvalPtr make(decltype(EvalExpr::node) node, uint32_t begin) {
    return std::make_unique<EvalExpr>(EvalExpr{std::move(node), cursor_.range_from(begin)});
  }
  Failure too_deep() {
    cursor_.source.report(kTooDeep, {cursor_.at(), cursor_.at() + 1},
                          "the expression is nested too deeply or too long");
    return already_reported();
  }

  Result<EvalPtr> junction(bool all) {
    const uint32_t begin = start();
    const std::string_view keyword = all ? "AND" : "OR";
    Result<EvalPtr> first = all ? negation() : junction(true);
    if (!first || !cursor_.next_is_keyword(keyword)) return first;
    Junction result{all, {}};
    result.operands.push_back(std::move(*first));
    while (cursor_.accept_keyword(keyword)) {
      Result<EvalPtr> next = all ? negation() : junction(true);
      if (!next) return next;
      result.operands.push_back(std::move(*next));
    }
    return make(std::move(result), begin);
  }

  Result<EvalPtr> negation() {
    const DepthGuard guard(cursor_.depth);
    if (guard.exceeded()) return too_deep();
    const uint32_t begin = start();
    if (!cursor_.accept_keyword("NOT")) return comparison();
    Result<EvalPtr> operand = negation();
    if (!operand) return operand;
    return make(LogicalNot{std::move(*operand)}, begin);
  }

  std::optional<Comparison> comparison_operator() {
    cursor_.skip_space();
    const char c = cursor_.peek();
    const bool equals_next = cursor_.peek(1) == '=';
    std::optional<Comparison> op;
    if (c == '=') op = Comparison::Equal;
    if (c == '!' && equals_next) op = Comparison::NotEqual;
    if (c == '<') op = equals_next ? Comparison::LessEqual : Comparison::Less;
    if (c == '>') op = equals_next ? Comparison::GreaterEqual : Comparison::Greater;
    if (op) cursor_.seek(cursor_.at() + (equals_next ? 2 : 1));
    return op;
  }

  Result<EvalPtr> comparison() {
    const uint32_t begin = start();
    Result<EvalPtr> left = additive();
    if (!left) return left;
    if (const std::optional<Comparison> op = comparison_operator()) {
      Result<EvalPtr> right = additive();
      if (!right) return right;
      return make(EvalComparison{*op, std::move(*left), std::move(*right)}, begin);
    }
    if (cursor_.next_is_keyword("LIKE")) {
      const Word name = keyword_word("LIKE", "like");
      Result<EvalPtr> right = additive();
      if (!right) return right;
      FunctionCall call{name, {}};
      call.arguments.push_back(std::move(*left));
      call.arguments.push_back(std::move(*right));
      return make(std::move(call), begin);
    }
    return membership(std::move(*left), begin);
  }

  Result<EvalPtr> membership(EvalPtr left, uint32_t begin) {
    const uint32_t before = cursor_.at();
    const bool negated = cursor_.accept_keyword("NOT");
    if (!cursor_.next_is_keyword("IN")) {
      cursor_.seek(before);
      return left;
    }
    FunctionCall call{keyword_word("IN", "in"), {}};
    call.arguments.push_back(std::move(left));
    if (!cursor_.accept('(')) return cursor_.expected("a list in parentheses after IN");
    if (!arguments(call, cursor_.at() - 1)) return already_reported();
    EvalPtr result = make(std::move(call), begin);
    if (negated) result = make(LogicalNot{std::move(result)}, begin);
    return result;
  }

  Word keyword_word(std::string_view keyword, std::string_view function) {
    const uint32_t begin = start();
    cursor_.accept_keyword(keyword);
    return {std::string(function), cursor_.range_from(begin), false};
  }

  Result<EvalPtr> chain(std::string_view operators, Result<EvalPtr> (EvalParser::*next)()) {
    const uint32_t begin = start();
    Result<EvalPtr> left = (this->*next)();
    for (int length = 0; left; ++length) {
      cursor_.skip_space();
      const char op = cursor_.peek();
      if (op == '\0' || operators.find(op) == std::string_view::npos) break;
      if (length > kLongestChain) return too_deep();
      cursor_.seek(cursor_.at() + 1);
      Result<EvalPtr> right = (this->*next)();
      if (!right) return right;
      left = make(Arithmetic{op, std::move(*left), std::move(*right)}, begin);
    }
    return left;
  }
  Result<EvalPtr> additive() { return chain("+-.", &EvalParser::multiplicative); }
  Result<EvalPtr> multiplicative() { return chain("*/%", &EvalParser::unary); }

  Result<EvalPtr> unary() {
    const DepthGuard guard(cursor_.depth);
    if (guard.exceeded()) return too_deep();
    const uint32_t begin = start();
    if (cursor_.accept('+')) return unary();
    if (!cursor_.accept('-')) return primary();
    Result<EvalPtr> operand = unary();
    if (!operand) return operand;
    if (auto* number = std::get_if<NumberLiteral>(&(*operand)->node)) {
      number->value = -number->value;
      (*operand)->range.begin = begin;
      return operand;
    }
    return make(Negation{std::move(*operand)}, begin);
  }

  Result<EvalPtr> primary() {
    const uint32_t begin = start();
    const char c = cursor_.peek();
    if (c == '"') {
      Result<Word> text = cursor_.quoted();
      if (!text) return already_reported();
      return make(StringLiteral{std::move(text->text)}, begin);
    }
    if (c == '\'') {
      Result<Word> name = cursor_.field("");
      if (!name) return already_reported();
      return make(FieldName{std::move(name->text)}, begin);
    }
    if (c == '(') return parenthesis(begin);
    if (is_ascii_digit(c) || (c == '.' && is_ascii_digit(cursor_.peek(1)))) return number(begin);
    if (is_name_start(c)) return name(begin);
    return cursor_.expected("a value, a field or a function");
  }

  Result<EvalPtr> parenthesis(uint32_t begin) {
    cursor_.accept('(');
    Result<EvalPtr> inner = expression();
    if (!inner) return inner;
    if (cursor_.accept(')')) return inner;
    if (!cursor_.at_end_of_command()) return cursor_.expected("an operator or `)`");
    cursor_.source.report(kUnclosedParenthesis, {begin, begin + 1}, "this parenthesis is never closed");
    return already_reported();
  }

  Result<EvalPtr> number(uint32_t begin) {
    const std::string_view rest = cursor_.source.text().substr(begin);
    NumberLiteral literal;
    const auto [stop, error] = std::from_chars(rest.data(), rest.data() + rest.size(), literal.value);
    if (error != std::errc()) return cursor_.expected("a number of ordinary size");
    const auto length = static_cast<uint32_t>(stop - rest.data());
    literal.integer = rest.substr(0, length).find_first_of(".eE") == std::string_view::npos && literal.value < 9e15;
    cursor_.seek(begin + length);
    return make(literal, begin);
  }

  Result<EvalPtr> name(uint32_t begin) {
    uint32_t end = begin;
    const std::string_view text = cursor_.source.text();
    while (end < text.size() && is_name_char(text[end])) ++end;
    Word word{std::string(text.substr(begin, end - begin)), {begin, end}, false};
    cursor_.seek(end);
    cursor_.skip_space();
    const uint32_t open = cursor_.at();
    if (!cursor_.accept('(')) {
      cursor_.seek(end);
      return make(FieldName{std::move(word.text)}, begin);
    }
    FunctionCall call{std::move(word), {}};
    if (!arguments(call, open)) return already_reported();
    return make(std::move(call), begin);
  }

  /// arguments := [ expression { "," expression } ] ")"
  bool arguments(FunctionCall& call, uint32_t open) {
    if (cursor_.accept(')')) return true;
    while (true) {
      Result<EvalPtr> argument = expression();
      if (!argument) return false;
      call.arguments.push_back(std::move(*argument));
      if (cursor_.accept(')')) return true;
      if (cursor_.accept(',')) continue;
      if (cursor_.at_end_of_command()) {
        cursor_.source.report(kUnclosedParenthesis, {open, open + 1}, "this parenthesis is never closed");
      } else {
        (void)cursor_.expected("`,` or `)`");
      }
      return false;
    }
  }

  Cursor& cursor_;
};

}  // namespace

Result<EvalPtr> parse_eval_expression(Cursor& cursor) { return EvalParser(cursor).expression(); }

}  // namespace hecate::spl
