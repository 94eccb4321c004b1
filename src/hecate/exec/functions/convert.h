#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace hecate {

/// A time as logs write it: ISO 8601, or a count since the epoch. The magnitude of a whole count tells
/// its unit (seconds below 1e11, then milliseconds, microseconds, nanoseconds), so that every unit covers
/// the years 1973 to 5138; a count with a fraction is in seconds. An audit id (`1364481363.243:24287`) is its time.
[[nodiscard]] std::optional<Ticks> time_of_text(std::string_view text);

}  // namespace hecate
