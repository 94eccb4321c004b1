#include "exec/functions/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <memory>
#include <unordered_map>

#include "base/text.h"
#include "exec/functions/function.h"
#include "exec/functions/kql_support.h"
#include "exec/functions/pcre2_pattern.h"

namespace hecate {
namespace {

using Arguments = std::span<const Value>;

/// One text of a value: the first of Many. Objects and arrays are no text to a catalog.
std::optional<std::string_view> text_of(const Value& value, Arena& arena) {
  if (value.kind() == Kind::Many)
    return value.as_list().empty() ? std::nullopt : text_of(value.as_list().front(), arena);
  if (value.is_null() || value.kind() == Kind::Dynamic) return std::nullopt;
  return value_text(value, arena);
}

std::string_view text_or_empty(const Value& value, Arena& arena) {
  return text_of(value, arena).value_or(std::string_view());
}

using OneText = Value (*)(std::string_view text, Arguments arguments, EvalContext& context);

/// A function of one text works on each element of Many. Elements without a result are left out.
template <OneText function>
Value each(Arguments arguments, EvalContext& context) {
  const Value& value = arguments.front();
  if (value.kind() != Kind::Many) {
    const auto text = text_of(value, context.arena);
    return text ? function(*text, arguments, context) : Value::null();
  }
  const auto results = context.arena.allocate_array<Value>(value.as_list().size());
  size_t count = 0;
  for (const Value& element : value.as_list()) {
    const auto text = text_of(element, context.arena);
    const Value result = text ? function(*text, arguments, context) : Value::null();
    if (!result.is_null()) results[count++] = result;
  }
  if (count == 0) return Value::null();
  return count == 1 ? results.front() : Value::many(results.first(count));
}

Value after_any_of(std::string_view text, std::string_view separators) {
  const size_t at = text.find_last_of(separators);
  return Value::string(at == std::string_view::npos ? text : text.substr(at + 1));
}

Value basename(std::string_view text, Arguments, EvalContext&) { return after_any_of(text, "/"); }
Value win_basename(std::string_view text, Arguments, EvalContext&) { return after_any_of(text, "/\\"); }

/// `0x1f4` in decimal; what is not such a number stays as it is.
Value hex2dec(std::string_view text, Arguments, EvalContext& context) {
  uint64_t number = 0;
  if (text.size() < 3 || text.size() > 18 || text[0] != '0' || (text[1] != 'x' && text[1] != 'X'))
    return Value::string(text);
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), number, 16);
  if (error != std::errc() || end != text.data() + text.size()) return Value::string(text);
  return Value::string(context.arena.copy(fmt::format("{}", number)));
}

Value dirname(std::string_view text, Arguments, EvalContext&) {
  const size_t at = text.find_last_of('/');
  if (at == std::string_view::npos) return Value::string("");
  return Value::string(text.substr(0, at == 0 ? 1 : at));
}

Value lower(std::string_view text, Arguments, EvalContext& context) {
  return Value::string(context.arena.copy(fold_case(text)));
}

/// ASCII letters only: what must be written in capitals (protocols, hash names) is ASCII.
Value upper(std::string_view text, Arguments, EvalContext& context) {
  std::string result(text);
  for (char& c : result) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return Value::string(context.arena.copy(result));
}

Value trim_text(std::string_view text, Arguments, EvalContext&) { return Value::string(trim(text)); }

Value strip_braces(std::string_view text, Arguments, EvalContext&) {
  const bool braced = text.size() >= 2 && text.front() == '{' && text.back() == '}';
  return Value::string(braced ? text.substr(1, text.size() - 2) : text);
}

/// In code points, as Splunk's len() counts.
Value length(std::string_view text, Arguments, EvalContext&) {
  const auto count =
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
  return Value::integer(count);
}

