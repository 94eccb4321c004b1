#pragma once

#include <array>

#include "base/diagnostic.h"

namespace hecate::store {

inline constexpr DiagnosticCode kStateUnusable{"STO001", Severity::Error,
                                               "The folder of a server's state cannot be used."};
inline constexpr DiagnosticCode kDamagedLog{"STO002", Severity::Warning,
                                            "Part of the log of events is damaged; all records around it were read."};
inline constexpr DiagnosticCode kTornLog{
    "STO003", Severity::Note, "The log of events ended within a record that nobody was told of; it was cut off."};
inline constexpr DiagnosticCode kWriteFailed{
    "STO004", Severity::Error, "The log of events cannot be written; nothing is acknowledged until it can be."};

inline constexpr std::array<const DiagnosticCode*, 4> kCodes{&kStateUnusable, &kDamagedLog, &kTornLog, &kWriteFailed};

}  // namespace hecate::store
