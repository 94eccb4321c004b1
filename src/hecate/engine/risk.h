#pragma once

#include <functional>
#include <vector>

#include "engine/hunt.h"
#include "engine/ruleset.h"
#include "risk/risk_table.h"

namespace hecate::engine {

/// Risk-based alerting over what a hunt found: collects risk events while findings come, and then runs over them what
/// is written over the Risk data model - risk factors first, then risk incident rules - by the same engine.
class RiskAnalysis {
 public:
  /// More events than this are counted, reported and left out: they are kept in memory.
  static constexpr size_t kMostEvents = 500'000;

  RiskAnalysis(const Ruleset& rules, const risk::Attack& attack) : rules_(rules), attack_(attack) {}

  /// The risk of a finding that no filter suppressed.
  void add(const Finding& finding);
  /// Applies the risk factors and runs the risk incident rules; `visit` takes their findings. `hunt` is what the
  /// hunt came to: what happened in the whole of its window, happened then. Returns how many searches failed.
  size_t finish(const HuntOptions& options, const HuntReport& hunt, const std::function<void(Finding&&)>& visit,
                DiagnosticSink& sink);

  [[nodiscard]] const std::vector<risk::RiskEvent>& events() const { return events_; }
  [[nodiscard]] const risk::RiskTable& table() const { return table_; }

 private:
  [[nodiscard]] std::string events_as_text() const;
  size_t apply_factors(HuntOptions options, DiagnosticSink& sink);
  size_t run_incident_rules(HuntOptions options, const std::function<void(Finding&&)>& visit, DiagnosticSink& sink);

  const Ruleset& rules_;
  const risk::Attack& attack_;
  std::vector<risk::RiskEvent> events_;
  uint64_t left_out_ = 0;
  risk::RiskTable table_;
};

/// Whether a detection reads risk events: a risk incident rule.
[[nodiscard]] bool reads_risk(const CompiledDetection& compiled);

}  // namespace hecate::engine
