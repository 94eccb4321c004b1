#pragma once

#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "lang/spl/ast.h"
#include "lang/spl/cursor.h"

namespace hecate::spl {

/// A search command: how it is called, read and documented.
struct CommandRow {
  std::string_view name;
  Result<Command> (*parse)(Cursor& cursor);
  std::string_view doc;
  std::string_view example;
  bool generating = false;  // makes rows: may stand first, behind a pipe, and nowhere else
  bool later = false;       // generating, but may stand later as well
};
/// Sorted by name.
[[nodiscard]] std::span<const CommandRow> command_table();
/// A command of Splunk that is known and not supported, and what to do instead.
struct UnsupportedCommand {
  std::string_view name;
  std::string_view hint;
};
/// Sorted by name: unsupported.cpp.
[[nodiscard]] std::span<const UnsupportedCommand> unsupported_commands();
/// nullptr where there is none.
[[nodiscard]] const UnsupportedCommand* find_unsupported_command(std::string_view name);

/// pipeline := [ "search" ] expression { "|" command }
/// All commands are read, so that several errors are reported at once.
Result<Pipeline> parse_pipeline(Cursor& cursor);

/// subsearch := "[" pipeline "]". One that does not search first works on the rows before it (appendpipe).
Result<Subsearch> parse_subsearch(Cursor& cursor, bool searches);
/// Commands that work on rows: what foreach and appendpipe are made of.
Result<Pipeline> parse_steps(Cursor& cursor);
/// A search as it stands in brackets, or in the text of map.
Result<Pipeline> parse_subpipeline(Cursor& cursor);

Result<SearchPtr> parse_search_expression(Cursor& cursor);
/// The same up to `by` or `groupby`: what tstats searches for.
Result<SearchPtr> parse_search_before_by(Cursor& cursor);
Result<EvalPtr> parse_eval_expression(Cursor& cursor);

// One for each row of the table. The cursor stands behind the command's name.
Result<Command> parse_search(Cursor& cursor);
Result<Command> parse_where(Cursor& cursor);
Result<Command> parse_regex(Cursor& cursor);
Result<Command> parse_head(Cursor& cursor);
Result<Command> parse_dedup(Cursor& cursor);
Result<Command> parse_eval(Cursor& cursor);
Result<Command> parse_rename(Cursor& cursor);
Result<Command> parse_fields(Cursor& cursor);
Result<Command> parse_table(Cursor& cursor);
Result<Command> parse_sort(Cursor& cursor);
Result<Command> parse_fillnull(Cursor& cursor);
Result<Command> parse_rex(Cursor& cursor);
Result<Command> parse_bin(Cursor& cursor);
Result<Command> parse_makemv(Cursor& cursor);
Result<Command> parse_strcat(Cursor& cursor);
Result<Command> parse_convert(Cursor& cursor);
Result<Command> parse_stats(Cursor& cursor);
Result<Command> parse_tstats(Cursor& cursor);
Result<Command> parse_datamodel(Cursor& cursor);
Result<Command> parse_from(Cursor& cursor);
Result<Command> parse_eventstats(Cursor& cursor);
Result<Command> parse_streamstats(Cursor& cursor);
Result<Command> parse_mvexpand(Cursor& cursor);
Result<Command> parse_spath(Cursor& cursor);
Result<Command> parse_xmlkv(Cursor& cursor);
Result<Command> parse_fromjson(Cursor& cursor);
Result<Command> parse_extract(Cursor& cursor);
Result<Command> parse_foreach(Cursor& cursor);
Result<Command> parse_addtotals(Cursor& cursor);
Result<Command> parse_top(Cursor& cursor);
Result<Command> parse_rare(Cursor& cursor);
Result<Command> parse_replace(Cursor& cursor);
Result<Command> parse_lookup(Cursor& cursor);
Result<Command> parse_inputlookup(Cursor& cursor);
Result<Command> parse_outputlookup(Cursor& cursor);
Result<Command> parse_iplocation(Cursor& cursor);
Result<Command> parse_join(Cursor& cursor);
Result<Command> parse_append(Cursor& cursor);
Result<Command> parse_appendpipe(Cursor& cursor);
Result<Command> parse_appendcols(Cursor& cursor);
Result<Command> parse_union(Cursor& cursor);
Result<Command> parse_multisearch(Cursor& cursor);
Result<Command> parse_map(Cursor& cursor);
Result<Command> parse_format(Cursor& cursor);
Result<Command> parse_return(Cursor& cursor);
Result<Command> parse_makeresults(Cursor& cursor);
Result<Command> parse_addinfo(Cursor& cursor);
Result<Command> parse_transaction(Cursor& cursor);
Result<Command> parse_filldown(Cursor& cursor);
Result<Command> parse_reverse(Cursor& cursor);
Result<Command> parse_tail(Cursor& cursor);
Result<Command> parse_outlier(Cursor& cursor);
Result<Command> parse_timechart(Cursor& cursor);
Result<Command> parse_chart(Cursor& cursor);
Result<Command> parse_xyseries(Cursor& cursor);
Result<Command> parse_untable(Cursor& cursor);
Result<Command> parse_transpose(Cursor& cursor);
Result<Command> parse_makecontinuous(Cursor& cursor);
Result<Command> parse_rangemap(Cursor& cursor);
Result<Command> parse_accum(Cursor& cursor);
Result<Command> parse_addcoltotals(Cursor& cursor);
Result<Command> parse_autoregress(Cursor& cursor);
Result<Command> parse_delta(Cursor& cursor);
Result<Command> parse_trendline(Cursor& cursor);
Result<Command> parse_uniq(Cursor& cursor);
Result<Command> parse_nomv(Cursor& cursor);
Result<Command> parse_mvcombine(Cursor& cursor);
Result<Command> parse_tojson(Cursor& cursor);

// Shared pieces.
/// field_list := field { [ "," ] field }, up to the end of the command.
Result<std::vector<Word>> parse_field_list(Cursor& cursor);
/// A bare name may be that of an aggregation, "count(user)": takes the parentheses that follow at once.
void take_parentheses(Cursor& cursor, Word& name);
/// An aggregation: function [ "(" [ argument ] ")" ] [ "as" field ]
Result<StatsCommand::Item> parse_stats_item(Cursor& cursor);
/// Aggregations up to "by" or the end, then the by-fields. What is an option is refused in the command's name.
Result<StatsCommand> parse_aggregations(Cursor& cursor, std::string_view command,
                                        std::span<const std::string_view> known_options);
/// "5m", "1h": a span of time, in seconds.
Result<int64_t> parse_span(Cursor& cursor, const Word& word);
/// "5m", "1mon", "1w@w1": a span of time that need not be a number of seconds.
Result<BinSpan> parse_bin_span(Cursor& cursor, const Word& word);
/// The fields to sort by, up to the end of the command; false where one was reported.
bool parse_sort_keys(Cursor& cursor, SortCommand& sort);
/// From behind an opening bracket to the one that closes it, which is taken; quotes are stepped over.
std::optional<Range> bracketed(Cursor& cursor);
/// The values of `name=value` as long as they come. Those in `later` are refused as not supported, others as unknown.
class Options {
 public:
  [[nodiscard]] const Word* find(std::string_view name) const;
  /// False where a value was reported. What is not given stays as it is.
  bool read(const Cursor& cursor, std::string_view name, bool& into) const;
  bool read(const Cursor& cursor, std::string_view name, uint64_t& into) const;
  bool read(std::string_view name, std::string& into) const;
  /// Takes one option if one comes next; nothing where none does.
  Result<bool> accept(Cursor& cursor, std::string_view command, std::span<const std::string_view> supported,
                      std::span<const std::string_view> later);

 private:
  std::vector<std::pair<std::string, Word>> values_;
};
/// Refuses an option that the command does not have (SPL015) or that is not supported (SPL016).
Failure refuse_option(Cursor& cursor, const Word& option, std::string_view command,
                      std::span<const std::string_view> known);
/// Reads a regular expression's named groups in order, and reports what PCRE finds wrong with it.
Result<std::vector<std::string>> check_regex(const Source& source, const Word& pattern);

}  // namespace hecate::spl
