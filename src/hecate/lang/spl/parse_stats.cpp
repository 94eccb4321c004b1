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

/// item := function [ "(" [ argument ] ")" ] [ "as" field ]
Result<StatsCommand::Item> parse_stats_item(Cursor& cursor) {
  StatsCommand::Item item;
  Result<Word> function = cursor.word(kStops, "an aggregation such as count");
  if (!function) return already_reported();
  item.function = std::move(*function);
  const uint32_t begin = item.function.range.begin;
  const std::string written = item.function.text;
  item.function.text = fold_case(item.function.text);
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
  if (cursor.accept_keyword("as")) {
    // A name may look like another aggregation: `values(flags) as flags(inheritance)`.
    Result<Word> as = cursor.field(",|[]\"=", "the name of the result");
    if (!as) return already_reported();
    item.name = std::move(as->text);
  }
  return item;
}

Result<StatsCommand> parse_aggregations(Cursor& cursor, std::string_view command,
                                        std::span<const std::string_view> known_options) {
  StatsCommand stats;
  const uint32_t begin = cursor.at();
  while (!cursor.at_end_of_command() && !cursor.next_is_keyword("by")) {
    if (cursor.accept(',')) continue;
    if (const Word option = cursor.peek_option(); !option.text.empty())
      return refuse_option(cursor, option, command, known_options);
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

/// streamstats := { option } item { [ "," ] item } [ "by" field_list ]
Result<Command> parse_streamstats(Cursor& cursor) {
  constexpr std::array<std::string_view, 3> kSupported{"current", "global", "window"};
  constexpr std::array<std::string_view, 5> kLater{"allnum", "reset_after", "reset_before", "reset_on_change",
                                                   "time_window"};
  StreamstatsCommand streamstats;
  Options options;
  while (true) {
    Result<bool> more = options.accept(cursor, "streamstats", kSupported, kLater);
    if (!more) return already_reported();
    if (!*more) break;
  }
  const bool sound = options.read(cursor, "current", streamstats.current) &&
                     options.read(cursor, "global", streamstats.global) &&
                     options.read(cursor, "window", streamstats.window);
  if (!sound) return already_reported();
  Result<StatsCommand> stats = parse_aggregations(cursor, "streamstats", kLater);
  if (!stats) return already_reported();
  streamstats.stats = std::move(*stats);
  return Command{std::move(streamstats), {}, {}};
}

/// timechart := { option } item { [ "," ] item }
Result<Command> parse_timechart(Cursor& cursor) {
  constexpr std::array<std::string_view, 6> kSupported{"limit", "span", "useother", "usenull", "partial", "cont"};
  constexpr std::array<std::string_view, 8> kLater{"agg",    "aligntime", "bins",     "fixedrange",
                                                   "format", "minspan",   "otherstr", "sep"};
  Options options;
  while (true) {
    Result<bool> more = options.accept(cursor, "timechart", kSupported, kLater);
    if (!more) return already_reported();
    if (!*more) break;
  }
  TimechartCommand timechart;
  const Word* span = options.find("span");
  if (span == nullptr) return cursor.expected("`span=`");
  Result<int64_t> seconds = parse_span(cursor, *span);
  if (!seconds) return already_reported();
  timechart.span_seconds = *seconds;
  Result<StatsCommand> stats = parse_aggregations(cursor, "timechart", kLater);
  if (!stats) return already_reported();
  if (!stats->by.empty()) {
    cursor.source.report(kUnsupportedOption, stats->by.front().range,
                         "`timechart` with a by-field is not supported: its columns are known only when it has run",
                         "write `bin _time span=…` and `stats … by _time, field`");
    return already_reported();
  }
  timechart.stats = std::move(*stats);
  return Command{std::move(timechart), {}, {}};
}

}  // namespace hecate::spl
