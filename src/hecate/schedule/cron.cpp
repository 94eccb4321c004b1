#include "schedule/cron.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <span>
#include <vector>

#include "base/text.h"
#include "base/time.h"

namespace hecate::schedule {
namespace {

constexpr int64_t kDay = 86'400;

struct Field {
  std::string_view name;
  int least, most;
  std::span<const std::string_view> names;  // of values from `least` on
};
constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                   "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kWeekdays{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
constexpr std::array<Field, 5> kFields{Field{"minute", 0, 59, {}}, Field{"hour", 0, 23, {}},
                                       Field{"day of month", 1, 31, {}}, Field{"month", 1, 12, kMonths},
                                       Field{"day of week", 0, 7, kWeekdays}};

struct Macro {
  std::string_view name, meaning;
};
constexpr std::array kMacros{Macro{"@annually", "0 0 1 1 *"}, Macro{"@daily", "0 0 * * *"},
                             Macro{"@hourly", "0 * * * *"},   Macro{"@midnight", "0 0 * * *"},
                             Macro{"@monthly", "0 0 1 * *"},  Macro{"@weekly", "0 0 * * 0"},
                             Macro{"@yearly", "0 0 1 1 *"}};

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && !text.empty() && end == text.data() + text.size() && text[0] != '-';
  return whole ? std::optional(value) : std::nullopt;
}

/// One field: its values, or what is wrong with it.
class FieldParser {
 public:
  FieldParser(const Field& field, std::string_view text) : field_(field), text_(text) {}

  bool parse(std::bitset<60>& values, std::string& problem) {
    std::vector<Range> ranges;
    for (size_t at = 0; at <= text_.size();) {
      const size_t end = std::min(text_.find(',', at), text_.size());
      Range range;
      if (!range_of(text_.substr(at, end - at), range)) {
        problem = problem_;
        return false;
      }
      ranges.push_back(range);
      at = end + 1;
    }
    const int last_step = ranges.back().step;
    for (Range& range : ranges) {
      // The step behind a list holds for all of its ranges.
      if (range.step == 0) range.step = range.first != range.last && last_step > 0 ? last_step : 1;
      for (int value = range.first; value <= range.last; value += range.step) {
        // 7 is Sunday, too.
        values.set(static_cast<size_t>(field_.most == 7 ? value % 7 : value));
      }
    }
    return true;
  }

 private:
  struct Range {
    int first = 0, last = 0;
    int step = 0;  // 0: none is given
  };

  bool fail(std::string why) {
    problem_ = std::move(why);
    return false;
  }

  bool value_of(std::string_view text, int& value) {
    const std::string folded = fold_case(text);
    const auto name = std::find(field_.names.begin(), field_.names.end(), folded);
    if (name != field_.names.end()) {
      value = field_.least + static_cast<int>(name - field_.names.begin());
      return true;
    }
    const auto parsed = number(text);
    if (!parsed) return fail(fmt::format("`{}` is no {}", text, field_.name));
    value = *parsed;
    if (value >= field_.least && value <= field_.most) return true;
    return fail(fmt::format("{} is out of range: the {} is {} to {}", value, field_.name, field_.least,
                            field_.most == 7 ? 6 : field_.most));
  }

  bool range_of(std::string_view text, Range& range) {
    const size_t slash = text.find('/');
    if (slash != std::string_view::npos) {
      const auto step = number(text.substr(slash + 1));
      if (!step || *step < 1)
        return fail(fmt::format("`{}` is no step: it is a whole number above 0", text.substr(slash + 1)));
      range.step = std::min(*step, 60);
    }
    const std::string_view values = text.substr(0, slash);
    if (values == "*") {
      range.first = field_.least;
      range.last = field_.most == 7 ? 6 : field_.most;
      return true;
    }
    const size_t dash = values.find('-');
    if (!value_of(values.substr(0, dash), range.first)) return false;
    range.last = range.first;
    if (dash == std::string_view::npos) {
      // `5/15` is from 5 on, in steps of 15.
      if (range.step > 0) range.last = field_.most == 7 ? 6 : field_.most;
      return true;
    }
    if (!value_of(values.substr(dash + 1), range.last)) return false;
    if (range.last < range.first) return fail(fmt::format("`{}` is a range that ends before it begins", values));
    return true;
  }

  const Field& field_;
  std::string_view text_;
  std::string problem_;
};

template <size_t kSize>
void copy(const std::bitset<60>& from, std::bitset<kSize>& to) {
  for (size_t i = 0; i < kSize && i < 60; ++i) to[i] = from[i];
}

}  // namespace

