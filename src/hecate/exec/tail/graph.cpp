#include "exec/tail/graph.h"

#include <algorithm>
#include <numeric>

// Graphs: https://learn.microsoft.com/kusto/query/graph-operators
namespace hecate::tail {
namespace {

/// What a graph's values may take together.
constexpr size_t kMostBytes = size_t{1} << 30;

Value kept(const Value& value, GraphRun& run) {
  run.bytes += sizeof(Value);
  if (!value.is_text()) return value;
  const std::string_view text = run.memory.copy(value.as_text());
  run.bytes += text.size();
  return value.kind() == Kind::Dynamic ? Value::dynamic(text) : Value::string(text);
}

/// What the row's property is where it has none: of texts "".
Value absent(Type type) { return type == Type::String ? Value::string("") : Value::null(); }

/// A number that stands for a node's id, the same in every run (FNV-1a).
int64_t hash_of(std::string_view id) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : id) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return static_cast<int64_t>(hash);
}

/// Reads the sources; each partition is a graph of its own.
class Builder {
 public:
  explicit Builder(GraphRun& run) : run_(run), query_(run.query) {}

  bool read() {
    for (size_t i = 0; i < query_.tables.size(); ++i) {
      if (!read_nodes(query_.tables[i], *run_.run.sources[i + 1])) return false;
    }
    RowReader& edges = *run_.run.sources.front();
    while (edges.next()) {
      if (!go_on()) return false;
      const auto values = edges.values();
      Graph& graph = graph_of(query_.partition ? std::optional(values[*query_.partition]) : std::nullopt);
      Graph::Edge edge;
      edge.from = node_of(graph, values[query_.from]);
      edge.to = node_of(graph, values[query_.to]);
      edge.provenance = edges.provenance();
      for (const Value& value : values) edge.properties.push_back(kept(value, run_));
      graph.edges.push_back(std::move(edge));
    }
    if (!edges.error().empty()) return run_.fail(edges.error());
    for (auto& [key, graph] : graphs_) graph.link();
    return true;
  }

  /// The graphs in the order in which their first row came.
  [[nodiscard]] std::vector<Graph*> graphs() const { return order_; }

 private:
  bool go_on() {
    if (run_.bytes > kMostBytes) return run_.fail("Out of Memory: the graph takes too much");
    if ((++rows_ & 1023) == 0 && run_.run.stopped()) return run_.fail("interrupted");
    return true;
  }

  Graph& graph_of(const std::optional<Value>& partition) {
    std::string key;
    if (partition) append_value_json(*partition, key);
    const auto [entry, added] = graphs_.try_emplace(std::move(key));
    if (added) order_.push_back(&entry->second);
    return entry->second;
  }

  size_t node_of(Graph& graph, const Value& id) {
    const auto [entry, added] = graph.by_id.try_emplace(value_text(id), graph.nodes.size());
    if (!added) return entry->second;
    graph.ids.push_back(entry->first);
    run_.bytes += 2 * entry->first.size() + sizeof(Graph::Node);
    Graph::Node& node = graph.nodes.emplace_back();
    for (const Type type : query_.node_types) node.properties.push_back(absent(type));
    if (query_.id_property) node.properties[*query_.id_property] = kept(id, run_);
    return entry->second;
  }

  /// A node that stands in several tables is one, with the properties of all.
  bool read_nodes(const GraphQuery::NodeTable& table, RowReader& rows) {
    while (rows.next()) {
      if (!go_on()) return false;
      const auto values = rows.values();
      Graph& graph = graph_of(table.partition ? std::optional(values[*table.partition]) : std::nullopt);
      Graph::Node& node = graph.nodes[node_of(graph, values[table.id])];
      node.provenance.add(rows.provenance());
      for (size_t i = 0; i < table.properties.size(); ++i) {
        if (!table.properties[i]) continue;
        const Value& value = values[*table.properties[i]];
        const bool empty = value.is_null() || (value.kind() == Kind::String && value.as_text().empty());
        if (!empty) node.properties[i] = kept(value, run_);
      }
    }
    return rows.error().empty() || run_.fail(rows.error());
  }

