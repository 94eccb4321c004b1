#include "lang/sigma/correlation_condition.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <iterator>

#include "lang/sigma/codes.h"
#include "lang/sigma/condition.h"

namespace hecate::sigma {
namespace {

constexpr size_t kMostCombinations = 64;
constexpr size_t kMostRules = 1000;
constexpr size_t kMostFields = 100;

struct ComparisonRow {
  std::string_view name;
  Comparison comparison;
};
constexpr std::array<ComparisonRow, 6> kComparisons{{{"gt", Comparison::Greater},
                                                     {"gte", Comparison::GreaterOrEqual},
                                                     {"lt", Comparison::Less},
                                                     {"lte", Comparison::LessOrEqual},
                                                     {"eq", Comparison::Equal},
                                                     {"neq", Comparison::NotEqual}}};
constexpr std::array<std::string_view, 8> kConditionKeys{"gt", "gte", "lt", "lte", "eq", "neq", "field", "percentile"};

std::optional<double> number_of(const yaml::Node& node) {
  const std::string_view text = node.text();
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!node.is_scalar() || !whole || !std::isfinite(value)) return std::nullopt;
  return value;
}

bool holds(const Threshold& threshold, double value) {
  switch (threshold.comparison) {
    case Comparison::Greater: return value > threshold.value;
    case Comparison::GreaterOrEqual: return value >= threshold.value;
    case Comparison::Less: return value < threshold.value;
    case Comparison::LessOrEqual: return value <= threshold.value;
    case Comparison::Equal: return value == threshold.value;
    case Comparison::NotEqual: return value != threshold.value;
  }
  return false;
}

/// An extended condition as a disjunction of what occurs and what does not.
class Combinations {
 public:
  Combinations(Correlation& correlation, DiagnosticSink& sink) : correlation_(correlation), sink_(sink) {}

  bool read(const yaml::Node& condition) {
    Result<ast::ConditionPtr> parsed = parse_condition(condition.scalar, sink_);
    if (!parsed) return false;
    own_rules_ = correlation_.rules.empty();
    const std::vector<Combination> all = expand(**parsed, false);
    if (!ok_) return false;
    check_all_used(condition);
    for (const Combination& combination : all) {
      if (combination.present.empty()) {
        sink_.report(kCorrelationCondition, condition.span,
                     "this condition can hold where no rule matches at all, so that no event would begin a window",
                     "join it with a rule that must match: `rule_a and not rule_b`");
        return false;
      }
    }
    if (all.empty()) {
      sink_.report(kCorrelationCondition, condition.span, "this condition contradicts itself");
      return false;
    }
    correlation_.combinations = all;
    return ok_;
  }

 private:
  std::vector<Combination> expand(const ast::Condition& node, bool negated) {
    return std::visit([&](const auto& part) { return expand_part(part, node.span, negated); }, node.node);
  }

  std::vector<Combination> expand_part(const ast::Reference& reference, Span span, bool negated) {
    const size_t rule = rule_named(reference.name, span);
    used_.push_back(rule);
    Combination combination;
    (negated ? combination.absent : combination.present).push_back(rule);
    return {combination};
  }

  std::vector<Combination> expand_part(const ast::Selector& selector, Span span, bool /*negated*/) {
    sink_.report(kCorrelationCondition, span,
                 fmt::format("`{} of` is not part of a correlation's condition",
                             selector.count == ast::Count::All ? "all" : "1"),
                 "name the rules and join them with `and`, `or` and `not`");
    ok_ = false;
    return {};
  }

  std::vector<Combination> expand_part(const ast::Negation& negation, Span /*span*/, bool negated) {
    return expand(*negation.operand, !negated);
  }
  std::vector<Combination> expand_part(const ast::Conjunction& all, Span span, bool negated) {
    return join(all.operands, span, negated, !negated);
  }
  std::vector<Combination> expand_part(const ast::Disjunction& any, Span span, bool negated) {
    return join(any.operands, span, negated, negated);
  }

