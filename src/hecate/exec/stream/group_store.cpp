#include "exec/stream/group_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace hecate::stream {

/// Puts the discriminator's value where it is read, and folds what is then constant.
class GroupStore::Specializer {
 public:
  Specializer(std::string_view field, std::optional<std::string_view> value) : field_(field) {
    if (value) value_ = make_string(std::string(*value));
  }

  [[nodiscard]] ExprPtr operator()(const ExprPtr& expr) const {
    if (!value_) return expr;
    const ExprPtr replaced = rewrite(expr, [this](const ExprPtr& node) -> ExprPtr {
      const auto* raw = std::get_if<RawField>(&node->node);
      return raw != nullptr && raw->path == field_ ? value_ : nullptr;
    });
    return replaced == expr ? expr : fold_constants(replaced);
  }

 private:
  std::string_view field_;
  ExprPtr value_;
};

namespace {

/// Where one of the conjuncts is a plain test of the discriminator: its values. Most rules have one, and need not be
/// specialised for the kinds of events that it excludes.
std::optional<std::vector<std::string>> kinds_of(const Expr& predicate, std::string_view discriminator) {
  if (const auto* all = std::get_if<And>(&predicate.node)) {
    for (const ExprPtr& operand : all->operands) {
      if (auto kinds = kinds_of(*operand, discriminator)) return kinds;
    }
    return std::nullopt;
  }
  const auto* match = std::get_if<Match>(&predicate.node);
  const auto* field = match == nullptr ? nullptr : std::get_if<RawField>(&match->operand->node);
  if (field == nullptr || field->path != discriminator) return std::nullopt;
  if (match->op != MatchOp::Equals || match->quantifier != Quantifier::Any) return std::nullopt;
  return match->patterns;
}

/// Whether one of the patterns may mean the value, whatever the casing.
bool names(const std::vector<std::string>& patterns, std::string_view value) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return equals_ignoring_case(pattern, value); });
}

/// Equal for equal datasets alone: no name holds a NUL.
std::string key_of(const Dataset& dataset) {
  if (const auto* sigma = std::get_if<SigmaLogsource>(&dataset))
    return fmt::format("sigma{0}{1}{0}{2}{0}{3}", '\0', sigma->product, sigma->category, sigma->service);
  if (const auto* table = std::get_if<KustoTable>(&dataset)) return fmt::format("kusto{}{}", '\0', table->name);
  if (const auto* model = std::get_if<DataModel>(&dataset))
    return fmt::format("model{0}{1}{0}{2}{0}{3}", '\0', model->model, model->dataset, model->events);
  return "splunk";
}

}  // namespace

GroupStore::GroupStore(const Catalog& catalog, std::vector<HeadSpec> heads)
    : catalog_(catalog), heads_(std::move(heads)) {
  std::map<std::string, size_t> numbers;
  for (const HeadSpec& head : heads_) {
    const auto [at, added] = numbers.try_emplace(key_of(head.cut->head.dataset), datasets_.size());
    if (added) datasets_.push_back(&head.cut->head.dataset);
    dataset_of_.push_back(at->second);
  }
}

std::shared_ptr<const GroupPlan> GroupStore::plan(RecordType type, const Metadata& metadata,
                                                  std::optional<std::string_view> discriminator) {
  OfType& all = of_type(type);
  const std::lock_guard lock(all.mutex);
  TypeRules& known = rules(type, all, metadata);
  if (discriminator) {
    if (const auto kind = known.kinds.find(*discriminator); kind != known.kinds.end()) return kind->second;
    if (all.kinds < kMostKinds) {
      ++all.kinds;
      auto plan = make(type, known, discriminator);
      known.kinds.emplace(*discriminator, plan);
      return plan;
    }
  }
  if (!known.whole) known.whole = make(type, known, std::nullopt);
  return known.whole;
}

std::shared_ptr<const GroupPlan> GroupStore::plan_of_any(RecordType type) {
  OfType& all = of_type(type);
  const std::lock_guard lock(all.mutex);
  TypeRules& known = rules_of_any(type, all);
  if (!known.whole) known.whole = make(type, known, std::nullopt);
  return known.whole;
}

void GroupStore::report_to(DiagnosticSink& sink) {
  const std::lock_guard lock(mutex_);
  for (const Diagnostic& diagnostic : diagnostics_.all()) sink.report(diagnostic);
  diagnostics_.clear();
}

GroupStore::OfType& GroupStore::of_type(RecordType type) {
  const std::lock_guard lock(mutex_);
  return types_[type];
}

GroupStore::TypeRules& GroupStore::rules(RecordType type, OfType& known, const Metadata& metadata) {
  Origin origin{std::string(metadata.sourcetype), std::string(metadata.index), {}};
  if (metadata.source_by_catalog) origin.source = std::string(metadata.source);
  if (const auto found = known.origins.find(origin); found != known.origins.end()) return found->second;
  if (known.origins.size() < kMostOrigins) {
    TypeRules bound = bind_rules(type, &origin);
    return known.origins.emplace(std::move(origin), std::move(bound)).first->second;
  }
  return rules_of_any(type, known);
}

GroupStore::TypeRules& GroupStore::rules_of_any(RecordType type, OfType& known) {
  if (!known.whatever_origin) known.whatever_origin = bind_rules(type, nullptr);
  return *known.whatever_origin;
}

