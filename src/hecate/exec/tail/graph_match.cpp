#include <algorithm>

#include "exec/tail/graph.h"

// Patterns in a graph: https://learn.microsoft.com/kusto/query/graph-match-operator, graph-shortest-paths-operator
namespace hecate::tail {
namespace {

constexpr size_t kNone = static_cast<size_t>(-1);
/// Edges that a search may try before it is given up: some patterns have more matches than anybody can wait for.
constexpr uint64_t kMostTried = 300'000'000;

using Pattern = GraphQuery::Pattern;
using Direction = GraphQuery::Hop::Direction;

/// A row of the result that may still turn out not to be the shortest.
struct Waiting {
  std::vector<OwnedValue> values;
  Provenance provenance;
};
struct Shortest {
  size_t length = 0;
  std::vector<Waiting> rows;
};

class Matcher {
 public:
  Matcher(const Graph& graph, const Pattern& pattern, GraphRun& run)
      : graph_(graph),
        pattern_(pattern),
        run_(run),
        bound_(pattern.nodes, kNone),
        paths_(pattern.hops.size()),
        current_(pattern.hops.size(), kNone),
        inner_(pattern.hops.size(), kNone),
        edge_used_(graph.edges.size(), 0),
        node_used_(graph.nodes.size(), 0),
        slots_(pattern.reads.size() + pattern.mapped.size()) {
    plan_order();
    std::vector<ColumnId> mapped;
    for (const GraphQuery::Mapped& each : pattern.mapped) mapped.push_back(each.id);
    for (const GraphQuery::Mapped& each : pattern.mapped) mapped_.emplace_back(*each.body, pattern.reads, mapped);
    for (const ExprPtr& value : pattern.project) project_.emplace_back(*value, pattern.reads, mapped);
    for (const Pattern::Condition& condition : pattern.where)
      conditions_.emplace_back(*condition.predicate, pattern.reads, mapped);
    plan_conditions();
  }

  bool run() {
    for (size_t start = 0; start < graph_.nodes.size(); ++start) {
      if (!graph_.nodes[start].alive) continue;
      bound_[0] = start;
      ++node_used_[start];
      if (holds(0) && !(searches_wide() ? search_wide(start) : walk(0))) return false;
      --node_used_[start];
    }
    for (const auto& [ends, found] : shortest_) {
      for (const Waiting& row : found.rows) give(row);
    }
    return true;
  }

 private:
  struct Step {
    size_t hop = 0;
    bool reversed = false;
  };

  // --- what is found out once ---

  /// Hops in an order in which each begins at a node that is bound.
  void plan_order() {
    node_position_.assign(pattern_.nodes, kNone);
    hop_position_.assign(pattern_.hops.size(), kNone);
    node_position_[0] = 0;
    while (order_.size() < pattern_.hops.size()) {
      const size_t before = order_.size();
      for (size_t hop = 0; hop < pattern_.hops.size() && order_.size() == before; ++hop) {
        const auto& each = pattern_.hops[hop];
        if (hop_position_[hop] != kNone) continue;
        if (node_position_[each.from] == kNone && node_position_[each.to] == kNone) continue;
        order_.push_back({hop, node_position_[each.from] == kNone});
        hop_position_[hop] = order_.size();
        for (const size_t node : {each.from, each.to}) {
          if (node_position_[node] == kNone) node_position_[node] = order_.size();
        }
      }
      if (order_.size() == before) return;  // the binder refuses what is not connected
    }
  }

  /// After how many steps all that an expression reads is known. `each` is known edge by edge.
  [[nodiscard]] size_t position_of(const GraphProgram& program, std::optional<size_t> each) const {
    size_t position = 0;
    for (const size_t slot : program.needed()) {
      if (slot >= pattern_.reads.size()) {
        const size_t index = slot - pattern_.reads.size();
        const size_t hop = pattern_.mapped[index].hop;
        position = std::max({position, hop_position_[hop], position_of(mapped_[index], std::nullopt)});
        continue;
      }
      const GraphQuery::Read& read = pattern_.reads[slot];
      if (read.edge && each && read.element == *each) continue;
      if (!read.edge && read.element >= pattern_.nodes) {
        position = std::max(position, hop_position_[read.element - pattern_.nodes]);
      } else {
        position = std::max(position, read.edge ? hop_position_[read.element] : node_position_[read.element]);
      }
    }
    return position;
  }

