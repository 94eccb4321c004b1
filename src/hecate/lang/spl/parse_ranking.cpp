#include <fmt/format.h>

#include <array>
#include <cstdlib>

#include "base/text.h"
#include "lang/spl/parse.h"

// Totals, rankings, replacements and what else shapes rows.
namespace hecate::spl {
namespace {

constexpr std::string_view kListStops = ",|()[]\"=";

/// field_list up to "by" or the end, options between.
Result<bool> fields_and_options(Cursor& cursor, std::string_view command, std::vector<Word>& fields, Options& options,
                                std::span<const std::string_view> supported, std::span<const std::string_view> later) {
  while (!cursor.at_end_of_command() && !cursor.next_is_keyword("by")) {
    Result<bool> more = options.accept(cursor, command, supported, later);
    if (!more) return more;
    if (*more) continue;
    if (cursor.at_end_of_command() || cursor.next_is_keyword("by")) break;
    Result<Word> field = cursor.field(kListStops);
    if (!field) return already_reported();
    fields.push_back(std::move(*field));
  }
  return true;
}

}  // namespace

/// addtotals := { "row" | "col" | "fieldname" | "label" | "labelfield" "=" value } [ field_list ]
Result<Command> parse_addtotals(Cursor& cursor) {
  constexpr std::array<std::string_view, 5> kSupported{"col", "fieldname", "label", "labelfield", "row"};
  AddtotalsCommand addtotals;
  Options options;
  if (!fields_and_options(cursor, "addtotals", addtotals.fields, options, kSupported, {}) ||
      !options.read(cursor, "row", addtotals.rows) || !options.read(cursor, "col", addtotals.columns))
    return already_reported();
  options.read("fieldname", addtotals.name);
  options.read("label", addtotals.label);
  if (const Word* field = options.find("labelfield")) addtotals.label_field = *field;
  return Command{std::move(addtotals), {}, {}};
}

/// addcoltotals := { "label" | "labelfield" "=" value } [ field_list ]
Result<Command> parse_addcoltotals(Cursor& cursor) {
  constexpr std::array<std::string_view, 2> kSupported{"label", "labelfield"};
  AddtotalsCommand addtotals;
  addtotals.rows = false;
  addtotals.columns = true;
  Options options;
  if (!fields_and_options(cursor, "addcoltotals", addtotals.fields, options, kSupported, {})) return already_reported();
  options.read("label", addtotals.label);
  if (const Word* field = options.find("labelfield")) addtotals.label_field = *field;
  return Command{std::move(addtotals), {}, {}};
}

namespace {

Result<Command> parse_top_or_rare(Cursor& cursor, bool rare) {
  constexpr std::array<std::string_view, 5> kSupported{"countfield", "limit", "percentfield", "showcount", "showperc"};
  constexpr std::array<std::string_view, 2> kLater{"otherstr", "useother"};
  const std::string_view command = rare ? "rare" : "top";
  TopCommand top;
  top.rare = rare;
  cursor.skip_space();
  if (is_ascii_digit(cursor.peek())) {
    Result<Word> word = cursor.word(",|", "a number of rows");
    if (!word) return already_reported();
    Result<uint64_t> count = cursor.number(*word);
    if (!count) return already_reported();
    top.limit = *count;
  }
  Options options;
  if (!fields_and_options(cursor, command, top.fields, options, kSupported, kLater)) return already_reported();
  if (top.fields.empty()) return cursor.expected("the fields to count");
  if (cursor.accept_keyword("by")) {
    Result<std::vector<Word>> by = parse_field_list(cursor);
    if (!by) return already_reported();
    top.by = std::move(*by);
  }
  const bool sound = options.read(cursor, "limit", top.limit) && options.read(cursor, "showcount", top.show_count) &&
                     options.read(cursor, "showperc", top.show_percent) && options.read("countfield", top.count_name) &&
                     options.read("percentfield", top.percent_name);
  if (!sound) return already_reported();
  return Command{std::move(top), {}, {}};
}

}  // namespace

/// top := [ number ] { option | field } [ "by" field_list ]
Result<Command> parse_top(Cursor& cursor) { return parse_top_or_rare(cursor, false); }
/// rare := as top
Result<Command> parse_rare(Cursor& cursor) { return parse_top_or_rare(cursor, true); }

/// replace := pattern "with" text { [ "," ] pattern "with" text } [ "in" field_list ]
Result<Command> parse_replace(Cursor& cursor) {
  ReplaceCommand replace;
  while (!cursor.at_end_of_command() && !cursor.next_is_keyword("in")) {
    if (cursor.accept(',')) continue;
    Result<Word> from = cursor.word(",|[]", "what to replace");
    if (!from) return already_reported();
    if (!cursor.accept_keyword("with")) return cursor.expected("`with`");
    Result<Word> to = cursor.word(",|[]", "what to put there");
    if (!to) return already_reported();
    replace.pairs.emplace_back(std::move(*from), std::move(*to));
  }
  if (replace.pairs.empty()) return cursor.expected("what to replace");
  if (cursor.accept_keyword("in")) {
    Result<std::vector<Word>> fields = parse_field_list(cursor);
    if (!fields) return already_reported();
    if (fields->empty()) return cursor.expected("a field name");
    replace.fields = std::move(*fields);
  }
  return Command{std::move(replace), {}, {}};
}

/// filldown := [ field_list ]
Result<Command> parse_filldown(Cursor& cursor) {
  Result<std::vector<Word>> fields = parse_field_list(cursor);
  if (!fields) return already_reported();
  return Command{FilldownCommand{std::move(*fields)}, {}, {}};
}

Result<Command> parse_reverse(Cursor& /*cursor*/) { return Command{ReverseCommand{}, {}, {}}; }

/// tail := [ number ]
Result<Command> parse_tail(Cursor& cursor) {
  TailCommand tail;
  if (cursor.at_end_of_command()) return Command{tail, {}, {}};
  Result<Word> word = cursor.word("|", "a number of rows");
  if (!word) return already_reported();
  Result<uint64_t> count = cursor.number(*word);
  if (!count) return already_reported();
  tail.count = *count;
  return Command{tail, {}, {}};
}

/// outlier := { "action" | "mark" | "param" | "uselower" "=" value } [ field_list ]
Result<Command> parse_outlier(Cursor& cursor) {
  constexpr std::array<std::string_view, 4> kSupported{"action", "mark", "param", "uselower"};
  constexpr std::array<std::string_view, 1> kLater{"type"};
  OutlierCommand outlier;
  Options options;
  if (!fields_and_options(cursor, "outlier", outlier.fields, options, kSupported, kLater)) return already_reported();
  if (outlier.fields.empty()) return cursor.expected("the fields to look at");
  if (!options.read(cursor, "mark", outlier.mark) || !options.read(cursor, "uselower", outlier.lower))
    return already_reported();
  if (const Word* parameter = options.find("param")) outlier.parameter = std::strtod(parameter->text.c_str(), nullptr);
  if (const Word* action = options.find("action")) {
    const std::string name = fold_case(action->text);
    outlier.remove = name == "rm" || name == "remove";
    if (!outlier.remove && name != "tf" && name != "transform") {
      cursor.source.report(kBadValue, action->range, fmt::format("`outlier` has no action `{}`", action->text),
                           "it is remove or transform");
      return already_reported();
    }
  }
  return Command{std::move(outlier), {}, {}};
}

}  // namespace hecate::spl
