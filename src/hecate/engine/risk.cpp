#include "engine/risk.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/codes.h"

namespace hecate::engine {
namespace {

constexpr std::string_view kEventsName = "risk";

HuntOptions over_events(const HuntOptions& base, const std::string& text, const HuntReport& hunt) {
  HuntOptions options = base;
  options.files.clear();
  options.text = &text;
  options.text_name = std::string(kEventsName);
  options.now = hunt.now;
  options.assume.reset();
  options.window = {};  // its events are findings, which are within it
  options.threads = 0;
  options.progress = {};
  return options;
}

bool reads_risk(const Plan& plan) {
  const auto reads = [](const Node& node) {
    const auto* scan = std::get_if<Scan>(&node.op);
    const auto* model = scan == nullptr ? nullptr : std::get_if<DataModel>(&scan->dataset);
    return model != nullptr && model->model == "Risk";
  };
  return std::any_of(plan.nodes.begin(), plan.nodes.end(), reads) ||
         std::any_of(plan.inputs.begin(), plan.inputs.end(),
                     [](const PlanInput& input) { return reads_risk(*input.plan); });
}

}  // namespace

bool reads_risk(const CompiledDetection& compiled) { return reads_risk(compiled.plan); }

void RiskAnalysis::add(const Finding& finding) {
  if (!finding.suppressed_by.empty()) return;
  for (risk::RiskEvent& event : risk::risk_events(finding, attack_, std::nullopt)) {
    if (events_.size() == kMostEvents) {
      ++left_out_;
    } else {
      events_.push_back(std::move(event));
    }
  }
}

std::string RiskAnalysis::events_as_text() const {
  std::string text;
  for (const risk::RiskEvent& event : events_) risk::append_hec_line(event, text);
  return text;
}

size_t RiskAnalysis::finish(const HuntOptions& options, const HuntReport& hunt,
                            const std::function<void(Finding&&)>& visit, DiagnosticSink& sink) {
  if (left_out_ > 0) {
    sink.report(kTooMuchRisk, {},
                fmt::format("{} risk events beyond the first {} are left out", left_out_, kMostEvents),
                "hunt fewer logs at once, or filter the detections that find most");
  }
  for (risk::RiskEvent& event : events_) {
    if (!event.time) event.time = hunt.now;
  }
  std::string text = events_as_text();
  size_t failed = apply_factors(over_events(options, text, hunt), sink);
  for (const risk::RiskEvent& event : events_) table_.add(event);
  if (!rules_.risk_factors().empty()) text = events_as_text();
  failed += run_incident_rules(over_events(options, text, hunt), visit, sink);
  return failed;
}

/// Splunk ES: all that is added comes before all that multiplies.
size_t RiskAnalysis::apply_factors(HuntOptions options, DiagnosticSink& sink) {
  options.only.clear();
  for (const auto& factor : rules_.risk_factors()) {
    if (factor) options.only.push_back(factor.get());
  }
  if (options.only.empty() || events_.empty()) return 0;
  std::vector<double> factors(events_.size(), 1);
  const HuntReport report = hunt(
      rules_, options,
      [&](Finding&& finding) {
        const auto& all = rules_.content().risk_factors;
        const auto factor =
            std::find_if(all.begin(), all.end(), [&](const auto& f) { return &f.search == finding.detection; });
        if (factor == all.end() || !finding.source || finding.source->record > events_.size()) return;
        events_[finding.source->record - 1].calculated_score += factor->add;
        factors[finding.source->record - 1] *= factor->multiply;
      },
      sink);
  for (size_t i = 0; i < events_.size(); ++i) events_[i].calculated_score *= factors[i];
  return report.failed;
}

size_t RiskAnalysis::run_incident_rules(HuntOptions options, const std::function<void(Finding&&)>& visit,
                                        DiagnosticSink& sink) {
  options.only.clear();
  for (const auto& compiled : rules_.detections()) {
    if (reads_risk(*compiled)) options.only.push_back(compiled.get());
  }
  if (options.only.empty() || events_.empty()) return 0;
  return hunt(rules_, options, visit, sink).failed;
}

}  // namespace hecate::engine
