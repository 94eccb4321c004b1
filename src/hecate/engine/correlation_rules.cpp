#include "engine/correlation_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/ruleset.h"
#include "lang/sigma/codes.h"
#include "lang/sigma/pipeline_apply.h"
#include "plan/cut.h"

namespace hecate::engine {
namespace {

using content::Detection;

/// Of one correlation: each keeps what all those above it group by.
constexpr size_t kMostColumns = 1000;

/// The column of a rule's scan that holds a field, made where there is none.
ColumnId column_of(Plan& plan, std::string_view field) {
  std::vector<Scan::Column>& columns = plan.scan().columns;
  const auto known =
      std::find_if(columns.begin(), columns.end(), [&](const auto& column) { return column.field == field; });
  if (known != columns.end()) return known->id;
  const ColumnId id = plan.add_column(std::string(field), Type::Many);
  plan.scan().columns.push_back({id, std::string(field)});
  return id;
}

/// A plan that lets nothing through: a correlation has no events of its own.
Plan empty_plan() {
  Plan plan;
  plan.language = Language::Sigma;
  const NodeId scan = plan.add({Scan{SigmaLogsource{}, {}}, {}, {}});
  plan.add({Filter{make_bool(false)}, {scan}, {}});
  return plan;
}

class Compiler {
 public:
  Compiler(const content::Content& content, const PipelinesOf& pipelines_of,
           std::vector<std::unique_ptr<CompiledDetection>>& detections, std::vector<const Detection*>& refused,
           DiagnosticSink& sink)
      : content_(content), pipelines_of_(pipelines_of), detections_(detections), refused_(refused), sink_(sink) {}

  void run() {
    parse();
    if (parsed_.empty()) return;
    std::vector<sigma::LinkedCorrelation> linked = sigma::link_correlations(identities_, sink_);
    for (const sigma::LinkedCorrelation& link : linked) add(link);
    // From the top down: what a correlation asks of another, that one asks of its own rules.
    for (size_t i = linked.size(); i-- > 0;) ask(linked[i]);
    std::set<size_t> compiled;
    std::erase_if(linked, [&](const sigma::LinkedCorrelation& link) {
      if (!bind(link, compiled)) return true;
      compiled.insert(link.self);
      return false;
    });
    drop_refused(compiled);
    silence(linked);
    for (size_t i = 0; i < identities_.size(); ++i) {
      if (is_correlation(*sigma_[i]) && !compiled.contains(i)) refused_.push_back(sigma_[i]);
    }
    for (auto& detection : correlations_) detections_.push_back(std::move(detection));
  }

 private:
  void parse() {
    std::map<const Detection*, CompiledDetection*> rules;
    for (const auto& compiled : detections_) rules[compiled->detection] = compiled.get();
    for (const Detection& detection : content_.detections) {
      if (detection.language != Language::Sigma) continue;
      sigma::RuleIdentity identity;
      identity.id = detection.id;
      identity.name = detection.name;
      identity.title = detection.title;
      identity.file = detection.span.file;
      identity.span = detection.span;
      const auto rule = rules.find(&detection);
      identity.refused = rule == rules.end();
      compiled_.push_back(identity.refused ? nullptr : rule->second);
      if (is_correlation(detection)) {
        Result<sigma::Correlation> correlation = sigma::parse_correlation(*detection.document, sink_);
        identity.refused = !correlation;
        if (correlation) {
          parsed_.push_back(std::make_unique<sigma::Correlation>(std::move(*correlation)));
          identity.correlation = parsed_.back().get();
        } else {
          any_refused_ = true;
        }
      }
      sigma_.push_back(&detection);
      identities_.push_back(std::move(identity));
    }
    if (!parsed_.empty() || !any_refused_) return;
    for (const Detection* detection : sigma_) {
      if (is_correlation(*detection)) refused_.push_back(detection);
    }
  }

