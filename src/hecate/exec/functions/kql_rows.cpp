#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "base/json_text.h"
#include "exec/functions/kql_support.h"

// What the operators of KQL are lowered to: mv-expand, range, make-series, plugins.
namespace hecate::kql_support {
namespace {

/// Rows, elements or bins that one value may become: what asks for more gets none.
constexpr int64_t kMostElements = 1'000'000;

/// mv-expand: the elements of an array; the keys of an object, each an object of its own or a pair; a scalar alone.
/// What is null is the text `null`, for a list cannot hold it.
Value elements(Arguments a, EvalContext& c) {
  static constexpr std::string_view kNull = "null";
  const auto one = [&](std::string_view json) {
    auto list = c.arena.allocate_array<Value>(1);
    list[0] = Value::string(json);
    return Value::many(list);
  };
  if (a[0].is_null() || !a[0].is_text()) return one(kNull);
  const JsonParts parts = json_parts(a[0].as_text());
  if (!parts.is_array && !parts.is_object) return one(a[0].as_text());
  auto list = c.arena.allocate_array<Value>(parts.values.size());
  for (size_t i = 0; i < parts.values.size(); ++i) {
    if (parts.is_array) {
      list[i] = Value::string(parts.values[i]);
      continue;
    }
    std::string json(1, a[1].is_true() ? '[' : '{');
    append_json_quoted(parts.keys[i], json);
    json += a[1].is_true() ? ',' : ':';
    json += parts.values[i];
    json += a[1].is_true() ? ']' : '}';
    list[i] = Value::string(c.arena.copy(json));
  }
  return list.empty() ? Value::null() : Value::many(list);
}

/// The values from `from` to `to`, both inclusive, as a dynamic array; numbers, datetimes or timespans.
Value steps(Arguments a, EvalContext& c) {
  std::string out = "[";
  const auto add = [&](const Value& value) {
    if (out.size() > 1) out += ',';
    append_dynamic(value, out, c);
  };
  const bool real = a[0].kind() == Kind::Real || a[1].kind() == Kind::Real || a[2].kind() == Kind::Real;
  if (real) {
    const double step = a[2].as_real();
    const double count = step == 0 ? -1 : std::floor((a[1].as_real() - a[0].as_real()) / step);
    if (!(count < kMostElements)) return Value::null();
    for (int64_t i = 0; static_cast<double>(i) <= count; ++i)
      add(Value::real(a[0].as_real() + static_cast<double>(i) * step));
    return dynamic_value(out + "]", c);
  }
  const int64_t to = a[1].as_integer();
  const int64_t step = a[2].as_integer();
  int64_t length = 0;
  if (step == 0 || step == INT64_MIN || __builtin_sub_overflow(to, a[0].as_integer(), &length) ||
      length / step > kMostElements)
    return Value::null();
  int64_t value = a[0].as_integer();
  for (bool more = true; more && (step > 0 ? value <= to : value >= to);) {
    add(a[0].kind() == Kind::Datetime   ? Value::datetime(value)
        : a[0].kind() == Kind::Timespan ? Value::timespan(value)
                                        : Value::integer(value));
    more = !__builtin_add_overflow(value, step, &value);
  }
  return dynamic_value(out + "]", c);
}

// --- make-series ---

/// (from, to, step): into how many bins of that width the span falls; `to` is exclusive (make-series-operator).
Value bin_count(Arguments a, EvalContext& /*c*/) {
  const double step = a[2].as_real();
  if (step == 0) return Value::integer(0);
  const double count = std::ceil((a[1].as_real() - a[0].as_real()) / step);
  return Value::integer(count >= 0 && count <= static_cast<double>(kMostElements) ? static_cast<int64_t>(count) : 0);
}
/// (value, from, step): the bin that the value falls into.
Value bin_index(Arguments a, EvalContext& /*c*/) {
  const double step = a[2].as_real();
  if (step == 0) return Value::null();
  if (a[0].kind() == Kind::Real || a[2].kind() == Kind::Real)
    return Value::integer(static_cast<int64_t>(std::floor((a[0].as_real() - a[1].as_real()) / step)));
  int64_t away = 0;
  const int64_t width = a[2].as_integer();
  if (width == -1 || __builtin_sub_overflow(a[0].as_integer(), a[1].as_integer(), &away)) return Value::null();
  return Value::integer(away / width - (away % width != 0 && (away < 0) != (width < 0) ? 1 : 0));
}
/// (from, step, count): where the bins begin, as a dynamic array.
Value bin_starts(Arguments a, EvalContext& c) {
  std::string out = "[";
  for (int64_t i = 0; i < std::min(a[2].as_integer(), kMostElements); ++i) {
    if (i > 0) out += ',';
    const bool real = a[0].kind() == Kind::Real || a[1].kind() == Kind::Real;
    const int64_t at = real ? 0 : a[0].as_integer() + i * a[1].as_integer();
    append_dynamic(real ? Value::real(a[0].as_real() + static_cast<double>(i) * a[1].as_real())
                   : a[0].kind() == Kind::Datetime ? Value::datetime(at)
                   : a[0].kind() == Kind::Timespan ? Value::timespan(at)
                                                   : Value::integer(at),
                   out, c);
  }
  return dynamic_value(out + "]", c);
}
/// (bins, values, count, default): the values at their bins, the default elsewhere.
Value bin_values(Arguments a, EvalContext& c) {
  const auto count = static_cast<size_t>(std::clamp<int64_t>(a[2].as_integer(), 0, kMostElements));
  std::string missing;
  append_dynamic(a[3], missing, c);
  std::vector<std::string_view> cells(count, missing);
  const JsonParts bins = json_parts(a[0].is_text() ? a[0].as_text() : "[]");
  const JsonParts values = json_parts(a[1].is_text() ? a[1].as_text() : "[]");
  for (size_t i = 0; i < std::min(bins.values.size(), values.values.size()); ++i) {
    const auto bin = to_long(bins.values[i]);
    if (bin && *bin >= 0 && static_cast<size_t>(*bin) < count && values.values[i] != "null")
      cells[static_cast<size_t>(*bin)] = values.values[i];
  }
  std::string out = "[";
  for (const std::string_view cell : cells) {
    if (out.size() > 1) out += ',';
    out += cell;
  }
  return dynamic_value(out + "]", c);
}

// --- columns that only the rows know ---

/// (rest, object, prefix): the rest of a row with the object's keys.
Value show_keys(Arguments a, EvalContext& c) {
  std::string out(a[0].is_text() && a[0].as_text().size() > 2 ? a[0].as_text().substr(0, a[0].as_text().size() - 1)
                                                              : "{");
  const JsonParts parts = json_parts(a[1].is_text() ? a[1].as_text() : "{}");
  for (size_t i = 0; i < parts.keys.size(); ++i) {
    if (out.size() > 1) out += ',';
    append_json_quoted(std::string(a[2].as_text()) + parts.keys[i], out);
    out += ':';
    out += parts.values[i];
  }
  return Value::dynamic(c.arena.copy(out + "}"));
}

/// An object without the keys whose values are null or empty texts.
Value bag_without_empty(Arguments a, EvalContext& c) {
  const JsonParts parts = json_parts(a[0].as_text());
  std::string out = "{";
  for (size_t i = 0; i < parts.keys.size(); ++i) {
    if (parts.values[i] == "null" || parts.values[i] == "\"\"") continue;
    if (out.size() > 1) out += ',';
    append_json_quoted(parts.keys[i], out);
    out += ':';
    out += parts.values[i];
  }
  return Value::dynamic(c.arena.copy(out + "}"));
}

/// (own, all, counts): a pivot's row: every column that any row has; what this one lacks is 0 of counts, else null.
Value pivot_row(Arguments a, EvalContext& c) {
  const JsonParts own = json_parts(a[0].is_text() ? a[0].as_text() : "{}");
  JsonParts all = json_parts(a[1].is_text() ? a[1].as_text() : "{}");
  std::sort(all.keys.begin(), all.keys.end());
  std::string out = "{";
  for (const std::string& key : all.keys) {
    const auto found = std::find(own.keys.begin(), own.keys.end(), key);
    if (out.size() > 1) out += ',';
    append_json_quoted(key, out);
    out += ':';
    out += found != own.keys.end() ? own.values[static_cast<size_t>(found - own.keys.begin())]
           : a[2].is_true()        ? std::string_view("0")
                                   : std::string_view("null");
  }
  return Value::dynamic(c.arena.copy(out + "}"));
}

/// (value, place): an array's element, or the value of an object's key, by its place.
Value value_at(Arguments a, EvalContext& c) {
  const JsonParts parts = json_parts(a[0].as_text());
  const auto at = static_cast<size_t>(a[1].as_integer());
  return at < parts.values.size() ? dynamic_value(parts.values[at], c) : Value::null();
}

/// A text by which dynamic values sort: numbers by value before texts.
Value sort_key(Arguments a, EvalContext& c) {
  const Value value = unwrap(a[0], c);
  if (value.kind() == Kind::Long || value.kind() == Kind::Real) {
    // The bits of a double order as its values do, once the sign is turned around.
    const double number = value.as_real();
    uint64_t bits = 0;
    std::memcpy(&bits, &number, sizeof bits);
    bits = (bits >> 63) != 0 ? ~bits : bits | (uint64_t{1} << 63);
    std::array<char, 17> text{};
    std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(bits));
    return string_value(std::string_view(text.data(), 16), c);
  }
  const std::string text = "~" + std::string(text_of(value, c));
  return string_value(text, c);
}

/// A text that mv-expand is given: JSON where it is JSON, else a text.
Value todynamic_text(Arguments a, EvalContext& c) {
  const std::string_view text = a[0].as_text();
  if (text.empty()) return Value::null();
  if (text[0] == '[' || text[0] == '{') {
    if (const auto json = canonical_json(text)) return Value::dynamic(c.arena.copy(*json));
  }
  std::string quoted;
  append_json_quoted(text, quoted);
  return Value::dynamic(c.arena.copy(quoted));
}

/// Any value as a dynamic one: a text is a text, not JSON.
Value pack_value(Arguments a, EvalContext& c) {
  std::string out;
  append_dynamic(a[0], out, c);
  return dynamic_value(out, c);
}

/// What another plan gives: only the tail knows it, where it is printed as a query (exec/tail/print_kusto.cpp).
Value of_another_plan(Arguments /*a*/, EvalContext& /*c*/) { return Value::undecided(); }

constexpr std::array kFunctions{
    Function{"kql.bag_without_empty", 1, 1, false, &bag_without_empty, "An object without what is empty."},
    Function{"kql.bin_count", 3, 3, false, &bin_count, "Into how many bins a span falls."},
    Function{"kql.bin_index", 3, 3, false, &bin_index, "The bin of a value."},
    Function{"kql.bin_starts", 3, 3, false, &bin_starts, "Where bins begin."},
    Function{"kql.bin_values", 4, 4, true, &bin_values, "Values at their bins, a default elsewhere."},
    Function{"kql.elements", 2, 2, true, &elements, "The elements of a dynamic value, a row each."},
    Function{"kql.in_relation", 3, 3, true, &of_another_plan, "Whether another plan's rows hold a value."},
    Function{"kql.scalar", 1, 1, true, &of_another_plan, "The value that another plan gives."},
    Function{"kql.pack_value", 1, 1, true, &pack_value, "Any value as a dynamic one."},
    Function{"kql.pivot_row", 3, 3, true, &pivot_row, "The row of a pivot."},
    Function{"kql.show_keys", 3, 3, true, &show_keys, "The rest of a row with an object's keys."},
    Function{"kql.sort_key", 1, 1, false, &sort_key, "A text by which dynamic values sort."},
    Function{"kql.todynamic_text", 1, 1, false, &todynamic_text, "A text as JSON, or as a text."},
    Function{"kql.value_at", 2, 2, false, &value_at, "The value at a place of an array or object."},
    Function{"kql.steps", 3, 3, false, &steps, "Values from one to another by steps."},
};

}  // namespace

std::span<const Function> row_functions() { return kFunctions; }

}  // namespace hecate::kql_support
