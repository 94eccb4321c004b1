#pragma once

#include <string>
#include <vector>

#include "engine/ruleset.h"
#include "exec/tail/database.h"
#include "synthesis/goals.h"

namespace hecate::synthesis {

/// What the engines make of events, from their bytes on.
class Judge {
 public:
  Judge(const engine::Ruleset& rules, const engine::CompiledDetection& detection, tail::Database* database);
  ~Judge();

  /// How many events each scan's head lets through, by the slow evaluator.
  [[nodiscard]] std::vector<uint64_t> let_through(const std::string& events);
  struct Outcome {
    uint64_t findings = 0;
    uint64_t candidates = 0;
    std::string error;  // the detection failed
  };
  /// The whole detection, as a hunt runs it.
  [[nodiscard]] Outcome hunt(const std::string& events);

 private:
  const engine::Ruleset& rules_;
  const engine::CompiledDetection& detection_;
  tail::Database* database_;
  size_t heads_ = 0;
  DiagnosticSink sink_;
  std::unique_ptr<stream::Matcher> matcher_;
};

}  // namespace hecate::synthesis
