#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "lang/spl/parse.h"

// Tables whose columns are values: chart and its kin.
namespace hecate::spl {
namespace {

constexpr std::string_view kListStops = ",|()[]\"=";

/// chart := { option } item { [ "," ] item } [ "over" field ] [ "by" field [ "," field ] ], options everywhere.
class ChartParser {
 public:
  ChartParser(Cursor& cursor, bool time) : cursor_(cursor), command_(time ? "timechart" : "chart") {
    chart_.time = chart_.fills = time;
  }

  Result<Command> run() {
    if (!items() || !splits() || !finish()) return already_reported();
    return Command{std::move(chart_), {}, {}};
  }

 private:
  bool items() {
    while (!cursor_.at_end_of_command() && !at_split()) {
      if (cursor_.accept(',')) continue;
      if (const Word name = cursor_.peek_option(); !name.text.empty()) {
        if (!option(name, chart_.span)) return false;
        continue;
      }
      if (cursor_.next_is_keyword("eval") || cursor_.peek() == '(') {
        const uint32_t at = cursor_.at();
        cursor_.source.report(kUnsupportedOption, {at, at + 1},
                              fmt::format("`{}` of an expression over aggregations is not supported", command_),
                              "name the aggregations, and compute with eval behind it");
        return false;
      }
      Result<StatsCommand::Item> item = parse_stats_item(cursor_);
      if (!item) return false;
      chart_.stats.items.push_back(std::move(*item));
    }
    if (!chart_.stats.items.empty()) return true;
    cursor_.source.report(kNoAggregation, {cursor_.at(), cursor_.at()},
                          fmt::format("`{}` has no aggregation", command_),
                          fmt::format("write for example `{} count by host`", command_));
    return false;
  }

  bool at_split() { return cursor_.next_is_keyword("by") || cursor_.next_is_keyword("over"); }

  /// [ "over" field ] [ "by" field [ "," field ] ], with options behind each
  bool splits() {
    std::vector<Word> by;
    if (!chart_.time && cursor_.accept_keyword("over") && (!split(by) || !options(chart_.span))) return false;
    if (cursor_.accept_keyword("by")) {
      while (!cursor_.at_end_of_command()) {
        if (cursor_.accept(',')) continue;
        if (!split(by)) return false;
        if (!options(by.size() == 1 && !chart_.time ? chart_.span : chart_.series_span)) return false;
        if (by.size() > (chart_.time ? 1U : 2U)) {
          cursor_.source.report(kExpected, by.back().range,
                                fmt::format("`{}` splits by no more fields than this", command_),
                                "put them in one field with eval, or use `stats`");
          return false;
        }
      }
      if (by.empty()) return (void)cursor_.expected("the field to split by"), false;
    }
    if (chart_.time) by.insert(by.begin(), Word{"_time", {cursor_.at(), cursor_.at()}, true});
    if (!by.empty()) chart_.row = std::move(by[0]);
    if (by.size() > 1) chart_.series = std::move(by[1]);
    return true;
  }

  bool split(std::vector<Word>& by) {
    Result<Word> field = cursor_.field(kListStops, "a field to split by");
    if (!field) return false;
    by.push_back(std::move(*field));
    return true;
  }

  bool options(std::optional<BinSpan>& span) {
    while (true) {
      while (cursor_.accept(',')) {
      }
      if (cursor_.next_is_keyword("where")) {
        const uint32_t at = cursor_.at();
        cursor_.source.report(kUnsupportedOption, {at, at + 5},
                              fmt::format("the where clause of `{}` is not supported", command_),
                              "limit=5 keeps the series with the greatest sums");
        return false;
      }
      const Word name = cursor_.peek_option();
      if (name.text.empty()) return true;
      if (!option(name, span)) return false;
    }
  }

  bool option(const Word& name, std::optional<BinSpan>& span) {
    constexpr std::array<std::string_view, 9> kSupported{"cont",    "fixedrange", "limit",   "nullstr", "otherstr",
                                                         "partial", "span",       "usenull", "useother"};
    constexpr std::array<std::string_view, 9> kLater{"agg",     "aligntime", "bins", "dedup_splitvals", "end", "format",
                                                     "minspan", "sep",       "start"};
    const std::string folded = fold_case(name.text);
    if (std::find(kSupported.begin(), kSupported.end(), folded) == kSupported.end()) {
      (void)refuse_option(cursor_, name, command_, kLater);
      return false;
    }
    cursor_.accept_option(name.text);
    Result<Word> value = cursor_.word("|,()[]", "a value");
    if (!value) return false;
    return set(folded, *value, span);
  }

