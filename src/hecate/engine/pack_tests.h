#pragma once

#include <string>
#include <vector>

#include "engine/ruleset.h"
#include "exec/tail/database.h"

namespace hecate::engine {

struct TestResult {
  std::vector<std::string> failures;  // empty: passed, or
  std::string skipped;                // why it could not run
};

/// Runs one test of a pack: its events through the detections that it names, and compares.
/// `database` may be shared by many tests; nullptr: one for this test.
[[nodiscard]] TestResult run_test(const Ruleset& rules, const content::TestCase& test, tail::Database* database,
                                  DiagnosticSink& sink);

}  // namespace hecate::engine
