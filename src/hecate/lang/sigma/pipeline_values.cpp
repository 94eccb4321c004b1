#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "lang/sigma/detection.h"
#include "lang/sigma/item_text.h"
#include "lang/sigma/pipeline_codes.h"
#include "lang/sigma/pipeline_state.h"

namespace hecate::sigma::pipeline {
namespace {

using K = ModifierKind;
using Texts = std::optional<std::vector<SigmaString>>;

ast::Item item_of(std::string field, const ast::Item& from) {
  ast::Item item;
  item.field = std::move(field);
  item.field_span = from.field_span;
  item.span = from.span;
  item.processed_by = from.processed_by;
  for (const ast::AppliedModifier& modifier : from.modifiers) {
    if (modifier.row->kind == K::Negate) item.modifiers.push_back(modifier);
  }
  return item;
}

// --- replace_string ---

std::string replace_all(const ReplaceString& replace, std::string_view text, bool& limited) {
  std::string out;
  size_t at = 0;
  for (const PythonRegex::Match& match : replace.regex->find_all(text, limited)) {
    out += text.substr(at, match.begin - at);
    out += replace.replacement.expand(match);
    at = match.end;
  }
  out += text.substr(at);
  return out;
}

/// The plain spelling of a string is ambiguous (a backslash before a wildcard reads like an escaped one), so only
/// what is replaced is read from it, and the rest taken over as it is: pySigma's way.
class PlainReplacement {
 public:
  PlainReplacement(const SigmaString& text, const ReplaceString& replace) : replace_(replace) {
    for (const Segment& segment : text.segments()) {
      if (segment.kind != Segment::Kind::Literal) {
        add(segment.kind == Segment::Kind::AnyRun ? "*" : "?", {segment.kind, {}});
        continue;
      }
      for (const char c : segment.text) {
        const std::string one(1, c);
        add(c == '*' || c == '?' ? "\\" + one : one, {Segment::Kind::Literal, one});
      }
    }
  }

  SigmaString run(bool& limited) {
    size_t at = 0;
    for (const PythonRegex::Match& match : replace_.regex->find_all(plain_, limited)) {
      keep(at, match.begin);
      pending_ += replace_.replacement.expand(match);
      at = match.end;
    }
    keep(at, plain_.size());
    flush();
    return std::move(result_);
  }

 private:
  struct Unit {
    size_t begin, end;
    Segment segment;
  };

  void add(const std::string& text, Segment segment) {
    units_.push_back({plain_.size(), plain_.size() + text.size(), std::move(segment)});
    plain_ += text;
  }

  void keep(size_t begin, size_t end) {
    auto unit = std::upper_bound(units_.begin(), units_.end(), begin,
                                 [](size_t at, const Unit& other) { return at < other.end; });
    for (; unit != units_.end() && unit->begin < end; ++unit) {
      if (unit->begin < begin || unit->end > end) {
        const size_t from = std::max(begin, unit->begin);
        pending_ += plain_.substr(from, std::min(end, unit->end) - from);
        continue;
      }
      flush();
      if (unit->segment.kind == Segment::Kind::Literal)
        result_.append_literal(unit->segment.text);
      else
        result_.append(unit->segment.kind);
    }
  }

  void flush() {
    if (pending_.empty()) return;
    // Backslashes are themselves unless they stand before a wildcard.
    std::string text;
    for (size_t at = 0; at < pending_.size(); ++at) {
      const bool wildcard = at + 1 < pending_.size() && (pending_[at + 1] == '*' || pending_[at + 1] == '?');
      if (pending_[at] == '\\' && !wildcard) text += '\\';
      text += pending_[at];
    }
    result_.append(SigmaString::parse(text));
    pending_.clear();
  }

  const ReplaceString& replace_;
  std::vector<Unit> units_;
  std::string plain_, pending_;
  SigmaString result_;
};

SigmaString replace_in(const ReplaceString& replace, const SigmaString& text, bool& limited) {
  if (!replace.skip_special) return PlainReplacement(text, replace).run(limited);
  SigmaString result;
  for (const Segment& segment : text.segments()) {
    if (segment.kind != Segment::Kind::Literal) {
      result.append(segment.kind);
      continue;
    }
    const std::string replaced = replace_all(replace, segment.text, limited);
    if (replace.interpret_special)
      result.append(SigmaString::parse(replaced));
    else
      result.append_literal(replaced);
  }
  return result;
}

// --- case ---

std::string change_case(std::string_view text, LetterCase to) {
  if (to == LetterCase::Lower) return fold_case(text);
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const bool upper = c >= 'A' && c <= 'Z';
    if (to == LetterCase::Snake) {
      if (upper && at > 0) out += '_';
      out += ascii_lower(c);
    } else {
      out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    }
  }
  return out;
}

// --- hashes_fields, extract_fields ---

std::string_view strip(std::string_view text, std::string_view characters) {
  const size_t begin = text.find_first_not_of(characters);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(characters) - begin + 1);
}

