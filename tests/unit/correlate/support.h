#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "exec/correlate/correlate.h"

namespace hecate::correlate::test {

constexpr Ticks kSecond = kTicksPerSecond;

/// A spec over rules: no keys unless they are given, a timespan in seconds.
inline Spec spec(Measure measure, size_t sources, Ticks seconds, std::vector<Threshold> thresholds) {
  Spec result;
  result.measure = measure;
  result.sources.resize(sources);
  result.timespan = seconds * kSecond;
  result.thresholds = std::move(thresholds);
  return result;
}

inline Threshold at_least(double value) { return {Comparison::GreaterOrEqual, value}; }

/// One event: seconds, source, columns.
struct Event {
  Ticks seconds = 0;
  size_t source = 0;
  std::vector<std::string> columns;
  size_t spec = 0;
};

class Stream {
 public:
  explicit Stream(std::vector<Spec> specs, Limits limits = {})
      : correlator_(std::move(specs), limits, [this](const Match& match) { matches.push_back(match); }) {}

  Stream& add(const std::vector<Event>& events) {
    for (const Event& event : events) {
      Row row;
      for (const std::string& column : event.columns)
        row.add(column == "-" ? std::nullopt : std::optional<std::string_view>(column));
      correlator_.add(event.spec, event.source, event.seconds * kSecond, {number_++, 0}, std::move(row));
    }
    return *this;
  }

  /// Other events are as far on.
  void reach(Ticks seconds) { correlator_.reach(seconds * kSecond); }

  /// "0@1..5=3" for each match: spec, first and last second, raw events; `v` and the measure where there is one.
  std::string matches_text() {
    correlator_.flush();
    std::string out;
    for (const Match& match : matches) {
      out += fmt::format("{}{}@{}..{}={}", out.empty() ? "" : " ", match.spec, match.first / kSecond,
                         match.last / kSecond, match.events);
      if (match.value) out += fmt::format("v{}", *match.value);
    }
    return out;
  }

  [[nodiscard]] const Stats& stats() const { return correlator_.stats(); }
  std::vector<Match> matches;

 private:
  int64_t number_ = 0;
  Correlator correlator_;
};

}  // namespace hecate::correlate::test
