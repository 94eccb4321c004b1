#include <algorithm>
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

namespace {

/// `s/from/to/flags` and `y/from/to/`: the pieces between the character behind the letter.
struct Script {
  bool valid = false;
  bool exchange = false;
  std::string from, to;
  bool all = false;
  size_t nth = 1;
};

Script read_script(std::string_view text) {
  Script script;
  if (text.size() < 4 || (text[0] != 's' && text[0] != 'y')) return script;
  script.exchange = text[0] == 'y';
  const char mark = text[1];
  std::string* piece = &script.from;
  size_t at = 2;
  for (int marks = 0; at < text.size(); ++at) {
    if (text[at] == mark) {
      if (++marks == 2) break;
      piece = &script.to;
    } else {
      // A mark behind a backslash is itself.
      if (text[at] == '\\' && at + 1 < text.size()) {
        if (text[at + 1] != mark) *piece += text[at];
        ++at;
      }
      *piece += text[at];
    }
  }
  script.valid = at < text.size();
  size_t nth = 0;
  for (++at; at < text.size(); ++at) {
    if (text[at] == 'g') script.all = true;
    if (text[at] == 'i') script.from.insert(0, "(?i)");
    if (text[at] >= '0' && text[at] <= '9' && nth < 10'000) nth = nth * 10 + static_cast<size_t>(text[at] - '0');
  }
  if (nth != 0) script.nth = nth;
  return script;
}

std::string edited(const Script& script, std::string_view text) {
  std::string out;
  if (script.exchange) {
    for (const char c : text) {
      const size_t at = script.from.find(c);
      out += at == std::string::npos || at >= script.to.size() ? c : script.to[at];
    }
    return out;
  }
  const Pattern& pattern = cached_pattern(script.from);
  size_t copied = 0;
  size_t count = 0;
  for_each_match(pattern, text, [&](const Group& whole) {
    ++count;
    if (!script.all && count < script.nth) return true;
    out += text.substr(copied, whole.begin - copied);
    append_replacement(pattern, text, script.to, out);
    copied = whole.end;
    return script.all && out.size() < kLongestResult;
  });
  out += text.substr(copied);
  return out;
}

Value many_copy(const std::vector<Value>& values, EvalContext& context) {
  const std::span<Value> copy = context.arena.allocate_array<Value>(values.size());
  std::copy(values.begin(), values.end(), copy.begin());
  return many_of(copy);
}

}  // namespace

Value sed(Arguments arguments, EvalContext& context) {
  const Script script = read_script(value_text(arguments[1], context.arena));
  if (!script.valid) return arguments[0];
  std::vector<Value> values;
  for (const Value& value : elements(arguments[0]))
    values.push_back(Value::string(context.arena.copy(edited(script, value_text(value, context.arena)))));
  return many_copy(values, context);
}

Value tokens(Arguments arguments, EvalContext& context) {
  const Pattern& pattern = cached_pattern(value_text(arguments[1], context.arena));
  std::vector<Value> found;
  for (const Value& value : elements(arguments[0])) {
    const std::string_view text = value_text(value, context.arena);
    for_each_match(pattern, text, [&](const Group& whole) {
      const Group part = pattern.group(1).value_or(whole);
      found.push_back(Value::string(text.substr(part.begin, part.end - part.begin)));
      return true;
    });
  }
  return many_copy(found, context);
}

}  // namespace hecate::spl
