#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "ingest/json_tree.h"
#include "ingest/record.h"

namespace hecate::ingest {

/// What Splunk's HTTP Event Collector puts around an event.
struct HecEnvelope {
  JsonTree::Index event = 0;
  std::optional<JsonTree::Index> fields;  // an object
  Envelope metadata;
};

/// The keys of an envelope.
[[nodiscard]] constexpr bool is_hec_key(std::string_view key) {
  constexpr std::array<std::string_view, 7> kKeys{"time", "host", "source", "sourcetype", "index", "event", "fields"};
  return std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end();
}

/// Recognises an envelope: an object that has "event" and no keys but HEC's own, whose time, if any, is epoch seconds
/// as a number or as text and whose fields, if any, are an object. Anything else is an event by itself. Where a key
/// comes twice the first counts.
[[nodiscard]] std::optional<HecEnvelope> find_envelope(const JsonTree& tree);

}  // namespace hecate::ingest
