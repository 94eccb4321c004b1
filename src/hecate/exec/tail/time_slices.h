#pragma once

#include <optional>
#include <vector>

#include "base/time.h"
#include "exec/tail/candidates.h"

namespace hecate::tail {

/// A tail's candidates in the order of time, so that it may be run over a part of them, and over another part after
/// that. What a choice costs goes by what is chosen.
class TimeSlices {
 public:
  explicit TimeSlices(const Candidates& all);

  /// Leaves the candidates from `from` on and before `until`, in their own order; those without a time are always among
  /// them.
  void choose(std::optional<Ticks> from, std::optional<Ticks> until, Candidates& candidates) const;

 private:
  std::vector<CandidateStore::Row> rows_;
  std::vector<bool> undecided_;
  std::vector<std::pair<Ticks, size_t>> by_time_;  // place in rows_
  std::vector<size_t> untimed_;
};

}  // namespace hecate::tail
