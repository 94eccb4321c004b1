#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "base/time.h"
#include "exec/functions/kql_support.h"
#include "schedule/time_zone.h"

// Timespans and sizes as texts, local times, parts of timespans.
namespace hecate::kql_support {
namespace {

std::string timespan_run(char letter, size_t count, int64_t ticks) {
  const int64_t second = ticks / kTicksPerSecond;
  const size_t two = std::min<size_t>(count, 2);
  switch (letter) {
    case 'd': return fmt::format("{:0{}}", ticks / kTicksPerDay, std::min<size_t>(count, 8));
    case 'h':
    case 'H': return fmt::format("{:0{}}", second / 3600 % 24, two);
    case 'm': return fmt::format("{:0{}}", second / 60 % 60, two);
    case 's': return fmt::format("{:0{}}", second % 60, two);
    default: {
      std::string digits = fmt::format("{:07}", ticks % kTicksPerSecond).substr(0, std::min<size_t>(count, 7));
      if (letter == 'F') digits.erase(digits.find_last_not_of('0') + 1);
      return digits;
    }
  }
}
/// format-timespan-function: runs of d h H m s f F by their length; the sign is not shown.
Value format_timespan(Arguments a, EvalContext& c) {
  constexpr int64_t kFarthest = 9'000'000'000'000'000'000;
  if (a[0].is_null() || a[0].as_ticks() > kFarthest || a[0].as_ticks() < -kFarthest) return Value::string("");
  const int64_t ticks = std::abs(a[0].as_ticks());
  const std::string_view pattern = text_of(a[1], c);
  std::string out;
  for (size_t at = 0; at < pattern.size();) {
    const size_t end = std::min(pattern.find_first_not_of(pattern[at], at), pattern.size());
    const bool known = std::string_view("dhHmsfF").find(pattern[at]) != std::string_view::npos;
    out += known ? timespan_run(pattern[at], end - at, ticks) : std::string(pattern.substr(at, end - at));
    at = end;
  }
  return string_value(out, c);
}

/// format-bytes-function: the unit that leaves a number below 1024, or the given one; trailing zeros are cut.
Value format_bytes(Arguments a, EvalContext& c) {
  constexpr std::string_view kUnits[] = {"Bytes", "KB", "MB", "GB", "TB", "PB", "EB"};
  if (a[0].is_null()) return Value::string("");
  double value = a[0].as_real();
  const int64_t precision = a.size() > 1 && !a[1].is_null() ? std::clamp<int64_t>(a[1].as_integer(), 0, 15) : 0;
  const std::string_view wanted = a.size() > 2 ? text_of(a[2], c) : std::string_view();
  size_t unit = 0;
  if (wanted.empty()) {
    for (; std::fabs(value) >= 1024 && unit < 6; ++unit) value /= 1024;
  } else {
    while (unit < 7 && !equals_ignoring_case(kUnits[unit], wanted)) ++unit;
    if (unit == 7) return Value::string("");
    value /= std::pow(1024.0, static_cast<double>(unit));
  }
  if (!std::isfinite(value)) return Value::string("");
  std::string digits = fmt::format("{:.{}f}", value, precision);
  if (digits.find('.') != std::string::npos) {
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.ends_with('.')) digits.pop_back();
  }
  return string_value(fmt::format("{} {}", digits, kUnits[unit]), c);
}

/// (hours, minutes[, seconds]), (days, hours, minutes, seconds), or a text (make-timespan-function).
Value make_timespan(Arguments a, EvalContext& c) {
  if (a.size() == 1) {
    const Value value = unwrap(a[0], c);
    if (value.kind() == Kind::Timespan) return value;
    const auto ticks = value.kind() == Kind::String ? to_timespan(value.as_text()) : std::nullopt;
    return ticks ? Value::timespan(*ticks) : Value::null();
  }
  const Value zero = Value::integer(0);
  const bool days = a.size() == 4;
  const Value parts[4] = {days ? a[0] : zero, days ? a[1] : a[0], days ? a[2] : a[1],
                          days            ? a[3]
                          : a.size() == 3 ? a[2]
                                          : zero};
  constexpr double kMost[4] = {10'675'199, 24, 60, 60};
  constexpr double kUnit[4] = {864e9, 36e9, 6e8, 1e7};
  int64_t ticks = 0;
  for (size_t i = 0; i < 4; ++i) {
    const double part = parts[i].as_real();
    if (!(part >= 0) || part >= kMost[i]) return Value::null();
    ticks += std::llround(part * kUnit[i]);
  }
  return Value::timespan(ticks);
}

/// The zone of a name, by the machine's time zone database; Windows' names of the commonest zones.
std::optional<schedule::TimeZone> zone_of(std::string_view name) {
  static constexpr std::pair<std::string_view, std::string_view> kWindows[] = {
      {"Central Europe Standard Time", "Europe/Budapest"},
      {"Central European Standard Time", "Europe/Warsaw"},
      {"Central Standard Time", "America/Chicago"},
      {"China Standard Time", "Asia/Shanghai"},
      {"E. Europe Standard Time", "Europe/Chisinau"},
      {"Eastern Standard Time", "America/New_York"},
      {"GMT Standard Time", "Europe/London"},
      {"Greenwich Standard Time", "Atlantic/Reykjavik"},
      {"India Standard Time", "Asia/Kolkata"},
      {"Israel Standard Time", "Asia/Jerusalem"},
      {"Mountain Standard Time", "America/Denver"},
      {"Pacific Standard Time", "America/Los_Angeles"},
      {"Romance Standard Time", "Europe/Paris"},
      {"Singapore Standard Time", "Asia/Singapore"},
      {"Tokyo Standard Time", "Asia/Tokyo"},
      {"W. Europe Standard Time", "Europe/Berlin"}};
  for (const auto& [windows, iana] : kWindows) {
    if (windows == name) return schedule::TimeZone::find(iana);
  }
  return schedule::TimeZone::find(name);
}
/// Reading a zone is reading a file; a query names few.
const schedule::TimeZone* zone(std::string_view name) {
  constexpr size_t kKept = 64;
  thread_local std::vector<std::pair<std::string, std::optional<schedule::TimeZone>>> cache;
  const auto known = std::find_if(cache.begin(), cache.end(), [&](const auto& entry) { return entry.first == name; });
  if (known != cache.end()) return known->second ? &*known->second : nullptr;
  if (cache.size() >= kKept) cache.clear();
  cache.emplace_back(name, name.size() > 64 ? std::nullopt : zone_of(name));
  return cache.back().second ? &*cache.back().second : nullptr;
}

constexpr Ticks kFarthestTime = 3'200'000'000'000'000'000;
bool is_far(const Value& value) { return value.as_ticks() > kFarthestTime || value.as_ticks() < -kFarthestTime; }
int64_t seconds_of(Ticks ticks) { return ticks / kTicksPerSecond - (ticks % kTicksPerSecond < 0 ? 1 : 0); }

Value utc_to_local(Arguments a, EvalContext& c) {
  const schedule::TimeZone* found = zone(text_of(a[1], c));
  if (found == nullptr || is_far(a[0])) return Value::null();
  return Value::datetime(a[0].as_ticks() + found->offset_at(seconds_of(a[0].as_ticks())) * kTicksPerSecond);
}
/// Of a time that clocks show twice the standard time counts, of one that they skip the moment of the change.
Value local_to_utc(Arguments a, EvalContext& c) {
  const schedule::TimeZone* found = zone(text_of(a[1], c));
  if (found == nullptr || is_far(a[0])) return Value::null();
  const int64_t local = seconds_of(a[0].as_ticks());
  const std::vector<int64_t> instants = found->instants(local);
  const int64_t instant = instants.empty() ? found->end_of_gap(local) : instants.back();
  return Value::datetime(a[0].as_ticks() + (instant - local) * kTicksPerSecond);
}

constexpr Function kFunctions[] = {
    {"kql.datetime_local_to_utc", 2, 2, false, &local_to_utc, "From a time zone's local time."},
    {"kql.datetime_utc_to_local", 2, 2, false, &utc_to_local, "To a time zone's local time."},
    {"kql.format_bytes", 1, 3, true, &format_bytes, "A number of bytes with a unit."},
    {"kql.format_timespan", 2, 2, true, &format_timespan, "A timespan by a pattern."},
    {"kql.make_timespan", 1, 4, false, &make_timespan, "A timespan from its parts."},
};

}  // namespace

std::span<const Function> format_functions() { return kFunctions; }

}  // namespace hecate::kql_support
