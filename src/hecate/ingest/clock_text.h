#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace hecate::ingest {

/// 1 to 12 for an English month's first three letters, or 0.
[[nodiscard]] int month_number(std::string_view name);
/// A whole number of one to `most_digits` digits and nothing else.
[[nodiscard]] std::optional<int> read_digits(std::string_view text, size_t most_digits);
/// `22:14:15` with an optional fraction of a second, as ticks since midnight.
[[nodiscard]] std::optional<Ticks> read_clock(std::string_view text);
/// `+0100`, `-05:00`, `Z`, `UTC` or `GMT`, as ticks east of Greenwich.
[[nodiscard]] std::optional<Ticks> read_zone(std::string_view text);

/// A count of milliseconds since 1970 of thirteen digits.
[[nodiscard]] std::optional<Ticks> parse_epoch_milliseconds(std::string_view text);
/// `Jan 02 2024 03:04:05[.123][ UTC|+0100]`, as CEF writes times. Zones by other names are not known.
[[nodiscard]] std::optional<Ticks> parse_month_first_time(std::string_view text);
/// `10/Oct/2000:13:55:36 -0700`, as web servers do.
[[nodiscard]] std::optional<Ticks> parse_access_time(std::string_view text);

}  // namespace hecate::ingest
