#include <fmt/format.h>

#include <array>

#include "base/text.h"
#include "lang/spl/parse.h"

namespace hecate::spl {

/// search := expression
Result<Command> parse_search(Cursor& cursor) {
  Result<SearchPtr> expression = parse_search_expression(cursor);
  if (!expression) return already_reported();
  return Command{SearchCommand{std::move(*expression)}, {}, {}};
}

/// where := expression
Result<Command> parse_where(Cursor& cursor) {
  Result<EvalPtr> condition = parse_eval_expression(cursor);
  if (!condition) return already_reported();
  return Command{WhereCommand{std::move(*condition)}, {}, {}};
}

/// regex := [ field ( "=" | "!=" ) ] pattern
Result<Command> parse_regex(Cursor& cursor) {
  RegexCommand regex{{"_raw", {cursor.at(), cursor.at()}, false}, false, {}};
  cursor.skip_space();
  const uint32_t begin = cursor.at();
  if (cursor.peek() != '"') {
    Result<Word> field = cursor.field("=!|\"", "a field or a quoted regular expression");
    if (!field) return already_reported();
    regex.negated = cursor.accept('!');
    if (cursor.accept('=')) {
      regex.field = std::move(*field);
    } else if (regex.negated) {
      return cursor.expected("`=` after `!`");
    } else {
      cursor.seek(begin);
    }
  }
  Result<Word> pattern = cursor.word("|", "a regular expression");
  if (!pattern || !check_regex(cursor.source, *pattern)) return already_reported();
  regex.pattern = std::move(*pattern);
  return Command{std::move(regex), {}, {}};
}

/// head := [ [ "limit" "=" ] number ]
Result<Command> parse_head(Cursor& cursor) {
  HeadCommand head;
  if (cursor.at_end_of_command()) return Command{head, {}, {}};
  if (!cursor.accept_option("limit")) {
    constexpr std::array<std::string_view, 2> kKnown{"keeplast", "null"};
    if (const Word option = cursor.peek_option(); !option.text.empty())
      return refuse_option(cursor, option, "head", kKnown);
  }
  Result<Word> word = cursor.word("|(", "a number of rows");
  if (!word) return already_reported();
  Result<uint64_t> count = cursor.number(*word);
  if (!count) return already_reported();
  head.count = *count;
  return Command{head, {}, {}};
}

/// dedup := [ "1" ] field_list
Result<Command> parse_dedup(Cursor& cursor) {
  DedupCommand dedup;
  cursor.skip_space();
  if (is_ascii_digit(cursor.peek())) {
    Result<Word> word = cursor.word(",|", "a number");
    if (!word) return already_reported();
    if (word->text != "1") {
      cursor.source.report(kUnsupportedOption, word->range,
                           "`dedup` of more than one row for each value is not supported yet");
      return already_reported();
    }
  }
  while (!cursor.at_end_of_command()) {
    if (cursor.accept(',')) continue;
    constexpr std::array<std::string_view, 4> kKnown{"consecutive", "keepempty", "keepevents", "sortby"};
    if (const Word option = cursor.peek_option(); !option.text.empty())
      return refuse_option(cursor, option, "dedup", kKnown);
    Result<Word> field = cursor.field(",|()[]\"=", "a field name");
    if (!field) return already_reported();
    if (field->text == "sortby" && !field->quoted) return refuse_option(cursor, *field, "dedup", kKnown);
    dedup.fields.push_back(std::move(*field));
  }
  if (dedup.fields.empty()) return cursor.expected("the fields to compare");
  return Command{std::move(dedup), {}, {}};
}

}  // namespace hecate::spl
