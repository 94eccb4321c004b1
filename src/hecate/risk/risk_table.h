#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "risk/risk_event.h"

namespace hecate::risk {

/// What all findings together say of one object.
struct ObjectRisk {
  std::string object, type;
  double score = 0;  // the sum after risk factors
  uint64_t events = 0;
  std::map<const content::Detection*, uint64_t> detections;  // with their events
  std::set<std::string> tactics;
  std::optional<Ticks> first_time, last_time;
};

/// Sums risk events up by object and type.
class RiskTable {
 public:
  void add(const RiskEvent& event);
  /// The highest score first; those of one score by name.
  [[nodiscard]] std::vector<const ObjectRisk*> by_score() const;

 private:
  std::map<std::pair<std::string, std::string>, ObjectRisk> objects_;
};

}  // namespace hecate::risk
