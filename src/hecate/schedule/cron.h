#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schedule/time_zone.h"

namespace hecate::schedule {

/// When a cron expression asks for a run: five fields, each `*`, values, ranges, lists and steps (`*/15`, `9-17`,
/// `1,15`, `mon-fri`), or one of `@hourly`, `@daily`, `@midnight`, `@weekly`, `@monthly`, `@yearly`, `@annually`. Of
/// day of month and day of week one is enough where both are given (crontab(5)). A step behind a list of ranges is a
/// step of each of them (Splunk, "Use cron expressions for alert scheduling").
class Cron {
 public:
  struct Problem {
    std::string message;
    size_t begin = 0, end = 0;  // in the text
  };
  /// Nothing, and what is wrong, where the text is none.
  [[nodiscard]] static std::optional<Cron> parse(std::string_view text, Problem& problem);

  /// The first run after an instant (seconds since 1970); nothing where there is none in eight years (31 February).
  /// Where clocks are put forward, a run at a time that they skip is made when they have been, unless it is one of
  /// every hour or minute; where they are put back, a run is made once, and those of every hour or minute go on
  /// (cron(8)).
  [[nodiscard]] std::optional<int64_t> next(int64_t after, const TimeZone& zone) const;
  /// All runs from an instant on and before another, in order; no more than the first `most`.
  [[nodiscard]] std::vector<int64_t> runs(int64_t from, int64_t until, const TimeZone& zone, size_t most) const;

 private:
  [[nodiscard]] bool on_day(int64_t local_midnight) const;
  /// The runs of one day; in order, but for those that a change of clocks puts beside others.
  void add_day(int64_t local_midnight, const TimeZone& zone, std::vector<int64_t>& runs) const;

  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;     // 1 to 31
  std::bitset<13> months_;   // 1 to 12
  std::bitset<7> weekdays_;  // 0 is Sunday
  bool any_day_ = false, any_weekday_ = false;
  bool frequent_ = false;  // of every hour or minute
};

}  // namespace hecate::schedule
