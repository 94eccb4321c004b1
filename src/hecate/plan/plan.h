#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/diagnostic.h"
#include "plan/expr.h"
#include "plan/types.h"

namespace hecate {

// --- what a scan reads -------------------------------------------------------------------------------

/// Sigma: the events that a rule's logsource means. Empty parts are not restricted.
struct SigmaLogsource {
  std::string product, category, service;
  friend bool operator==(const SigmaLogsource&, const SigmaLogsource&) = default;
};
/// SPL: every indexed event; `sourcetype=…` and the like are ordinary predicates.
struct SplunkEvents {
  friend bool operator==(const SplunkEvents&, const SplunkEvents&) = default;
};
/// KQL: a table or an ASIM view ("imFileEvent"), by the name in the query.
struct KustoTable {
  std::string name;
  friend bool operator==(const KustoTable&, const KustoTable&) = default;
};
/// SPL: the events of a data model (`tstats … from datamodel=Endpoint.Processes`), its columns by their names there:
/// `Processes.dest`, or `dest` where a dataset is given; besides them metadata and `nodename`.
struct DataModel {
  /// The column that is true where an event belongs to the dataset: some of a record type may, and others not.
  static constexpr std::string_view kMember = "is in dataset";
  std::string model;    // "Endpoint"
  std::string dataset;  // "Processes"; empty: all events of the model
  bool events = false;  // whole events, which have other fields, too, not the model's alone
  friend bool operator==(const DataModel&, const DataModel&) = default;
};
using Dataset = std::variant<SigmaLogsource, SplunkEvents, KustoTable, DataModel>;
[[nodiscard]] std::string to_string(const Dataset& dataset);

// --- operators ---------------------------------------------------------------------------------------

using NodeId = uint32_t;

/// Reads events. `columns` are the fields that the rest of the plan names, in the dataset's vocabulary;
/// they are looked up in the catalog for each source when the head is bound.
struct Scan {
  struct Column {
    ColumnId id;
    std::string field;
  };
  Dataset dataset;
  std::vector<Column> columns;
};

/// Keeps the rows for which the predicate is true (not false, not null).
struct Filter {
  ExprPtr predicate;
};

/// Adds computed columns. Every id is new: a field that is assigned again is another column.
struct Extend {
  struct Column {
    ColumnId id;
    ExprPtr value;
  };
  std::vector<Column> columns;
};

enum class NullKeys : uint8_t {
  Drop,  // SPL: a row that lacks a by-field is not counted at all
  Keep,  // KQL: null is a group of its own
};

/// Groups and aggregates. Without keys there is one row, also over no input.
struct Aggregate {
  struct Key {
    ColumnId id;  // the new column: one value, even where the input is Many
    ColumnId input;
    Span span;  // where the query names it
  };
  struct Item {
    ColumnId id;
    std::string function;  // a name of exec/tail's aggregate table: "count", "spl.values", "kql.dcount"
    std::vector<ExprPtr> arguments;
    Span span;
  };
  std::vector<Key> keys;
  std::vector<Item> items;
  NullKeys null_keys = NullKeys::Keep;
  bool expand_many_keys = false;  // SPL: a row for each value of a multivalue key
  bool order_by_keys = false;     // SPL: output is sorted by the keys
};

struct Sort {
  struct Key {
    ColumnId column;
    bool descending = false;
    bool nulls_first = false;
    std::string collation;  // "" natural order of the type, "spl.auto" numbers before texts by value
  };
  std::vector<Key> keys;
};

/// The first `count` rows in order.
struct Limit {
  uint64_t count = 0;
};

/// One row for each combination of values: the first in order. No columns: all of the row.
struct Distinct {
  std::vector<ColumnId> columns;
  NullKeys null_keys = NullKeys::Keep;
};

struct Node {
  std::variant<Scan, Filter, Extend, Aggregate, Sort, Limit, Distinct> op;
  std::vector<NodeId> inputs;
  Span span;
};

struct ColumnInfo {
  std::string name;  // what the user called it, for diagnostics and dumps
  Type type = Type::String;
};

struct OutputColumn {
  std::string name;
  ColumnId column;
};

/// A query or rule as all engines see it: nodes in topological order, the last is the root. Verified by
/// plan/verify.h.
struct Plan {
  Language language = Language::Sigma;
  std::vector<ColumnInfo> columns;  // by ColumnId
  std::vector<Node> nodes;
  std::vector<OutputColumn> output;  // what the result shows, in order
  /// The result shows, besides `output`, every other field of the event (an SPL search without a
  /// transforming command, a KQL table without project, a Sigma rule).
  bool whole_event = false;

  ColumnId add_column(std::string name, Type type);
  NodeId add(Node node);
  [[nodiscard]] const ColumnInfo& column(ColumnId id) const { return columns[static_cast<size_t>(id)]; }
  [[nodiscard]] const Scan& scan() const { return std::get<Scan>(nodes.front().op); }
  [[nodiscard]] Scan& scan() { return std::get<Scan>(nodes.front().op); }
};

/// Stable text of the whole plan, a line a node.
[[nodiscard]] std::string dump(const Plan& plan);

/// Checks what every engine relies on: topological order, each used column defined before and by one
/// node only, predicates boolean. Returns the first breach, for tests and debug builds; nullopt if sound.
[[nodiscard]] std::optional<std::string> verify(const Plan& plan);

}  // namespace hecate