/// `SHA1=ab…,MD5=cd…` in any order (Sysmon's Hashes).
Value hash_part(std::string_view text, Arguments arguments, EvalContext& context) {
  const std::string_view wanted = text_or_empty(arguments[1], context.arena);
  while (!text.empty()) {
    const size_t comma = text.find(',');
    const std::string_view part = trim(text.substr(0, comma));
    const size_t equals = part.find('=');
    if (equals != std::string_view::npos && equals_ignoring_case(part.substr(0, equals), wanted)) {
      return equals + 1 == part.size() ? Value::null() : Value::string(part.substr(equals + 1));
    }
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  return Value::null();
}

Value null_if(std::string_view text, Arguments arguments, EvalContext& context) {
  const bool listed = std::any_of(arguments.begin() + 1, arguments.end(), [&](const Value& value) {
    const auto other = text_of(value, context.arena);
    return other && *other == text;
  });
  return listed ? Value::null() : Value::string(text);
}

Value after_last(std::string_view text, Arguments arguments, EvalContext& context) {
  const std::string_view separator = text_or_empty(arguments[1], context.arena);
  const size_t at = separator.empty() ? std::string_view::npos : text.rfind(separator);
  return Value::string(at == std::string_view::npos ? text : text.substr(at + separator.size()));
}

Value before_last(std::string_view text, Arguments arguments, EvalContext& context) {
  const std::string_view separator = text_or_empty(arguments[1], context.arena);
  const size_t at = separator.empty() ? std::string_view::npos : text.rfind(separator);
  return at == std::string_view::npos ? Value::null() : Value::string(text.substr(0, at));
}

Value map_text(std::string_view text, Arguments arguments, EvalContext& context) {
  for (size_t i = 1; i + 2 < arguments.size(); i += 2) {
    const auto key = text_of(arguments[i], context.arena);
    if (key && *key == text) return arguments[i + 1];
  }
  return arguments.back();
}

// --- functions of several values ---------------------------------------------------------------------

Value concat(Arguments arguments, EvalContext& context) {
  std::string result;
  bool any = false;
  for (const Value& argument : arguments) {
    const auto text = text_of(argument, context.arena);
    if (text) result += *text;
    any |= text.has_value();
  }
  return any ? Value::string(context.arena.copy(result)) : Value::null();
}

Value concat_ws(Arguments arguments, EvalContext& context) {
  const std::string_view separator = text_or_empty(arguments.front(), context.arena);
  std::string result;
  bool any = false;
  bool some_text = false;
  for (const Value& argument : arguments.subspan(1)) {
    const auto text = text_of(argument, context.arena);
    any |= text.has_value();
    if (!text || text->empty()) continue;
    if (some_text) result += separator;
    result += *text;
    some_text = true;
  }
  return any ? Value::string(context.arena.copy(result)) : Value::null();
}

bool is_empty(const Value& value) {
  return value.is_null() || (value.kind() == Kind::String && value.as_text().empty());
}

Value coalesce(Arguments arguments, EvalContext&) {
  const auto found = std::find_if_not(arguments.begin(), arguments.end(), is_empty);
  return found == arguments.end() ? Value::null() : *found;
}

std::span<const Value> elements_of(const Value& value) {
  if (value.kind() == Kind::Many) return value.as_list();
  return value.is_null() ? std::span<const Value>() : std::span(&value, 1);
}

Value values(Arguments arguments, EvalContext& context) {
  size_t count = 0;
  for (const Value& argument : arguments) count += elements_of(argument).size();
  if (count == 0) return Value::null();
  const auto list = context.arena.allocate_array<Value>(count);
  auto to = list.begin();
  for (const Value& argument : arguments) {
    const std::span<const Value> elements = elements_of(argument);
    to = std::copy(elements.begin(), elements.end(), to);
  }
  return count == 1 ? list.front() : Value::many(list);
}

Value choose(Arguments arguments, EvalContext&) { return arguments[0].is_true() ? arguments[1] : arguments[2]; }

/// JSON without the blanks between its tokens.
std::string_view minified(std::string_view json, Arena& arena) {
  std::string result;
  result.reserve(json.size());
  bool quoted = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (quoted && c == '\\' && i + 1 < json.size()) result += json[i++];
    if (!quoted && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) continue;
    if (c == '"') quoted = !quoted;
    result += json[i];
  }
  return arena.copy(result);
}

