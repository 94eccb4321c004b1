#include "exec/correlate/stage.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "exec/correlate/group.h"

namespace hecate::correlate {
namespace {

constexpr size_t kGroupBytes = 512;  // a group's node, key aside, as it is counted
/// Windows of one group. A sequence with absences is looked at once for each beginning, hence the lower bound.
constexpr size_t kMostEntries = 200'000;
constexpr size_t kMostOrderedAbsences = 10'000;

bool is_lower(Comparison comparison) {
  return comparison == Comparison::Greater || comparison == Comparison::GreaterOrEqual;
}

/// Texts of logs: blanks around a number are no part of it.
std::optional<double> number_of(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  if (text.starts_with('+')) text.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

/// All ways to choose `count` of `of` sources, ascending.
std::vector<Combination> choices(size_t of, size_t count) {
  std::vector<Combination> result;
  std::vector<size_t> chosen(count);
  for (size_t i = 0; i < count; ++i) chosen[i] = i;
  for (;;) {
    result.push_back({chosen, {}});
    size_t at = count;
    while (at > 0 && chosen[at - 1] == of - count + at - 1) --at;
    if (at == 0) return result;
    ++chosen[at - 1];
    for (size_t i = at; i < count; ++i) chosen[i] = chosen[i - 1] + 1;
  }
}

}  // namespace

bool holds(const Threshold& threshold, double value) {
  switch (threshold.comparison) {
    case Comparison::Greater: return value > threshold.value;
    case Comparison::GreaterOrEqual: return value >= threshold.value;
    case Comparison::Less: return value < threshold.value;
    case Comparison::LessOrEqual: return value <= threshold.value;
    case Comparison::Equal: return value == threshold.value;
    case Comparison::NotEqual: return value != threshold.value;
  }
  return false;
}

Stage::Stage(const Spec& spec, size_t index, OnMatch on_match, OnSignal on_signal)
    : spec_(spec), index_(index), on_match_(std::move(on_match)), on_signal_(std::move(on_signal)) {
  split_thresholds();
  order_combinations();
  choose_mode();
  collect_openers();
}

Stage::~Stage() = default;

/// What must be reached, and what must not be exceeded. Only the end of a window knows the second.
void Stage::split_thresholds() {
  for (const Threshold& threshold : spec_.thresholds) {
    if (is_lower(threshold.comparison)) {
      lower_.push_back(threshold);
      continue;
    }
    upper_.push_back(threshold);
    if (threshold.comparison == Comparison::Equal) lower_.push_back({Comparison::GreaterOrEqual, threshold.value});
  }
}

/// Rules in order, as many as the thresholds ask for, are combinations like any other.
void Stage::order_combinations() {
  combinations_ = spec_.combinations;
  if (combinations_.empty() && spec_.measure == Measure::Rules && spec_.ordered) {
    size_t least = 1;
    const auto enough = [&](size_t count) {
      return std::all_of(lower_.begin(), lower_.end(),
                         [&](const Threshold& t) { return holds(t, static_cast<double>(count)); });
    };
    while (least < spec_.sources.size() && !enough(least)) ++least;
    combinations_ = choices(spec_.sources.size(), least);
    keeps_entries_ = !upper_.empty();
  }
  if (!spec_.ordered) return;
  for (const Combination& combination : combinations_) sequences_.push_back(combination.present);
}

void Stage::choose_mode() {
  forbidden_.resize(spec_.sources.size());
  for (const Combination& combination : combinations_) {
    for (const size_t source : combination.absent) forbidden_[source] = true;
  }
  const bool absence = std::find(forbidden_.begin(), forbidden_.end(), true) != forbidden_.end();
  if (absence) mode_ = Mode::Absence;
  if (spec_.measure == Measure::Average || spec_.measure == Measure::Percentile) mode_ = Mode::Close;
  most_entries_ = absence && spec_.ordered ? kMostOrderedAbsences : kMostEntries;
}

void Stage::collect_openers() {
  opens_.assign(spec_.sources.size(), combinations_.empty());
  takes_part_ = opens_;
  for (const Combination& combination : combinations_) {
    for (const size_t source : combination.present) {
      takes_part_[source] = true;
      opens_[source] = opens_[source] || !spec_.ordered || source == combination.present.front();
    }
  }
}

Stage::Groups::value_type& Stage::group_of(const Input& input, bool& is_new) {
  const std::string_view key = input.row.prefix(spec_.keys);
  const auto found = groups_.find(key);
  is_new = found == groups_.end();
  if (!is_new) return *found;
  auto& entry = *groups_.try_emplace(std::string(key)).first;
  Group& group = entry.second;
  group.sources.resize(spec_.sources.size());
  if (mode_ == Mode::Absence) group.absent_counts.resize(spec_.sources.size());
  if (spec_.measure == Measure::Percentile) group.quantile.emplace(spec_.percentile);
  for (const auto& sequence : sequences_) group.sequences.emplace_back(sequence);
  return entry;
}

void Stage::add(const Input& input) {
  if (input.repeated && spec_.measure != Measure::Rules) return;
  const size_t values_end = spec_.keys + spec_.values;
  if (!input.row.has_all(0, values_end)) return;
  const bool numeric = spec_.values > 0 && spec_.measure != Measure::Values;
  if (numeric && !number_of(*input.row.at(spec_.keys))) return;
  bool is_new = false;
  Groups::value_type& entry = group_of(input, is_new);
  add_to(entry.second, input);
  update_bytes(entry.second, entry.first);
  const auto due = deadline(entry.second);
  if (!due) {
    if (is_new) erase(entry);
  } else if (is_new) {
    timers_.push({*due, serial_++, &entry});
  }
}

void Stage::add_to(Group& group, const Input& input) {
  if (mode_ != Mode::Absence && !takes_part_[input.source]) return;
  if (group.holding) return absorb(group, input);
  if (mode_ == Mode::Reach) return reach(group, input);
  if (mode_ == Mode::Close) return push(group, input);
  // What a window has behind it and before it matters as long as one may begin a timespan later.
  if (forbidden_[input.source]) {
    if (group.absents.size() - group.absents_head >= most_entries_) {
      --group.absent_counts[group.absents[group.absents_head++].rule];
      ++overgrown_;
    }
    group.absents.push_back({input.time, input.source});
    for (size_t i = group.absents.size() - 1; i > group.absents_head; --i) {
      Occurrence& before = group.absents[i - 1];
      if (before.time != input.time || before.rule <= group.absents[i].rule) break;
      std::swap(before, group.absents[i]);
    }
    ++group.absent_counts[input.source];
  }
  if (!takes_part_[input.source]) return;
  push(group, input);
}

void Stage::push(Group& group, const Input& input) {
  if (group.size() >= most_entries_) {
    pop_front(group);
    ++overgrown_;
  }
  Entry entry;
  entry.time = input.time;
  entry.first = input.first;
  entry.source = static_cast<uint32_t>(input.source);
  entry.counted = input.repeated ? 0 : 1;
  entry.events = input.events;
  entry.first_event = input.first_event;
  entry.last_event = input.last_event;
  if (spec_.measure == Measure::Values) {
    entry.value = group.distinct.add(input.row.slice(spec_.keys, spec_.keys + spec_.values));
  } else if (spec_.values > 0) {
    entry.number = number_of(*input.row.at(spec_.keys)).value_or(0);
    group.sum += entry.number;
    if (group.quantile) group.quantile->add(entry.number);
  }
  group.inputs += entry.counted;
  if (group.sources[input.source]++ == 0) ++group.different;
  if (spec_.columns > spec_.keys) group.row = input.row;
  group.entries.push_back(entry);
  // Events of one moment may have happened in any order: the one that their rules want.
  for (size_t i = group.entries.size() - 1; i > group.head; --i) {
    Entry& before = group.entries[i - 1];
    if (before.time != group.entries[i].time || before.source <= group.entries[i].source) break;
    std::swap(before, group.entries[i]);
  }
}

void Stage::pop_front(Group& group) {
  const Entry& entry = group.front();
  group.inputs -= entry.counted;
  if (--group.sources[entry.source] == 0) --group.different;
  if (entry.value != nullptr) group.distinct.remove(entry.value);
  if (group.quantile) group.quantile->remove(entry.number);
  ++group.head;
  if (spec_.measure == Measure::Sum || spec_.measure == Measure::Average) {
    group.sum -= entry.number;
    // What was lost by subtraction does not pile up.
    if (++group.removed > 64 + group.size()) {
      group.removed = 0;
      group.sum = 0;
      for (size_t i = group.head; i < group.entries.size(); ++i) group.sum += group.entries[i].number;
    }
  }
  if (group.head > 64 && group.head * 2 > group.entries.size()) {
    group.entries.erase(group.entries.begin(), group.entries.begin() + static_cast<std::ptrdiff_t>(group.head));
    group.head = 0;
  }
}

/// Entries that can begin no window any more. In the moment that is now, one that begins a window may still come.
void Stage::trim(Group& group, Ticks now) {
  const auto is_idle = [&](const Entry& entry) {
    return entry.time < now - spec_.timespan || (!opens_[entry.source] && entry.time < now);
  };
  while (!group.empty() && is_idle(group.front())) pop_front(group);
}

void Stage::reach(Group& group, const Input& input) {
  trim(group, input.time);
  push(group, input);
  trim(group, input.time);
  for (Sequence& sequence : group.sequences) sequence.add(input.source, input.time);
  if (group.empty() || !reached(group, input.time)) return;
  group.holding = true;
  group.start = group.front().time;
  group.completed = input.time;
  group.first = group.front().first;
  group.first_event = group.front().first_event;
  for (size_t i = group.head; i < group.entries.size(); ++i) {
    const Entry& entry = group.entries[i];
    group.events += entry.events;
    if (entry.first < group.first) {
      group.first = entry.first;
      group.first_event = entry.first_event;
    }
  }
  group.last = input.time;
  group.last_event = input.last_event;
  if (!keeps_entries_) {
    std::vector<Entry>().swap(group.entries);
    group.head = 0;
  }
  if (decides_late()) return;
  Input signal = input;
  signal.first = group.first;
  signal.first_event = group.first_event;
  signal.events = group.events;
  signal.repeated = false;
  on_signal_(std::move(signal));
}

/// The condition holds already: the window takes what else it is about.
void Stage::absorb(Group& group, const Input& input) {
  group.inputs += input.repeated ? 0 : 1;
  if (group.sources[input.source]++ == 0) ++group.different;
  group.events += input.events;
  if (spec_.measure == Measure::Values) {
    (void)group.distinct.add(input.row.slice(spec_.keys, spec_.keys + spec_.values));
  } else if (spec_.values > 0) {
    group.sum += number_of(*input.row.at(spec_.keys)).value_or(0);
  }
  if (keeps_entries_ && group.size() < most_entries_) {
    Entry entry;
    entry.time = input.time;
    entry.source = static_cast<uint32_t>(input.source);
    group.entries.push_back(entry);
  }
  group.last = input.time;
  group.last_event = input.last_event;
  if (decides_late()) return;
  Input signal = input;
  signal.repeated = true;
  on_signal_(std::move(signal));
}

bool Stage::reached(const Group& group, Ticks now) const {
  if (combinations_.empty()) {
    const double value = measure(group);
    return std::all_of(lower_.begin(), lower_.end(), [&](const Threshold& t) { return holds(t, value); });
  }
  if (spec_.ordered) {
    return std::any_of(group.sequences.begin(), group.sequences.end(), [&](const Sequence& sequence) {
      return sequence.start() != kNever && sequence.start() >= now - spec_.timespan;
    });
  }
  return std::any_of(combinations_.begin(), combinations_.end(), [&](const Combination& combination) {
    return std::all_of(combination.present.begin(), combination.present.end(),
                       [&](size_t source) { return group.sources[source] > 0; });
  });
}

double Stage::measure(const Group& group) const {
  switch (spec_.measure) {
    case Measure::Events: return static_cast<double>(group.inputs);
    case Measure::Values: return static_cast<double>(group.distinct.size());
    case Measure::Rules:
      if (keeps_entries_ && group.holding) {
        return static_cast<double>(longest_chain(occurrences(group), spec_.sources.size()));
      }
      return static_cast<double>(group.different);
    case Measure::Sum: return static_cast<double>(group.sum);
    case Measure::Average: return static_cast<double>(group.sum / static_cast<long double>(group.inputs));
    case Measure::Percentile: return group.quantile->value();
  }
  return 0;
}

std::optional<Ticks> Stage::deadline(const Group& group) const {
  if (group.holding) return group.start + spec_.timespan;
  if (!group.empty()) return group.front().time + spec_.timespan;
  if (group.absents_head < group.absents.size()) return group.absents.back().time + spec_.timespan;
  return std::nullopt;
}

void Stage::update_bytes(Group& group, const std::string& key) {
  size_t bytes = kGroupBytes + key.size() + group.entries.capacity() * sizeof(Entry) + group.row.bytes();
  bytes += group.distinct.bytes() + (group.quantile ? group.quantile->bytes() : 0);
  bytes += group.sources.capacity() * sizeof(uint32_t) + group.absents.capacity() * sizeof(Occurrence);
  bytes += group.absent_counts.capacity() * sizeof(uint32_t);
  for (const auto& sequence : sequences_) bytes += sizeof(Sequence) + 2 * sizeof(Ticks) * sequence.size();
  bytes_ = bytes_ - group.bytes + bytes;
  group.bytes = bytes;
}

void Stage::erase(Groups::value_type& entry) {
  bytes_ -= entry.second.bytes;
  groups_.erase(groups_.find(entry.first));
}

}  // namespace hecate::correlate
