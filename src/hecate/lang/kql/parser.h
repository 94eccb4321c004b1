#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/depth_guard.h"
#include "base/diagnostic.h"
#include "base/mapped_text.h"
#include "lang/kql/ast.h"
#include "lang/kql/lexer.h"

namespace hecate::kql {

/// Recursive descent over the tokens. A production that fails has reported and gives null or false; the operator it
/// stands in is skipped, so that errors in several operators are all seen.
///
/// The grammar is the one of Microsoft's own parser (https://github.com/microsoft/Kusto-Query-Language), where that one
/// and the documentation agree.
class Parser {
 public:
  Parser(const MappedText& query, DiagnosticSink& sink) : query_(query), sink_(sink), tokens_(lex(query, sink)) {}

  /// The query as far as it could be read; errors are in the sink.
  [[nodiscard]] ast::Query parse();
  /// The parameters of a stored function, as a workspace keeps them: `a: string, b: bool = false`, perhaps in brackets.
  [[nodiscard]] bool parse_parameter_list(std::vector<ast::Parameter>& out);

 private:
  using ExpressionPtr = ast::ExpressionPtr;
  /// Reads what stands behind an operator's name.
  using Rule = bool (Parser::*)(ast::Operator&);
  struct RuleRow;

  // parser.cpp: tokens
  [[nodiscard]] const Token& peek(size_t ahead = 0) const;
  [[nodiscard]] bool at_name(std::string_view name, size_t ahead = 0) const;
  [[nodiscard]] bool at_punctuation(std::string_view text, size_t ahead = 0) const;
  [[nodiscard]] bool at_string(size_t ahead = 0) const;
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
  [[nodiscard]] const OwnedValue& constant(const Token& token) const { return tokens_.constants[token.constant]; }
  [[nodiscard]] std::string_view text_of(const Token& token) const { return constant(token).get().as_text(); }
  bool too_deep(const DepthGuard& guard);
  void count_error();
  void give_up();
  /// To the next `|` or `;` between the brackets that `nesting` counts, or to where these are closed.
  void skip_to(std::string_view stop, uint32_t nesting);

  // parser.cpp: pipelines and operators
  void parse_pipeline(ast::Pipeline& pipeline);
  void parse_operators(ast::Pipeline& pipeline);
  ast::Operator parse_operator();
  bool parse_operator_body(ast::Operator& op);
  static Rule find_rule(std::string_view name);
  [[nodiscard]] std::string operator_name(size_t& tokens) const;
  [[nodiscard]] bool at_leading_operator() const;
  [[nodiscard]] bool at_operator() const;
  void report_unknown(const ast::Operator& op);
  [[nodiscard]] bool operator_ends() const;
  /// `( | operator | … )`: a pipeline that reads the rows outside.
  bool parse_inner(std::unique_ptr<ast::Pipeline>& out, bool may_have_source);

  // parse_statement.cpp
  /// Up to a closing bracket, or to the end where there is none.
  void parse_statements(ast::Query& query, std::string_view close);
  void parse_statement(ast::Query& query);
  void parse_let(ast::Query& query);
  void parse_option(ast::Query& query);
  void parse_unsupported_statement(std::string_view name);
  [[nodiscard]] bool at_lambda() const;
  ExpressionPtr parse_lambda();
  bool parse_parameters(std::vector<ast::Parameter>& out);
  bool parse_parameter(ast::Parameter& out);

  // parse_parts.cpp: what several operators have
  enum class NameFor : uint8_t { Reading, NewColumn, Path };
  /// How many tokens the name at hand has, of which brackets are some; 0: no name.
  [[nodiscard]] size_t scan_name(NameFor purpose, size_t ahead = 0) const;
  [[nodiscard]] std::string name_text(size_t tokens) const;
  bool parse_name(NameFor purpose, std::string& out, Span& span);
  bool parse_properties(std::vector<ast::Property>& out, std::span<const std::string_view> names);
  [[nodiscard]] size_t scan_property(std::span<const std::string_view> names) const;
  ExpressionPtr parse_property_value(bool calls = false);
  bool parse_hints();
  bool parse_assignments(std::vector<ast::Assignment>& out);
  bool parse_assignment(ast::Assignment& out);
  bool parse_tuple_names(ast::Assignment& out);
  bool parse_order_keys(std::vector<ast::OrderKey>& out);
  bool parse_order(bool& descending, bool& nulls_first);
  bool parse_patterns(std::vector<ast::NamePattern>& out, bool ordered);
  std::string parse_pattern();
  [[nodiscard]] bool at_wildcard() const;
  bool parse_columns(std::vector<ast::ColumnDeclaration>& out, bool* star);
  bool parse_type(Type& out);
  bool need(ExpressionPtr& out);

  // parse_rows.cpp: operators on the rows of one table
  bool parse_where(ast::Operator& op);
  bool parse_project(ast::Operator& op);
  bool parse_extend(ast::Operator& op);
  bool parse_rename(ast::Operator& op);
  bool parse_select(ast::Operator& op);
  bool parse_summarize(ast::Operator& op);
  bool parse_count(ast::Operator& op);
  bool parse_distinct(ast::Operator& op);
  bool parse_sort(ast::Operator& op);
  bool parse_take(ast::Operator& op);
  bool parse_top(ast::Operator& op);
  bool parse_top_hitters(ast::Operator& op);
  bool parse_sample(ast::Operator& op);
  bool parse_sample_distinct(ast::Operator& op);
  bool parse_serialize(ast::Operator& op);
  bool parse_render(ast::Operator& op);
  bool parse_render_properties(std::vector<ast::Property>& out);
  bool parse_getschema(ast::Operator& op);
  bool parse_consume(ast::Operator& op);
  bool parse_as(ast::Operator& op);
  bool parse_reduce(ast::Operator& op);
  bool parse_range(ast::Operator& op);
  bool parse_print(ast::Operator& op);

