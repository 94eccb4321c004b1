#include "lang/sigma/item_check.h"

#include <fmt/format.h>

#include "base/text.h"
#include "lang/sigma/codes.h"

namespace hecate::sigma {
namespace {

bool report_unknown(std::string_view name, Span span, DiagnosticSink& sink) {
  if (name.empty()) {
    sink.report(kUnknownModifier, span, "a `|` without a modifier behind it", "remove it, or name a modifier");
    return false;
  }
  const std::string_view near = nearest_modifier(name);
  sink.report(kUnknownModifier, span, fmt::format("there is no modifier `{}`", name),
              near.empty() ? std::string() : fmt::format("did you mean `{}`?", near));
  return false;
}

/// Whether `row` may stand behind the modifiers that the item has so far.
bool may_follow(const ModifierRow& row, const ast::Item& item, Span span, DiagnosticSink& sink) {
  const bool behind_regex = !item.modifiers.empty() && (item.modifiers.back().row->kind == ModifierKind::Regex ||
                                                        item.modifiers.back().row->kind == ModifierKind::RegexFlag);
  if (row.needs_regex && !behind_regex) {
    sink.report(kModifierOrder, span, fmt::format("`{}` is a flag of `re` and must stand behind it", row.name),
                fmt::format("write `|re|{}`", row.name));
    return false;
  }
  for (const ast::AppliedModifier& before : item.modifiers) {
    const bool repeated = before.row->id == row.id && row.kind != ModifierKind::Encode;
    if (!repeated && (row.after & bit(before.row->kind)) != 0) continue;
    Diagnostic diagnostic{&kModifierOrder,
                          repeated ? fmt::format("`{}` stands twice", row.name)
                                   : fmt::format("`{}` cannot stand behind `{}`", row.name, before.row->name),
                          {span, {}},
                          {{before.span, repeated ? "the first" : "this one"}},
                          {}};
    const bool other_way = (before.row->after & bit(row.kind)) != 0;
    const uint32_t both = bit(row.kind) | bit(before.row->kind);
    if (repeated)
      diagnostic.hint = "remove one of them";
    else if (both == (bit(ModifierKind::Position) | bit(ModifierKind::Regex)))
      diagnostic.hint = "a regular expression is searched anywhere; anchor it with ^ or $ where it must not be";
    else if (other_way)
      diagnostic.hint = fmt::format("write `|{}|{}`", row.name, before.row->name);
    else
      diagnostic.hint = "write two searches and combine them in the condition";
    sink.report(std::move(diagnostic));
    return false;
  }
  return true;
}

struct Describe {
  std::string operator()(const ast::Text& /*text*/) const { return "a text"; }
  std::string operator()(const ast::Number& /*number*/) const { return "a number"; }
  std::string operator()(const ast::Boolean& /*boolean*/) const { return "true or false"; }
  std::string operator()(const ast::Null& /*null*/) const { return "null"; }
};

bool accepts(Accepts wanted, const ast::Value& value) {
  switch (wanted) {
    case Accepts::Anything: return true;
    case Accepts::Scalar: return !std::holds_alternative<ast::Null>(value.node);
    case Accepts::Text: return std::holds_alternative<ast::Text>(value.node);
    case Accepts::Number: return std::holds_alternative<ast::Number>(value.node);
    case Accepts::Boolean: return std::holds_alternative<ast::Boolean>(value.node);
  }
  return false;
}

std::string value_hint(Accepts wanted) {
  switch (wanted) {
    case Accepts::Text: return "put the value in quotes";
    case Accepts::Number: return "write a plain number, without quotes";
    case Accepts::Boolean: return "write true or false, without quotes";
    case Accepts::Scalar: return "null has no text; use it without this modifier";
    case Accepts::Anything: return {};
  }
  return {};
}

bool check_value(const ast::Item& item, const ast::Value& value, DiagnosticSink& sink) {
  for (const ast::AppliedModifier& modifier : item.modifiers) {
    if (accepts(modifier.row->accepts, value)) continue;
    sink.report(
        Diagnostic{&kModifierValue,
                   fmt::format("`{}` cannot stand on {}", modifier.row->name, std::visit(Describe{}, value.node)),
                   {value.span, {}},
                   {{modifier.span, "the modifier"}},
                   value_hint(modifier.row->accepts)});
    return false;
  }
  if (item.keyword() && std::holds_alternative<ast::Null>(value.node)) {
    sink.report(kNeedsField, value.span, "null cannot be a keyword: it is the value of a field", "name the field");
    return false;
  }
  return true;
}

}  // namespace

bool parse_item_key(const MappedText& key, ast::Item& item, DiagnosticSink& sink) {
  const std::string_view text = key.view();
  size_t end = std::min(text.find('|'), text.size());
  item.field = std::string(text.substr(0, end));
  item.field_span = key.span(0, end);
  bool ok = true;
  while (end < text.size()) {
    const size_t begin = end + 1;
    end = std::min(text.find('|', begin), text.size());
    const std::string_view name = text.substr(begin, end - begin);
    const Span span = name.empty() ? key.span(begin - 1, begin) : key.span(begin, end);
    const ModifierRow* row = find_modifier(name);
    if (row == nullptr) {
      ok = report_unknown(name, span, sink);
      continue;
    }
    ok = may_follow(*row, item, span, sink) && ok;
    if (item.keyword() && !row->keyword) {
      sink.report(kNeedsField, span, fmt::format("`{}` needs a field in front of it", name),
                  "a keyword search looks through the whole event");
      ok = false;
    }
    item.modifiers.push_back({row, span});
  }
  return ok;
}

bool check_values(const ast::Item& item, DiagnosticSink& sink) {
  bool ok = true;
  for (const ast::Value& value : item.values) ok = check_value(item, value, sink) && ok;
  return ok;
}

bool check_item(const ast::Item& item, DiagnosticSink& sink) {
  bool ok = check_values(item, sink);
  const ast::AppliedModifier* all = item.find(ModifierKind::All);
  if (all != nullptr && item.values.size() == 1) {
    sink.report(kSingleAll, all->span, "`all` has no effect on a single value",
                "remove it; for a second condition on this field write another search");
  }
  if (const ast::AppliedModifier* exists = item.find(ModifierKind::Exists);
      exists != nullptr && item.values.size() != 1) {
    sink.report(kModifierValue, exists->span, "`exists` takes a single true or false");
    ok = false;
  }
  return ok;
}

}  // namespace hecate::sigma
