#include "exec/stream/lanes.h"

#include <algorithm>

namespace hecate::stream {

Lanes::Lanes(const Catalog& catalog, Matcher& matcher, size_t threads, const Lane::OnSighted& on_sighted)
    : matcher_(matcher) {
  for (size_t i = 0; i < std::max<size_t>(threads, 1); ++i) {
    Groups* groups = &matcher.groups();
    if (i > 0) groups = groups_.emplace_back(std::make_unique<Groups>(matcher.store())).get();
    skimmers_.push_back(lanes_.emplace_back(std::make_unique<Lane>(catalog, *groups, matcher.run())).get());
    lanes_.back()->sight_events(on_sighted);
  }
}

void Lanes::add_to(MatchStats& stats) const {
  // The reader tells the first lane what it passed over, whoever found it.
  const Lane::Stats& own = lanes_.front()->stats();
  stats.events += own.skipped;
  stats.recognized += own.recognized;
  for (size_t i = 0; i < own.by_type.size(); ++i) stats.by_type[i] += own.by_type[i];
  for (const auto& groups : groups_) {
    stats.caches += groups->memory().cache_stats();
    stats.regex_limit_hits += groups->regex_limit_hits();
  }
}

std::optional<Ticks> Lanes::latest_time() const {
  return std::max(matcher_.latest_time(), lanes_.front()->stats().latest_time);
}

}  // namespace hecate::stream
