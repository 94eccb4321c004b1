#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/correlations.h"
#include "engine/ruleset.h"
#include "engine/window.h"
#include "exec/tail/database.h"
#include "finding/finding.h"
#include "ingest/reader.h"
#include "plan/table.h"

namespace hecate {
class Locations;
}

namespace hecate::engine {

struct HuntOptions {
  std::vector<std::string> files;     // expanded paths; or
  const std::string* text = nullptr;  // events in memory, whose file is called `text_name`
  std::string text_name = "events";
  ingest::ReadOptions read;
  /// Where events come from in place of files and text: files that are followed.
  std::function<void(const ingest::Visit&, ingest::ReadStats&, DiagnosticSink&)> events;
  /// What Splunk's inputs would say of a file's events where they do not say it themselves; by path.
  struct Input {
    std::string host, source, sourcetype, index;
    [[nodiscard]] bool empty() const { return host.empty() && source.empty() && sourcetype.empty() && index.empty(); }
  };
  std::map<std::string, Input, std::less<>> inputs;
  /// Rows of lookups as earlier runs left them; they replace those of the content, whose definitions stay.
  std::vector<Table> tables;
  Input other_inputs;        // of files that `inputs` does not name
  std::optional<Ticks> now;  // what now() counts from; default: the latest event's time
  std::string timezone = "UTC";
  /// Events outside of it are no candidates and no findings, of whatever detection.
  Window window;
  std::optional<RecordType> assume;  // take every record for this type
  uint64_t memory_limit_bytes = 0;   // of all tails together; more is spilled to disk. 0: 80 % of the machine
  /// How long each search may take for what comes after its filter; 0: any time. One that takes longer is stopped,
  /// reported, and counted among the failed ones; the others go on.
  std::chrono::milliseconds timeout{0};
  /// Where tails run; by default in a database of this hunt's own. Many small hunts (tests) share one.
  tail::Database* database = nullptr;
  stream::Evaluation evaluation = stream::Evaluation::Caches;
  /// How many threads look for events that no rule matches, the calling one among them. 0: every event goes through the
  /// matcher; results are the same, for differential tests.
  size_t threads = 1;
  /// Appends candidates in a scrambled order: results must not change. For tests.
  bool shuffle_candidates = false;
  /// Only these detections; empty: all.
  std::vector<const CompiledDetection*> only;
  /// One run of each detection as its schedule has it, at `now`: it sees only events of its span of time, and alerts
  /// are grouped as the service does by default.
  bool as_scheduled = false;
  /// With `as_scheduled`, and in place of `now`: every run that the schedules ask for from its first bound on and
  /// before its second (both are given), each over the events of its own span of time. Sigma rules, and what has no
  /// schedule, see the events between the bounds.
  std::optional<Window> replay;
  ingest::Progress progress;
  correlate::Limits correlation_limits;
  const Locations* locations = nullptr;  // where addresses are, for `iplocation`; must outlive the hunt
};

/// What one detection's tail had to do.
struct TailCost {
  const content::Detection* detection = nullptr;
  uint64_t candidates = 0;
  double seconds = 0;
};

struct HuntReport {
  ingest::ReadStats read;
  stream::MatchStats match;
  uint64_t visited = 0;  // events that rules were asked about: the fast lane passed over all others
  uint64_t sighted = 0;  // of these, events that no record was made of: the lane read what the rules need
  CorrelationStats correlations;
  uint64_t candidates = 0;  // rows that heads passed to tails
  uint64_t findings = 0;    // without suppressed ones
  uint64_t suppressed = 0;  // findings that a filter removed, and candidates of tails that it did
  size_t rules = 0;
  size_t failed = 0;  // detections whose tail failed
  double scan_seconds = 0;
  double tail_seconds = 0;
  std::vector<TailCost> tails;  // those that ran, in the order of their detections
  std::optional<Ticks> now;     // what now() counted from
  bool now_from_events = false;
  Window window;         // HuntOptions::window
  uint64_t untimed = 0;  // events without a time that were taken although only a span of time was asked for
  std::map<std::string, Table> written;  // tables that searches wrote, as they are at the end
};

/// Runs the detections over the events: heads in one pass, then the tails. Findings come in a deterministic
/// order: those of heads by event and detection, then those of tails by detection and row. Suppressed findings
/// come too, with `suppressed_by` set.
HuntReport hunt(const Ruleset& rules, const HuntOptions& options, const std::function<void(Finding&&)>& visit,
                DiagnosticSink& sink);

}  // namespace hecate::engine
