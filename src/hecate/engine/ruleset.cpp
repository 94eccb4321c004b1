#include "engine/ruleset.h"

#include <fmt/format.h>

#include <algorithm>

#include "content/codes.h"
#include "content/rule_cache.h"
#include "engine/codes.h"
#include "engine/data_models.h"
#include "engine/search_time.h"
#include "exec/functions/function.h"
#include "finding/finding.h"
#include "lang/sigma/sigma.h"
#include "lang/spl/spl.h"

namespace hecate::engine {
namespace {

using ParameterTest = Catalog::KustoParameter::Test;
static_assert(static_cast<uint8_t>(ParameterTest::In) == static_cast<uint8_t>(kql::ViewParameter::Test::In) &&
                  static_cast<uint8_t>(ParameterTest::HasAnyAddressPrefix) ==
                      static_cast<uint8_t>(kql::ViewParameter::Test::HasAnyAddressPrefix),
              "the catalog and the binder name the tests of parameters alike");

/// The schemas of the catalog and of the files, as the KQL binder asks for them.
class KustoTables {
 public:
  KustoTables(const Catalog& catalog, std::function<std::vector<kql::TableSchema>()> files)
      : catalog_(catalog), files_(std::move(files)), names_(catalog.kusto_tables()) {}

  [[nodiscard]] const kql::TableSchema* find(std::string_view name) {
    const auto known = tables_.find(name);
    if (known != tables_.end()) return &known->second;
    if (const Catalog::KustoSchema* schema = catalog_.kusto_schema(name)) {
      kql::TableSchema& table = tables_[std::string(name)];
      table.name = std::string(name);
      table.published = !schema->asim;
      for (const Catalog::KustoColumn& column : schema->columns)
        table.columns.push_back({column.name, column.type, column.path_column, column.values});
      for (const Catalog::KustoParameter& parameter : catalog_.parameters(name)) {
        table.parameters.push_back(
            {parameter.name, parameter.type, static_cast<kql::ViewParameter::Test>(parameter.test), parameter.columns});
      }
      return &table;
    }
    if (!files_) return nullptr;
    for (kql::TableSchema& file : std::exchange(files_, nullptr)()) tables_.emplace(file.name, std::move(file));
    return find(name);
  }
  [[nodiscard]] const std::vector<std::string_view>& names() const { return names_; }
  [[nodiscard]] bool has_rows(std::string_view name) const {
    return catalog_.has_rows(name) || (tables_.contains(name) && catalog_.kusto_schema(name) == nullptr);
  }

