#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace hecate::engine {

/// A span of time that a run looks at: from `from` on, until before `until`; a bound that is not there is open.
struct Window {
  std::optional<Ticks> from, until;
  [[nodiscard]] bool open() const { return !from && !until; }
  /// What has no time is in every window.
  [[nodiscard]] bool holds(std::optional<Ticks> time) const {
    return !time || ((!from || *time >= *from) && (!until || *time < *until));
  }
  /// What is in both.
  [[nodiscard]] Window within(const Window& other) const {
    Window both = other;
    if (from) both.from = both.from ? std::max(*from, *both.from) : from;
    if (until) both.until = both.until ? std::min(*until, *both.until) : until;
    return both;
  }
};

/// A time as a user or a schedule writes it: RFC 3339 (without an offset: UTC), seconds since 1970, `now`, Splunk's
/// relative times (`-24h@h`, `@d`) and its `10/27/2026:00:00:00`, by the clocks of `timezone`. Nothing where it is
/// none, or where it counts from `now` and that is not given.
[[nodiscard]] std::optional<Ticks> read_time(std::string_view text, std::optional<Ticks> now,
                                             const std::string& timezone);
/// Whether such a text counts from now.
[[nodiscard]] bool counts_from_now(std::string_view text);

}  // namespace hecate::engine
