#include "exec/tail/time_slices.h"

#include <algorithm>
#include <limits>

namespace hecate::tail {

TimeSlices::TimeSlices(const Candidates& all) : rows_(all.rows), undecided_(all.undecided) {
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (const auto time = all.store->time(rows_[i])) {
      by_time_.emplace_back(*time, i);
    } else {
      untimed_.push_back(i);
    }
  }
  std::sort(by_time_.begin(), by_time_.end());
}

void TimeSlices::choose(std::optional<Ticks> from, std::optional<Ticks> until, Candidates& candidates) const {
  const auto place = [&](std::optional<Ticks> time, Ticks otherwise) {
    return std::lower_bound(by_time_.begin(), by_time_.end(), std::pair(time.value_or(otherwise), size_t{0}));
  };
  const auto first = place(from, std::numeric_limits<Ticks>::min());
  const auto last = until ? place(until, 0) : by_time_.end();
  std::vector<size_t> chosen = untimed_;
  for (auto at = first; at < last; ++at) chosen.push_back(at->second);
  std::sort(chosen.begin(), chosen.end());
  candidates.rows.clear();
  candidates.undecided.clear();
  for (const size_t at : chosen) {
    candidates.rows.push_back(rows_[at]);
    candidates.undecided.push_back(undecided_[at]);
  }
}

}  // namespace hecate::tail