 private:
  const Catalog& catalog_;
  std::function<std::vector<kql::TableSchema>()> files_;
  std::map<std::string, kql::TableSchema, std::less<>> tables_;
  std::vector<std::string_view> names_;
};

/// A KQL query that neither projects nor summarizes shows every column of its table: make the plan say so.
void show_whole_table(Plan& plan, const kql::TableSchema& schema) {
  Scan& scan = plan.scan();
  std::vector<OutputColumn> output;
  for (const kql::ColumnSchema& column : schema.columns) {
    const auto known = std::find_if(scan.columns.begin(), scan.columns.end(),
                                    [&](const Scan::Column& c) { return c.field == column.name; });
    ColumnId id{};
    if (known == scan.columns.end()) {
      id = plan.add_column(column.name, column.type);
      scan.columns.push_back({id, column.name});
    } else {
      id = known->id;
    }
    output.push_back({column.name, id});
  }
  for (const OutputColumn& own : plan.output) {
    const auto same =
        std::find_if(output.begin(), output.end(), [&](const OutputColumn& o) { return o.name == own.name; });
    if (same == output.end()) {
      output.push_back(own);
    } else {
      same->column = own.column;
    }
  }
  plan.output = std::move(output);
}

/// The `$field$`s of a message.
/// The fields that entities, risk and messages of a detection name.
std::set<std::string, std::less<>> described_fields(const content::Detection& detection) {
  std::set<std::string, std::less<>> fields;
  for (const content::EntityMapping& entity : detection.entities) fields.insert(entity.field);
  for (const content::RiskObject& object : detection.risk.objects) {
    fields.insert(object.field);
    for (const std::string_view field : template_fields(object.message)) fields.emplace(field);
  }
  for (const content::ThreatObject& object : detection.risk.threat_objects) fields.insert(object.field);
  for (const std::string_view field : template_fields(detection.risk.message)) fields.emplace(field);
  return fields;
}

/// A Sigma rule shows the fields that it reads, and those that its description needs besides.
void show_sigma_fields(Plan& plan, const content::Detection& detection) {
  std::set<std::string, std::less<>> wanted = described_fields(detection);
  Scan& scan = plan.scan();
  for (const Scan::Column& column : scan.columns) {
    plan.output.push_back({column.field, column.id});
    wanted.erase(column.field);
  }
  for (const std::string& field : wanted) {
    const ColumnId id = plan.add_column(field, Type::Many);
    scan.columns.push_back({id, field});
    plan.output.push_back({field, id});
  }
}

void add_scanned_fields(const Plan& plan, std::set<std::string, std::less<>>& fields) {
  if (const auto* scan = std::get_if<Scan>(&plan.nodes.front().op)) {
    for (const Scan::Column& column : scan->columns) fields.insert(column.field);
  }
  for (const PlanInput& input : plan.inputs) add_scanned_fields(*input.plan, fields);
}

std::set<std::string, std::less<>> key_fields(const Plan& plan, const content::Detection& detection) {
  std::set<std::string, std::less<>> fields = described_fields(detection);
  add_scanned_fields(plan, fields);
  return fields;
}

}  // namespace

CutPlan cut_plan(const Plan& plan, CutAt where) {
  if (where == CutAt::Head) return cut(plan);
  CutPlan all;
  for (const PlanInput& input : plan.inputs) all.inputs.push_back(cut_plan(*input.plan, where));
  all.scans = plan.scans();
  all.tail.assign(plan.nodes.begin() + 1, plan.nodes.end());
  if (!all.scans) return all;
  all.head.dataset = plan.scan().dataset;
  all.head.scan_columns = plan.scan().columns;
  for (const Scan::Column& column : all.head.scan_columns) all.head.live.push_back(column.id);
  std::sort(all.head.live.begin(), all.head.live.end());
  return all;
}

Ruleset::Ruleset(content::Content content, const Catalog& catalog, const CompileOptions& options, DiagnosticSink& sink)
    : content_(std::move(content)) {
  for (const Table& table : content_.tables) tables_.put(table);
  serve_external_data(options.external_data, content_, tables_, sink);
  const spl::MacroTable macros = this->macros();
  spl::Environment environment(macros, tables_);
  environment.event_types = true;
  catalog_ = catalog.with(compile_search_time(content_.add_on, environment, sink));
  for (const content::Pack& pack : content_.packs) {
    stream::DerivedFields& fields = derived_.emplace_back();
    for (const auto& [name, field] : pack.derived_fields) fields[name] = {field.expression, field.span};
  }
  load_pipelines(options, sink);
  compile_filters(sink);
  load_functions(sink);
  compile_detections(options, sink);
  const auto own_pipelines = [this](const content::Detection& rule) -> const sigma::Pipelines& {
    return pipelines_of(rule.pack);
  };
  compile_correlations(content_, own_pipelines, detections_, refused_, sink);
  attach_filters(sink);
}

/// A pack whose pipelines cannot be read has none of its Sigma rules compiled: they would mean something else.
void Ruleset::load_pipelines(const CompileOptions& options, DiagnosticSink& sink) {
  std::set<const content::PipelineDocument*> used;
  for (const content::Pack& pack : content_.packs) {
    std::optional<sigma::Pipelines>& pipelines = pipelines_.emplace_back(options.pipelines);
    for (const auto& [path, span] : pack.pipelines) {
      const auto found = std::find_if(content_.pipelines.begin(), content_.pipelines.end(),
                                      [&](const content::PipelineDocument& document) { return document.path == path; });
      if (found == content_.pipelines.end()) {
        sink.report(content::kUnknownPipeline, span, fmt::format("{}: there is no such pipeline in the pack", path),
                    "a pipeline is a YAML file with `transformations`");
        pipelines.reset();
        break;
      }
      used.insert(&*found);
      if (pipelines->add(*found->document, sink)) continue;
      pipelines.reset();
      break;
    }
  }
  pipelines_.emplace_back(options.pipelines);
  // With --pipeline a user has said which ones are meant.
  for (const content::PipelineDocument& document : content_.pipelines) {
    if (used.contains(&document) || !options.pipelines.empty()) continue;
    sink.report(content::kUnusedPipeline, document.document->span, "this pipeline changes no rule: no pack names it",
                "name it under `pipelines` of a pack.yml, or give it with --pipeline");
  }
}

const sigma::Pipelines& Ruleset::pipelines_of(const std::optional<size_t>& pack) const {
  const std::optional<sigma::Pipelines>& own = pipelines_[pack.value_or(content_.packs.size())];
  return own ? *own : *pipelines_.back();
}

void Ruleset::compile_filters(DiagnosticSink& sink) {
  for (const content::FilterDocument& document : content_.filters) {
    if (!pipelines_[document.pack.value_or(content_.packs.size())]) continue;
    Result<sigma::FilterRule> compiled = sigma::compile_filter(*document.document, sink, pipelines_of(document.pack));
    if (!compiled) continue;
    auto filter = std::make_unique<Filter>();
    filter->any_rule = compiled->any_rule;
    filter->rules = compiled->rules;
    filter->span = compiled->metadata.title_span;
    filter_plans_.push_back(std::make_unique<Plan>(std::move(compiled->plan)));
    filter->suppressor.id = compiled->metadata.id.empty() ? compiled->metadata.title : compiled->metadata.id;
    filter->suppressor.title = compiled->metadata.title;
    filter->suppressor.plan = filter_plans_.back().get();
    filter->suppressor.cut = cut(*filter->suppressor.plan);
    if (document.pack) filter->suppressor.derived = &derived_[*document.pack];
    suppressors_.push_back(std::move(filter));
  }
}

/// What the content brings goes before the catalog's view of the same name: Microsoft's own parser is then what runs.
void Ruleset::load_functions(DiagnosticSink& sink) {
  for (const content::SavedFunction& function : content_.functions)
    functions_.add(function.name, function.parameters, function.body, sink);
}

Result<Plan> Ruleset::compile_sigma(const content::Detection& detection, content::RuleCache* cache,
                                    DiagnosticSink& sink) const {
  if (!pipelines_[detection.pack.value_or(content_.packs.size())]) return already_reported();
  if (detection.compiled) return *detection.compiled;
  const size_t before = sink.all().size() + sink.dropped();
  Result<sigma::Rule> rule = sigma::compile_rule(*detection.document, sink, pipelines_of(detection.pack));
  if (!rule) return already_reported();
  const bool clean = sink.all().size() + sink.dropped() == before;
  if (cache != nullptr && clean) cache->add_plan(detection, rule->plan);
  return std::move(rule->plan);
}

spl::MacroTable Ruleset::macros() const {
  spl::MacroTable macros;
  spl::define_cim_macros(macros);
  for (const bool implicit : {true, false}) {  // what is written wins over what is made
    for (const content::MacroDefinition& macro : content_.macros) {
      if (macro.implicit == implicit) macros.define({macro.name, macro.arguments, macro.definition});
    }
  }
  return macros;
}

void Ruleset::compile_detections(const CompileOptions& options, DiagnosticSink& sink) {
  KustoTables tables(catalog_, options.file_tables);
  const spl::MacroTable macros = this->macros();
  spl::Environment with_macros(macros, tables_, options.locations);
  with_macros.event_types = !content_.add_on.event_types.empty() || !content_.add_on.tags.empty();
  std::vector<std::string_view> table_names = tables.names();
  for (const std::string_view name : functions_.names()) table_names.push_back(name);

  const auto compile = [&](const content::Detection& detection) -> Result<Plan> {
    switch (detection.language) {
      case Language::Sigma: {
        Result<Plan> plan = compile_sigma(detection, options.rule_cache, sink);
        if (plan) show_sigma_fields(*plan, detection);
        return plan;
      }
      case Language::Spl: {
        Result<Plan> plan = spl::compile(detection.query, with_macros, sink);
        if (plan && !check_data_models(*plan, catalog_, sink)) return already_reported();
        return plan;
      }
      case Language::Kql: {
        kql::Environment environment;
        environment.find_table = [&](std::string_view name) { return tables.find(name); };
        environment.table_names = table_names;
        environment.functions = &functions_;
        environment.has_rows = [&](std::string_view name) { return tables.has_rows(name); };
        environment.tables = &tables_;
        if (detection.pack) environment.field_aliases = content_.packs[*detection.pack].field_aliases;
        return kql::compile(detection.query, environment, sink);
      }
    }
    return already_reported();
  };

  const auto make = [&](const content::Detection& detection) -> std::unique_ptr<CompiledDetection> {
    Result<Plan> plan = compile(detection);
    if (!plan) return nullptr;
    if (const auto breach = verify(*plan)) {
      sink.report(kUnboundPlan, detection.span,
                  fmt::format("the plan of `{}` is unsound: {}", detection.title, *breach));
      return nullptr;
    }
    auto compiled = std::make_unique<CompiledDetection>();
    compiled->detection = &detection;
    compiled->key_fields = key_fields(*plan, detection);
    if (plan->language == Language::Kql && plan->whole_event) {
      const std::string& table = std::get<KustoTable>(plan->scan().dataset).name;
      if (const kql::TableSchema* schema = tables.find(table)) show_whole_table(*plan, *schema);
    }
    compiled->plan = std::move(*plan);
    compiled->cut_at = options.cut_at;
    compiled->cut = cut_plan(compiled->plan, options.cut_at);
    if (detection.pack) compiled->derived = &derived_[*detection.pack];
    return compiled;
  };

  for (content::Detection& detection : content_.detections) {
    if (is_correlation(detection)) continue;  // they need the rules that they refer to
    const auto start = std::chrono::steady_clock::now();
    std::unique_ptr<CompiledDetection> compiled = make(detection);
    if (options.on_compiled) options.on_compiled(detection, std::chrono::steady_clock::now() - start);
    if (!options.keep_origins) {
      detection.document.reset();
      detection.compiled.reset();
    }
    if (compiled) {
      detections_.push_back(std::move(compiled));
    } else {
      refused_.push_back(&detection);
    }
  }
  for (const content::RiskFactor& factor : content_.risk_factors) {
    std::unique_ptr<CompiledDetection> compiled = make(factor.search);
    if (compiled && compiled->needs_tail()) {
      sink.report(kNoFactor, factor.search.span, "the search of a risk factor must look at one event at a time",
                  "it may hold terms, `where` and `eval`, but no command that takes several events together");
      compiled.reset();
    }
    risk_factors_.push_back(std::move(compiled));
  }
}

void Ruleset::attach_filters(DiagnosticSink& sink) {
  for (const auto& filter : suppressors_) {
    bool used = false;
    for (const auto& compiled : detections_) {
      if (compiled->correlation) continue;  // filters look at single events
      const content::Detection& detection = *compiled->detection;
      const bool named = std::any_of(filter->rules.begin(), filter->rules.end(), [&](const std::string& rule) {
        return rule == detection.id || rule == detection.title || (!detection.name.empty() && rule == detection.name);
      });
      if (!named && !(filter->any_rule && detection.language == Language::Sigma)) continue;
      compiled->suppressors.push_back(&filter->suppressor);
      used = true;
    }
    if (!used) {
      sink.report(content::kUnknownFilter, filter->span,
                  fmt::format("the filter `{}` applies to no rule that is loaded", filter->suppressor.id),
                  "its `rules:` must hold ids or titles of loaded rules");
    }
  }
}

bool runnable(const Plan& plan) {
  const auto sound = [](const auto& self, const Expr& expr) -> bool {
    bool ok = true;
    if (const auto* call = std::get_if<Call>(&expr.node)) {
      const Function* function = find_function(call->function);
      const auto count = static_cast<int>(call->arguments.size());
      ok = function != nullptr && count >= function->min_arguments &&
           (function->max_arguments < 0 || count <= function->max_arguments);
    }
    for_each_child(expr, [&](const ExprPtr& child) { ok = ok && self(self, *child); });
    return ok;
  };
  return std::all_of(plan.nodes.begin(), plan.nodes.end(), [&](const Node& node) {
    const auto* filter = std::get_if<Filter>(&node.op);
    return filter == nullptr || sound(sound, *filter->predicate);
  });
}

const CompiledDetection* Ruleset::find(std::string_view id) const {
  const auto found =
      std::find_if(detections_.begin(), detections_.end(), [&](const auto& d) { return d->detection->id == id; });
  return found == detections_.end() ? nullptr : found->get();
}

}  // namespace hecate::engine
