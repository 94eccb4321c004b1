#include "lang/sigma/item_text.h"

#include <algorithm>

namespace hecate::sigma {
namespace {

using K = ModifierKind;

constexpr uint32_t kTyped =
    bit(K::Regex) | bit(K::Network) | bit(K::Compare) | bit(K::TimePart) | bit(K::Exists) | bit(K::FieldReference);
// What change_texts has applied.
constexpr uint32_t kApplied = bit(K::Position) | bit(K::Encode);

bool expands(const ast::Item& item) {
  return std::any_of(item.modifiers.begin(), item.modifiers.end(), [](const ast::AppliedModifier& modifier) {
    return modifier.row->kind == K::Dash || modifier.row->id == Modifier::Base64Offset;
  });
}

bool apply(Modifier modifier, ModifierKind kind, SigmaString& text) {
  if (kind == K::Encode) {
    const std::optional<std::string> literal = text.literal();
    if (!literal || literal->empty()) return false;
    SigmaString result;
    result.append_literal(encoded(modifier, *literal).front());
    text = std::move(result);
  } else if (kind == K::Position) {
    text = text.wrapped(modifier != Modifier::StartsWith, modifier != Modifier::EndsWith);
  }
  return true;
}

std::optional<std::string_view> spelling_of(const ast::Item& item, const ast::Value& value) {
  if (const auto* text = std::get_if<ast::Text>(&value.node)) return text->text.view();
  if (item.find(K::Position) == nullptr) return std::nullopt;
  if (const auto* number = std::get_if<ast::Number>(&value.node)) return number->spelling;
  if (const auto* boolean = std::get_if<ast::Boolean>(&value.node)) return boolean->spelling;
  return std::nullopt;
}

}  // namespace

bool has_plain_values(const ast::Item& item) {
  return std::none_of(item.modifiers.begin(), item.modifiers.end(),
                      [](const ast::AppliedModifier& modifier) { return (kTyped & bit(modifier.row->kind)) != 0; });
}

std::optional<SigmaString> text_of(const ast::Item& item, const ast::Value& value) {
  if (!has_plain_values(item) || expands(item)) return std::nullopt;
  const std::optional<std::string_view> spelling = spelling_of(item, value);
  if (!spelling) return std::nullopt;
  SigmaString text = SigmaString::parse(*spelling);
  for (const ast::AppliedModifier& modifier : item.modifiers) {
    if (!apply(modifier.row->id, modifier.row->kind, text)) return std::nullopt;
  }
  return text;
}

ast::Value text_value(const SigmaString& text, Span span) {
  MappedText mapped;
  mapped.append_generated(text.source(), span);
  return {ast::Text{std::move(mapped)}, span};
}

bool change_texts(ast::Item& item, bool numbers,
                  const std::function<std::optional<std::vector<SigmaString>>(const SigmaString&)>& change) {
  std::vector<ast::Value> values;
  bool changed = false;
  for (const ast::Value& value : item.values) {
    std::optional<SigmaString> text = text_of(item, value);
    const auto* number = std::get_if<ast::Number>(&value.node);
    if (!text && numbers && number != nullptr && has_plain_values(item)) text = SigmaString::parse(number->spelling);
    if (!text && std::holds_alternative<ast::Text>(value.node)) return false;  // all of the item's texts, or none
    if (!text) {
      values.push_back(value);
      continue;
    }
    const std::optional<std::vector<SigmaString>> replaced = change(*text);
    changed |= replaced.has_value();
    for (const SigmaString& one : replaced ? *replaced : std::vector{*text}) {
      values.push_back(text_value(one, value.span));
    }
  }
  if (!changed) return false;
  if (values.empty()) values.push_back({ast::Null{}, item.span});
  item.values = std::move(values);
  remove_modifiers(item, kApplied);
  return true;
}

void remove_modifiers(ast::Item& item, uint32_t kinds) {
  std::erase_if(item.modifiers,
                [&](const ast::AppliedModifier& modifier) { return (kinds & bit(modifier.row->kind)) != 0; });
}

}  // namespace hecate::sigma