  void plan_conditions() {
    ready_.resize(order_.size() + 1);
    on_edge_.resize(order_.size());
    for (size_t i = 0; i < conditions_.size(); ++i) {
      const std::optional<size_t> each = pattern_.where[i].each;
      const size_t position = position_of(conditions_[i], each);
      if (!each) {
        ready_[position].push_back(i);
      } else if (position < hop_position_[*each]) {
        on_edge_[hop_position_[*each] - 1].push_back(i);
      } else {
        ready_[std::max(position, hop_position_[*each])].push_back(i);
      }
    }
  }

  // --- values ---

  [[nodiscard]] size_t other_end(size_t edge, size_t node) const {
    return graph_.edges[edge].from == node ? graph_.edges[edge].to : graph_.edges[edge].from;
  }

  /// The edges of a hop from its first node to its last.
  [[nodiscard]] std::vector<size_t> edges_of(size_t hop) const {
    std::vector<size_t> edges = paths_[hop];
    if (order_[hop_position_[hop] - 1].reversed) std::reverse(edges.begin(), edges.end());
    return edges;
  }

  [[nodiscard]] std::vector<size_t> inner_of(size_t hop) const {
    std::vector<size_t> nodes;
    size_t node = bound_[pattern_.hops[hop].from];
    for (const size_t edge : edges_of(hop)) nodes.push_back(node = other_end(edge, node));
    if (!nodes.empty()) nodes.pop_back();
    return nodes;
  }

  [[nodiscard]] Value value_of(const GraphQuery::Read& read) const {
    if (read.edge) {
      size_t edge = current_[read.element];
      if (!pattern_.hops[read.element].several && edge == kNone && !paths_[read.element].empty())
        edge = paths_[read.element].front();
      return edge == kNone ? Value::null() : read_edge(read, graph_.edges[edge]);
    }
    const size_t node = read.element < pattern_.nodes ? bound_[read.element] : inner_[read.element - pattern_.nodes];
    return node == kNone ? Value::null() : read_node(read, graph_.nodes[node]);
  }

  /// map(), all() or any() of the hop's edges, or of the nodes between them.
  [[nodiscard]] Value value_of(size_t index, EvalContext& context) {
    const GraphQuery::Mapped& mapped = pattern_.mapped[index];
    using enum GraphQuery::Mapped::What;
    const std::vector<size_t> all = mapped.inner ? inner_of(mapped.hop) : edges_of(mapped.hop);
    size_t& place = mapped.inner ? inner_[mapped.hop] : current_[mapped.hop];
    const size_t outside = place;
    std::string json = "[";
    bool any = false;
    bool every = true;
    for (const size_t each : all) {
      place = each;
      const Value value = evaluate(mapped_[index], context);
      any = any || value.is_true();
      every = every && value.is_true();
      if (mapped.what != Map) continue;
      if (json.size() > 1) json += ',';
      if (value.is_null()) {
        json += "null";
      } else {
        append_value_json(value, json);
      }
    }
    place = outside;
    if (mapped.what != Map) return Value::boolean(mapped.what == All ? every : any);
    return Value::dynamic(context.arena.copy(json + "]"));
  }

  [[nodiscard]] Value evaluate(const GraphProgram& program, EvalContext& context) {
    // What is mapped first: it moves the edge that is looked at.
    for (auto slot = program.needed().rbegin(); slot != program.needed().rend(); ++slot) {
      slots_[*slot] = *slot >= pattern_.reads.size() ? value_of(*slot - pattern_.reads.size(), context)
                                                     : value_of(pattern_.reads[*slot]);
    }
    return program.evaluate(slots_, context);
  }

  [[nodiscard]] bool test(size_t condition) {
    arena_.reset();
    EvalContext context{arena_, run_.run.run};
    return evaluate(conditions_[condition], context).is_true();
  }

  [[nodiscard]] bool holds(size_t position) {
    return std::all_of(ready_[position].begin(), ready_[position].end(), [&](size_t condition) {
      const std::optional<size_t> each = pattern_.where[condition].each;
      if (!each) return test(condition);
      const size_t outside = current_[*each];
      const bool all = std::all_of(paths_[*each].begin(), paths_[*each].end(), [&](size_t edge) {
        current_[*each] = edge;
        return test(condition);
      });
      current_[*each] = outside;
      return all;
    });
  }

  [[nodiscard]] bool edge_holds(size_t step, size_t edge) {
    const size_t hop = order_[step].hop;
    const size_t outside = std::exchange(current_[hop], edge);
    const bool all = std::all_of(on_edge_[step].begin(), on_edge_[step].end(), [&](size_t c) { return test(c); });
    current_[hop] = outside;
    return all;
  }

