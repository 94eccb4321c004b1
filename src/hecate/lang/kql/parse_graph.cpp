#include <array>

#include "lang/kql/codes.h"
#include "lang/kql/operators.h"
#include "lang/kql/parser.h"

// Operators on graphs, and those that are about names and databases.
namespace hecate::kql {

/// `edges | make-graph a --> b [with T on id, …] [with_node_id=n] [partitioned-by c (…)]`
bool Parser::parse_make_graph(ast::Operator& op) {
  auto& graph = op.node.emplace<ast::MakeGraph>();
  if (!parse_hints() || !parse_graph_column(graph.from)) return false;
  for (const std::string_view piece : {"-", "-", ">"}) {
    if (!expect(piece, "the column of an edge's beginning")) return false;
  }
  if (!parse_graph_column(graph.to)) return false;
  static constexpr std::array<std::string_view, 1> kNames = {"with_node_id"};
  if (!parse_properties(graph.properties, kNames)) return false;
  if (accept_name("with")) {
    do {
      auto& nodes = graph.nodes.emplace_back();
      nodes.table = parse_table();
      if (!nodes.table || !expect_name("on", "the table of nodes") || !parse_graph_column(nodes.id)) return false;
    } while (accept(","));
  }
  size_t tokens = 1;
  if (peek().kind != TokenKind::Name || operator_name(tokens) != "partitioned-by") return true;
  at_ += tokens;
  if (!parse_graph_column(graph.partition)) return false;
  if (!at_punctuation("(")) return expect("(", "the column of `partitioned-by`");
  return parse_inner(graph.query, false);
}

bool Parser::parse_graph_column(ast::NamePattern& out) { return parse_name(NameFor::Reading, out.text, out.span); }

/// `(a)-[e]->(b)<--(c), (b)--(d)`
bool Parser::parse_graph_match(ast::Operator& op) {
  auto& match = op.node.emplace<ast::GraphMatch>();
  match.shortest = op.name == "graph-shortest-paths";
  static constexpr std::array<std::string_view, 2> kNames = {"cycles", "output"};
  if (!parse_properties(match.properties, kNames)) return false;
  do {
    if (!parse_graph_path(match.paths.emplace_back())) return false;
  } while (accept(","));
  if (accept_name("where") && !need(match.where)) return false;
  return !accept_name("project") || parse_assignments(match.project);
}

bool Parser::parse_graph_path(std::vector<ast::GraphElement>& out) {
  if (!parse_graph_node(out.emplace_back())) return false;
  while (at_punctuation("-") || at_punctuation("<")) {
    if (!parse_graph_edge(out.emplace_back()) || !parse_graph_node(out.emplace_back())) return false;
  }
  return true;
}

bool Parser::parse_graph_node(ast::GraphElement& out) {
  const Token& open = peek();
  out.span = span(open);
  if (!expect("(", "a node of the pattern is written `(name)`:")) return false;
  if (!at_punctuation(")") && !parse_name(NameFor::Reading, out.name, out.span)) return false;
  return expect_close(")", open);
}

bool Parser::parse_graph_edge(ast::GraphElement& out) {
  out.edge = true;
  out.span = span(peek());
  const bool left = accept("<");
  if (!expect("-", "an edge")) return false;
  const Token& open = peek();
  if (accept("[")) {
    if (!at_punctuation("]") && !at_punctuation("*") && !parse_name(NameFor::Reading, out.name, out.span)) return false;
    if (accept("*")) {
      out.least = parse_literal();
      if (!out.least || !expect("..", "the least number of edges")) return false;
      out.most = parse_literal();
      if (!out.most) return false;
    }
    if (!expect_close("]", open)) return false;
  }
  if (!expect("-", "an edge")) return false;
  const bool right = accept(">");
  if (left && right) return syntax_error("a node", "an edge of any direction is written `--`"), false;
  out.direction = left ? ast::EdgeDirection::Left : right ? ast::EdgeDirection::Right : ast::EdgeDirection::Any;
  return true;
}

bool Parser::parse_graph_where(ast::Operator& op) {
  auto& where = op.node.emplace<ast::GraphWhere>();
  where.edges = op.name == "graph-where-edges";
  return need(where.predicate);
}

bool Parser::parse_graph_mark(ast::Operator& op) {
  auto& mark = op.node.emplace<ast::GraphMarkComponents>();
  static constexpr std::array<std::string_view, 2> kNames = {"kind", "with_component_id"};
  return parse_properties(mark.properties, kNames);
}

/// `nodes as N with_node_id=i, edges as E`
bool Parser::parse_graph_to_table(ast::Operator& op) {
  auto& tables = op.node.emplace<ast::GraphToTable>();
  static constexpr std::array<std::string_view, 3> kNames = {"with_node_id", "with_source_id", "with_target_id"};
  do {
    auto& part = tables.parts.emplace_back();
    part.edges = at_name("edges");
    if (!part.edges && !at_name("nodes")) return syntax_error("`nodes` or `edges`"), false;
    ++at_;
    if (!parse_properties(part.properties, kNames)) return false;
    if (accept_name("as") && !parse_name(NameFor::Reading, part.name, part.span)) return false;
    if (!parse_properties(part.properties, kNames)) return false;
  } while (accept(","));
  return true;
}

bool Parser::parse_project_by_names(ast::Operator& op) {
  auto& project = op.node.emplace<ast::ProjectByNames>();
  do {
    if (!need(project.names.emplace_back())) return false;
  } while (accept(","));
  return true;
}

bool Parser::parse_assert_schema(ast::Operator& op) {
  auto& schema = op.node.emplace<ast::AssertSchema>();
  return parse_columns(schema.columns, &schema.star);
}

/// `entity_group [cluster("a").database("d"), …]`: as a call of that name.
Parser::ExpressionPtr Parser::parse_entity_group(size_t first) {
  ast::Invocation group{std::string(peek().text), span(peek()), {}};
  ++at_;
  const Token& open = peek();
  if (!expect("[", "`entity_group`")) return nullptr;
  while (!at_punctuation("]")) {
    ast::Argument entity;
    entity.value = parse_postfix();
    if (!entity.value) return nullptr;
    group.arguments.push_back(std::move(entity));
    if (!accept(",")) break;
  }
  if (!expect_close("]", open)) return nullptr;
  return make(std::move(group), first, 1);
}

/// `macro-expand [kind=inner] [isfuzzy=true] G as X (let …; X.T | …)`
bool Parser::parse_macro_expand(ast::Operator& op) {
  auto& macro = op.node.emplace<ast::MacroExpand>();
  static constexpr std::array<std::string_view, 2> kNames = {"kind", "isfuzzy"};
  if (!parse_properties(macro.properties, kNames)) return false;
  macro.group = parse_postfix();
  if (!macro.group || !expect_name("as", "the group") || !parse_name(NameFor::NewColumn, macro.name, macro.name_span))
    return false;
  const Token& open = peek();
  if (!expect("(", "the name of an entity")) return false;
  const DepthGuard guard(depth_);
  if (too_deep(guard)) return false;
  auto body = std::make_shared<ast::Query>();
  parse_statements(*body, ")");
  if (!expect_close(")", open)) return false;
  macro.query = std::move(body);
  return true;
}

}  // namespace hecate::kql
