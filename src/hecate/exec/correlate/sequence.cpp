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

AbsentSequence::AbsentSequence(const std::vector<size_t>& present, const std::vector<size_t>& absent)
    : present_(present), absent_(absent), matched_(present.size() + 1, false) {
  matched_[1] = true;
}

bool AbsentSequence::add(size_t rule) {
  const auto next = static_cast<size_t>(std::lower_bound(present_.begin(), present_.end(), rule) - present_.begin());
  if (next == 0) return open_ > 0;
  if (next < present_.size() && present_[next] == rule) {
    if (matched_[next] && !matched_[next + 1]) {
      matched_[next + 1] = true;
      ++open_;
    }
  } else if (matched_[next] && std::binary_search(absent_.begin(), absent_.end(), rule)) {
    matched_[next] = false;
    --open_;
  }
  return open_ > 0;
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