  std::vector<Combination> join(const std::vector<ast::ConditionPtr>& operands, Span span, bool negated, bool all) {
    std::vector<Combination> result;
    if (all) result.emplace_back();
    for (const ast::ConditionPtr& operand : operands) {
      std::vector<Combination> part = expand(*operand, negated);
      if (!ok_) return {};
      result = all ? product(result, part) : sum(std::move(result), std::move(part));
      if (result.size() > kMostCombinations) {
        sink_.report(kTooLarge, span, fmt::format("this condition has more than {} alternatives", kMostCombinations));
        ok_ = false;
        return {};
      }
    }
    return result;
  }

  static std::vector<Combination> sum(std::vector<Combination> a, std::vector<Combination> b) {
    std::move(b.begin(), b.end(), std::back_inserter(a));
    return a;
  }

  static std::vector<size_t> merged(const std::vector<size_t>& a, const std::vector<size_t>& b) {
    std::vector<size_t> result;
    std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(result));
    return result;
  }

  static std::vector<Combination> product(const std::vector<Combination>& a, const std::vector<Combination>& b) {
    std::vector<Combination> result;
    for (const Combination& left : a) {
      for (const Combination& right : b) {
        Combination both{merged(left.present, right.present), merged(left.absent, right.absent)};
        std::vector<size_t> clash;
        std::set_intersection(both.present.begin(), both.present.end(), both.absent.begin(), both.absent.end(),
                              std::back_inserter(clash));
        if (clash.empty()) result.push_back(std::move(both));
      }
    }
    return result;
  }

  size_t rule_named(const std::string& name, Span span) {
    std::vector<Named>& rules = correlation_.rules;
    const auto found = std::find_if(rules.begin(), rules.end(), [&](const Named& rule) { return rule.name == name; });
    if (found != rules.end()) return static_cast<size_t>(found - rules.begin());
    if (!own_rules_) {
      std::vector<std::string_view> known;
      for (const Named& rule : rules) known.push_back(rule.name);
      const std::string_view near = nearest(name, known);
      sink_.report(kCorrelationCondition, span, fmt::format("`{}` is not among the correlation's rules", name),
                   near.empty() ? std::string("add it to `rules`") : fmt::format("did you mean `{}`?", near));
      ok_ = false;
      return 0;
    }
    if (rules.size() >= kMostRules) {
      if (ok_) sink_.report(kTooLarge, span, fmt::format("this condition names more than {} rules", kMostRules));
      ok_ = false;
      return 0;
    }
    rules.push_back({name, span});
    return rules.size() - 1;
  }

  void check_all_used(const yaml::Node& condition) {
    for (size_t i = 0; i < correlation_.rules.size(); ++i) {
      if (std::find(used_.begin(), used_.end(), i) != used_.end()) continue;
      sink_.report(
          kCorrelationCondition, correlation_.rules[i].span,
          fmt::format("the condition `{}` never names the rule `{}`", condition.text(), correlation_.rules[i].name),
          "add it to the condition, or remove it from `rules`");
      ok_ = false;
    }
  }

  Correlation& correlation_;
  DiagnosticSink& sink_;
  std::vector<size_t> used_;
  bool own_rules_ = false;
  bool ok_ = true;
};

class ThresholdReader {
 public:
  ThresholdReader(const yaml::Node& condition, Span key, Correlation& correlation, DiagnosticSink& sink)
      : condition_(condition), key_(key), correlation_(correlation), sink_(sink) {}

