#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"
#include "exec/functions/lookup.h"
#include "exec/functions/match.h"
#include "exec/functions/pcre2_pattern.h"
#include "exec/functions/spl_functions.h"

// What Splunk does with an event before a search sees it: extraction by the names that stand in the event itself.
namespace hecate::spl {
namespace {

constexpr size_t kMostValues = 1'000;

/// A key as a field is called: what is neither letter nor digit becomes `_`, leading digits and `_` go
/// (transforms.conf.spec, CLEAN_KEYS).
bool is_cleaned(std::string_view key, std::string_view name) {
  while (!key.empty() && !is_ascii_alpha(key.front())) key.remove_prefix(1);
  return key.size() == name.size() && std::equal(key.begin(), key.end(), name.begin(), [](char own, char wanted) {
           return wanted == (is_ascii_alnum(own) || own == '_' ? own : '_');
         });
}

bool is_called(std::string_view key, std::string_view name, bool clean) {
  return key == name || (clean && is_cleaned(key, name));
}

class Values {
 public:
  explicit Values(Arena& arena) : arena_(arena) {}
  /// Whether there may be more of them.
  bool add(std::string_view text) {
    found_.push_back(Value::string(text));
    return found_.size() < kMostValues;
  }
  [[nodiscard]] Value value() const {
    const auto copy = arena_.allocate_array<Value>(found_.size());
    std::copy(found_.begin(), found_.end(), copy.begin());
    return many_of(copy);
  }

 private:
  Arena& arena_;
  std::vector<Value> found_;
};

std::string_view text_of_group(const Pcre2Pattern& pattern, std::string_view text, size_t number) {
  const auto group = pattern.group(number);
  return group ? text.substr(group->begin, group->end - group->begin) : std::string_view();
}

bool of_key(char c) { return is_ascii_alnum(c) || c == '_' || c == '-' || c == '.' || c == ':' || c == '/'; }

/// The value that begins behind an `=`: in quotes, or up to a blank or what separates pairs.
std::string_view automatic_value(std::string_view text) {
  if (!text.empty() && (text.front() == '"' || text.front() == '\'')) {
    const size_t end = text.find(text.front(), 1);
    if (end != std::string_view::npos) return text.substr(1, end - 1);
  }
  return text.substr(0, text.find_first_of(" \t\r\n,;|&)]}\""));
}

}  // namespace

Value auto_kv(Arguments arguments, EvalContext& context) {
  const std::string_view text = value_text(arguments[0], context.arena);
  const std::string_view name = value_text(arguments[1], context.arena);
  // Of JSON and XML the keys are those of their structure.
  const std::string_view trimmed = hecate::trim(text);
  if (name.empty() || trimmed.starts_with('{') || trimmed.starts_with('<')) return Value::null();
  for (size_t at = text.find('='); at != std::string_view::npos; at = text.find('=', at + 1)) {
    size_t begin = at;
    while (begin > 0 && of_key(text[begin - 1])) --begin;
    if (!is_called(text.substr(begin, at - begin), name, true)) continue;
    const std::string_view value = automatic_value(text.substr(at + 1));
    if (!value.empty()) return Value::string(value);
  }
  return Value::null();
}

Value named_pair(Arguments arguments, EvalContext& context) {
  const Pcre2Pattern& pattern = cached_pattern(value_text(arguments[1], context.arena));
  const auto key = static_cast<size_t>(number_of(arguments[2]).value_or(1));
  const auto other = static_cast<size_t>(number_of(arguments[3]).value_or(2));
  const std::string_view name = value_text(arguments[4], context.arena);
  const bool clean = arguments[5].is_true();
  const bool several = arguments[6].is_true();
  Values found(context.arena);
  for (const Value& element : elements(arguments[0])) {
    const std::string_view text = value_text(element, context.arena);
    size_t from = 0;
    while (from <= text.size() && pattern.find(text, from)) {
      const auto whole = pattern.group(0);
      if (!whole) break;
      from = whole->end;
      if (whole->begin == whole->end) {  // on by a whole code point
        for (++from; from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0) == 0x80;) ++from;
      }
      if (!is_called(text_of_group(pattern, text, key), name, clean)) continue;
      if (!found.add(text_of_group(pattern, text, other)) || !several) return found.value();
    }
  }
  return found.value();
}

Value cut_field(Arguments arguments, EvalContext& context) {
  const std::string_view delimiters = value_text(arguments[1], context.arena);
  auto left = static_cast<size_t>(number_of(arguments[2]).value_or(0));
  Values found(context.arena);
  for (const Value& element : elements(arguments[0])) {
    std::string_view text = value_text(element, context.arena);
    for (size_t index = 0; index <= left; ++index) {
      bool quoted = false;
      size_t end = 0;
      for (; end < text.size() && (quoted || delimiters.find(text[end]) == std::string_view::npos); ++end) {
        if (text[end] == '"') quoted = !quoted;
      }
      std::string_view one = hecate::trim(text.substr(0, end));
      if (index == left) {
        if (one.size() >= 2 && one.front() == '"' && one.back() == '"') one = one.substr(1, one.size() - 2);
        if (!one.empty()) found.add(one);
      }
      if (end == text.size()) break;
      text.remove_prefix(end + 1);
    }
  }
  return found.value();
}

Value automatic_lookup(Arguments arguments, EvalContext& context) {
  if (context.run.automatic == nullptr) return Value::null();
  RunParameters run;
  run.tables = context.run.automatic;
  EvalContext with_tables{context.arena, run};
  return lookup(arguments, with_tables);
}

}  // namespace hecate::spl
