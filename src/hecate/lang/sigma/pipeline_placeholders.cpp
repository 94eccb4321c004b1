#include <fmt/format.h>

#include <algorithm>

#include "lang/sigma/codes.h"
#include "lang/sigma/item_text.h"
#include "lang/sigma/pipeline_codes.h"
#include "lang/sigma/pipeline_state.h"
#include "lang/sigma/placeholders.h"

namespace hecate::sigma::pipeline {
namespace {

using K = ModifierKind;

// Of one rule: lists of addresses are long, products of lists longer.
constexpr size_t kMostValues = 100'000;

std::string_view spelling(const ast::Value& value) {
  if (const auto* text = std::get_if<ast::Text>(&value.node)) return text->text.view();
  if (const auto* number = std::get_if<ast::Number>(&value.node)) return number->spelling;
  if (const auto* boolean = std::get_if<ast::Boolean>(&value.node)) return boolean->spelling;
  return {};
}

bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// A percent sign that came in with a value is no placeholder.
std::string escape_percent(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '%') out += '\\';
    out += c;
  }
  return out;
}

/// Replaces the placeholders of one item.
class Replacer {
 public:
  Replacer(State& state, const Step& step, const ReplacePlaceholders& replace, ast::Item& item)
      : state_(state), step_(step), replace_(replace), item_(item) {
    raw_ = item.find(K::Regex) != nullptr || item.find(K::Network) != nullptr;
  }

  bool run(ast::Group& group) {
    std::vector<std::vector<ast::Value>> alternatives;
    bool changed = false;
    for (const ast::Value& value : item_.values) {
      const auto* text = std::get_if<ast::Text>(&value.node);
      const std::vector<PlaceholderPiece> pieces =
          text == nullptr ? std::vector<PlaceholderPiece>() : split_placeholders(text->text.view());
      const bool any = std::any_of(pieces.begin(), pieces.end(), [&](const PlaceholderPiece& piece) {
        return piece.placeholder && handles(piece.text);
      });
      alternatives.push_back(any ? expand(pieces, value.span) : std::vector{value});
      if (state_.failed) return false;
      changed |= any;
    }
    if (changed) put(std::move(alternatives), group);
    return changed;
  }

 private:
  [[nodiscard]] bool handles(const std::string& name) const {
    if (replace_.include) return contains(*replace_.include, name);
    return !replace_.exclude || !contains(*replace_.exclude, name);
  }

  /// The text of one replacement, appended to what stands before it.
  [[nodiscard]] std::string joined(const std::string& before, std::string_view value) const {
    if (raw_) return before + escape_percent(value);
    SigmaString text = SigmaString::parse(before);
    const SigmaString inserted = SigmaString::parse(value);
    for (const Segment& segment : inserted.segments()) {
      if (segment.kind == Segment::Kind::Literal)
        text.append_literal(escape_percent(segment.text));
      else
        text.append(segment.kind);
    }
    return text.source();
  }

  std::vector<ast::Value> expand(const std::vector<PlaceholderPiece>& pieces, Span span) {
    std::vector<std::string> texts{""};
    for (const PlaceholderPiece& piece : pieces) {
      if (!piece.placeholder || !handles(piece.text)) {
        const std::string as_it_is = piece.placeholder ? "%" + piece.text + "%" : piece.text;
        for (std::string& text : texts) text += as_it_is;
        continue;
      }
      const std::vector<std::string> values = values_of(piece.text, span);
      state_.made += texts.size() * values.size();
      if (state_.made > kMostValues) {
        state_.fail(kTooLarge, span, fmt::format("placeholders make more than {} values of this rule", kMostValues),
                    step_);
      }
      if (state_.failed) return {};
      std::vector<std::string> longer;
      for (const std::string& text : texts) {
        for (const std::string& value : values) longer.push_back(joined(text, value));
      }
      texts = std::move(longer);
    }
    std::vector<ast::Value> result;
    for (const std::string& text : texts) {
      MappedText mapped;
      mapped.append_generated(text, span);
      result.push_back({ast::Text{std::move(mapped)}, span});
    }
    return result;
  }

  std::vector<std::string> values_of(const std::string& name, Span span) {
    if (replace_.by_wildcard) return {item_.find(K::Regex) != nullptr ? ".*" : "*"};
    const auto found = state_.vars.find(name);
    if (found == state_.vars.end()) {
      state_.fail(kPlaceholder, span, fmt::format("no pipeline has a variable `{}` for this placeholder", name), step_,
                  "add it to `vars`, or leave the placeholder to another transformation with `exclude`");
      return {};
    }
    std::vector<std::string> values;
    for (const ast::Value& value : found->second) values.emplace_back(spelling(value));
    return values;
  }

  /// "Multiple or-linked values" (Rules Specification, "Placeholders"): under `all` they need an item of their own.
  void put(std::vector<std::vector<ast::Value>> alternatives, ast::Group& group) {
    const bool several =
        std::any_of(alternatives.begin(), alternatives.end(), [](const auto& a) { return a.size() != 1; });
    if (item_.find(K::All) == nullptr || !several) {
      item_.values.clear();
      for (std::vector<ast::Value>& values : alternatives) {
        item_.values.insert(item_.values.end(), values.begin(), values.end());
      }
      finish(item_);
      return;
    }
    std::vector<ast::Group> parts;
    for (std::vector<ast::Value>& values : alternatives) {
      ast::Item one = item_;
      one.values = std::move(values);
      remove_modifiers(one, bit(K::All));
      finish(one);
      parts.push_back({std::move(one), group.span});
    }
    if (item_.find(K::Negate) != nullptr)
      group.node = ast::AnyOf{std::move(parts)};
    else
      group.node = ast::AllOf{std::move(parts)};
  }

  /// Once no placeholder is left, percent signs are themselves.
  static void finish(ast::Item& item) {
    const bool left = std::any_of(item.values.begin(), item.values.end(), [](const ast::Value& value) {
      const auto* text = std::get_if<ast::Text>(&value.node);
      return text != nullptr && has_placeholder(text->text.view());
    });
    if (left) return;
    for (ast::Value& value : item.values) {
      const auto* text = std::get_if<ast::Text>(&value.node);
      if (text == nullptr) continue;
      MappedText mapped;
      mapped.append_generated(unescape_percent(text->text.view()), value.span);
      value.node = ast::Text{std::move(mapped)};
    }
    remove_modifiers(item, bit(K::Expand));
  }

  State& state_;
  const Step& step_;
  const ReplacePlaceholders& replace_;
  ast::Item& item_;
  bool raw_ = false;  // regular expressions and networks are not spelt as strings
};

}  // namespace

bool replace_placeholders(State& state, const Step& step, const ReplacePlaceholders& replace, ast::Group& group) {
  auto& item = std::get<ast::Item>(group.node);
  if (item.find(K::Expand) == nullptr) return false;
  return Replacer(state, step, replace, item).run(group);
}

}  // namespace hecate::sigma::pipeline
