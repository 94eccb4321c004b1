#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hecate::content {

/// Seconds of a span of time as Sentinel's and Defender's rules write it: `5m`, `14d`; ISO 8601, `PT5M`, `P1DT12H`,
/// `P2W`; .NET, `1.00:30:00`; and `0`, `24H`.
[[nodiscard]] std::optional<int64_t> parse_duration(std::string_view text);
/// The shortest of `14d`, `5h`, `90m`, `45s` that says the same.
[[nodiscard]] std::string duration_text(int64_t seconds);

}  // namespace hecate::content
