#pragma once

#include <string>
#include <vector>

#include "exec/tail/aggregates.h"
#include "exec/tail/udf.h"
#include "plan/cut.h"

namespace hecate::tail {

/// Prints a tail as one DuckDB statement over its candidate table: a CTE for each node. SQL sees generated
/// names only (c<id>); besides them every relation carries
///   ord   the order of the rows, renewed by sort and aggregate
///   t0,t1 the first and last event time of the events behind the row; n how many events
///   src   where the first of them stands; h a hash over all of them; rest the whole event as JSON or NULL
class Printer {
 public:
  /// Tables: of the candidates, of the rows of the plan outside, and for each of the plan's inputs of the columns that
  /// it shows. Empty where there is none.
  struct Sources {
    std::string candidates;
    std::string outer;
    std::vector<std::string> relations;
  };
  Printer(const Plan& plan, const CutPlan& cut, Sources sources, UdfRegistry& udfs);

  /// The whole statement: hidden columns first (ord, t0, t1, n, src, h, rest), then plan.output.
  [[nodiscard]] std::string statement();
  /// The same with the output's columns under their ids, each once.
  [[nodiscard]] std::string relation();
  /// All columns as they stand before the tail's node `end`, by their ids.
  [[nodiscard]] std::string before(size_t end);
  /// The same, but of the columns only these.
  [[nodiscard]] std::string before(size_t end, const std::vector<ColumnId>& columns);
  /// From here on, the rows come from this table and from the tail's node `begin` on.
  void resume(std::string table, size_t begin);
  /// Whether the tail's node is part of what is printed: not of a stage that has run.
  [[nodiscard]] bool prints(size_t node) const { return node >= begin_; }
  /// How many rows reach the first aggregate, and in how many each of its keys is present: for the warning on
  /// absent by-fields. Empty where the tail has no aggregate that drops null keys.
  [[nodiscard]] std::string key_presence_statement();

 private:
  Sql print(const Expr& expr);
  std::string print_call(const Call& call, Type type);
  std::string call_function(const Function& function, const std::vector<Sql>& arguments, Type type);
  std::string column(ColumnId id) const;
  [[nodiscard]] Type type_of(ColumnId id) const { return plan_.column(id).type; }

  std::string source();
  std::string scan_source();
  std::string outer_source(const Outer& outer) const;
  std::string table_source(const TableScan& scan) const;
  std::string steps(size_t end);
  std::string node(const Node& node, const std::string& input);
  std::string print_filter(const Filter& filter, const std::string& input);
  std::string print_extend(const Extend& extend, const std::string& input);
  std::string print_items(const std::vector<Aggregate::Item>& items, const std::string& over);
  std::string print_aggregate(const Aggregate& aggregate, const std::string& input);
  std::string print_sort(const Sort& sort, const std::string& input);
  std::string print_distinct(const Distinct& distinct, const std::string& input);
  // Nodes that make other rows or read other plans: print_relations.cpp.
  std::string print_unnest(const Unnest& unnest, const std::string& input) const;
  std::string print_window(const Window& window, const std::string& input);
  std::string print_running(const Window& window, const std::string& input);
  std::string print_global_frame(const Window& window, const std::string& input);
  std::string print_rows(const Window& window, const std::string& input, const std::string& before,
                         const std::string& partition);
  std::string print_timed_frame(const Window& window, const std::string& input);
  // A pivot: print_pivot.cpp.
  std::string print_pivot(const Pivot& pivot, const std::string& input);
  std::string pivot_rows(const Pivot& pivot, const std::string& input) const;
  std::string pivot_labelled(const Pivot& pivot);
  std::string pivot_keys(const Pivot& pivot) const;
  std::string pivot_grid(const Pivot& pivot) const;
  std::string pivot_columns(const Pivot& pivot);
  std::string print_transaction(const Transaction& transaction, const std::string& input);
  std::string print_gaps(const Gaps& gaps, const std::string& input) const;
  std::string print_join(const Join& join, const std::string& input) const;
  std::string print_append(const Append& append, const std::string& input);
  std::string print_zip(const Zip& zip, const std::string& input) const;
  // Nodes of KQL: print_kusto.cpp.
  std::string constant_source(const ConstantRows& rows);
  std::string union_source(const Union& all) const;
  std::string print_expand(const Expand& expand, const std::string& input);
  std::string print_relate(const Relate& relate, const std::string& input) const;
  std::string print_row_functions(const RowFunctions& functions, const std::string& input);
  std::string print_sessions(const std::vector<Sql>& arguments, const std::string& keys, ColumnId id,
                             const std::string& input);
  std::string print_show_keys(const ShowKeys& show, const std::string& input);
  std::string print_scalar(const Call& call, Type type) const;
  std::string print_in_relation(const Call& call);
  [[nodiscard]] std::string missing(Type type) const;
  std::string list_call(std::string_view function, const std::vector<Sql>& arguments, Type type);

  const Plan& plan_;
  const CutPlan& cut_;
  Sources sources_;
  UdfRegistry& udfs_;
  std::string table_;  // where the rows come from once stages have run
  size_t begin_ = 0;
};

/// A text as a SQL literal. Malformed UTF-8 becomes U+FFFD.
[[nodiscard]] std::string quote(std::string_view text);

/// The columns that every relation carries, in this order.
inline constexpr std::string_view kHidden = "ord, t0, t1, n, src, h, rest";

}  // namespace hecate::tail
