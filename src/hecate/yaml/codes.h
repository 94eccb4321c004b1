#pragma once

#include <array>

#include "base/diagnostic.h"

namespace hecate::yaml {

inline constexpr DiagnosticCode kSyntax{"YML001", Severity::Error,
                                        "The file is not valid YAML; documents before the error are still used."};
inline constexpr DiagnosticCode kDuplicateKey{"YML002", Severity::Error,
                                              "A mapping has the same key twice; the first value is used."};
inline constexpr DiagnosticCode kTooDeep{"YML003", Severity::Error,
                                         "The YAML is nested too deeply or has too many nodes."};

inline constexpr std::array<const DiagnosticCode*, 3> kCodes{&kSyntax, &kDuplicateKey, &kTooDeep};

}  // namespace hecate::yaml
