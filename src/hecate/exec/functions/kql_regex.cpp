#include <re2/re2.h>

#include <algorithm>
#include <memory>
#include <unordered_map>

#include "base/json_text.h"
#include "base/kusto_regex.h"
#include "base/text.h"
#include "exec/functions/kql_support.h"

namespace hecate::kql_support {

namespace {

/// Compiling costs a thousand times what matching does, and a query's patterns are few: each thread keeps the
/// last ones. Only a cache: dropping it changes no result.
const RE2* compiled(std::string_view pattern) {
  constexpr size_t kKept = 256;
  thread_local std::unordered_map<std::string, std::unique_ptr<RE2>> cache;
  const auto found = cache.find(std::string(pattern));
  if (found != cache.end()) return found->second->ok() ? found->second.get() : nullptr;
  if (cache.size() >= kKept) cache.clear();
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(int64_t{8} << 20);
  auto regex = std::make_unique<RE2>(re2_pattern(pattern), options);
  const RE2* result = regex->ok() ? regex.get() : nullptr;
  cache.emplace(pattern, std::move(regex));
  return result;
}

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }
std::string_view view(re2::StringPiece text) {
  return text.data() == nullptr ? std::string_view() : std::string_view(text.data(), text.size());
}

Value matches(Arguments a, EvalContext& c) {
  const RE2* regex = compiled(text_of(a[1], c));
  return Value::boolean(regex != nullptr && RE2::PartialMatch(piece(text_of(a[0], c)), *regex));
}

/// extract-function: group 0 is the whole match; no match gives "".
Value extract(Arguments a, EvalContext& c) {
  const RE2* regex = compiled(text_of(a[0], c));
  if (regex == nullptr || a[1].is_null()) return Value::string("");
  const int64_t group = a[1].as_integer();
  if (group < 0 || group > regex->NumberOfCapturingGroups()) return Value::string("");
  std::vector<re2::StringPiece> groups(static_cast<size_t>(group) + 1);
  const std::string_view text = text_of(a[2], c);
  if (!regex->Match(piece(text), 0, text.size(), RE2::UNANCHORED, groups.data(), static_cast<int>(groups.size())))
    return Value::string("");
  return Value::string(c.arena.copy(view(groups.back())));
}

/// The groups that the second of three arguments asks for, by number or name; those that the expression does not
/// have are passed over, and where none is left all are taken.
std::vector<size_t> asked_groups(const Value& asked, const RE2& regex, EvalContext& c) {
  const auto count = static_cast<size_t>(regex.NumberOfCapturingGroups());
  std::vector<size_t> groups;
  const auto list = array_of(asked);
  for (const std::string_view element : list ? list->values : std::vector<std::string_view>()) {
    const Value value = unwrap(Value::dynamic(element), c);
    if (value.kind() == Kind::String) {
      const auto found = regex.NamedCapturingGroups().find(std::string(value.as_text()));
      if (found != regex.NamedCapturingGroups().end()) groups.push_back(static_cast<size_t>(found->second));
    } else if (value.kind() == Kind::Long && value.as_integer() >= 1 &&
               value.as_integer() <= static_cast<int64_t>(count)) {
      groups.push_back(static_cast<size_t>(value.as_integer()));
    }
  }
  if (!groups.empty()) return groups;
  for (size_t i = 1; i <= count; ++i) groups.push_back(i);
  return groups;
}
/// extract-all-function: an array of texts where there is one group, else an array of arrays; null without match.
Value extract_all(Arguments a, EvalContext& c) {
  const RE2* regex = compiled(text_of(a[0], c));
  if (regex == nullptr || regex->NumberOfCapturingGroups() == 0) return Value::null();
  const std::vector<size_t> asked = asked_groups(a.size() > 2 ? a[1] : Value::null(), *regex, c);
  const auto count = static_cast<size_t>(regex->NumberOfCapturingGroups()) + 1;
  std::vector<re2::StringPiece> groups(count);
  const std::string_view text = text_of(a.back(), c);
  ArrayWriter out;
  for (size_t at = 0; at <= text.size();) {
    if (!regex->Match(piece(text), at, text.size(), RE2::UNANCHORED, groups.data(), static_cast<int>(count))) break;
    ArrayWriter row;
    for (const size_t group : asked) row.add(json_quote(view(groups[group])));
    const std::string json = row.text();
    out.add(asked.size() == 1 ? std::string_view(json).substr(1, json.size() - 2) : std::string_view(json));
    if (out.full()) return Value::null();
    const auto end = static_cast<size_t>(groups[0].data() - text.data()) + groups[0].size();
    at = groups[0].empty() ? end + 1 : end;
  }
  return out.size() == 0 ? Value::null() : out.finish(c);
}

size_t characters(std::string_view text) { return code_points(text); }
/// The byte at which a character begins.
size_t byte_of(std::string_view text, int64_t character) {
  size_t at = 0;
  for (; character > 0 && at < text.size(); --character) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
  }
  return at;
}
/// As indexof, but bad bounds give null, and matches do not overlap (indexof-regex-function).
Value index_of(Arguments a, EvalContext& c) {
  const auto number = [&](size_t i, int64_t otherwise) { return a.size() > i ? a[i].as_integer() : otherwise; };
  if (std::any_of(a.begin() + 2, a.end(), [](const Value& value) { return value.is_null(); })) return Value::null();
  const int64_t length = number(3, -1);
  int64_t occurrence = number(4, 1);
  if (number(2, 0) < 0 || length < -1 || occurrence < 1) return Value::null();
  const RE2* regex = compiled(text_of(a[1], c));
  const std::string_view text = text_of(a[0], c);
  const size_t from = byte_of(text, number(2, 0));
  const size_t end = length < 0 ? text.size() : from + byte_of(text.substr(from), length);
  re2::StringPiece match;
  for (size_t at = from; regex != nullptr && at <= end;) {
    if (!regex->Match(piece(text), at, end, RE2::UNANCHORED, &match, 1)) break;
    const auto found = static_cast<size_t>(match.data() - text.data());
    if (--occurrence == 0) return Value::integer(static_cast<int64_t>(characters(text.substr(0, found))));
    at = found + std::max<size_t>(match.size(), 1);
  }
  return Value::integer(-1);
}
Value quote(Arguments a, EvalContext& c) {
  std::string out;
  for (const char ch : text_of(a[0], c)) {
    if (std::string_view("\\.+*?()|[]{}^$#&-~").find(ch) != std::string_view::npos) out += '\\';
    out += ch;
  }
  return string_value(out, c);
}

