#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "plan/value.h"

namespace hecate {

class Conditions;
class Locations;
class LookupTables;

/// What is the same for all events of one run.
struct RunParameters {
  std::optional<Ticks> now;  // what now() and ago() count from; nullopt: not known yet (heads)
  std::string timezone = "UTC";
  std::optional<Ticks> earliest;  // the search window
  std::optional<Ticks> latest;
  // Of the tail that runs; nullptr where there are none (exec/functions/lookup.h).
  const LookupTables* tables = nullptr;
  const LookupTables* automatic = nullptr;              // of add-ons' lookups, known before any search runs
  const std::vector<Conditions>* conditions = nullptr;  // by Plan::inputs
  const std::map<std::string, OwnedValue, std::less<>>* tokens = nullptr;  // of the row that Iterate is at
  const Locations* locations = nullptr;                                    // of addresses (exec/functions/locations.h)
};

struct EvalContext {
  Arena& arena;
  const RunParameters& run;
};

using Evaluate = Value (*)(std::span<const Value> arguments, EvalContext& context);

/// One row of the library of scalar functions that head, reference evaluator and DuckDB (as UDFs) share.
/// Names are stable and carry the language whose semantics they have ("spl.eq", "kql.bin") or the catalog's
/// own ("text.basename").
struct Function {
  std::string_view name;
  int min_arguments;
  int max_arguments;  // -1: any number
  /// false: any Null argument gives Null without a call. Undecided arguments always give Undecided.
  bool sees_null;
  Evaluate evaluate;
  std::string_view doc;
};

/// nullptr where there is no such function.
[[nodiscard]] const Function* find_function(std::string_view name);
/// Every function, sorted by name.
[[nodiscard]] std::span<const Function* const> all_functions();

/// Applies the rules on Null and Undecided, then calls.
[[nodiscard]] Value call(const Function& function, std::span<const Value> arguments, EvalContext& context);

// The families, one file each, in the order of their prefix.
[[nodiscard]] std::span<const Function> convert_functions();  // convert.*: raw values to static types
[[nodiscard]] std::span<const Function> kql_functions();      // kql.*
[[nodiscard]] std::span<const Function> sigma_functions();    // sigma.*: two-valued, false where a field is absent
[[nodiscard]] std::span<const Function> spl_functions();      // spl.*
[[nodiscard]] std::span<const Function> text_functions();     // text.*: what catalogs use

}  // namespace hecate
