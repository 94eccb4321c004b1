#pragma once

#include <string>
#include <vector>

#include "engine/ruleset.h"

namespace hecate::engine {

/// How one detection runs, for eyes: its heads with the kinds of records that they see, the fields that they read, the
/// tests of which one must hold before the rule is asked, the filter as it is there, and what the tail does with what
/// is left, and why.
[[nodiscard]] std::string describe_plan(const Ruleset& rules, const CompiledDetection& detection, DiagnosticSink& sink);

/// How a whole load runs, for eyes: for each kind of record the rules that can match it, the fields that they read, how
/// many atoms they are made of and how many different ones, across languages, and the rules that no literal gates.
[[nodiscard]] std::string describe_load(const Ruleset& rules, const std::vector<const CompiledDetection*>& detections);

}  // namespace hecate::engine
