#include "exec/correlate/sequence.h"

#include <algorithm>

namespace hecate::correlate {

void Sequence::add(size_t rule, Ticks time) {
  const auto found = std::lower_bound(rules_->begin(), rules_->end(), rule);
  if (found == rules_->end() || *found != rule) return;
  auto at = static_cast<size_t>(found - rules_->begin());
  seen_[at] = time;
  starts_[at] = at == 0 ? time : std::max(starts_[at], starts_[at - 1]);
  // What came before it in this very moment may have happened after it.
  for (++at; at < seen_.size() && seen_[at] == time; ++at) starts_[at] = std::max(starts_[at], starts_[at - 1]);
}

bool occurs_without(const std::vector<size_t>& present, const std::vector<size_t>& absent,
                    const std::vector<Occurrence>& before, const std::vector<Occurrence>& events) {
  if (events.empty() || events.front().rule != present.front()) return false;
  const auto is_absent = [&](size_t rule) { return std::binary_search(absent.begin(), absent.end(), rule); };
  for (const Occurrence& event : before) {
    if (event.rule < present.front() && is_absent(event.rule)) return false;
  }
  // matched[k]: the first k rules have occurred, and nothing since that may not stand between them and the next.
  std::vector<bool> matched(present.size() + 1, false);
  matched[1] = true;
  for (size_t i = 1; i < events.size(); ++i) {
    const size_t rule = events[i].rule;
    const auto next = static_cast<size_t>(std::lower_bound(present.begin(), present.end(), rule) - present.begin());
    if (next < present.size() && present[next] == rule) {
      if (next > 0 && matched[next]) matched[next + 1] = true;
    } else if (next > 0 && is_absent(rule)) {
      matched[next] = false;
    } else if (next == 0 && is_absent(rule) && events[i].time == events.front().time) {
      return false;  // in the moment of the first rule, perhaps before it
    }
  }
  return matched.back();
}

size_t longest_chain(const std::vector<Occurrence>& events, size_t rules) {
  std::vector<size_t> ending(rules, 0);
  for (const Occurrence& event : events) {
    size_t longest = 0;
    for (size_t earlier = 0; earlier < event.rule; ++earlier) longest = std::max(longest, ending[earlier]);
    ending[event.rule] = std::max(ending[event.rule], longest + 1);
  }
  return ending.empty() ? 0 : *std::max_element(ending.begin(), ending.end());
}

}  // namespace hecate::correlate
