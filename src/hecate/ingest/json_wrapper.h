#pragma once

#include <cstddef>
#include <string_view>

#include "ingest/window.h"

namespace hecate::ingest {

/// How much of the window opens an object that is but a wrapper of records, up to and with the `[` of their array; 0
/// where what stands there is an object of its own. Wrappers are:
///   {"Records": [{…            CloudTrail's files, S3's notifications
///   {"records": [{…            Azure's resource logs, Event Hubs
///   {"@odata.…": "…", "value": [{…    Microsoft Graph
///   {"kind": "EventList", …, "items": [{…    Kubernetes' audit webhook
[[nodiscard]] size_t wrapper_opening(Window& window);

/// Keys under which a wrapper has its records: CloudTrail's and Azure's stand first, the others behind what tells them.
[[nodiscard]] constexpr bool is_first_records_key(std::string_view key) { return key == "Records" || key == "records"; }
inline constexpr std::string_view kODataRecordsKey = "value";
inline constexpr std::string_view kListRecordsKey = "items";
/// What may open a wrapper; only the rest of the object tells whether it does.
[[nodiscard]] constexpr bool is_records_key(std::string_view key) {
  return is_first_records_key(key) || key == kODataRecordsKey || key == kListRecordsKey;
}

}  // namespace hecate::ingest
