#pragma once

#include <array>

#include "base/diagnostic.h"

namespace hecate::tail {

inline constexpr DiagnosticCode kEngine{"TAI001", Severity::Error,
                                        "The query engine could not run a detection's tail; the message is DuckDB's."};
inline constexpr DiagnosticCode kAbsentKey{
    "TAI002", Severity::Warning,
    "A by-field is absent from every matching event, so that grouping drops them all, as in Splunk."};
inline constexpr DiagnosticCode kRowLimit{
    "TAI003", Severity::Warning,
    "There are more rows than a command or its subsearch takes; the others are left out, as in Splunk."};

inline constexpr DiagnosticCode kTimeout{"TAI004", Severity::Error,
                                         "A search took longer than `--timeout` allows and was stopped."};
inline constexpr DiagnosticCode kMemory{"TAI005", Severity::Error,
                                        "A search needs more memory than `--memory-limit` allows and was stopped."};

inline constexpr std::array<const DiagnosticCode*, 5> kCodes{&kEngine, &kAbsentKey, &kRowLimit, &kTimeout, &kMemory};

}  // namespace hecate::tail
