#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "lang/spl/functions.h"
#include "lang/spl/parse.h"

namespace hecate::spl {
namespace {

constexpr std::string_view kStops = ",|()[]\"=";

bool is_percentile(std::string_view name) {
  return name == "p" || name == "perc" || name == "exactperc" || name == "upperperc";
}

/// perc95 -> perc; any other name stays.
std::string_view without_digits(std::string_view name) {
  size_t end = name.size();
  while (end > 0 && (is_ascii_digit(name[end - 1]) || name[end - 1] == '.')) --end;
  return end < name.size() && is_percentile(name.substr(0, end)) ? name.substr(0, end) : name;
}

bool known_function(const Cursor& cursor, const Word& function) {
  const std::string_view name = without_digits(function.text);
  const bool whole = name.size() == function.text.size();
  const auto rows = stats_functions();
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const StatsFunction& each) { return each.name == name; });
  if (row != rows.end() && !(whole && is_percentile(name))) return true;
  const auto later = unsupported_stats_functions();
  if (std::find(later.begin(), later.end(), name) != later.end()) {
    cursor.source.report(kUnsupportedFunction, function.range,
                         fmt::format("the function `{}` of `stats` is not supported yet", name));
    return false;
  }
  std::vector<std::string_view> names;
  for (const StatsFunction& each : rows) names.push_back(each.name);
  cursor.source.report(kUnknownFunction, function.range, fmt::format("`stats` has no function `{}`", function.text),
                       did_you_mean(name, names));
  return false;
}

/// argument := "eval" "(" expression ")" | field
bool parse_argument(Cursor& cursor, StatsCommand::Item& item, uint32_t open) {
  const uint32_t before = cursor.at();
  if (cursor.accept_keyword("eval") && cursor.accept('(')) {
    const uint32_t inner = cursor.at() - 1;
    Result<EvalPtr> value = parse_eval_expression(cursor);
    if (!value) return false;
    item.eval = std::move(*value);
    open = cursor.accept(')') ? open : inner;
    if (open == inner) {
      cursor.source.report(kUnclosedParenthesis, {inner, inner + 1}, "this parenthesis is never closed");
      return false;
    }
  } else {
    cursor.seek(before);
    cursor.skip_space();
    if (cursor.peek() != ')') {
      Result<Word> field = cursor.field(kStops);
      if (!field) return false;
      item.field = std::move(*field);
    }
  }
  if (cursor.accept(')')) return true;
  cursor.source.report(kUnclosedParenthesis, {open, open + 1}, "this parenthesis is never closed");
  return false;
}

}  // namespace

namespace {

/// sparkline := "sparkline" "(" function [ "(" argument ")" ] [ "," span ] ")": the function over spans of time.
Result<StatsCommand::Item> parse_sparkline(Cursor& cursor, uint32_t begin) {
  const uint32_t open = cursor.at();
  cursor.accept('(');
  Result<StatsCommand::Item> item = parse_stats_item(cursor);
  if (!item) return item;
  item->sparkline = 0;
  if (cursor.accept(',')) {
    Result<Word> word = cursor.word(",|()[]", "a span of time");
    if (!word) return already_reported();
    Result<int64_t> seconds = parse_span(cursor, *word);
    if (!seconds) return already_reported();
    item->sparkline = *seconds;
  }
  if (!cursor.accept(')')) {
    cursor.source.report(kUnclosedParenthesis, {open, open + 1}, "this parenthesis is never closed");
    return already_reported();
  }
  item->range = cursor.range_from(begin);
  item->name = std::string(cursor.source.text(item->range));
  return item;
}

/// [ "as" field ]: a name may look like another aggregation: `values(flags) as flags(inheritance)`.
bool parse_result_name(Cursor& cursor, StatsCommand::Item& item) {
  if (!cursor.accept_keyword("as")) return true;
  Result<Word> as = cursor.field(",|[]\"=", "the name of the result");
  if (as) item.name = std::move(as->text);
  return as.ok();
}

}  // namespace

