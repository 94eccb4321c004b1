#pragma once

#include <optional>

#include "ingest/json_tree.h"
#include "ingest/record.h"

namespace hecate::ingest {

/// What Splunk's HTTP Event Collector puts around an event.
struct HecEnvelope {
  JsonTree::Index event = 0;
  std::optional<JsonTree::Index> fields;  // an object
  Envelope metadata;
};

/// Recognises an envelope: an object that has "event" and no keys but HEC's own (time, host, source,
/// sourcetype, index, event, fields), whose time, if any, is epoch seconds as a number or as text and whose
/// fields, if any, are an object. Anything else is an event by itself. Where a key comes twice the first counts.
[[nodiscard]] std::optional<HecEnvelope> find_envelope(const JsonTree& tree);

}  // namespace hecate::ingest
