#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "lang/spl/parse.h"

namespace hecate::spl {
namespace {

constexpr std::string_view kListStops = ",|()[]\"=";

}  // namespace

/// convert := [ "timeformat" "=" text ] item { [ "," ] item };  item := function "(" field ")" [ "as" field ]
Result<Command> parse_convert(Cursor& cursor) {
  ConvertCommand convert{"%m/%d/%Y %H:%M:%S", {}};  // the default: Search Reference, convert
  while (!cursor.at_end_of_command()) {
    if (cursor.accept(',')) continue;
    if (cursor.accept_option("timeformat")) {
      Result<Word> format = cursor.word("|", "a time format");
      if (!format) return already_reported();
      convert.timeformat = std::move(format->text);
      continue;
    }
    if (const Word option = cursor.peek_option(); !option.text.empty())
      return refuse_option(cursor, option, "convert", {});
    Result<Word> function = cursor.word(kListStops, "a function such as ctime");
    if (!function) return already_reported();
    constexpr std::array<std::string_view, 10> kSupported{"auto",   "ctime", "dur2sec", "memk",    "mktime",
                                                          "mstime", "none",  "num",     "rmcomma", "rmunit"};
    const std::string folded = fold_case(function->text);
    if (std::find(kSupported.begin(), kSupported.end(), folded) == kSupported.end()) {
      cursor.source.report(kUnknownFunction, function->range,
                           fmt::format("`convert` has no function `{}`", function->text),
                           did_you_mean(folded, kSupported));
      return already_reported();
    }
    function->text = folded;
    if (!cursor.accept('(')) return cursor.expected("`(`");
    const uint32_t open = cursor.at() - 1;
    Result<Word> field = cursor.field(kListStops);
    if (!field) return already_reported();
    if (!cursor.accept(')')) {
      cursor.source.report(kUnclosedParenthesis, {open, open + 1}, "this parenthesis is never closed");
      return already_reported();
    }
    ConvertCommand::Item item{std::move(*function), std::move(*field), std::nullopt};
    if (cursor.accept_keyword("as")) {
      Result<Word> as = cursor.field(kListStops);
      if (!as) return already_reported();
      item.as = std::move(*as);
    }
    convert.items.push_back(std::move(item));
  }
  if (convert.items.empty()) return cursor.expected("a function such as ctime");
  return Command{std::move(convert), {}, {}};
}

}  // namespace hecate::spl