  bool run() {
    for (const auto& [key, value] : condition_.entries) read(*key, *value);
    if (!ok_) return false;
    const std::string_view type = to_string(correlation_.type);
    if (correlation_.thresholds.empty()) {
      fail(kCorrelationCondition, key_, "the condition has no comparison", "add one of gt, gte, lt, lte, eq, neq");
    }
    const bool with_field = needs_field(correlation_.type);
    if (with_field && correlation_.fields.empty()) {
      fail(kMissingKey, key_, fmt::format("the condition of a {} correlation needs a `field`", type));
    }
    if (!with_field && !correlation_.fields.empty()) {
      fail(kCorrelationCondition, correlation_.fields.front().span,
           fmt::format("a {} correlation looks at no field", type), "remove `field`, or use a value_... type");
    }
    if (correlation_.fields.size() > 1 && correlation_.type != CorrelationType::ValueCount) {
      fail(kCorrelationCondition, correlation_.fields[1].span, fmt::format("a {} correlation takes one field", type));
    }
    check_percentile();
    if (ok_) check_satisfiable();
    if (ok_) check_choices();
    return ok_;
  }

 private:
  void fail(const DiagnosticCode& code, Span span, std::string message, std::string hint = {}) {
    sink_.report(code, span, std::move(message), std::move(hint));
    ok_ = false;
  }

  void read(const yaml::Node& key, const yaml::Node& value) {
    const auto row = std::find_if(kComparisons.begin(), kComparisons.end(),
                                  [&](const ComparisonRow& candidate) { return candidate.name == key.text(); });
    if (row != kComparisons.end()) return read_threshold(row->comparison, key, value);
    if (key.text() == "field") return read_fields(key, value);
    if (key.text() == "percentile") return read_percentile(key, value);
    const std::string_view near = nearest(key.text(), kConditionKeys);
    fail(kCorrelationKey, key.span, fmt::format("the condition of a correlation has no key `{}`", key.text()),
         near.empty() ? fmt::format("one of {}", fmt::join(kConditionKeys, ", "))
                      : fmt::format("did you mean `{}`?", near));
  }

  void read_threshold(Comparison comparison, const yaml::Node& key, const yaml::Node& value) {
    const Span span = value.is_scalar() ? value.span : key.span;
    const auto number = number_of(value);
    if (!number) return fail(kThreshold, span, fmt::format("`{}` must be a number", key.text()));
    if (is_count(correlation_.type) && *number != std::floor(*number)) {
      return fail(kThreshold, span,
                  fmt::format("a {} correlation counts: `{}` must be a whole number", to_string(correlation_.type),
                              key.text()));
    }
    correlation_.thresholds.push_back({comparison, *number, cover(key.span, span)});
  }

  void read_fields(const yaml::Node& key, const yaml::Node& value) {
    const auto add = [&](const yaml::Node& item) {
      if (item.is_scalar() && !item.text().empty()) {
        correlation_.fields.push_back({std::string(item.text()), item.span});
      } else {
        fail(kWrongShape, key.span, "`field` must be the name of a field, or a list of names");
      }
    };
    if (value.items.size() > kMostFields) {
      fail(kTooLarge, key.span, fmt::format("`field` has more than {} entries", kMostFields));
    } else if (value.is_sequence()) {
      for (const yaml::NodePtr& item : value.items) add(*item);
    } else {
      add(value);
    }
  }

  void read_percentile(const yaml::Node& key, const yaml::Node& value) {
    const auto number = number_of(value);
    percentile_span_ = cover(key.span, value.span);
    if (!number || *number < 0 || *number > 100) {
      return fail(kThreshold, percentile_span_, "`percentile` must be a number from 0 to 100");
    }
    correlation_.percentile = number;
  }

  void check_percentile() {
    const bool wanted = correlation_.type == CorrelationType::ValuePercentile;
    if (wanted && !correlation_.percentile) {
      fail(kMissingKey, key_, "the condition of a value_percentile correlation needs a `percentile`",
           "add `percentile: 95`");
    }
    if (!wanted && correlation_.percentile) {
      fail(kCorrelationCondition, percentile_span_,
           fmt::format("a {} correlation has no `percentile`", to_string(correlation_.type)));
    }
  }

