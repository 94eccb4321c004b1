#include <fmt/format.h>

#include <algorithm>
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

namespace {

bool read_flags(Cursor& cursor, Options& options, HeadCommand& head) {
  constexpr std::array<std::string_view, 3> kSupported{"keeplast", "limit", "null"};
  while (true) {
    const Word next = cursor.peek_option();
    const std::string name = fold_case(next.text);
    if (std::find(kSupported.begin(), kSupported.end(), name) == kSupported.end()) break;
    if (!options.accept(cursor, "head", kSupported, {})) return false;
  }
  return options.read(cursor, "keeplast", head.keep_last) && options.read(cursor, "null", head.take_null) &&
         options.read(cursor, "limit", head.count);
}

/// The condition of head: `head (count < 5)`, or without parentheses.
Result<Command> conditional_head(Cursor& cursor, Options& options, HeadCommand head) {
  Result<EvalPtr> condition = parse_eval_expression(cursor);
  if (!condition) return already_reported();
  head.condition = std::move(*condition);
  if (!read_flags(cursor, options, head)) return already_reported();
  return Command{std::move(head), {}, {}};
}

}  // namespace

/// head := { "keeplast" | "null" | "limit" "=" value } [ number | condition ] { the same options }
Result<Command> parse_head(Cursor& cursor) {
  HeadCommand head;
  Options options;
  if (!read_flags(cursor, options, head)) return already_reported();
  if (cursor.at_end_of_command()) return Command{std::move(head), {}, {}};
  if (!is_ascii_digit(cursor.peek())) return conditional_head(cursor, options, std::move(head));
  Result<Word> word = cursor.word("|(", "a number of rows");
  if (!word) return already_reported();
  Result<uint64_t> count = cursor.number(*word);
  if (!count) return already_reported();
  head.count = *count;
  if (!read_flags(cursor, options, head)) return already_reported();
  return Command{std::move(head), {}, {}};
}

/// dedup := [ number ] field_list { "keepevents" | "keepempty" | "consecutive" "=" boolean } [ "sortby" keys ]
Result<Command> parse_dedup(Cursor& cursor) {
  constexpr std::array<std::string_view, 3> kSupported{"consecutive", "keepempty", "keepevents"};
  DedupCommand dedup;
  cursor.skip_space();
  if (is_ascii_digit(cursor.peek())) {
    Result<Word> word = cursor.word(",|", "a number");
    if (!word) return already_reported();
    Result<uint64_t> count = cursor.number(*word);
    if (!count) return already_reported();
    if (*count == 0) {
      cursor.source.report(kBadValue, word->range, "`dedup` keeps one row at least");
      return already_reported();
    }
    dedup.count = *count;
  }
  Options options;
  while (!cursor.at_end_of_command()) {
    Result<bool> more = options.accept(cursor, "dedup", kSupported, {});
    if (!more) return already_reported();
    if (*more) continue;
    if (cursor.accept_keyword("sortby")) {
      if (!parse_sort_keys(cursor, dedup.sort)) return already_reported();
      break;
    }
    Result<Word> field = cursor.field(",|()[]\"=", "a field name");
    if (!field) return already_reported();
    dedup.fields.push_back(std::move(*field));
  }
  if (dedup.fields.empty()) return cursor.expected("the fields to compare");
  if (!options.read(cursor, "consecutive", dedup.consecutive) || !options.read(cursor, "keepempty", dedup.keep_empty) ||
      !options.read(cursor, "keepevents", dedup.keep_events))
    return already_reported();
  return Command{std::move(dedup), {}, {}};
}

}  // namespace hecate::spl
