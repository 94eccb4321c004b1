#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "exec/functions/spl_functions.h"

namespace hecate::spl {
namespace {

constexpr uint32_t kMatchLimit = 1'000'000;
constexpr size_t kMostPatterns = 256;
constexpr size_t kLongestResult = size_t{16} << 20;
constexpr size_t kMostMatches = 10'000;

struct FreeCode {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};
struct FreeData {
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};
struct FreeContext {
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};

using Group = std::pair<size_t, size_t>;

/// A compiled expression with room for one match.
class Pattern {
 public:
  explicit Pattern(std::string_view text) {
    int error = 0;
    size_t offset = 0;
    code_.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                              PCRE2_UTF | PCRE2_MATCH_INVALID_UTF, &error, &offset, nullptr));
    if (!code_) return;
    pcre2_jit_compile(code_.get(), PCRE2_JIT_COMPLETE);
    data_.reset(pcre2_match_data_create_from_pattern(code_.get(), nullptr));
    context_.reset(pcre2_match_context_create(nullptr));
    pcre2_set_match_limit(context_.get(), kMatchLimit);
    pcre2_set_depth_limit(context_.get(), kMatchLimit / 10);
  }

  /// Finds the next match from `at`; the groups of it are then in group().
  bool find(std::string_view text, size_t at, uint32_t options = 0) const {
    if (!code_ || at > text.size()) return false;
    return pcre2_match(code_.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), at, options, data_.get(),
                       context_.get()) > 0;
  }
  [[nodiscard]] std::optional<Group> group(size_t number) const {
    if (number >= pcre2_get_ovector_count(data_.get())) return std::nullopt;
    const size_t* offsets = pcre2_get_ovector_pointer(data_.get());
    if (offsets[2 * number] == PCRE2_UNSET || offsets[2 * number] > offsets[2 * number + 1]) return std::nullopt;
    return Group{offsets[2 * number], offsets[2 * number + 1]};
  }
  [[nodiscard]] std::optional<size_t> group_number(const std::string& name) const {
    if (!code_) return std::nullopt;
    const int number = pcre2_substring_number_from_name(code_.get(), reinterpret_cast<PCRE2_SPTR>(name.c_str()));
    return number > 0 ? std::optional(static_cast<size_t>(number)) : std::nullopt;
  }

 private:
  std::unique_ptr<pcre2_code, FreeCode> code_;
  std::unique_ptr<pcre2_match_data, FreeData> data_;
  std::unique_ptr<pcre2_match_context, FreeContext> context_;
};

/// Compiled once for each thread: functions are called row by row and have no place of their own to keep state. It only
/// saves work, and is emptied where hostile data makes ever new patterns.
const Pattern& pattern_of(std::string_view text) {
  thread_local std::unordered_map<std::string, std::unique_ptr<Pattern>> cache;
  const auto found = cache.find(std::string(text));
  if (found != cache.end()) return *found->second;
  if (cache.size() >= kMostPatterns) cache.clear();
  return *cache.emplace(std::string(text), std::make_unique<Pattern>(text)).first->second;
}

/// Calls `visit` for each match until it says stop. An empty match moves on by a whole code point.
template <typename Visit>
void for_each_match(const Pattern& pattern, std::string_view text, Visit visit) {
  size_t at = 0;
  for (size_t count = 0; count < kMostMatches && pattern.find(text, at); ++count) {
    const std::optional<Group> whole = pattern.group(0);
    if (!whole || !visit(*whole)) return;
    at = whole->second;
    if (whole->first == whole->second) {
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
    if (group) out += text.substr(group->first, group->second - group->first);
  }
}

}  // namespace

Value match(Arguments arguments, EvalContext& context) {
  const Pattern& pattern = pattern_of(value_text(arguments[1], context.arena));
  for (const Value& value : elements(arguments[0])) {
    if (pattern.find(value_text(value, context.arena), 0)) return Value::boolean(true);
  }
  return Value::boolean(false);
}

Value mvfind(Arguments arguments, EvalContext& context) {
  const Pattern& pattern = pattern_of(value_text(arguments[1], context.arena));
  const auto values = elements(arguments[0]);
  for (size_t i = 0; i < values.size(); ++i) {
    if (pattern.find(value_text(values[i], context.arena), 0)) return Value::integer(static_cast<int64_t>(i));
  }
  return Value::null();
}

Value replace(Arguments arguments, EvalContext& context) {
  const std::string_view text = value_text(arguments[0], context.arena);
  const Pattern& pattern = pattern_of(value_text(arguments[1], context.arena));
  const std::string_view replacement = value_text(arguments[2], context.arena);
  std::string out;
  size_t copied = 0;
  for_each_match(pattern, text, [&](const Group& whole) {
    out += text.substr(copied, whole.first - copied);
    append_replacement(pattern, text, replacement, out);
    copied = whole.second;
    return out.size() < kLongestResult;
  });
  out += text.substr(copied);
  return Value::string(context.arena.copy(out));
}

Value rex(Arguments arguments, EvalContext& context) {
  const Pattern& pattern = pattern_of(value_text(arguments[1], context.arena));
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
      if (group) found.push_back(Value::string(text.substr(group->first, group->second - group->first)));
      return ++matches < limit;
    });
  }
  const std::span<Value> copy = context.arena.allocate_array<Value>(found.size());
  std::copy(found.begin(), found.end(), copy.begin());
  return many_of(copy);
}

}  // namespace hecate::spl
