#pragma once

#include <array>

#include "base/diagnostic.h"

namespace hecate::server {

inline constexpr DiagnosticCode kBadTokenFile{"SRV001", Severity::Error,
                                              "The file of a server's tokens cannot be read or written."};
inline constexpr DiagnosticCode kBadToken{"SRV002", Severity::Error, "A token is not described as it must be."};
inline constexpr DiagnosticCode kFindingsUnwritable{"SRV003", Severity::Error,
                                                    "Findings cannot be written; the server waits and tries again."};

inline constexpr std::array<const DiagnosticCode*, 3> kCodes{&kBadTokenFile, &kBadToken, &kFindingsUnwritable};

}  // namespace hecate::server
