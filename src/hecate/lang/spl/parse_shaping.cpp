#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "lang/spl/parse.h"

namespace hecate::spl {
namespace {

constexpr std::string_view kListStops = ",|()[]\"=";

bool report_empty(Cursor& cursor, bool empty, std::string_view wanted) {
  if (empty) (void)cursor.expected(wanted);
  return empty;
}

/// "+" | "-" before a key of sort.
bool sort_sign(Cursor& cursor, bool descending) {
  if (cursor.accept('-')) return true;
  if (cursor.accept('+')) return false;
  return descending;
}

/// key := [ "+" | "-" ] ( field | ( "auto" | "ip" | "num" | "str" ) "(" field ")" )
Result<SortCommand::Key> sort_key(Cursor& cursor, bool descending) {
  SortCommand::Key key{{}, sort_sign(cursor, descending), "auto"};
  Result<Word> field = cursor.field(kListStops);
  if (!field) return already_reported();
  key.field = std::move(*field);
  const std::string function = fold_case(key.field.text);
  if (function != "auto" && function != "ip" && function != "num" && function != "str") {
    take_parentheses(cursor, key.field);
    return key;
  }
  if (key.field.quoted || !cursor.accept('(')) return key;
  key.as = function;
  const uint32_t open = cursor.at() - 1;
  Result<Word> inner = cursor.field(kListStops);
  if (!inner) return already_reported();
  key.field = std::move(*inner);
  if (cursor.accept(')')) return key;
  cursor.source.report(kUnclosedParenthesis, {open, open + 1}, "this parenthesis is never closed");
  return already_reported();
}

/// A count of rows before sort's keys: `sort 100 …`, `sort limit=100 …`.
Result<std::optional<uint64_t>> sort_limit(Cursor& cursor) {
  const bool named = cursor.accept_option("limit");
  cursor.skip_space();
  if (!named && !is_ascii_digit(cursor.peek())) return std::optional<uint64_t>();
  Result<Word> word = cursor.word(",|", "a number of rows");
  if (!word) return already_reported();
  Result<uint64_t> count = cursor.number(*word);
  if (!count) return already_reported();
  return std::optional(*count);
}

}  // namespace

/// eval := field "=" expression { "," field "=" expression }
Result<Command> parse_eval(Cursor& cursor) {
  EvalCommand eval;
  do {
    Result<Word> field = cursor.field(kListStops, "a field to assign to");
    if (!field) return already_reported();
    const bool braced = field->text.starts_with('{');
    if (braced && (field->text.find('}') != field->text.size() - 1 || field->text.size() < 3)) {
      cursor.source.report(kUnsupportedOption, field->range,
                           "a field name that is put together at run time is not supported yet",
                           "write one field's name in braces: {key}");
      return already_reported();
    }
    if (!cursor.accept('=')) return cursor.expected("`=`");
    Result<EvalPtr> value = parse_eval_expression(cursor);
    if (!value) return already_reported();
    eval.assignments.push_back({std::move(*field), std::move(*value)});
  } while (cursor.accept(','));
  return Command{std::move(eval), {}, {}};
}

/// rename := item { [ "," ] item };  item := field "AS" field
Result<Command> parse_rename(Cursor& cursor) {
  RenameCommand rename;
  while (!cursor.at_end_of_command()) {
    if (cursor.accept(',')) continue;
    Result<Word> from = cursor.field(kListStops, "the field to rename");
    if (!from) return already_reported();
    if (!cursor.accept_keyword("as")) return cursor.expected("`as`");
    Result<Word> to = cursor.field(kListStops, "the new name");
    if (!to) return already_reported();
    rename.items.push_back({std::move(*from), std::move(*to)});
  }
  if (report_empty(cursor, rename.items.empty(), "the field to rename")) return already_reported();
  return Command{std::move(rename), {}, {}};
}

/// fields := [ "+" | "-" ] field_list
Result<Command> parse_fields(Cursor& cursor) {
  FieldsCommand fields;
  fields.remove = cursor.accept('-');
  if (!fields.remove) cursor.accept('+');
  Result<std::vector<Word>> list = parse_field_list(cursor);
  if (!list || report_empty(cursor, list->empty(), "a field name")) return already_reported();
  fields.fields = std::move(*list);
  return Command{std::move(fields), {}, {}};
}

/// table := field_list
Result<Command> parse_table(Cursor& cursor) {
  Result<std::vector<Word>> list = parse_field_list(cursor);
  if (!list || report_empty(cursor, list->empty(), "a field name")) return already_reported();
  return Command{TableCommand{std::move(*list)}, {}, {}};
}

/// keys := key { [ "," ] key } [ "desc" | "d" ]
bool parse_sort_keys(Cursor& cursor, SortCommand& sort) {
  bool descending = false;
  // A sign that stands apart counts for all keys up to the next sign (Search Reference, sort).
  while (!cursor.at_end_of_command()) {
    if (cursor.accept(',')) continue;
    cursor.skip_space();
    const bool apart = (cursor.peek() == '-' || cursor.peek() == '+') && cursor.peek(1) == ' ';
    if (apart) descending = cursor.peek() == '-';
    Result<SortCommand::Key> key = sort_key(cursor, descending);
    if (!key) return false;
    sort.keys.push_back(std::move(*key));
  }
  if (sort.keys.size() > 1 && !sort.keys.back().field.quoted) {
    const std::string last = fold_case(sort.keys.back().field.text);
    if (last == "desc" || last == "d") {
      sort.keys.pop_back();
      for (SortCommand::Key& key : sort.keys) key.descending = !key.descending;
    }
  }
  return !report_empty(cursor, sort.keys.empty(), "a field to sort by");
}

/// sort := [ [ "limit" "=" ] number ] keys
Result<Command> parse_sort(Cursor& cursor) {
  SortCommand sort;
  Result<std::optional<uint64_t>> limit = sort_limit(cursor);
  if (!limit) return already_reported();
  sort.limit = *limit;
  if (!parse_sort_keys(cursor, sort)) return already_reported();
  return Command{std::move(sort), {}, {}};
}

/// fillnull := [ "value" "=" value ] [ field_list ]
Result<Command> parse_fillnull(Cursor& cursor) {
  FillnullCommand fillnull{{"0", {cursor.at(), cursor.at()}, false}, {}};  // the default: Search Reference, fillnull
  if (cursor.accept_option("value")) {
    Result<Word> value = cursor.word("|,", "a value");
    if (!value) return already_reported();
    fillnull.value = std::move(*value);
  } else if (const Word option = cursor.peek_option(); !option.text.empty()) {
    constexpr std::array<std::string_view, 1> kKnown{"value"};
    return refuse_option(cursor, option, "fillnull", kKnown);
  }
  Result<std::vector<Word>> list = parse_field_list(cursor);
  if (!list) return already_reported();
  fillnull.fields = std::move(*list);
  return Command{std::move(fillnull), {}, {}};
}

namespace {

/// mode=sed: `s/regex/replacement/flags` or `y/characters/characters/`.
Result<Command> sed_command(Cursor& cursor, RexCommand rex) {
  const std::string& script = rex.pattern.text;
  const bool shaped = script.size() > 3 && (script[0] == 's' || script[0] == 'y') &&
                      std::count(script.begin() + 1, script.end(), script[1]) >= 3;
  if (shaped) return Command{std::move(rex), {}, {}};
  cursor.source.report(kBadValue, rex.pattern.range, "this is no script of sed", "write s/regex/replacement/g");
  return already_reported();
}

}  // namespace

/// rex := { "field" "=" field | "max_match" "=" number } pattern { the same options }
Result<Command> parse_rex(Cursor& cursor) {
  RexCommand rex{{"_raw", {cursor.at(), cursor.at()}, false}, {}, {}, 1};
  bool has_pattern = false;
  while (!cursor.at_end_of_command()) {
    if (cursor.accept_option("field")) {
      Result<Word> field = cursor.field("|,", "a field name");
      if (!field) return already_reported();
      rex.field = std::move(*field);
    } else if (cursor.accept_option("mode")) {
      Result<Word> mode = cursor.word("|,", "sed");
      if (!mode) return already_reported();
      rex.sed = fold_case(mode->text) == "sed";
      if (!rex.sed) {
        cursor.source.report(kBadValue, mode->range, fmt::format("`rex` has no mode `{}`", mode->text));
        return already_reported();
      }
    } else if (cursor.accept_option("max_match")) {
      Result<Word> word = cursor.word("|,", "a number");
      if (!word) return already_reported();
      Result<uint64_t> count = cursor.number(*word);
      if (!count) return already_reported();
      rex.max_match = *count;
    } else if (const Word option = cursor.peek_option(); !option.text.empty()) {
      constexpr std::array<std::string_view, 2> kKnown{"offset_field", "allow_empty_matches"};
      return refuse_option(cursor, option, "rex", kKnown);
    } else {
      if (has_pattern) return cursor.expected("an option or the end of `rex`");
      Result<Word> pattern = cursor.word("|", "a regular expression");
      if (!pattern) return already_reported();
      rex.pattern = std::move(*pattern);
      has_pattern = true;
    }
  }
  if (report_empty(cursor, !has_pattern, "a regular expression")) return already_reported();
  if (rex.sed) return sed_command(cursor, std::move(rex));
  Result<std::vector<std::string>> groups = check_regex(cursor.source, rex.pattern);
  if (!groups) return already_reported();
  if (groups->empty()) {
    cursor.source.report(kBadRegex, rex.pattern.range, "the regular expression has no named group",
                         "write (?<name>…) around what to extract");
    return already_reported();
  }
  rex.groups = std::move(*groups);
  return Command{std::move(rex), {}, {}};
}

}  // namespace hecate::spl
