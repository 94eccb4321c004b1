#pragma once

#include "engine/ruleset.h"
#include "exec/stream/stream.h"
#include "exec/tail/tail.h"
#include "finding/finding.h"

namespace hecate::engine {

/// A finding that is one event; `hash` is the event's. Its source is not set.
[[nodiscard]] Finding finding_of(const CompiledDetection& compiled, const stream::EventView& event,
                                 const stream::Hit& hit, uint64_t hash);
/// A finding that is a row of a tail's result, of the run of its schedule at an instant where it runs by that. Its
/// source is not set.
[[nodiscard]] Finding finding_of(const CompiledDetection& compiled, const tail::Row& row, std::optional<Ticks> at);

}  // namespace hecate::engine