  // --- the search ---

  bool go_on() {
    ++tried_;
    if (tried_ > kMostTried) return run_.fail("a pattern of the graph has too many ways to be matched: narrow it");
    return (tried_ & 4095) != 0 || !run_.run.stopped() || run_.fail("interrupted");
  }

  /// The edges that lead away from a node, by the hop's direction.
  template <typename Visit>
  bool for_each_edge(size_t step, size_t node, Visit visit) {
    const Direction direction = pattern_.hops[order_[step].hop].direction;
    const bool forward = (direction == Direction::Right) != order_[step].reversed;
    const auto visit_all = [&](const std::vector<size_t>& edges, bool loops) {
      return std::all_of(edges.begin(), edges.end(), [&](size_t edge) {
        if (!loops && graph_.edges[edge].from == graph_.edges[edge].to) return true;
        return visit(edge, other_end(edge, node));
      });
    };
    if (direction == Direction::Any)
      return visit_all(graph_.nodes[node].out, true) && visit_all(graph_.nodes[node].in, false);
    return visit_all(forward ? graph_.nodes[node].out : graph_.nodes[node].in, true);
  }

  bool walk(size_t step) {
    if (step == order_.size()) return emit();
    const GraphQuery::Hop& hop = pattern_.hops[order_[step].hop];
    paths_[order_[step].hop].clear();
    return extend(step, bound_[order_[step].reversed ? hop.to : hop.from]);
  }

  /// Goes on from a node, having taken the path's edges. False: the search is given up.
  bool extend(size_t step, size_t node) {
    const GraphQuery::Hop& hop = pattern_.hops[order_[step].hop];
    std::vector<size_t>& path = paths_[order_[step].hop];
    if (path.size() >= hop.least && !arrive(step, node)) return false;
    if (path.size() >= hop.most) return true;
    return for_each_edge(step, node, [&](size_t edge, size_t to) {
      if (!go_on()) return false;
      if (pattern_.cycles == Pattern::Cycles::UniqueEdges && edge_used_[edge] > 0) return true;
      if (pattern_.cycles == Pattern::Cycles::None && node_used_[to] > 0) return true;
      if (!edge_holds(step, edge)) return true;
      path.push_back(edge);
      ++edge_used_[edge];
      ++node_used_[to];
      const bool more = extend(step, to);
      --node_used_[to];
      --edge_used_[edge];
      path.pop_back();
      return more;
    });
  }

  bool arrive(size_t step, size_t node) {
    const Step& at = order_[step];
    size_t& target = bound_[at.reversed ? pattern_.hops[at.hop].from : pattern_.hops[at.hop].to];
    if (target != kNone) return target != node || !holds(step + 1) || walk(step + 1);
    target = node;
    const bool more = !holds(step + 1) || walk(step + 1);
    target = kNone;
    return more;
  }

  // --- what is given ---

  [[nodiscard]] Waiting found() {
    arena_.reset();
    EvalContext context{arena_, run_.run.run};
    Waiting row;
    for (const GraphProgram& value : project_) row.values.emplace_back(evaluate(value, context));
    for (const size_t node : bound_) row.provenance.add(graph_.nodes[node].provenance);
    for (const auto& path : paths_) {
      for (const size_t edge : path) row.provenance.add(graph_.edges[edge].provenance);
    }
    return row;
  }

  /// Matches of the same nodes and edges must not have one hash, of which findings are made.
  void give(const Waiting& row) {
    Provenance provenance = row.provenance;
    provenance.hash ^= given_++ << 32;
    std::vector<Value> values;
    for (const OwnedValue& value : row.values) values.push_back(value.get());
    run_.run.out.add(provenance, values);
  }

  bool emit() {
    if (!pattern_.shortest) {
      give(found());
      return run_.run.out.error().empty() || run_.fail(run_.run.out.error());
    }
    size_t length = 0;
    for (const auto& path : paths_) length += path.size();
    const auto ends = std::pair(bound_[0], bound_[pattern_.hops.back().to]);
    const auto [entry, added] = shortest_.try_emplace(ends);
    Shortest& best = entry->second;
    if (added || length < best.length) best.rows.clear();
    if (best.rows.empty()) best.length = length;
    if (length == best.length && (best.rows.empty() || pattern_.every)) best.rows.push_back(found());
    return true;
  }

