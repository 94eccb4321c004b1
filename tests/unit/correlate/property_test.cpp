// The sliding operator against the definition, taken literally, over random streams.
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <random>

#include "support.h"

namespace hecate::correlate::test {
namespace {

struct Plain {
  Ticks time = 0;
  size_t source = 0;
  std::string key, value;
  uint64_t events = 1;
  Ticks first = 0;
};

using Window = std::vector<Plain>;

double number(const Plain& event) { return std::stod(event.value); }

double measured(const Spec& spec, const Window& window) {
  std::vector<std::string> values;
  std::vector<size_t> sources;
  double sum = 0;
  std::vector<double> sorted;
  for (const Plain& event : window) {
    values.push_back(event.value);
    sources.push_back(event.source);
    if (spec.values > 0 && spec.measure != Measure::Values) sum += number(event), sorted.push_back(number(event));
  }
  const auto different = [](auto list) {
    std::sort(list.begin(), list.end());
    return static_cast<double>(std::unique(list.begin(), list.end()) - list.begin());
  };
  std::sort(sorted.begin(), sorted.end());
  switch (spec.measure) {
    case Measure::Events: return static_cast<double>(window.size());
    case Measure::Values: return different(values);
    case Measure::Rules: return different(sources);
    case Measure::Sum: return sum;
    case Measure::Average: return sum / static_cast<double>(window.size());
    case Measure::Percentile: {
      const double rank = spec.percentile / 100 * static_cast<double>(sorted.size() - 1);
      const auto below = static_cast<size_t>(rank);
      const double fraction = rank - std::floor(rank);
      return fraction == 0 ? sorted[below] : sorted[below] + fraction * (sorted[below + 1] - sorted[below]);
    }
  }
  return 0;
}

bool occurs(const Window& window, size_t source) {
  return std::any_of(window.begin(), window.end(), [&](const Plain& event) { return event.source == source; });
}

/// Every choice of events for the rules that must occur, with nothing between them that must not.
bool in_order(const Combination& combination, const Window& events, size_t at, size_t chosen) {
  const auto forbidden = [&](size_t index) {
    const size_t source = events[index].source;
    if (!std::count(combination.absent.begin(), combination.absent.end(), source)) return false;
    const size_t after = combination.present[chosen];
    const bool behind = source > after;
    return behind && (chosen + 1 == combination.present.size() || source < combination.present[chosen + 1]);
  };
  if (chosen + 1 == combination.present.size()) {
    for (size_t i = at + 1; i < events.size(); ++i) {
      if (forbidden(i)) return false;
    }
    return true;
  }
  for (size_t i = at + 1; i < events.size(); ++i) {
    if (events[i].source == combination.present[chosen + 1] && in_order(combination, events, i, chosen + 1))
      return true;
    if (forbidden(i)) return false;
  }
  return false;
}

/// Where something must not occur, a window begins with the first of what must.
bool combination_holds(const Spec& spec, const Combination& combination, const Window& all, size_t front,
                       bool only_present) {
  const Plain& begin = all[front];
  Window events;
  for (size_t i = 0; i < all.size(); ++i) {
    const Plain& event = all[i];
    if (event.time < begin.time - spec.timespan || event.time > begin.time + spec.timespan) continue;
    const bool absent = std::count(combination.absent.begin(), combination.absent.end(), event.source) > 0;
    if (absent && !spec.ordered) return false;
    const bool before = event.time < begin.time || (event.time == begin.time && event.source < begin.source);
    if (absent && before && event.source < combination.present.front()) return false;
    if (i >= front) events.push_back(event);
  }
  if (spec.ordered && only_present) {
    for (size_t i = 0; i < events.size(); ++i) {
      if (events[i].source == combination.present.front() && in_order(combination, events, i, 0)) return true;
    }
    return false;
  }
  if (spec.ordered) return begin.source == combination.present.front() && in_order(combination, events, 0, 0);
  return std::all_of(combination.present.begin(), combination.present.end(),
                     [&](size_t s) { return occurs(events, s); });
}

bool is_upper(const Threshold& t) {
  return t.comparison != Comparison::Greater && t.comparison != Comparison::GreaterOrEqual;
}

/// "first..last=events" of all matches of one group, whose events are sorted; `on_match` sees their windows.
void match_group(const Spec& spec, const Window& all, const std::function<void(const Window&)>& on_match) {
  std::vector<Combination> combinations = spec.combinations;
  if (spec.ordered && combinations.empty()) {
    combinations.emplace_back();
    for (size_t i = 0; i < spec.sources.size(); ++i) combinations[0].present.push_back(i);
  }
  std::vector<bool> taken(all.size(), false);
  const bool only_present =
      std::all_of(combinations.begin(), combinations.end(), [](const Combination& c) { return c.absent.empty(); });
  for (size_t i = 0; i < all.size(); ++i) {
    const auto takes_part = [&](const Plain& event) {
      return combinations.empty() || std::any_of(combinations.begin(), combinations.end(), [&](const Combination& c) {
               return std::count(c.present.begin(), c.present.end(), event.source) > 0;
             });
    };
    const auto opens = [&](const Plain& event) {
      return combinations.empty() || std::any_of(combinations.begin(), combinations.end(), [&](const Combination& c) {
               return spec.ordered ? c.present.front() == event.source
                                   : std::count(c.present.begin(), c.present.end(), event.source) > 0;
             });
    };
    if (taken[i] || !opens(all[i])) continue;
    const bool whole = spec.measure == Measure::Average || spec.measure == Measure::Percentile;
    if (whole && i > 0 && !taken[i - 1] && all[i - 1].time == all[i].time) continue;  // its moment has been tried
    Window window, rest;
    size_t front = 0;
    for (size_t j = 0; j < all.size(); ++j) {
      if (j == i) front = rest.size();
      const bool forbidden = std::any_of(combinations.begin(), combinations.end(), [&](const Combination& c) {
        return std::count(c.absent.begin(), c.absent.end(), all[j].source) > 0;
      });
      if (!taken[j] || forbidden) rest.push_back(all[j]);
      // A window begins at a moment, and has all of it.
      const bool within = j >= i || (only_present && all[j].time == all[i].time);
      if (within && !taken[j] && all[j].time <= all[i].time + spec.timespan && takes_part(all[j]))
        window.push_back(all[j]);
    }
    bool lower = true, upper = true;
    if (combinations.empty()) {
      const double value = measured(spec, window);
      for (const Threshold& t : spec.thresholds) {
        const bool ok = holds(t, value);
        const bool reached = t.comparison == Comparison::Equal ? value >= t.value : ok;
        if (whole || !is_upper(t) || t.comparison == Comparison::Equal) lower = lower && (whole ? ok : reached);
        if (!whole && is_upper(t)) upper = upper && ok;
      }
    } else {
      lower = std::any_of(combinations.begin(), combinations.end(),
                          [&](const Combination& c) { return combination_holds(spec, c, rest, front, only_present); });
    }
    if (!lower) continue;
    if (upper) on_match(window);
    for (size_t j = 0; j < all.size(); ++j) {
      const bool within = j >= i || (only_present && all[j].time == all[i].time);
      if (within && all[j].time <= all[i].time + spec.timespan && takes_part(all[j])) taken[j] = true;
    }
  }
}

std::map<std::string, Window> by_key(std::vector<Plain> events) {
  std::stable_sort(events.begin(), events.end(), [](const Plain& a, const Plain& b) {
    return a.time != b.time ? a.time < b.time : a.source < b.source;
  });
  std::map<std::string, Window> groups;
  for (Plain& event : events) groups[event.key].push_back(event);
  return groups;
}

std::string text(const std::string& key, Ticks first, Ticks last, uint64_t events) {
  return fmt::format("{}:{}..{}={}", key, first / kSecond, last / kSecond, events);
}

std::vector<std::string> expected(const Spec& spec, const std::vector<Plain>& events) {
  std::vector<std::string> result;
  for (const auto& [key, group] : by_key(events)) {
    const std::string& name = key;
    match_group(spec, group, [&](const Window& window) {
      uint64_t count = 0;
      Ticks first = window.front().first;
      for (const Plain& event : window) count += event.events, first = std::min(first, event.first);
      result.push_back(text(name, first, window.back().time, count));
    });
  }
  std::sort(result.begin(), result.end());
  return result;
}

std::vector<std::string> actual(const std::vector<Match>& matches, size_t spec) {
  std::vector<std::string> result;
  for (const Match& match : matches) {
    if (match.spec == spec)
      result.push_back(text(std::string(match.row.at(0).value_or("")), match.first, match.last, match.events));
  }
  std::sort(result.begin(), result.end());
  return result;
}

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  size_t below(size_t bound) { return engine_() % bound; }
  std::mt19937& engine() { return engine_; }

