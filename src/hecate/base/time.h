#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hecate {

/// Time in Hecate: ticks of 100 ns since 1970-01-01T00:00:00Z, the resolution of Kusto. int64 reaches
/// far beyond Kusto's years 1..9999.
using Ticks = int64_t;
constexpr Ticks kTicksPerSecond = 10'000'000;
constexpr Ticks kTicksPerDay = kTicksPerSecond * 86'400;

/// Reads an ISO 8601 / RFC 3339 time: `2022-08-09T10:42:47.749450000Z`, a blank or `T` in the middle, any
/// number of fraction digits (those beyond 100 ns are cut), offset `Z`, `+02:00`, `+0200` or none (UTC).
/// A date alone is midnight. Nothing may follow.
[[nodiscard]] std::optional<Ticks> parse_iso_time(std::string_view text);

/// Seconds since the epoch as text, with or without a fraction ("1755204167.459945").
[[nodiscard]] std::optional<Ticks> parse_epoch_time(std::string_view text);
[[nodiscard]] std::optional<Ticks> ticks_from_epoch_seconds(double seconds);
[[nodiscard]] double epoch_seconds(Ticks ticks);

/// `2022-08-09T10:42:47.7494500Z` as RFC 3339 in UTC; the fraction is left out where it is zero, and
/// trailing zeros are cut.
[[nodiscard]] std::string format_rfc3339(Ticks ticks);

/// What the machine's clock says.
[[nodiscard]] Ticks clock_time();

struct CivilTime {
  int64_t year;
  int month, day, hour, minute, second;
  int weekday;       // 0 = Sunday
  int day_of_year;   // 1..366
  int64_t fraction;  // ticks within the second
};
[[nodiscard]] CivilTime civil_time(Ticks ticks);
/// Out-of-range parts are the caller's to refuse; year -9999..9999.
[[nodiscard]] Ticks ticks_from_civil(int64_t year, int month, int day, int hour, int minute, int second);

}  // namespace hecate
