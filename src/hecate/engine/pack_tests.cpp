#include "engine/pack_tests.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/hunt.h"

namespace hecate::engine {
namespace {

using Findings = std::vector<Finding>;

std::string field_text(const Finding& finding, const std::string& field) {
  const auto found =
      std::find_if(finding.result.begin(), finding.result.end(), [&](const ResultField& f) { return f.name == field; });
  return found == finding.result.end() ? std::string() : value_text(found->value.get());
}

/// Compares one expectation with what its detection found.
class Comparison {
 public:
  Comparison(const content::Expectation& expected, const Findings& findings) : expected_(expected) {
    for (const Finding& finding : findings) {
      if (finding.suppressed_by.empty()) {
        kept_.push_back(&finding);
      } else {
        ++suppressed_[finding.suppressed_by];
      }
    }
  }

  std::vector<std::string> run() {
    compare_counts();
    compare_results();
    compare_messages();
    compare_risk();
    return std::move(failures_);
  }

 private:
  void fail(std::string text) { failures_.push_back(fmt::format("{}: {}", expected_.detection, text)); }

  void compare_counts() {
    if (static_cast<int64_t>(kept_.size()) != expected_.findings) {
      fail(fmt::format("expected {} findings, got {}", expected_.findings, kept_.size()));
    }
    for (const auto& [filter, count] : expected_.suppressed) {
      if (suppressed_[filter] != count)
        fail(fmt::format("expected {} suppressed by {}, got {}", count, filter, suppressed_[filter]));
    }
    for (const auto& [filter, count] : suppressed_) {
      if (!expected_.suppressed.contains(filter))
        fail(fmt::format("{} suppressed by {}, expected none", count, filter));
    }
  }

  void compare_results() {
    for (size_t i = 0; i < expected_.results.size() && i < kept_.size(); ++i) {
      for (const auto& [field, text] : expected_.results[i]) {
        const std::string got = field_text(*kept_[i], field);
        if (got != text) fail(fmt::format("finding {}: `{}` is `{}`, expected `{}`", i + 1, field, got, text));
      }
    }
    if (expected_.results.size() > kept_.size())
      fail(fmt::format("{} results are expected, there are {} findings", expected_.results.size(), kept_.size()));
  }

  void compare_messages() {
    for (size_t i = 0; i < expected_.messages.size(); ++i) {
      const std::string got = i < kept_.size() ? kept_[i]->message : std::string("(no finding)");
      if (got != expected_.messages[i])
        fail(fmt::format("finding {}: the message is `{}`, expected `{}`", i + 1, got, expected_.messages[i]));
    }
  }

  void compare_risk() {
    if (expected_.risk.empty()) return;
    std::vector<std::string> got;
    for (const Finding* finding : kept_) {
      for (const RiskEntry& risk : finding->risk)
        got.push_back(fmt::format("{} ({}) {}", risk.object, risk.type, risk.score));
    }
    std::vector<std::string> wanted;
    for (const auto& risk : expected_.risk)
      wanted.push_back(fmt::format("{} ({}) {}", risk.object, risk.type, risk.score));
    if (got != wanted)
      fail(fmt::format("the risk is [{}], expected [{}]", fmt::join(got, "; "), fmt::join(wanted, "; ")));
  }

  const content::Expectation& expected_;
  std::vector<const Finding*> kept_;
  std::map<std::string, int64_t> suppressed_;
  std::vector<std::string> failures_;
};

}  // namespace

TestResult run_test(const Ruleset& rules, const content::TestCase& test, tail::Database* database,
                    DiagnosticSink& sink) {
  TestResult result;
  HuntOptions options;
  options.database = database;
  if (test.events_file.empty()) {
    options.text = &test.events;
  } else {
    options.files = ingest::expand_paths({test.events_file}, sink);
    if (options.files.empty()) result.failures.push_back(fmt::format("{}: cannot be read", test.events_file));
  }
  for (const content::Expectation& expectation : test.expectations) {
    const CompiledDetection* compiled = rules.find(expectation.detection);
    if (compiled == nullptr) {
      result.failures.push_back(
          fmt::format("{}: this detection is not loaded, or did not compile", expectation.detection));
    } else if (std::find(options.only.begin(), options.only.end(), compiled) == options.only.end()) {
      options.only.push_back(compiled);
    }
  }
  if (options.only.empty() || !result.failures.empty()) return result;
  std::map<std::string, Findings> findings;
  const HuntReport report =
      hunt(rules, options, [&](Finding&& f) { findings[f.detection->id].push_back(std::move(f)); }, sink);
  if (report.failed > 0) result.failures.push_back(fmt::format("{} of the detections failed to run", report.failed));
  if (report.read.parsed == 0) result.failures.emplace_back("none of the test's events could be parsed");
  for (const content::Expectation& expectation : test.expectations) {
    for (std::string& failure : Comparison(expectation, findings[expectation.detection]).run())
      result.failures.push_back(std::move(failure));
  }
  return result;
}

}  // namespace hecate::engine
