#pragma once

#include <array>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exec/functions/function.h"
#include "plan/types.h"

namespace hecate::tail {

/// A printed expression with its static type.
struct Sql {
  std::string text;
  Type type = Type::String;
};

/// What a row of the table may ask of the printer.
struct AggregatePrinter {
  /// Calls one of list_functions() on printed arguments.
  std::function<std::string(std::string_view function, const std::vector<Sql>& arguments, Type result)> call;
  /// Of a running aggregate: " OVER (… ORDER BY ord …)", to stand behind each of DuckDB's aggregates. SPL's only.
  std::string over = {};
};

/// One aggregate function: its stable name and how it is printed over the input's columns and `ord`.
struct AggregateRow {
  std::string_view name;
  std::string (*print)(const std::vector<Sql>& arguments, Type result, const AggregatePrinter& printer);
  std::string_view doc;
};

/// nullptr where there is none.
[[nodiscard]] const AggregateRow* find_aggregate(std::string_view name);
[[nodiscard]] std::span<const AggregateRow> all_aggregates();
/// Those of KQL (aggregates_kql.cpp).
[[nodiscard]] std::span<const AggregateRow> kql_aggregates();

/// Scalar functions over the list that an aggregate gathers in order. Aggregates of our own through DuckDB's C
/// interface crash with ORDER BY (1.5.5 and 1.5.6), so: `list(x ORDER BY ord)`, then one of these.
[[nodiscard]] const Function* find_list_function(std::string_view name);
/// Those of KQL (list_functions_kql.cpp).
[[nodiscard]] std::span<const Function> kql_list_functions();
/// The values of a list; of a single value, which `single` then holds, itself; of null none.
[[nodiscard]] std::span<const Value> elements(const Value& value, std::array<Value, 1>& single);

}  // namespace hecate::tail
