#include <algorithm>
#include <array>

#include "lang/sigma/item_text.h"
#include "lang/sigma/pipeline_codes.h"
#include "lang/sigma/pipeline_state.h"

namespace hecate::sigma::pipeline {
namespace {

// --- values ---

std::optional<double> number_in(const ast::Value& value) {
  const auto* number = std::get_if<ast::Number>(&value.node);
  if (number == nullptr) return std::nullopt;
  if (const auto* whole = std::get_if<int64_t>(&number->value)) return static_cast<double>(*whole);
  return std::get<double>(number->value);
}

std::string_view spelling(const ast::Value& value) {
  if (const auto* text = std::get_if<ast::Text>(&value.node)) return text->text.view();
  if (const auto* number = std::get_if<ast::Number>(&value.node)) return number->spelling;
  if (const auto* boolean = std::get_if<ast::Boolean>(&value.node)) return boolean->value ? "true" : "false";
  return "null";
}

template <typename T>
bool related(const T& a, Relation relation, const T& b) {
  switch (relation) {
    case Relation::Equal: return a == b;
    case Relation::NotEqual: return a != b;
    case Relation::GreaterEqual: return a >= b;
    case Relation::Greater: return a > b;
    case Relation::LessEqual: return a <= b;
    case Relation::Less: return a < b;
    default: return false;
  }
}

/// Values of different types are different, and in no order.
bool related_values(const ast::Value& a, Relation relation, const ast::Value& b) {
  if (a.node.index() != b.node.index()) return relation == Relation::NotEqual;
  if (const auto number = number_in(a)) return related(*number, relation, number_in(b).value_or(0));
  return related(spelling(a), relation, spelling(b));
}

/// Whether a value of an item is this value of a condition.
bool is_value(const ast::Item& item, const ast::Value& value, const ast::Value& wanted) {
  const auto text = text_of(item, value);
  if (const auto* wanted_text = std::get_if<ast::Text>(&wanted.node)) {
    return text && *text == SigmaString::parse(wanted_text->text.view());
  }
  return !text && has_plain_values(item) && related_values(value, Relation::Equal, wanted);
}

// --- items ---

template <typename Test>
bool over_values(const ast::Item& item, Over over, const Test& test) {
  return over == Over::Any ? std::any_of(item.values.begin(), item.values.end(), test)
                           : std::all_of(item.values.begin(), item.values.end(), test);
}

template <typename Test>
bool any_item(const ast::Group& group, const Test& test) {
  if (const auto* item = std::get_if<ast::Item>(&group.node)) return test(*item);
  const auto* all = std::get_if<ast::AllOf>(&group.node);
  const auto& parts = all != nullptr ? all->parts : std::get<ast::AnyOf>(group.node).parts;
  return std::any_of(parts.begin(), parts.end(), [&](const ast::Group& part) { return any_item(part, test); });
}

template <typename Test>
bool any_item_of(const State& state, const Test& test) {
  if (state.subject.detection == nullptr) return false;
  const auto& searches = state.subject.detection->searches;
  return std::any_of(searches.begin(), searches.end(),
                     [&](const ast::Search& search) { return any_item(search.group, test); });
}

// --- attributes of rules ---

constexpr std::array<std::string_view, 5> kLevels{"informational", "low", "medium", "high", "critical"};
constexpr std::array<std::string_view, 5> kStatuses{"unsupported", "deprecated", "experimental", "test", "stable"};

template <size_t N>
std::optional<size_t> rank(const std::array<std::string_view, N>& words, std::string_view word) {
  const auto found = std::find_if(words.begin(), words.end(), [&](std::string_view w) {
    return w.size() == word.size() && std::equal(w.begin(), w.end(), word.begin(), [](char a, char b) {
             return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b + 32) : b);
           });
  });
  if (found == words.end()) return std::nullopt;
  return static_cast<size_t>(found - words.begin());
}

template <size_t N>
bool related_ranks(const std::array<std::string_view, N>& words, std::string_view a, Relation relation,
                   std::string_view b) {
  const auto left = rank(words, a);
  const auto right = rank(words, b);
  return left && right && related(*left, relation, *right);
}

bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool related_list(const Names& list, Relation relation, std::string_view wanted) {
  if (relation == Relation::In) return contains(list, wanted);
  if (relation == Relation::NotIn) return !contains(list, wanted);
  return relation == Relation::NotEqual;  // a list is no single value
}

bool related_attribute(const State& state, const AttributeIs& condition) {
  const Metadata& rule = state.subject.metadata;
  const std::string_view wanted = spelling(condition.value);
  const std::string& name = condition.name;
  if (name == "level") return related_ranks(kLevels, rule.level, condition.relation, wanted);
  if (name == "status") return related_ranks(kStatuses, rule.status, condition.relation, wanted);
  if (name == "tags") return related_list(rule.tags, condition.relation, wanted);
  if (name == "fields") return related_list(rule.fields, condition.relation, wanted);
  if (name == "references") return related_list(rule.references, condition.relation, wanted);
  if (name == "falsepositives") return related_list(rule.false_positives, condition.relation, wanted);
  if (const auto own = state.attributes.find(name); own != state.attributes.end()) {
    return related_values(own->second, condition.relation, condition.value);
  }
  const yaml::Node* node = state.subject.document.find(name);
  if (node == nullptr || node->is_null() || node->is_mapping()) return false;
  if (node->is_sequence()) {
    Names list;
    for (const std::string_view text : node->texts()) list.emplace_back(text);
    return related_list(list, condition.relation, wanted);
  }
  const std::optional<double> number = node->as_number();
  const std::optional<double> wanted_number = number_in(condition.value);
  if (number && wanted_number) return related(*number, condition.relation, *wanted_number);
  // Dates in ISO 8601 compare as texts.
  return related(node->text(), condition.relation, wanted);
}

// --- one condition ---

struct RuleTest {
  const State& state;

  bool operator()(const LogsourceIs& condition) const {
    const SigmaLogsource& logsource = state.subject.metadata.logsource;
    return (condition.category.empty() || condition.category == logsource.category) &&
           (condition.product.empty() || condition.product == logsource.product) &&
           (condition.service.empty() || condition.service == logsource.service);
  }
  bool operator()(const ContainsItem& condition) const {
    return any_item_of(state, [&](const ast::Item& item) {
      if (item.keyword() || item.field != condition.field) return false;
      return over_values(item, Over::Any,
                         [&](const ast::Value& value) { return is_value(item, value, condition.value); });
    });
  }
  bool operator()(const ContainsField& condition) const {
    return any_item_of(state, [&](const ast::Item& item) { return !item.keyword() && item.field == condition.field; });
  }
  bool operator()(const WasProcessed& condition) const { return state.applied.contains(condition.item); }
  bool operator()(const StateIs& condition) const {
    const auto found = state.values.find(condition.key);
    return found != state.values.end() && related_values(found->second, condition.relation, condition.value);
  }
  bool operator()(const IsRule& /*condition*/) const { return state.subject.detection != nullptr; }
  bool operator()(const IsCorrelation& /*condition*/) const { return state.subject.detection == nullptr; }
  bool operator()(const AttributeIs& condition) const { return related_attribute(state, condition); }
  bool operator()(const HasTag& condition) const { return contains(state.subject.metadata.tags, condition.tag); }
  template <typename Other>
  bool operator()(const Other& /*not of a rule*/) const {
    return false;
  }
};

struct ItemTest {
  const State& state;
  const ast::Item& item;

  bool operator()(const MatchesString& condition) const {
    return over_values(item, condition.over, [&](const ast::Value& value) {
      const std::optional<SigmaString> text = text_of(item, value);
      return (text && condition.regex->match(text->plain()).has_value()) != condition.negated;
    });
  }
  bool operator()(const MatchesValue& condition) const {
    return over_values(item, condition.over,
                       [&](const ast::Value& value) { return is_value(item, value, condition.value); });
  }
  bool operator()(const HasWildcard& condition) const {
    return over_values(item, condition.over, [&](const ast::Value& value) {
      const std::optional<SigmaString> text = text_of(item, value);
      return text && text->has_wildcard();
    });
  }
  bool operator()(const IsNull& condition) const {
    return over_values(item, condition.over,
                       [](const ast::Value& value) { return std::holds_alternative<ast::Null>(value.node); });
  }
  bool operator()(const WasProcessed& condition) const { return contains(item.processed_by, condition.item); }
  template <typename Other>
  bool operator()(const Other& other) const {
    return RuleTest{state}(other);
  }
};

