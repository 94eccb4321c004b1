#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdlib>

#include "base/text.h"
#include "base/time.h"
#include "lang/kql/lexer.h"

namespace hecate::kql {
namespace {

struct Unit {
  std::string_view name;
  double ticks;
};
// https://learn.microsoft.com/kusto/query/scalar-data-types/timespan, and the long forms of the grammar.
constexpr std::array kUnits = {
    Unit{"d", 864e9},     Unit{"day", 864e9},    Unit{"days", 864e9},      Unit{"h", 36e9},
    Unit{"hr", 36e9},     Unit{"hrs", 36e9},     Unit{"hour", 36e9},       Unit{"hours", 36e9},
    Unit{"m", 6e8},       Unit{"min", 6e8},      Unit{"minute", 6e8},      Unit{"minutes", 6e8},
    Unit{"s", 1e7},       Unit{"sec", 1e7},      Unit{"second", 1e7},      Unit{"seconds", 1e7},
    Unit{"ms", 1e4},      Unit{"milli", 1e4},    Unit{"millis", 1e4},      Unit{"millisec", 1e4},
    Unit{"microsec", 10}, Unit{"nanosec", 0.01}, Unit{"millisecond", 1e4}, Unit{"milliseconds", 1e4},
    Unit{"micro", 10},    Unit{"micros", 10},    Unit{"microsecond", 10},  Unit{"microseconds", 10},
    Unit{"nano", 0.01},   Unit{"nanos", 0.01},   Unit{"nanosecond", 0.01}, Unit{"nanoseconds", 0.01},
    Unit{"tick", 1},      Unit{"ticks", 1}};

/// Reads digits, at most `limit` of them.
std::optional<int64_t> digits(std::string_view text, size_t& at, size_t limit) {
  const size_t begin = at;
  int64_t value = 0;
  for (; at < text.size() && is_ascii_digit(text[at]) && at - begin < limit; ++at)
    value = value * 10 + (text[at] - '0');
  if (at == begin) return std::nullopt;
  return value;
}

/// `[d.]hh:mm[:ss[.fffffff]]`
std::optional<Ticks> parse_clock(std::string_view text) {
  size_t at = 0;
  int64_t days = 0;
  const auto first = digits(text, at, 8);
  if (!first) return std::nullopt;
  int64_t hours = *first;
  if (at < text.size() && text[at] == '.') {
    days = hours;
    const auto read = digits(text, ++at, 2);
    if (!read) return std::nullopt;
    hours = *read;
  }
  if (at >= text.size() || text[at] != ':') return std::nullopt;
  const auto minutes = digits(text, ++at, 2);
  if (!minutes || *minutes > 59 || hours > 23) return std::nullopt;
  int64_t seconds = 0;
  Ticks fraction = 0;
  if (at < text.size() && text[at] == ':') {
    const auto read = digits(text, ++at, 2);
    if (!read || *read > 59) return std::nullopt;
    seconds = *read;
    if (at < text.size() && text[at] == '.') {
      Ticks unit = kTicksPerSecond / 10;
      for (++at; at < text.size() && is_ascii_digit(text[at]); ++at, unit /= 10) fraction += (text[at] - '0') * unit;
    }
  }
  if (at != text.size()) return std::nullopt;
  return days * kTicksPerDay + (hours * 3600 + *minutes * 60 + seconds) * kTicksPerSecond + fraction;
}

std::optional<Ticks> scaled(double number, double ticks) {
  const double product = number * ticks;
  if (!(std::fabs(product) < 9.2e18)) return std::nullopt;
  return static_cast<Ticks>(std::llround(product));
}

}  // namespace

std::optional<Ticks> parse_timespan(std::string_view text) {
  text = trim(text);
  if (!text.empty() && text.front() == '-') {
    const auto positive = parse_timespan(text.substr(1));
    return positive ? std::optional(-*positive) : std::nullopt;
  }
  if (text.find(':') != std::string_view::npos) return parse_clock(text);
  size_t at = 0;
  while (at < text.size() && (is_ascii_digit(text[at]) || text[at] == '.')) ++at;
  if (at == 0 || at > 40) return std::nullopt;
  const std::string number(text.substr(0, at));
  char* end = nullptr;
  const double value = std::strtod(number.c_str(), &end);
  if (end != number.c_str() + number.size()) return std::nullopt;
  const std::string_view name = trim(text.substr(at));
  if (name.empty()) return scaled(value, 864e9);  // `timespan(2)` is two days (scalar-data-types/timespan)
  for (const Unit& unit : kUnits) {
    if (unit.name == name) return scaled(value, unit.ticks);
  }
  return std::nullopt;
}

std::optional<Ticks> parse_datetime(std::string_view text) {
  text = trim(text);
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front()) {
    text = text.substr(1, text.size() - 2);
  }
  if (const auto iso = parse_iso_time(text)) return iso;
  size_t at = 0;
  const auto first = digits(text, at, 4);
  if (!first) return std::nullopt;
  if (at == 4 && at == text.size()) return ticks_from_civil(*first, 1, 1, 0, 0, 0);
  if (at == 4 && text.size() == 7 && text[4] == '-') {
    return parse_iso_time(std::string(text) + "-01");
  }
  if (at > 2 || at >= text.size() || text[at] != '/') return std::nullopt;
  const auto day = digits(text, ++at, 2);
  if (!day || at >= text.size() || text[at] != '/') return std::nullopt;
  const auto year = digits(text, ++at, 4);
  if (!year) return std::nullopt;
  const std::string iso = fmt::format("{:04}-{:02}-{:02}{}", *year, *first, *day, text.substr(at));
  return parse_iso_time(iso);
}

}  // namespace hecate::kql