/// Most searches begin with the sourcetype or source that they are about: which these exclude is found out once for all
/// types of an origin.
const std::vector<bool>& GroupStore::possible_heads(RecordType type, const Origin* origin) {
  KnownFields known;
  std::string key;
  for (const std::string_view field : {"sourcetype", "source", "index"}) {
    const ExprPtr column = catalog_.column(type, SplunkEvents{}, std::string(field), Type::String);
    const ExprPtr value = column ? fold_constants(column, origin) : nullptr;
    if (value && std::holds_alternative<Literal>(value->node)) known.emplace(field, value);
    key += (value ? dump(*value) : std::string()) + "\n";
  }
  const std::lock_guard lock(mutex_);
  const auto [at, added] = possible_.try_emplace(key);
  if (!added) return at->second;
  for (const HeadSpec& spec : heads_) {
    const bool plain = std::holds_alternative<SplunkEvents>(spec.cut->head.dataset) &&
                       (spec.derived == nullptr || spec.derived->empty());
    at->second.push_back(!plain || may_let_through(spec.cut->head, known));
  }
  return at->second;
}

std::vector<bool> GroupStore::taken_datasets(RecordType type) const {
  std::vector<bool> taken;
  for (const Dataset* dataset : datasets_) taken.push_back(takes(type, *dataset));
  return taken;
}

GroupStore::TypeRules GroupStore::bind_rules(RecordType type, const Origin* origin) {
  TypeRules result;
  const std::vector<bool>& possible = possible_heads(type, origin);
  const std::vector<bool> taken = taken_datasets(type);
  DiagnosticSink said;
  for (size_t i = 0; i < heads_.size(); ++i) {
    const HeadSpec& spec = heads_[i];
    if (!possible[i] || !taken[dataset_of_[i]]) continue;
    BoundSpec bound{i, bind_head(type, origin, spec.cut->head, spec.plan->columns, spec.derived, said), {}};
    if (is_literal_false(*bound.bound.predicate)) continue;
    for (const Suppressor* suppressor : spec.suppressors) {
      if (!takes(type, suppressor->cut.head.dataset)) continue;
      BoundHead filter =
          bind_head(type, origin, suppressor->cut.head, suppressor->plan->columns, suppressor->derived, said);
      bound.suppressors.emplace_back(suppressor, std::move(filter.predicate));
    }
    bound.kinds = kinds_of(*bound.bound.predicate, catalog_.discriminator(type));
    result.specs.push_back(std::move(bound));
  }
  const std::lock_guard lock(mutex_);
  for (const Diagnostic& diagnostic : said.all()) diagnostics_.report(diagnostic);
  return result;
}

/// Events that no source recognises are tables named after their files, where the catalog has no such table.
bool GroupStore::takes(RecordType type, const Dataset& dataset) const {
  if (assumed_ == type || catalog_.belongs(type, dataset)) return true;
  return type == RecordType::Generic && is_file_table(dataset, catalog_);
}

BoundHead GroupStore::bind_head(RecordType type, const Origin* origin, const Head& head,
                                const std::vector<ColumnInfo>& columns, const DerivedFields* derived,
                                DiagnosticSink& sink) const {
  static const DerivedFields kNone;
  return bind(head, columns, derived != nullptr ? *derived : kNone, type, origin, catalog_, sink);
}

std::shared_ptr<const GroupPlan> GroupStore::make(RecordType type, TypeRules& rules,
                                                  std::optional<std::string_view> discriminator) const {
  const Specializer specialize(catalog_.discriminator(type), discriminator);
  // Most values leave the same rules behind; they share a group and all that it remembers.
  std::string key;
  std::vector<ExprPtr> predicates;
  const ExprPtr never = make_bool(false);
  for (const BoundSpec& spec : rules.specs) {
    if (discriminator && spec.kinds && !names(*spec.kinds, *discriminator)) {
      predicates.push_back(never);
      continue;
    }
    predicates.push_back(specialize(spec.bound.predicate));
    const ExprPtr& predicate = predicates.back();
    if (is_literal_false(*predicate)) continue;
    key += std::to_string(spec.head) + (predicate == spec.bound.predicate ? "" : dump(*predicate)) + "\n";
    for (const auto& [suppressor, condition] : spec.suppressors) {
      const ExprPtr special = specialize(condition);
      if (special != condition) key += dump(*special) + "\n";
    }
  }
  std::shared_ptr<const GroupPlan>& plan = rules.plans[key];
  if (!plan) plan = build(type, rules.specs, predicates, specialize);
  return plan;
}

std::shared_ptr<const GroupPlan> GroupStore::build(RecordType type, const std::vector<BoundSpec>& specs,
                                                   const std::vector<ExprPtr>& predicates,
                                                   const Specializer& specialize) const {
  auto program = std::make_unique<Program>();
  const auto term = [&program](ExprPtr expr) {
    const Program::Index index = program->add(*expr);
    return Term{std::move(expr), index};
  };
  std::vector<BoundRule> bound;
  for (size_t i = 0; i < specs.size(); ++i) {
    if (is_literal_false(*predicates[i])) continue;
    const Plan& plan = *heads_[specs[i].head].plan;
    BoundRule rule{specs[i].head, term(predicates[i]), {}, {}, plan.whole_event && plan.language == Language::Spl};
    // What is shown stays as the event writes it.
    for (const ExprPtr& live : specs[i].bound.live) rule.live.push_back(term(live));
    for (const auto& [suppressor, condition] : specs[i].suppressors) {
      rule.suppressors.emplace_back(suppressor, term(specialize(condition)));
    }
    bound.push_back(std::move(rule));
  }
  return std::make_shared<const GroupPlan>(type, std::move(bound), std::move(program), catalog_);
}

}  // namespace hecate::stream
