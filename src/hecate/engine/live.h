#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "engine/event_sources.h"
#include "engine/ruleset.h"
#include "exec/functions/lookup.h"
#include "finding/finding.h"
#include "ingest/reader.h"

namespace hecate {
class Locations;
}

namespace hecate::engine {

struct LiveOptions {
  std::vector<const CompiledDetection*> only;  // of these, those that decide on one event
  std::string timezone = "UTC";
  const Locations* locations = nullptr;  // must outlive the matching
  std::string source = "hec";            // what findings call the log that events stand in
};

/// The detections that decide on one event at a time, over events as they arrive. What a piece of the log gives does
/// not depend on how it is cut into pieces: the same events with the same numbers give the same findings, ids and all.
class Live {
 public:
  /// `rules` and `sink` must outlive it; what is reported while events flow goes to the sink.
  Live(const Ruleset& rules, const LiveOptions& options, DiagnosticSink& sink);
  ~Live();

  /// Events that came together.
  struct Piece {
    uint64_t first_event = 0;  // its number, from 1
    uint32_t events = 0;
    Ticks received = 0;  // the time of those that say none
  };
  /// A finding, suppressed ones too, and what its event came with.
  using Visit = std::function<void(Finding&&, const Piece&)>;
  /// One event on each line, those of the pieces one behind the other.
  void run(std::string_view lines, std::span<const Piece> pieces, const Visit& visit);

  /// Detections that run here.
  [[nodiscard]] size_t running() const { return running_.size(); }
  /// Those that look at more than one event: searches, which are for schedules, and correlations.
  [[nodiscard]] size_t searches() const { return searches_; }
  [[nodiscard]] size_t correlations() const { return correlations_; }
  [[nodiscard]] uint64_t events() const { return stats_.parsed; }
  [[nodiscard]] stream::MatchStats stats() const { return matcher_->stats(); }

 private:
  [[nodiscard]] Finding finding_of(const stream::EventView& event, const stream::Hit& hit);

  LiveOptions options_;
  DiagnosticSink& sink_;
  std::vector<const CompiledDetection*> running_;
  size_t searches_ = 0, correlations_ = 0;
  LookupTables automatic_;
  std::unique_ptr<stream::Matcher> matcher_;
  ingest::ReadStats stats_;
  EventSources sources_;
  int64_t order_ = 0;  // of the current event
};

}  // namespace hecate::engine
