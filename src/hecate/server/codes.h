#pragma once

#include <array>

#include "base/diagnostic.h"

namespace hecate::server {

inline constexpr DiagnosticCode kBadTokenFile{"SRV001", Severity::Error,
                                              "The file of a server's tokens cannot be read or written."};
inline constexpr DiagnosticCode kBadToken{"SRV002", Severity::Error, "A token is not described as it must be."};
inline constexpr DiagnosticCode kFindingsUnwritable{"SRV003", Severity::Error,
                                                    "Findings cannot be written; the server waits and tries again."};
inline constexpr DiagnosticCode kScheduleFailed{
    "SRV004", Severity::Error, "What a scheduled run needs cannot be written; the run is tried again."};

inline constexpr std::array<const DiagnosticCode*, 4> kCodes{&kBadTokenFile, &kBadToken, &kFindingsUnwritable,
                                                             &kScheduleFailed};

}  // namespace hecate::server
