#pragma once

#include <array>

#include "base/diagnostic.h"

namespace hecate::engine {

inline constexpr DiagnosticCode kUnboundPlan{
    "ENG001", Severity::Error, "A compiled plan breaks a rule that every engine relies on: a defect of Hecate."};
inline constexpr DiagnosticCode kRegexLimit{
    "ENG003", Severity::Warning, "Regular expressions hit their match limit; those searches count as no match."};

inline constexpr std::array<const DiagnosticCode*, 2> kCodes{&kUnboundPlan, &kRegexLimit};

}  // namespace hecate::engine
