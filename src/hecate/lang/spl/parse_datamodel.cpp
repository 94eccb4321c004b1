#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "lang/spl/functions.h"
#include "lang/spl/parse.h"

namespace hecate::spl {
namespace {

constexpr std::string_view kStops = ",|()[]\"=";

/// name := model [ "." dataset ]
Result<DataModelName> split_name(const Cursor& cursor, const Word& word) {
  const size_t dot = word.text.find('.');
  DataModelName name{word.text.substr(0, dot), dot == std::string::npos ? "" : word.text.substr(dot + 1), word.range};
  if (!name.model.empty() && (dot == std::string::npos || !name.dataset.empty())) return name;
  cursor.source.report(kBadValue, word.range, fmt::format("`{}` is no data model's name", word.text),
                       "write the model and its dataset, such as Endpoint.Processes");
  return already_reported();
}

bool next_is_clause(Cursor& cursor) {
  constexpr std::array<std::string_view, 4> kClauses{"by", "from", "groupby", "where"};
  return std::any_of(kClauses.begin(), kClauses.end(),
                     [&](std::string_view clause) { return cursor.next_is_keyword(clause); });
}

class TstatsParser {
 public:
  explicit TstatsParser(Cursor& cursor) : cursor_(cursor) {}

  /// tstats := { option } item { [ "," ] item } [ "from" source ] [ "where" expression ] [ "by" by ]
  Result<Command> run() {
    if (!items()) return already_reported();
    if (cursor_.accept_keyword("from") && !from()) return already_reported();
    if (cursor_.accept_keyword("where")) {
      Result<SearchPtr> where = parse_search_before_by(cursor_);
      if (!where) return already_reported();
      tstats_.where = std::move(*where);
    }
    if ((cursor_.accept_keyword("by") || cursor_.accept_keyword("groupby")) && !by()) return already_reported();
    return Command{std::move(tstats_), {}, {}};
  }

 private:
  bool items() {
    const uint32_t begin = cursor_.at();
    while (!cursor_.at_end_of_command() && !next_is_clause(cursor_)) {
      if (cursor_.accept(',')) continue;
      if (const Word name = cursor_.peek_option(); !name.text.empty()) {
        if (!option(name)) return false;
        continue;
      }
      Result<StatsCommand::Item> item = parse_stats_item(cursor_);
      if (!item) return false;
      if (!check_item(*item)) return false;
      tstats_.stats.items.push_back(std::move(*item));
    }
    if (!tstats_.stats.items.empty()) return true;
    const uint32_t name = begin >= 6 ? begin - 6 : 0;
    cursor_.source.report(kNoAggregation, {name, begin}, "`tstats` has no aggregation",
                          "write for example `tstats count from datamodel=Endpoint.Processes`");
    return false;
  }

  /// Search Reference, tstats: functions take fields, and no wildcards.
  bool check_item(const StatsCommand::Item& item) {
    if (item.eval) {
      cursor_.source.report(kUnsupportedOption, item.range, "`tstats` aggregates fields, not eval expressions",
                            "compute the value with `eval` behind `tstats`");
      return false;
    }
    return !item.field || check_name(*item.field);
  }

  bool check_name(const Word& name) {
    if (name.text.find('*') == std::string::npos) return true;
    cursor_.source.report(kWildcardFields, name.range, "`tstats` takes no wildcards in field names", "name the fields");
    return false;
  }

  /// What the options choose between does not exist here: there are no summaries but the events themselves, complete
  /// and of today's model, and one place where they are read.
  bool option(const Word& name) {
    constexpr std::array<std::string_view, 9> kKnown{
        "allow_old_summaries",     "append", "chunk_size", "fillnull_value",
        "include_reduced_buckets", "local",  "prestats",   "summariesonly",
        "use_summary_index_values"};
    const std::string folded = fold_case(name.text);
    const auto is = [&](std::string_view wanted) { return folded == wanted; };
    if (std::none_of(kKnown.begin(), kKnown.end(), is)) {
      (void)refuse_option(cursor_, name, "tstats", kKnown);
      return false;
    }
    cursor_.accept_option(name.text);
    Result<Word> value = cursor_.word(",|()[]", "the option's value");
    if (!value) return false;
    if (is("fillnull_value")) {
      tstats_.fill = std::move(*value);
      return true;
    }
    if (is("chunk_size")) return cursor_.number(*value).ok();
    Result<bool> on = cursor_.boolean(*value);
    if (!on || !*on || (!is("append") && !is("prestats"))) return on.ok();
    cursor_.source.report(kUnsupportedOption, name.range,
                          fmt::format("the option `{}` of `tstats` is not supported yet", folded));
    return false;
  }

  /// source := "datamodel" "=" name
  bool from() {
    const Word option = cursor_.peek_option();
    if (fold_case(option.text) == "sid") {
      cursor_.source.report(kUnsupportedOption, option.range, "the results of `tscollect` are not supported");
      return false;
    }
    if (fold_case(option.text) != "datamodel") {
      (void)cursor_.expected("datamodel=");
      return false;
    }
    cursor_.accept_option(option.text);
    Result<Word> word = cursor_.word(",|()[]", "a data model");
    if (!word) return false;
    Result<DataModelName> name = split_name(cursor_, *word);
    if (!name) return false;
    tstats_.from = std::move(*name);
    return true;
  }

