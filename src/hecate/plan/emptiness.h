#pragma once

#include <functional>

#include "plan/plan.h"

namespace hecate {

/// Whether a plan surely has no rows and does nothing, so that it need not run, where `no_events(plan)` says of a plan
/// that scans that none of its events came through: it chooses, groups and orders what is not there. A count of
/// everything has a row, and what writes a table writes an empty one.
[[nodiscard]] bool has_no_rows(const Plan& plan, const std::function<bool(const Plan&)>& no_events);

}  // namespace hecate