  GraphRun& run_;
  const GraphQuery& query_;
  std::unordered_map<std::string, Graph> graphs_;
  std::vector<Graph*> order_;
  uint64_t rows_ = 0;
};

void filter(Graph& graph, const GraphQuery::Where& where, GraphRun& run) {
  const GraphProgram program(*where.predicate, where.reads, {});
  Arena arena;
  EvalContext context{arena, run.run.run};
  std::vector<Value> slots(where.reads.size());
  const auto holds = [&](const auto& value_of) {
    arena.reset();
    for (const size_t i : program.needed()) slots[i] = value_of(where.reads[i]);
    return program.evaluate(slots, context).is_true();
  };
  if (where.edges) {
    for (Graph::Edge& edge : graph.edges)
      edge.alive = edge.alive && holds([&](const GraphQuery::Read& read) { return read_edge(read, edge); });
  } else {
    for (Graph::Node& node : graph.nodes)
      node.alive = node.alive && holds([&](const GraphQuery::Read& read) { return read_node(read, node); });
  }
  graph.link();
}

/// The parts that are connected whatever way the edges go.
std::vector<size_t> weak_parts(const Graph& graph) {
  std::vector<size_t> parent(graph.nodes.size());
  std::iota(parent.begin(), parent.end(), size_t{0});
  const auto root = [&](size_t node) {
    while (parent[node] != node) node = parent[node] = parent[parent[node]];
    return node;
  };
  for (const Graph::Edge& edge : graph.edges) {
    if (edge.alive) parent[root(edge.from)] = root(edge.to);
  }
  for (size_t i = 0; i < parent.size(); ++i) parent[i] = root(i);
  return parent;
}

/// The parts in which every node can be reached of every other: Tarjan's algorithm, with a stack of its own.
std::vector<size_t> strong_parts(const Graph& graph) {
  constexpr size_t kNone = static_cast<size_t>(-1);
  const size_t count = graph.nodes.size();
  std::vector<size_t> index(count, kNone), low(count, 0), part(count, kNone), stack;
  size_t next = 0;
  struct Frame {
    size_t node, edge;
  };
  for (size_t start = 0; start < count; ++start) {
    if (index[start] != kNone) continue;
    std::vector<Frame> frames{{start, 0}};
    while (!frames.empty()) {
      Frame& frame = frames.back();
      const size_t node = frame.node;
      if (frame.edge == 0) {
        index[node] = low[node] = next++;
        stack.push_back(node);
      }
      if (frame.edge < graph.nodes[node].out.size()) {
        const size_t to = graph.edges[graph.nodes[node].out[frame.edge++]].to;
        if (index[to] == kNone) {
          frames.push_back({to, 0});
        } else if (part[to] == kNone) {
          low[node] = std::min(low[node], index[to]);
        }
        continue;
      }
      if (low[node] == index[node]) {
        while (part[node] == kNone) {
          part[stack.back()] = node;
          stack.pop_back();
        }
      }
      frames.pop_back();
      if (!frames.empty()) low[frames.back().node] = std::min(low[frames.back().node], low[node]);
    }
  }
  return part;
}

/// Numbers from 0 in the order of the nodes.
void mark(Graph& graph, bool strong) {
  const std::vector<size_t> parts = strong ? strong_parts(graph) : weak_parts(graph);
  std::unordered_map<size_t, int64_t> numbers;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!graph.nodes[i].alive) continue;
    const int64_t number = numbers.try_emplace(parts[i], static_cast<int64_t>(numbers.size())).first->second;
    graph.nodes[i].properties.push_back(Value::integer(number));
  }
}

