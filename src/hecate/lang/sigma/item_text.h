#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "lang/sigma/ast.h"
#include "lang/sigma/pattern.h"

// pySigma applies modifiers while it reads a rule, and pipelines see what they have made of the values; here
// they are applied when a rule is lowered. These functions give pipelines pySigma's view.
namespace hecate::sigma {

/// Whether the values are texts, numbers, booleans or null to a pipeline, and not regular expressions, networks,
/// comparisons or references.
[[nodiscard]] bool has_plain_values(const ast::Item& item);

/// A value as a pipeline sees it: with the wildcards of `contains`, encoded, and so on. Nothing where it is no text
/// to pySigma: numbers and null, and values that a modifier expands to several (windash, base64offset).
[[nodiscard]] std::optional<SigmaString> text_of(const ast::Item& item, const ast::Value& value);

/// The value for a text.
[[nodiscard]] ast::Value text_value(const SigmaString& text, Span span);

/// Replaces every text of the item by those that `change` gives for it, nothing meaning that it stays. The
/// modifiers that made the texts are then gone. Whether anything was replaced. `numbers`: theirs too.
bool change_texts(ast::Item& item, bool numbers,
                  const std::function<std::optional<std::vector<SigmaString>>(const SigmaString&)>& change);

/// Removes modifiers of some kinds (bits of ModifierKind).
void remove_modifiers(ast::Item& item, uint32_t kinds);

}  // namespace hecate::sigma
