#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "base/text.h"
#include "exec/functions/spl_functions.h"

namespace hecate::spl {
namespace {

constexpr size_t kLongestText = size_t{16} << 20;

std::string_view text_of(const Value& value, EvalContext& context) { return value_text(value, context.arena); }

/// The byte at which the code point of this index begins, or the end.
size_t byte_of(std::string_view text, size_t index) {
  size_t at = 0;
  for (; at < text.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
    if (begins && index-- == 0) break;
  }
  return at;
}

std::string_view trimmed(Arguments arguments, EvalContext& context, bool left, bool right) {
  std::string_view text = text_of(arguments[0], context);
  const std::string_view set = arguments.size() > 1 ? text_of(arguments[1], context) : std::string_view(" \t\r\n");
  while (left && !text.empty() && set.find(text.front()) != std::string_view::npos) text.remove_prefix(1);
  while (right && !text.empty() && set.find(text.back()) != std::string_view::npos) text.remove_suffix(1);
  return text;
}

int hex_digit(char c) {
  if (is_ascii_digit(c)) return c - '0';
  const char lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// SQL's like over code points: % any run, _ one. Backtracks to the last % only, so the time stays quadratic at worst.
bool is_like(std::string_view text, std::string_view pattern) {
  const auto next = [](std::string_view in, size_t at) {
    for (++at; at < in.size() && (static_cast<unsigned char>(in[at]) & 0xC0) == 0x80;) ++at;
    return at;
  };
  size_t t = 0;
  size_t p = 0;
  size_t star = std::string_view::npos;
  size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '%') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == '_') {
      t = next(text, t);
      ++p;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++t;
      ++p;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = resume = next(text, resume);
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '%') ++p;
  return p == pattern.size();
}

std::string upper_case(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    utf8proc_int32_t code_point = 0;
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at);
    const utf8proc_ssize_t length =
        utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(text.size() - at), &code_point);
    if (length <= 0) {
      out += text[at++];
      continue;
    }
    utf8proc_uint8_t buffer[4];
    const utf8proc_ssize_t written = utf8proc_encode_char(utf8proc_toupper(code_point), buffer);
    out.append(reinterpret_cast<const char*>(buffer), static_cast<size_t>(written));
    at += static_cast<size_t>(length);
  }
  return out;
}

std::optional<int64_t> index_of(const Value& value) {
  const std::optional<double> number = number_of(value);
  if (!number || std::fabs(*number) > 1e12) return std::nullopt;
  return static_cast<int64_t>(std::trunc(*number));
}

Value copy_of(const std::vector<Value>& values, EvalContext& context) {
  const std::span<Value> copy = context.arena.allocate_array<Value>(values.size());
  std::copy(values.begin(), values.end(), copy.begin());
  return many_of(copy);
}

}  // namespace

Value many_of(std::span<const Value> values) {
  if (values.empty()) return Value::null();
  return values.size() == 1 ? values.front() : Value::many(values);
}

Value concat(Arguments arguments, EvalContext& context) {
  const std::string_view left = text_of(arguments[0], context);
  const std::string_view right = text_of(arguments[1], context);
  if (left.size() + right.size() > kLongestText) return Value::null();
  char* to = context.arena.allocate(left.size() + right.size() + 1);
  std::copy(left.begin(), left.end(), to);
  std::copy(right.begin(), right.end(), to + left.size());
  return Value::string({to, left.size() + right.size()});
}

Value lower(Arguments arguments, EvalContext& context) {
  return Value::string(context.arena.copy(fold_case(text_of(arguments[0], context))));
}
Value upper(Arguments arguments, EvalContext& context) {
  return Value::string(context.arena.copy(upper_case(text_of(arguments[0], context))));
}
Value len(Arguments arguments, EvalContext& context) {
  return Value::integer(static_cast<int64_t>(code_points(text_of(arguments[0], context))));
}
Value trim(Arguments arguments, EvalContext& context) { return Value::string(trimmed(arguments, context, true, true)); }
Value ltrim(Arguments arguments, EvalContext& context) {
  return Value::string(trimmed(arguments, context, true, false));
}
Value rtrim(Arguments arguments, EvalContext& context) {
  return Value::string(trimmed(arguments, context, false, true));
}

Value substr(Arguments arguments, EvalContext& context) {
  const std::string_view text = text_of(arguments[0], context);
  const std::optional<int64_t> from = index_of(arguments[1]);
  const std::optional<int64_t> count =
      arguments.size() > 2 ? index_of(arguments[2]) : std::optional<int64_t>(int64_t{1} << 40);
  if (!from || !count) return Value::null();
  const auto size = static_cast<int64_t>(code_points(text));
  // Positions count from 1; negative ones from the end (Search Reference, "Text functions").
  const int64_t begin = *from < 0 ? std::max<int64_t>(size + *from, 0) : std::max<int64_t>(*from - 1, 0);
  const int64_t end = std::min(size, begin + std::max<int64_t>(*count, 0));
  if (begin >= end) return Value::string("");
  const size_t first = byte_of(text, static_cast<size_t>(begin));
  return Value::string(text.substr(first, byte_of(text, static_cast<size_t>(end)) - first));
}

Value split(Arguments arguments, EvalContext& context) {
  const std::string_view text = text_of(arguments[0], context);
  const std::string_view delimiter = text_of(arguments[1], context);
  std::vector<Value> parts;
  if (delimiter.empty()) {  // every character is a value
    for (size_t at = 0; at < text.size();) {
      const size_t length = std::max<size_t>(byte_of(text.substr(at), 1), 1);
      parts.push_back(Value::string(text.substr(at, length)));
      at += length;
    }
    return copy_of(parts, context);
  }
  for (size_t at = 0;;) {
    const size_t found = text.find(delimiter, at);
    parts.push_back(Value::string(text.substr(at, found == std::string_view::npos ? found : found - at)));
    if (found == std::string_view::npos) return copy_of(parts, context);
    at = found + delimiter.size();
  }
}