std::optional<Cron> Cron::parse(std::string_view text, Problem& problem) {
  const auto refuse = [&](std::string message, size_t begin, size_t end) {
    problem = {std::move(message), begin, end};
    return std::nullopt;
  };
  const std::string_view trimmed = trim(text);
  if (trimmed.starts_with('@')) {
    const std::string folded = fold_case(trimmed);
    for (const Macro& macro : kMacros) {
      if (macro.name == folded) return parse(macro.meaning, problem);
    }
    return refuse(fmt::format("there is no `{}`", trimmed), 0, text.size());
  }
  std::vector<std::pair<size_t, std::string_view>> words;
  for (size_t at = text.find_first_not_of(" \t"); at != std::string_view::npos;) {
    const size_t end = std::min(text.find_first_of(" \t", at), text.size());
    words.emplace_back(at, text.substr(at, end - at));
    at = text.find_first_not_of(" \t", end);
  }
  if (words.size() != kFields.size())
    return refuse(fmt::format("a cron expression has 5 fields, and this has {}", words.size()), 0, text.size());
  std::array<std::bitset<60>, kFields.size()> values;
  for (size_t i = 0; i < kFields.size(); ++i) {
    std::string message;
    if (!FieldParser(kFields[i], words[i].second).parse(values[i], message))
      return refuse(std::move(message), words[i].first, words[i].first + words[i].second.size());
  }
  Cron cron;
  copy(values[0], cron.minutes_);
  copy(values[1], cron.hours_);
  copy(values[2], cron.days_);
  copy(values[3], cron.months_);
  copy(values[4], cron.weekdays_);
  cron.any_day_ = words[2].second.starts_with('*');
  cron.any_weekday_ = words[4].second.starts_with('*');
  cron.frequent_ = words[0].second.starts_with('*') || words[1].second.starts_with('*');
  return cron;
}

bool Cron::on_day(int64_t local_midnight) const {
  const CivilTime day = civil_time(local_midnight * kTicksPerSecond);
  if (!months_[static_cast<size_t>(day.month)]) return false;
  const bool by_day = days_[static_cast<size_t>(day.day)];
  const bool by_weekday = weekdays_[static_cast<size_t>(day.weekday)];
  return any_day_ || any_weekday_ ? by_day && by_weekday : by_day || by_weekday;
}

void Cron::add_day(int64_t local_midnight, const TimeZone& zone, std::vector<int64_t>& runs) const {
  for (int64_t minute = 0; minute < 24 * 60; ++minute) {
    if (!hours_[static_cast<size_t>(minute / 60)] || !minutes_[static_cast<size_t>(minute % 60)]) continue;
    std::vector<int64_t> instants = zone.instants(local_midnight + minute * 60);
    if (instants.empty() && !frequent_) instants = {zone.end_of_gap(local_midnight + minute * 60)};
    if (instants.size() > 1 && !frequent_) instants.resize(1);
    runs.insert(runs.end(), instants.begin(), instants.end());
  }
}

std::vector<int64_t> Cron::runs(int64_t from, int64_t until, const TimeZone& zone, size_t most) const {
  std::vector<int64_t> runs;
  const int64_t local = zone.local(from);
  // From the day before on, as in next(), and to the day behind: some zone's days may begin before those of UTC.
  int64_t day = local - (local % kDay + kDay) % kDay - kDay;
  for (const int64_t last = zone.local(until) + kDay; day <= last && runs.size() < most; day += kDay) {
    if (!on_day(day)) continue;
    std::vector<int64_t> of_day;
    add_day(day, zone, of_day);
    std::copy_if(of_day.begin(), of_day.end(), std::back_inserter(runs),
                 [&](int64_t run) { return run >= from && run < until; });
    std::sort(runs.begin(), runs.end());
    runs.erase(std::unique(runs.begin(), runs.end()), runs.end());
  }
  if (runs.size() > most) runs.resize(most);
  return runs;
}

std::optional<int64_t> Cron::next(int64_t after, const TimeZone& zone) const {
  constexpr int64_t kMostDays = 8 * 366;
  // From the day before on: its last runs may be put off into this one.
  const int64_t local = zone.local(after);
  const int64_t today = local - (local % kDay + kDay) % kDay;
  for (int64_t day = today - kDay; day <= today + kMostDays * kDay; day += kDay) {
    if (!on_day(day)) continue;
    std::vector<int64_t> runs;
    add_day(day, zone, runs);
    std::optional<int64_t> first;
    for (const int64_t run : runs) {
      if (run > after && (!first || run < *first)) first = run;
    }
    if (first) return first;
  }
  return std::nullopt;
}

}  // namespace hecate::schedule
