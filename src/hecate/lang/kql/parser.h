#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/depth_guard.h"
#include "base/diagnostic.h"
#include "base/mapped_text.h"
#include "lang/kql/ast.h"
#include "lang/kql/lexer.h"

namespace hecate::kql {

/// Recursive descent over the tokens. A production that fails has reported and gives null; the operator it
/// stands in is skipped, so that errors in several operators are all seen.
class Parser {
 public:
  Parser(const MappedText& query, DiagnosticSink& sink) : query_(query), sink_(sink), tokens_(lex(query, sink)) {}

  /// The query as far as it could be read; errors are in the sink.
  [[nodiscard]] ast::Query parse();

 private:
  using ExpressionPtr = ast::ExpressionPtr;

  // parser.cpp: tokens, statements, pipelines, operators
  [[nodiscard]] const Token& peek(size_t ahead = 0) const;
  [[nodiscard]] bool at_name(std::string_view name, size_t ahead = 0) const;
  [[nodiscard]] bool at_punctuation(std::string_view text, size_t ahead = 0) const;
  [[nodiscard]] bool at_end() const { return peek().kind == TokenKind::End; }
  [[nodiscard]] bool adjacent(size_t ahead) const;
  bool accept_name(std::string_view name);
  bool accept(std::string_view punctuation);
  /// Reports what was expected instead of the token at hand.
  bool expect(std::string_view punctuation, std::string_view after);
  bool expect_name(std::string_view name, std::string_view after);
  /// Reports an opening bracket that is never closed.
  bool expect_close(std::string_view punctuation, const Token& open);
  void syntax_error(std::string_view expected, std::string_view hint = {});
  [[nodiscard]] Span span(const Token& token) const { return query_.span(token.begin, token.end); }
  [[nodiscard]] Span span_from(size_t first_token) const;

  void parse_let(ast::Query& query);
  void parse_other_statement();
  bool at_lambda() const;
  void skip_balanced();
  void skip_to(std::string_view stop);

  ast::Pipeline parse_pipeline();
  /// After the source: every `| operator`.
  void parse_operators(ast::Pipeline& pipeline);
  ast::Operator parse_operator();
  [[nodiscard]] std::string operator_name(size_t& tokens) const;
  bool parse_operator_body(ast::Operator& op);
  bool parse_summarize(ast::Summarize& summarize);
  bool parse_assignments(std::vector<ast::Assignment>& out);
  bool parse_assignment(ast::Assignment& out);
  bool parse_tuple_names(ast::Assignment& out);
  bool parse_order_keys(std::vector<ast::OrderKey>& out);
  bool parse_patterns(std::vector<ast::NamePattern>& out);
  [[nodiscard]] bool operator_ends() const;
  void skip_hints();

  // parse_expression.cpp
  ExpressionPtr make(ast::Expression::Node node, size_t first_token, int depth);
  ExpressionPtr parse_expression();
  ExpressionPtr parse_junction(bool all);
  ExpressionPtr parse_comparison();
  ExpressionPtr parse_relation();
  ExpressionPtr parse_sum();
  ExpressionPtr parse_product();
  ExpressionPtr parse_text_test();
  ExpressionPtr parse_unary();
  ExpressionPtr parse_postfix();
  ExpressionPtr parse_postfix_step(ExpressionPtr base, size_t first);
  ExpressionPtr parse_primary();
  ExpressionPtr parse_parentheses();
  ExpressionPtr parse_name_or_call();
  ExpressionPtr parse_call(const Token& name, size_t first);
  ExpressionPtr parse_dynamic(size_t first);
  ExpressionPtr parse_foreign(std::string what, size_t first);
  /// An expression, or a pipeline where one may stand.
  ExpressionPtr parse_value();
  bool parse_json(std::string& out);
  bool parse_json_members(std::string& out, bool object);
  ExpressionPtr parse_between(ExpressionPtr left, bool negated, size_t first);
  bool parse_list(std::vector<ExpressionPtr>& out);
  /// The string operator at hand, and of how many tokens it consists.
  [[nodiscard]] const ast::TextOperatorRow* text_operator(size_t& tokens) const;
  bool too_deep(const DepthGuard& guard);

  const MappedText& query_;
  DiagnosticSink& sink_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
  int depth_ = 0;
  int deepest_ = 0;  // of the expressions made since the innermost pipeline began
  bool deep_reported_ = false;
};

}  // namespace hecate::kql
