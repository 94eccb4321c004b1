#pragma once

#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"
#include "lang/sigma/pipeline.h"
#include "plan/plan.h"
#include "yaml/yaml.h"

namespace hecate::sigma {

/// The metadata of a Sigma document that people and findings need. Absent parts are empty.
struct Metadata {
  std::string id, name, title, status, description, author, level;
  std::vector<std::string> tags, references, false_positives, fields;
  SigmaLogsource logsource;
  Span title_span;
};

/// A rule, compiled: its plan is one Scan over the logsource and one Filter.
struct Rule {
  Metadata metadata;
  Plan plan;
};

/// A Sigma filter (Sigma Filters specification): which rules it applies to, and its condition as written.
/// Tools AND the condition to the rule's; so it usually reads `not selection`.
struct FilterRule {
  Metadata metadata;
  bool any_rule = false;           // `rules: any`
  std::vector<std::string> rules;  // ids or names
  Plan plan;                       // Scan + Filter(condition as written)
};

/// What kind of Sigma document a YAML document is, by its keys; None where it is none.
enum class DocumentKind { None, Rule, Filter, Correlation };
[[nodiscard]] DocumentKind document_kind(const yaml::Node& document);

/// What people and findings need of a document without a logsource: a correlation.
[[nodiscard]] Result<Metadata> read_metadata(const yaml::Node& document, DiagnosticSink& sink,
                                             const Pipelines& pipelines = {});

/// Parses and lowers. All that is wrong is reported with its place (SIG…); what is not supported is refused by name.
/// Pipelines work on the rule between the two. Where there are any, its taxonomy may be another than `sigma`: to
/// translate that is what they are for.
[[nodiscard]] Result<Rule> compile_rule(const yaml::Node& document, DiagnosticSink& sink,
                                        const Pipelines& pipelines = {});
[[nodiscard]] Result<FilterRule> compile_filter(const yaml::Node& document, DiagnosticSink& sink,
                                                const Pipelines& pipelines = {});

}  // namespace hecate::sigma
