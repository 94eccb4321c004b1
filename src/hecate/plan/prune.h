#pragma once

#include "plan/plan.h"

namespace hecate {

/// Takes out of a plan and of those that it reads what nobody asks for: columns of scans, of unions and of joins,
/// computed values, aggregates. Rows stay what they are. A plan that shows whole events, or that has nodes whose needs
/// are not known here (SPL's), is left alone.
void prune(Plan& plan);

/// Moves filters that stand behind a union into its plans, where they are per event and let less through.
void push_filters(Plan& plan);

}  // namespace hecate
