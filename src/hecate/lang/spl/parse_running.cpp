#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "lang/spl/parse.h"

// Commands that look at the rows before a row.
namespace hecate::spl {
namespace {

constexpr std::string_view kListStops = ",|()[]\"=";
constexpr std::array<std::string_view, 8> kStreamstats{"allnum",       "current",         "global",      "reset_after",
                                                       "reset_before", "reset_on_change", "time_window", "window"};

/// What reset_before and reset_after take: "(" condition ")", with quotes of their own around each parenthesis, or
/// around all of it. The text is read when it is known which fields there are.
bool quoted_condition(Cursor& cursor, std::optional<Word>& into) {
  constexpr std::string_view kOpen = "\"(\"";
  constexpr std::string_view kClose = "\")\"";
  cursor.skip_space();
  const uint32_t begin = cursor.at();
  const std::string_view rest = cursor.source.text().substr(begin);
  if (rest.starts_with(kOpen)) {
    const size_t end = rest.find(kClose, kOpen.size());
    if (end == std::string_view::npos) {
      cursor.source.report(kUnclosedQuote, {begin, begin + 1}, "this condition is never closed", "end it with \")\"");
      return false;
    }
    cursor.seek(begin + static_cast<uint32_t>(end + kClose.size()));
    into = Word{std::string(rest.substr(kOpen.size(), end - kOpen.size())), cursor.range_from(begin), true};
    return true;
  }
  if (cursor.peek() != '"') return (void)cursor.expected("a condition in quotes: \"(status==500)\""), false;
  Result<Word> text = cursor.quoted();
  if (text) into = std::move(*text);
  return text.ok();
}

/// Takes options as long as they come; false where one was reported.
bool streamstats_options(Cursor& cursor, Options& options, StreamstatsCommand& streamstats) {
  while (true) {
    if (cursor.accept_option("reset_before")) {
      if (!quoted_condition(cursor, streamstats.reset_before)) return false;
    } else if (cursor.accept_option("reset_after")) {
      if (!quoted_condition(cursor, streamstats.reset_after)) return false;
    } else {
      Result<bool> more = options.accept(cursor, "streamstats", kStreamstats, {});
      if (!more || !*more) return more.ok();
    }
  }
}

bool read_streamstats(Cursor& cursor, const Options& options, StreamstatsCommand& streamstats) {
  bool all_numbers = false;
  if (!options.read(cursor, "current", streamstats.current) || !options.read(cursor, "global", streamstats.global) ||
      !options.read(cursor, "window", streamstats.window) || !options.read(cursor, "allnum", all_numbers) ||
      !options.read(cursor, "reset_on_change", streamstats.reset_on_change))
    return false;
  if (all_numbers) {
    (void)refuse_option(cursor, {"allnum", options.find("allnum")->range, false}, "streamstats", kStreamstats);
    return false;
  }
  if (const Word* window = options.find("time_window")) {
    Result<int64_t> seconds = parse_span(cursor, *window);
    if (!seconds) return false;
    streamstats.time_window = static_cast<double>(*seconds);
  }
  return true;
}

/// field [ "as" field ]
bool field_and_name(Cursor& cursor, Word& field, std::optional<Word>& as) {
  Result<Word> word = cursor.field(kListStops);
  if (!word) return false;
  field = std::move(*word);
  if (!cursor.accept_keyword("as")) return true;
  Result<Word> name = cursor.field(kListStops);
  if (!name) return false;
  as = std::move(*name);
  return true;
}

/// p=3, p=1-3: rows before. Each is a step of the plan.
bool read_distances(Cursor& cursor, const Options& options, LagCommand& lag) {
  constexpr uint64_t kFarthest = 100;
  const Word* word = options.find("p");
  if (word == nullptr) return true;
  const size_t dash = word->text.find('-');
  const auto number = [](std::string_view text, uint64_t& into) {
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), into);
    return error == std::errc() && stop == text.data() + text.size() && !text.empty();
  };
  const std::string_view text = word->text;
  bool sound = number(text.substr(0, dash), lag.first);
  lag.last = lag.first;
  if (dash != std::string::npos) sound = number(text.substr(dash + 1), lag.last) && sound && !lag.difference;
  if (sound && lag.first > 0 && lag.first <= lag.last && lag.last <= kFarthest) return true;
  cursor.source.report(kBadValue, word->range,
                       fmt::format("`{}` is no distance between rows from 1 to {}", word->text, kFarthest));
  return false;
}

