#include "exec/functions/match.h"

#include <utf8proc.h>

#include <algorithm>

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

Glob::Glob(std::string_view pattern) {
  for (size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] == '*') {
      if (tokens_.empty() || tokens_.back().kind != Token::Kind::AnyRun) tokens_.push_back({Token::Kind::AnyRun, 0});
    } else if (pattern[at] == '?') {
      tokens_.push_back({Token::Kind::AnyCodePoint, 0});
    } else {
      if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
      tokens_.push_back({Token::Kind::Byte, pattern[at]});
    }
  }
}

// The usual two-pointer walk: on a mismatch go back to the last `*` and let it take one byte more. Linear in
// practice, quadratic at worst, never exponential.
bool Glob::matches(std::string_view text) const {
  size_t at = 0;
  size_t token = 0;
  size_t star = tokens_.size();
  size_t star_at = 0;
  while (at < text.size()) {
    if (token < tokens_.size() && tokens_[token].kind == Token::Kind::AnyRun) {
      star = token++;
      star_at = at;
    } else if (token < tokens_.size() && tokens_[token].kind == Token::Kind::AnyCodePoint) {
      at += code_point_length(text, at);
      ++token;
    } else if (token < tokens_.size() && tokens_[token].byte == text[at]) {
      ++at;
      ++token;
    } else if (star < tokens_.size()) {
      token = star + 1;
      at = ++star_at;
    } else {
      return false;
    }
  }
  while (token < tokens_.size() && tokens_[token].kind == Token::Kind::AnyRun) ++token;
  return token == tokens_.size();
}

bool has_term(std::string_view text, std::string_view needle, bool left_edge, bool right_edge) {
  if (needle.empty()) return true;
  left_edge = left_edge && term_char_at(needle, 0);
  right_edge = right_edge && term_char_before(needle, needle.size());
  for (size_t at = text.find(needle); at != std::string_view::npos; at = text.find(needle, at + 1)) {
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
    case MatchOp::Contains: return text.find(pattern) != std::string_view::npos;
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
