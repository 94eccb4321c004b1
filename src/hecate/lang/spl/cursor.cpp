#include "lang/spl/cursor.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"

namespace hecate::spl {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }
bool is_word_char(char c) { return is_ascii_alnum(c) || c == '_'; }

}  // namespace

void Cursor::skip_space() {
  while (at_ < text().size() && is_blank(text()[at_])) ++at_;
}

bool Cursor::at_end_of_command() {
  skip_space();
  return at_ >= text().size() || text()[at_] == '|' || (brackets > 0 && text()[at_] == ']');
}

bool Cursor::accept(char c) {
  skip_space();
  if (at_ >= text().size() || text()[at_] != c) return false;
  ++at_;
  return true;
}

bool Cursor::next_is_keyword(std::string_view keyword) {
  skip_space();
  return equals_ignoring_case(text().substr(at_, keyword.size()), keyword) && !is_word_char(peek(keyword.size()));
}

bool Cursor::accept_keyword(std::string_view keyword) {
  if (!next_is_keyword(keyword)) return false;
  at_ += keyword.size();
  return true;
}

Word Cursor::peek_option() {
  skip_space();
  size_t end = at_;
  while (end < text().size() && is_word_char(text()[end])) ++end;
  size_t sign = end;
  while (sign < text().size() && is_blank(text()[sign])) ++sign;
  if (end == at_ || sign >= text().size() || text()[sign] != '=' ||
      (sign + 1 < text().size() && text()[sign + 1] == '='))
    return {};
  return {std::string(text().substr(at_, end - at_)), {at(), static_cast<uint32_t>(end)}, false};
}

bool Cursor::accept_option(std::string_view name) {
  const Word option = peek_option();
  if (option.text.empty() || !equals_ignoring_case(option.text, name)) return false;
  at_ = option.range.end;
  return accept('=');
}

Result<Word> Cursor::quoted() {
  const uint32_t begin = at();
  Word word{{}, {begin, begin}, true};
  for (++at_; at_ < text().size(); ++at_) {
    const char c = text()[at_];
    if (c == '"') {
      ++at_;
      word.range.end = at();
      return word;
    }
    // A backslash before anything else stays: regular expressions and Windows paths rely on it
    // (Search Manual, "SPL and regular expressions").
    if (c == '\\' && (peek(1) == '"' || peek(1) == '\\')) ++at_;
    word.text += text()[at_];
  }
  source.report(kUnclosedQuote, {begin, begin + 1}, "this quote is never closed");
  return already_reported();
}

Result<Word> Cursor::single_quoted() {
  const uint32_t begin = at();
  const size_t end = text().find('\'', at_ + 1);
  if (end == std::string_view::npos) {
    source.report(kUnclosedQuote, {begin, begin + 1}, "this quote is never closed");
    return already_reported();
  }
  Word word{std::string(text().substr(at_ + 1, end - at_ - 1)), {begin, static_cast<uint32_t>(end + 1)}, true};
  at_ = end + 1;
  return word;
}

Result<Word> Cursor::word(std::string_view stops, std::string_view wanted) {
  skip_space();
  if (peek() == '"') return quoted();
  const uint32_t begin = at();
  Word word{{}, {begin, begin}, false};
  while (at_ < text().size() && !is_blank(text()[at_]) && stops.find(text()[at_]) == std::string_view::npos) {
    if (brackets > 0 && text()[at_] == ']') break;
    if (text()[at_] == '\\' && (peek(1) == '"' || peek(1) == '\\')) ++at_;
    word.text += text()[at_++];
  }
  word.range.end = at();
  if (word.text.empty()) return expected(wanted);
  return word;
}

Result<Word> Cursor::field(std::string_view stops, std::string_view wanted) {
  skip_space();
  if (peek() == '\'') return single_quoted();
  return word(stops, wanted);
}

Result<uint64_t> Cursor::number(const Word& word) const {
  uint64_t value = 0;
  const char* end = word.text.data() + word.text.size();
  const auto [stop, error] = std::from_chars(word.text.data(), end, value);
  if (error == std::errc() && stop == end && !word.text.empty()) return value;
  source.report(kBadValue, word.range, fmt::format("`{}` is not a whole number", word.text));
  return already_reported();
}

Result<bool> Cursor::boolean(const Word& word) const {
  const std::string folded = fold_case(word.text);
  if (folded == "true" || folded == "t" || folded == "1") return true;
  if (folded == "false" || folded == "f" || folded == "0") return false;
  source.report(kBadValue, word.range, fmt::format("`{}` is neither true nor false", word.text));
  return already_reported();
}

bool Cursor::refuse_subsearch() {
  skip_space();
  if (peek() != '[') return false;
  source.report(kSubsearch, {at(), at() + 1}, "a subsearch in [brackets] is not supported yet");
  return true;
}

Failure Cursor::expected(std::string_view wanted) {
  if (refuse_subsearch()) return already_reported();
  const bool end = at_end_of_command();
  const uint32_t next = at() + (end && at_ >= text().size() ? 0 : 1);
  source.report(kExpected, {at(), next},
                fmt::format("expected {}{}", wanted, end ? " before the end of the command" : ""));
  return already_reported();
}

void Cursor::skip_command() {
  int open = 0;
  for (; at_ < text().size(); ++at_) {
    const char c = text()[at_];
    if (c == '\\')
      ++at_;
    else if (c == ']' && open == 0 && brackets > 0)
      return;
    else if (c == '[')
      ++open;
    else if (c == ']')
      --open;
    else if (c == '|' && open <= 0)
      return;
    else if (c == '"') {
      for (++at_; at_ < text().size() && text()[at_] != '"'; ++at_) {
        if (text()[at_] == '\\') ++at_;
      }
    }
  }
  at_ = text().size();
}

}  // namespace hecate::spl
