#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/ruleset.h"
#include "exec/stream/bind.h"
#include "synthesis/record_form.h"
#include "synthesis/solver.h"

namespace hecate::synthesis {

/// A plan of a detection that reads events, and what its events shall be.
struct ScanRole {
  const Plan* plan = nullptr;
  const CutPlan* cut = nullptr;
};
/// The plans that read events, in the order of their numbers.
[[nodiscard]] std::vector<ScanRole> scans_of(const Plan& plan, const CutPlan& cut);

/// A field of the events of one scan, as solvers name it.
[[nodiscard]] std::string variable(size_t scan, std::string_view path);

/// What must hold of events for a detection to have a row, over variables and aggregates.
struct Goals {
  std::vector<ExprPtr> conditions;
  std::vector<std::pair<ExprPtr, ExprPtr>> same;
  std::vector<AggregateColumn> aggregates;
  std::vector<bool> active;  // by scan: whether it needs events
  std::string trouble;       // why there are none
};

/// Heads as they are for record types, each bound once.
class BoundHeads {
 public:
  BoundHeads(const engine::Ruleset& rules, const engine::CompiledDetection& detection)
      : rules_(rules), detection_(detection) {}
  [[nodiscard]] const stream::BoundHead& head(const ScanRole& scan, RecordType type);

 private:
  const engine::Ruleset& rules_;
  const engine::CompiledDetection& detection_;
  std::map<std::pair<const CutPlan*, RecordType>, stream::BoundHead> known_;
};

/// What one scan's head asks for alone.
[[nodiscard]] ExprPtr head_goal(const stream::BoundHead& head, const RecordForm& form, size_t scan);

/// Goals of a whole detection. `forms` by scan. Where a plan has several ways to a row, `choose` takes one.
[[nodiscard]] Goals goals_of(const Plan& plan, const CutPlan& cut, const std::vector<RecordForm>& forms,
                             BoundHeads& heads, Chooser& choose);

}  // namespace hecate::synthesis
