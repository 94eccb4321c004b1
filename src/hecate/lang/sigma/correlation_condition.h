#pragma once

#include "lang/sigma/correlation.h"
#include "yaml/yaml.h"

namespace hecate::sigma {

/// Reads the condition of a correlation into `correlation`, whose type and rules are known. A mapping gives
/// thresholds and fields, a text gives combinations; a temporal correlation without one wants all of its rules.
/// `key` is where `condition` stands, or the correlation where it is absent. False: reported.
[[nodiscard]] bool read_correlation_condition(const yaml::Node* condition, Span key, bool extended_type,
                                              Correlation& correlation, DiagnosticSink& sink);

}  // namespace hecate::sigma
