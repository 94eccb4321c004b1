#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "lang/spl/parse.h"

namespace hecate::spl {
namespace {

constexpr std::string_view kListStops = ",|()[]\"=";

std::optional<int64_t> unit_seconds(std::string_view unit) {
  struct Row {
    std::string_view name;
    int64_t seconds;
  };
  // Search Reference, bin, "Time scale options". Months have no fixed length; parts of a second are refused too.
  constexpr std::array<Row, 18> kUnits{{{"", 1},
                                        {"s", 1},
                                        {"sec", 1},
                                        {"secs", 1},
                                        {"second", 1},
                                        {"seconds", 1},
                                        {"m", 60},
                                        {"min", 60},
                                        {"mins", 60},
                                        {"minute", 60},
                                        {"minutes", 60},
                                        {"h", 3600},
                                        {"hr", 3600},
                                        {"hrs", 3600},
                                        {"hour", 3600},
                                        {"hours", 3600},
                                        {"d", 86400},
                                        {"day", 86400}}};
  if (unit == "days") return 86400;
  const auto* row = std::find_if(kUnits.begin(), kUnits.end(), [&](const Row& each) { return each.name == unit; });
  return row == kUnits.end() ? std::nullopt : std::optional(row->seconds);
}

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

/// key := [ "+" | "-" ] ( field | ( "auto" | "num" | "str" ) "(" field ")" )
Result<SortCommand::Key> sort_key(Cursor& cursor, bool descending) {
  SortCommand::Key key{{}, sort_sign(cursor, descending), "auto"};
  Result<Word> field = cursor.field(kListStops);
  if (!field) return already_reported();
  key.field = std::move(*field);
  if (key.field.quoted || !cursor.accept('(')) return key;
  key.as = fold_case(key.field.text);
  if (key.as != "auto" && key.as != "num" && key.as != "str") {
    cursor.source.report(kUnsupportedOption, key.field.range,
                         fmt::format("sorting by `{}()` is not supported", key.field.text));
    return already_reported();
  }
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

Result<int64_t> parse_span(Cursor& cursor, const Word& word) {
  int64_t count = 1;
  const char* end = word.text.data() + word.text.size();
  const auto [stop, error] = std::from_chars(word.text.data(), end, count);
  const char* unit_at = error == std::errc() ? stop : word.text.data();
  const std::optional<int64_t> unit = unit_seconds(fold_case({unit_at, static_cast<size_t>(end - unit_at)}));
  constexpr int64_t kLongest = int64_t{86400} * 36500;
  if (unit && count > 0 && count <= kLongest / *unit) return count * *unit;
  cursor.source.report(kBadValue, word.range,
                       fmt::format("`{}` is not a span of seconds, minutes, hours or days", word.text));
  return already_reported();
}

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

/// sort := [ [ "limit" "=" ] number ] key { [ "," ] key } [ "desc" | "d" ]
Result<Command> parse_sort(Cursor& cursor) {
  SortCommand sort;
  Result<std::optional<uint64_t>> limit = sort_limit(cursor);
  if (!limit) return already_reported();
  sort.limit = *limit;
  bool descending = false;
  // A sign that stands apart counts for all keys up to the next sign (Search Reference, sort).
  while (!cursor.at_end_of_command()) {
    if (cursor.accept(',')) continue;
    cursor.skip_space();
    const bool apart = (cursor.peek() == '-' || cursor.peek() == '+') && cursor.peek(1) == ' ';
    if (apart) descending = cursor.peek() == '-';
    Result<SortCommand::Key> key = sort_key(cursor, descending);
    if (!key) return already_reported();
    sort.keys.push_back(std::move(*key));
  }
  if (sort.keys.size() > 1 && !sort.keys.back().field.quoted) {
    const std::string last = fold_case(sort.keys.back().field.text);
    if (last == "desc" || last == "d") {
      sort.keys.pop_back();
      for (SortCommand::Key& key : sort.keys) key.descending = !key.descending;
    }
  }
  if (report_empty(cursor, sort.keys.empty(), "a field to sort by")) return already_reported();
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

/// bin := { "span" "=" span } field { "span" "=" span } [ "as" field ]
Result<Command> parse_bin(Cursor& cursor) {
  BinCommand bin;
  std::optional<int64_t> seconds;
  while (!cursor.at_end_of_command()) {
    if (cursor.accept_option("span")) {
      Result<Word> word = cursor.word("|,", "a span of time");
      if (!word) return already_reported();
      Result<int64_t> span = parse_span(cursor, *word);
      if (!span) return already_reported();
      seconds = *span;
    } else if (const Word option = cursor.peek_option(); !option.text.empty()) {
      constexpr std::array<std::string_view, 5> kKnown{"aligntime", "bins", "end", "minspan", "start"};
      return refuse_option(cursor, option, "bin", kKnown);
    } else if (!bin.field.text.empty() && cursor.accept_keyword("as")) {
      Result<Word> as = cursor.field(kListStops);
      if (!as) return already_reported();
      bin.as = std::move(*as);
    } else {
      if (!bin.field.text.empty()) return cursor.expected("an option or the end of `bin`");
      Result<Word> field = cursor.field(kListStops);
      if (!field) return already_reported();
      bin.field = std::move(*field);
    }
  }
  if (report_empty(cursor, bin.field.text.empty(), "a field name")) return already_reported();
  if (report_empty(cursor, !seconds, "`span=`")) return already_reported();
  bin.span_seconds = *seconds;
  return Command{std::move(bin), {}, {}};
}

/// convert := [ "timeformat" "=" text ] item { [ "," ] item };  item := function "(" field ")" [ "as" field ]
Result<Command> parse_convert(Cursor& cursor) {
  ConvertCommand convert{"%m/%d/%Y %H:%M:%S", {}};  // the default: Search Reference, convert
  while (!cursor.at_end_of_command()) {
    if (cursor.accept(',')) continue;
    if (cursor.accept_option("timeformat")) {
      Result<Word> format = cursor.word("|", "a time format");
      if (!format) return already_reported();
      convert.timeformat = std::move(format->text);
      continue;
    }
    if (const Word option = cursor.peek_option(); !option.text.empty())
      return refuse_option(cursor, option, "convert", {});
    Result<Word> function = cursor.word(kListStops, "a function such as ctime");
    if (!function) return already_reported();
    constexpr std::array<std::string_view, 4> kSupported{"ctime", "mktime", "none", "num"};
    constexpr std::array<std::string_view, 7> kKnown{"auto", "dur2sec", "memk", "mstime", "rmcomma", "rmunit", "num"};
    const std::string folded = fold_case(function->text);
    if (std::find(kSupported.begin(), kSupported.end(), folded) == kSupported.end()) {
      const bool known = std::find(kKnown.begin(), kKnown.end(), folded) != kKnown.end();
      cursor.source.report(known ? kUnsupportedFunction : kUnknownFunction, function->range,
                           known ? fmt::format("the function `{}` of `convert` is not supported yet", folded)
                                 : fmt::format("`convert` has no function `{}`", function->text),
                           known ? std::string() : did_you_mean(folded, kSupported));
      return already_reported();
    }
    function->text = folded;
    if (!cursor.accept('(')) return cursor.expected("`(`");
    const uint32_t open = cursor.at() - 1;
    Result<Word> field = cursor.field(kListStops);
    if (!field) return already_reported();
    if (!cursor.accept(')')) {
      cursor.source.report(kUnclosedParenthesis, {open, open + 1}, "this parenthesis is never closed");
      return already_reported();
    }
    ConvertCommand::Item item{std::move(*function), std::move(*field), std::nullopt};
    if (cursor.accept_keyword("as")) {
      Result<Word> as = cursor.field(kListStops);
      if (!as) return already_reported();
      item.as = std::move(*as);
    }
    convert.items.push_back(std::move(item));
  }
  if (report_empty(cursor, convert.items.empty(), "a function such as ctime")) return already_reported();
  return Command{std::move(convert), {}, {}};
}

}  // namespace hecate::spl