  std::vector<Threshold> thresholds(size_t most) {
    constexpr std::array kAll{Comparison::GreaterOrEqual, Comparison::Greater,     Comparison::GreaterOrEqual,
                              Comparison::Less,           Comparison::LessOrEqual, Comparison::Equal,
                              Comparison::NotEqual};
    std::vector<Threshold> result{{kAll[below(kAll.size())], static_cast<double>(1 + below(most))}};
    if (below(4) == 0) result.push_back({Comparison::LessOrEqual, static_cast<double>(1 + below(most))});
    return result;
  }

  std::vector<Combination> combinations(size_t sources) {
    std::vector<Combination> result(1 + below(2));
    for (Combination& combination : result) {
      for (size_t i = 0; i < sources; ++i) {
        const size_t role = below(3);
        if (role == 0) combination.present.push_back(i);
        if (role == 1) combination.absent.push_back(i);
      }
      if (combination.present.empty()) {
        combination.present.push_back(below(sources));
        std::erase(combination.absent, combination.present[0]);
      }
    }
    return result;
  }

  Spec spec() {
    constexpr std::array kMeasures{Measure::Events, Measure::Values,  Measure::Rules,
                                   Measure::Sum,    Measure::Average, Measure::Percentile};
    Spec result = test::spec(kMeasures[below(kMeasures.size())], 1 + below(3), static_cast<Ticks>(1 + below(12)), {});
    result.keys = 1;
    result.columns = 2;
    result.values = result.measure == Measure::Events || result.measure == Measure::Rules ? 0 : 1;
    result.percentile = static_cast<double>(below(101));
    result.thresholds = thresholds(result.measure == Measure::Sum ? 20 : 6);
    if (result.measure != Measure::Rules) return result;
    result.ordered = below(2) == 0;
    if (result.ordered || below(2) == 0) {
      result.thresholds.clear();
      result.combinations = combinations(result.sources.size());
    }
    if (result.ordered && below(3) == 0) {
      result.combinations.clear();
      result.thresholds = {at_least(static_cast<double>(result.sources.size()))};
    }
    return result;
  }

