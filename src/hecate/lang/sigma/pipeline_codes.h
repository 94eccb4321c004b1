#pragma once

#include <array>

#include "base/diagnostic.h"

namespace hecate::sigma {

inline constexpr DiagnosticCode kPipelineShape{
    "SIG060", Severity::Error,
    "A part of a processing pipeline is missing or has another type than its format gives it."};
inline constexpr DiagnosticCode kPipelineName{
    "SIG061", Severity::Error,
    "A processing pipeline uses a key, a transformation or a condition that the format does not have."};
inline constexpr DiagnosticCode kPipelineUnsupported{
    "SIG062", Severity::Error,
    "A processing pipeline uses a transformation that cannot work where rules run over events: it makes query text, "
    "runs code, or fetches from outside."};
inline constexpr DiagnosticCode kPipelineIgnored{
    "SIG063", Severity::Warning,
    "A part of a processing pipeline that works on query text (postprocessing, finalizers) or names other tools "
    "(allowed_backends) has no effect here."};
inline constexpr DiagnosticCode kPipelineFailure{
    "SIG064", Severity::Error,
    "A processing pipeline refuses the rule (rule_failure, detection_item_failure, strict_field_mapping_failure)."};
inline constexpr DiagnosticCode kPipelineValue{
    "SIG065", Severity::Error, "A transformation of a processing pipeline cannot work on a value of the rule."};
inline constexpr DiagnosticCode kPipelineNothingLeft{
    "SIG066", Severity::Error, "Processing pipelines have dropped everything that the condition of the rule names."};

inline constexpr std::array<const DiagnosticCode*, 7> kPipelineCodes{
    &kPipelineShape,   &kPipelineName,  &kPipelineUnsupported, &kPipelineIgnored,
    &kPipelineFailure, &kPipelineValue, &kPipelineNothingLeft};

}  // namespace hecate::sigma
