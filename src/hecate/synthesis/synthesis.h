#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/ruleset.h"
#include "exec/tail/database.h"

namespace hecate::synthesis {

/// Events made of what a detection itself asks for.
struct Synthesis {
  /// Lines of JSON in the envelope of Splunk's HTTP Event Collector, which the detection finds; empty where none could
  /// be made, and `trouble` says why.
  std::string events;
  /// The same events but for one thing, which it must not find; empty where there is no such thing: `near_trouble`.
  std::string near_miss;
  std::string changed;  // what the near miss changes: `Image`, `the number of events`
  std::vector<std::string> record_types;
  std::string trouble, near_trouble;
  uint64_t findings = 0;  // in the events
  /// The evaluator of single events and the engine do not let the same events through: a defect of Hecate.
  std::string disagreement;
  /// Events were made of which the evaluator of single events says that they satisfy the filter, and the detection did
  /// not find them: the last of them.
  std::string silent;
};

struct SynthesisOptions {
  size_t attempts = 48;  // for each record type
  /// Where tails run; nullptr: in a database of each hunt's own.
  tail::Database* database = nullptr;
};

/// Derives events from a compiled detection: values of raw fields that satisfy its filter, written in the form of a
/// source that it reads, as many of them as its tail asks for. They are held to be found only where the detection, run
/// over their bytes by the engines of every day, finds them; a near miss only where it does not.
[[nodiscard]] Synthesis synthesise(const engine::Ruleset& rules, const engine::CompiledDetection& detection,
                                   const SynthesisOptions& options);

}  // namespace hecate::synthesis
