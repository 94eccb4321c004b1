#pragma once

#include <string>
#include <vector>

#include "lang/sigma/ast.h"
#include "lang/sigma/pipeline.h"
#include "lang/sigma/sigma.h"

namespace hecate::sigma {

/// What pipelines work on: a rule, a filter, or a correlation.
struct PipelineSubject {
  Metadata& metadata;
  const yaml::Node& document;           // for attributes that Metadata does not have
  ast::Detection* detection = nullptr;  // none of a correlation
  /// Names of fields outside of a detection (group-by, a condition's field): each becomes one other at most.
  std::vector<std::string*> field_names;
};

/// Runs all pipelines over the subject. False where one refuses it or cannot work on it; reported.
[[nodiscard]] bool apply_pipelines(const Pipelines& pipelines, const PipelineSubject& subject, DiagnosticSink& sink);

}  // namespace hecate::sigma