void list(const Graph& graph, const GraphQuery::Listed& listed, GraphRun& run) {
  std::vector<Value> values;
  const auto give = [&](const Provenance& provenance, const std::vector<Value>& properties) {
    values.insert(values.end(), properties.begin(), properties.end());
    run.run.out.add(provenance, values);
    values.clear();
  };
  if (!listed.edges) {
    for (size_t i = 0; i < graph.nodes.size(); ++i) {
      if (!graph.nodes[i].alive) continue;
      if (listed.node_id) values.push_back(Value::integer(hash_of(graph.ids[i])));
      give(graph.nodes[i].provenance, graph.nodes[i].properties);
    }
    return;
  }
  for (const Graph::Edge& edge : graph.edges) {
    if (!edge.alive) continue;
    if (listed.source_id) values.push_back(Value::integer(hash_of(graph.ids[edge.from])));
    if (listed.target_id) values.push_back(Value::integer(hash_of(graph.ids[edge.to])));
    give(edge.provenance, edge.properties);
  }
}

RowProgram::Slots slots_of(const std::vector<GraphQuery::Read>& reads, const std::vector<ColumnId>& others) {
  RowProgram::Slots slots;
  for (size_t i = 0; i < reads.size(); ++i) slots[reads[i].id] = i;
  for (size_t i = 0; i < others.size(); ++i) slots[others[i]] = reads.size() + i;
  return slots;
}

void collect(const Expr& expr, const RowProgram::Slots& slots, std::vector<size_t>& out) {
  if (const auto* ref = std::get_if<ColumnRef>(&expr.node)) {
    if (const auto slot = slots.find(ref->column); slot != slots.end()) out.push_back(slot->second);
  }
  for_each_child(expr, [&](const ExprPtr& child) { collect(*child, slots, out); });
}

}  // namespace

GraphProgram::GraphProgram(const Expr& expr, const std::vector<Read>& reads, const std::vector<ColumnId>& others)
    : program_(expr, slots_of(reads, others)) {
  collect(expr, slots_of(reads, others), needed_);
  std::sort(needed_.begin(), needed_.end());
  needed_.erase(std::unique(needed_.begin(), needed_.end()), needed_.end());
}

Value read_node(const GraphQuery::Read& read, const Graph::Node& node) {
  using enum GraphQuery::Read::What;
  if (read.what == DegreeIn) return Value::integer(static_cast<int64_t>(node.in.size()));
  if (read.what == DegreeOut) return Value::integer(static_cast<int64_t>(node.out.size()));
  return node.properties[read.property];
}

Value read_edge(const GraphQuery::Read& read, const Graph::Edge& edge) { return edge.properties[read.property]; }

/// Edges go with their nodes.
void Graph::link() {
  for (Node& node : nodes) {
    node.out.clear();
    node.in.clear();
  }
  for (size_t i = 0; i < edges.size(); ++i) {
    Edge& edge = edges[i];
    edge.alive = edge.alive && nodes[edge.from].alive && nodes[edge.to].alive;
    if (!edge.alive) continue;
    nodes[edge.from].out.push_back(i);
    nodes[edge.to].in.push_back(i);
  }
}

bool run_graph(const GraphQuery& query, RoutineRun& run) {
  GraphRun all{query, run};
  Builder builder(all);
  if (!builder.read()) return false;
  for (Graph* graph : builder.graphs()) {
    for (const auto& step : query.steps) {
      if (const auto* where = std::get_if<GraphQuery::Where>(&step)) filter(*graph, *where, all);
      if (const auto* parts = std::get_if<GraphQuery::Components>(&step)) mark(*graph, parts->strong);
    }
    if (const auto* listed = std::get_if<GraphQuery::Listed>(&query.result)) list(*graph, *listed, all);
    const auto* pattern = std::get_if<GraphQuery::Pattern>(&query.result);
    if (pattern != nullptr && !match_graph(*graph, *pattern, all)) return false;
  }
  return true;
}

}  // namespace hecate::tail
