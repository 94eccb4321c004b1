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
  Printer(const Plan& plan, const CutPlan& cut, std::string candidates, UdfRegistry& udfs);

  /// The whole statement: hidden columns first (ord, t0, t1, n, src, h, rest), then plan.output.
  [[nodiscard]] std::string statement();
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
  std::string node(const Node& node, const std::string& input);
  std::string print_filter(const Filter& filter, const std::string& input);
  std::string print_extend(const Extend& extend, const std::string& input);
  std::string print_aggregate(const Aggregate& aggregate, const std::string& input);
  std::string print_sort(const Sort& sort, const std::string& input);
  std::string print_distinct(const Distinct& distinct, const std::string& input);

  const Plan& plan_;
  const CutPlan& cut_;
  std::string candidates_;
  UdfRegistry& udfs_;
};

}  // namespace hecate::tail
