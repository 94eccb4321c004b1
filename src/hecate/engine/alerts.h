#pragma once

#include <functional>
#include <map>
#include <vector>

#include "finding/finding.h"

namespace hecate::engine {

/// Makes alerts of the rows of analytics rules: none where the trigger does not hold, one of all rows where the rule
/// groups them (https://learn.microsoft.com/azure/sentinel/create-analytics-rules, "Alert threshold", "Event
/// grouping"). Rows of other detections pass through.
class Alerts {
 public:
  /// Of so many rows an alert shows the values; it counts the others.
  static constexpr int64_t kShownRows = 100;

  /// `as_service`: rows of a rule that does not say how are grouped, too. In a hunt over old logs each stays a finding.
  Alerts(bool as_service, std::function<void(Finding&&)> pass) : as_service_(as_service), pass_(std::move(pass)) {}

  /// The rows of a detection, in order.
  void add(Finding row);
  /// Behind the last row, for each detection that ran.
  /// `at`: which of its runs this was, where its schedule has it. Whether there is an alert.
  bool finish(const content::Detection& detection, std::optional<Ticks> at = std::nullopt);

 private:
  struct Held {
    int64_t rows = 0;
    std::vector<Finding> waiting;  // until the trigger is decided
    Finding alert;                 // of a rule that groups
    bool open = false;             // the trigger holds, whatever else comes
  };
  [[nodiscard]] bool groups(const content::AlertRule& alert) const;
  void add_single(Finding row, Held& held);
  void merge(Finding row, Held& held) const;

  bool as_service_;
  std::function<void(Finding&&)> pass_;
  using Run = std::pair<const content::Detection*, std::optional<Ticks>>;  // Finding::scheduled_at
  std::map<Run, Held> held_;
};

}  // namespace hecate::engine
