#pragma once

#include <cstddef>

#include "ingest/window.h"

namespace hecate::ingest {

/// How much of the window opens an object that is but a wrapper of records, up to and with the `[` of their array; 0
/// where what stands there is an object of its own. Wrappers are:
///   {"Records": [{…            CloudTrail's files, S3's notifications
///   {"records": [{…            Azure's resource logs, Event Hubs
///   {"@odata.…": "…", "value": [{…    Microsoft Graph
///   {"kind": "EventList", …, "items": [{…    Kubernetes' audit webhook
[[nodiscard]] size_t wrapper_opening(Window& window);

}  // namespace hecate::ingest
