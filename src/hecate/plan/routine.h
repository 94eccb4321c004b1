#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "plan/plan.h"

// What Compute nodes do. Expressions in here read columns by ids of the plan: those of the rows that the node reads,
// and others that the routine gives values itself and that no node defines.
namespace hecate {

/// KQL's scan: rows go through steps, each of which knows the row that it matched last and those of the steps before
/// it (https://learn.microsoft.com/kusto/query/scan-operator#scan-logic). It gives for each match the columns of the
/// row, the declared ones and, if asked for, the number of the match.
struct RowSteps {
  enum class Output : uint8_t { All, Last, None };
  struct Assignment {
    size_t declared = 0;
    ExprPtr value;
  };
  struct Step {
    std::string name;
    Output output = Output::All;
    bool optional = false;
    ExprPtr condition;
    std::vector<Assignment> assignments;
  };
  /// `step.column`: a column of the row that the step matched last; the declared ones stand behind the row's.
  struct Stored {
    ColumnId id;
    size_t step = 0;
    size_t column = 0;
  };
  std::vector<Step> steps;
  std::vector<Type> types;        // of the rows' columns, then of the declared ones
  std::vector<ExprPtr> defaults;  // of the declared columns; they read no column
  std::vector<Stored> stored;
  std::vector<size_t> keys;  // of the rows' columns: rows of each combination go through the steps by themselves
  bool match_id = false;
};

/// KQL's reduce: texts that have most of their words in common are one group
/// (https://learn.microsoft.com/kusto/query/reduce-operator). The first column that is read is the text. It gives a
/// pattern, a count and one of the texts for each group; or, with `keeps_rows`, the rows with their pattern.
struct TextPatterns {
  double threshold = 0.1;  // the share of the rows that a word must be in
  std::string separators;  // besides what is no letter or digit
  bool keeps_rows = false;
};

/// A graph of rows, and what is asked of it: https://learn.microsoft.com/kusto/query/graph-operators. The first source
/// are the edges, the others tables of nodes.
struct GraphQuery {
  struct NodeTable {
    size_t id = 0;                                  // of the source's columns
    std::vector<std::optional<size_t>> properties;  // by node_types; none: the table lacks it
    std::optional<size_t> partition;
  };
  size_t from = 0, to = 0;            // of the edges' columns
  std::vector<Type> edge_types;       // of the edges' columns
  std::vector<Type> node_types;       // of the nodes' properties
  std::vector<NodeTable> tables;      // by the sources behind the first
  std::optional<size_t> id_property;  // with_node_id
  std::optional<size_t> partition;    // of the edges' columns: a graph for each of its values

  /// What expressions read of the graph, by ids of their own: of a node, or of an edge. Which one it is depends on
  /// where the expression stands: the node or edge that is looked at; of a pattern its variables, see Pattern.
  struct Read {
    enum class What : uint8_t { Property, DegreeIn, DegreeOut };
    ColumnId id;
    bool edge = false;
    size_t element = 0;
    What what = What::Property;
    size_t property = 0;
  };
  struct Where {
    bool edges = false;
    ExprPtr predicate;
    std::vector<Read> reads;
  };
  /// Adds a property: the number of the part that the node is in.
  struct Components {
    bool strong = false;
  };
  std::vector<std::variant<Where, Components>> steps;

  /// Edges in a row between two nodes of the pattern.
  struct Hop {
    enum class Direction : uint8_t { Right, Left, Any };
    size_t from = 0, to = 0;  // of the pattern's nodes
    Direction direction = Direction::Right;
    uint64_t least = 1, most = 1;
    bool several = false;  // written with `*`
  };
  /// map(), all(), any(): over the edges of a hop, or over the nodes between them.
  struct Mapped {
    enum class What : uint8_t { Map, All, Any };
    ColumnId id;
    What what = What::Map;
    size_t hop = 0;
    bool inner = false;
    ExprPtr body;
  };
  /// Reads of edges are of a hop's edge, of several the one that is looked at; reads of nodes are of one of the
  /// pattern's or, from `nodes` on, of the node within a hop that is looked at.
  struct Pattern {
    enum class Cycles : uint8_t { All, None, UniqueEdges };
    struct Condition {
      ExprPtr predicate;
      std::optional<size_t> each;  // holds for every edge of this hop
    };
    size_t nodes = 0;
    std::vector<Hop> hops;
    Cycles cycles = Cycles::UniqueEdges;
    bool shortest = false;  // only the shortest for each first and last node
    bool every = false;     // of them all
    std::vector<Read> reads;
    std::vector<Mapped> mapped;
    std::vector<Condition> where;
    std::vector<ExprPtr> project;
  };
  /// All nodes or edges with their properties; before them, where asked for, numbers that stand for nodes.
  struct Listed {
    bool edges = false;
    bool node_id = false, source_id = false, target_id = false;
  };
  std::variant<std::monostate, Pattern, Listed> result;
};

struct Routine {
  std::variant<RowSteps, TextPatterns, GraphQuery> what;
};

[[nodiscard]] std::string dump(const Routine& routine);

}  // namespace hecate
