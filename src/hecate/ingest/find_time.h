#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace hecate::ingest {

/// The first date with a time of day in the first 128 characters of a text (props.conf, MAX_TIMESTAMP_LOOKAHEAD):
///   2024-05-14T17:36:21.859+02:00   2024/05/14 17:36:21   05/14/2024 17:36:21 [AM|PM]   14/May/2024:17:36:21 +0200
///   May 14, 2024 17:36:21           14 May 2024 17:36:21
/// Of two small numbers the month is the first, as in Splunk; a time without a zone is UTC. Stamps without a year are
/// those of syslog.h.
[[nodiscard]] std::optional<Ticks> find_time(std::string_view text);

}  // namespace hecate::ingest
