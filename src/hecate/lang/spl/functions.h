#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace hecate::spl {

/// What an eval function gives.
enum class ResultRule : uint8_t {
  Bool,
  Long,
  Real,
  String,
  Many,
  OfArguments,  // the common type of the arguments
};

/// A function of eval and where. Those with an empty `call` have a lowering of their own.
struct EvalFunction {
  std::string_view name;
  int min_arguments;
  int max_arguments;  // -1: any number
  ResultRule result;
  std::string_view call;  // of exec/functions
  std::string_view doc;
  std::string_view example;
};
/// Sorted by name.
[[nodiscard]] std::span<const EvalFunction> eval_functions();
[[nodiscard]] std::span<const std::string_view> unsupported_eval_functions();

enum class AggregateResult : uint8_t { Long, Real, String, Many, OfInput };

/// An aggregation of stats.
struct StatsFunction {
  std::string_view name;
  std::string_view item;  // Aggregate::Item::function
  AggregateResult result;
  bool needs_field;
  std::string_view doc;
  std::string_view example;
};
[[nodiscard]] std::span<const StatsFunction> stats_functions();
[[nodiscard]] std::span<const std::string_view> unsupported_stats_functions();

}  // namespace hecate::spl