Value json_text_of(const Value& value, Arena& arena) {
  return value.kind() == Kind::Dynamic ? Value::string(minified(value.as_text(), arena)) : value;
}

Value json_text(Arguments arguments, EvalContext& context) {
  const Value& value = arguments.front();
  if (value.kind() != Kind::Many) return json_text_of(value, context.arena);
  const auto texts = context.arena.allocate_array<Value>(value.as_list().size());
  for (size_t i = 0; i < texts.size(); ++i) texts[i] = json_text_of(value.as_list()[i], context.arena);
  return Value::many(texts);
}

/// The value of a member of `{"name": …, "value": …}`, under the names that vendors have for the two.
std::optional<std::string> named_member(std::string_view object, std::string_view name) {
  static constexpr std::array<std::string_view, 3> kNames{"name", "key", "displayname"};
  static constexpr std::array<std::string_view, 6> kValues{"value",    "newvalue",   "boolvalue",
                                                           "intvalue", "multivalue", "stringvalue"};
  const kql_support::JsonParts parts = kql_support::json_parts(object);
  if (!parts.is_object) return std::nullopt;
  const auto member = [&](std::string_view key) -> std::optional<std::string> {
    for (size_t i = 0; i < std::min(parts.keys.size(), parts.values.size()); ++i) {
      if (!equals_ignoring_case(parts.keys[i], key)) continue;
      const std::string_view value = parts.values[i];
      return value.starts_with('"') ? kql_support::json_unquote(value) : std::string(value);
    }
    return std::nullopt;
  };
  const bool same = std::any_of(kNames.begin(), kNames.end(), [&](std::string_view key) {
    const auto own = member(key);
    return own && equals_ignoring_case(*own, name);
  });
  if (!same) return std::nullopt;
  for (const std::string_view key : kValues) {
    if (auto value = member(key)) return value;
  }
  return std::nullopt;
}

std::optional<std::string> named_value(const Value& value, std::string_view name) {
  if (value.kind() == Kind::Many) {
    for (const Value& element : value.as_list()) {
      if (auto found = named_value(element, name)) return found;
    }
    return std::nullopt;
  }
  // An exporter may have written the array as a text.
  if (value.kind() != Kind::Dynamic && value.kind() != Kind::String) return std::nullopt;
  const auto canonical = kql_support::canonical_json(value.as_text());
  if (!canonical) return std::nullopt;
  const kql_support::JsonParts parts = kql_support::json_parts(*canonical);
  if (parts.is_object) return named_member(*canonical, name);
  if (!parts.is_array) return std::nullopt;
  for (const std::string_view element : parts.values) {
    if (auto found = named_member(element, name)) return found;
  }
  return std::nullopt;
}

Value named(Arguments arguments, EvalContext& context) {
  const auto found = named_value(arguments[0], text_or_empty(arguments[1], context.arena));
  return found ? Value::string(context.arena.copy(*found)) : Value::null();
}

Value join(Arguments arguments, EvalContext& context) {
  const std::string_view separator = text_or_empty(arguments[0], context.arena);
  const Value& value = arguments[1];
  if (value.kind() != Kind::Many) return value.kind() == Kind::Dynamic ? Value::null() : value;
  std::string result;
  for (const Value& element : value.as_list()) {
    const auto text = text_of(element, context.arena);
    if (!text) continue;
    if (!result.empty()) result += separator;
    result += *text;
  }
  return Value::string(context.arena.copy(result));
}

Value exists(Arguments arguments, EvalContext&) { return Value::boolean(!arguments[0].is_null()); }

Value first(Arguments arguments, EvalContext&) {
  const Value& value = arguments.front();
  if (value.kind() != Kind::Many) return value;
  return value.as_list().empty() ? Value::null() : value.as_list().front();
}

