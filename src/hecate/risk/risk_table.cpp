#include "risk/risk_table.h"

#include <algorithm>

namespace hecate::risk {

void RiskTable::add(const RiskEvent& event) {
  ObjectRisk& risk = objects_[{event.object, event.type}];
  risk.object = event.object;
  risk.type = event.type;
  risk.score += event.calculated_score;
  ++risk.events;
  ++risk.detections[event.detection];
  for (const Tactic& tactic : event.tactics) risk.tactics.insert(tactic.name);
  if (!event.time) return;
  risk.first_time = std::min(risk.first_time.value_or(*event.time), *event.time);
  risk.last_time = std::max(risk.last_time.value_or(*event.time), *event.time);
}

std::vector<const ObjectRisk*> RiskTable::by_score() const {
  std::vector<const ObjectRisk*> result;
  for (const auto& [key, risk] : objects_) result.push_back(&risk);
  std::stable_sort(result.begin(), result.end(),
                   [](const ObjectRisk* a, const ObjectRisk* b) { return a->score > b->score; });
  return result;
}

}  // namespace hecate::risk
