#pragma once

#include <span>
#include <string_view>

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
};
/// Sorted by name.
[[nodiscard]] std::span<const CommandRow> command_table();
/// Commands of Splunk that are known and not supported. Sorted.
[[nodiscard]] std::span<const std::string_view> unsupported_commands();

/// pipeline := [ "search" ] expression { "|" command }
/// All commands are read, so that several errors are reported at once.
Result<Pipeline> parse_pipeline(Cursor& cursor);

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

// Shared pieces.
/// field_list := field { [ "," ] field }, up to the end of the command.
Result<std::vector<Word>> parse_field_list(Cursor& cursor);
/// An aggregation: function [ "(" [ argument ] ")" ] [ "as" field ]
Result<StatsCommand::Item> parse_stats_item(Cursor& cursor);
/// "5m", "1h": a span of time, in seconds.
Result<int64_t> parse_span(Cursor& cursor, const Word& word);
/// Refuses an option that the command does not have (SPL015) or that is not supported (SPL016).
Failure refuse_option(Cursor& cursor, const Word& option, std::string_view command,
                      std::span<const std::string_view> known);
/// Reads a regular expression's named groups in order, and reports what PCRE finds wrong with it.
Result<std::vector<std::string>> check_regex(const Source& source, const Word& pattern);

}  // namespace hecate::spl
