#pragma once

#include <memory>
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

/// In the place of a scan: the rows of the plan that has this one as input, as they stand before the node that names
/// it.
struct Outer {
  struct Column {
    ColumnId id;
    ColumnId from;  // of the plan outside
  };
  std::vector<Column> columns;
};

/// In the place of a scan: the rows of a table of the run (exec/functions/tables.h), in their order.
struct TableScan {
  struct Column {
    ColumnId id;
    std::string field;
  };
  std::string table;
  std::vector<Column> columns;
};

/// In the place of a scan: so many rows that have no columns.
struct Rows {
  uint64_t count = 1;
};

/// In the place of a scan: rows that stand in the query. Their values read no column.
struct ConstantRows {
  std::vector<ColumnId> columns;
  std::vector<std::vector<ExprPtr>> rows;
};

/// In the place of a scan: the rows of other plans, one plan after the other.
struct Union {
  struct Column {
    ColumnId id;
    std::vector<std::optional<ColumnId>> from;  // by `inputs`; none: the rows of that plan lack it
  };
  std::vector<size_t> inputs;  // of Plan::inputs
  std::vector<Column> columns;
  /// The column that tells which plan a row is from, by `names`; they are one for each input.
  std::optional<ColumnId> source;
  std::vector<std::string> names;
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

/// The first `count` rows in order, of each group where there are keys.
struct Limit {
  uint64_t count = 0;
  std::string command = {};  // whose own limit it is: cut rows are warned of; empty: the user asked for it
  std::vector<ColumnId> keys = {};
};

/// One row for each combination of values: the first in order. No columns: all of the row.
struct Distinct {
  std::vector<ColumnId> columns;
  NullKeys null_keys = NullKeys::Keep;
};

/// A row for each value of a Many column, in order; a row without any stays as it is.
struct Unnest {
  ColumnId id;  // the new column: one value
  ColumnId input;
  uint64_t limit = 0;  // values for each row; 0: all
};

/// A row for each element of dynamic values, in order: arrays' elements, objects' keys with their values as objects of
/// one key. Several are taken side by side, the shorter filled with null. A row in which all are null stays; one whose
/// arrays are empty goes.
struct Expand {
  struct Column {
    ColumnId id;  // new: dynamic
    ColumnId input;
  };
  std::vector<Column> columns;
  std::optional<ColumnId> index;  // new: the element's place, from 0
  uint64_t limit = 0;             // rows for each row; 0: all
  bool pairs = false;             // objects give arrays [key, value]
};

/// Values of rows before and behind, in order, within groups: row_number(), prev(), row_cumsum(). Functions are rows of
/// a table in exec/tail.
struct RowFunctions {
  std::vector<ColumnId> keys;
  std::vector<Aggregate::Item> items;
};

/// Aggregates over groups or over a frame of rows, added to every row. A row that lacks a key is in no group.
struct Window {
  std::vector<ColumnId> keys;
  std::vector<Aggregate::Item> items;  // order-dependent ones see the rows in order
  /// Each row sees the rows up to itself; otherwise all of its group.
  bool running = false;
  bool current = true;  // running: the row itself counts
  uint64_t frame = 0;   // running: at most so many rows; 0: all
  bool global = false;  // running: the frame is counted over all rows, not within the group
  /// Running: the frame is what lies within so many seconds before the row's `time`; rows are in order of time, either
  /// way.
  std::optional<double> seconds;
  ColumnId time{};
};

/// A row for each combination of keys, and in it an aggregate for each value of `series`: a table with columns that are
/// known when it has run. Those that the query names are columns of the plan, all of them stand in the row's rest.
struct Pivot {
  struct Column {
    ColumnId id;
    size_t item = 0;     // of `items`
    std::string series;  // the value of `series` that it stands for
  };
  std::vector<Aggregate::Key> keys;
  ColumnId series;  // text
  /// Over the rows of one series. Where there are several, a series' columns are called "item: series".
  std::vector<Aggregate::Item> items;
  std::vector<Column> columns;
  uint64_t span = 0;    // of the key, a time in seconds: spans between that have no rows are rows, too; 0: they are not
  bool ordered = true;  // by the keys; otherwise as keys come first
  uint64_t most = 0;    // series, by the sum of the first item's values; 0: all
  bool least = false;   // those with the least sums
  bool others = true;   // what is left out is one more series, `others_name`
  bool nulls = true;    // and so are rows without a series, `nulls_name`
  std::string others_name, nulls_name;
};

/// Rows that belong together, in order: numbers the transaction of each row. Rows of none are left out.
struct Transaction {
  ColumnId id;  // the new column: a number
  ColumnId time;
  std::vector<ColumnId> fields;
  ExprPtr starts, ends;                       // conditions, or null
  std::optional<double> max_span, max_pause;  // in seconds
  uint64_t max_events = 0;                    // 0: any number
  bool connected = true;
  bool keep_orphans = false;  // rows of no transaction are one each
  bool keep_evicted = false;  // with `starts`: transactions whose start was not found, too
};

/// Rows for the spans of time between the first and the last that have none; their other columns are null.
struct Gaps {
  ColumnId id;    // the new column: the beginning of each span
  ColumnId time;  // a multiple of the span
  int64_t seconds = 1;
};

/// Adds columns of another plan's rows where keys are equal as texts. Null equals nothing.
struct Join {
  struct Key {
    ColumnId left;
    ColumnId right;  // of the input's plan
  };
  struct Column {
    ColumnId id;    // new: null where nothing was joined
    ColumnId from;  // of the input's plan
  };
  size_t input = 0;  // of Plan::inputs
  bool keeps_unmatched = false;
  std::vector<Key> keys;  // none: every row with every row
  std::vector<Column> columns;
  uint64_t most = 1;  // rows joined to one row, the first in order; 0: all
};

/// KQL's join: rows of the plan (left) and of another (right) whose keys are equal, null to null. What a side lacks in
/// an outer join is null, of texts "". All columns are new.
struct Relate {
  enum class Kind : uint8_t {
    Inner,
    InnerUnique,  // of the left rows with the same keys only the first
    LeftOuter,
    RightOuter,
    FullOuter,
    LeftSemi,
    LeftAnti,
    RightSemi,
    RightAnti
  };
  struct Key {
    ColumnId left;
    ColumnId right;  // of the input's plan
  };
  struct Column {
    ColumnId id;
    bool right = false;
    ColumnId from;
  };
  size_t input = 0;
  Kind kind = Kind::InnerUnique;
  std::vector<Key> keys;  // none: every row with every row
  std::vector<Column> columns;
};

/// The rows, and behind them those of another plan. All columns are new.
struct Append {
  struct Column {
    ColumnId id;
    ExprPtr left;                   // or null: the rows have no such column
    std::optional<ColumnId> right;  // of the input's plan
  };
  size_t input = 0;
  std::vector<Column> columns;
};

/// Puts another plan's rows beside the rows, the first to the first and so on.
struct Zip {
  size_t input = 0;
  std::vector<Join::Column> columns;
};

/// Runs another plan once for each row, in order, and gives its rows. Its tokens (`spl.token`) are the row's values.
struct Iterate {
  struct Token {
    std::string name;
    ColumnId value;
  };
  size_t input = 0;
  uint64_t most = 10;  // rows
  std::vector<Token> tokens;
  std::vector<Join::Column> columns;
};

/// The keys of an object are shown as columns, though no node names them: they go into the row's rest (Plan::open_row).
struct ShowKeys {
  ColumnId object;  // dynamic
  std::string prefix;
};

/// Lets the rows pass and, when the whole search has succeeded, puts them into a table of the run.
struct WriteTable {
  struct Column {
    std::string field;
    ColumnId column;
  };
  std::string table;
  std::vector<Column> columns;
  bool append = false;
};

struct Routine;  // plan/routine.h

/// Rows that code makes of rows in their order, where no statement can: sequences, patterns of texts, graphs. All
/// columns are new.
struct Compute {
  /// Rows that are read, in order. Without an input: those of the plan.
  struct Source {
    std::optional<size_t> input;  // of Plan::inputs
    std::vector<ColumnId> columns;
  };
  std::shared_ptr<const Routine> routine;
  std::vector<Source> sources;
  std::vector<ColumnId> columns;  // what the routine gives, in its order
};

struct Node {
  using Op = std::variant<Scan, Outer, TableScan, Rows, ConstantRows, Union, Filter, Extend, Aggregate, Sort, Limit,
                          Distinct, Unnest, Expand, RowFunctions, Window, Pivot, Transaction, Gaps, Join, Relate,
                          Append, Zip, Iterate, Compute, ShowKeys, WriteTable>;
  Op op;
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

struct Plan;

/// Another plan whose rows a node of this one reads.
struct PlanInput {
  enum class Use : uint8_t {
    Rows,        // by Join, Append, Zip
    Repeated,    // by Iterate: run once for each row
    Conditions,  // by `spl.subsearch` in expressions: before anything else of the plan
  };
  std::shared_ptr<Plan> plan;
  Use use = Use::Rows;
  std::string command;  // what the user wrote, for messages
  uint64_t limit = 0;   // rows that are taken of it, with a warning where there are more; 0: all
  Span span;
};

/// A query or rule as all engines see it: nodes in topological order, the last is the root. The first is where rows
/// come from. What it joins, appends or compares with are plans of their own, each with its own columns, scan and head,
/// so that a search is a tree of plans; all their heads run in the same pass. Verified by plan/verify.h.
struct Plan {
  Language language = Language::Sigma;
  std::vector<ColumnInfo> columns;  // by ColumnId
  std::vector<Node> nodes;
  std::vector<PlanInput> inputs;
  std::vector<OutputColumn> output;  // what the result shows, in order
  /// The result shows, besides `output`, every other field of the event (an SPL search without a
  /// transforming command, a KQL table without project, a Sigma rule).
  bool whole_event = false;
  /// The result shows, besides `output`, what stands in each row's rest: columns of a pivot.
  bool open_row = false;

  ColumnId add_column(std::string name, Type type);
  NodeId add(Node node);
  [[nodiscard]] const ColumnInfo& column(ColumnId id) const { return columns[static_cast<size_t>(id)]; }
  /// Whether rows come from events; otherwise from a table, from the plan outside or from nothing.
  [[nodiscard]] bool scans() const { return std::holds_alternative<Scan>(nodes.front().op); }
  [[nodiscard]] const Scan& scan() const { return std::get<Scan>(nodes.front().op); }
  [[nodiscard]] Scan& scan() { return std::get<Scan>(nodes.front().op); }
};

/// Stable text of the whole plan, a line a node.
[[nodiscard]] std::string dump(const Plan& plan);

/// Checks what every engine relies on: topological order, each used column defined before and by one
/// node only, predicates boolean. Returns the first breach, for tests and debug builds; nullopt if sound.
[[nodiscard]] std::optional<std::string> verify(const Plan& plan);

}  // namespace hecate
