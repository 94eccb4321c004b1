#include <fmt/format.h>

#include <array>

#include "base/depth_guard.h"
#include "base/text.h"
#include "lang/spl/parse.h"

// Commands with other searches inside, and those that end a subsearch.
namespace hecate::spl {
namespace {

constexpr std::string_view kListStops = ",|()[]\"=";

/// { option } in any place before the subsearch.
Result<bool> read_options(Cursor& cursor, Options& options, std::string_view command,
                          std::span<const std::string_view> supported, std::span<const std::string_view> later) {
  while (true) {
    Result<bool> more = options.accept(cursor, command, supported, later);
    if (!more || !*more) return more;
  }
}

/// What a subsearch may say of itself. How long it may take there says nothing of here.
constexpr std::array<std::string_view, 3> kSubsearchOptions{"maxout", "maxtime", "timeout"};
constexpr std::array<std::string_view, 2> kLaterOptions{"extendtimerange", "override"};

}  // namespace

/// join := { option | field [ "," ] } subsearch
Result<Command> parse_join(Cursor& cursor) {
  constexpr std::array<std::string_view, 5> kSupported{"max", "overwrite", "type", "usetime", "earlier"};
  constexpr std::array<std::string_view, 2> kLater{"left", "right"};
  JoinCommand join;
  Options options;
  while (true) {
    Result<bool> more = options.accept(cursor, "join", kSupported, kLater);
    if (!more) return already_reported();
    if (*more) continue;
    cursor.skip_space();
    if (cursor.peek() == '[' || cursor.at_end_of_command()) break;
    Result<Word> field = cursor.field(kListStops);
    if (!field) return already_reported();
    join.fields.push_back(std::move(*field));
  }
  bool use_time = false;
  if (!options.read(cursor, "overwrite", join.overwrite) || !options.read(cursor, "max", join.most) ||
      !options.read(cursor, "usetime", use_time))
    return already_reported();
  if (use_time) {
    cursor.source.report(kUnsupportedOption, options.find("usetime")->range,
                         "the option `usetime` of `join` is not supported yet");
    return already_reported();
  }
  if (const Word* type = options.find("type")) {
    const std::string name = fold_case(type->text);
    join.left = name == "left" || name == "outer";
    if (!join.left && name != "inner") {
      cursor.source.report(kBadValue, type->range, fmt::format("`{}` is no kind of join", type->text),
                           "it is inner, left or outer");
      return already_reported();
    }
  }
  Result<Subsearch> search = parse_subsearch(cursor, true);
  if (!search) return already_reported();
  join.search = std::move(*search);
  return Command{std::move(join), {}, {}};
}

/// append := { option } subsearch
Result<Command> parse_append(Cursor& cursor) {
  AppendCommand append;
  Options options;
  if (!read_options(cursor, options, "append", kSubsearchOptions, kLaterOptions) ||
      !options.read(cursor, "maxout", append.most))
    return already_reported();
  Result<Subsearch> search = parse_subsearch(cursor, true);
  if (!search) return already_reported();
  append.search = std::move(*search);
  return Command{std::move(append), {}, {}};
}

/// appendpipe := [ "run_in_preview" "=" boolean ] subsearch
Result<Command> parse_appendpipe(Cursor& cursor) {
  constexpr std::array<std::string_view, 1> kSupported{"run_in_preview"};  // there is no preview here
  Options options;
  if (!read_options(cursor, options, "appendpipe", kSupported, {})) return already_reported();
  Result<Subsearch> search = parse_subsearch(cursor, false);
  if (!search) return already_reported();
  return Command{AppendCommand{std::move(*search), true, 0}, {}, {}};
}

/// appendcols := [ "override" "=" boolean ] subsearch
Result<Command> parse_appendcols(Cursor& cursor) {
  constexpr std::array<std::string_view, 1> kSupported{"override"};
  constexpr std::array<std::string_view, 4> kLater{"extendtimerange", "maxout", "maxtime", "timeout"};
  AppendcolsCommand appendcols;
  Options options;
  if (!read_options(cursor, options, "appendcols", kSupported, kLater) ||
      !options.read(cursor, "override", appendcols.overwrite))
    return already_reported();
  Result<Subsearch> search = parse_subsearch(cursor, true);
  if (!search) return already_reported();
  appendcols.search = std::move(*search);
  return Command{std::move(appendcols), {}, {}};
}

namespace {

Result<Command> parse_searches(Cursor& cursor, std::string_view command, size_t least) {
  UnionCommand all;
  Options options;
  if (!read_options(cursor, options, command, kSubsearchOptions, kLaterOptions) ||
      !options.read(cursor, "maxout", all.most))
    return already_reported();
  while (!cursor.at_end_of_command()) {
    if (cursor.accept(',')) continue;
    Result<Subsearch> search = parse_subsearch(cursor, true);
    if (!search) return already_reported();
    all.searches.push_back(std::move(*search));
  }
  if (all.searches.size() < least) return cursor.expected("a search in brackets");
  return Command{std::move(all), {}, {}};
}

}  // namespace

/// union := subsearch { [ "," ] subsearch }
Result<Command> parse_union(Cursor& cursor) { return parse_searches(cursor, "union", 1); }

/// multisearch := subsearch subsearch { subsearch }
Result<Command> parse_multisearch(Cursor& cursor) { return parse_searches(cursor, "multisearch", 2); }

/// map := { "maxsearches" "=" number | "search" "=" quoted | subsearch }
Result<Command> parse_map(Cursor& cursor) {
  constexpr std::array<std::string_view, 2> kSupported{"maxsearches", "search"};
  MapCommand map;
  Options options;
  if (!read_options(cursor, options, "map", kSupported, {}) || !options.read(cursor, "maxsearches", map.most))
    return already_reported();
  const Word* search = options.find("search");
  if (search != nullptr) {
    map.search = *search;
  } else if (cursor.accept('[')) {
    map.body = bracketed(cursor);
    if (!map.body) return already_reported();
    map.search = {std::string(cursor.source.text(*map.body)), *map.body, false};
  } else {
    return cursor.expected("`search=\"…\"` or a search in brackets");
  }
  return Command{std::move(map), {}, {}};
}

namespace {

/// The texts that join rows and columns, if they are those that `format` takes without: no others make a condition
/// here.
bool usual_texts(Cursor& cursor) {
  constexpr std::array<std::string_view, 6> kUsual{"(", "(", "AND", ")", "OR", ")"};
  const uint32_t begin = cursor.at();
  for (const std::string_view usual : kUsual) {
    Result<Word> text = cursor.word("|", "six texts to join rows by");
    if (!text) return false;
    if (text->text == usual) continue;
    cursor.source.report(kUnsupportedOption, cursor.range_from(begin),
                         "`format` with texts of its own to join rows by is not supported",
                         R"x(only the usual ones are: "(" "(" "AND" ")" "OR" ")")x");
    return false;
  }
  return true;
}

}  // namespace

/// format := [ "maxresults" "=" number ] [ six texts ]
Result<Command> parse_format(Cursor& cursor) {
  constexpr std::array<std::string_view, 1> kSupported{"maxresults"};
  constexpr std::array<std::string_view, 2> kLater{"emptystr", "mvsep"};
  FormatCommand format;
  Options options;
  if (!read_options(cursor, options, "format", kSupported, kLater) || !options.read(cursor, "maxresults", format.most))
    return already_reported();
  if (!cursor.at_end_of_command() && !usual_texts(cursor)) return already_reported();
  return Command{format, {}, {}};
}

/// return := [ number ] item { [ "," ] item };  item := [ name "=" ] field | "$" field
Result<Command> parse_return(Cursor& cursor) {
  ReturnCommand command;
  cursor.skip_space();
  if (is_ascii_digit(cursor.peek())) {
    Result<Word> word = cursor.word(",|", "a number of rows");
    if (!word) return already_reported();
    Result<uint64_t> count = cursor.number(*word);
    if (!count) return already_reported();
    command.count = *count;
  }
  while (!cursor.at_end_of_command()) {
    if (cursor.accept(',')) continue;
    ReturnCommand::Item item;
    item.value_only = cursor.accept('$');
    Result<Word> field = cursor.field(kListStops);
    if (!field) return already_reported();
    item.field = std::move(*field);
    if (cursor.accept('=')) {
      item.as = std::move(item.field);
      Result<Word> from = cursor.field(kListStops);
      if (!from) return already_reported();
      item.field = std::move(*from);
    }
    command.items.push_back(std::move(item));
  }
  if (command.items.empty()) return cursor.expected("a field name");
  return Command{std::move(command), {}, {}};
}

/// makeresults := { "count" "=" number | "annotate" "=" boolean }
Result<Command> parse_makeresults(Cursor& cursor) {
  constexpr std::array<std::string_view, 6> kSupported{"annotate", "count",         "data",
                                                       "format",   "splunk_server", "splunk_server_group"};
  MakeresultsCommand makeresults;
  Options options;
  if (!read_options(cursor, options, "makeresults", kSupported, {}) ||
      !options.read(cursor, "count", makeresults.count) || !options.read(cursor, "annotate", makeresults.annotate))
    return already_reported();
  constexpr uint64_t kMost = 10'000'000;
  if (makeresults.count > kMost) {
    cursor.source.report(kBadValue, options.find("count")->range, "so many rows are not made");
    return already_reported();
  }
  if (const Word* format = options.find("format"); format != nullptr && fold_case(format->text) != "csv") {
    cursor.source.report(kUnsupportedOption, format->range,
                         fmt::format("the format `{}` of `makeresults` is not supported", format->text),
                         "give the rows as comma-separated values: format=csv");
    return already_reported();
  }
  if (const Word* data = options.find("data")) makeresults.data = *data;
  return Command{std::move(makeresults), {}, {}};
}

Result<Command> parse_addinfo(Cursor& /*cursor*/) { return Command{AddinfoCommand{}, {}, {}}; }

}  // namespace hecate::spl
