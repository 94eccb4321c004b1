#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "base/time.h"
#include "exec/functions/kql_support.h"

namespace hecate::kql_support {
namespace {

/// Times far outside of Kusto's years 1..9999 come from hostile input only; they have no parts.
bool is_far(const Value& value) {
  constexpr Ticks kFarthest = 3'200'000'000'000'000'000;
  const bool counts = !value.is_null() && !value.is_text() && value.kind() != Kind::Real;
  return counts && (value.as_ticks() > kFarthest || value.as_ticks() < -kFarthest);
}
template <Evaluate function>
Value guarded(Arguments a, EvalContext& c) {
  return std::any_of(a.begin(), a.end(), is_far) ? Value::null() : function(a, c);
}

Value shifted(Ticks base, Ticks offset, bool back) {
  Ticks result = 0;
  const bool overflow =
      back ? __builtin_sub_overflow(base, offset, &result) : __builtin_add_overflow(base, offset, &result);
  return overflow ? Value::null() : Value::datetime(result);
}

Value now(Arguments a, EvalContext& c) {
  if (!c.run.now) return Value::undecided();
  return shifted(*c.run.now, a.empty() ? 0 : a[0].as_ticks(), false);
}
Value ago(Arguments a, EvalContext& c) {
  if (a.size() > 1) return shifted(a[1].as_ticks(), a[0].as_ticks(), true);
  if (!c.run.now) return Value::undecided();
  return shifted(*c.run.now, a[0].as_ticks(), true);
}

enum class Part : uint8_t {
  Year,
  Quarter,
  Month,
  Week,
  Day,
  Hour,
  Minute,
  Second,
  Millisecond,
  Microsecond,
  Nanosecond,
  None
};

Part part_of(std::string_view name) {
  static constexpr std::pair<std::string_view, Part> kParts[] = {{"year", Part::Year},
                                                                 {"quarter", Part::Quarter},
                                                                 {"month", Part::Month},
                                                                 {"week", Part::Week},
                                                                 {"day", Part::Day},
                                                                 {"hour", Part::Hour},
                                                                 {"minute", Part::Minute},
                                                                 {"second", Part::Second},
                                                                 {"millisecond", Part::Millisecond},
                                                                 {"microsecond", Part::Microsecond},
                                                                 {"nanosecond", Part::Nanosecond}};
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char ch) { return ch >= 'A' && ch <= 'Z' ? static_cast<char>(ch + 32) : ch; });
  for (const auto& [spelt, part] : kParts) {
    if (spelt == lower) return part;
  }
  return Part::None;
}

constexpr int64_t kFarYears = 20'000;
// In days or weeks it stays within the ticks of an int64.
constexpr int64_t kFarthestOffset = 500'000;

int64_t floor_div(int64_t a, int64_t b) { return a / b - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0); }

/// The first tick of the period that lies `offset` periods after that of `ticks`.
Value start_of(Part part, Ticks ticks, int64_t offset) {
  if (is_far(Value::datetime(ticks)) || offset > kFarthestOffset || offset < -kFarthestOffset) return Value::null();
  const CivilTime t = civil_time(ticks);
  const Ticks midnight = ticks_from_civil(t.year, t.month, t.day, 0, 0, 0);
  switch (part) {
    case Part::Day: return Value::datetime(midnight + offset * kTicksPerDay);
    case Part::Week: return Value::datetime(midnight + (7 * offset - t.weekday) * kTicksPerDay);
    case Part::Month: {
      const int64_t months = t.year * 12 + t.month - 1 + offset;
      const int64_t year = floor_div(months, 12);
      if (year < -9999 || year > 9999) return Value::null();
      return Value::datetime(ticks_from_civil(year, static_cast<int>(months - year * 12) + 1, 1, 0, 0, 0));
    }
    default:
      if (t.year + offset < -9999 || t.year + offset > 9999) return Value::null();
      return Value::datetime(ticks_from_civil(t.year + offset, 1, 1, 0, 0, 0));
  }
}

template <Part part>
Value start(Arguments a, EvalContext&) {
  return start_of(part, a[0].as_ticks(), a.size() > 1 ? a[1].as_integer() : 0);
}
/// One tick before the next period (endofday-function shows …23:59:59.9999999).
template <Part part>
Value end(Arguments a, EvalContext&) {
  const int64_t offset = a.size() > 1 ? a[1].as_integer() : 0;
  if (offset >= kFarthestOffset) return Value::null();
  const Value next = start_of(part, a[0].as_ticks(), offset + 1);
  return next.is_null() ? next : Value::datetime(next.as_ticks() - 1);
}