  void add(const sigma::LinkedCorrelation& link) {
    auto detection = std::make_unique<CompiledDetection>();
    detection->detection = sigma_[link.self];
    detection->plan = empty_plan();
    detection->cut = cut(detection->plan);
    detection->correlation = std::make_unique<CompiledCorrelation>();
    CompiledCorrelation& correlation = *detection->correlation;
    correlation.rule = *identities_[link.self].correlation;
    for (const sigma::Named& field : correlation.rule.group_by) correlation.columns.push_back(field.name);
    for (const sigma::Named& field : correlation.rule.fields) correlation.columns.push_back(field.name);
    for (const size_t rule : link.rules) correlation.sources.push_back({compiled_[rule], {}, {}});
    compiled_[link.self] = detection.get();
    correlations_.push_back(std::move(detection));
  }

  void ask(const sigma::LinkedCorrelation& link) {
    CompiledCorrelation& self = *compiled_[link.self]->correlation;
    for (size_t place = 0; place < self.sources.size(); ++place) {
      CompiledCorrelation* below = self.sources[place].detection->correlation.get();
      if (below == nullptr) continue;
      for (const std::string& column : self.columns) {
        const std::string_view name = link.field(column, place);
        const auto known = std::find(below->columns.begin(), below->columns.end(), name);
        self.sources[place].above.push_back(static_cast<size_t>(known - below->columns.begin()));
        if (known != below->columns.end()) continue;
        if (below->columns.size() >= kMostColumns) {
          sink_.report(sigma::kTooLarge, self.rule.metadata.title_span,
                       fmt::format("the correlations above `{}` ask it for more than {} fields",
                                   below->rule.metadata.title, kMostColumns));
          return;
        }
        below->columns.emplace_back(name);
      }
    }
  }

  /// False where a pipeline refuses the names, or a correlation below is not among the compiled ones.
  bool bind(const sigma::LinkedCorrelation& link, const std::set<size_t>& compiled) {
    CompiledDetection& detection = *compiled_[link.self];
    CompiledCorrelation& self = *detection.correlation;
    for (size_t place = 0; place < self.sources.size(); ++place) {
      CompiledDetection& rule = *self.sources[place].detection;
      if (rule.correlation) {
        if (!compiled.contains(link.rules[place])) return false;
        continue;
      }
      std::vector<std::string> names;
      for (const std::string& column : self.columns) names.emplace_back(link.field(column, place));
      if (!map_names(*detection.detection, self, rule, names)) return false;
      for (const std::string& name : names) self.sources[place].columns.push_back(column_of(rule.plan, name));
      rule.cut = cut(rule.plan);
    }
    return true;
  }

  /// What pipelines make of the names, for each rule by itself: a condition on a logsource looks at that of the rule
  /// as its pipelines have left it, where pySigma is content with any rule of the correlation. Names that a
  /// correlation gives its own fields stay; only what is read in events is mapped.
  bool map_names(const Detection& document, const CompiledCorrelation& self, const CompiledDetection& rule,
                 std::vector<std::string>& names) {
    const sigma::Pipelines& pipelines = pipelines_of_(*rule.detection);
    if (pipelines.empty()) return true;
    sigma::Metadata metadata = self.rule.metadata;
    if (const auto* logsource = std::get_if<SigmaLogsource>(&rule.plan.scan().dataset)) metadata.logsource = *logsource;
    sigma::PipelineSubject subject{metadata, *document.document, nullptr, {}};
    for (std::string& name : names) subject.field_names.push_back(&name);
    return sigma::apply_pipelines(pipelines, subject, sink_);
  }

  void drop_refused(const std::set<size_t>& compiled) {
    std::set<const CompiledDetection*> kept;
    for (const size_t i : compiled) kept.insert(compiled_[i]);
    std::erase_if(correlations_, [&](const auto& detection) { return !kept.contains(detection.get()); });
  }

