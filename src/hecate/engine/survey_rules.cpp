#include "engine/survey_rules.h"

#include <algorithm>
#include <functional>

namespace hecate::engine {
namespace {

using stream::fold_constants;
using stream::is_literal_false;

void raw_fields(const Expr& expr, const std::function<void(const std::string&)>& visit) {
  if (const auto* raw = std::get_if<RawField>(&expr.node)) visit(raw->path);
  for_each_child(expr, [&](const ExprPtr& child) { raw_fields(*child, visit); });
}

/// The condition with what all records of a kind have in common.
ExprPtr specialize(const ExprPtr& predicate, const std::string& source, const std::string& sourcetype,
                   const std::string& index) {
  return fold_constants(rewrite(predicate, [&](const ExprPtr& node) -> ExprPtr {
    const auto* call = std::get_if<Call>(&node->node);
    if (call == nullptr) return nullptr;
    if (call->function == "meta.source") return make_string(source);
    if (call->function == "meta.sourcetype") return make_string(sourcetype);
    return call->function == "meta.index" ? make_string(index) : nullptr;
  }));
}

}  // namespace

RuleSurvey::OfType::OfType(const Catalog& catalog, RecordType type) : reader(catalog, type) {
  const std::string_view field = catalog.discriminator(type);
  if (!field.empty()) discriminator = reader.field(std::string(field));
}

RuleSurvey::RuleSurvey(const Ruleset& rules, const SurveyOptions& options) : rules_(rules), options_(options) {
  std::vector<stream::HeadSpec> specs;
  for (const auto& compiled : rules.detections()) {
    if (compiled->correlation) continue;
    heads_.push_back(compiled.get());
    specs.push_back({&compiled->plan, &compiled->cut, {}, compiled->derived});
  }
  store_ = std::make_unique<stream::GroupStore>(rules.catalog(), std::move(specs));
  if (options.assume) store_->assume(*options.assume);
}

void RuleSurvey::look_at(const ingest::Record& record, RecordType type, const Metadata& metadata) {
  OfType& state = types_.try_emplace(type, rules_.catalog(), type).first->second;
  ++state.records;
  state.reader.read(*record.document);
  const size_t known = state.kinds.size();
  Kind& kind = kind_of(state, type, metadata);
  if (state.kinds.size() > known) state.reader.read(*record.document);  // with the new kind's fields
  const auto seen = [&](const Field& field) {
    const auto& places = state.reader.places(field.number);
    return std::any_of(places.begin(), places.end(),
                       [&](size_t slot) { return state.reader.values().count(slot) > 0; });
  };
  for (Field& field : kind.fields) field.seen = field.seen || seen(field);
}

RuleSurvey::Kind& RuleSurvey::kind_of(OfType& state, RecordType type, const Metadata& metadata) {
  std::string text;
  std::optional<std::string_view> value;
  if (state.discriminator) {
    for (const size_t slot : state.reader.places(*state.discriminator)) {
      if (value || state.reader.values().count(slot) == 0) continue;
      text = state.reader.values().first(slot).text;
      value = text;
    }
  }
  const std::shared_ptr<const stream::GroupPlan> plan = store_->plan(type, metadata, value);
  Key key{plan.get(), metadata.source, metadata.sourcetype, metadata.index};
  if (const auto known = state.kinds.find(key); known != state.kinds.end()) return known->second;
  if (state.kinds.size() >= kMostKinds) return state.kinds.rbegin()->second;
  Kind kind{plan, std::get<1>(key), std::get<2>(key), std::get<3>(key), {}};
  add_fields(state, kind);
  return state.kinds.emplace(std::move(key), std::move(kind)).first->second;
}

void RuleSurvey::add_fields(OfType& state, Kind& kind) {
  std::set<std::string> names;
  for (const stream::BoundRule& rule : kind.plan->rules()) {
    raw_fields(*rule.predicate.expr, [&](const std::string& name) { names.insert(name); });
  }
  for (const std::string& name : names) kind.fields.push_back({state.reader.field(name), name});
}

void RuleSurvey::judge(const Kind& kind, Verdicts& verdicts) const {
  std::set<std::string, std::less<>> unseen;
  for (const Field& field : kind.fields) {
    if (!field.seen) unseen.insert(field.name);
  }
  const auto without = [&](const ExprPtr& node) -> ExprPtr {
    const auto* raw = std::get_if<RawField>(&node->node);
    return raw != nullptr && unseen.contains(raw->path) ? make_literal(OwnedValue(), node->type) : nullptr;
  };
  for (const stream::BoundRule& rule : kind.plan->rules()) {
    const ExprPtr predicate = specialize(rule.predicate.expr, kind.source, kind.sourcetype, kind.index);
    if (is_literal_false(*predicate)) continue;
    Verdict& verdict = verdicts[heads_[rule.head]];
    const ExprPtr left = fold_constants(rewrite(predicate, without));
    const auto* constant = std::get_if<Literal>(&left->node);
    // A condition that is null lets nothing through, as one that is false.
    if (constant == nullptr || constant->value.get().is_true()) {
      verdict.able = true;
      continue;
    }
    raw_fields(*predicate, [&](const std::string& name) {
      if (unseen.contains(name)) verdict.missing.insert(name);
    });
  }
}

std::vector<SurveyedRules> RuleSurvey::finish(DiagnosticSink& sink) {
  std::vector<SurveyedRules> all;
  for (const auto& [type, state] : types_) {
    SurveyedRules of_type{type, state.records, {}, {}};
    Verdicts verdicts;
    for (const auto& [key, kind] : state.kinds) judge(kind, verdicts);
    for (const CompiledDetection* rule : heads_) {
      const auto verdict = verdicts.find(rule);
      if (verdict == verdicts.end()) continue;
      if (verdict->second.able) {
        of_type.able.push_back(rule);
      } else {
        const auto& missing = verdict->second.missing;
        of_type.blind.push_back({rule, {missing.begin(), missing.end()}});
      }
    }
    all.push_back(std::move(of_type));
  }
  add_correlations(all);
  for (SurveyedRules& of_type : all) leave_wanted(of_type);
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.records > b.records; });
  store_->report_to(sink);
  return all;
}