  // parse_tables.cpp: operators that read several tables
  bool parse_join(ast::Operator& op);
  bool parse_union(ast::Operator& op);
  bool parse_search(ast::Operator& op);
  bool parse_search_predicate(ExpressionPtr& out);
  bool parse_find(ast::Operator& op);
  bool parse_find_column(ast::Find& find);
  bool parse_table_list(std::vector<ExpressionPtr>& out);
  ExpressionPtr parse_table();

  // parse_series.cpp: operators that make rows of values, or values of rows
  bool parse_mv_expand(ast::Operator& op);
  bool parse_mv_apply(ast::Operator& op);
  bool parse_expand_columns(std::vector<ast::ExpandColumn>& out);
  bool parse_parse(ast::Operator& op);
  bool parse_piece(ast::ParsePiece& out);
  bool parse_parse_kv(ast::Operator& op);
  bool parse_make_series(ast::Operator& op);
  bool parse_series_range(ast::MakeSeries& series);
  bool parse_evaluate(ast::Operator& op);
  bool parse_invoke(ast::Operator& op);

  // parse_nested.cpp: operators with pipelines or steps inside
  bool parse_partition(ast::Operator& op);
  bool parse_fork(ast::Operator& op);
  bool parse_facet(ast::Operator& op);
  bool parse_scan(ast::Operator& op);
  bool parse_scan_clauses(ast::Scan& scan);
  bool parse_scan_declarations(ast::Scan& scan);
  bool parse_scan_step(ast::ScanStep& step);
  bool parse_top_nested(ast::Operator& op);
  bool parse_top_nested_level(ast::TopNested::Level& level);

  // parse_graph.cpp: graphs, names and databases
  bool parse_make_graph(ast::Operator& op);
  bool parse_graph_column(ast::NamePattern& out);
  bool parse_graph_match(ast::Operator& op);
  bool parse_graph_path(std::vector<ast::GraphElement>& out);
  bool parse_graph_node(ast::GraphElement& out);
  bool parse_graph_edge(ast::GraphElement& out);
  bool parse_graph_where(ast::Operator& op);
  bool parse_graph_mark(ast::Operator& op);
  bool parse_graph_to_table(ast::Operator& op);
  bool parse_project_by_names(ast::Operator& op);
  bool parse_assert_schema(ast::Operator& op);
  bool parse_macro_expand(ast::Operator& op);
  ExpressionPtr parse_entity_group(size_t first);

  // parse_expression.cpp: operators of expressions
  ExpressionPtr make(ast::Expression::Node node, size_t first_token, int depth);
  ExpressionPtr parse_expression();
  ExpressionPtr parse_junction(bool all);
  ExpressionPtr parse_comparison();
  ExpressionPtr parse_list_test(const ast::TextOperatorRow* row, size_t tokens, ExpressionPtr left, size_t first);
  ExpressionPtr parse_relation();
  ExpressionPtr parse_sum();
  ExpressionPtr parse_product();
  ExpressionPtr parse_text_test();
  ExpressionPtr parse_legacy_test(ExpressionPtr left, size_t first);
  ExpressionPtr parse_between(ExpressionPtr left, bool negated, size_t first);
  bool parse_list(std::vector<ExpressionPtr>& out);
  ExpressionPtr parse_unary();
  /// The string operator at hand, and of how many tokens it consists.
  [[nodiscard]] const ast::TextOperatorRow* text_operator(size_t& tokens, size_t ahead = 0) const;

  // parse_primary.cpp: names, calls, paths, brackets
  /// `wild`: the last name may be a pattern, `database("d").T*`.
  ExpressionPtr parse_postfix(bool wild = false);
  /// A column: a name, or a path without calls.
  ExpressionPtr parse_path();
  ExpressionPtr parse_postfix_step(ExpressionPtr base, size_t first, bool wild);
  ExpressionPtr parse_primary();
  ExpressionPtr parse_parentheses();
  ExpressionPtr parse_name_or_call();
  using SpecialForm = ExpressionPtr (Parser::*)(size_t first);
  [[nodiscard]] SpecialForm find_special() const;
  ExpressionPtr parse_dynamic_call(size_t first);
  ExpressionPtr parse_typeof_call(size_t first);
  ExpressionPtr parse_table_call(size_t first);
  ExpressionPtr parse_call();
  bool parse_argument(ast::Argument& out);
  /// An expression, or a pipeline.
  ExpressionPtr parse_value();
  /// `{name}`: what a workbook puts in before it sends a query.
  ExpressionPtr parse_placeholder();

  // parse_literal.cpp
  ExpressionPtr parse_constant(size_t first);
  std::string parse_strings();
  ExpressionPtr parse_literal();
  ExpressionPtr parse_signed_literal(size_t first);
  ExpressionPtr parse_dynamic(size_t first);
  bool parse_json(std::string& out);
  bool parse_json_members(std::string& out, bool object);
  bool parse_typeof(ast::TypeOf& out);
  ExpressionPtr parse_datatable(size_t first);
  ExpressionPtr parse_externaldata(size_t first);
  ExpressionPtr parse_inline_external(size_t first);
  bool parse_partition_columns(std::vector<ast::ColumnDeclaration>& out);
  bool parse_with(std::vector<ast::Property>& out);

  const MappedText& query_;
  DiagnosticSink& sink_;
  Tokens tokens_;
  size_t at_ = 0;
  int depth_ = 0;
  int deepest_ = 0;       // of the expressions made since the innermost pipeline began
  bool gave_up_ = false;  // nothing more is reported, and nothing more is read
  size_t syntax_errors_ = 0;
};

}  // namespace hecate::kql
