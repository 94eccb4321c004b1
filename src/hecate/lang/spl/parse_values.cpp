#include <array>

#include "lang/spl/parse.h"

namespace hecate::spl {

/// makemv := { "delim" "=" text | "allowempty" "=" boolean } field
Result<Command> parse_makemv(Cursor& cursor) {
  MakemvCommand makemv;
  while (!cursor.at_end_of_command()) {
    if (cursor.accept_option("delim")) {
      Result<Word> delimiter = cursor.word("|", "a delimiter");
      if (!delimiter) return already_reported();
      makemv.delimiter = std::move(delimiter->text);
    } else if (cursor.accept_option("tokenizer")) {
      Result<Word> pattern = cursor.word("|", "a regular expression");
      if (!pattern || !check_regex(cursor.source, *pattern)) return already_reported();
      makemv.tokenizer = std::move(*pattern);
    } else if (cursor.accept_option("allowempty")) {
      Result<Word> word = cursor.word("|,", "true or false");
      if (!word) return already_reported();
      Result<bool> allow = cursor.boolean(*word);
      if (!allow) return already_reported();
      makemv.allow_empty = *allow;
    } else if (const Word option = cursor.peek_option(); !option.text.empty()) {
      constexpr std::array<std::string_view, 1> kKnown{"setsv"};
      return refuse_option(cursor, option, "makemv", kKnown);
    } else {
      if (!makemv.field.text.empty()) return cursor.expected("an option or the end of `makemv`");
      Result<Word> field = cursor.field(",|()[]\"=");
      if (!field) return already_reported();
      makemv.field = std::move(*field);
    }
  }
  if (makemv.field.text.empty()) return cursor.expected("a field name");
  return Command{std::move(makemv), {}, {}};
}

/// strcat := [ "allrequired" "=" boolean ] { field | text } field
Result<Command> parse_strcat(Cursor& cursor) {
  StrcatCommand strcat;
  if (cursor.accept_option("allrequired")) {
    Result<Word> word = cursor.word("|,", "true or false");
    if (!word) return already_reported();
    Result<bool> all = cursor.boolean(*word);
    if (!all) return already_reported();
    strcat.all_required = *all;
  }
  while (!cursor.at_end_of_command()) {
    if (const Word option = cursor.peek_option(); !option.text.empty())
      return refuse_option(cursor, option, "strcat", {});
    const bool literal = cursor.peek() == '"';
    Result<Word> word = cursor.field(",|()[]\"=");
    if (!word) return already_reported();
    strcat.parts.push_back({std::move(*word), literal});
  }
  if (strcat.parts.size() < 2 || strcat.parts.back().literal) return cursor.expected("the field to write to");
  strcat.target = std::move(strcat.parts.back().word);
  strcat.parts.pop_back();
  return Command{std::move(strcat), {}, {}};
}

}  // namespace hecate::spl
