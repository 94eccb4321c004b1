#pragma once

#include <chrono>
#include <memory>
#include <set>
#include <string>

#include "engine/ruleset.h"
#include "exec/tail/database.h"
#include "plan/cut.h"
#include "plan/table.h"

namespace hecate::engine {

/// A plan in which stands as constants what others that read no events say: `x in (externaldata …)`,
/// `has_any (_GetWatchlist(…))`. Heads then know it, and let through only what meets it.
struct SettledPlan {
  Plan plan;
  CutPlan cut;
};

/// Where such plans run, before the events are read.
struct Settling {
  tail::Database& database;
  const Tables& tables;
  const std::set<std::string, std::less<>>& written;  // tables that searches of the run may write: not known before
  RunParameters run;                                  // without `now` where only the events tell it
  std::chrono::milliseconds timeout{0};
};

/// Nothing where there is nothing to settle. A plan that fails is left as it is: when its turn comes, it fails again
/// and says why.
[[nodiscard]] std::unique_ptr<SettledPlan> settle(const CompiledDetection& compiled, const Settling& settling,
                                                  DiagnosticSink& sink);

/// The tables that a plan and those that it reads may write.
void add_written_tables(const Plan& plan, std::set<std::string, std::less<>>& tables);

}  // namespace hecate::engine
