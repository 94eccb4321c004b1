#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "lang/kql/codes.h"
#include "lang/kql/parser.h"

namespace hecate::kql {

Parser::ExpressionPtr Parser::parse_value() {
  const size_t first = at_;
  ast::Pipeline pipeline;
  const int outer = std::exchange(deepest_, 0);
  parse_pipeline(pipeline);
  const int depth = std::exchange(deepest_, std::max(deepest_, outer));
  if (pipeline.operators.empty()) return std::move(pipeline.source);
  deepest_ = outer;  // `make` counts what is inside through its own depth
  return make(ast::Subquery{std::make_unique<ast::Pipeline>(std::move(pipeline))}, first, depth);
}

// --- paths: base.name, base.f(…), base["name"], base[index] ---

Parser::ExpressionPtr Parser::parse_postfix(bool wild) {
  const size_t first = at_;
  ExpressionPtr base = parse_primary();
  while (base && (at_punctuation(".") || at_punctuation("["))) base = parse_postfix_step(std::move(base), first, wild);
  return base;
}

Parser::ExpressionPtr Parser::parse_path() {
  const size_t first = at_;
  std::string name;
  Span span;
  if (!parse_name(NameFor::Path, name, span)) return nullptr;
  ExpressionPtr base = make(ast::Name{std::move(name)}, first, 0);
  while (base && (at_punctuation(".") || at_punctuation("["))) base = parse_postfix_step(std::move(base), first, false);
  return base;
}

Parser::ExpressionPtr Parser::parse_postfix_step(ExpressionPtr base, size_t first, bool wild) {
  const int depth = base->depth;
  if (accept(".") && !at_punctuation("[")) {
    if (wild && at_wildcard()) {
      std::string pattern = parse_pattern();
      return make(ast::Member{std::move(base), std::move(pattern)}, first, depth);
    }
    if (scan_name(NameFor::Reading) == 1 && at_punctuation("(", 1)) {
      ExpressionPtr call = parse_call();
      if (!call) return nullptr;
      const int deeper = std::max(depth, call->depth);
      return make(ast::MemberCall{std::move(base), std::move(call)}, first, deeper);
    }
    std::string name;
    Span span;
    if (!parse_name(NameFor::Path, name, span)) return nullptr;
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

// --- what stands alone ---

Parser::ExpressionPtr Parser::parse_primary() {
  const size_t first = at_;
  if (peek().kind == TokenKind::Constant) return parse_constant(first);
  if (at_punctuation("(")) return parse_parentheses();
  if (at_punctuation("{")) return parse_placeholder();
  if (peek().kind == TokenKind::Name || scan_name(NameFor::Path) > 0) return parse_name_or_call();
  syntax_error("a value", peek().kind == TokenKind::RawGuid ? "a guid is written guid(…), or as a text" : "");
  return nullptr;
}

Parser::ExpressionPtr Parser::parse_parentheses() {
  const Token& open = peek();
  ++at_;
  ExpressionPtr inner = parse_value();
  if (!inner || !expect_close(")", open)) return nullptr;
  return inner;
}

Parser::ExpressionPtr Parser::parse_placeholder() {
  const size_t first = at_;
  if (peek(1).kind != TokenKind::Name || !at_punctuation("}", 2)) {
    syntax_error("a value");
    return nullptr;
  }
  std::string what = fmt::format("the placeholder `{{{}}}`", peek(1).text);
  at_ += 3;
  return make(ast::Foreign{std::move(what)}, first, 0);
}

Parser::ExpressionPtr Parser::parse_name_or_call() {
  const size_t first = at_;
  if (peek().kind == TokenKind::Name && peek().use != WordUse::PathName) {
    if (const SpecialForm form = find_special(); form != nullptr) return (this->*form)(first);
  }
  const size_t tokens = scan_name(NameFor::Path);
  if (tokens == 0) {
    syntax_error("a value",
                 fmt::format("`{0}` is a word of the language: as a name it is written ['{0}']", peek().text));
    return nullptr;
  }
  if (at_punctuation("(", tokens)) return parse_call();
  std::string name = name_text(tokens);
  at_ += tokens;
  return make(ast::Name{std::move(name)}, first, 0);
}

/// What begins with a word of the language and has a syntax of its own; null: nothing of the kind.
Parser::SpecialForm Parser::find_special() const {
  const bool call = at_punctuation("(", 1);
  if (at_name("datatable")) return &Parser::parse_datatable;
  if (at_name("externaldata") || at_name("external_data")) return &Parser::parse_externaldata;
  if (at_name("entity_group") && at_punctuation("[", 1)) return &Parser::parse_entity_group;
  if (!call) return nullptr;
  if (at_name("dynamic")) return &Parser::parse_dynamic_call;
  if (at_name("typeof")) return &Parser::parse_typeof_call;
  if (at_name("toscalar") || at_name("totable") || at_name("materialize")) return &Parser::parse_table_call;
  return nullptr;
}

Parser::ExpressionPtr Parser::parse_dynamic_call(size_t first) {
  ++at_;
  return parse_dynamic(first);
}

Parser::ExpressionPtr Parser::parse_typeof_call(size_t first) {
  ast::TypeOf type;
  return parse_typeof(type) ? make(std::move(type), first, 0) : nullptr;
}

/// `toscalar(T | …)`: a function whose argument is a pipeline without parentheses of its own.
Parser::ExpressionPtr Parser::parse_table_call(size_t first) {
  ast::Invocation call{std::string(peek().text), span(peek()), {}};
  const Token& open = peek(1);
  at_ += 2;
  ast::Argument argument;
  argument.value = parse_value();
  if (!argument.value || !expect_close(")", open)) return nullptr;
  const int depth = argument.value->depth;
  call.arguments.push_back(std::move(argument));
  return make(std::move(call), first, depth);
}

/// At the name of a function, behind which stands a `(`.
Parser::ExpressionPtr Parser::parse_call() {
  const size_t first = at_;
  const size_t tokens = scan_name(NameFor::Reading);
  if (tokens == 0) {
    syntax_error("the name of a function");
    return nullptr;
  }
  ast::Invocation call{name_text(tokens), {}, {}};
  at_ += tokens;
  call.name_span = span_from(first);
  const Token& open = peek();
  ++at_;
  int depth = 0;
  if (!accept(")")) {
    do {
      ast::Argument& argument = call.arguments.emplace_back();
      if (!parse_argument(argument)) return nullptr;
      depth = std::max(depth, argument.value->depth);
    } while (accept(","));
    if (at_punctuation("|")) {
      syntax_error("`)`", "a query as an argument stands in parentheses of its own: f((T | …))");
      return nullptr;
    }
    if (!expect_close(")", open)) return nullptr;
  }
  return make(std::move(call), first, depth);
}

bool Parser::parse_argument(ast::Argument& out) {
  const size_t first = at_;
  if (at_punctuation("*") && (at_punctuation(")", 1) || at_punctuation(",", 1))) {
    ++at_;
    out.value = make(ast::Star{}, first, 0);
    return out.value != nullptr;
  }
  const size_t name = scan_name(NameFor::NewColumn);
  if (name > 0 && at_punctuation("=", name)) {
    out.name = name_text(name);
    at_ += name + 1;
  }
  return need(out.value);
}

}  // namespace hecate::kql
