#pragma once

#include <cstddef>
#include <string_view>

#include "ingest/window.h"

namespace hecate::ingest {

/// What opens an object that is but a wrapper of records.
struct WrapperOpening {
  size_t size = 0;   // up to and with the `[` of the records' array; 0 where what stands there is an object of its own
  size_t depth = 1;  // how many objects are open around the array
};

/// Wrappers are:
///   {"Records": [{…            CloudTrail's files, S3's notifications
///   {"records": [{…            Azure's resource logs, Event Hubs
///   {"@odata.…": "…", "value": [{…    Microsoft Graph
///   {"kind": "EventList", …, "items": [{…    Kubernetes' audit webhook
///   {"took": 5, …, "hits": {…, "hits": [{…    answers of Elasticsearch and OpenSearch
///   {"preview": false, …, "results": [{…    answers of Splunk
[[nodiscard]] WrapperOpening wrapper_opening(Window& window);

/// Keys under which a wrapper has its records: CloudTrail's and Azure's stand first, the others behind what tells them.
[[nodiscard]] constexpr bool is_first_records_key(std::string_view key) { return key == "Records" || key == "records"; }
inline constexpr std::string_view kODataRecordsKey = "value";
inline constexpr std::string_view kListRecordsKey = "items";
inline constexpr std::string_view kSplunkRecordsKey = "results";
/// In an object of the same name.
inline constexpr std::string_view kHitsKey = "hits";
/// What may open a wrapper; only the rest of the object tells whether it does.
[[nodiscard]] constexpr bool is_records_key(std::string_view key) {
  return is_first_records_key(key) || key == kODataRecordsKey || key == kListRecordsKey || key == kSplunkRecordsKey;
}

}  // namespace hecate::ingest