  std::vector<Plain> stream(size_t sources) {
    std::vector<Plain> events(below(40));
    for (Plain& event : events) {
      event.time = event.first = static_cast<Ticks>(below(60)) * kSecond;
      event.source = below(sources);
      event.key = below(3) == 0 ? "x" : "y";
      event.value = fmt::format("{}", below(6));
    }
    return events;
  }

 private:
  std::mt19937 engine_;
};

std::string describe(const Spec& spec, const std::vector<Plain>& events) {
  std::string out = fmt::format("measure {} ordered {} timespan {} sources {}", static_cast<int>(spec.measure),
                                spec.ordered, spec.timespan / kSecond, spec.sources.size());
  for (const Threshold& t : spec.thresholds) out += fmt::format(" [{} {}]", static_cast<int>(t.comparison), t.value);
  for (const Combination& c : spec.combinations) {
    out += " {";
    for (const size_t s : c.present) out += fmt::format("{} ", s);
    for (const size_t s : c.absent) out += fmt::format("!{} ", s);
    out += "}";
  }
  out += "\n";
  for (const auto& [key, group] : by_key(events)) {
    for (const Plain& event : group)
      out += fmt::format("{}@{}/{}={} ", key, event.time / kSecond, event.source, event.value);
  }
  return out;
}

Row row_of(const Plain& event) {
  Row row;
  row.add(event.key);
  row.add(event.value);
  return row;
}

TEST(Property, SlidingWindowsAreTheDefinition) {
  for (unsigned seed = 0; seed < 6'000; ++seed) {
    Random random(seed);
    const Spec spec = random.spec();
    const std::vector<Plain> events = random.stream(spec.sources.size());
    std::vector<Match> matches;
    Correlator correlator({spec}, {}, [&](const Match& match) { matches.push_back(match); });
    for (const Plain& event : events) correlator.add(0, event.source, event.time, {}, row_of(event));
    correlator.flush();
    ASSERT_EQ(actual(matches, 0), expected(spec, events)) << "seed " << seed << ": " << describe(spec, events);
  }
}

TEST(Property, OutOfOrderWithinTheBound) {
  for (unsigned seed = 0; seed < 2'000; ++seed) {
    Random random(seed);
    const Spec spec = random.spec();
    std::vector<Plain> events = random.stream(spec.sources.size());
    Limits limits;
    limits.lateness = static_cast<Ticks>(random.below(10)) * kSecond;
    std::vector<std::pair<Ticks, Plain>> arrivals;
    for (const Plain& event : events) {
      arrivals.emplace_back(event.time + static_cast<Ticks>(random.below(static_cast<size_t>(*limits.lateness) + 1)),
                            event);
    }
    std::stable_sort(arrivals.begin(), arrivals.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<Match> matches;
    Correlator correlator({spec}, limits, [&](const Match& match) { matches.push_back(match); });
    for (const auto& [arrival, event] : arrivals) correlator.add(0, event.source, event.time, {}, row_of(event));
    correlator.flush();
    ASSERT_EQ(correlator.stats().late, 0U);
    ASSERT_EQ(actual(matches, 0), expected(spec, events)) << "seed " << seed << ": " << describe(spec, events);
  }
}

// A match feeds the correlation above it when its condition comes to hold, and again with each further event.
TEST(Property, Chains) {
  for (unsigned seed = 0; seed < 3'000; ++seed) {
    Random random(seed);
    Spec below = test::spec(Measure::Events, 1, static_cast<Ticks>(1 + random.below(12)),
                            {at_least(static_cast<double>(1 + random.below(4)))});
    below.keys = below.columns = 1;
    Spec above = test::spec(Measure::Rules, 2, static_cast<Ticks>(1 + random.below(12)), {at_least(2)});
    above.ordered = random.below(2) == 0;
    above.keys = above.columns = 1;
    above.sources[0] = {0, {0}};
    const std::vector<Plain> events = random.stream(2);
    std::vector<Plain> lower, upper;
    for (const Plain& event : events) (event.source == 0 ? lower : upper).push_back(event);
    for (const auto& [key, group] : by_key(lower)) {
      match_group(below, group, [&](const Window& window) {
        const auto needed = static_cast<size_t>(below.thresholds[0].value);
        for (size_t i = needed - 1; i < window.size(); ++i) {
          Plain signal = window[i];
          signal.events = i + 1 == needed ? needed : 1;
          signal.first = i + 1 == needed ? window.front().time : signal.time;
          upper.push_back(signal);
        }
      });
    }
    std::vector<Match> matches;
    Correlator correlator({below, above}, {}, [&](const Match& match) { matches.push_back(match); });
    for (const Plain& event : events) {
      Row row;
      row.add(event.key);
      correlator.add(event.source == 0 ? 0 : 1, event.source, event.time, {}, std::move(row));
    }
    correlator.flush();
    ASSERT_EQ(actual(matches, 1), expected(above, upper)) << "seed " << seed << ": " << describe(above, events);
  }
}

}  // namespace
}  // namespace hecate::correlate::test
