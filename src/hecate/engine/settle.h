#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "engine/ruleset.h"
#include "exec/tail/database.h"
#include "exec/tail/tail.h"
#include "plan/cut.h"
#include "plan/table.h"

namespace hecate::engine {

/// A plan in which stands as constants what others that read no events say: `x in (externaldata …)`,
/// `has_any (_GetWatchlist(…))`. Heads then know it, and let through only what meets it.
struct SettledPlan {
  Plan plan;
  CutPlan cut;
};

/// Plans whose events have been read, with their tails.
using ReadPlans = std::map<const Plan*, tail::Tail*>;

/// Where such plans run, before the events are read.
struct Settling {
  tail::Database& database;
  const Tables& tables;
  const std::set<std::string, std::less<>>& written;  // tables that searches of the run may write: not known before
  RunParameters run;                                  // without `now` where only the events tell it
  std::chrono::milliseconds timeout{0};
  ReadPlans read{};  // plans that read events, and have read them: they are settled, too
};

/// Nothing where there is nothing to settle. A plan that fails is left as it is: when its turn comes, it fails again
/// and says why.
[[nodiscard]] std::unique_ptr<SettledPlan> settle(const CompiledDetection& compiled, const Plan& plan,
                                                  const Settling& settling, DiagnosticSink& sink);

/// Whether it is better to read the events twice: heads that wait for what other events say (`Computer in (T | …)`),
/// and would read a document in each event until then.
[[nodiscard]] bool is_worth_deferring(const Plan& plan, const CutPlan& cut);
/// The plans that read events and are asked for values, with their cuts.
void add_asked_plans(const Plan& plan, const CutPlan& cut, std::vector<std::pair<const Plan*, const CutPlan*>>& asked);
/// Whether some head of the plan may let events through.
[[nodiscard]] bool may_let_through(const CutPlan& cut);

}  // namespace hecate::engine