void RuleSurvey::leave_wanted(SurveyedRules& rules) const {
  if (!options_.only) return;
  const auto unwanted = [&](const CompiledDetection* rule) {
    return std::find(options_.only->begin(), options_.only->end(), rule) == options_.only->end();
  };
  std::erase_if(rules.able, unwanted);
  std::erase_if(rules.blind, [&](const BlindRule& blind) { return unwanted(blind.rule); });
}

/// A correlation can find something where all that it refers to can. Each refers to those before it.
void RuleSurvey::add_correlations(std::vector<SurveyedRules>& rules) const {
  const auto able = [](const SurveyedRules& of_type, const CompiledDetection* rule) {
    return std::find(of_type.able.begin(), of_type.able.end(), rule) != of_type.able.end();
  };
  const auto anywhere = [&](const CompiledDetection* rule) {
    return std::any_of(rules.begin(), rules.end(), [&](const SurveyedRules& of_type) { return able(of_type, rule); });
  };
  for (const auto& compiled : rules_.detections()) {
    if (!compiled->correlation) continue;
    const auto& sources = compiled->correlation->sources;
    if (!std::all_of(sources.begin(), sources.end(), [&](const auto& part) { return anywhere(part.detection); }))
      continue;
    for (SurveyedRules& of_type : rules) {
      const bool here =
          std::any_of(sources.begin(), sources.end(), [&](const auto& part) { return able(of_type, part.detection); });
      if (here) of_type.able.push_back(compiled.get());
    }
  }
}

}  // namespace hecate::engine