  /// A path of one hop whose edges can be judged one by one is found by going out from the first node in circles.
  [[nodiscard]] bool searches_wide() const {
    if (!pattern_.shortest || pattern_.hops.size() != 1 || pattern_.hops[0].least > 1 || pattern_.hops[0].from != 0)
      return false;
    return std::all_of(ready_[1].begin(), ready_[1].end(), [&](size_t condition) {
      const auto& needed = conditions_[condition].needed();
      return !pattern_.where[condition].each && std::all_of(needed.begin(), needed.end(), [&](size_t slot) {
        return slot < pattern_.reads.size() && !pattern_.reads[slot].edge;
      });
    });
  }

  bool search_wide(size_t start) {
    struct Seen {
      size_t length = 0;
      std::vector<size_t> edges;  // that lead here in the shortest way
    };
    std::map<size_t, Seen> seen;
    std::vector<size_t> level{start};
    const GraphQuery::Hop& hop = pattern_.hops[0];
    if (hop.least == 0 && !accept(start, {})) return false;
    for (size_t length = 1; length <= hop.most && !level.empty(); ++length) {
      std::vector<size_t> next;
      for (const size_t node : level) {
        const bool more = for_each_edge(0, node, [&](size_t edge, size_t to) {
          if (!go_on()) return false;
          if (pattern_.cycles == Pattern::Cycles::None && to == start) return true;
          const auto found = seen.find(to);
          if (found != seen.end() && (found->second.length < length || !pattern_.every)) return true;
          if (!edge_holds(0, edge)) return true;
          Seen& reached = seen[to];
          if (reached.edges.empty()) next.push_back(to);
          reached.length = length;
          reached.edges.push_back(edge);
          return true;
        });
        if (!more) return false;
      }
      for (const size_t node : next) {
        if (node == start && hop.least == 0) continue;
        const bool more = trace(node, length, start, seen);
        if (!more) return false;
      }
      level = std::move(next);
    }
    return true;
  }

  /// The shortest paths to a node, back along the edges that lead to it.
  template <typename Seen>
  bool trace(size_t target, size_t length, size_t start, const std::map<size_t, Seen>& seen) {
    std::vector<size_t> path(length);
    const std::function<bool(size_t, size_t)> back = [&](size_t node, size_t left) -> bool {
      if (left == 0) return accept(target, path);
      for (const size_t edge : seen.at(node).edges) {
        if (!go_on()) return false;
        const size_t before = came_from(edge, node);
        const auto known = seen.find(before);
        const bool fits = left == 1 ? before == start : known != seen.end() && known->second.length == left - 1;
        if (!fits) continue;
        path[left - 1] = edge;
        if (!back(before, left - 1)) return false;
        if (!pattern_.every) break;
      }
      return true;
    };
    return back(target, length);
  }

  [[nodiscard]] size_t came_from(size_t edge, size_t node) const {
    const Direction direction = pattern_.hops[0].direction;
    if (direction == Direction::Right) return graph_.edges[edge].from;
    if (direction == Direction::Left) return graph_.edges[edge].to;
    return other_end(edge, node);
  }

  bool accept(size_t target, const std::vector<size_t>& path) {
    const size_t last = pattern_.hops[0].to;
    if (last == 0 && target != bound_[0]) return true;
    const size_t outside = std::exchange(bound_[last], target);
    paths_[0] = path;
    if (holds(1)) give(found());
    bound_[last] = outside;
    return run_.run.out.error().empty() || run_.fail(run_.run.out.error());
  }

  const Graph& graph_;
  const Pattern& pattern_;
  GraphRun& run_;
  std::vector<GraphProgram> mapped_, project_, conditions_;
  std::vector<Step> order_;
  std::vector<size_t> node_position_, hop_position_;  // after how many steps they are bound
  std::vector<std::vector<size_t>> ready_;            // conditions, by that number
  std::vector<std::vector<size_t>> on_edge_;          // by step: conditions that each edge is asked at once
  std::vector<size_t> bound_;
  std::vector<std::vector<size_t>> paths_;  // edges in the order of the search
  std::vector<size_t> current_, inner_;     // by hop: what is looked at
  std::vector<uint32_t> edge_used_, node_used_;
  std::vector<Value> slots_;
  std::map<std::pair<size_t, size_t>, Shortest> shortest_;
  uint64_t tried_ = 0, given_ = 0;
  Arena arena_;
};

}  // namespace

bool match_graph(const Graph& graph, const GraphQuery::Pattern& pattern, GraphRun& run) {
  return Matcher(graph, pattern, run).run();
}

}  // namespace hecate::tail
