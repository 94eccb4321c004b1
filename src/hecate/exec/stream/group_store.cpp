#include "exec/stream/group_store.h"

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

}  // namespace

std::shared_ptr<const GroupPlan> GroupStore::plan(RecordType type, const Metadata& metadata,
                                                  std::optional<std::string_view> discriminator) {
  const std::lock_guard lock(mutex_);
  TypeRules& known = rules(type, metadata);
  if (discriminator) {
    if (const auto kind = known.kinds.find(*discriminator); kind != known.kinds.end()) return kind->second;
    if (kinds_[type] < kMostKinds) {
      ++kinds_[type];
      auto plan = make(type, known, discriminator);
      known.kinds.emplace(*discriminator, plan);
      return plan;
    }
  }
  if (!known.whole) known.whole = make(type, known, std::nullopt);
  return known.whole;
}

std::shared_ptr<const GroupPlan> GroupStore::plan_of_any(RecordType type) {
  const std::lock_guard lock(mutex_);
  TypeRules& known = rules_of_any(type);
  if (!known.whole) known.whole = make(type, known, std::nullopt);
  return known.whole;
}

void GroupStore::report_to(DiagnosticSink& sink) {
  const std::lock_guard lock(mutex_);
  for (const Diagnostic& diagnostic : diagnostics_.all()) sink.report(diagnostic);
  diagnostics_.clear();
}

GroupStore::TypeRules& GroupStore::rules(RecordType type, const Metadata& metadata) {
  Origin origin{std::string(metadata.sourcetype), std::string(metadata.index), {}};
  if (metadata.source_by_catalog) origin.source = std::string(metadata.source);
  Origins& origins = types_[type];
  if (const auto known = origins.find(origin); known != origins.end()) return known->second;
  if (origins.size() < kMostOrigins) {
    TypeRules bound = bind_rules(type, &origin);
    return origins.emplace(std::move(origin), std::move(bound)).first->second;
  }
  return rules_of_any(type);
}

GroupStore::TypeRules& GroupStore::rules_of_any(RecordType type) {
  const auto known = whatever_origin_.find(type);
  return known != whatever_origin_.end() ? known->second
                                         : whatever_origin_.emplace(type, bind_rules(type, nullptr)).first->second;
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
  const auto [at, added] = possible_.try_emplace(key);
  if (!added) return at->second;
  for (const HeadSpec& spec : heads_) {
    const bool plain = std::holds_alternative<SplunkEvents>(spec.cut->head.dataset) &&
                       (spec.derived == nullptr || spec.derived->empty());
    at->second.push_back(!plain || may_let_through(spec.cut->head, known));
  }
  return at->second;
}

GroupStore::TypeRules GroupStore::bind_rules(RecordType type, const Origin* origin) {
  TypeRules result;
  const std::vector<bool>& possible = possible_heads(type, origin);
  for (size_t i = 0; i < heads_.size(); ++i) {
    const HeadSpec& spec = heads_[i];
    if (!possible[i]) continue;
    if (!takes(type, spec.cut->head.dataset)) continue;
    BoundSpec bound{i, bind_head(type, origin, spec.cut->head, spec.plan->columns, spec.derived), {}};
    if (is_literal_false(*bound.bound.predicate)) continue;
    for (const Suppressor* suppressor : spec.suppressors) {
      if (!takes(type, suppressor->cut.head.dataset)) continue;
      BoundHead filter = bind_head(type, origin, suppressor->cut.head, suppressor->plan->columns, suppressor->derived);
      bound.suppressors.emplace_back(suppressor, std::move(filter.predicate));
    }
    bound.kinds = kinds_of(*bound.bound.predicate, catalog_.discriminator(type));
    result.specs.push_back(std::move(bound));
  }
  return result;
}

/// Events that no source recognises are tables named after their files, where the catalog has no such table.
bool GroupStore::takes(RecordType type, const Dataset& dataset) const {
  if (assumed_ == type || catalog_.belongs(type, dataset)) return true;
  return type == RecordType::Generic && is_file_table(dataset, catalog_);
}

BoundHead GroupStore::bind_head(RecordType type, const Origin* origin, const Head& head,
                                const std::vector<ColumnInfo>& columns, const DerivedFields* derived) {
  static const DerivedFields kNone;
  return bind(head, columns, derived != nullptr ? *derived : kNone, type, origin, catalog_, diagnostics_);
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
