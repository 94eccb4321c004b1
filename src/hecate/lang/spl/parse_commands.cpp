#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "lang/spl/parse.h"
#include "lang/spl/spl.h"

namespace hecate::spl {
namespace {

constexpr std::array<CommandRow, 21> kCommands{{
    {"bin", parse_bin, "Rounds `_time` down to a multiple of a span.", "bin _time span=5m"},
    {"bucket", parse_bin, "Another name of bin.", "bucket _time span=1h"},
    {"convert", parse_convert, "Converts fields, mostly epoch times to text.",
     "convert timeformat=\"%F\" ctime(firstTime)"},
    {"datamodel", parse_datamodel, "The events of a data model's dataset.", "| datamodel Endpoint Processes search",
     true},
    {"dedup", parse_dedup, "Keeps the first row of each combination of values.", "dedup host user"},
    {"eval", parse_eval, "Computes fields.", "eval name=lower(process_name)"},
    {"fields", parse_fields, "Keeps or removes fields.", "fields - _raw"},
    {"fillnull", parse_fillnull, "Gives absent fields a value.", "fillnull value=\"unknown\" user"},
    {"from", parse_from, "The events of a data model's dataset.", "| from datamodel:\"Network_Traffic.All_Traffic\"",
     true},
    {"head", parse_head, "Keeps the first rows.", "head 20"},
    {"makemv", parse_makemv, "Cuts a field's text into values.", "makemv delim=\",\" recipients"},
    {"regex", parse_regex, "Keeps rows whose field matches a regular expression.", "regex process=\"-k\\b\""},
    {"rename", parse_rename, "Renames fields.", "rename process.binary as binary"},
    {"rex", parse_rex, "Extracts fields by a regular expression's named groups.",
     "rex field=url \"//(?<domain>[^/]+)\""},
    {"search", parse_search, "Keeps rows that match.", "search pod_name!=\"\""},
    {"sort", parse_sort, "Sorts rows.", "sort - count, host"},
    {"stats", parse_stats, "Aggregates, by groups.", "stats count values(process) as process by host"},
    {"strcat", parse_strcat, "Joins fields and texts in one field.", "strcat host \":\" port address"},
    {"table", parse_table, "Keeps fields, in this order.", "table _time host user"},
    {"tstats", parse_tstats, "Aggregates the events of a data model, or by index-time fields.",
     "| tstats count from datamodel=Endpoint.Processes where Processes.process_name=curl by Processes.dest", true},
    {"where", parse_where, "Keeps rows for which a condition is true.", "where count > 10"},
}};

constexpr std::array<std::string_view, 87> kAllUnsupported{"abstract",     "accum",          "addcoltotals",
                                                           "addinfo",      "addtotals",      "analyzefields",
                                                           "anomalies",    "anomalousvalue", "anomalydetection",
                                                           "append",       "appendcols",     "appendpipe",
                                                           "apply",        "arules",         "associate",
                                                           "autoregress",  "chart",          "cluster",
                                                           "collect",      "contingency",    "correlate",
                                                           "dbinspect",    "delta",          "eventcount",
                                                           "eventstats",   "extract",        "fieldformat",
                                                           "fieldsummary", "filldown",       "findtypes",
                                                           "fit",          "foreach",        "format",
                                                           "fromjson",     "gentimes",       "geostats",
                                                           "inputcsv",     "inputlookup",    "iplocation",
                                                           "join",         "kmeans",         "kv",
                                                           "loadjob",      "lookup",         "makeresults",
                                                           "map",          "mcollect",       "metadata",
                                                           "mstats",       "multikv",        "multisearch",
                                                           "mvcombine",    "mvexpand",       "nomv",
                                                           "outlier",      "outputcsv",      "outputlookup",
                                                           "predict",      "rare",           "replace",
                                                           "rest",         "return",         "reverse",
                                                           "savedsearch",  "selfjoin",       "sendemail",
                                                           "set",          "spath",          "streamstats",
                                                           "tags",         "tail",           "timechart",
                                                           "timewrap",     "tojson",         "top",
                                                           "transaction",  "transpose",      "trendline",
                                                           "tscollect",    "typeahead",      "typelearner",
                                                           "typer",        "union",          "uniq",
                                                           "untable",      "xmlkv",          "xyseries"};
static_assert(std::is_sorted(kAllUnsupported.begin(), kAllUnsupported.end()));

bool is_name_char(char c) { return is_ascii_alnum(c) || c == '_'; }

Failure unknown_command(Cursor& cursor, const Word& name) {
  const std::string folded = fold_case(name.text);
  if (std::binary_search(kAllUnsupported.begin(), kAllUnsupported.end(), folded)) {
    cursor.source.report(kUnsupportedCommand, name.range, fmt::format("the command `{}` is not supported yet", folded));
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
  if (!row->generating) return parse_row(cursor, *row, name);
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
  const uint32_t pipe = cursor.at() - 1;
  const Word name = command_name(cursor);
  if (name.text.empty()) return cursor.expected("a command");
  const std::string folded = fold_case(name.text);
  const CommandRow* row = find_command(folded);
  if (row == nullptr) return unknown_command(cursor, name);
  if (row->generating) return parse_row(cursor, *row, name);
  cursor.source.report(kLeadingPipe, {pipe, pipe + 1}, fmt::format("`{}` cannot begin a search", folded),
                       folded == "search" ? "remove this pipe" : "put a search before this pipe");
  return already_reported();
}

}  // namespace

std::span<const CommandRow> command_table() { return kCommands; }
std::span<const std::string_view> unsupported_commands() { return kAllUnsupported; }

Result<Pipeline> parse_pipeline(Cursor& cursor) {
  Pipeline pipeline;
  bool sound = true;
  Result<Command> first = cursor.accept('|') ? generating_command(cursor) : first_command(cursor);
  if (first) pipeline.commands.push_back(std::move(*first));
  sound = first.ok();
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

Result<std::vector<Word>> parse_field_list(Cursor& cursor) {
  std::vector<Word> fields;
  while (!cursor.at_end_of_command()) {
    if (cursor.accept(',')) continue;
    Result<Word> field = cursor.field(",|()[]\"=", "a field name");
    if (!field) return already_reported();
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