/// Of a field's name; `item` is the one whose field it is, or null.
struct NameTest {
  const State& state;
  std::string_view name;
  const ast::Item* item = nullptr;

  bool operator()(const FieldIsOneOf& condition) const {
    const bool found =
        !name.empty() && (condition.names.contains(name) ||
                          std::any_of(condition.patterns.begin(), condition.patterns.end(),
                                      [&](const Regex& regex) { return regex->match(name).has_value(); }));
    return found != condition.excluded;
  }
  bool operator()(const WasProcessed& condition) const {
    if (item != nullptr) return contains(item->processed_by, condition.item);
    const auto found = state.renamed_by.find(name);
    return found != state.renamed_by.end() && found->second.contains(condition.item);
  }
  template <typename Other>
  bool operator()(const Other& other) const {
    return RuleTest{state}(other);
  }
};

// --- sets of conditions ---

template <typename Test>
bool holds_expression(const ast::Condition& node, const ConditionSet& set, const Test& test) {
  if (const auto* name = std::get_if<ast::Reference>(&node.node)) {
    const auto found = std::find_if(set.conditions.begin(), set.conditions.end(),
                                    [&](const Condition& condition) { return condition.name == name->name; });
    return found != set.conditions.end() && test(*found);
  }
  const auto holds = [&](const ast::ConditionPtr& operand) { return holds_expression(*operand, set, test); };
  if (const auto* negation = std::get_if<ast::Negation>(&node.node)) return !holds(negation->operand);
  if (const auto* all = std::get_if<ast::Conjunction>(&node.node)) {
    return std::all_of(all->operands.begin(), all->operands.end(), holds);
  }
  const auto* any = std::get_if<ast::Disjunction>(&node.node);
  return any != nullptr && std::any_of(any->operands.begin(), any->operands.end(), holds);
}

template <typename Test>
bool holds(const ConditionSet& set, const Test& test) {
  if (set.expression) return holds_expression(*set.expression, set, test) != set.negated;
  const bool linked = set.link == Over::All ? std::all_of(set.conditions.begin(), set.conditions.end(), test)
                                            : std::any_of(set.conditions.begin(), set.conditions.end(), test);
  return linked != set.negated;
}

}  // namespace

bool applies_to_rule(State& state, const Step& step) {
  if (step.rule_conditions.conditions.empty()) return true;
  return holds(step.rule_conditions, [&](const Condition& c) { return std::visit(RuleTest{state}, c.node); });
}

bool applies_to_item(State& state, const Step& step, const ast::Item& item) {
  const auto item_test = [&](const Condition& c) { return std::visit(ItemTest{state, item}, c.node); };
  // An item is meant by the name of its field, or by one that it refers to.
  const auto name_test = [&](const Condition& c) {
    if (std::visit(NameTest{state, item.field, &item}, c.node)) return true;
    if (item.find(ModifierKind::FieldReference) == nullptr) return false;
    return over_values(item, Over::Any, [&](const ast::Value& value) {
      return std::visit(NameTest{state, spelling(value), nullptr}, c.node);
    });
  };
  return holds(step.item_conditions, item_test) && holds(step.field_conditions, name_test);
}

bool applies_to_field_of(State& state, const Step& step, const ast::Item& item) {
  return holds(step.field_conditions,
               [&](const Condition& c) { return std::visit(NameTest{state, item.field, &item}, c.node); });
}

bool applies_to_name(State& state, const Step& step, std::string_view name) {
  return holds(step.field_conditions,
               [&](const Condition& c) { return std::visit(NameTest{state, name, nullptr}, c.node); });
}

}  // namespace hecate::sigma::pipeline