std::string_view algorithm_by_length(size_t length) {
  switch (length) {
    case 32: return "MD5";
    case 40: return "SHA1";
    case 64: return "SHA256";
    case 128: return "SHA512";
    default: return {};
  }
}

/// `SHA1=5F1C…` or `SHA1|5F1C…`, or the digest alone, whose length tells the algorithm.
std::pair<std::string, std::string> hash_of(std::string_view text) {
  const char separator = text.find('|') != std::string_view::npos ? '|' : '=';
  const size_t at = text.find(separator);
  if (at != std::string_view::npos && text.find(separator, at + 1) == std::string_view::npos) {
    std::string algorithm(text.substr(0, at));
    algorithm.erase(0, std::min(algorithm.find_first_not_of('*'), algorithm.size()));
    for (char& c : algorithm) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    return {std::move(algorithm), std::string(strip(text.substr(at + 1), "*?"))};
  }
  const std::string_view digest = strip(text.substr(0, at), "*?");
  return {std::string(algorithm_by_length(digest.size())), std::string(digest)};
}

/// The texts of an item, or nothing where one of its values is none.
Texts all_texts(const ast::Item& item) {
  std::vector<SigmaString> texts;
  for (const ast::Value& value : item.values) {
    std::optional<SigmaString> text = text_of(item, value);
    if (!text) return std::nullopt;
    texts.push_back(std::move(*text));
  }
  return texts;
}

/// Parts of an item whose values were alternatives, or all demanded (`all`), or all forbidden (`neq`).
void link(const ast::Item& item, std::vector<ast::Group> parts, ast::Group& group) {
  const bool all = (item.find(K::All) != nullptr) != (item.find(K::Negate) != nullptr);
  if (parts.size() == 1) {
    ast::Group only = std::move(parts.front());
    group = std::move(only);
  } else if (all) {
    group.node = ast::AllOf{std::move(parts)};
  } else {
    group.node = ast::AnyOf{std::move(parts)};
  }
}

ast::Value converted(std::string_view text, Span span) {
  const bool padded = text.size() > 1 && text.front() == '0';
  if (text == "null" || text == "none") return {ast::Null{}, span};
  if (!padded) {
    if (std::optional<ast::Number> number = number_of(text)) return {std::move(*number), span};
  }
  return text_value(SigmaString::parse(text), span);
}

/// One item after another; `group` holds the item, which may go.
class ValueChange {
 public:
  ValueChange(State& state, const Step& step, ast::Group& group) : state_(state), step_(step), group_(group) {}

  bool operator()(const DropItem& /*drop*/) {
    group_.node = ast::AllOf{};
    return true;
  }

  bool operator()(const HashesFields& hashes) {
    const ast::Item item = std::get<ast::Item>(group_.node);
    if (!hashes.fields.contains(item.field)) return false;
    const Texts texts = all_texts(item);
    if (!texts) return false;
    std::vector<ast::Group> parts;
    for (const SigmaString& text : *texts) {
      auto [algorithm, digest] = hash_of(text.plain());
      std::string field = hashes.prefix + (hashes.drop_algorithm ? std::string() : algorithm);
      if (!hashes.algorithms.contains(algorithm) || field.empty()) continue;
      add_value(parts, item, std::move(field), text_value(SigmaString::parse(digest), item.span));
    }
    if (parts.empty()) {
      fail(item.span, "none of these hashes is of an algorithm that `valid_hash_algos` has");
      return false;
    }
    link(item, std::move(parts), group_);
    return true;
  }

  bool operator()(const ExtractFields& extract) {
    const ast::Item item = std::get<ast::Item>(group_.node);
    const Texts texts = all_texts(item);
    if (!texts) return false;
    std::vector<ast::Group> parts;
    for (const SigmaString& text : *texts) {
      const auto match = extract.regex->match(text.plain());
      ast::AllOf all;
      for (const auto& [name, number] : extract.regex->names()) {
        if (!match || !match->groups[number] || match->groups[number]->empty()) continue;
        ast::Item one = item_of(extract.prefix.empty() ? name : extract.prefix + "." + name, item);
        one.values.push_back(converted(*match->groups[number], item.span));
        all.parts.push_back({std::move(one), group_.span});
      }
      if (!match && extract.keep_unmatched) {
        ast::Item same = item_of(item.field, item);
        same.values.push_back(text_value(text, item.span));
        parts.push_back({std::move(same), group_.span});
      }
      if (!all.parts.empty()) parts.push_back({std::move(all), group_.span});
    }
    if (parts.empty()) return false;
    if (item.find(K::Negate) != nullptr) {
      fail(item.span, "`extract_fields` cannot work on an item with `neq`");
      return false;
    }
    link(item, std::move(parts), group_);
    return true;
  }

