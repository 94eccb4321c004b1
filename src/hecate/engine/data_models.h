#pragma once

#include "base/diagnostic.h"
#include "catalog/catalog.h"
#include "plan/plan.h"

namespace hecate::engine {

/// Reports data models that the catalog does not have, and fields that they do not have. False where the plan cannot
/// run: an unknown model is an error, as in Splunk; an unknown field is merely absent.
[[nodiscard]] bool check_data_models(const Plan& plan, const Catalog& catalog, DiagnosticSink& sink);

}  // namespace hecate::engine
