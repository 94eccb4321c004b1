#include "exec/functions/match.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstring>

#include "base/text.h"

namespace hecate {
namespace {

size_t code_point_length(std::string_view text, size_t at) {
  size_t length = 1;
  while (at + length < text.size() && (static_cast<unsigned char>(text[at + length]) & 0xC0) == 0x80) ++length;
  return length;
}

/// Letters and digits of any script; `_` is none (Kusto, datatypes-string-operators, "What is a term?").
bool is_term_char(utf8proc_int32_t code_point) {
  switch (utf8proc_category(code_point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO: return true;
    default: return false;
  }
}

bool term_char_at(std::string_view text, size_t at) {
  if (at >= text.size()) return false;
  if (static_cast<unsigned char>(text[at]) < 0x80) return is_ascii_alnum(text[at]);
  utf8proc_int32_t code_point = 0;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at);
  if (utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(text.size() - at), &code_point) <= 0) return false;
  return is_term_char(code_point);
}

bool term_char_before(std::string_view text, size_t at) {
  if (at == 0) return false;
  size_t begin = at - 1;
  while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) --begin;
  return term_char_at(text, begin);
}

}  // namespace

Glob::Glob(std::string_view pattern) : pieces_{Piece{{""}}} {
  for (size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] == '*') {
      pieces_.push_back({{""}});
    } else if (pattern[at] == '?') {
      pieces_.back().literals.emplace_back();
    } else {
      if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
      pieces_.back().literals.back() += pattern[at];
    }
  }
}

size_t Glob::match_at(const Piece& piece, std::string_view text, size_t at) {
  for (size_t i = 0; i < piece.literals.size(); ++i) {
    if (i > 0) {
      if (at >= text.size()) return std::string_view::npos;
      at += code_point_length(text, at);
    }
    if (!text.substr(at).starts_with(piece.literals[i])) return std::string_view::npos;
    at += piece.literals[i].size();
  }
  return at;
}

size_t Glob::find(const Piece& piece, std::string_view text, size_t at) {
  const std::string& first = piece.literals.front();
  for (; (at = find_text(text, first, at)) != std::string_view::npos; ++at) {
    if (piece.literals.size() == 1) return at + first.size();
    const size_t end = match_at(piece, text, at);
    if (end != std::string_view::npos) return end;
  }
  return std::string_view::npos;
}

bool Glob::ends_with(const Piece& piece, std::string_view text, size_t from) {
  if (piece.literals.size() == 1) {
    const std::string& literal = piece.literals.front();
    return text.size() - from >= literal.size() && text.ends_with(literal);
  }
  for (; from <= text.size(); ++from) {
    if (match_at(piece, text, from) == text.size()) return true;
  }
  return false;
}

// The first piece stands at the beginning, the last at the end, each other as far to the left as it can: what
// comes before it has then used up as little as possible.
bool Glob::matches(std::string_view text) const {
  size_t at = match_at(pieces_.front(), text, 0);
  if (pieces_.size() == 1) return at == text.size();
  for (size_t i = 1; i + 1 < pieces_.size() && at != std::string_view::npos; ++i) at = find(pieces_[i], text, at);
  return at != std::string_view::npos && ends_with(pieces_.back(), text, at);
}

bool has_term(std::string_view text, std::string_view needle, bool left_edge, bool right_edge) {
  if (needle.empty()) return true;
  left_edge = left_edge && term_char_at(needle, 0);
  right_edge = right_edge && term_char_before(needle, needle.size());
  for (size_t at = find_text(text, needle); at != std::string_view::npos; at = find_text(text, needle, at + 1)) {
    const bool left_ok = !left_edge || !term_char_before(text, at);
    const bool right_ok = !right_edge || !term_char_at(text, at + needle.size());
    if (left_ok && right_ok) return true;
  }
  return false;
}

CompiledMatch::CompiledMatch(const Match& match)
    : op_(match.op),
      quantifier_(match.quantifier),
      folds_(match.casing == Casing::Insensitive && match.op != MatchOp::Regex) {
  for (const std::string& pattern : match.patterns) {
    if (op_ == MatchOp::Regex) {
      std::string error;  // frontends have refused invalid patterns; one that slips through matches nothing
      regexes_.push_back(Regex::compile(pattern, match.dialect, match.casing, error));
    }
    patterns_.push_back(folds_ ? fold_case(pattern) : pattern);
    if (op_ == MatchOp::Wildcard) globs_.emplace_back(patterns_.back());
  }
}

bool CompiledMatch::test_pattern(size_t index, std::string_view text) const {
  const std::string& pattern = patterns_[index];
  switch (op_) {
    case MatchOp::Equals: return text == pattern;
    case MatchOp::Contains: return find_text(text, pattern, 0) != std::string_view::npos;
    case MatchOp::StartsWith: return text.starts_with(pattern);
    case MatchOp::EndsWith: return text.ends_with(pattern);
    case MatchOp::Wildcard: return globs_[index].matches(text);
    case MatchOp::Regex: return regexes_[index] && regexes_[index]->search(text);
    case MatchOp::Has: return has_term(text, pattern, true, true);
    case MatchOp::HasPrefix: return has_term(text, pattern, true, false);
    case MatchOp::HasSuffix: return has_term(text, pattern, false, true);
  }
  return false;
}

bool CompiledMatch::test(std::string_view text) const {
  for (size_t i = 0; i < patterns_.size(); ++i) {
    const bool matched = test_pattern(i, text);
    if (quantifier_ == Quantifier::Any && matched) return true;
    if (quantifier_ == Quantifier::All && !matched) return false;
  }
  return quantifier_ == Quantifier::All;
}

bool CompiledMatch::test_element(const Value& value, size_t pattern, Arena& arena) const {
  if (value.is_null() || value.kind() == Kind::Dynamic) return false;  // an object or array is no text
  const std::string_view text = value_text(value, arena);
  if (!folds_) return test_pattern(pattern, text);
  std::string folded;
  fold_case_to(text, folded);
  return test_pattern(pattern, folded);
}

bool CompiledMatch::test(const Value& value, Arena& arena) const {
  if (value.is_null()) return false;
  const auto matches_pattern = [&](size_t pattern) {
    if (value.kind() != Kind::Many) return test_element(value, pattern, arena);
    const auto list = value.as_list();
    return std::any_of(list.begin(), list.end(),
                       [&](const Value& element) { return test_element(element, pattern, arena); });
  };
  for (size_t i = 0; i < patterns_.size(); ++i) {
    const bool matched = matches_pattern(i);
    if (quantifier_ == Quantifier::Any && matched) return true;
    if (quantifier_ == Quantifier::All && !matched) return false;
  }
  return quantifier_ == Quantifier::All;
}

uint64_t CompiledMatch::limit_hits() const {
  uint64_t hits = 0;
  for (const auto& regex : regexes_) hits += regex ? regex->limit_hits() : 0;
  return hits;
}

}  // namespace hecate