Ticks unit_of(Part part) {
  switch (part) {
    case Part::Week: return 7 * kTicksPerDay;
    case Part::Day: return kTicksPerDay;
    case Part::Hour: return 3600 * kTicksPerSecond;
    case Part::Minute: return 60 * kTicksPerSecond;
    case Part::Second: return kTicksPerSecond;
    case Part::Millisecond: return kTicksPerSecond / 1000;
    case Part::Microsecond: return 10;
    default: return 1;
  }
}

/// datetime-diff-function: boundaries crossed from the second to the first.
Value diff(Arguments a, EvalContext& c) {
  const Part part = part_of(text_of(a[0], c));
  const CivilTime x = civil_time(a[1].as_ticks());
  const CivilTime y = civil_time(a[2].as_ticks());
  switch (part) {
    case Part::None: return Value::null();
    case Part::Year: return Value::integer(x.year - y.year);
    case Part::Quarter: return Value::integer((x.year - y.year) * 4 + (x.month - 1) / 3 - (y.month - 1) / 3);
    case Part::Month: return Value::integer((x.year - y.year) * 12 + x.month - y.month);
    case Part::Nanosecond: {
      int64_t nanoseconds = 0;
      const bool overflow = __builtin_mul_overflow(a[1].as_ticks() - a[2].as_ticks(), int64_t{100}, &nanoseconds);
      return overflow ? Value::null() : Value::integer(nanoseconds);
    }
    case Part::Week: {
      // Weeks begin on Sunday; 1970-01-01 was a Thursday.
      const Ticks shift = 4 * kTicksPerDay;
      return Value::integer(floor_div(a[1].as_ticks() + shift, unit_of(part)) -
                            floor_div(a[2].as_ticks() + shift, unit_of(part)));
    }
    default:
      return Value::integer(floor_div(a[1].as_ticks(), unit_of(part)) - floor_div(a[2].as_ticks(), unit_of(part)));
  }
}

int days_in_month(int64_t year, int month) {
  const int64_t next_year = month == 12 ? year + 1 : year;
  const int next_month = month == 12 ? 1 : month + 1;
  return static_cast<int>(
      (ticks_from_civil(next_year, next_month, 1, 0, 0, 0) - ticks_from_civil(year, month, 1, 0, 0, 0)) / kTicksPerDay);
}

Value add_part(Arguments a, EvalContext& c) {
  const Part part = part_of(text_of(a[0], c));
  const int64_t amount = a[1].as_integer();
  const Ticks ticks = a[2].as_ticks();
  if (part == Part::None) return Value::null();
  if (part > Part::Month) {
    Ticks offset = 0;
    if (part == Part::Nanosecond) return shifted(ticks, amount / 100, false);
    return __builtin_mul_overflow(amount, unit_of(part), &offset) ? Value::null() : shifted(ticks, offset, false);
  }
  if (amount > kFarYears * 12 || amount < -kFarYears * 12) return Value::null();
  const CivilTime t = civil_time(ticks);
  const int64_t months = t.year * 12 + t.month - 1 + amount * (part == Part::Year ? 12 : part == Part::Quarter ? 3 : 1);
  const int64_t year = floor_div(months, 12);
  const int month = static_cast<int>(months - year * 12) + 1;
  if (year < 1 || year > 9999) return Value::null();
  const int day = std::min(t.day, days_in_month(year, month));
  return Value::datetime(ticks_from_civil(year, month, day, t.hour, t.minute, t.second) + t.fraction);
}

/// ISO 8601: weeks begin on Monday, and belong to the year of their Thursday (week-of-year-function).
int64_t week_of_year(const CivilTime& t) {
  const int64_t monday_based = (t.weekday + 6) % 7;
  const Ticks day = ticks_from_civil(t.year, t.month, t.day, 0, 0, 0);
  return (civil_time(day + (3 - monday_based) * kTicksPerDay).day_of_year - 1) / 7 + 1;
}

