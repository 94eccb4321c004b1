#include <fmt/format.h>

#include <array>

#include "base/text.h"
#include "lang/spl/parse.h"

namespace hecate::spl {
namespace {

constexpr std::string_view kListStops = ",|()[]\"=";

bool next_is_output(Cursor& cursor) { return cursor.next_is_keyword("output") || cursor.next_is_keyword("outputnew"); }

/// pairs := { column [ "as" field ] [ "," ] }
Result<std::vector<LookupCommand::Pair>> parse_pairs(Cursor& cursor) {
  std::vector<LookupCommand::Pair> pairs;
  while (!cursor.at_end_of_command() && !next_is_output(cursor)) {
    if (cursor.accept(',')) continue;
    Result<Word> column = cursor.field(kListStops, "a column of the lookup");
    if (!column) return already_reported();
    LookupCommand::Pair pair{*column, *column};
    if (cursor.accept_keyword("as")) {
      Result<Word> field = cursor.field(kListStops);
      if (!field) return already_reported();
      pair.field = std::move(*field);
    }
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

}  // namespace

/// lookup := { option } table pairs [ ( "OUTPUT" | "OUTPUTNEW" ) pairs ]
Result<Command> parse_lookup(Cursor& cursor) {
  // Where it runs and whether it is read anew makes no difference here.
  constexpr std::array<std::string_view, 4> kSupported{"event_time_field", "local", "update", "python"};
  LookupCommand lookup;
  Options options;
  while (true) {
    Result<bool> more = options.accept(cursor, "lookup", kSupported, {});
    if (!more) return already_reported();
    if (!*more) break;
  }
  Result<Word> table = cursor.field(kListStops, "the name of a lookup");
  if (!table) return already_reported();
  lookup.table = std::move(*table);
  Result<std::vector<LookupCommand::Pair>> keys = parse_pairs(cursor);
  if (!keys) return already_reported();
  if (keys->empty()) return cursor.expected("a column of the lookup");
  lookup.keys = std::move(*keys);
  if (!next_is_output(cursor)) return Command{std::move(lookup), {}, {}};
  lookup.keep_old = cursor.accept_keyword("outputnew");
  if (!lookup.keep_old) cursor.accept_keyword("output");
  lookup.has_outputs = true;
  Result<std::vector<LookupCommand::Pair>> outputs = parse_pairs(cursor);
  if (!outputs) return already_reported();
  lookup.outputs = std::move(*outputs);
  return Command{std::move(lookup), {}, {}};
}

/// inputlookup := { "append" | "strict" | "start" | "max" "=" value } table [ "where" search ]
Result<Command> parse_inputlookup(Cursor& cursor) {
  constexpr std::array<std::string_view, 4> kSupported{"append", "max", "start", "strict"};
  InputlookupCommand inputlookup;
  Options options;
  const auto read_all = [&]() -> bool {
    while (true) {
      Result<bool> more = options.accept(cursor, "inputlookup", kSupported, {});
      if (!more) return false;
      if (!*more) return true;
    }
  };
  if (!read_all()) return already_reported();
  Result<Word> table = cursor.field(kListStops, "the name of a lookup");
  if (!table) return already_reported();
  inputlookup.table = std::move(*table);
  if (!read_all()) return already_reported();
  uint64_t start = 0;
  uint64_t most = 0;
  if (!options.read(cursor, "append", inputlookup.append) || !options.read(cursor, "start", start) ||
      !options.read(cursor, "max", most))
    return already_reported();
  if (start != 0) inputlookup.start = start;
  if (options.find("max") != nullptr) inputlookup.most = most;
  if (cursor.accept_keyword("where")) {
    Result<SearchPtr> where = parse_search_expression(cursor);
    if (!where) return already_reported();
    inputlookup.where = std::move(*where);
  }
  return Command{std::move(inputlookup), {}, {}};
}

/// outputlookup := { option } table
Result<Command> parse_outputlookup(Cursor& cursor) {
  // Which app a file belongs to and who may write it is the user's matter: nothing is written unless asked for.
  constexpr std::array<std::string_view, 7> kSupported{"append", "create_context", "create_empty",     "createinapp",
                                                       "max",    "output_format",  "override_if_empty"};
  constexpr std::array<std::string_view, 1> kLater{"key_field"};
  OutputlookupCommand outputlookup;
  Options options;
  while (!cursor.at_end_of_command()) {
    Result<bool> more = options.accept(cursor, "outputlookup", kSupported, kLater);
    if (!more) return already_reported();
    if (*more) continue;
    if (!outputlookup.table.text.empty()) return cursor.expected("an option or the end of `outputlookup`");
    Result<Word> table = cursor.field(kListStops, "the name of a lookup");
    if (!table) return already_reported();
    outputlookup.table = std::move(*table);
  }
  if (outputlookup.table.text.empty()) return cursor.expected("the name of a lookup");
  if (!options.read(cursor, "append", outputlookup.append)) return already_reported();
  return Command{std::move(outputlookup), {}, {}};
}

/// iplocation := { "prefix" "=" text | "allfields" "=" boolean | "lang" "=" text } field
Result<Command> parse_iplocation(Cursor& cursor) {
  constexpr std::array<std::string_view, 3> kSupported{"allfields", "lang", "prefix"};
  IplocationCommand iplocation;
  Options options;
  while (!cursor.at_end_of_command()) {
    Result<bool> more = options.accept(cursor, "iplocation", kSupported, {});
    if (!more) return already_reported();
    if (*more) continue;
    if (!iplocation.field.text.empty()) return cursor.expected("an option or the end of `iplocation`");
    Result<Word> field = cursor.field(kListStops);
    if (!field) return already_reported();
    iplocation.field = std::move(*field);
  }
  if (iplocation.field.text.empty()) return cursor.expected("a field name");
  if (!options.read(cursor, "allfields", iplocation.all_fields) || !options.read("prefix", iplocation.prefix))
    return already_reported();
  return Command{std::move(iplocation), {}, {}};
}

}  // namespace hecate::spl
