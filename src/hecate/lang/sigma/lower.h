#pragma once

#include "base/diagnostic.h"
#include "base/result.h"
#include "lang/sigma/ast.h"
#include "plan/plan.h"

namespace hecate::sigma {

/// Lowers a detection to a plan: one Scan of the logsource, one Filter. Names in the condition are resolved
/// here; searches that it does not use are checked all the same and reported.
[[nodiscard]] Result<Plan> lower_detection(const ast::Detection& detection, const SigmaLogsource& logsource,
                                           Span logsource_span, DiagnosticSink& sink);

}  // namespace hecate::sigma
