#include "rule_reader.h"

#include <algorithm>
#include <cstdlib>

namespace hecate::corpus {
namespace {

namespace ast = sigma::ast;
using sigma::Modifier;
using sigma::ModifierKind;

bool compares(Modifier modifier, double own, double other) {
  switch (modifier) {
    case Modifier::Lt: return own < other;
    case Modifier::Lte: return own <= other;
    case Modifier::Gt: return own > other;
    default: return own >= other;
  }
}

std::optional<double> number(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  return text.empty() || *end != '\0' ? std::nullopt : std::optional(value);
}

}  // namespace

std::string spelling_of(const ast::Value& value) {
  if (const auto* text = std::get_if<ast::Text>(&value.node)) return std::string(text->text.view());
  if (const auto* of_number = std::get_if<ast::Number>(&value.node)) return of_number->spelling;
  if (const auto* boolean = std::get_if<ast::Boolean>(&value.node)) return boolean->spelling;
  return {};
}

std::vector<const ast::Search*> selected(const ast::Detection& detection, std::string_view pattern) {
  std::vector<const ast::Search*> result;
  for (const ast::Search& search : detection.searches) {
    const bool hidden = search.name.starts_with('_') && !pattern.starts_with('_');
    if (!hidden && matches(tokens_of(pattern), search.name, true)) result.push_back(&search);
  }
  return result;
}

const ast::Search* named(const ast::Detection& detection, std::string_view name) {
  for (const ast::Search& search : detection.searches) {
    if (search.name == name) return &search;
  }
  return nullptr;
}

bool RuleReader::holds(const ast::Condition& condition, const Event& event) const {
  if (const auto* reference = std::get_if<ast::Reference>(&condition.node)) {
    return holds(named(detection_, reference->name)->group, event);
  }
  if (const auto* negation = std::get_if<ast::Negation>(&condition.node)) return !holds(*negation->operand, event);
  const auto one = [&](const ast::ConditionPtr& operand) { return holds(*operand, event); };
  if (const auto* all = std::get_if<ast::Conjunction>(&condition.node)) {
    return std::all_of(all->operands.begin(), all->operands.end(), one);
  }
  if (const auto* any = std::get_if<ast::Disjunction>(&condition.node)) {
    return std::any_of(any->operands.begin(), any->operands.end(), one);
  }
  const auto& selector = std::get<ast::Selector>(condition.node);
  const auto searches = selected(detection_, selector.pattern);
  const auto search = [&](const ast::Search* own) { return holds(own->group, event); };
  return selector.count == ast::Count::All ? std::all_of(searches.begin(), searches.end(), search)
                                           : std::any_of(searches.begin(), searches.end(), search);
}

bool RuleReader::holds(const ast::Group& group, const Event& event) const {
  const auto one = [&](const ast::Group& part) { return holds(part, event); };
  if (const auto* all = std::get_if<ast::AllOf>(&group.node)) {
    return std::all_of(all->parts.begin(), all->parts.end(), one);
  }
  if (const auto* any = std::get_if<ast::AnyOf>(&group.node)) {
    return std::any_of(any->parts.begin(), any->parts.end(), one);
  }
  return holds(std::get<ast::Item>(group.node), event);
}

bool RuleReader::holds(const ast::Item& item, const Event& event) const {
  const auto one = [&](const ast::Value& value) { return value_holds(item, value, event); };
  const bool result = item.find(ModifierKind::All) != nullptr
                          ? std::all_of(item.values.begin(), item.values.end(), one)
                          : std::any_of(item.values.begin(), item.values.end(), one);
  return result != (item.find(ModifierKind::Negate) != nullptr);
}

std::vector<std::string> RuleReader::values(const ast::Item& item, const Event& event) const {
  if (!item.keyword()) return form_(item.field).values(event);
  std::vector<std::string> all;
  for (const auto& [field, value] : event) all.push_back(value.text);
  return all;
}

bool RuleReader::value_holds(const ast::Item& item, const ast::Value& value, const Event& event) const {
  const std::vector<std::string> own = values(item, event);
  if (std::holds_alternative<ast::Null>(value.node)) return own.empty();
  if (item.find(ModifierKind::Exists) != nullptr) return std::get<ast::Boolean>(value.node).value == !own.empty();
  const std::string wanted = spelling_of(value);
  if (item.find(ModifierKind::FieldReference) != nullptr) return field_holds(item, wanted, event);
  return std::any_of(own.begin(), own.end(), [&](const std::string& text) { return text_holds(item, wanted, text); });
}

bool RuleReader::text_holds(const ast::Item& item, const std::string& value, const std::string& text) const {
  if (item.find(ModifierKind::Regex) != nullptr) return regexes_.matches(item, value, text);
  if (item.find(ModifierKind::Network) != nullptr) return in_network(value, text);
  if (const ast::AppliedModifier* compare = item.find(ModifierKind::Compare)) {
    const auto left = number(text), right = number(value);
    return left && right && compares(compare->row->id, *left, *right);
  }
  const bool cased = item.find(ModifierKind::Cased) != nullptr;
  const auto texts = texts_of(item, value);
  return std::any_of(texts.begin(), texts.end(), [&](const Tokens& tokens) { return matches(tokens, text, cased); });
}

bool RuleReader::field_holds(const ast::Item& item, const std::string& other, const Event& event) const {
  const bool cased = item.find(ModifierKind::Cased) != nullptr;
  for (const std::string& theirs : form_(other).values(event)) {
    Tokens tokens = literal_tokens(theirs);
    for (const ast::AppliedModifier& modifier : item.modifiers) {
      const Modifier id = modifier.row->id;
      const Token star{Token::Kind::Star, 0};
      if (id == Modifier::Contains || id == Modifier::EndsWith) tokens.insert(tokens.begin(), star);
      if (id == Modifier::Contains || id == Modifier::StartsWith) tokens.push_back(star);
    }
    for (const std::string& own : form_(item.field).values(event)) {
      if (matches(tokens, own, cased)) return true;
    }
  }
  return false;
}

}  // namespace hecate::corpus