  bool set(std::string_view name, const Word& value, std::optional<BinSpan>& span) {
    if (name == "limit") return limit(value);
    if (name == "otherstr") return chart_.others_name = value.text, true;
    if (name == "nullstr") return chart_.nulls_name = value.text, true;
    if (name == "span") {
      Result<BinSpan> parsed = parse_bin_span(cursor_, value);
      if (parsed) span = std::move(*parsed);
      return parsed.ok();
    }
    Result<bool> on = cursor_.boolean(value);
    if (!on) return false;
    if (name == "usenull") chart_.nulls = *on;
    if (name == "useother") chart_.others = *on;
    if (name == "cont") chart_.fills = chart_.time && *on;
    return true;  // partial and fixedrange are about the search's window, which a log does not have
  }

  /// limit=10, limit=top5, limit=bottom5
  bool limit(const Word& value) {
    Word number = value;
    for (const std::string_view prefix : {"top", "bottom"}) {
      if (!fold_case(number.text).starts_with(prefix)) continue;
      chart_.least = prefix == "bottom";
      number.text.erase(0, prefix.size());
    }
    Result<uint64_t> count = cursor_.number(number);
    if (count) chart_.most = *count;
    return count.ok();
  }

  bool finish() {
    if (!chart_.time || chart_.span) return true;
    cursor_.source.report(kExpected, {cursor_.at(), cursor_.at()},
                          "`timechart` needs `span=`: what Splunk takes without depends on the time that is searched",
                          "write for example `timechart span=1h count`");
    return false;
  }

  Cursor& cursor_;
  std::string_view command_;
  ChartCommand chart_;
};

/// So many fields and no more.
bool parse_names(Cursor& cursor, std::vector<Word>& names, size_t least, size_t most, std::string_view wanted) {
  Result<std::vector<Word>> list = parse_field_list(cursor);
  if (!list) return false;
  names = std::move(*list);
  if (names.size() >= least && names.size() <= most) return true;
  (void)cursor.expected(wanted);
  return false;
}

}  // namespace

Result<Command> parse_chart(Cursor& cursor) { return ChartParser(cursor, false).run(); }
Result<Command> parse_timechart(Cursor& cursor) { return ChartParser(cursor, true).run(); }

/// xyseries := field field field { field }
Result<Command> parse_xyseries(Cursor& cursor) {
  if (const Word option = cursor.peek_option(); !option.text.empty()) {
    constexpr std::array<std::string_view, 3> kKnown{"format", "grouped", "sep"};
    return refuse_option(cursor, option, "xyseries", kKnown);
  }
  std::vector<Word> names;
  if (!parse_names(cursor, names, 3, 100, "the field of the rows, that of the columns, and their values"))
    return already_reported();
  XyseriesCommand xyseries{names[0], names[1], {names.begin() + 2, names.end()}};
  return Command{std::move(xyseries), {}, {}};
}

/// untable := field field field
Result<Command> parse_untable(Cursor& cursor) {
  std::vector<Word> names;
  if (!parse_names(cursor, names, 3, 3, "the field to keep, and one for names and one for values"))
    return already_reported();
  return Command{UntableCommand{names[0], names[1], names[2]}, {}, {}};
}

/// transpose := { number | "column_name" | "header_field" | "include_empty" "=" value }
Result<Command> parse_transpose(Cursor& cursor) {
  constexpr std::array<std::string_view, 3> kSupported{"column_name", "header_field", "include_empty"};
  TransposeCommand transpose;
  Options options;
  while (!cursor.at_end_of_command()) {
    Result<bool> more = options.accept(cursor, "transpose", kSupported, {});
    if (!more) return already_reported();
    if (*more) continue;
    Result<Word> word = cursor.word(",|", "a number of rows");
    if (!word) return already_reported();
    Result<uint64_t> count = cursor.number(*word);
    if (!count) return already_reported();
    transpose.most = *count;
  }
  options.read("column_name", transpose.column);
  if (const Word* header = options.find("header_field")) transpose.header = *header;
  return Command{std::move(transpose), {}, {}};
}

/// makecontinuous := [ field ] "span" "=" span
Result<Command> parse_makecontinuous(Cursor& cursor) {
  constexpr std::array<std::string_view, 1> kSupported{"span"};
  constexpr std::array<std::string_view, 4> kLater{"aligntime", "bins", "end", "start"};
  MakecontinuousCommand command;
  command.field = {"_time", {cursor.at(), cursor.at()}, false};
  Options options;
  while (!cursor.at_end_of_command()) {
    Result<bool> more = options.accept(cursor, "makecontinuous", kSupported, kLater);
    if (!more) return already_reported();
    if (*more) continue;
    Result<Word> field = cursor.field(kListStops);
    if (!field) return already_reported();
    command.field = std::move(*field);
  }
  const Word* span = options.find("span");
  if (span == nullptr) return cursor.expected("`span=`");
  Result<BinSpan> parsed = parse_bin_span(cursor, *span);
  if (!parsed) return already_reported();
  command.span = std::move(*parsed);
  return Command{std::move(command), {}, {}};
}

}  // namespace hecate::spl
