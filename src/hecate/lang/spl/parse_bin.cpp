#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "lang/spl/parse.h"

// Spans of time and of numbers.
namespace hecate::spl {
namespace {

constexpr std::string_view kListStops = ",|()[]\"=";

std::optional<int64_t> unit_seconds(std::string_view unit) {
  struct Row {
    std::string_view name;
    int64_t seconds;
  };
  // Search Reference, bin, "Time scale options". Months have no fixed length: calendar_snap().
  constexpr std::array<Row, 22> kUnits{
      {{"", 1},         {"s", 1},      {"sec", 1},       {"secs", 1},      {"second", 1},   {"seconds", 1},
       {"m", 60},       {"min", 60},   {"mins", 60},     {"minute", 60},   {"minutes", 60}, {"h", 3600},
       {"hr", 3600},    {"hrs", 3600}, {"hour", 3600},   {"hours", 3600},  {"d", 86400},    {"day", 86400},
       {"days", 86400}, {"w", 604800}, {"week", 604800}, {"weeks", 604800}}};
  const auto* row = std::find_if(kUnits.begin(), kUnits.end(), [&](const Row& each) { return each.name == unit; });
  return row == kUnits.end() ? std::nullopt : std::optional(row->seconds);
}

/// Months, quarters and years: their beginning as a time modifier.
std::string calendar_snap(std::string_view unit) {
  constexpr std::array<std::string_view, 3> kMonth{"mon", "month", "months"};
  constexpr std::array<std::string_view, 5> kQuarter{"q", "qtr", "qtrs", "quarter", "quarters"};
  constexpr std::array<std::string_view, 5> kYear{"y", "yr", "yrs", "year", "years"};
  const auto is = [&](const auto& names) { return std::find(names.begin(), names.end(), unit) != names.end(); };
  return is(kMonth) ? "@mon" : is(kQuarter) ? "@q" : is(kYear) ? "@y" : "";
}

struct CountAndUnit {
  double count = 1;
  std::string unit;
};

/// "5m" -> 5, "m"; "day" -> 1, "day"
CountAndUnit split_span(std::string_view text) {
  CountAndUnit result;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, result.count, std::chars_format::fixed);
  const char* unit_at = error == std::errc() ? stop : text.data();
  result.unit = fold_case({unit_at, static_cast<size_t>(end - unit_at)});
  return result;
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

Result<BinSpan> parse_bin_span(Cursor& cursor, const Word& word) {
  const size_t at = word.text.find('@');
  const auto [count, unit] = split_span(std::string_view(word.text).substr(0, at));
  BinSpan span;
  span.snap = count == 1 ? calendar_snap(unit) : "";
  if (span.snap.empty()) {
    // "1w@w1": weeks that begin on a Monday; a day of the week before the first of January 1970, a Thursday.
    const bool week = at != std::string::npos && word.text.size() == at + 3 && word.text[at + 1] == 'w' &&
                      word.text[at + 2] >= '0' && word.text[at + 2] <= '7';
    const std::optional<int64_t> seconds = unit_seconds(unit);
    span.size = seconds ? count * static_cast<double>(*seconds) : unit == "ms" ? count / 1000 : 0;
    if (week) span.alignment = 86400.0 * ((word.text[at + 2] - '0') % 7 - 4);
    if (at != std::string::npos && !week) span.size = 0;
  }
  constexpr double kLongest = 86400.0 * 36500;
  if (!span.snap.empty() || (span.size > 0 && span.size <= kLongest)) return span;
  cursor.source.report(kBadValue, word.range, fmt::format("`{}` is no span of time that is supported", word.text),
                       "write a number and s, m, h, d or w, or one of mon, q, y");
  return already_reported();
}

namespace {

bool read_alignment(Cursor& cursor, const Options& options, BinSpan& span) {
  const Word* word = options.find("aligntime");
  if (word == nullptr) return true;
  const char* end = word->text.data() + word->text.size();
  const auto [stop, error] = std::from_chars(word->text.data(), end, span.alignment);
  if (error == std::errc() && stop == end) return true;
  cursor.source.report(kUnsupportedOption, word->range,
                       "`aligntime` is supported as seconds since the epoch, not relative to the search");
  return false;
}

}  // namespace

/// bin := { "span" "=" span | "aligntime" "=" seconds } field { the same options } [ "as" field ]
Result<Command> parse_bin(Cursor& cursor) {
  constexpr std::array<std::string_view, 2> kSupported{"aligntime", "span"};
  constexpr std::array<std::string_view, 4> kLater{"bins", "end", "minspan", "start"};
  BinCommand bin;
  Options options;
  while (!cursor.at_end_of_command()) {
    Result<bool> more = options.accept(cursor, "bin", kSupported, kLater);
    if (!more) return already_reported();
    if (*more) continue;
    if (!bin.field.text.empty() && cursor.accept_keyword("as")) {
      Result<Word> as = cursor.field(kListStops);
      if (!as) return already_reported();
      bin.as = std::move(*as);
      continue;
    }
    if (cursor.at_end_of_command()) break;
    if (!bin.field.text.empty()) return cursor.expected("an option or the end of `bin`");
    Result<Word> field = cursor.field(kListStops);
    if (!field) return already_reported();
    bin.field = std::move(*field);
  }
  if (bin.field.text.empty()) return cursor.expected("a field name");
  const Word* span = options.find("span");
  if (span == nullptr) return cursor.expected("`span=`");
  Result<BinSpan> parsed = parse_bin_span(cursor, *span);
  if (!parsed) return already_reported();
  bin.span = std::move(*parsed);
  if (!read_alignment(cursor, options, bin.span)) return already_reported();
  return Command{std::move(bin), {}, {}};
}

}  // namespace hecate::spl
