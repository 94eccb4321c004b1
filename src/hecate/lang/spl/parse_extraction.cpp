#include <fmt/format.h>

#include <array>

#include "base/text.h"
#include "lang/spl/parse.h"

// Commands that make fields out of texts, or rows out of fields.
namespace hecate::spl {
namespace {

constexpr std::string_view kListStops = ",|()[]\"=";

}  // namespace

/// mvexpand := field [ "limit" "=" number ]
Result<Command> parse_mvexpand(Cursor& cursor) {
  constexpr std::array<std::string_view, 1> kSupported{"limit"};
  MvexpandCommand mvexpand;
  Options options;
  while (!cursor.at_end_of_command()) {
    Result<bool> more = options.accept(cursor, "mvexpand", kSupported, {});
    if (!more) return already_reported();
    if (*more) continue;
    if (!mvexpand.field.text.empty()) return cursor.expected("an option or the end of `mvexpand`");
    Result<Word> field = cursor.field(kListStops);
    if (!field) return already_reported();
    mvexpand.field = std::move(*field);
  }
  if (mvexpand.field.text.empty()) return cursor.expected("a field name");
  if (!options.read(cursor, "limit", mvexpand.limit)) return already_reported();
  return Command{std::move(mvexpand), {}, {}};
}

/// spath := { "input" "=" field | "output" "=" field | "path" "=" path | path }
Result<Command> parse_spath(Cursor& cursor) {
  SpathCommand spath{{"_raw", {cursor.at(), cursor.at()}, false}, std::nullopt, std::nullopt};
  constexpr std::string_view kStops = "|,";
  while (!cursor.at_end_of_command()) {
    if (cursor.accept(',')) continue;
    if (cursor.accept_option("input")) {
      Result<Word> input = cursor.field(kStops);
      if (!input) return already_reported();
      spath.input = std::move(*input);
    } else if (cursor.accept_option("output")) {
      Result<Word> output = cursor.field(kStops);
      if (!output) return already_reported();
      spath.output = std::move(*output);
    } else {
      const bool named = cursor.accept_option("path");
      if (const Word option = cursor.peek_option(); !named && !option.text.empty())
        return refuse_option(cursor, option, "spath", {});
      if (spath.path) return cursor.expected("an option or the end of `spath`");
      Result<Word> path = cursor.field(kStops, "a path");
      if (!path) return already_reported();
      spath.path = std::move(*path);
    }
  }
  if (spath.output && !spath.path) return cursor.expected("the path of what to put there");
  return Command{std::move(spath), {}, {}};
}

/// xmlkv := [ field ] [ "maxinputs" "=" number ]
Result<Command> parse_xmlkv(Cursor& cursor) {
  constexpr std::array<std::string_view, 1> kSupported{"maxinputs"};  // how many rows Splunk hands over at once
  ExtractCommand xmlkv;
  xmlkv.input = {"_raw", {cursor.at(), cursor.at()}, false};
  Options options;
  while (!cursor.at_end_of_command()) {
    Result<bool> more = options.accept(cursor, "xmlkv", kSupported, {});
    if (!more) return already_reported();
    if (*more) continue;
    Result<Word> field = cursor.field(kListStops);
    if (!field) return already_reported();
    xmlkv.input = std::move(*field);
  }
  return Command{std::move(xmlkv), {}, {}};
}

/// fromjson := field [ "prefix" "=" text ]
Result<Command> parse_fromjson(Cursor& cursor) {
  constexpr std::array<std::string_view, 1> kSupported{"prefix"};
  ExtractCommand fromjson;
  fromjson.form = ExtractCommand::Form::Json;
  Options options;
  while (!cursor.at_end_of_command()) {
    Result<bool> more = options.accept(cursor, "fromjson", kSupported, {});
    if (!more) return already_reported();
    if (*more) continue;
    Result<Word> field = cursor.field(kListStops);
    if (!field) return already_reported();
    fromjson.input = std::move(*field);
  }
  if (fromjson.input.text.empty()) return cursor.expected("a field name");
  options.read("prefix", fromjson.prefix);
  return Command{std::move(fromjson), {}, {}};
}

/// extract := { "pairdelim" "=" text | "kvdelim" "=" text | option }
Result<Command> parse_extract(Cursor& cursor) {
  constexpr std::array<std::string_view, 6> kSupported{"auto", "kvdelim", "limit", "maxchars", "pairdelim", "reload"};
  constexpr std::array<std::string_view, 4> kLater{"clean_keys", "mv_add", "segment", "segdelim"};
  ExtractCommand extract;
  extract.form = ExtractCommand::Form::Pairs;
  extract.input = {"_raw", {cursor.at(), cursor.at()}, false};
  Options options;
  while (true) {
    Result<bool> more = options.accept(cursor, "extract", kSupported, kLater);
    if (!more) return already_reported();
    if (!*more) break;
  }
  if (!cursor.at_end_of_command()) {
    const uint32_t begin = cursor.at();
    cursor.source.report(kUnsupportedOption, {begin, begin + 1},
                         "extractions of transforms.conf are not supported by `extract` yet");
    return already_reported();
  }
  options.read("pairdelim", extract.pair_delimiters);
  options.read("kvdelim", extract.value_delimiters);
  return Command{std::move(extract), {}, {}};
}

std::optional<Range> bracketed(Cursor& cursor) {
  const uint32_t begin = cursor.at();
  int open = 0;
  for (uint32_t at = begin; at < cursor.source.text().size(); ++at) {
    const char c = cursor.source.text()[at];
    if (c == '"') {
      for (++at; at < cursor.source.text().size() && cursor.source.text()[at] != '"'; ++at) {
        if (cursor.source.text()[at] == '\\') ++at;
      }
    } else if (c == '[') {
      ++open;
    } else if (c == ']' && open-- == 0) {
      cursor.seek(at + 1);
      return Range{begin, at};
    }
  }
  cursor.source.report(kUnclosedParenthesis, {begin - 1, begin}, "this bracket is never closed");
  return std::nullopt;
}

namespace {

bool read_mode(Cursor& cursor, const Options& options, ForeachCommand::Mode& mode) {
  const Word* word = options.find("mode");
  if (word == nullptr) return true;
  const std::string name = fold_case(word->text);
  if (name == "multivalue") mode = ForeachCommand::Mode::Multivalue;
  if (name == "json_array") mode = ForeachCommand::Mode::JsonArray;
  if (name == "multifield" || name == "multivalue" || name == "json_array") return true;
  const bool known = name == "auto_collections";
  cursor.source.report(known ? kUnsupportedOption : kBadValue, word->range,
                       known ? fmt::format("the mode `{}` of `foreach` is not supported", name)
                             : fmt::format("`foreach` has no mode `{}`", word->text),
                       "it is multifield, multivalue or json_array");
  return false;
}

}  // namespace

/// foreach := { "mode" | "fieldstr" | "matchstr" | "matchseg1" | … | "itemstr" "=" value } { field } "[" commands "]"
Result<Command> parse_foreach(Cursor& cursor) {
  constexpr std::array<std::string_view, 7> kSupported{"fieldstr",  "itemstr",  "matchseg1", "matchseg2",
                                                       "matchseg3", "matchstr", "mode"};
  constexpr std::array<std::string_view, 1> kLater{"iterstr"};
  ForeachCommand foreach;
  Options options;
  while (!cursor.accept('[')) {
    if (cursor.at_end_of_command()) return cursor.expected("commands in brackets");
    Result<bool> more = options.accept(cursor, "foreach", kSupported, kLater);
    if (!more) return already_reported();
    if (*more) continue;
    Result<Word> field = cursor.field(kListStops);
    if (!field) return already_reported();
    foreach
      .fields.push_back(std::move(*field));
  }
  if (!read_mode(cursor, options, foreach.mode)) return already_reported();
  options.read("fieldstr", foreach.field);
  options.read("matchstr", foreach.matched);
  options.read("itemstr", foreach.item);
  options.read("matchseg1", foreach.segments[0]);
  options.read("matchseg2", foreach.segments[1]);
  options.read("matchseg3", foreach.segments[2]);
  const std::optional<Range> body = bracketed(cursor);
  if (!body) return already_reported();
  foreach
    .body = *body;
  if (foreach.fields.empty()) return cursor.expected("the fields to run for");
  if (foreach.mode != ForeachCommand::Mode::Fields && foreach.fields.size() > 1) {
    cursor.source.report(kExpected, foreach.fields[1].range, "this mode of `foreach` takes one field");
    return already_reported();
  }
  return Command{std::move(foreach), {}, {}};
}

namespace {

/// A condition of transaction: "text", (search) or eval(condition).
bool transaction_condition(Cursor& cursor, SearchPtr& search, EvalPtr& condition) {
  cursor.skip_space();
  const uint32_t open = cursor.at();
  const auto closed = [&] {
    if (cursor.accept(')')) return true;
    cursor.source.report(kUnclosedParenthesis, {open, open + 1}, "this parenthesis is never closed");
    return false;
  };
  if (cursor.accept_keyword("eval")) {
    if (!cursor.accept('(')) {
      (void)cursor.expected("`(`");
      return false;
    }
    Result<EvalPtr> parsed = parse_eval_expression(cursor);
    if (!parsed) return false;
    condition = std::move(*parsed);
    return closed();
  }
  if (cursor.accept('(')) {
    Result<SearchPtr> parsed = parse_search_expression(cursor);
    if (!parsed) return false;
    search = std::move(*parsed);
    return closed();
  }
  Result<Word> term = cursor.word("|,", "a condition");
  if (!term) return false;
  const Range range = term->range;
  search = std::make_unique<SearchExpr>(SearchExpr{SearchTerm{{std::move(*term), Directive::None}}, range});
  return true;
}

bool read_span(Cursor& cursor, const Options& options, std::string_view name, std::optional<double>& into) {
  const Word* word = options.find(name);
  if (word == nullptr || word->text == "-1") return true;
  Result<int64_t> seconds = parse_span(cursor, *word);
  if (seconds) into = static_cast<double>(*seconds);
  return seconds.ok();
}

}  // namespace

/// transaction := { field | option | ( "startswith" | "endswith" ) "=" condition }
Result<Command> parse_transaction(Cursor& cursor) {
  constexpr std::array<std::string_view, 9> kSupported{"connected",     "keepevicted", "keeporphans",
                                                       "maxevents",     "maxpause",    "maxspan",
                                                       "maxopenevents", "maxopentxn",  "mvlist"};
  constexpr std::array<std::string_view, 5> kLater{"delim", "name", "nullstr", "unifyends", "mvraw"};
  TransactionCommand transaction;
  Options options;
  while (!cursor.at_end_of_command()) {
    if (cursor.accept_option("startswith")) {
      if (!transaction_condition(cursor, transaction.starts, transaction.starts_eval)) return already_reported();
      continue;
    }
    if (cursor.accept_option("endswith")) {
      if (!transaction_condition(cursor, transaction.ends, transaction.ends_eval)) return already_reported();
      continue;
    }
    Result<bool> more = options.accept(cursor, "transaction", kSupported, kLater);
    if (!more) return already_reported();
    if (*more) continue;
    Result<Word> field = cursor.field(kListStops);
    if (!field) return already_reported();
    transaction.fields.push_back(std::move(*field));
  }
  const bool sound = options.read(cursor, "connected", transaction.connected) &&
                     options.read(cursor, "keeporphans", transaction.keep_orphans) &&
                     options.read(cursor, "keepevicted", transaction.keep_evicted) &&
                     options.read(cursor, "maxevents", transaction.max_events) &&
                     options.read(cursor, "mvlist", transaction.lists) &&
                     read_span(cursor, options, "maxspan", transaction.max_span) &&
                     read_span(cursor, options, "maxpause", transaction.max_pause);
  if (!sound) return already_reported();
  return Command{std::move(transaction), {}, {}};
}

}  // namespace hecate::spl
