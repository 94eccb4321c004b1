#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "content/content.h"
#include "exec/correlate/correlate.h"
#include "lang/sigma/correlation.h"
#include "lang/sigma/pipeline.h"
#include "plan/plan.h"

namespace hecate::engine {

struct CompiledDetection;

/// A correlation ready to run.
struct CompiledCorrelation {
  sigma::Correlation rule;
  /// What it looks at, by the names that it gives: the fields of group-by, those of its condition, and those that
  /// correlations above it ask for.
  std::vector<std::string> columns;
  struct Source {
    CompiledDetection* detection = nullptr;  // a rule, or a correlation that stands before this one
    std::vector<ColumnId> columns;           // of the rule's plan, for each of `columns`
    std::vector<size_t> above;               // of that correlation's columns, for each of `columns`
  };
  std::vector<Source> sources;  // by place in the rule's `rules`

  [[nodiscard]] size_t keys() const { return rule.group_by.size(); }
};

[[nodiscard]] bool is_correlation(const content::Detection& detection);

/// The operator's view, without its sources.
[[nodiscard]] correlate::Spec spec_of(const CompiledCorrelation& correlation);

/// The pipelines that a Sigma detection is compiled with.
using PipelinesOf = std::function<const sigma::Pipelines&(const content::Detection&)>;

/// Compiles the correlations among the content's detections. What they refer to must have been compiled; the rules'
/// scans get the columns that correlations need, by the names that their pipelines give them, and rules that only
/// feed correlations become silent. Compiled
/// correlations are appended in an order in which each comes after those that it refers to; those that cannot be
/// compiled are reported and appended to `refused`.
void compile_correlations(const content::Content& content, const PipelinesOf& pipelines_of,
                          std::vector<std::unique_ptr<CompiledDetection>>& detections,
                          std::vector<const content::Detection*>& refused, DiagnosticSink& sink);

}  // namespace hecate::engine
