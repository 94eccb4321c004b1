#include <fmt/format.h>

#include <utility>

#include "base/json_text.h"
#include "lang/kql/codes.h"
#include "lang/kql/operators.h"
#include "lang/kql/parser.h"

namespace hecate::kql {
namespace {

using ast::BinaryOp;

int depth_of(const ast::ExpressionPtr& a, const ast::ExpressionPtr& b) { return std::max(a->depth, b->depth); }

}  // namespace

bool Parser::too_deep(const DepthGuard& guard) {
  if (!guard.exceeded()) return false;
  if (!deep_reported_) sink_.report(kTooDeep, span(peek()), "the query is nested too deeply");
  deep_reported_ = true;
  at_ = tokens_.size() - 1;  // whatever follows is part of the same nest
  return true;
}

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

Parser::ExpressionPtr Parser::parse_value() {
  const size_t first = at_;
  const OperatorInfo* leading = peek().kind == TokenKind::Name ? find_operator(peek().text) : nullptr;
  const bool leads = leading != nullptr && leading->leads && peek(1).kind == TokenKind::Name;
  ast::Pipeline pipeline;
  const int outer = std::exchange(deepest_, 0);
  if (leads) {
    pipeline = parse_pipeline();
  } else {
    pipeline.source = at_punctuation("*") ? make(ast::Star{}, first, (++at_, 1)) : parse_expression();
    if (!pipeline.source || !at_punctuation("|")) {
      deepest_ = std::max(deepest_, outer);
      return std::move(pipeline.source);
    }
    parse_operators(pipeline);
  }
  pipeline.span = span_from(first);
  const int depth = std::exchange(deepest_, outer);
  return make(ast::Subquery{std::make_unique<ast::Pipeline>(std::move(pipeline))}, first, depth);
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
  ExpressionPtr left = parse_relation();
  while (left) {
    const bool negated = at_punctuation("!") && adjacent(0);
    if (at_name("between", negated ? 1 : 0)) {
      at_ += negated ? 2 : 1;
      left = parse_between(std::move(left), negated, first);
      continue;
    }
    size_t tokens = 0;
    const ast::TextOperatorRow* row = text_operator(tokens);
    if (row != nullptr && row->list) {
      const size_t op_begin = at_;
      at_ += tokens;
      ast::TextTest test{row, span_from(op_begin), std::move(left), {}};
      int depth = test.left->depth;
      if (!parse_list(test.right)) return nullptr;
      for (const ExpressionPtr& element : test.right) depth = std::max(depth, element->depth);
      left = make(std::move(test), first, depth);
      continue;
    }
    const bool equal = at_punctuation("==");
    if (!equal && !at_punctuation("!=") && !at_punctuation("<>")) return left;
    ++at_;
    ExpressionPtr right = parse_relation();
    if (!right) return nullptr;
    const int depth = depth_of(left, right);
    left = make(ast::Binary{equal ? BinaryOp::Equal : BinaryOp::NotEqual, std::move(left), std::move(right)}, first,
                depth);
  }
  return left;
}

Parser::ExpressionPtr Parser::parse_relation() {
  const size_t first = at_;
  ExpressionPtr left = parse_sum();
  while (left) {
    BinaryOp op;
    if (at_punctuation("<"))
      op = BinaryOp::Less;
    else if (at_punctuation("<="))
      op = BinaryOp::LessEqual;
    else if (at_punctuation(">"))
      op = BinaryOp::Greater;
    else if (at_punctuation(">="))
      op = BinaryOp::GreaterEqual;
    else
      return left;
    ++at_;
    ExpressionPtr right = parse_sum();
    if (!right) return nullptr;
    const int depth = depth_of(left, right);
    left = make(ast::Binary{op, std::move(left), std::move(right)}, first, depth);
  }
  return left;
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

const ast::TextOperatorRow* Parser::text_operator(size_t& tokens) const {
  tokens = 1;
  if (at_punctuation("=~") || at_punctuation("!~")) return find_text_operator(peek().text);
  std::string spelling;
  if (at_punctuation("!") && adjacent(0)) {
    spelling = "!";
    tokens = 2;
  }
  const Token& word = peek(tokens - 1);
  if (word.kind != TokenKind::Name) return nullptr;
  spelling += word.text;
  if (word.text == "matches" && at_name("regex", tokens)) {
    spelling += " regex";
    ++tokens;
  } else if (word.text == "in" && at_punctuation("~", tokens) && adjacent(tokens - 1)) {
    spelling += "~";
    ++tokens;
  }
  return find_text_operator(spelling);
}

Parser::ExpressionPtr Parser::parse_text_test() {
  const size_t first = at_;
  ExpressionPtr left = parse_unary();
  while (left) {
    size_t tokens = 0;
    const ast::TextOperatorRow* row = text_operator(tokens);
    if (row == nullptr || row->list) return left;
    const size_t op_begin = at_;
    at_ += tokens;
    ast::TextTest test{row, span_from(op_begin), std::move(left), {}};
    ExpressionPtr right = parse_unary();
    if (!right) return nullptr;
    const int depth = depth_of(test.left, right);
    test.right.push_back(std::move(right));
    left = make(std::move(test), first, depth);
  }
  return left;
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
    if (at_punctuation(")") && !out.empty()) break;  // a trailing comma, which Kusto allows
    ExpressionPtr element = parse_value();
    if (!element) return false;
    out.push_back(std::move(element));
  } while (accept(","));
  return expect_close(")", open);
}

Parser::ExpressionPtr Parser::parse_unary() {
  const size_t first = at_;
  bool negative = false;
  while (at_punctuation("-") || at_punctuation("+")) negative ^= at_punctuation("-"), ++at_;
  ExpressionPtr operand = parse_postfix();
  if (!operand || !negative) return operand;
  const int depth = operand->depth;
  return make(ast::Negation{std::move(operand)}, first, depth);
}

Parser::ExpressionPtr Parser::parse_postfix() {
  const size_t first = at_;
  ExpressionPtr base = parse_primary();
  while (base && ((at_punctuation(".") && (peek(1).kind == TokenKind::Name || at_punctuation("[", 1))) ||
                  at_punctuation("["))) {
    base = parse_postfix_step(std::move(base), first);
  }
  return base;
}

Parser::ExpressionPtr Parser::parse_postfix_step(ExpressionPtr base, size_t first) {
  const int depth = base->depth;
  accept(".");
  if (peek().kind == TokenKind::Name) {
    std::string name = tokens_[at_++].text;
    return make(ast::Member{std::move(base), std::move(name)}, first, depth);
  }
  const Token& open = peek();
  ++at_;
  ExpressionPtr index = parse_expression();
  if (!index || !expect_close("]", open)) return nullptr;
  const auto* constant = std::get_if<ast::Constant>(&index->node);
  if (constant != nullptr && constant->type == Type::String) {
    return make(ast::Member{std::move(base), std::string(constant->value.get().as_text())}, first, depth);
  }
  const int deeper = std::max(depth, index->depth);
  return make(ast::Index{std::move(base), std::move(index)}, first, deeper);
}

Parser::ExpressionPtr Parser::parse_primary() {
  const size_t first = at_;
  const Token& token = peek();
  if (token.kind == TokenKind::Constant) {
    ++at_;
    if (token.type != Type::String) return make(ast::Constant{token.value, token.type}, first, 0);
    std::string text(token.value.get().as_text());
    // Texts beside each other are one text (scalar-data-types/string#concatenation-of-separated-string-literals).
    while (peek().kind == TokenKind::Constant && peek().type == Type::String)
      text += tokens_[at_++].value.get().as_text();
    return make(ast::Constant{OwnedValue::string(std::move(text)), Type::String}, first, 0);
  }
  if (at_punctuation("(")) return parse_parentheses();
  if (token.kind == TokenKind::Name) return parse_name_or_call();
  if (at_punctuation("[") && peek(1).kind == TokenKind::Constant && peek(1).type == Type::String &&
      at_punctuation("]", 2)) {
    std::string name(peek(1).value.get().as_text());
    at_ += 3;
    return make(ast::Name{std::move(name)}, first, 0);
  }
  if (at_punctuation("*")) {
    ++at_;
    return make(ast::Star{}, first, 0);
  }
  syntax_error("a value");
  return nullptr;
}

Parser::ExpressionPtr Parser::parse_parentheses() {
  const Token& open = peek();
  ++at_;
  ExpressionPtr inner = parse_value();
  if (!inner || !expect_close(")", open)) return nullptr;
  return inner;
}

Parser::ExpressionPtr Parser::parse_name_or_call() {
  const size_t first = at_;
  const Token& name = peek();
  ++at_;
  const bool calls = at_punctuation("(");
  if (name.text == "true" || name.text == "false") {
    return make(ast::Constant{OwnedValue(Value::boolean(name.text == "true")), Type::Bool}, first, 0);
  }
  if (calls && name.text == "dynamic") return parse_dynamic(first);
  if (calls && (name.text == "datatable" || name.text == "externaldata"))
    return parse_foreign("`" + name.text + "`", first);
  if (calls) return parse_call(name, first);
  if (at_punctuation("*") && name.end == peek().begin && (at_punctuation(",", 1) || at_punctuation(")", 1))) {
    ++at_;
    return make(ast::Name{name.text + "*"}, first, 0);
  }
  return make(ast::Name{name.text}, first, 0);
}

/// `datatable(…)[…]`, `externaldata(…)[…] with (…)`
Parser::ExpressionPtr Parser::parse_foreign(std::string what, size_t first) {
  skip_balanced();
  if (at_punctuation("[") || at_punctuation("(")) skip_balanced();
  if (at_name("with") && at_punctuation("(", 1)) {
    ++at_;
    skip_balanced();
  }
  return make(ast::Foreign{std::move(what)}, first, 0);
}

Parser::ExpressionPtr Parser::parse_call(const Token& name, size_t first) {
  ast::Invocation call{name.text, span(name), {}};
  const Token& open = peek();
  ++at_;
  int depth = 0;
  if (!accept(")")) {
    do {
      ast::Argument argument;
      if (peek().kind == TokenKind::Name && at_punctuation("=", 1)) {
        argument.name = peek().text;
        at_ += 2;
      }
      argument.value = parse_value();
      if (!argument.value) return nullptr;
      depth = std::max(depth, argument.value->depth);
      call.arguments.push_back(std::move(argument));
    } while (accept(","));
    if (!expect_close(")", open)) return nullptr;
  }
  return make(std::move(call), first, depth);
}

// --- dynamic(…): JSON whose strings may be KQL's ---

Parser::ExpressionPtr Parser::parse_dynamic(size_t first) {
  const Token& open = peek();
  ++at_;
  std::string json;
  if (!parse_json(json) || !expect_close(")", open)) return nullptr;
  const bool null = json == "null";
  return make(ast::Constant{OwnedValue(null ? Value::null() : Value::dynamic(json)), Type::Dynamic}, first, 0);
}

bool Parser::parse_json(std::string& out) {
  const DepthGuard guard(depth_);
  if (too_deep(guard)) return false;
  if (at_punctuation("[")) return parse_json_members(out, false);
  if (at_punctuation("{")) return parse_json_members(out, true);
  if (at_name("null") || at_name("true") || at_name("false")) {
    out += tokens_[at_++].text;
    return true;
  }
  if (accept("-")) out += '-';
  if (peek().kind != TokenKind::Constant) {
    syntax_error("a value of a dynamic literal");
    return false;
  }
  append_value_json(tokens_[at_++].value.get(), out);
  return true;
}

bool Parser::parse_json_members(std::string& out, bool object) {
  const Token& open = peek();
  const std::string_view close = object ? "}" : "]";
  ++at_;
  out += object ? '{' : '[';
  for (bool any = false; !at_punctuation(close); any = true) {
    if (any && !at_punctuation(",")) return expect_close(close, open);
    if (any) {
      ++at_;
      if (at_punctuation(close)) break;
      out += ',';
    }
    if (object) {
      if (peek().kind != TokenKind::Constant || peek().type != Type::String) return syntax_error("a key"), false;
      append_json_quoted(tokens_[at_++].value.get().as_text(), out);
      if (!expect(":", "a key")) return false;
      out += ':';
    }
    if (!parse_json(out)) return false;
  }
  ++at_;
  out += close;
  return true;
}

}  // namespace hecate::kql
