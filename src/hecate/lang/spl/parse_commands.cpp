#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/depth_guard.h"
#include "base/text.h"
#include "lang/spl/parse.h"
#include "lang/spl/spl.h"

namespace hecate::spl {
namespace {

constexpr std::array<CommandRow, 70> kCommands{{
    {"accum", parse_accum, "Adds up a field over the rows so far.", "accum bytes as total"},
    {"addcoltotals", parse_addcoltotals, "Adds a row with the sums of fields.", "addcoltotals labelfield=host"},
    {"addinfo", parse_addinfo, "Adds the bounds of the search window.", "addinfo"},
    {"addtotals", parse_addtotals, "Adds the sum of fields.", "addtotals fieldname=score a b c"},
    {"append", parse_append, "Puts a subsearch's rows behind the rows.",
     "append [search index=web | stats count by src]"},
    {"appendcols", parse_appendcols, "Puts a subsearch's rows beside the rows.",
     "appendcols [search index=web | stats count as all]"},
    {"appendpipe", parse_appendpipe, "Puts behind the rows what commands make of them.",
     "appendpipe [stats sum(count) as count]"},
    {"autoregress", parse_autoregress, "A field's value in rows before.", "autoregress count p=1"},
    {"bin", parse_bin, "Rounds `_time` down to a multiple of a span.", "bin _time span=5m"},
    {"bucket", parse_bin, "Another name of bin.", "bucket _time span=1h"},
    {"chart", parse_chart, "Aggregates by one field and, as columns, by another.",
     "chart limit=5 count over host by action"},
    {"convert", parse_convert, "Converts fields, mostly epoch times to text.",
     "convert timeformat=\"%F\" ctime(firstTime)"},
    {"datamodel", parse_datamodel, "The events of a data model's dataset.", "| datamodel Endpoint Processes search",
     true},
    {"dedup", parse_dedup, "Keeps the first row of each combination of values.", "dedup host user"},
    {"delta", parse_delta, "The difference to the row before.", "delta count as growth"},
    {"eval", parse_eval, "Computes fields.", "eval name=lower(process_name)"},
    {"eventstats", parse_eventstats, "Adds aggregates over groups to every row.",
     "eventstats avg(count) as mean by host"},
    {"extract", parse_extract, "Extracts key and value pairs from the event.", "extract pairdelim=\";\" kvdelim=\":\""},
    {"fields", parse_fields, "Keeps or removes fields.", "fields - _raw"},
    {"filldown", parse_filldown, "Gives absent fields the value of the row before.", "filldown host"},
    {"fillnull", parse_fillnull, "Gives absent fields a value.", "fillnull value=\"unknown\" user"},
    {"foreach", parse_foreach, "Runs eval for each field that patterns name.",
     "foreach bytes_* [eval total=total+<<FIELD>>]"},
    {"format", parse_format, "Ends a subsearch: its rows become a condition.",
     "search [search index=a | fields src | format]"},
    {"from", parse_from, "The events of a data model's dataset.", "| from datamodel:\"Network_Traffic.All_Traffic\"",
     true},
    {"fromjson", parse_fromjson, "Makes the top-level keys of a JSON text fields.", "fromjson Data"},
    {"head", parse_head, "Keeps the first rows.", "head 20"},
    {"inputlookup", parse_inputlookup, "The rows of a lookup table.", "| inputlookup known_hosts where site=*", true,
     true},
    {"iplocation", parse_iplocation, "Adds where an address is.", "iplocation src"},
    {"join", parse_join, "Adds the fields of a subsearch's rows where fields are equal.",
     "join type=left process_id [search index=net]"},
    {"kv", parse_extract, "Another name of extract.", "kv pairdelim=\";\" kvdelim=\":\""},
    {"lookup", parse_lookup, "Adds columns of a lookup table.", "lookup known_hosts host as dest OUTPUT site"},
    {"makecontinuous", parse_makecontinuous, "Rows for spans of time that have none.", "makecontinuous _time span=1h"},
    {"makemv", parse_makemv, "Cuts a field's text into values.", "makemv delim=\",\" recipients"},
    {"makeresults", parse_makeresults, "Makes rows of nothing.", "| makeresults count=3", true},
    {"map", parse_map, "Runs a search for each row.", "map search=\"search index=web src=$src$\""},
    {"multisearch", parse_multisearch, "The events of several searches.",
     "| multisearch [search index=a] [search index=b]", true},
    {"mvcombine", parse_mvcombine, "Rows that differ in one field only become one.", "mvcombine user"},
    {"mvexpand", parse_mvexpand, "A row for each value of a field.", "mvexpand recipients"},
    {"nomv", parse_nomv, "Joins a field's values in one text, a line each.", "nomv user"},
    {"outlier", parse_outlier, "Removes or cuts values far from the others.", "outlier action=remove count"},
    {"outputlookup", parse_outputlookup, "Writes the rows to a lookup table of the run.", "outputlookup known_hosts"},
    {"rangemap", parse_rangemap, "Names the range that a number is in.",
     "rangemap field=count low=0-9 high=10-99 default=severe"},
    {"rare", parse_rare, "The least frequent values of fields.", "rare limit=5 user"},
    {"regex", parse_regex, "Keeps rows whose field matches a regular expression.", "regex process=\"-k\\b\""},
    {"rename", parse_rename, "Renames fields.", "rename process.binary as binary"},
    {"replace", parse_replace, "Replaces whole values.", "replace \"127.0.0.1\" with localhost in host"},
    {"return", parse_return, "Ends a subsearch: some of its rows become a condition.",
     "search [search index=a | return 10 src]"},
    {"reverse", parse_reverse, "Turns the order of the rows around.", "reverse"},
    {"rex", parse_rex, "Extracts fields by a regular expression's named groups.",
     "rex field=url \"//(?<domain>[^/]+)\""},
    {"search", parse_search, "Keeps rows that match.", "search pod_name!=\"\""},
    {"sort", parse_sort, "Sorts rows.", "sort - count, host"},
    {"spath", parse_spath, "Extracts fields from JSON or XML.", "spath input=body path=user.name output=user"},
    {"stats", parse_stats, "Aggregates, by groups.", "stats count values(process) as process by host"},
    {"strcat", parse_strcat, "Joins fields and texts in one field.", "strcat host \":\" port address"},
    {"streamstats", parse_streamstats, "Adds aggregates over the rows so far.", "streamstats count as place by host"},
    {"table", parse_table, "Keeps fields, in this order.", "table _time host user"},
    {"tail", parse_tail, "Keeps the last rows, the last one first.", "tail 5"},
    {"timechart", parse_timechart, "Aggregates by spans of time, empty ones too.", "timechart span=5m count"},
    {"tojson", parse_tojson, "Makes fields one JSON text.", "tojson output_field=body"},
    {"top", parse_top, "The most frequent values of fields.", "top limit=5 user by host"},
    {"transaction", parse_transaction, "Joins events that belong together to one row.",
     "transaction session maxpause=5m"},
    {"transpose", parse_transpose, "Makes rows columns.", "transpose 0 header_field=host"},
    {"trendline", parse_trendline, "A moving average.", "trendline sma5(count) as trend"},
    {"tstats", parse_tstats, "Aggregates the events of a data model, or by index-time fields.",
     "| tstats count from datamodel=Endpoint.Processes where Processes.process_name=curl by Processes.dest", true},
    {"union", parse_union, "The rows of several searches.", "| union [search index=a] [search index=b]", true, true},
    {"uniq", parse_uniq, "Removes rows that equal the row before.", "uniq"},
    {"untable", parse_untable, "A row for each of a row's fields.", "untable host name value"},
    {"where", parse_where, "Keeps rows for which a condition is true.", "where count > 10"},
    {"xmlkv", parse_xmlkv, "Makes the elements of an XML text fields.", "xmlkv Message"},
    {"xyseries", parse_xyseries, "Makes the values of a field columns.", "xyseries host action count"},
}};

bool is_name_char(char c) { return is_ascii_alnum(c) || c == '_'; }

Failure unknown_command(Cursor& cursor, const Word& name) {
  const std::string folded = fold_case(name.text);
  if (const UnsupportedCommand* known = find_unsupported_command(folded)) {
    cursor.source.report(kUnsupportedCommand, name.range, fmt::format("the command `{}` is not supported", folded),
                         std::string(known->hint));
  } else {
    cursor.source.report(kUnknownCommand, name.range, fmt::format("unknown command `{}`", name.text),
                         did_you_mean(name.text, command_names()));
  }
  return already_reported();
}

Word command_name(Cursor& cursor) {
  cursor.skip_space();
  const uint32_t begin = cursor.at();
  while (is_name_char(cursor.peek())) cursor.seek(cursor.at() + 1);
  const Range range = cursor.range_from(begin);
  return {std::string(cursor.source.text(range)), range, false};
}

const CommandRow* find_command(std::string_view name) {
  const auto* row =
      std::find_if(kCommands.begin(), kCommands.end(), [&](const CommandRow& each) { return each.name == name; });
  return row == kCommands.end() ? nullptr : row;
}

Result<Command> parse_row(Cursor& cursor, const CommandRow& row, const Word& name) {
  Result<Command> command = row.parse(cursor);
  if (!command) return command;
  command->name = name.range;
  command->range = cursor.range_from(name.range.begin);
  if (!cursor.at_end_of_command()) {
    return cursor.expected(fmt::format("`|` or the end of `{}`", row.name));
  }
  return command;
}

Result<Command> named_command(Cursor& cursor) {
  if (cursor.at_end_of_command()) {
    const auto pipe = static_cast<uint32_t>(cursor.source.text().rfind('|', cursor.at() - 1));
    cursor.source.report(kEmpty, {pipe, pipe + 1}, "there is no command after this pipe");
    return already_reported();
  }
  const Word name = command_name(cursor);
  if (name.text.empty()) return cursor.expected("a command");
  const std::string folded = fold_case(name.text);
  const CommandRow* row = find_command(folded);
  if (row == nullptr) return unknown_command(cursor, name);
  if (!row->generating || row->later) return parse_row(cursor, *row, name);
  cursor.source.report(kGenerating, name.range, fmt::format("`{}` makes rows of its own, and stands first", folded),
                       fmt::format("begin the search with `| {}`", folded));
  return already_reported();
}

Result<Command> first_command(Cursor& cursor) {
  cursor.skip_space();
  const uint32_t begin = cursor.at();
  // A saved search may spell the command that is implied.
  cursor.accept_keyword("search");
  Result<Command> command = parse_search(cursor);
  if (!command) return command;
  command->name = command->range = cursor.range_from(begin);
  if (cursor.peek() == ')') {
    cursor.source.report(kExpected, {cursor.at(), cursor.at() + 1}, "this parenthesis closes nothing");
    return already_reported();
  }
  return command;
}

/// `| tstats …`: behind a leading pipe stand commands that make rows, and no others.
Result<Command> generating_command(Cursor& cursor) {
  const uint32_t pipe = cursor.at() == 0 ? 0 : cursor.at() - 1;
  const Word name = command_name(cursor);
  if (name.text.empty()) return cursor.expected("a command");
  const std::string folded = fold_case(name.text);
  const CommandRow* row = find_command(folded);
  if (row == nullptr) return unknown_command(cursor, name);
  if (row->generating || folded == "search") return parse_row(cursor, *row, name);
  cursor.source.report(kLeadingPipe, {pipe, pipe + 1}, fmt::format("`{}` cannot begin a search", folded),
                       "put a search before this pipe");
  return already_reported();
}

}  // namespace

std::span<const CommandRow> command_table() { return kCommands; }

namespace {

/// The commands behind the first.
Result<Pipeline> parse_rest(Cursor& cursor, Result<Command> first) {
  Pipeline pipeline;
  bool sound = first.ok();
  if (first) pipeline.commands.push_back(std::move(*first));
  if (!sound) cursor.skip_command();
  while (cursor.accept('|')) {
    Result<Command> command = named_command(cursor);
    if (command) {
      pipeline.commands.push_back(std::move(*command));
    } else {
      sound = false;
      cursor.skip_command();
    }
  }
  if (!sound) return already_reported();
  return pipeline;
}

/// A subsearch may begin with a pipe and needs none; `search` is implied as it is in a search.
Result<Command> first_of_subsearch(Cursor& cursor) {
  const bool piped = cursor.accept('|');
  cursor.skip_space();
  const uint32_t begin = cursor.at();
  const Word name = command_name(cursor);
  const std::string folded = fold_case(name.text);
  const CommandRow* row = find_command(folded);
  const bool unsupported = find_unsupported_command(folded) != nullptr;
  if (row != nullptr && row->generating) return parse_row(cursor, *row, name);
  cursor.seek(begin);
  if (folded == "search" || (!piped && !unsupported)) return first_command(cursor);
  return piped || unsupported ? generating_command(cursor) : first_command(cursor);
}

}  // namespace

Result<Pipeline> parse_pipeline(Cursor& cursor) {
  return parse_rest(cursor, cursor.accept('|') ? generating_command(cursor) : first_command(cursor));
}

Result<Pipeline> parse_steps(Cursor& cursor) {
  cursor.accept('|');
  return parse_rest(cursor, named_command(cursor));
}

Result<Pipeline> parse_subpipeline(Cursor& cursor) { return parse_rest(cursor, first_of_subsearch(cursor)); }

Result<Subsearch> parse_subsearch(Cursor& cursor, bool searches) {
  const DepthGuard guard(cursor.depth);
  cursor.skip_space();
  const uint32_t open = cursor.at();
  if (guard.exceeded()) {
    cursor.source.report(kTooDeep, {open, open + 1}, "subsearches are nested too deeply");
    return already_reported();
  }
  if (!cursor.accept('[')) return cursor.expected("a subsearch in brackets");
  ++cursor.brackets;
  Result<Pipeline> pipeline = searches ? parse_subpipeline(cursor) : parse_steps(cursor);
  --cursor.brackets;
  if (!cursor.accept(']')) {
    if (pipeline) cursor.source.report(kUnclosedParenthesis, {open, open + 1}, "this bracket is never closed");
    return already_reported();
  }
  if (!pipeline) return already_reported();
  return Subsearch{std::make_shared<Pipeline>(std::move(*pipeline)), cursor.range_from(open)};
}

void take_parentheses(Cursor& cursor, Word& name) {
  const std::string_view rest = cursor.source.text().substr(cursor.at());
  const size_t close = rest.find_first_of(")|[]\"");
  if (name.quoted || !rest.starts_with('(') || close == std::string_view::npos || rest[close] != ')') return;
  name.text += rest.substr(0, close + 1);
  cursor.seek(cursor.at() + static_cast<uint32_t>(close) + 1);
  name.range.end = cursor.at();
}

Result<std::vector<Word>> parse_field_list(Cursor& cursor) {
  std::vector<Word> fields;
  while (!cursor.at_end_of_command()) {
    if (cursor.accept(',')) continue;
    Result<Word> field = cursor.field(",|()[]\"=", "a field name");
    if (!field) return already_reported();
    take_parentheses(cursor, *field);
    fields.push_back(std::move(*field));
  }
  return fields;
}

Failure refuse_option(Cursor& cursor, const Word& option, std::string_view command,
                      std::span<const std::string_view> known) {
  const std::string folded = fold_case(option.text);
  if (std::find(known.begin(), known.end(), folded) != known.end()) {
    cursor.source.report(kUnsupportedOption, option.range,
                         fmt::format("the option `{}` of `{}` is not supported yet", folded, command));
  } else {
    cursor.source.report(kUnknownOption, option.range, fmt::format("`{}` has no option `{}`", command, option.text),
                         did_you_mean(option.text, known));
  }
  return already_reported();
}

}  // namespace hecate::spl