Result<Command> parse_lag(Cursor& cursor, std::string_view command, bool difference) {
  constexpr std::array<std::string_view, 1> kSupported{"p"};
  LagCommand lag;
  lag.difference = difference;
  Options options;
  while (!cursor.at_end_of_command()) {
    Result<bool> more = options.accept(cursor, command, kSupported, {});
    if (!more) return already_reported();
    if (*more) continue;
    if (!lag.field.text.empty()) return cursor.expected("an option or the end of the command");
    if (!field_and_name(cursor, lag.field, lag.as)) return already_reported();
  }
  if (lag.field.text.empty()) return cursor.expected("a field name");
  if (!read_distances(cursor, options, lag)) return already_reported();
  return Command{std::move(lag), {}, {}};
}

}  // namespace

/// streamstats := { option } item { [ "," ] item } [ "by" field_list ] { option }
Result<Command> parse_streamstats(Cursor& cursor) {
  StreamstatsCommand streamstats;
  Options options;
  if (!streamstats_options(cursor, options, streamstats)) return already_reported();
  while (!cursor.at_end_of_command() && !cursor.next_is_keyword("by") && cursor.peek_option().text.empty()) {
    if (cursor.accept(',')) continue;
    Result<StatsCommand::Item> item = parse_stats_item(cursor);
    if (!item) return already_reported();
    streamstats.stats.items.push_back(std::move(*item));
  }
  if (streamstats.stats.items.empty()) return cursor.expected("an aggregation such as count");
  if (!streamstats_options(cursor, options, streamstats)) return already_reported();
  if (cursor.accept_keyword("by")) {
    while (!cursor.at_end_of_command() && cursor.peek_option().text.empty()) {
      if (cursor.accept(',')) continue;
      Result<Word> field = cursor.field(kListStops);
      if (!field) return already_reported();
      streamstats.stats.by.push_back(std::move(*field));
    }
    if (streamstats.stats.by.empty()) return cursor.expected("the fields to group by");
  }
  if (!streamstats_options(cursor, options, streamstats) || !read_streamstats(cursor, options, streamstats))
    return already_reported();
  return Command{std::move(streamstats), {}, {}};
}

/// accum := field [ "as" field ]
Result<Command> parse_accum(Cursor& cursor) {
  AccumCommand accum;
  if (!field_and_name(cursor, accum.field, accum.as)) return already_reported();
  return Command{std::move(accum), {}, {}};
}

/// autoregress := field [ "as" field ] [ "p" "=" number [ "-" number ] ]
Result<Command> parse_autoregress(Cursor& cursor) { return parse_lag(cursor, "autoregress", false); }

/// delta := field [ "as" field ] [ "p" "=" number ]
Result<Command> parse_delta(Cursor& cursor) { return parse_lag(cursor, "delta", true); }

/// trendline := { "sma" number "(" field ")" [ "as" field ] }
Result<Command> parse_trendline(Cursor& cursor) {
  TrendlineCommand trendline;
  while (!cursor.at_end_of_command()) {
    if (cursor.accept(',')) continue;
    Result<Word> function = cursor.word(kListStops, "a function such as sma5");
    if (!function) return already_reported();
    const std::string name = fold_case(function->text);
    TrendlineCommand::Item item;
    const auto [stop, error] =
        std::from_chars(name.data() + std::min<size_t>(3, name.size()), name.data() + name.size(), item.period);
    const bool sound = error == std::errc() && stop == name.data() + name.size() && item.period >= 2 &&
                       item.period <= 10'000;  // Search Reference, trendline: a period is from 2 to 10000
    if (name.starts_with("ema") || name.starts_with("wma")) {
      cursor.source.report(kUnsupportedFunction, function->range,
                           fmt::format("the function `{}` of `trendline` is not supported", name),
                           "take the simple moving average, sma, or `streamstats`");
      return already_reported();
    }
    if (!name.starts_with("sma") || !sound) {
      cursor.source.report(kUnknownFunction, function->range,
                           fmt::format("`trendline` has no function `{}`", function->text),
                           "write sma and a period from 2 to 10000: sma5(count)");
      return already_reported();
    }
    const uint32_t begin = function->range.begin;
    if (!cursor.accept('(')) return cursor.expected("`(`");
    Result<Word> field = cursor.field(kListStops);
    if (!field) return already_reported();
    if (!cursor.accept(')')) return cursor.expected("`)`");
    item.field = std::move(*field);
    item.name = std::string(cursor.source.text(cursor.range_from(begin)));
    if (cursor.accept_keyword("as")) {
      Result<Word> as = cursor.field(kListStops);
      if (!as) return already_reported();
      item.name = std::move(as->text);
    }
    trendline.items.push_back(std::move(item));
  }
  if (trendline.items.empty()) return cursor.expected("a function such as sma5(count)");
  return Command{std::move(trendline), {}, {}};
}

}  // namespace hecate::spl
