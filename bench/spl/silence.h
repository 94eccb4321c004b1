#pragma once

#include <map>
#include <string>

#include "bench.h"

namespace hecate::bench {

/// Why a detection has no row although its filter lets events through.
struct Silence {
  /// A few words that many detections share ("a count over a threshold"), or empty: no reason was found.
  std::string reason;
  std::string detail;  // the field or the table that it is about
};

/// Told by running each detection's plan again up to each of its nodes: the first without rows is what silences it.
[[nodiscard]] std::map<const engine::CompiledDetection*, Silence> explain_silence(
    Loaded& content, const ExampleLogs& logs, const std::vector<const engine::CompiledDetection*>& silent);

}  // namespace hecate::bench