  /// by := { field | "span" "=" timespan }, commas between them or not
  bool by() {
    while (!cursor_.at_end_of_command()) {
      if (cursor_.accept(',')) continue;
      if (const Word name = cursor_.peek_option(); !name.text.empty()) {
        if (!span(name)) return false;
        continue;
      }
      Result<Word> field = cursor_.field(kStops, "a field to group by");
      if (!field) return false;
      if (!field->quoted && cursor_.peek() == '(') {
        cursor_.source.report(kUnsupportedOption, field->range, fmt::format("`{}()` is not supported", field->text));
        return false;
      }
      if (!check_name(*field)) return false;
      tstats_.stats.by.push_back(std::move(*field));
    }
    if (!tstats_.stats.by.empty()) return true;
    (void)cursor_.expected("the fields to group by");
    return false;
  }

  bool span(const Word& name) {
    if (fold_case(name.text) != "span") {
      constexpr std::array<std::string_view, 1> kKnown{"span"};
      cursor_.source.report(kUnknownOption, name.range,
                            fmt::format("`tstats` has no option `{}` behind `by`", name.text),
                            did_you_mean(name.text, kKnown));
      return false;
    }
    cursor_.accept_option(name.text);
    Result<Word> word = cursor_.word(",|()[]", "a span of time");
    if (!word) return false;
    if (fold_case(word->text) == "auto") return true;
    Result<int64_t> seconds = parse_span(cursor_, *word);
    if (seconds) tstats_.span_seconds = *seconds;
    return seconds.ok();
  }

  Cursor& cursor_;
  TstatsCommand tstats_;
};

}  // namespace

Result<Command> parse_tstats(Cursor& cursor) { return TstatsParser(cursor).run(); }

/// datamodel := model dataset ( "search" | "flat" ) { option }
Result<Command> parse_datamodel(Cursor& cursor) {
  Result<Word> model = cursor.field(kStops, "a data model");
  if (!model) return already_reported();
  Result<Word> dataset = cursor.field(kStops, "a dataset");
  if (!dataset) return already_reported();
  DatasetCommand command{{model->text, dataset->text, cover(model->range, dataset->range)}};
  if (!cursor.accept_keyword("search") && !cursor.accept_keyword("flat")) {
    // Search Reference, datamodel: without one of the modes the command shows the model itself.
    cursor.source.report(kUnsupportedOption, command.dataset.range, "showing a data model itself is not supported",
                         "write `search` or `flat` behind the dataset");
    return already_reported();
  }
  while (!cursor.at_end_of_command()) {
    constexpr std::array<std::string_view, 3> kKnown{"allow_old_summaries", "strict_fields", "summariesonly"};
    const Word option = cursor.peek_option();
    if (option.text.empty()) break;
    if (std::find(kKnown.begin(), kKnown.end(), fold_case(option.text)) == kKnown.end())
      return refuse_option(cursor, option, "datamodel", kKnown);
    cursor.accept_option(option.text);
    Result<Word> value = cursor.word(",|()[]", "true or false");
    if (!value || !cursor.boolean(*value)) return already_reported();
  }
  return Command{std::move(command), {}, {}};
}

/// from := ( "datamodel" | "lookup" | "inputlookup" ) [ ":" | "=" ] name
Result<Command> parse_from(Cursor& cursor) {
  Result<Word> type = cursor.word(",|()[]\"=:", "datamodel:");
  if (!type) return already_reported();
  const std::string folded = fold_case(type->text);
  if (folded == "savedsearch" || folded == "search") {
    cursor.source.report(kUnsupportedOption, type->range, fmt::format("`from {}:` is not supported", folded),
                         "write the search itself here");
    return already_reported();
  }
  if (folded == "lookup" || folded == "inputlookup") {
    if (!cursor.accept(':')) cursor.accept('=');
    Result<Word> table = cursor.field(kStops, "the name of a lookup");
    if (!table) return already_reported();
    InputlookupCommand inputlookup;
    inputlookup.table = std::move(*table);
    return Command{std::move(inputlookup), {}, {}};
  }
  if (folded != "datamodel") {
    cursor.source.report(kExpected, type->range, fmt::format("`{}` is no type of dataset", type->text),
                         "write for example from datamodel:Endpoint.Processes");
    return already_reported();
  }
  if (!cursor.accept(':')) cursor.accept('=');
  Result<Word> word = cursor.field(kStops, "a data model");
  if (!word) return already_reported();
  // "Endpoint"."Processes": each part in quotes of its own.
  if (word->quoted && cursor.peek() == '.') {
    cursor.seek(cursor.at() + 1);
    Result<Word> dataset = cursor.field(kStops, "a dataset");
    if (!dataset) return already_reported();
    word = Word{word->text + "." + dataset->text, cover(word->range, dataset->range), true};
  }
  Result<DataModelName> name = split_name(cursor, *word);
  if (!name) return already_reported();
  return Command{DatasetCommand{std::move(*name)}, {}, {}};
}

}  // namespace hecate::spl