/// item := ( function [ "(" [ argument ] ")" ] | sparkline ) [ "as" field ]
Result<StatsCommand::Item> parse_stats_item(Cursor& cursor) {
  StatsCommand::Item item;
  Result<Word> function = cursor.word(kStops, "an aggregation such as count");
  if (!function) return already_reported();
  item.function = std::move(*function);
  const uint32_t begin = item.function.range.begin;
  const std::string written = item.function.text;
  item.function.text = fold_case(item.function.text);
  if (item.function.text == "sparkline" && cursor.peek() != '(') {
    item.function.text = "count";  // by itself it is that of all rows
    item.name = "sparkline";
    item.range = item.function.range;
    item.sparkline = 0;
    if (!parse_result_name(cursor, item)) return already_reported();
    return item;
  }
  if (item.function.text == "sparkline" && cursor.peek() == '(') {
    Result<StatsCommand::Item> line = parse_sparkline(cursor, begin);
    if (!line || !parse_result_name(cursor, *line)) return already_reported();
    return line;
  }
  if (!known_function(cursor, item.function)) return already_reported();
  item.range = item.function.range;
  if (cursor.accept('(')) {
    if (!parse_argument(cursor, item, cursor.at() - 1)) return already_reported();
    item.range = cursor.range_from(begin);
  }
  const bool counts = item.function.text == "count" || item.function.text == "c";
  if (!item.field && !item.eval && !counts) {
    cursor.source.report(kWrongArity, item.range, fmt::format("`{}` needs a field", written),
                         fmt::format("write {}(field)", written));
    return already_reported();
  }
  item.name = written;
  if (item.field) item.name += "(" + item.field->text + ")";
  if (item.eval) item.name = std::string(cursor.source.text(item.range));
  if (!parse_result_name(cursor, item)) return already_reported();
  return item;
}

namespace {

/// Takes an option whose value is what holds without it: `allnum=false`, `partitions=1`.
bool accept_default(Cursor& cursor, const Word& option) {
  const uint32_t before = cursor.at();
  const std::string name = fold_case(option.text);
  if (name != "allnum" && name != "partitions" && name != "dedup_splitvals") return false;
  cursor.accept_option(option.text);
  Result<Word> value = cursor.word("|,", "a value");
  if (!value) return false;
  const std::string text = fold_case(value->text);
  if (name == "partitions" || text == "f" || text == "false" || text == "0") return true;
  cursor.seek(before);
  return false;
}

}  // namespace

Result<StatsCommand> parse_aggregations(Cursor& cursor, std::string_view command,
                                        std::span<const std::string_view> known_options) {
  StatsCommand stats;
  const uint32_t begin = cursor.at();
  while (!cursor.at_end_of_command() && !cursor.next_is_keyword("by")) {
    if (cursor.accept(',')) continue;
    if (const Word option = cursor.peek_option(); !option.text.empty()) {
      if (!accept_default(cursor, option)) return refuse_option(cursor, option, command, known_options);
      continue;
    }
    Result<StatsCommand::Item> item = parse_stats_item(cursor);
    if (!item) return already_reported();
    stats.items.push_back(std::move(*item));
  }
  if (stats.items.empty()) {
    const auto size = static_cast<uint32_t>(command.size());
    cursor.source.report(kNoAggregation, {begin >= size ? begin - size : 0, begin},
                         fmt::format("`{}` has no aggregation", command),
                         fmt::format("write for example `{} count by host`", command));
    return already_reported();
  }
  if (cursor.accept_keyword("by")) {
    Result<std::vector<Word>> by = parse_field_list(cursor);
    if (!by) return already_reported();
    if (by->empty()) return cursor.expected("the fields to group by");
    stats.by = std::move(*by);
  }
  return stats;
}

/// stats := { option } item { [ "," ] item } [ "by" field_list ]
Result<Command> parse_stats(Cursor& cursor) {
  constexpr std::array<std::string_view, 4> kKnown{"allnum", "dedup_splitvals", "delim", "partitions"};
  Result<StatsCommand> stats = parse_aggregations(cursor, "stats", kKnown);
  if (!stats) return already_reported();
  return Command{std::move(*stats), {}, {}};
}

/// eventstats := item { [ "," ] item } [ "by" field_list ]
Result<Command> parse_eventstats(Cursor& cursor) {
  constexpr std::array<std::string_view, 1> kKnown{"allnum"};
  Result<StatsCommand> stats = parse_aggregations(cursor, "eventstats", kKnown);
  if (!stats) return already_reported();
  return Command{EventstatsCommand{std::move(*stats)}, {}, {}};
}

}  // namespace hecate::spl
