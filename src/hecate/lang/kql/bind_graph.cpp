#include <fmt/format.h>

#include <algorithm>

#include "lang/kql/binder.h"
#include "plan/inputs.h"

// Graphs: https://learn.microsoft.com/kusto/query/graph-operators, make-graph-operator, graph-match-operator
namespace hecate::kql {
namespace {}  // namespace

// --- make-graph ---

/// A column of a table of edges or nodes, by its place among those that are read; a table that nothing is known of gets
/// it.
std::optional<size_t> Binder::graph_column(Input& table, const ast::NamePattern& name) {
  size_t place = 0;
  for (const Column& column : table.relation.columns) {
    if (column.name == name.text) return column.broken ? std::nullopt : std::optional(place);
    if (!column.broken) ++place;
  }
  if (table.relation.inferred) {
    Plan& plan = *plan_.inputs[table.index].plan;
    const ColumnId id = plan.add_column(name.text, Type::String);
    plan.add({hecate::Extend{{{id, null_of(Type::String, name.span)}}},
              {static_cast<NodeId>(plan.nodes.size() - 1)},
              name.span});
    plan.output.push_back({name.text, id});
    table.relation.columns.push_back({name.text, Type::String, id});
    return place;
  }
  if (table.relation.open) return std::nullopt;
  std::vector<std::string_view> names;
  for (const Column& column : table.relation.columns) names.push_back(column.name);
  const std::string_view near = nearest(name.text, names);
  sink_.report(kUnknownColumn, name.span, fmt::format("unknown column `{}`", name.text),
               near.empty() ? std::string() : fmt::format("did you mean `{}`?", near));
  return std::nullopt;
}

/// The columns of a table as a routine reads them, and as properties.
std::vector<Binder::Property> Binder::read_input(const Input& table, Graph& graph) {
  Compute::Source source{table.index, {}};
  std::vector<Property> properties;
  for (const Column& column : table.relation.columns) {
    if (column.broken) continue;
    source.columns.push_back(*column.id);
    properties.push_back({column.name, column.type, table.uncertain.contains(*column.id)});
  }
  graph.inferred |= table.relation.inferred;
  graph.sources.push_back(std::move(source));
  return properties;
}

bool Binder::add_nodes(const ast::MakeGraph& make, const ast::MakeGraph::Nodes& given, Type id_type, Graph& graph) {
  Input table = bind_input(*given.table, "make-graph");
  const auto id = graph_column(table, given.id);
  const auto partition = make.partition.text.empty() ? std::nullopt : graph_column(table, make.partition);
  if (!id || (!make.partition.text.empty() && !partition)) return false;
  const std::vector<Property> columns = read_input(table, graph);
  const Type type = columns[*id].type;
  if (type != id_type && type != Type::Dynamic && id_type != Type::Dynamic && !table.relation.inferred) {
    sink_.report(kIncomparable, given.id.span,
                 fmt::format("edges name their nodes by a {}, and `{}` is {}", kusto_name(id_type), given.id.text,
                             kusto_name(type)));
    return false;
  }
  GraphQuery::NodeTable made{*id, {}, partition};
  made.properties.resize(graph.nodes.size());
  for (size_t i = 0; i < columns.size(); ++i) {
    const auto known = std::find_if(graph.nodes.begin(), graph.nodes.end(),
                                    [&](const Property& each) { return each.name == columns[i].name; });
    if (known == graph.nodes.end()) {
      graph.nodes.push_back(columns[i]);
      made.properties.emplace_back(i);
      continue;
    }
    if (known->type != columns[i].type) {
      sink_.report(kIncomparable, given.id.span,
                   fmt::format("`{}` is {} in one table of nodes and {} in another", known->name,
                               kusto_name(known->type), kusto_name(columns[i].type)));
      return false;
    }
    made.properties[static_cast<size_t>(known - graph.nodes.begin())] = i;
  }
  graph.query.tables.push_back(std::move(made));
  return true;
}

void Binder::bind(const ast::MakeGraph& make, Span span) {
  if (!relation_.partition.empty()) return refuse_operator("make-graph within mv-apply or partition", span);
  auto graph = std::make_shared<Graph>();
  Building rows = finish_building();
  begin_plan();
  Input edges = add_input(std::move(rows), "make-graph", span);
  const auto from = graph_column(edges, make.from);
  const auto to = graph_column(edges, make.to);
  const auto partition = make.partition.text.empty() ? std::nullopt : graph_column(edges, make.partition);
  graph->edges = read_input(edges, *graph);
  bool good = from && to && (partition || make.partition.text.empty());
  const Type id_type = from ? graph->edges[*from].type : Type::String;
  for (const ast::MakeGraph::Nodes& nodes : make.nodes) good = add_nodes(make, nodes, id_type, *graph) && good;
  if (!good) {
    relation_.open = true;
    return;
  }
  GraphQuery& query = graph->query;
  query.from = *from;
  query.to = *to;
  query.partition = partition;
  const std::string id = property(make.properties, "with_node_id");
  if (!id.empty()) {
    query.id_property = graph->nodes.size();
    graph->nodes.push_back({id, id_type, graph->edges[*from].uncertain});
  }
  for (GraphQuery::NodeTable& table : query.tables) table.properties.resize(graph->nodes.size());
  for (const Property& each : graph->nodes) query.node_types.push_back(each.type);
  for (const Property& each : graph->edges) query.edge_types.push_back(each.type);
  relation_.graph = std::move(graph);
  if (!make.query) return;
  const bool graphs = std::all_of(make.query->operators.begin(), make.query->operators.end(),
                                  [](const ast::Operator& op) { return op.name.starts_with("graph-"); });
  if (!graphs) return refuse_operator("make-graph … partitioned-by with operators that are not on graphs", span);
  bind_operators(*make.query, 0, SIZE_MAX);
}

/// The graph at hand, or nothing where that has been reported.
std::shared_ptr<Binder::Graph> Binder::take_graph(std::string_view name, Span span) {
  auto graph = std::exchange(relation_.graph, nullptr);
  if (!graph && !relation_.open) {
    sink_.report(kArgumentType, span, fmt::format("`{}` reads a graph, and these are rows", name),
                 "make one of them: make-graph a --> b");
    relation_.open = true;
  }
  return graph;
}

// --- what is read of a graph ---

ExprPtr Binder::graph_value(std::vector<GraphQuery::Read>& reads, const GraphQuery::Read& wanted, std::string name,
                            Type type, Span span) {
  const auto known = std::find_if(reads.begin(), reads.end(), [&](const GraphQuery::Read& each) {
    return each.edge == wanted.edge && each.element == wanted.element && each.what == wanted.what &&
           each.property == wanted.property;
  });
  if (known != reads.end()) return make_column(known->id, type, span);
  GraphQuery::Read made = wanted;
  made.id = plan_.add_column(std::move(name), type);
  reads.push_back(made);
  return make_column(made.id, type, span);
}

/// The properties of one node or edge as columns.
std::vector<Binder::Column> Binder::graph_columns(const Graph& graph, bool edge, size_t element,
                                                  std::vector<GraphQuery::Read>& reads, Span span) {
  std::vector<Column> columns;
  const std::vector<Property>& properties = edge ? graph.edges : graph.nodes;
  for (size_t i = 0; i < properties.size(); ++i) {
    const ExprPtr value = graph_value(reads, {{}, edge, element, GraphQuery::Read::What::Property, i},
                                      properties[i].name, properties[i].type, span);
    const ColumnId id = std::get<ColumnRef>(value->node).column;
    if (properties[i].uncertain) uncertain_.insert(id);
    columns.push_back({properties[i].name, properties[i].type, id});
  }
  return columns;
}

ExprPtr Binder::graph_property(const Graph& graph, bool edge, size_t element, const std::string& name,
                               std::vector<GraphQuery::Read>& reads, Span span) {
  const std::vector<Property>& properties = edge ? graph.edges : graph.nodes;
  for (size_t i = 0; i < properties.size(); ++i) {
    if (properties[i].name != name) continue;
    ExprPtr value =
        graph_value(reads, {{}, edge, element, GraphQuery::Read::What::Property, i}, name, properties[i].type, span);
    if (properties[i].uncertain) uncertain_.insert(std::get<ColumnRef>(value->node).column);
    return value;
  }
  if (graph.inferred) return null_of(likely_type(name), span);
  std::vector<std::string_view> names;
  for (const Property& each : properties) names.push_back(each.name);
  const std::string_view near = nearest(name, names);
  sink_.report(kUnknownColumn, span,
               fmt::format("the {} of the graph have no property `{}`", edge ? "edges" : "nodes", name),
               near.empty() ? std::string() : fmt::format("did you mean `{}`?", near));
  return nullptr;
}

bool Binder::refuses_tables(const ExprPtr& value) {
  if (!value || !asks_inputs(*value)) return value == nullptr;
  sink_.report(kUnsupported, value->span, "values of other tables are not supported in conditions on a graph",
               "give them to the edges or nodes before `make-graph`");
  return true;
}

// --- operators that give a graph again ---

void Binder::bind(const ast::GraphWhere& where, Span span) {
  const auto graph = take_graph(where.edges ? "graph-where-edges" : "graph-where-nodes", span);
  if (!graph) return;
  GraphQuery::Where step{where.edges, nullptr, {}};
  relation_.columns = graph_columns(*graph, where.edges, 0, step.reads, span);
  relation_.inferred = graph->inferred;
  graph_call_ = [&](const ast::Invocation& call, Span at) -> std::optional<ExprPtr> {
    if (where.edges || (call.function != "node_degree_in" && call.function != "node_degree_out")) return std::nullopt;
    return node_degree(call, step.reads, 0, at);
  };
  step.predicate = bind_as_bool(*where.predicate, "`graph-where`");
  graph_call_ = nullptr;
  relation_.columns.clear();
  relation_.inferred = false;
  if (refuses_tables(step.predicate)) {
    relation_.open = true;
    return;
  }
  graph->query.steps.emplace_back(std::move(step));
  relation_.graph = graph;
}

void Binder::bind(const ast::GraphMarkComponents& mark, Span span) {
  const auto graph = take_graph("graph-mark-components", span);
  if (!graph) return;
  const std::string kind = property(mark.properties, "kind");
  if (!kind.empty() && kind != "weak" && kind != "strong") {
    sink_.report(kSyntax, span, fmt::format("there is no kind `{}` of components", kind), "kinds are weak and strong");
  }
  std::string name = property(mark.properties, "with_component_id");
  if (name.empty()) name = "ComponentId";
  if (std::any_of(graph->nodes.begin(), graph->nodes.end(), [&](const Property& each) { return each.name == name; }))
    sink_.report(kDuplicateName, span, fmt::format("the nodes have a property `{}` already", name));
  graph->query.steps.emplace_back(GraphQuery::Components{kind == "strong"});
  graph->nodes.push_back({name, Type::Long, false});
  relation_.graph = graph;
}

// --- operators that give a table ---

void Binder::add_graph_node(Graph graph, std::vector<Column> columns, Span span) {
  Compute compute;
  compute.sources = std::move(graph.sources);
  for (const Column& column : columns) compute.columns.push_back(*column.id);
  compute.routine = std::make_shared<const Routine>(Routine{std::move(graph.query)});
  add_node(std::move(compute), span);
  relation_.columns = std::move(columns);
}

void Binder::bind_graph_table(const ast::GraphToTable::Part& part, Span span) {
  const auto graph = take_graph("graph-to-table", span);
  if (!graph) return;
  GraphQuery::Listed listed;
  listed.edges = part.edges;
  std::vector<Column> columns;
  const auto add_id = [&](std::string_view option, bool& asked) {
    const std::string name = property(part.properties, option);
    asked = !name.empty();
    if (asked) columns.push_back({name, Type::Long, plan_.add_column(name, Type::Long)});
  };
  if (part.edges) {
    add_id("with_source_id", listed.source_id);
    add_id("with_target_id", listed.target_id);
  } else {
    add_id("with_node_id", listed.node_id);
  }
  for (const Property& each : part.edges ? graph->edges : graph->nodes) {
    columns.push_back({unique_name(each.name, columns), each.type, plan_.add_column(each.name, each.type)});
    if (each.uncertain) uncertain_.insert(*columns.back().id);
  }
  graph->query.result = listed;
  add_graph_node(*graph, std::move(columns), span);
}

/// Several tables of one graph are one result, as those of a batch are; each has its name as well.
void Binder::bind_graph_tables(const ast::GraphToTable& tables, Span span, const ast::Pipeline& pipeline,
                               size_t index) {
  const auto rows = rows_before(pipeline, index);
  if (!relation_.graph) {
    static_cast<void>(take_graph("graph-to-table", span));
    return;
  }
  if (!rows && tables.parts.size() > 1) return refuse_operator("graph-to-table within another operator", span);
  for (const ast::GraphToTable::Part& part : tables.parts) {
    if (part.name.empty() || !rows) continue;
    Binding binding;
    binding.tabular = true;
    binding.rows = [this, rows, &part, span] {
      rows();
      bind_graph_table(part, span);
    };
    exported_.emplace_back(part.name, std::move(binding));
  }
  if (tables.parts.size() == 1) return bind_graph_table(tables.parts.front(), span);
  std::vector<Leg> legs;
  begin_plan();
  for (const ast::GraphToTable::Part& part : tables.parts) {
    Building building = bind_apart([&] {
      rows();
      bind_graph_table(part, span);
    });
    const std::string name = !part.name.empty() ? part.name : part.edges ? "edges" : "nodes";
    legs.push_back({add_input(std::move(building), "graph-to-table", span), name});
  }
  unite(std::move(legs), false, "$table", span);
}

}  // namespace hecate::kql
