#pragma once

#include "engine/ruleset.h"
#include "exec/stream/stream.h"
#include "exec/tail/tail.h"
#include "finding/finding.h"

namespace hecate::engine {

/// A finding that is one event; `hash` is the event's. Its source is not set.
[[nodiscard]] Finding finding_of(const CompiledDetection& compiled, const stream::EventView& event,
                                 const stream::Hit& hit, uint64_t hash);
/// A finding that is a row of a tail's result. Its source is not set.
[[nodiscard]] Finding finding_of(const CompiledDetection& compiled, const tail::Row& row);

}  // namespace hecate::engine
