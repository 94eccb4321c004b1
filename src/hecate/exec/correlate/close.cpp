// What happens when windows end.
#include <algorithm>
#include <limits>

#include "exec/correlate/group.h"
#include "exec/correlate/stage.h"

namespace hecate::correlate {
namespace {

bool by_time_then_rule(const Occurrence& a, const Occurrence& b) {
  return a.time != b.time ? a.time < b.time : a.rule < b.rule;
}

}  // namespace

void Stage::advance(Ticks time) {
  while (!timers_.empty() && timers_.top().deadline < time) {
    const Timer timer = timers_.top();
    timers_.pop();
    // A group's beginning may have moved on since its timer was set.
    Groups::value_type& entry = *timer.group;
    if (const auto due = deadline(entry.second); due && *due < time) close(entry, time);
    if (const auto due = deadline(entry.second)) {
      timers_.push({*due, timer.serial, timer.group});
      update_bytes(entry.second, entry.first);
    } else {
      erase(entry);
    }
  }
}

void Stage::flush() {
  // No window ends that late: its end would not be a time.
  advance(std::numeric_limits<Ticks>::max());
}

void Stage::close(Groups::value_type& entry, Ticks now) {
  if (mode_ == Mode::Reach) return close_reach(entry, now);
  close_starts(entry, now);
}

void Stage::close_reach(Groups::value_type& entry, Ticks now) {
  Group& group = entry.second;
  if (!group.holding) return trim(group, now);
  const double value = upper_.empty() ? 0 : measure(group);
  const bool within =
      std::all_of(upper_.begin(), upper_.end(), [&](const Threshold& threshold) { return holds(threshold, value); });
  if (within) emit(entry.first, group);
  group.holding = false;
  group.entries.clear();
  group.head = 0;
}

/// Each event begins a window, until one of them satisfies the condition.
void Stage::close_starts(Groups::value_type& entry, Ticks now) {
  Group& group = entry.second;
  while (!group.empty() && group.front().time + spec_.timespan < now) {
    prune_absents(group, group.front().time - spec_.timespan);
    if (!opens_[group.front().source] || !satisfied_at_close(group)) {
      // A window begins at a moment: of events of one moment none is the first.
      const Ticks moment = group.front().time;
      do {
        pop_front(group);
      } while (mode_ == Mode::Close && !group.empty() && group.front().time == moment);
      continue;
    }
    group.first = group.front().first;
    group.first_event = group.front().first_event;
    group.events = 0;
    for (size_t i = group.head; i < group.entries.size(); ++i) {
      const Entry& event = group.entries[i];
      group.events += event.events;
      if (event.first < group.first) {
        group.first = event.first;
        group.first_event = event.first_event;
      }
    }
    group.last = group.completed = group.entries.back().time;
    group.last_event = group.entries.back().last_event;
    emit(entry.first, group);
    while (!group.empty()) pop_front(group);
  }
  if (group.empty()) prune_absents(group, now - spec_.timespan);
}

bool Stage::satisfied_at_close(const Group& group) const {
  if (mode_ == Mode::Close) {
    const double value = measure(group);
    return std::all_of(spec_.thresholds.begin(), spec_.thresholds.end(),
                       [&](const Threshold& threshold) { return holds(threshold, value); });
  }
  return std::any_of(combinations_.begin(), combinations_.end(), [&](const Combination& combination) {
    const bool present = std::all_of(combination.present.begin(), combination.present.end(),
                                     [&](size_t source) { return group.sources[source] > 0; });
    return present && absent_in(group, combination);
  });
}

bool Stage::absent_in(const Group& group, const Combination& combination) const {
  if (!spec_.ordered) {
    // All that is left is within a timespan of the window's beginning.
    return std::all_of(combination.absent.begin(), combination.absent.end(),
                       [&](size_t source) { return group.absent_counts[source] == 0; });
  }
  const Entry& front = group.front();
  if (front.source != combination.present.front()) return false;
  const Occurrence beginning{front.time, front.source};
  size_t absent = group.absents_head;
  for (; absent < group.absents.size() && by_time_then_rule(group.absents[absent], beginning); ++absent) {
    const size_t rule = group.absents[absent].rule;
    const bool unwanted = std::binary_search(combination.absent.begin(), combination.absent.end(), rule);
    if (unwanted && rule < front.source) return false;
  }
  AbsentSequence sequence(combination.present, combination.absent);
  size_t entry = group.head + 1;
  while (entry < group.entries.size() || absent < group.absents.size()) {
    const bool take_absent =
        entry == group.entries.size() ||
        (absent < group.absents.size() &&
         by_time_then_rule(group.absents[absent], {group.entries[entry].time, group.entries[entry].source}));
    const size_t rule = take_absent ? group.absents[absent++].rule : group.entries[entry++].source;
    if (!sequence.add(rule)) return false;
  }
  return sequence.complete();
}

std::vector<Occurrence> Stage::occurrences(const Group& group) const {
  std::vector<Occurrence> events;
  events.reserve(group.size());
  for (size_t i = group.head; i < group.entries.size(); ++i) {
    events.push_back({group.entries[i].time, group.entries[i].source});
  }
  return events;
}

void Stage::prune_absents(Group& group, Ticks oldest) {
  while (group.absents_head < group.absents.size() && group.absents[group.absents_head].time < oldest) {
    --group.absent_counts[group.absents[group.absents_head].rule];
    ++group.absents_head;
  }
  if (group.absents_head > 64 && group.absents_head * 2 > group.absents.size()) {
    group.absents.erase(group.absents.begin(), group.absents.begin() + static_cast<std::ptrdiff_t>(group.absents_head));
    group.absents_head = 0;
  }
}

void Stage::emit(const std::string& key, const Group& group) {
  Match match;
  match.spec = index_;
  match.first = group.first;
  match.last = group.last;
  match.completed = group.completed;
  match.events = group.events;
  if (combinations_.empty()) match.value = measure(group);
  match.rules.resize(spec_.sources.size());
  for (size_t i = 0; i < group.sources.size(); ++i) match.rules[i] = group.sources[i] > 0;
  match.row = spec_.columns > spec_.keys ? group.row : Row::from_packed(key);
  match.first_event = group.first_event;
  match.last_event = group.last_event;
  if (decides_late()) {
    Input signal;
    signal.time = match.completed;
    signal.first = match.first;
    signal.events = match.events;
    signal.first_event = match.first_event;
    signal.last_event = match.last_event;
    signal.row = match.row;
    on_signal_(std::move(signal));
  }
  on_match_(match);
}

uint64_t Stage::evict() {
  const Timer timer = timers_.top();
  timers_.pop();
  Groups::value_type& entry = *timer.group;
  uint64_t lost = 0;
  if (entry.second.holding && upper_.empty()) {
    emit(entry.first, entry.second);
  } else {
    lost = entry.second.holding ? entry.second.inputs : entry.second.size();
  }
  erase(entry);
  return lost;
}

}  // namespace hecate::correlate
