#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "content/content.h"
#include "engine/correlation_rules.h"
#include "engine/external_data.h"
#include "exec/stream/stream.h"
#include "lang/kql/kql.h"
#include "lang/sigma/pipeline.h"
#include "lang/spl/spl.h"
#include "plan/cut.h"
#include "plan/table.h"

namespace hecate::engine {

/// Where a plan is cut. AllTail puts everything behind the scan into SQL: a second opinion in tests.
enum class CutAt : uint8_t { Head, AllTail };
[[nodiscard]] CutPlan cut_plan(const Plan& plan, CutAt where);

/// A detection ready to run.
struct CompiledDetection {
  const content::Detection* detection = nullptr;
  Plan plan;
  CutPlan cut;
  CutAt cut_at = CutAt::Head;
  std::vector<const stream::Suppressor*> suppressors;
  const stream::DerivedFields* derived = nullptr;  // of its pack
  /// A correlation's; its plan then lets nothing through. Otherwise null.
  std::unique_ptr<CompiledCorrelation> correlation;
  /// It only feeds correlations: it makes no findings of its own.
  bool silent = false;
  /// What the detection reads or names: the fields of a whole event that are worth a column on a screen.
  std::set<std::string, std::less<>> key_fields;
  /// Its rows come out of a tail: because it has one, or because `now` decides on them.
  [[nodiscard]] bool needs_tail() const {
    return !cut.tail.empty() || cut.undecided != nullptr || !cut.scans || !plan.inputs.empty();
  }
};

struct CompileOptions {
  CutAt cut_at = CutAt::Head;
  /// Tables besides the catalog's: events of files, by name. Asked for once, when a query names a table that
  /// the catalog does not know.
  std::function<std::vector<kql::TableSchema>()> file_tables;
  /// For all Sigma rules and filters; those of a pack come besides.
  sigma::Pipelines pipelines;
  /// The one that the content was loaded with; it must depend on `pipelines`.
  content::RuleCache* rule_cache = nullptr;
  /// Keeps what Sigma rules were compiled from (Detection::document, ::compiled) beside their plans, for tests: the
  /// trees of thousands of rules take more memory than a hunt.
  bool keep_origins = false;
  /// Hunts are given a database of locations (HuntOptions::locations).
  bool locations = false;
  /// What `externaldata` of KQL reads.
  ExternalData external_data;
  /// Told of each detection how long it took to be parsed, bound and planned; also of those that are refused.
  std::function<void(const content::Detection&, std::chrono::nanoseconds)> on_compiled;
};

/// Whether every function that a plan calls exists and takes as many arguments: what compiled plans are known to do,
/// and those that come from a file may not.
[[nodiscard]] bool runnable(const Plan& plan);

/// All content, compiled. Immutable and not movable: detections point into the content.
class Ruleset {
 public:
  Ruleset(content::Content content, const Catalog& catalog, const CompileOptions& options, DiagnosticSink& sink);
  Ruleset(const Ruleset&) = delete;
  Ruleset& operator=(const Ruleset&) = delete;

  [[nodiscard]] const content::Content& content() const { return content_; }
  [[nodiscard]] const Catalog& catalog() const { return catalog_; }
  [[nodiscard]] const std::vector<std::unique_ptr<CompiledDetection>>& detections() const { return detections_; }
  /// The searches of the content's risk factors, by their number; null where one could not be compiled.
  [[nodiscard]] const std::vector<std::unique_ptr<CompiledDetection>>& risk_factors() const { return risk_factors_; }
  /// Detections that could not be compiled; why stands in the diagnostics.
  [[nodiscard]] const std::vector<const content::Detection*>& refused() const { return refused_; }
  [[nodiscard]] const CompiledDetection* find(std::string_view id) const;
  /// Lookups and the like, as the content brings them.
  [[nodiscard]] const Tables& tables() const { return tables_; }
  [[nodiscard]] size_t filters() const { return suppressors_.size(); }

 private:
  void load_pipelines(const CompileOptions& options, DiagnosticSink& sink);
  [[nodiscard]] const sigma::Pipelines& pipelines_of(const std::optional<size_t>& pack) const;
  void compile_filters(DiagnosticSink& sink);
  void load_functions(DiagnosticSink& sink);
  [[nodiscard]] Result<Plan> compile_sigma(const content::Detection& detection, content::RuleCache* cache,
                                           DiagnosticSink& sink) const;
  [[nodiscard]] spl::MacroTable macros() const;
  void compile_detections(const CompileOptions& options, DiagnosticSink& sink);
  void attach_filters(DiagnosticSink& sink);

  struct Filter {
    stream::Suppressor suppressor;
    bool any_rule = false;
    std::vector<std::string> rules;
    Span span;
  };

  content::Content content_;
  Tables tables_;
  kql::Functions functions_;                                // that KQL detections may call
  Catalog catalog_;                                         // with what the content's add-ons say of events
  std::vector<stream::DerivedFields> derived_;              // by pack
  std::vector<std::optional<sigma::Pipelines>> pipelines_;  // by pack, the last for what is in none
  std::vector<std::unique_ptr<Filter>> suppressors_;
  std::vector<std::unique_ptr<Plan>> filter_plans_;
  std::vector<std::unique_ptr<CompiledDetection>> detections_;
  std::vector<std::unique_ptr<CompiledDetection>> risk_factors_;
  std::vector<const content::Detection*> refused_;
};

}  // namespace hecate::engine