Value nth(Arguments arguments, EvalContext&) {
  const Value& value = arguments.front();
  const int64_t number = arguments[1].kind() == Kind::Long ? arguments[1].as_integer() : 0;
  if (number < 1 || value.kind() != Kind::Many) return number == 1 ? value : Value::null();
  const Arguments elements = value.as_list();
  return static_cast<uint64_t>(number) <= elements.size() ? elements[static_cast<size_t>(number - 1)] : Value::null();
}

using Test = bool (*)(std::string_view text, std::string_view pattern);

bool equal(std::string_view text, std::string_view pattern) { return text == pattern; }
bool starts(std::string_view text, std::string_view pattern) { return text.starts_with(pattern); }
bool ends(std::string_view text, std::string_view pattern) { return text.ends_with(pattern); }
bool holds(std::string_view text, std::string_view pattern) { return text.find(pattern) != std::string_view::npos; }

bool test_one(const Value& value, Test test, std::string_view pattern, Arena& arena) {
  const auto text = text_of(value, arena);
  return text && test(*text, pattern);
}

/// Two-valued like plan's Match: an absent operand or pattern does not match.
template <Test function>
Value test_texts(Arguments arguments, EvalContext& context) {
  const Value& value = arguments.front();
  for (const Value& argument : arguments.subspan(1)) {
    const auto pattern = text_of(argument, context.arena);
    if (!pattern) continue;
    const Arguments elements = value.kind() == Kind::Many ? value.as_list() : Arguments(&value, 1);
    for (const Value& element : elements) {
      if (test_one(element, function, *pattern, context.arena)) return Value::boolean(true);
    }
  }
  return Value::boolean(false);
}

// --- regex -------------------------------------------------------------------------------------------

Value regex(std::string_view text, Arguments arguments, EvalContext& context) {
  const auto pattern_text = text_of(arguments[1], context.arena);
  if (!pattern_text) return Value::null();
  const Pcre2Pattern& pattern = cached_pattern(*pattern_text);
  const int64_t number = arguments.size() > 2 && arguments[2].kind() == Kind::Long ? arguments[2].as_integer() : 0;
  if (number < 0 || !pattern.find(text)) return Value::null();
  const auto group = pattern.group(static_cast<size_t>(number));
  return group ? Value::string(text.substr(group->begin, group->end - group->begin)) : Value::null();
}

/// A group of every match, over all values.
Value regex_all(Arguments arguments, EvalContext& context) {
  const auto pattern_text = text_of(arguments[1], context.arena);
  const int64_t number = arguments.size() > 2 && arguments[2].kind() == Kind::Long ? arguments[2].as_integer() : 0;
  if (!pattern_text || number < 0) return Value::null();
  const Pcre2Pattern& pattern = cached_pattern(*pattern_text);
  std::vector<Value> found;
  for (const Value& element : elements_of(arguments[0])) {
    const auto text = text_of(element, context.arena);
    for (size_t at = 0; text && at <= text->size() && pattern.find(*text, at);) {
      const auto whole = pattern.group(0);
      const auto group = pattern.group(static_cast<size_t>(number));
      if (group) found.push_back(Value::string(text->substr(group->begin, group->end - group->begin)));
      at = whole->end > at ? whole->end : at + 1;
    }
  }
  if (found.empty()) return Value::null();
  const auto list = context.arena.allocate_array<Value>(found.size());
  std::copy(found.begin(), found.end(), list.begin());
  return found.size() == 1 ? list.front() : Value::many(list);
}

/// The sum of what is a number; absent where nothing is.
Value add(Arguments arguments, EvalContext& context) {
  double sum = 0;
  bool any = false;
  for (const Value& argument : arguments) {
    const auto text = text_of(argument, context.arena);
    double number = 0;
    if (!text || text->empty()) continue;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error != std::errc() || end != text->data() + text->size() || !std::isfinite(number)) continue;
    sum += number;
    any = true;
  }
  if (!any) return Value::null();
  constexpr double kExact = 9007199254740992.0;  // 2^53: up to it every whole number has a double of its own
  const bool whole = std::abs(sum) < kExact && sum == std::floor(sum);
  return whole ? Value::integer(static_cast<int64_t>(sum)) : Value::real(sum);
}

