#pragma once

#include <string_view>

#include "base/result.h"
#include "lang/spl/ast.h"
#include "lang/spl/codes.h"
#include "lang/spl/source.h"

namespace hecate::spl {

/// Reads the expanded text character by character. SPL has no one set of tokens: what ends a word depends on the
/// command, so each parser names the characters itself.
class Cursor {
 public:
  explicit Cursor(const Source& text_source) : source(text_source) {}

  const Source& source;
  int depth = 0;     // for DepthGuard
  int brackets = 0;  // how many subsearches this is in: a closing bracket ends its commands

  [[nodiscard]] uint32_t at() const { return static_cast<uint32_t>(at_); }
  void seek(uint32_t offset) { at_ = offset; }
  [[nodiscard]] Range range_from(uint32_t begin) const { return {begin, at()}; }

  void skip_space();
  [[nodiscard]] char peek(size_t ahead = 0) const { return at_ + ahead < text().size() ? text()[at_ + ahead] : '\0'; }
  /// After blanks: the end of the text, a pipe, or what must be an error anyway.
  [[nodiscard]] bool at_end_of_command();
  /// Takes a character, blanks before it too, if it is the next one.
  bool accept(char c);
  /// Takes a whole word (ASCII letters in any case) if it is the next one.
  bool accept_keyword(std::string_view keyword);
  [[nodiscard]] bool next_is_keyword(std::string_view keyword);
  /// Takes `name=` if it is next; the value follows.
  bool accept_option(std::string_view name);
  /// Name of an option `name=` that comes next, without taking it; empty where there is none.
  [[nodiscard]] Word peek_option();

  /// A word up to blanks or one of `stops`, or a quoted string. Fails (reported) where there is neither.
  Result<Word> word(std::string_view stops, std::string_view wanted);
  /// A string in double quotes: `\"` and `\\` lose their backslash, any other keeps it.
  Result<Word> quoted();
  /// A field's name as eval and lists know it: bare, "quoted" or 'quoted'.
  Result<Word> field(std::string_view stops, std::string_view wanted = "a field name");
  Result<uint64_t> number(const Word& word) const;
  Result<bool> boolean(const Word& word) const;

  Failure expected(std::string_view wanted);
  /// Steps over the rest of a command to its pipe or the end, over quotes and brackets.
  void skip_command();
  /// Reports a subsearch if one begins here.
  [[nodiscard]] bool refuse_subsearch();

 private:
  [[nodiscard]] std::string_view text() const { return source.text(); }
  Result<Word> single_quoted();
  size_t at_ = 0;
};

}  // namespace hecate::spl