Value urldecode(Arguments arguments, EvalContext& context) {
  const std::string_view text = text_of(arguments[0], context);
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    const int high = text[at] == '%' && at + 2 < text.size() ? hex_digit(text[at + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[at + 2]) : -1;
    if (low >= 0) {
      out += static_cast<char>(high * 16 + low);
      at += 2;
    } else {
      out += text[at];
    }
  }
  return Value::string(context.arena.copy(valid_utf8(out)));
}

Value like(Arguments arguments, EvalContext& context) {
  const std::string_view pattern = text_of(arguments[1], context);
  const auto values = elements(arguments[0]);
  return Value::boolean(std::any_of(values.begin(), values.end(),
                                    [&](const Value& value) { return is_like(text_of(value, context), pattern); }));
}

Value mvappend(Arguments arguments, EvalContext& context) {
  std::vector<Value> all;
  for (const Value& argument : arguments) {
    for (const Value& value : elements(argument)) all.push_back(Value::string(text_of(value, context)));
  }
  return copy_of(all, context);
}
Value mvcount(Arguments arguments, EvalContext&) {
  return Value::integer(static_cast<int64_t>(elements(arguments[0]).size()));
}

Value mvdedup(Arguments arguments, EvalContext& context) {
  std::vector<Value> sorted(elements(arguments[0]).begin(), elements(arguments[0]).end());
  std::vector<std::pair<std::string_view, size_t>> keys;
  for (size_t i = 0; i < sorted.size(); ++i) keys.emplace_back(text_of(sorted[i], context), i);
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end(), [](const auto& a, const auto& b) { return a.first == b.first; }),
             keys.end());
  std::sort(keys.begin(), keys.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  std::vector<Value> kept;
  for (const auto& [text, index] : keys) kept.push_back(sorted[index]);
  return copy_of(kept, context);
}

Value mvsort(Arguments arguments, EvalContext& context) {
  std::vector<Value> sorted(elements(arguments[0]).begin(), elements(arguments[0]).end());
  for (Value& value : sorted) value = Value::string(text_of(value, context));
  std::sort(sorted.begin(), sorted.end(), [](const Value& a, const Value& b) { return a.as_text() < b.as_text(); });
  return copy_of(sorted, context);
}

Value mvindex(Arguments arguments, EvalContext&) {
  const auto values = elements(arguments[0]);
  const auto size = static_cast<int64_t>(values.size());
  std::optional<int64_t> from = index_of(arguments[1]);
  std::optional<int64_t> to = arguments.size() > 2 ? index_of(arguments[2]) : from;
  if (!from || !to) return Value::null();
  if (*from < 0) *from += size;
  if (*to < 0) *to += size;
  if (*from < 0 || *from >= size || *to < *from) return Value::null();
  return many_of(values.subspan(static_cast<size_t>(*from), static_cast<size_t>(std::min(*to, size - 1) - *from + 1)));
}

/// The end is left out. The step is a number or a span of time such as "7d" (Search Reference, mvrange).
Value mvrange(Arguments arguments, EvalContext& context) {
  constexpr size_t kMost = 100'000;
  const std::optional<double> from = number_of(arguments[0]);
  const std::optional<double> to = number_of(arguments[1]);
  const std::optional<double> step = arguments.size() > 2 ? number_of(arguments[2]) : std::optional(1.0);
  const std::string span = step ? "" : "+" + std::string(text_of(arguments[2], context));
  if (!from || !to || (step && *step == 0)) return Value::null();
  std::vector<Value> values;
  std::optional<double> at = from;
  const auto inside = [&] { return step && *step < 0 ? *at > *to : *at < *to; };
  while (at && inside() && values.size() < kMost) {
    values.push_back(Value::string(text_of(Value::real(*at), context)));
    const std::optional<double> next = step ? std::optional(*at + *step) : move_time(*at, span, 0);
    if (next == at) break;
    at = next;
  }
  return at ? copy_of(values, context) : Value::null();
}

Value mvzip(Arguments arguments, EvalContext& context) {
  const auto left = elements(arguments[0]);
  const auto right = elements(arguments[1]);
  const std::string delimiter(arguments.size() > 2 ? text_of(arguments[2], context) : ",");
  std::vector<Value> pairs;
  for (size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
    std::string pair(text_of(left[i], context));
    pair += delimiter;
    pair += text_of(right[i], context);
    pairs.push_back(Value::string(context.arena.copy(pair)));
  }
  return copy_of(pairs, context);
}

Value makemv(Arguments arguments, EvalContext& context) {
  std::vector<Value> kept;
  for (const Value& value : elements(arguments[0])) {
    const std::array<Value, 2> one{value, arguments[1]};
    const Value parts = split(one, context);
    for (const Value& part : elements(parts)) {
      if (arguments[2].is_true() || !part.as_text().empty()) kept.push_back(part);
    }
  }
  return copy_of(kept, context);
}

Value mvjoin(Arguments arguments, EvalContext& context) {
  const std::string_view delimiter = text_of(arguments[1], context);
  std::string out;
  bool first = true;
  for (const Value& value : elements(arguments[0])) {
    if (!first) out += delimiter;
    first = false;
    out += text_of(value, context);
    if (out.size() > kLongestText) return Value::null();
  }
  return Value::string(context.arena.copy(out));
}

}  // namespace hecate::spl
