#pragma once

#include <array>
#include <span>
#include <string_view>

#include "plan/types.h"

namespace hecate::kql {

/// What an argument may be. A dynamic value given for Text is converted (kql.tostring).
enum class Param : uint8_t { Any, Text, Long, Number, Datetime, Timespan, TimeOrNumber, Dynamic, Bool, Regex };
/// The type of a result: a fixed one, that of an argument, or the common one of several.
enum class Returns : uint8_t { Text, Long, Real, Bool, Datetime, Timespan, Dynamic, Guid, First, Common };

/// A row of the table of scalar functions. `params` beyond the fourth are as the fourth.
struct FunctionInfo {
  std::string_view name;
  int min_arguments;
  int max_arguments;  // -1: any number
  std::array<Param, 4> params;
  Returns returns;
  std::string_view lowered;  // the function of exec/functions
  bool keeps_name;           // an unnamed column of it is called as its first argument
  std::string_view doc;
  std::string_view example;
};

enum class AggregateType : uint8_t { Long, Real, Dynamic, First, Average, None };
enum class AggregateKind : uint8_t { Plain, Arg, TakeAny, Collect, Percentile };

/// A row of the table of aggregates. Unnamed columns are called `prefix` + the argument.
struct AggregateInfo {
  std::string_view name;
  int min_arguments;
  int max_arguments;
  AggregateKind kind;
  AggregateType type;
  std::string_view lowered;
  std::string_view prefix;
  int64_t default_limit;  // Collect: how many elements are kept
  std::string_view doc;
  std::string_view example;
};

[[nodiscard]] std::span<const FunctionInfo> functions();
[[nodiscard]] const FunctionInfo* find_function_info(std::string_view name);
[[nodiscard]] std::span<const AggregateInfo> aggregates();
[[nodiscard]] const AggregateInfo* find_aggregate(std::string_view name);
/// Exists in Kusto or Sentinel, but is not supported.
[[nodiscard]] bool is_unsupported_function(std::string_view name);

}  // namespace hecate::kql