Value get_part(Arguments a, EvalContext& c) {
  const CivilTime t = civil_time(a[1].as_ticks());
  const std::string_view name = text_of(a[0], c);
  switch (part_of(name)) {
    case Part::Year: return Value::integer(t.year);
    case Part::Quarter: return Value::integer((t.month - 1) / 3 + 1);
    case Part::Month: return Value::integer(t.month);
    case Part::Day: return Value::integer(t.day);
    case Part::Hour: return Value::integer(t.hour);
    case Part::Minute: return Value::integer(t.minute);
    case Part::Second: return Value::integer(t.second);
    case Part::Millisecond: return Value::integer(t.fraction / 10'000);
    case Part::Microsecond: return Value::integer(t.fraction / 10);
    case Part::Nanosecond: return Value::integer(t.fraction * 100);
    default: break;
  }
  if (equals_ignoring_case(name, "dayofyear")) return Value::integer(t.day_of_year);
  return equals_ignoring_case(name, "week_of_year") ? Value::integer(week_of_year(t)) : Value::null();
}

Value week(Arguments a, EvalContext&) { return Value::integer(week_of_year(civil_time(a[0].as_ticks()))); }
Value day_of_month(Arguments a, EvalContext&) { return Value::integer(civil_time(a[0].as_ticks()).day); }
Value day_of_week(Arguments a, EvalContext&) {
  return Value::timespan(civil_time(a[0].as_ticks()).weekday * kTicksPerDay);
}
Value day_of_year(Arguments a, EvalContext&) { return Value::integer(civil_time(a[0].as_ticks()).day_of_year); }
Value month(Arguments a, EvalContext&) { return Value::integer(civil_time(a[0].as_ticks()).month); }
Value year(Arguments a, EvalContext&) { return Value::integer(civil_time(a[0].as_ticks()).year); }
Value hour(Arguments a, EvalContext&) { return Value::integer(civil_time(a[0].as_ticks()).hour); }

/// Whole numbers exactly, others to the tick.
template <int64_t per_second>
Value from_units(Arguments a, EvalContext&) {
  constexpr bool kFine = per_second > kTicksPerSecond;
  if (a[0].kind() == Kind::Real) {
    const double ticks = a[0].as_real() * (static_cast<double>(kTicksPerSecond) / static_cast<double>(per_second));
    return std::fabs(ticks) < 9.2e18 ? Value::datetime(std::llround(ticks)) : Value::null();
  }
  if (kFine) return Value::datetime(floor_div(a[0].as_integer(), std::max<int64_t>(per_second / kTicksPerSecond, 1)));
  Ticks ticks = 0;
  const bool overflow =
      __builtin_mul_overflow(a[0].as_integer(), std::max<int64_t>(kTicksPerSecond / per_second, 1), &ticks);
  return overflow ? Value::null() : Value::datetime(ticks);
}

Value make(Arguments a, EvalContext& c) {
  if (a.size() == 1) {
    const Value value = unwrap(a[0], c);
    if (value.kind() == Kind::Datetime) return value;
    const auto ticks = value.kind() == Kind::String ? to_datetime(value.as_text()) : std::nullopt;
    return ticks ? Value::datetime(*ticks) : Value::null();
  }
  int64_t parts[5] = {1, 1, 1, 0, 0};
  for (size_t i = 0; i < std::min<size_t>(a.size(), 5); ++i) {
    const Value value = unwrap(a[i], c);
    if (value.is_null() || value.is_text() || !(std::fabs(value.as_real()) < 1e9)) return Value::null();
    parts[i] = static_cast<int64_t>(value.as_real());
  }
  const double seconds = a.size() > 5 ? a[5].as_real() : 0;
  const bool sound = parts[0] >= 1 && parts[0] <= 9999 && parts[1] >= 1 && parts[1] <= 12 && parts[2] >= 1 &&
                     parts[3] >= 0 && parts[3] < 24 && parts[4] >= 0 && parts[4] < 60 && seconds >= 0 && seconds < 60;
  if (!sound || parts[2] > days_in_month(parts[0], static_cast<int>(parts[1]))) return Value::null();
  const Ticks base = ticks_from_civil(parts[0], static_cast<int>(parts[1]), static_cast<int>(parts[2]),
                                      static_cast<int>(parts[3]), static_cast<int>(parts[4]), 0);
  return Value::datetime(base + std::llround(seconds * static_cast<double>(kTicksPerSecond)));
}

/// format-datetime-function: y M d h H m s f F t by their number; everything else stays.
std::string format_run(char letter, size_t count, const CivilTime& t) {
  const int hour12 = t.hour % 12 == 0 ? 12 : t.hour % 12;
  const size_t two = std::min<size_t>(count, 2);
  switch (letter) {
    case 'y': return count <= 2 ? fmt::format("{:0{}}", t.year % 100, count) : fmt::format("{:04}", t.year);
    case 'M': return fmt::format("{:0{}}", t.month, two);
    case 'd': return fmt::format("{:0{}}", t.day, two);
    case 'H': return fmt::format("{:0{}}", t.hour, two);
    case 'h': return fmt::format("{:0{}}", hour12, two);
    case 'm': return fmt::format("{:0{}}", t.minute, two);
    case 's': return fmt::format("{:0{}}", t.second, two);
    case 't': return t.hour < 12 ? "AM" : "PM";
    default: {
      std::string digits = fmt::format("{:07}", t.fraction).substr(0, std::min<size_t>(count, 7));
      if (letter == 'F') digits.erase(digits.find_last_not_of('0') + 1);
      return digits;
    }
  }
}
Value format(Arguments a, EvalContext& c) {
  if (a[0].is_null() || is_far(a[0])) return Value::string("");
  const CivilTime t = civil_time(a[0].as_ticks());
  const std::string_view pattern = text_of(a[1], c);
  std::string out;
  for (size_t at = 0; at < pattern.size();) {
    const size_t end = std::min(pattern.find_first_not_of(pattern[at], at), pattern.size());
    const bool known = std::string_view("yMdHhmstfF").find(pattern[at]) != std::string_view::npos;
    out += known ? format_run(pattern[at], end - at, t) : std::string(pattern.substr(at, end - at));
    at = end;
  }
  return string_value(out, c);
}

constexpr Function kFunctions[] = {
    {"kql.now", 0, 1, false, &guarded<&now>, "The time of the run."},
    {"kql.ago", 1, 2, false, &guarded<&ago>, "A time before now."},
    {"kql.startofday", 1, 2, false, &guarded<&start<Part::Day>>, "Midnight."},
    {"kql.startofweek", 1, 2, false, &guarded<&start<Part::Week>>, "The last Sunday."},
    {"kql.startofmonth", 1, 2, false, &guarded<&start<Part::Month>>, "The first of the month."},
    {"kql.startofyear", 1, 2, false, &guarded<&start<Part::Year>>, "The first of January."},
    {"kql.endofday", 1, 2, false, &guarded<&end<Part::Day>>, "The last tick of the day."},
    {"kql.endofweek", 1, 2, false, &guarded<&end<Part::Week>>, "The last tick of the week."},
    {"kql.endofmonth", 1, 2, false, &guarded<&end<Part::Month>>, "The last tick of the month."},
    {"kql.endofyear", 1, 2, false, &guarded<&end<Part::Year>>, "The last tick of the year."},
    {"kql.datetime_diff", 3, 3, false, &guarded<&diff>, "Boundaries between two times."},
    {"kql.datetime_add", 3, 3, false, &guarded<&add_part>, "Adds parts of a date."},
    {"kql.datetime_part", 2, 2, false, &guarded<&get_part>, "A part of a time."},
    {"kql.dayofmonth", 1, 1, false, &guarded<&day_of_month>, "1 to 31."},
    {"kql.dayofweek", 1, 1, false, &guarded<&day_of_week>, "Days since Sunday, as a timespan."},
    {"kql.dayofyear", 1, 1, false, &guarded<&day_of_year>, "1 to 366."},
    {"kql.getmonth", 1, 1, false, &guarded<&month>, "1 to 12."},
    {"kql.getyear", 1, 1, false, &guarded<&year>, "The year."},
    {"kql.hourofday", 1, 1, false, &guarded<&hour>, "0 to 23."},
    {"kql.unixtime_microseconds_todatetime", 1, 1, false, &from_units<1'000'000>, "From microseconds since 1970."},
    {"kql.unixtime_milliseconds_todatetime", 1, 1, false, &from_units<1'000>, "From milliseconds since 1970."},
    {"kql.unixtime_nanoseconds_todatetime", 1, 1, false, &from_units<1'000'000'000>, "From nanoseconds since 1970."},
    {"kql.unixtime_seconds_todatetime", 1, 1, false, &from_units<1>, "From seconds since 1970."},
    {"kql.week_of_year", 1, 1, false, &guarded<&week>, "The week of the year, by ISO 8601."},
    {"kql.make_datetime", 1, 6, false, &make, "A time from its parts."},
    {"kql.format_datetime", 2, 2, true, &format, "A time by a pattern."},
};

}  // namespace

std::span<const Function> time_functions() { return kFunctions; }

}  // namespace hecate::kql_support
