#include <fmt/format.h>

#include <array>
#include <charconv>

#include "lang/spl/parse.h"

namespace hecate::spl {

/// makemv := { "delim" "=" text | "allowempty" "=" boolean } field
Result<Command> parse_makemv(Cursor& cursor) {
  MakemvCommand makemv;
  while (!cursor.at_end_of_command()) {
    if (cursor.accept_option("delim")) {
      Result<Word> delimiter = cursor.word("|", "a delimiter");
      if (!delimiter) return already_reported();
      makemv.delimiter = std::move(delimiter->text);
    } else if (cursor.accept_option("tokenizer")) {
      Result<Word> pattern = cursor.word("|", "a regular expression");
      if (!pattern || !check_regex(cursor.source, *pattern)) return already_reported();
      makemv.tokenizer = std::move(*pattern);
    } else if (cursor.accept_option("allowempty")) {
      Result<Word> word = cursor.word("|,", "true or false");
      if (!word) return already_reported();
      Result<bool> allow = cursor.boolean(*word);
      if (!allow) return already_reported();
      makemv.allow_empty = *allow;
    } else if (const Word option = cursor.peek_option(); !option.text.empty()) {
      constexpr std::array<std::string_view, 1> kKnown{"setsv"};
      return refuse_option(cursor, option, "makemv", kKnown);
    } else {
      if (!makemv.field.text.empty()) return cursor.expected("an option or the end of `makemv`");
      Result<Word> field = cursor.field(",|()[]\"=");
      if (!field) return already_reported();
      makemv.field = std::move(*field);
    }
  }
  if (makemv.field.text.empty()) return cursor.expected("a field name");
  return Command{std::move(makemv), {}, {}};
}

/// strcat := [ "allrequired" "=" boolean ] { field | text } field
Result<Command> parse_strcat(Cursor& cursor) {
  StrcatCommand strcat;
  if (cursor.accept_option("allrequired")) {
    Result<Word> word = cursor.word("|,", "true or false");
    if (!word) return already_reported();
    Result<bool> all = cursor.boolean(*word);
    if (!all) return already_reported();
    strcat.all_required = *all;
  }
  while (!cursor.at_end_of_command()) {
    if (const Word option = cursor.peek_option(); !option.text.empty())
      return refuse_option(cursor, option, "strcat", {});
    const bool literal = cursor.peek() == '"';
    Result<Word> word = cursor.field(",|()[]\"=");
    if (!word) return already_reported();
    strcat.parts.push_back({std::move(*word), literal});
  }
  if (strcat.parts.size() < 2 || strcat.parts.back().literal) return cursor.expected("the field to write to");
  strcat.target = std::move(strcat.parts.back().word);
  strcat.parts.pop_back();
  return Command{std::move(strcat), {}, {}};
}

namespace {

/// The field that a command works on, and nothing else.
Result<Word> one_field(Cursor& cursor) {
  Result<Word> field = cursor.field(",|()[]\"=");
  if (!field) return field;
  if (!cursor.at_end_of_command()) return cursor.expected("the end of the command");
  return field;
}

/// "0-30", "-5-5": from and to, both within.
bool read_band(const Word& word, RangemapCommand::Band& band) {
  const char* end = word.text.data() + word.text.size();
  const auto low = std::from_chars(word.text.data(), end, band.low);
  if (low.ec != std::errc() || low.ptr == end || *low.ptr != '-') return false;
  const auto high = std::from_chars(low.ptr + 1, end, band.high);
  return high.ec == std::errc() && high.ptr == end;
}

}  // namespace

/// rangemap := "field" "=" field { name "=" number "-" number } [ "default" "=" text ]
Result<Command> parse_rangemap(Cursor& cursor) {
  RangemapCommand rangemap;
  while (!cursor.at_end_of_command()) {
    if (cursor.accept(',')) continue;
    const Word option = cursor.peek_option();
    if (option.text.empty()) return cursor.expected("a range such as low=0-30");
    cursor.accept_option(option.text);
    Result<Word> value = cursor.word("|,", "a value");
    if (!value) return already_reported();
    if (option.text == "field") {
      rangemap.field = std::move(*value);
    } else if (option.text == "default") {
      rangemap.other = std::move(value->text);
    } else {
      RangemapCommand::Band band{option.text, 0, 0};
      if (!read_band(*value, band)) {
        cursor.source.report(kBadValue, value->range, fmt::format("`{}` is no range of numbers", value->text),
                             "write for example low=0-30");
        return already_reported();
      }
      rangemap.bands.push_back(std::move(band));
    }
  }
  if (rangemap.field.text.empty()) return cursor.expected("`field=`");
  return Command{std::move(rangemap), {}, {}};
}

Result<Command> parse_uniq(Cursor& /*cursor*/) { return Command{UniqCommand{}, {}, {}}; }

/// nomv := field
Result<Command> parse_nomv(Cursor& cursor) {
  Result<Word> field = one_field(cursor);
  if (!field) return already_reported();
  return Command{NomvCommand{std::move(*field)}, {}, {}};
}

/// mvcombine := [ "delim" "=" text ] field
Result<Command> parse_mvcombine(Cursor& cursor) {
  // The delimiter shows where the values are made one text, which `nomv` does here by itself.
  constexpr std::array<std::string_view, 1> kSupported{"delim"};
  Options options;
  if (!options.accept(cursor, "mvcombine", kSupported, {})) return already_reported();
  Result<Word> field = one_field(cursor);
  if (!field) return already_reported();
  return Command{MvcombineCommand{std::move(*field)}, {}, {}};
}

/// tojson := { field | "output_field" "=" field }
Result<Command> parse_tojson(Cursor& cursor) {
  constexpr std::array<std::string_view, 1> kSupported{"output_field"};
  constexpr std::array<std::string_view, 3> kLater{"default_type", "fill_null", "include_internal"};
  TojsonCommand tojson;
  Options options;
  while (!cursor.at_end_of_command()) {
    Result<bool> more = options.accept(cursor, "tojson", kSupported, kLater);
    if (!more) return already_reported();
    if (*more) continue;
    Result<Word> field = cursor.field(",|()[]\"=");
    if (!field) return already_reported();
    if (cursor.peek() == '(') {
      cursor.source.report(kUnsupportedOption, field->range, "the types of `tojson` are not supported",
                           "name the fields alone: numbers stay numbers");
      return already_reported();
    }
    tojson.fields.push_back(std::move(*field));
  }
  options.read("output_field", tojson.output);
  return Command{std::move(tojson), {}, {}};
}

}  // namespace hecate::spl