  /// "generate: defines if the rules referred from the correlation rule should be converted as stand-alone rules or
  /// if only the correlation query should be generated (default)". One correlation that asks for it is enough.
  void silence(const std::vector<sigma::LinkedCorrelation>& linked) {
    std::map<CompiledDetection*, bool> generated;
    for (const sigma::LinkedCorrelation& link : linked) {
      const CompiledCorrelation& self = *compiled_[link.self]->correlation;
      for (const auto& source : self.sources) generated[source.detection] |= self.rule.generate;
    }
    for (const auto& [detection, generate] : generated) detection->silent = !generate;
  }

  const content::Content& content_;
  const PipelinesOf& pipelines_of_;
  std::vector<std::unique_ptr<CompiledDetection>>& detections_;
  std::vector<const Detection*>& refused_;
  DiagnosticSink& sink_;
  std::vector<const Detection*> sigma_;          // all Sigma detections
  std::vector<sigma::RuleIdentity> identities_;  // of them
  std::vector<CompiledDetection*> compiled_;     // of them, or null
  std::vector<std::unique_ptr<sigma::Correlation>> parsed_;
  std::vector<std::unique_ptr<CompiledDetection>> correlations_;
  bool any_refused_ = false;
};

correlate::Comparison comparison_of(sigma::Comparison comparison) {
  switch (comparison) {
    case sigma::Comparison::Greater: return correlate::Comparison::Greater;
    case sigma::Comparison::GreaterOrEqual: return correlate::Comparison::GreaterOrEqual;
    case sigma::Comparison::Less: return correlate::Comparison::Less;
    case sigma::Comparison::LessOrEqual: return correlate::Comparison::LessOrEqual;
    case sigma::Comparison::Equal: return correlate::Comparison::Equal;
    case sigma::Comparison::NotEqual: return correlate::Comparison::NotEqual;
  }
  return correlate::Comparison::GreaterOrEqual;
}

correlate::Measure measure_of(sigma::CorrelationType type) {
  switch (type) {
    case sigma::CorrelationType::EventCount: return correlate::Measure::Events;
    case sigma::CorrelationType::ValueCount: return correlate::Measure::Values;
    case sigma::CorrelationType::Temporal:
    case sigma::CorrelationType::TemporalOrdered: return correlate::Measure::Rules;
    case sigma::CorrelationType::ValueSum: return correlate::Measure::Sum;
    case sigma::CorrelationType::ValueAvg: return correlate::Measure::Average;
    case sigma::CorrelationType::ValuePercentile:
    case sigma::CorrelationType::ValueMedian: return correlate::Measure::Percentile;
  }
  return correlate::Measure::Events;
}

}  // namespace

bool is_correlation(const Detection& detection) {
  return detection.language == Language::Sigma && detection.document != nullptr &&
         sigma::document_kind(*detection.document) == sigma::DocumentKind::Correlation;
}

correlate::Spec spec_of(const CompiledCorrelation& correlation) {
  const sigma::Correlation& rule = correlation.rule;
  correlate::Spec spec;
  spec.measure = measure_of(rule.type);
  spec.ordered = rule.type == sigma::CorrelationType::TemporalOrdered;
  spec.timespan = rule.timespan;
  for (const sigma::Threshold& threshold : rule.thresholds) {
    spec.thresholds.push_back({comparison_of(threshold.comparison), threshold.value});
  }
  for (const sigma::Combination& combination : rule.combinations) {
    spec.combinations.push_back({combination.present, combination.absent});
  }
  spec.percentile = rule.percentile.value_or(50);
  spec.keys = rule.group_by.size();
  spec.values = rule.fields.size();
  spec.columns = correlation.columns.size();
  return spec;
}

void compile_correlations(const content::Content& content, const PipelinesOf& pipelines_of,
                          std::vector<std::unique_ptr<CompiledDetection>>& detections,
                          std::vector<const Detection*>& refused, DiagnosticSink& sink) {
  Compiler(content, pipelines_of, detections, refused, sink).run();
}

}  // namespace hecate::engine