  /// Some of the rules in order: each choice of them is an order of its own.
  void check_choices() {
    constexpr double kMost = 1000;
    if (correlation_.type != CorrelationType::TemporalOrdered) return;
    double least = 1;
    for (const Threshold& threshold : correlation_.thresholds) {
      if (threshold.comparison == Comparison::Greater) least = std::max(least, threshold.value + 1);
      const bool reach =
          threshold.comparison == Comparison::GreaterOrEqual || threshold.comparison == Comparison::Equal;
      if (reach) least = std::max(least, threshold.value);
    }
    double choices = 1;
    const auto rules = static_cast<double>(correlation_.rules.size());
    for (double i = 1; i <= least && choices <= kMost; ++i) choices = choices * (rules - least + i) / i;
    if (choices <= kMost) return;
    fail(kTooLarge, key_,
         fmt::format("{} of {} rules in order can be chosen in more than {} ways", least, rules, kMost),
         "correlate fewer rules, or all of them");
  }

  /// Some number must pass all thresholds; a count is at least 1, since a window begins with an event.
  void check_satisfiable() {
    const bool counts = is_count(correlation_.type);
    const double most = is_temporal(correlation_.type) ? static_cast<double>(correlation_.rules.size()) : HUGE_VAL;
    std::vector<double> candidates{1};
    for (const Threshold& threshold : correlation_.thresholds) {
      const double step = counts ? 1 : 0.5;
      for (const double number : {threshold.value - step, threshold.value, threshold.value + step}) {
        candidates.push_back(number);
      }
      for (const Threshold& other : correlation_.thresholds) candidates.push_back((threshold.value + other.value) / 2);
    }
    const auto possible = [&](double number) {
      if (counts && (number < 1 || number > most || number != std::floor(number))) return false;
      return std::all_of(correlation_.thresholds.begin(), correlation_.thresholds.end(),
                         [&](const Threshold& threshold) { return holds(threshold, number); });
    };
    if (std::any_of(candidates.begin(), candidates.end(), possible)) return;
    std::string hint;
    if (counts) hint = "a window begins with an event, so that it counts at least 1";
    if (is_temporal(correlation_.type))
      hint = fmt::format("it counts different rules: from 1 to {}", correlation_.rules.size());
    fail(kThreshold, correlation_.thresholds.front().span, "no window can satisfy this condition", std::move(hint));
  }

  const yaml::Node& condition_;
  Span key_;
  Span percentile_span_;
  Correlation& correlation_;
  DiagnosticSink& sink_;
  bool ok_ = true;
};

}  // namespace

bool read_correlation_condition(const yaml::Node* condition, Span key, bool extended_type, Correlation& correlation,
                                DiagnosticSink& sink) {
  const bool temporal = is_temporal(correlation.type);
  const bool absent = condition == nullptr || condition->is_null();
  if (absent && temporal && !extended_type) {
    // "All events defined by the rules referred by the rule field must occur" (Temporal Proximity).
    correlation.thresholds.push_back({Comparison::GreaterOrEqual, static_cast<double>(correlation.rules.size()), key});
    return true;
  }
  if (absent) {
    sink.report(kMissingKey, key, "the correlation has no `condition`",
                extended_type ? "add `condition: rule_a and not rule_b`" : "add `condition: {gte: 10}`");
    return false;
  }
  if (condition->is_mapping() && !extended_type) return ThresholdReader(*condition, key, correlation, sink).run();
  if (condition->is_scalar() && temporal) return Combinations(correlation, sink).read(*condition);
  if (condition->is_scalar()) {
    sink.report(kCorrelationCondition, condition->span,
                fmt::format("the condition of a {} correlation is a mapping", to_string(correlation.type)),
                "write `gte: 10`; conditions over rules belong to the temporal types");
    return false;
  }
  sink.report(kWrongShape, key,
              extended_type ? "the condition must be a text" : "the condition must be a mapping or a text");
  return false;
}

}  // namespace hecate::sigma
