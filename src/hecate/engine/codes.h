#pragma once

#include <array>

#include "base/diagnostic.h"

namespace hecate::engine {

inline constexpr DiagnosticCode kUnboundPlan{"ENG001", Severity::Error, "A compiled plan breaks a rule that every engine relies on: a defect of Hecate."};
inline constexpr DiagnosticCode kUnknownField{"ENG002", Severity::Warning, "Risk, an entity or a threat object names a field that the result does not have."};
inline constexpr DiagnosticCode kRegexLimit{"ENG003", Severity::Warning, "Regular expressions hit their match limit; those searches count as no match."};
inline constexpr DiagnosticCode kNoTable{"ENG004", Severity::Warning, "A query reads a table that is no file of the input."};

inline constexpr std::array<const DiagnosticCode*, 4> kCodes{&kUnboundPlan, &kUnknownField, &kRegexLimit, &kNoTable};

}  // namespace hecate::engine
