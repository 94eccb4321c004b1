#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "lang/kql/codes.h"
#include "lang/kql/operators.h"
#include "lang/kql/parser.h"

namespace hecate::kql {
namespace {

using ast::BinaryOp;

int depth_of(const ast::ExpressionPtr& a, const ast::ExpressionPtr& b) { return std::max(a->depth, b->depth); }

/// Words of the grammar that the documentation does not have (any more).
struct LegacyOperator {
  std::string_view word;
  std::string_view instead;
};
constexpr std::array kLegacyOperators = {
    LegacyOperator{"like", "matches regex"},        LegacyOperator{"notlike", "matches regex"},
    LegacyOperator{"likecs", "matches regex"},      LegacyOperator{"notlikecs", "matches regex"},
    LegacyOperator{"containscs", "contains_cs"},    LegacyOperator{"notcontains", "!contains"},
    LegacyOperator{"notcontainscs", "!contains_cs"}};

}  // namespace

/// `depth` is that of the deepest child: chains like a+b+c… grow deep without recursion here, but everything
/// that walks the tree later recurses.
Parser::ExpressionPtr Parser::make(ast::Expression::Node node, size_t first_token, int depth) {
  if (depth >= DepthGuard::kDeepest) {
    if (!deep_reported_) sink_.report(kTooDeep, span_from(first_token), "the expression is nested too deeply");
    deep_reported_ = true;
    return nullptr;
  }
  deepest_ = std::max(deepest_, depth + 1);
  return std::make_unique<ast::Expression>(ast::Expression{std::move(node), span_from(first_token), depth + 1});
}

Parser::ExpressionPtr Parser::parse_expression() {
  const DepthGuard guard(depth_);
  if (too_deep(guard)) return nullptr;
  return parse_junction(false);
}

Parser::ExpressionPtr Parser::parse_junction(bool all) {
  const size_t first = at_;
  ExpressionPtr left = all ? parse_comparison() : parse_junction(true);
  const std::string_view word = all ? "and" : "or";
  if (!left || !at_name(word)) return left;
  ast::Junction junction{all, {}};
  int depth = left->depth;
  junction.operands.push_back(std::move(left));
  while (accept_name(word)) {
    ExpressionPtr next = all ? parse_comparison() : parse_junction(true);
    if (!next) return nullptr;
    depth = std::max(depth, next->depth);
    junction.operands.push_back(std::move(next));
  }
  return make(std::move(junction), first, depth);
}

Parser::ExpressionPtr Parser::parse_comparison() {
  const size_t first = at_;
  ExpressionPtr left;
  if (at_punctuation("*") && at_punctuation("==", 1)) {
    ++at_;
    left = make(ast::Star{}, first, 0);
  } else {
    left = parse_relation();
  }
  if (!left) return nullptr;
  const bool negated = at_punctuation("!") && adjacent(0);
  if (at_name("between", negated ? 1 : 0)) {
    at_ += negated ? 2 : 1;
    return parse_between(std::move(left), negated, first);
  }
  size_t tokens = 0;
  const ast::TextOperatorRow* row = text_operator(tokens);
  if (row != nullptr && row->list) return parse_list_test(row, tokens, std::move(left), first);
  const bool equal = at_punctuation("==");
  if (!equal && !at_punctuation("!=") && !at_punctuation("<>")) return left;
  ++at_;
  ExpressionPtr right = parse_relation();
  if (!right) return nullptr;
  const int depth = depth_of(left, right);
  return make(ast::Binary{equal ? BinaryOp::Equal : BinaryOp::NotEqual, std::move(left), std::move(right)}, first,
              depth);
}

/// `in (…)`, `has_any (…)`
Parser::ExpressionPtr Parser::parse_list_test(const ast::TextOperatorRow* row, size_t tokens, ExpressionPtr left,
                                              size_t first) {
  const size_t op_begin = at_;
  at_ += tokens;
  ast::TextTest test{row, span_from(op_begin), std::move(left), {}};
  int depth = test.left->depth;
  if (!parse_list(test.right)) return nullptr;
  for (const ExpressionPtr& element : test.right) depth = std::max(depth, element->depth);
  return make(std::move(test), first, depth);
}

Parser::ExpressionPtr Parser::parse_relation() {
  struct Row {
    std::string_view text;
    BinaryOp op;
  };
  static constexpr std::array kRows = {Row{"<", BinaryOp::Less}, Row{"<=", BinaryOp::LessEqual},
                                       Row{">", BinaryOp::Greater}, Row{">=", BinaryOp::GreaterEqual}};
  const size_t first = at_;
  ExpressionPtr left = parse_sum();
  if (!left) return nullptr;
  const auto* row = std::find_if(kRows.begin(), kRows.end(), [&](const Row& r) { return at_punctuation(r.text); });
  if (row == kRows.end()) return left;
  ++at_;
  ExpressionPtr right = parse_sum();
  if (!right) return nullptr;
  const int depth = depth_of(left, right);
  return make(ast::Binary{row->op, std::move(left), std::move(right)}, first, depth);
}

Parser::ExpressionPtr Parser::parse_sum() {
  const size_t first = at_;
  ExpressionPtr left = parse_product();
  while (left && (at_punctuation("+") || at_punctuation("-"))) {
    const BinaryOp op = at_punctuation("+") ? BinaryOp::Add : BinaryOp::Subtract;
    ++at_;
    ExpressionPtr right = parse_product();
    if (!right) return nullptr;
    const int depth = depth_of(left, right);
    left = make(ast::Binary{op, std::move(left), std::move(right)}, first, depth);
  }
  return left;
}

Parser::ExpressionPtr Parser::parse_product() {
  const size_t first = at_;
  ExpressionPtr left = parse_text_test();
  while (left && (at_punctuation("*") || at_punctuation("/") || at_punctuation("%"))) {
    const BinaryOp op = at_punctuation("*")   ? BinaryOp::Multiply
                        : at_punctuation("/") ? BinaryOp::Divide
                                              : BinaryOp::Modulo;
    ++at_;
    ExpressionPtr right = parse_text_test();
    if (!right) return nullptr;
    const int depth = depth_of(left, right);
    left = make(ast::Binary{op, std::move(left), std::move(right)}, first, depth);
  }
  return left;
}

const ast::TextOperatorRow* Parser::text_operator(size_t& tokens, size_t ahead) const {
  tokens = 1;
  if (at_punctuation("=~", ahead) || at_punctuation("!~", ahead)) return find_text_operator(peek(ahead).text);
  std::string spelling;
  if (at_punctuation("!", ahead) && adjacent(ahead)) {
    spelling = "!";
    tokens = 2;
  }
  const Token& word = peek(ahead + tokens - 1);
  if (word.kind != TokenKind::Name) return nullptr;
  const size_t next = ahead + tokens;
  if (word.text == "matches" && at_name("regex", next)) {
    spelling += "matches regex";
    ++tokens;
  } else if (word.use == WordUse::Name) {
    return nullptr;
  } else if (word.text == "in") {
    spelling += "in";
    if (at_name("range", next)) return nullptr;  // make-series … in range(…)
    if (at_punctuation("~", next) && adjacent(next - 1)) {
      spelling += "~";
      ++tokens;
    }
  } else {
    spelling += word.text;
  }
  return find_text_operator(spelling);
}

Parser::ExpressionPtr Parser::parse_text_test() {
  const size_t first = at_;
  size_t tokens = 0;
  ExpressionPtr left;
  if (const ast::TextOperatorRow* row = at_punctuation("*") ? text_operator(tokens, 1) : nullptr;
      (row != nullptr && !row->list) || (at_punctuation("*") && at_punctuation(":", 1))) {
    ++at_;
    left = make(ast::Star{}, first, 0);
  } else {
    left = parse_unary();
  }
  if (!left) return nullptr;
  const ast::TextOperatorRow* row = text_operator(tokens);
  const bool term = at_punctuation(":");
  if (!term && (row == nullptr || row->list)) return parse_legacy_test(std::move(left), first);
  const size_t op_begin = at_;
  at_ += term ? 1 : tokens;
  const Span op_span = span_from(op_begin);
  ExpressionPtr right = parse_unary();
  if (!right) return nullptr;
  const int depth = depth_of(left, right);
  if (term) return make(ast::ColumnTerm{std::move(left), std::move(right)}, first, depth);
  ast::TextTest test{row, op_span, std::move(left), {}};
  test.right.push_back(std::move(right));
  return make(std::move(test), first, depth);
}

/// `left`, or a test with an operator of old that is refused by name.
Parser::ExpressionPtr Parser::parse_legacy_test(ExpressionPtr left, size_t first) {
  if (peek().kind != TokenKind::Name || peek().use != WordUse::Reserved) return left;
  const auto* row = std::find_if(kLegacyOperators.begin(), kLegacyOperators.end(),
                                 [&](const LegacyOperator& old) { return old.word == peek().text; });
  if (row == kLegacyOperators.end()) return left;
  sink_.report(kUnsupported, span(peek()), fmt::format("the operator `{}` is not supported", row->word),
               fmt::format("write `{}`", row->instead));
  ++at_;
  if (!parse_unary()) return nullptr;
  return make(ast::Constant{OwnedValue(Value::boolean(true)), Type::Bool}, first, left->depth);
}

Parser::ExpressionPtr Parser::parse_between(ExpressionPtr left, bool negated, size_t first) {
  const Token& open = peek();
  if (!expect("(", "`between`")) return nullptr;
  ExpressionPtr low = parse_expression();
  if (!low || !expect("..", "the lower bound of `between`")) return nullptr;
  ExpressionPtr high = parse_expression();
  if (!high || !expect_close(")", open)) return nullptr;
  const int depth = std::max(left->depth, depth_of(low, high));
  return make(ast::Between{negated, std::move(left), std::move(low), std::move(high)}, first, depth);
}

bool Parser::parse_list(std::vector<ExpressionPtr>& out) {
  const Token& open = peek();
  if (!expect("(", "this operator")) return false;
  if (accept(")")) return true;
  do {
    ExpressionPtr element = out.empty() ? parse_value() : parse_expression();
    if (!element) return false;
    out.push_back(std::move(element));
  } while (accept(","));
  return expect_close(")", open);
}

Parser::ExpressionPtr Parser::parse_unary() {
  const size_t first = at_;
  const bool negative = at_punctuation("-");
  if (negative || at_punctuation("+")) ++at_;
  ExpressionPtr operand = parse_postfix();
  if (!operand || !negative) return operand;
  const int depth = operand->depth;
  return make(ast::Negation{std::move(operand)}, first, depth);
}

}  // namespace hecate::kql
