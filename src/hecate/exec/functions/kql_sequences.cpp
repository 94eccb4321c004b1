#include <algorithm>
#include <charconv>
#include <set>
#include <tuple>

#include "exec/functions/kql_support.h"

// What the plugins funnel_sequence, funnel_sequence_completion and sequence_detect find in the events of one user,
// which come as arrays side by side in order of time. https://learn.microsoft.com/kusto/query/funnel-sequence-plugin,
// funnel-sequence-completion-plugin, sequence-detect-plugin
namespace hecate::kql_support {
namespace {

/// What is looked at for one user: beyond it events are left out rather than time.
constexpr size_t kMostSteps = size_t{1} << 22;
constexpr size_t kMostFound = 65'536;

Value ticks(Arguments a, EvalContext&) {
  if (a[0].kind() == Kind::Datetime || a[0].kind() == Kind::Timespan) return Value::integer(a[0].as_ticks());
  return a[0].kind() == Kind::Long ? a[0] : Value::null();
}

int64_t number(std::string_view json) {
  int64_t value = 0;
  std::from_chars(json.data(), json.data() + json.size(), value);
  return value;
}
std::vector<int64_t> numbers(const Value& array) {
  std::vector<int64_t> out;
  if (const auto parts = array_of(array)) {
    for (const std::string_view piece : parts->values) out.push_back(number(piece));
  }
  return out;
}
std::vector<std::string> texts(const Value& array) {
  std::vector<std::string> out;
  if (const auto parts = array_of(array)) {
    for (const std::string_view piece : parts->values)
      out.push_back(piece.starts_with('"') ? json_unquote(piece) : std::string(piece));
  }
  return out;
}
/// Lengths of time: texts, or numbers where the timeline is numbers.
std::vector<int64_t> lengths(const Value& array) {
  std::vector<int64_t> out;
  if (const auto parts = array_of(array)) {
    for (const std::string_view piece : parts->values) {
      const auto time = piece.starts_with('"') ? to_timespan(json_unquote(piece)) : std::nullopt;
      out.push_back(time ? *time : number(piece));
    }
  }
  return out;
}

/// How long after a time another is; of times that no long can be apart as long as one can.
int64_t after(int64_t time, int64_t earlier) {
  int64_t between = 0;
  return __builtin_sub_overflow(time, earlier, &between) ? INT64_MAX : between;
}

/// (times, steps, windows, periods): [window, period, step] for each step that is reached within a period from a first
/// step in that window.
Value funnel(Arguments a, EvalContext& c) {
  const auto times = numbers(a[0]);
  const auto steps = numbers(a[1]);
  const auto windows = numbers(a[2]);
  const auto periods = lengths(a[3]);
  const size_t count = std::min({times.size(), steps.size(), windows.size()});
  // Where each step comes next: `then[s][i]` of the events from i on.
  const int64_t last = count == 0 ? 0 : *std::max_element(steps.begin(), steps.end());
  constexpr int64_t kLongest = 1'000'000;  // of sequences
  if (last < 0) return dynamic_value("[]", c);
  if (last > kLongest || static_cast<size_t>(last + 1) * count > kMostSteps * 4) return Value::null();
  std::vector<std::vector<size_t>> then(static_cast<size_t>(last + 1), std::vector<size_t>(count + 1, count));
  for (size_t i = count; i-- > 0;) {
    for (auto& each : then) each[i] = each[i + 1];
    if (steps[i] >= 0) then[static_cast<size_t>(steps[i])][i] = i;
  }
  std::set<std::tuple<int64_t, size_t, int64_t>> reached;
  for (size_t i = 0; i < count; ++i) {
    if (steps[i] != 0) continue;
    size_t at = i;
    for (int64_t step = 0; step <= last; ++step) {
      at = step == 0 ? i : at + 1 > count ? count : then[static_cast<size_t>(step)][at + 1];
      if (at >= count) break;
      for (size_t p = 0; p < periods.size(); ++p) {
        if (after(times[at], times[i]) <= periods[p]) reached.emplace(windows[i], p, step);
      }
    }
  }
  ArrayWriter out;
  for (const auto& [window, period, step] : reached)
    out.add("[" + std::to_string(window) + "," + std::to_string(period) + "," + std::to_string(step) + "]");
  return out.finish(c);
}

/// (times, states, windows, sequence, longest step): [window, the state before, the state behind] of each place where
/// the sequence stands. A state that repeats itself is one; what is further away than a step is no neighbour.
Value neighbours(Arguments a, EvalContext& c) {
  auto times = numbers(a[0]);
  auto states = texts(a[1]);
  auto windows = numbers(a[2]);
  const auto sequence = texts(a[3]);
  const int64_t longest = a[4].as_integer();
  size_t count = 0;
  std::vector<int64_t> ends;  // of the runs of one state
  for (size_t i = 0; i < std::min({times.size(), states.size(), windows.size()}); ++i) {
    if (count > 0 && states[i] == states[count - 1]) {
      ends.back() = times[i];
      continue;
    }
    times[count] = times[i];
    windows[count] = windows[i];
    if (count != i) states[count] = std::move(states[i]);
    ends.push_back(times[i]);
    ++count;
  }
  std::set<std::tuple<int64_t, std::string, std::string>> found;
  for (size_t i = 0; i < count && !sequence.empty(); ++i) {
    size_t at = i;
    bool stands = states[i] == sequence.front();
    for (size_t s = 1; stands && s < sequence.size(); ++s) {
      const size_t from = at;
      do ++at;
      while (at < count && states[at] != sequence[s] && after(times[at], ends[from]) <= longest);
      stands = at < count && states[at] == sequence[s] && after(times[at], ends[from]) <= longest;
    }
    if (!stands) continue;
    const bool before = i > 0 && after(times[i], ends[i - 1]) <= longest;
    const bool behind = at + 1 < count && after(times[at + 1], ends[at]) <= longest;
    found.emplace(windows[i], before ? states[i - 1] : "", behind ? states[at + 1] : "");
  }
  ArrayWriter out;
  for (const auto& [window, before, behind] : found) {
    ArrayWriter each;
    each.add(std::to_string(window));
    each.add(Value::string(before), c);
    each.add(Value::string(behind), c);
    out.add(each.text());
  }
  return out.finish(c);
}

/// Every way to take events in order of time, one for each step.
class Sequences {
 public:
  Sequences(const std::vector<int64_t>& times, const std::vector<int64_t>& masks, size_t steps, int64_t step,
            int64_t span)
      : times_(times), masks_(masks), steps_(steps), step_(step), span_(span) {}

