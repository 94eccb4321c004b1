#include "base/time.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>

#include "base/text.h"

namespace hecate {
namespace {

// Days since 1970-01-01 of a proleptic Gregorian date, and back (Howard Hinnant, "chrono-Compatible
// Low-Level Date Algorithms").
int64_t days_from_civil(int64_t year, int month, int day) {
  year -= month <= 2 ? 1 : 0;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const auto year_of_era = static_cast<int64_t>(year - era * 400);
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

int64_t floor_div(int64_t a, int64_t b) { return a / b - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0); }

int days_in_month(int64_t year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

/// A cursor over the text of a time.
struct Reader {
  std::string_view text;
  size_t at = 0;

  [[nodiscard]] bool done() const { return at == text.size(); }
  [[nodiscard]] char peek() const { return done() ? '\0' : text[at]; }
  bool accept(char c) {
    if (peek() != c) return false;
    ++at;
    return true;
  }
  /// Exactly `digits` digits.
  std::optional<int> number(int digits) {
    int value = 0;
    for (int i = 0; i < digits; ++i, ++at) {
      if (!is_ascii_digit(peek())) return std::nullopt;
      value = value * 10 + (peek() - '0');
    }
    return value;
  }
  /// The digits after a decimal point as ticks; what lies beyond 100 ns is cut.
  std::optional<Ticks> fraction() {
    if (!is_ascii_digit(peek())) return std::nullopt;
    Ticks ticks = 0;
    Ticks unit = kTicksPerSecond / 10;
    for (; is_ascii_digit(peek()); ++at, unit /= 10) ticks += (peek() - '0') * unit;
    return ticks;
  }
  /// `Z`, `+hh:mm`, `-hhmm`, `+hh` or nothing, as ticks east of UTC.
  std::optional<Ticks> offset() {
    if (done() || accept('Z') || accept('z')) return 0;
    const char sign = peek();
    if (sign != '+' && sign != '-') return std::nullopt;
    ++at;
    const auto hours = number(2);
    if (!hours || *hours > 23) return std::nullopt;
    int minutes = 0;
    if (!done()) {
      accept(':');
      const auto read = number(2);
      if (!read || *read > 59) return std::nullopt;
      minutes = *read;
    }
    const Ticks east = (*hours * 3600 + minutes * 60) * kTicksPerSecond;
    return sign == '-' ? -east : east;
  }
};

}  // namespace

Ticks ticks_from_civil(int64_t year, int month, int day, int hour, int minute, int second) {
  return (days_from_civil(year, month, day) * 86'400 + hour * 3600 + minute * 60 + second) * kTicksPerSecond;
}

Ticks clock_time() {
  using TickDuration = std::chrono::duration<Ticks, std::ratio<1, kTicksPerSecond>>;
  return std::chrono::duration_cast<TickDuration>(std::chrono::system_clock::now().time_since_epoch()).count();
}

CivilTime civil_time(Ticks ticks) {
  const int64_t days = floor_div(ticks, kTicksPerDay);
  const Ticks in_day = (ticks % kTicksPerDay + kTicksPerDay) % kTicksPerDay;  // days * kTicksPerDay may overflow
  const int64_t z = days + 719468;
  const int64_t era = floor_div(z, 146097);
  const int64_t doe = z - era * 146097;
  const int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const int64_t mp = (5 * doy + 2) / 153;
  CivilTime result{};
  result.day = static_cast<int>(doy - (153 * mp + 2) / 5 + 1);
  result.month = static_cast<int>(mp < 10 ? mp + 3 : mp - 9);
  result.year = yoe + era * 400 + (result.month <= 2 ? 1 : 0);
  const auto seconds = static_cast<int>(in_day / kTicksPerSecond);
  result.hour = seconds / 3600;
  result.minute = seconds / 60 % 60;
  result.second = seconds % 60;
  result.fraction = in_day % kTicksPerSecond;
  result.weekday = static_cast<int>(((days + 4) % 7 + 7) % 7);
  result.day_of_year = static_cast<int>(days - days_from_civil(result.year, 1, 1)) + 1;
  return result;
}

std::optional<Ticks> parse_iso_time(std::string_view text) {
  Reader in{text};
  const auto year = in.number(4);
  if (!year || !in.accept('-')) return std::nullopt;
  const auto month = in.number(2);
  if (!month || *month < 1 || *month > 12 || !in.accept('-')) return std::nullopt;
  const auto day = in.number(2);
  if (!day || *day < 1 || *day > days_in_month(*year, *month)) return std::nullopt;
  if (in.done()) return ticks_from_civil(*year, *month, *day, 0, 0, 0);
  if (!in.accept('T') && !in.accept(' ') && !in.accept('t')) return std::nullopt;
  const auto hour = in.number(2);
  if (!hour || *hour > 23 || !in.accept(':')) return std::nullopt;
  const auto minute = in.number(2);
  if (!minute || *minute > 59) return std::nullopt;
  int second = 0;
  Ticks fraction = 0;
  if (in.accept(':')) {
    const auto read = in.number(2);
    if (!read || *read > 60) return std::nullopt;  // 60: a leap second is the next minute's first
    second = *read;
    if (in.accept('.') || in.accept(',')) {
      const auto digits = in.fraction();
      if (!digits) return std::nullopt;
      fraction = *digits;
    }
  }
  const auto offset = in.offset();
  if (!offset || !in.done()) return std::nullopt;
  return ticks_from_civil(*year, *month, *day, *hour, *minute, second) + fraction - *offset;
}

std::optional<Ticks> parse_epoch_time(std::string_view text) {
  Reader in{text};
  const bool negative = in.accept('-');
  if (!is_ascii_digit(in.peek())) return std::nullopt;
  int64_t seconds = 0;
  constexpr int64_t kLargest = 900'000'000'000;  // beyond year 30000 the ticks would overflow
  for (; is_ascii_digit(in.peek()); ++in.at) {
    seconds = seconds * 10 + (in.peek() - '0');
    if (seconds > kLargest) return std::nullopt;
  }
  Ticks fraction = 0;
  if (in.accept('.')) {
    const auto digits = in.fraction();
    if (!digits) return std::nullopt;
    fraction = *digits;
  }
  if (!in.done()) return std::nullopt;
  const Ticks ticks = seconds * kTicksPerSecond + fraction;
  return negative ? -ticks : ticks;
}

std::optional<Ticks> ticks_from_epoch_seconds(double seconds) {
  if (!std::isfinite(seconds) || std::fabs(seconds) > 9e11) return std::nullopt;
  // A double of today's epoch seconds holds microseconds and no more: what lies below them is noise.
  constexpr Ticks kTicksPerMicrosecond = 10;
  const double whole = std::floor(seconds);
  return static_cast<Ticks>(whole) * kTicksPerSecond +
         static_cast<Ticks>(std::llround((seconds - whole) * 1e6)) * kTicksPerMicrosecond;
}

double epoch_seconds(Ticks ticks) {
  const int64_t whole = floor_div(ticks, kTicksPerSecond);
  const Ticks rest = (ticks % kTicksPerSecond + kTicksPerSecond) % kTicksPerSecond;
  return static_cast<double>(whole) + static_cast<double>(rest) / static_cast<double>(kTicksPerSecond);
}

std::string format_rfc3339(Ticks ticks) {
  const CivilTime t = civil_time(ticks);
  std::string out =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", t.year, t.month, t.day, t.hour, t.minute, t.second);
  if (t.fraction != 0) {
    std::string digits = fmt::format("{:07}", t.fraction);
    digits.erase(digits.find_last_not_of('0') + 1);
    out += "." + digits;
  }
  return out + "Z";
}

}  // namespace hecate
