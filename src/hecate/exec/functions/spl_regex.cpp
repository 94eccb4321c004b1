#include <string>
#include <vector>

#include "exec/functions/pcre2_pattern.h"
#include "exec/functions/spl_functions.h"

namespace hecate::spl {
namespace {

constexpr size_t kLongestResult = size_t{16} << 20;
constexpr size_t kMostMatches = 10'000;

using Pattern = Pcre2Pattern;
using Group = Pattern::Group;

/// Calls `visit` for each match until it says stop. An empty match moves on by a whole code point.
template <typename Visit>
void for_each_match(const Pattern& pattern, std::string_view text, Visit visit) {
  size_t at = 0;
  for (size_t count = 0; count < kMostMatches && pattern.find(text, at); ++count) {
    const std::optional<Group> whole = pattern.group(0);
    if (!whole || !visit(*whole)) return;
    at = whole->end;
    if (whole->begin == whole->end) {
      for (++at; at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;) ++at;
    }
  }
}

/// A replacement's `\1` and `\0` (Search Reference, replace).
void append_replacement(const Pattern& pattern, std::string_view text, std::string_view replacement, std::string& out) {
  for (size_t i = 0; i < replacement.size(); ++i) {
    const bool reference =
        replacement[i] == '\\' && i + 1 < replacement.size() && replacement[i + 1] >= '0' && replacement[i + 1] <= '9';
    if (!reference) {
      out += replacement[i];
      continue;
    }
    const auto group = pattern.group(static_cast<size_t>(replacement[++i] - '0'));
    if (group) out += text.substr(group->begin, group->end - group->begin);
  }
}

}  // namespace

Value match(Arguments arguments, EvalContext& context) {
  const Pattern& pattern = cached_pattern(value_text(arguments[1], context.arena));
  for (const Value& value : elements(arguments[0])) {
    if (pattern.find(value_text(value, context.arena), 0)) return Value::boolean(true);
  }
  return Value::boolean(false);
}

Value mvfind(Arguments arguments, EvalContext& context) {
  const Pattern& pattern = cached_pattern(value_text(arguments[1], context.arena));
  const auto values = elements(arguments[0]);
  for (size_t i = 0; i < values.size(); ++i) {
    if (pattern.find(value_text(values[i], context.arena), 0)) return Value::integer(static_cast<int64_t>(i));
  }
  return Value::null();
}

Value replace(Arguments arguments, EvalContext& context) {
  const std::string_view text = value_text(arguments[0], context.arena);
  const Pattern& pattern = cached_pattern(value_text(arguments[1], context.arena));
  const std::string_view replacement = value_text(arguments[2], context.arena);
  std::string out;
  size_t copied = 0;
  for_each_match(pattern, text, [&](const Group& whole) {
    out += text.substr(copied, whole.begin - copied);
    append_replacement(pattern, text, replacement, out);
    copied = whole.end;
    return out.size() < kLongestResult;
  });
  out += text.substr(copied);
  return Value::string(context.arena.copy(out));
}

Value rex(Arguments arguments, EvalContext& context) {
  const Pattern& pattern = cached_pattern(value_text(arguments[1], context.arena));
  const std::optional<size_t> number = pattern.group_number(std::string(value_text(arguments[2], context.arena)));
  const std::optional<double> most = number_of(arguments[3]);
  if (!number || !most) return Value::null();
  const size_t limit = *most <= 0 ? kMostMatches : static_cast<size_t>(*most);  // max_match=0: all of them
  std::vector<Value> found;
  for (const Value& value : elements(arguments[0])) {
    const std::string_view text = value_text(value, context.arena);
    size_t matches = 0;
    for_each_match(pattern, text, [&](const Group&) {
      const auto group = pattern.group(*number);
      if (group) found.push_back(Value::string(text.substr(group->begin, group->end - group->begin)));
      return ++matches < limit;
    });
  }
  const std::span<Value> copy = context.arena.allocate_array<Value>(found.size());
  std::copy(found.begin(), found.end(), copy.begin());
  return many_of(copy);
}

}  // namespace hecate::spl
