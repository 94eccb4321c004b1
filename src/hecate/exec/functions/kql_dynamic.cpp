#include <algorithm>
#include <cmath>
#include <limits>

#include "base/json_text.h"
#include "base/text.h"
#include "base/time.h"
#include "exec/functions/kql_support.h"

namespace hecate::kql_support {
namespace {

/// https://learn.microsoft.com/kusto/query/parse-json-function: what is not JSON is kept as a string.
Value parse(Arguments a, EvalContext& c) {
  if (a[0].kind() == Kind::Dynamic) {
    // parse_json of a dynamic string reads that string.
    const Value inner = unwrap(a[0], c);
    if (inner.kind() != Kind::String) return a[0];
    const auto nested = canonical_json(inner.as_text());
    return nested ? dynamic_value(*nested, c) : a[0];
  }
  std::string json;
  if (a[0].kind() != Kind::String) {
    append_dynamic(a[0], json, c);
    return dynamic_value(json, c);
  }
  if (trim(a[0].as_text()).empty()) return Value::null();
  if (const auto canonical = canonical_json(a[0].as_text())) return dynamic_value(*canonical, c);
  append_json_quoted(a[0].as_text(), json);
  return dynamic_value(json, c);
}

Value member(Arguments a, EvalContext& c) {
  if (a[0].kind() != Kind::Dynamic) return Value::null();
  const JsonParts parts = json_parts(a[0].as_text());
  const std::string_view wanted = text_of(a[1], c);
  for (size_t i = 0; i < std::min(parts.keys.size(), parts.values.size()); ++i) {
    if (parts.keys[i] == wanted) return dynamic_value(parts.values[i], c);
  }
  return Value::null();
}
/// Negative indexes count from the end; a bad one is null (scalar-data-types/dynamic).
Value element(Arguments a, EvalContext& c) {
  if (a[0].kind() != Kind::Dynamic) return Value::null();
  const JsonParts parts = json_parts(a[0].as_text());
  const auto count = static_cast<int64_t>(parts.values.size());
  int64_t index = a[1].as_integer();
  if (index < 0) index += count;
  if (!parts.is_array || index < 0 || index >= count) return Value::null();
  return dynamic_value(parts.values[static_cast<size_t>(index)], c);
}

std::string json_of(const Value& value) {
  std::string json;
  append_value_json(value, json);
  return json;
}
std::string join(const std::vector<std::string_view>& values) {
  std::string out = "[";
  for (const std::string_view value : values) {
    if (out.size() > 1) out += ',';
    out += value;
  }
  return out + "]";
}

Value array_length(Arguments a, EvalContext&) {
  const JsonParts parts = json_parts(a[0].is_text() ? a[0].as_text() : std::string_view());
  return parts.is_array ? Value::integer(static_cast<int64_t>(parts.values.size())) : Value::null();
}
Value array_concat(Arguments a, EvalContext& c) {
  std::vector<std::string_view> all;
  for (const Value& value : a) {
    const JsonParts parts = json_parts(value.is_text() ? value.as_text() : std::string_view());
    if (!parts.is_array) return Value::null();
    all.insert(all.end(), parts.values.begin(), parts.values.end());
  }
  return dynamic_value(join(all), c);
}
Value array_slice(Arguments a, EvalContext& c) {
  const JsonParts parts = json_parts(a[0].as_text());
  if (!parts.is_array) return Value::null();
  const auto count = static_cast<int64_t>(parts.values.size());
  const auto place = [&](int64_t index) {
    return index < 0 ? std::max<int64_t>(index, -count) + count : std::min(index, count);
  };
  const int64_t first = place(a[1].as_integer());
  const int64_t last = std::min(place(a[2].as_integer()), count - 1);
  if (first > last) return dynamic_value("[]", c);
  return dynamic_value(join({parts.values.begin() + first, parts.values.begin() + last + 1}), c);
}
int64_t find_in(const Value& array, const Value& wanted) {
  const JsonParts parts = json_parts(array.is_text() ? array.as_text() : std::string_view());
  const std::string json = json_of(wanted);
  const auto found = std::find(parts.values.begin(), parts.values.end(), json);
  return parts.is_array && found != parts.values.end() ? found - parts.values.begin() : -1;
}
Value array_index_of(Arguments a, EvalContext&) { return Value::integer(find_in(a[0], a[1])); }
Value set_has_element(Arguments a, EvalContext&) { return Value::boolean(find_in(a[0], a[1]) >= 0); }

Value bag_keys(Arguments a, EvalContext& c) {
  const JsonParts parts = json_parts(a[0].as_text());
  if (!parts.is_object) return Value::null();
  std::string out = "[";
  for (const std::string& key : parts.keys) {
    if (out.size() > 1) out += ',';
    append_json_quoted(key, out);
  }
  return dynamic_value(out + "]", c);
}
/// bag-has-key-function: a key that begins with `$` is a path, `$.a.b`.
Value bag_has_key(Arguments a, EvalContext& c) {
  std::string_view path = text_of(a[1], c);
  std::string_view json = a[0].is_text() ? a[0].as_text() : std::string_view();
  const bool deep = path.starts_with("$.");
  if (deep) path.remove_prefix(2);
  while (true) {
    const size_t dot = deep ? path.find('.') : std::string_view::npos;
    const JsonParts parts = json_parts(json);
    const auto found = std::find(parts.keys.begin(), parts.keys.end(), path.substr(0, dot));
    if (found == parts.keys.end() || dot == std::string_view::npos) return Value::boolean(found != parts.keys.end());
    json = parts.values[static_cast<size_t>(found - parts.keys.begin())];
    path.remove_prefix(dot + 1);
  }
}
Value pack_array(Arguments a, EvalContext& c) {
  std::string out = "[";
  for (const Value& value : a) {
    if (out.size() > 1) out += ',';
    append_dynamic(value, out, c);
  }
  return dynamic_value(out + "]", c);
}
Value bag_pack(Arguments a, EvalContext& c) {
  std::string out = "{";
  for (size_t i = 0; i + 1 < a.size(); i += 2) {
    if (out.size() > 1) out += ',';
    append_json_quoted(text_of(a[i], c), out);
    out += ':';
    append_dynamic(a[i + 1], out, c);
  }
  return dynamic_value(out + "}", c);
}
Value strcat_array(Arguments a, EvalContext& c) {
  std::string out;
  bool first = true;
  for (const std::string_view value : json_parts(a[0].is_text() ? a[0].as_text() : std::string_view()).values) {
    if (!first) out += text_of(a[1], c);
    first = false;
    out += text_of(Value::dynamic(value), c);
  }
  return string_value(out, c);
}

// --- conversions ---

Value ticks_since_year_one(Ticks ticks) {
  int64_t count = 0;
  return __builtin_sub_overflow(ticks, ticks_from_civil(1, 1, 1, 0, 0, 0), &count) ? Value::null()
                                                                                   : Value::integer(count);
}
Value to_long_value(Arguments a, EvalContext& c) {
  const Value value = unwrap(a[0], c);
  switch (value.kind()) {
    case Kind::Long:
    case Kind::Bool:
    case Kind::Timespan: return Value::integer(value.as_integer());
    // Kusto counts ticks from the year 1 (scalar-data-types/datetime).
    case Kind::Datetime: return ticks_since_year_one(value.as_ticks());
    case Kind::Real:
      return std::fabs(value.as_real()) < 9.2e18 ? Value::integer(static_cast<int64_t>(value.as_real()))
                                                 : Value::null();
    case Kind::String: {
      if (const auto whole = to_long(value.as_text())) return Value::integer(*whole);
      const auto real = to_real(value.as_text());
      return real && std::fabs(*real) < 9.2e18 ? Value::integer(static_cast<int64_t>(*real)) : Value::null();
    }
    default: return Value::null();
  }
}
Value to_int_value(Arguments a, EvalContext& c) {
  const Value value = to_long_value(a, c);
  const bool fits = !value.is_null() && value.as_integer() >= std::numeric_limits<int32_t>::min() &&
                    value.as_integer() <= std::numeric_limits<int32_t>::max();
  return fits ? value : Value::null();
}
Value to_real_value(Arguments a, EvalContext& c) {
  const Value value = unwrap(a[0], c);
  if (value.kind() == Kind::Real || value.kind() == Kind::Long || value.kind() == Kind::Bool)
    return Value::real(value.as_real());
  const auto real = value.kind() == Kind::String ? to_real(value.as_text()) : std::nullopt;
  return real ? Value::real(*real) : Value::null();
}
Value to_bool_value(Arguments a, EvalContext& c) {
  const Value value = unwrap(a[0], c);
  if (value.kind() == Kind::Bool) return value;
  if (value.kind() == Kind::Long) return Value::boolean(value.as_integer() != 0);
  if (value.kind() != Kind::String) return Value::null();
  const std::string_view text = trim(value.as_text());
  if (equals_ignoring_case(text, "true") || text == "1") return Value::boolean(true);
  if (equals_ignoring_case(text, "false") || text == "0") return Value::boolean(false);
  return Value::null();
}
Value to_datetime_value(Arguments a, EvalContext& c) {
  const Value value = unwrap(a[0], c);
  if (value.kind() == Kind::Datetime) return value;
  const auto ticks = value.kind() == Kind::String ? to_datetime(value.as_text()) : std::nullopt;
  return ticks ? Value::datetime(*ticks) : Value::null();
}
Value to_timespan_value(Arguments a, EvalContext& c) {
  const Value value = unwrap(a[0], c);
  if (value.kind() == Kind::Timespan) return value;
  if (value.kind() == Kind::Long) return Value::timespan(value.as_integer());
  const auto ticks = value.kind() == Kind::String ? to_timespan(value.as_text()) : std::nullopt;
  return ticks ? Value::timespan(*ticks) : Value::null();
}

constexpr Function kFunctions[] = {
    {"kql.parse_json", 1, 1, false, &parse, "A text read as JSON."},
    {"kql.member", 2, 2, false, &member, "A member of an object."},
    {"kql.element", 2, 2, false, &element, "An element of an array."},
    {"kql.array_length", 1, 1, false, &array_length, "The number of elements."},
    {"kql.array_concat", 1, -1, false, &array_concat, "Joins arrays."},
    {"kql.array_slice", 3, 3, false, &array_slice, "Elements from one index to another."},
    {"kql.array_index_of", 2, 2, false, &array_index_of, "Where an array holds a value, or -1."},
    {"kql.set_has_element", 2, 2, false, &set_has_element, "Whether an array holds a value."},
    {"kql.bag_keys", 1, 1, false, &bag_keys, "The keys of an object."},
    {"kql.bag_has_key", 2, 2, false, &bag_has_key, "Whether an object has a key."},
    {"kql.pack_array", 1, -1, true, &pack_array, "An array of values."},
    {"kql.bag_pack", 2, -1, true, &bag_pack, "An object from keys and values."},
    {"kql.strcat_array", 2, 2, true, &strcat_array, "Joins the elements of an array."},
    {"kql.tolong", 1, 1, false, &to_long_value, "To long."},
    {"kql.toint", 1, 1, false, &to_int_value, "To int (32 bits)."},
    {"kql.toreal", 1, 1, false, &to_real_value, "To real."},
    {"kql.tobool", 1, 1, false, &to_bool_value, "To bool."},
    {"kql.todatetime", 1, 1, false, &to_datetime_value, "To datetime."},
    {"kql.totimespan", 1, 1, false, &to_timespan_value, "To timespan."},
};

}  // namespace

std::span<const Function> dynamic_functions() { return kFunctions; }

}  // namespace hecate::kql_support