constexpr std::array kText{
    Function{"text.add", 1, -1, true, add, "The sum of the arguments that are numbers; absent where none is."},
    Function{"text.after_last", 2, 2, false, each<after_last>,
             "What follows the last separator; the whole text where there is none."},
    Function{"text.basename", 1, 1, false, each<basename>, "What follows the last `/`."},
    Function{"text.before_last", 2, 2, false, each<before_last>,
             "What precedes the last separator; absent where there is none."},
    Function{"text.coalesce", 1, -1, true, coalesce, "The first argument that is neither absent nor empty."},
    Function{"text.concat", 1, -1, true, concat,
             "The arguments joined; absent ones count as empty; absent where all are."},
    Function{"text.concat_ws", 2, -1, true, concat_ws,
             "Joins by the first argument; absent and empty parts are left out with their separator; absent where all "
             "parts are."},
    Function{"text.contains", 2, -1, true, test_texts<holds>, "Whether the text holds one of the others."},
    Function{"text.dirname", 1, 1, false, each<dirname>, "What precedes the last `/`; empty where there is none."},
    Function{"text.endswith", 2, -1, true, test_texts<ends>, "Whether the text ends with one of the others."},
    Function{"text.equals", 2, -1, true, test_texts<equal>, "Whether the text is one of the others, case-sensitive."},
    Function{"text.exists", 1, 1, true, exists, "Whether there is a value."},
    Function{"text.first", 1, 1, false, first, "The first of several values."},
    Function{"text.hash_part", 2, 2, false, each<hash_part>, "One algorithm's value of a text like `SHA1=…,MD5=…`."},
    Function{"text.hex2dec", 1, 1, false, each<hex2dec>, "A number like `0x1f4` in decimal; other texts as they are."},
    Function{"text.if", 3, 3, true, choose, "The second argument where the first is true, else the third."},
    Function{"text.join", 2, 2, false, join, "Several values joined by the first argument."},
    Function{"text.json", 1, 1, true, json_text, "Objects and arrays as their JSON text; other values as they are."},
    Function{"text.length", 1, 1, false, each<length>, "The number of characters."},
    Function{"text.lower", 1, 1, false, each<lower>, "The text case-folded."},
    Function{"text.map", 2, -1, true, each<map_text>,
             "The value beside the key that equals the text; the last argument where none does."},
    Function{"text.named", 2, 2, false, named,
             "The `value` of the object of a list whose `name` is the second argument."},
    Function{"text.nth", 2, 2, false, nth, "The value of that number among several; they count from 1."},
    Function{"text.null_if", 2, -1, false, each<null_if>, "The text, absent where it is one of the others."},
    Function{"text.regex", 2, 3, false, each<regex>,
             "A group (0: all) of the first match of a PCRE2 pattern; absent where there is none."},
    Function{"text.regex_all", 2, 3, false, regex_all, "A group (0: all) of every match of a PCRE2 pattern."},
    Function{"text.startswith", 2, -1, true, test_texts<starts>, "Whether the text begins with one of the others."},
    Function{"text.strip_braces", 1, 1, false, each<strip_braces>, "The text without the braces around it."},
    Function{"text.trim", 1, 1, false, each<trim_text>, "The text without blanks around it."},
    Function{"text.upper", 1, 1, false, each<upper>, "The text with its ASCII letters in capitals."},
    Function{"text.values", 1, -1, true, values, "The values of all arguments together."},
    Function{"text.win_basename", 1, 1, false, each<win_basename>, "What follows the last `\\` or `/`."},
};

}  // namespace

std::span<const Function> text_functions() { return kText; }

std::optional<std::string> regex_problem(std::string_view pattern, int64_t group) {
  const Pcre2Pattern compiled(pattern);
  if (!compiled.valid()) return compiled.error();
  if (group < 0 || static_cast<size_t>(group) > compiled.groups()) {
    return fmt::format("there is no group {}; the pattern has {}", group, compiled.groups());
  }
  return std::nullopt;
}

}  // namespace hecate
