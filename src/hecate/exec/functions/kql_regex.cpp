#include <re2/re2.h>

#include <algorithm>
#include <memory>
#include <unordered_map>

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
  auto regex = std::make_unique<RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
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

/// extract-all-function: an array of texts where there is one group, else an array of arrays; null without match.
Value extract_all(Arguments a, EvalContext& c) {
  const RE2* regex = compiled(text_of(a[0], c));
  if (regex == nullptr || regex->NumberOfCapturingGroups() == 0) return Value::null();
  const auto count = static_cast<size_t>(regex->NumberOfCapturingGroups()) + 1;
  std::vector<re2::StringPiece> groups(count);
  const std::string_view text = text_of(a[1], c);
  std::string out;
  for (size_t at = 0; at <= text.size();) {
    if (!regex->Match(piece(text), at, text.size(), RE2::UNANCHORED, groups.data(), static_cast<int>(count))) break;
    out += out.empty() ? "[" : ",";
    if (count > 2) out += '[';
    for (size_t i = 1; i < count; ++i) {
      if (i > 1) out += ',';
      append_value_json(Value::string(view(groups[i])), out);
    }
    if (count > 2) out += ']';
    const auto end = static_cast<size_t>(groups[0].data() - text.data()) + groups[0].size();
    at = groups[0].empty() ? end + 1 : end;
  }
  return out.empty() ? Value::null() : Value::dynamic(c.arena.copy(out + "]"));
}

Value replace_in(std::string_view text, std::string_view pattern, std::string_view rewrite, EvalContext& c) {
  const RE2* regex = compiled(pattern);
  if (regex == nullptr) return Value::string(text);
  std::string out(text);
  RE2::GlobalReplace(&out, *regex, piece(rewrite));
  return string_value(out, c);
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
    {"kql.extract_all", 2, 2, true, &extract_all, "The groups of all matches."},
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
