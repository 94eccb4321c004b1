#pragma once

#include "engine/ruleset.h"

namespace hecate::engine {

/// What only an engine that knows the tables can say of rules that compile: tables and columns that no source fills
/// (ENG013), and entities and details of columns that a query does not give (ENG012).
void check_content(const Ruleset& rules, DiagnosticSink& sink);

}  // namespace hecate::engine