  [[nodiscard]] std::set<std::vector<int64_t>> find() {
    std::vector<size_t> taken;
    for (size_t i = 0; i < std::min(times_.size(), masks_.size()); ++i) {
      if ((masks_[i] & 1) == 0) continue;
      taken = {i};
      extend(taken);
    }
    return std::move(found_);
  }

 private:
  // As deep as there are steps, which are few.
  void extend(std::vector<size_t>& taken) {
    if (taken.size() == steps_) {
      std::vector<int64_t> times;
      for (const size_t i : taken) times.push_back(times_[i]);
      found_.insert(std::move(times));
      return;
    }
    // Events of the same time may come in any order.
    size_t from = taken.back();
    while (from > 0 && times_[from - 1] == times_[taken.back()]) --from;
    for (size_t i = from; i < times_.size(); ++i) {
      if (++looked_ > kMostSteps || found_.size() >= kMostFound) return;
      if (after(times_[i], times_[taken.back()]) > step_ || after(times_[i], times_[taken.front()]) > span_) return;
      if ((masks_[i] >> taken.size() & 1) == 0 || std::find(taken.begin(), taken.end(), i) != taken.end()) continue;
      taken.push_back(i);
      extend(taken);
      taken.pop_back();
    }
  }

  const std::vector<int64_t>& times_;
  const std::vector<int64_t>& masks_;
  size_t steps_;
  int64_t step_, span_;
  size_t looked_ = 0;
  std::set<std::vector<int64_t>> found_;
};

/// (times, masks of the conditions that are true, steps, longest step, longest sequence): the times of each sequence.
Value sequences(Arguments a, EvalContext& c) {
  const auto times = numbers(a[0]);
  const auto masks = numbers(a[1]);
  ArrayWriter out;
  constexpr int64_t kMostConditions = 62;  // as bits of a long
  const auto steps = static_cast<size_t>(std::clamp<int64_t>(a[2].as_integer(), 1, kMostConditions));
  for (const auto& found : Sequences(times, masks, steps, a[3].as_integer(), a[4].as_integer()).find()) {
    std::string each = "[";
    for (const int64_t time : found) each += (each.size() > 1 ? "," : "") + std::to_string(time);
    out.add(each + "]");
  }
  return out.finish(c);
}

constexpr Function kFunctions[] = {
    {"kql.plugin_funnel", 4, 4, false, &funnel, "Which steps of a funnel one user reaches."},
    {"kql.plugin_neighbours", 5, 5, false, &neighbours, "What stands before and behind a sequence of states."},
    {"kql.plugin_sequences", 5, 5, false, &sequences, "Where conditions come true one after the other."},
    {"kql.plugin_ticks", 1, 1, false, &ticks, "A time as a number of ticks."},
};

}  // namespace

std::span<const Function> sequence_functions() { return kFunctions; }

}  // namespace hecate::kql_support
