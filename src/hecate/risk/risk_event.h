#pragma once

#include <optional>
#include <string>
#include <vector>

#include "finding/finding.h"
#include "risk/attack.h"

namespace hecate::risk {

/// What a finding adds to the risk of one object. In Splunk Enterprise Security the action "Risk Analysis" writes such
/// an event into the index `risk` for each result row and each risk object of a search.
struct RiskEvent {
  std::string finding_id;
  const content::Detection* detection = nullptr;
  std::optional<Ticks> time;
  std::string object, type, message;
  std::string contributing_events_search;
  double score = 0;
  double calculated_score = 0;  // after risk factors
  std::vector<ThreatEntry> threat_objects;
  std::vector<std::string> techniques;
  std::vector<Tactic> tactics;
};

/// One for each of the finding's risk objects. `now` is the time of those whose finding has none: a search that
/// aggregates all of its window.
[[nodiscard]] std::vector<RiskEvent> risk_events(const Finding& finding, const Attack& attack,
                                                 std::optional<Ticks> now);

/// The event as the HTTP Event Collector takes it, on one line: what Splunk's index `risk` holds (Splunk ES, "Risk
/// data model"; the fields of contentctl's integration tests).
void append_hec_line(const RiskEvent& event, std::string& out);

}  // namespace hecate::risk
