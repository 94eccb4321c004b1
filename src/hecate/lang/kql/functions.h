#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plan/types.h"

namespace hecate::kql {

/// What an argument may be. A dynamic value is converted to what is wanted; `AsText` takes any value as its text.
enum class Param : uint8_t {
  Any,
  Text,
  AsText,
  Long,
  Number,
  Datetime,
  Timespan,
  TimeOrNumber,
  Ordered,  // what has an order: numbers, times, texts, guids
  Dynamic,
  Bool,
  Regex
};
/// The type of a result: a fixed one, that of an argument, or the common one of several.
enum class Returns : uint8_t { Text, Long, Real, Bool, Datetime, Timespan, Dynamic, Guid, Decimal, First, Common };
/// What an unnamed column is called: Column1, as its first argument, or the function's prefix and the argument.
enum class Naming : uint8_t { Numbered, First, Prefixed };

/// A row of the table of scalar functions. `params` beyond the fourth are as the fourth.
struct FunctionInfo {
  std::string_view name;
  int min_arguments;
  int max_arguments;  // -1: any number
  std::array<Param, 4> params;
  Returns returns;
  std::string_view lowered;  // the function of exec/functions; empty: the binder knows it
  Naming naming;
  std::string_view doc;
  std::string_view example;
  uint8_t constants = 0;          // bit i: argument i must be a constant
  std::string_view outputs = {};  // of a function that gives several columns: "rsquare:real,slope:real"
};

/// The type of an aggregate's result: a fixed one, that of the first argument, or what a mean or a sum of it has.
enum class AggregateType : uint8_t { Long, Real, Dynamic, First, Average, Sum };
enum class AggregateKind : uint8_t {
  Plain,
  Arg,          // arg_max and the like: an item for each column
  TakeAny,      // an item for each argument
  Collect,      // a last argument says how many elements are kept
  Percentile,   // one rank
  Percentiles,  // an item for each rank
  Ranks         // several ranks, or an array of them, as one item
};
/// What the first argument may be.
enum class Operand : uint8_t { Any, Number, Summable, Ordered, Whole, Dynamic, Scalar };

/// A row of the table of aggregates. Unnamed columns are called `prefix` + the argument. The arguments are the values
/// (`values` of them), then the predicate where there is one, then what the kind says.
struct AggregateInfo {
  std::string_view name;
  int min_arguments;
  int max_arguments;
  int values;
  bool filtered;  // has a predicate
  AggregateKind kind;
  Operand operand;
  AggregateType type;
  std::string_view lowered;
  std::string_view prefix;
  int64_t default_limit;  // Collect: how many elements are kept
  std::string_view doc;
  std::string_view example;
};

/// Every function, sorted by name.
[[nodiscard]] std::span<const FunctionInfo* const> functions();
[[nodiscard]] const FunctionInfo* find_function_info(std::string_view name);
/// Of a function whose name is a part of its columns' names: "strlen_", "type_".
[[nodiscard]] std::string prefix_of(const FunctionInfo& info);
/// The columns that a function gives where it stands alone: their names behind `prefix` ("series_stats_y_min") and
/// types; empty where it gives one value. The call itself gives them as one dynamic array.
struct OutputColumn {
  std::string name;
  Type type;
};
[[nodiscard]] std::vector<OutputColumn> outputs_of(const FunctionInfo& info, const std::vector<std::string>& arguments);
[[nodiscard]] std::span<const AggregateInfo> aggregates();
[[nodiscard]] const AggregateInfo* find_aggregate(std::string_view name);
/// Exists in Kusto or Sentinel, but is not supported.
[[nodiscard]] bool is_unsupported_function(std::string_view name);

/// The families, a file each.
[[nodiscard]] std::span<const FunctionInfo> value_functions();    // choices, conversions, constants, hashes
[[nodiscard]] std::span<const FunctionInfo> text_functions();     // strings, regular expressions, encodings
[[nodiscard]] std::span<const FunctionInfo> time_functions();     // datetimes and timespans
[[nodiscard]] std::span<const FunctionInfo> dynamic_functions();  // arrays, bags, sets, what is parsed to them
[[nodiscard]] std::span<const FunctionInfo> math_functions();     // numbers
[[nodiscard]] std::span<const FunctionInfo> network_functions();  // addresses
[[nodiscard]] std::span<const FunctionInfo> series_functions();   // series_*
[[nodiscard]] std::span<const FunctionInfo> geo_functions();      // geo_*

}  // namespace hecate::kql
