#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace hecate::ingest {

/// What a skimmer read of a record that somebody wants to see, so that nobody need read it again.
class Sighting {
 public:
  Sighting() = default;
  virtual ~Sighting() = default;
  Sighting(const Sighting&) = delete;
  Sighting& operator=(const Sighting&) = delete;
};

/// Whole lines one behind the other, with their line breaks, that are records which the reader need not read.
struct SkimmedRun {
  uint64_t begin = 0;
  uint64_t end = 0;
  uint64_t records = 0;  // blank lines are none
  // What the skimmer wants to be told again when the run is passed over:
  std::vector<std::pair<uint32_t, uint32_t>> tally;
  std::optional<Ticks> latest;
  std::shared_ptr<const Sighting> sighting{};  // of a run of one record; it may refer to the block's bytes
};

/// A run that the reader passes over.
struct PassedRun {
  const SkimmedRun& run;
  uint64_t before;        // records of the file before it
  std::string_view file;  // as Record::file
};

/// Looks at many lines at once, ahead of the reader, and tells which it need not look at. What it passes over must be
/// exactly what the reader would have counted as parsed: each line one JSON object, valid, no envelope.
class Skimmer {
 public:
  struct Input {
    std::string_view lines;  // begins where a line begins, ends behind a line break
    std::string_view file;   // as Record::file
    size_t largest_record;   // longer lines are the reader's
  };
  virtual ~Skimmer() = default;
  /// Appends runs in ascending order; positions are those in `input.lines`.
  virtual void skim(const Input& input, std::vector<SkimmedRun>& runs) = 0;
  /// The reader passes over a run, of whatever skimmer; it does not where the lines turn out to be the inside of a
  /// record. Called for the first skimmer by its own thread.
  virtual void passed(const PassedRun& passed) = 0;
};

}  // namespace hecate::ingest
