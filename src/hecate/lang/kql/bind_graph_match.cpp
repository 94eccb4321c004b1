#include <fmt/format.h>

#include <algorithm>

#include "lang/kql/binder.h"

// Patterns in graphs: https://learn.microsoft.com/kusto/query/graph-match-operator, graph-shortest-paths-operator,
// map-graph-function
namespace hecate::kql {
namespace {

/// A search goes as deep as the longest path.
constexpr int64_t kLongestPath = 1000;

void collect_columns(const Expr& expr, std::set<ColumnId>& out) {
  if (const auto* ref = std::get_if<ColumnRef>(&expr.node)) out.insert(ref->column);
  for_each_child(expr, [&](const ExprPtr& child) { collect_columns(*child, out); });
}

void conjuncts_of(const ast::Expression& expression, std::vector<const ast::Expression*>& out) {
  const auto* all = std::get_if<ast::Junction>(&expression.node);
  if (all == nullptr || !all->all) return out.push_back(&expression);
  for (const ast::ExpressionPtr& each : all->operands) conjuncts_of(*each, out);
}

}  // namespace

/// The names of a pattern, and what its expressions read.
struct Binder::PatternScope {
  const Graph& graph;
  GraphQuery::Pattern& pattern;
  std::map<std::string, size_t> nodes, hops;
  std::optional<size_t> mapping;  // within map(), all(), any(): of this hop
  bool inner = false;
};

bool Binder::bind_path(const std::vector<ast::GraphElement>& path, PatternScope& scope) {
  const auto node_of = [&](const ast::GraphElement& element) {
    if (element.name.empty()) return scope.pattern.nodes++;
    const auto [entry, added] = scope.nodes.try_emplace(element.name, scope.pattern.nodes);
    if (added) ++scope.pattern.nodes;
    return entry->second;
  };
  const auto number = [&](const ast::ExpressionPtr& given) -> std::optional<int64_t> {
    const auto count = constant_count(*given);
    if (!count || *count <= kLongestPath) return count;
    sink_.report(kUnsupported, given->span, fmt::format("paths of more than {} edges are not supported", kLongestPath));
    return std::nullopt;
  };
  size_t node = node_of(path.front());
  for (size_t i = 1; i + 1 < path.size(); i += 2) {
    const ast::GraphElement& edge = path[i];
    GraphQuery::Hop hop;
    hop.from = node;
    hop.to = node = node_of(path[i + 1]);
    hop.direction = static_cast<GraphQuery::Hop::Direction>(edge.direction);
    if (edge.least) {
      const auto least = number(edge.least);
      const auto most = number(edge.most);
      if (!least || !most) return false;
      if (*most < *least) {
        sink_.report(kSyntax, edge.span, "the most edges are fewer than the least");
        return false;
      }
      hop.several = true;
      hop.least = static_cast<uint64_t>(*least);
      hop.most = static_cast<uint64_t>(*most);
    }
    if (!edge.name.empty() &&
        (scope.nodes.contains(edge.name) || !scope.hops.try_emplace(edge.name, scope.pattern.hops.size()).second)) {
      sink_.report(kDuplicateName, edge.span, fmt::format("the pattern has two elements `{}`", edge.name));
      return false;
    }
    scope.pattern.hops.push_back(hop);
  }
  return true;
}

/// Whether every node is connected with the first, as graph-match asks for.
static bool is_connected(const GraphQuery::Pattern& pattern) {
  std::set<size_t> reached{0};
  for (size_t round = 0; round < pattern.hops.size(); ++round) {
    for (const GraphQuery::Hop& hop : pattern.hops) {
      if (reached.contains(hop.from) || reached.contains(hop.to)) reached.insert({hop.from, hop.to});
    }
  }
  return reached.size() == pattern.nodes;
}

ExprPtr Binder::node_degree(const ast::Invocation& call, std::vector<GraphQuery::Read>& reads, size_t element,
                            Span span) {
  const auto what =
      call.function == "node_degree_in" ? GraphQuery::Read::What::DegreeIn : GraphQuery::Read::What::DegreeOut;
  return graph_value(reads, {{}, false, element, what, 0}, call.function, Type::Long, span);
}

/// map(edge, value), all(inner_nodes(edge), condition), …
ExprPtr Binder::bind_mapped(const ast::Invocation& call, PatternScope& scope, Span span) {
  if (!check_arity(call.function, 2, 2, call.arguments.size(), span)) return nullptr;
  if (scope.mapping) {
    sink_.report(kUnsupported, span, fmt::format("`{}` within another of its kind is not supported", call.function));
    return nullptr;
  }
  const ast::Expression* over = call.arguments.front().value.get();
  const auto* inner = std::get_if<ast::Invocation>(&over->node);
  const bool of_nodes = inner != nullptr && inner->function == "inner_nodes" && inner->arguments.size() == 1;
  if (of_nodes) over = inner->arguments.front().value.get();
  const auto* name = std::get_if<ast::Name>(&over->node);
  const auto hop = name == nullptr ? scope.hops.end() : scope.hops.find(name->text);
  if (hop == scope.hops.end()) {
    sink_.report(kArgumentType, over->span, fmt::format("`{}` takes an edge of the pattern", call.function));
    return nullptr;
  }
  scope.mapping = hop->second;
  scope.inner = of_nodes;
  GraphQuery::Pattern& pattern = scope.pattern;
  relation_.columns =
      graph_columns(scope.graph, !of_nodes, of_nodes ? pattern.nodes + hop->second : hop->second, pattern.reads, span);
  relation_.inferred = scope.graph.inferred;
  using What = GraphQuery::Mapped::What;
  const What what = call.function == "map" ? What::Map : call.function == "all" ? What::All : What::Any;
  const ast::Expression& given = *call.arguments[1].value;
  ExprPtr body = what == What::Map ? bind(given) : bind_as_bool(given, "`" + call.function + "`");
  relation_.columns.clear();
  relation_.inferred = false;
  scope.mapping.reset();
  if (refuses_tables(body)) return nullptr;
  const Type type = what == What::Map ? Type::Dynamic : Type::Bool;
  const ColumnId id = plan_.add_column(call.function, type);
  pattern.mapped.push_back({id, what, hop->second, of_nodes, std::move(body)});
  return make_column(id, type, span);
}

std::optional<ExprPtr> Binder::bind_graph_call(const ast::Invocation& call, PatternScope& scope, Span span) {
  if (call.function == "map" || call.function == "all" || call.function == "any") return bind_mapped(call, scope, span);
  if (call.function == "labels") {
    sink_.report(kUnsupportedFunction, call.name_span, "labels are of graph models, which are not supported");
    return ExprPtr();
  }
  if (call.function != "node_degree_in" && call.function != "node_degree_out") return std::nullopt;
  const auto* name = call.arguments.size() == 1 ? std::get_if<ast::Name>(&call.arguments.front().value->node) : nullptr;
  if (name != nullptr && scope.nodes.contains(name->text))
    return node_degree(call, scope.pattern.reads, scope.nodes.at(name->text), span);
  if (call.arguments.empty() && scope.mapping && scope.inner)
    return node_degree(call, scope.pattern.reads, scope.pattern.nodes + *scope.mapping, span);
  sink_.report(kArgumentType, span, fmt::format("`{}` takes a node of the pattern", call.function));
  return ExprPtr();
}

/// The hop of several edges that an expression reads as one: it is then about each of them.
bool Binder::hop_of(const ExprPtr& value, const GraphQuery::Pattern& pattern, std::optional<size_t>& hop) {
  std::set<ColumnId> ids;
  collect_columns(*value, ids);
  for (const GraphQuery::Read& read : pattern.reads) {
    if (!read.edge || !ids.contains(read.id) || !pattern.hops[read.element].several) continue;
    if (hop && *hop != read.element) {
      sink_.report(kUnsupported, value->span, "one expression over two edges of variable length is not supported");
      return false;
    }
    hop = read.element;
  }
  return true;
}

bool Binder::bind_pattern_where(const ast::Expression& where, PatternScope& scope) {
  std::vector<const ast::Expression*> conjuncts;
  conjuncts_of(where, conjuncts);
  bool good = true;
  for (const ast::Expression* each : conjuncts) {
    GraphQuery::Pattern::Condition condition{bind_as_bool(*each, "`where`"), {}};
    if (refuses_tables(condition.predicate) || !hop_of(condition.predicate, scope.pattern, condition.each)) {
      good = false;
      continue;
    }
    // all(edge, condition) is what a condition on the edge alone means, too, and can be asked edge by edge.
    const auto* ref = std::get_if<ColumnRef>(&condition.predicate->node);
    const auto mapped =
        std::find_if(scope.pattern.mapped.begin(), scope.pattern.mapped.end(), [&](const GraphQuery::Mapped& other) {
          return ref != nullptr && other.id == ref->column && !other.inner &&
                 other.what == GraphQuery::Mapped::What::All;
        });
    if (mapped != scope.pattern.mapped.end()) condition = {mapped->body, mapped->hop};
    scope.pattern.where.push_back(std::move(condition));
  }
  return good;
}

std::vector<Binder::Column> Binder::bind_pattern_columns(const ast::GraphMatch& match, PatternScope& scope,
                                                         bool& good) {
  std::vector<Column> columns;
  unnamed_ = 0;
  for (const ast::Assignment& assignment : match.project) {
    std::string name = column_name(assignment, columns);
    ExprPtr value = bind(*assignment.value);
    std::optional<size_t> hop;
    if (refuses_tables(value) || !hop_of(value, scope.pattern, hop)) {
      good = false;
      continue;
    }
    if (hop) {
      // A value for each edge.
      const ColumnId id = plan_.add_column(name, Type::Dynamic);
      scope.pattern.mapped.push_back({id, GraphQuery::Mapped::What::Map, *hop, false, std::move(value)});
      value = make_column(id, Type::Dynamic, assignment.value->span);
    }
    Column column{name, value->type, plan_.add_column(name, value->type)};
    if (is_uncertain(*value)) uncertain_.insert(*column.id);
    scope.pattern.project.push_back(std::move(value));
    columns.push_back(std::move(column));
  }
  return columns;
}

void Binder::bind(const ast::GraphMatch& match, Span span) {
  const std::string operator_name = match.shortest ? "graph-shortest-paths" : "graph-match";
  const auto graph = take_graph(operator_name, span);
  if (!graph) return;
  GraphQuery::Pattern pattern;
  PatternScope scope{*graph, pattern, {}, {}, {}, false};
  bool good = bind_pattern_options(match, pattern, span);
  for (const auto& path : match.paths) good = bind_path(path, scope) && good;
  if (good && !is_connected(pattern)) {
    sink_.report(kUnsupported, span, "the sequences of the pattern have no node in common",
                 "name a node of one in the other");
    good = false;
  }
  if (match.project.empty()) {
    sink_.report(kSyntax, span, fmt::format("`{}` needs `project`", operator_name));
    good = false;
  }
  std::vector<Column> columns;
  if (good) {
    qualified_ = [&](const std::string& name, const std::string& column, Span at) -> std::optional<ExprPtr> {
      if (const auto node = scope.nodes.find(name); node != scope.nodes.end())
        return graph_property(*graph, false, node->second, column, pattern.reads, at);
      if (const auto hop = scope.hops.find(name); hop != scope.hops.end())
        return graph_property(*graph, true, hop->second, column, pattern.reads, at);
      return std::nullopt;
    };
    graph_call_ = [&](const ast::Invocation& call, Span at) { return bind_graph_call(call, scope, at); };
    if (match.where) good = bind_pattern_where(*match.where, scope);
    columns = bind_pattern_columns(match, scope, good);
    qualified_ = nullptr;
    graph_call_ = nullptr;
  }
  if (!good) {
    relation_.open = true;
    return;
  }
  graph->query.result = std::move(pattern);
  add_graph_node(*graph, std::move(columns), span);
}

bool Binder::bind_pattern_options(const ast::GraphMatch& match, GraphQuery::Pattern& pattern, Span span) {
  const std::string cycles = property(match.properties, "cycles");
  const std::string output = property(match.properties, "output");
  using enum GraphQuery::Pattern::Cycles;
  pattern.cycles = cycles == "all" ? All : cycles == "none" ? None : UniqueEdges;
  pattern.shortest = match.shortest;
  pattern.every = output == "all";
  if (!cycles.empty() && cycles != "all" && cycles != "none" && cycles != "unique_edges") {
    sink_.report(kSyntax, span, fmt::format("`cycles` is all, none or unique_edges, not `{}`", cycles));
    return false;
  }
  if (!output.empty() && (!match.shortest || (output != "any" && output != "all"))) {
    sink_.report(kSyntax, span, "`output` is any or all, of graph-shortest-paths");
    return false;
  }
  if (match.shortest && match.paths.size() != 1) {
    sink_.report(kSyntax, span, "`graph-shortest-paths` takes one sequence");
    return false;
  }
  const bool varies = std::any_of(match.paths.front().begin(), match.paths.front().end(),
                                  [](const ast::GraphElement& element) { return element.least != nullptr; });
  if (match.shortest && !varies) {
    sink_.report(kSyntax, span, "`graph-shortest-paths` needs an edge of variable length", "write -[e*1..5]->");
    return false;
  }
  return true;
}

}  // namespace hecate::kql
