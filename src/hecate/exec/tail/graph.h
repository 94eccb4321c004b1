#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "exec/tail/routines.h"
#include "exec/tail/row_program.h"

namespace hecate::tail {

/// A graph in memory: nodes and edges with their properties. What was filtered away stays, but is dead.
struct Graph {
  struct Node {
    std::vector<Value> properties;
    Provenance provenance;
    std::vector<size_t> out, in;  // living edges
    bool alive = true;
  };
  struct Edge {
    size_t from = 0, to = 0;
    std::vector<Value> properties;
    Provenance provenance;
    bool alive = true;
  };
  std::vector<std::string> ids;  // of nodes, as texts
  std::vector<Node> nodes;
  std::vector<Edge> edges;
  std::unordered_map<std::string, size_t> by_id;

  /// Makes the nodes' lists of edges anew.
  void link();
};

/// What all parts of a graph's query have at hand. Texts of all values are in `memory`.
struct GraphRun {
  const GraphQuery& query;
  RoutineRun& run;
  Arena memory = {};
  size_t bytes = 0;

  [[nodiscard]] bool fail(std::string why) {
    run.error = std::move(why);
    return false;
  }
};

/// An expression with the places of the values that it reads of the graph.
class GraphProgram {
 public:
  using Read = GraphQuery::Read;
  GraphProgram(const Expr& expr, const std::vector<Read>& reads, const std::vector<ColumnId>& others);

  /// The reads that the expression needs, by their place in `reads`; what is behind them are `others`.
  [[nodiscard]] const std::vector<size_t>& needed() const { return needed_; }
  [[nodiscard]] Value evaluate(std::span<const Value> slots, EvalContext& context) const {
    return program_.evaluate(slots, context);
  }

 private:
  RowProgram program_;
  std::vector<size_t> needed_;
};

/// The value of a read for a node or an edge.
[[nodiscard]] Value read_node(const GraphQuery::Read& read, const Graph::Node& node);
[[nodiscard]] Value read_edge(const GraphQuery::Read& read, const Graph::Edge& edge);

/// graph_match.cpp
[[nodiscard]] bool match_graph(const Graph& graph, const GraphQuery::Pattern& pattern, GraphRun& run);

}  // namespace hecate::tail
