#pragma once

#include <optional>
#include <string_view>

#include "ingest/json_tree.h"
#include "ingest/record.h"

namespace hecate::ingest {

/// One event as a search engine exports it, with its own members around it.
struct ExportedEvent {
  JsonTree::Index event = 0;           // an object: the event, or Splunk's row of it
  std::optional<JsonTree::Index> raw;  // Splunk's row: the event as it was indexed
  Envelope metadata;                   // what Splunk's row says of it
};

/// Recognises, of a document that is an object,
///   {"_index": …, "_source": {…}}            a hit of Elasticsearch or OpenSearch
///   {"preview": false, …, "result": {…}}     a line that Splunk exports
///   {"_raw": "…", "sourcetype": …, …}        a row of Splunk's, alone or as the result of such a line
[[nodiscard]] std::optional<ExportedEvent> find_exported(const JsonTree& tree);

/// Keys at the top without which an object is none of these.
inline constexpr std::string_view kSourceKey = "_source";
inline constexpr std::string_view kPreviewKey = "preview";
inline constexpr std::string_view kRawKey = "_raw";
[[nodiscard]] constexpr bool is_export_key(std::string_view key) {
  return key == kSourceKey || key == kPreviewKey || key == kRawKey;
}

}  // namespace hecate::ingest