Value replace_in(std::string_view text, std::string_view pattern, std::string_view rewrite, EvalContext& c) {
  const RE2* regex = compiled(pattern);
  if (regex == nullptr) return Value::string(text);
  // RE2 knows \0 to \9; Kusto's $1 is not one.
  std::string problem;
  if (!regex->CheckRewriteString(piece(rewrite), &problem)) return Value::string(text);
  std::string out(text);
  RE2::GlobalReplace(&out, *regex, piece(rewrite));
  return out.size() > kLargestText + text.size() ? Value::string("") : string_value(out, c);
}
Value replace(Arguments a, EvalContext& c) {
  return replace_in(text_of(a[0], c), text_of(a[1], c), text_of(a[2], c), c);
}
Value replace_old(Arguments a, EvalContext& c) {
  return replace_in(text_of(a[2], c), text_of(a[0], c), text_of(a[1], c), c);
}

std::string_view trim_start_of(std::string_view text, const RE2& regex) {
  re2::StringPiece match;
  if (regex.Match(piece(text), 0, text.size(), RE2::ANCHOR_START, &match, 1)) text.remove_prefix(match.size());
  return text;
}
/// The leftmost match that reaches the end.
std::string_view trim_end_of(std::string_view text, std::string_view pattern) {
  const RE2* anchored = compiled("(?:" + std::string(pattern) + ")\\z");
  re2::StringPiece match;
  if (anchored != nullptr && anchored->Match(piece(text), 0, text.size(), RE2::UNANCHORED, &match, 1))
    text.remove_suffix(match.size());
  return text;
}
Value trim_start(Arguments a, EvalContext& c) {
  const RE2* regex = compiled(text_of(a[0], c));
  const std::string_view text = text_of(a[1], c);
  return Value::string(regex == nullptr ? text : trim_start_of(text, *regex));
}
Value trim_end(Arguments a, EvalContext& c) { return Value::string(trim_end_of(text_of(a[1], c), text_of(a[0], c))); }
Value trim_both(Arguments a, EvalContext& c) {
  const std::string_view pattern = text_of(a[0], c);
  const std::string_view text = trim_end_of(text_of(a[1], c), pattern);
  const RE2* regex = compiled(pattern);
  return Value::string(regex == nullptr ? text : trim_start_of(text, *regex));
}

/// countof-function: texts may overlap, matches of a regex may not.
Value count_of(Arguments a, EvalContext& c) {
  const std::string_view text = text_of(a[0], c);
  const std::string_view needle = text_of(a[1], c);
  int64_t count = 0;
  if (a.size() > 2 && text_of(a[2], c) == "regex") {
    const RE2* regex = compiled(needle);
    re2::StringPiece match;
    for (size_t at = 0; regex != nullptr && at <= text.size();) {
      if (!regex->Match(piece(text), at, text.size(), RE2::UNANCHORED, &match, 1)) break;
      ++count;
      at = static_cast<size_t>(match.data() - text.data()) + std::max<size_t>(match.size(), 1);
    }
    return Value::integer(count);
  }
  if (needle.empty()) return Value::integer(0);
  for (size_t at = text.find(needle); at != std::string_view::npos; at = text.find(needle, at + 1)) ++count;
  return Value::integer(count);
}

constexpr Function kFunctions[] = {
    {"kql.matches_regex", 2, 2, true, &matches, "matches regex."},
    {"kql.extract", 3, 3, true, &extract, "A group of a match."},
    {"kql.indexof_regex", 2, 5, true, &index_of, "Where a regular expression matches, or -1."},
    {"kql.regex_quote", 1, 1, true, &quote, "A text with the signs of regular expressions escaped."},
    {"kql.extract_all", 2, 3, true, &extract_all, "The groups of all matches."},
    {"kql.replace_regex", 3, 3, true, &replace, "Replaces all matches."},
    {"kql.replace_regex_old", 3, 3, true, &replace_old, "replace(regex, rewrite, text)."},
    {"kql.trim", 2, 2, true, &trim_both, "Cuts matches at both ends."},
    {"kql.trim_start", 2, 2, true, &trim_start, "Cuts a match at the start."},
    {"kql.trim_end", 2, 2, true, &trim_end, "Cuts a match at the end."},
    {"kql.countof", 2, 3, true, &count_of, "How often a text occurs."},
};

}  // namespace

std::span<const Function> regex_functions() { return kFunctions; }

}  // namespace hecate::kql_support