  bool operator()(const ReplaceString& replace) {
    bool limited = false;
    const bool changed = change_texts(item(), true, [&](const SigmaString& text) -> Texts {
      return std::vector{replace_in(replace, text, limited)};
    });
    if (limited) fail(item().span, "the expression of `replace_string` takes too long on a value of this item");
    return changed;
  }

  bool operator()(const MapString& map) {
    return change_texts(item(), false, [&](const SigmaString& text) -> Texts {
      const auto found = map.mapping.find(text.plain());
      if (found == map.mapping.end()) return std::nullopt;
      std::vector<SigmaString> others;
      for (const std::string& other : found->second) others.push_back(SigmaString::parse(other));
      return others;
    });
  }

  bool operator()(const ToRegex& to) {
    // pySigma's expressions stand in for strings where a tool tells upper and lower case apart; strings do not.
    if (!to.case_sensitive || !has_plain_values(item())) return false;
    if (item().find(K::Cased) == nullptr) item().modifiers.push_back({find_modifier("cased"), item().span});
    return true;
  }

  bool operator()(const SetValue& set) {
    for (ast::Value& value : item().values) value = {set.value.node, set.value.span};
    item().values.resize(1);
    remove_modifiers(item(), ~(bit(K::All) | bit(K::Negate)));
    if (!item().keyword() || !std::holds_alternative<ast::Null>(set.value.node)) return true;
    fail(item().span, "a keyword cannot be set to null");
    return false;
  }

  bool operator()(const ConvertType& convert) {
    if (!has_plain_values(item())) return false;
    return convert.to_number ? to_numbers() : to_texts();
  }

  bool operator()(const ItemFailure& failure) {
    state_.fail(kPipelineFailure, item().span, failure.message, step_);
    return false;
  }

  bool operator()(const ChangeCase& change) {
    return change_texts(item(), false, [&](const SigmaString& text) -> Texts {
      SigmaString result;
      for (const Segment& segment : text.segments()) {
        if (segment.kind == Segment::Kind::Literal)
          result.append_literal(change_case(segment.text, change.to));
        else
          result.append(segment.kind);
      }
      return std::vector{std::move(result)};
    });
  }

  template <typename Other>
  bool operator()(const Other& /*of the rule, or of names*/) {
    return false;
  }

 private:
  ast::Item& item() { return std::get<ast::Item>(group_.node); }

  void fail(Span span, std::string message) { state_.fail(kPipelineValue, span, std::move(message), step_); }

  /// Adds a value to the part with this field.
  void add_value(std::vector<ast::Group>& parts, const ast::Item& from, std::string field, ast::Value value) const {
    const bool all = from.find(K::All) != nullptr;
    for (ast::Group& part : parts) {
      auto& known = std::get<ast::Item>(part.node);
      if (known.field != field || all) continue;
      known.values.push_back(std::move(value));
      return;
    }
    ast::Item one = item_of(std::move(field), from);
    one.values.push_back(std::move(value));
    parts.push_back({std::move(one), group_.span});
  }

  bool to_texts() {
    bool changed = false;
    for (ast::Value& value : item().values) {
      const auto* number = std::get_if<ast::Number>(&value.node);
      if (number == nullptr) continue;
      value = text_value(SigmaString::parse(number->spelling), value.span);
      changed = true;
    }
    return changed;
  }

  bool to_numbers() {
    std::vector<ast::Value> values;
    for (const ast::Value& value : item().values) {
      const auto text = text_of(item(), value);
      if (!text) {
        values.push_back(value);
        continue;
      }
      std::optional<ast::Number> number = number_of(text->plain());
      if (!number) {
        fail(value.span, fmt::format("`{}` cannot become a number", text->plain()));
        return false;
      }
      values.push_back({std::move(*number), value.span});
    }
    item().values = std::move(values);
    remove_modifiers(item(), bit(K::Position) | bit(K::Encode) | bit(K::Expand));
    return true;
  }

  State& state_;
  const Step& step_;
  ast::Group& group_;
};

}  // namespace

bool change_values(State& state, const Step& step, ast::Group& group) {
  return std::visit(ValueChange(state, step, group), step.transformation);
}

}  // namespace hecate::sigma::pipeline
