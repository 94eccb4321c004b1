#pragma once

#include <string>
#include <vector>

#include "engine/ruleset.h"

namespace hecate::engine {

struct TestResult {
  const content::TestCase* test = nullptr;
  std::vector<std::string> failures;   // empty: passed
};

/// Runs one test of a pack: its events through the detections that it names, and compares.
[[nodiscard]] TestResult run_test(const Ruleset& rules, const content::TestCase& test, DiagnosticSink& sink);

}  // namespace hecate::engine
