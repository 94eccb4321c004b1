#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "base/time.h"
#include "exec/functions/kql_support.h"

// tolong, toreal, …: what cannot be converted is null (scalar-functions, Conversion functions).
namespace hecate::kql_support {
namespace {

Value ticks_since_year_one(Ticks ticks) {
  int64_t count = 0;
  return __builtin_sub_overflow(ticks, ticks_from_civil(1, 1, 1, 0, 0, 0), &count) ? Value::null()
                                                                                   : Value::integer(count);
}
Value from_ticks_since_year_one(int64_t count) {
  const bool known = count >= 0 && count <= 3'155'378'975'999'999'999;  // up to the year 9999
  return known ? Value::datetime(count + ticks_from_civil(1, 1, 1, 0, 0, 0)) : Value::null();
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
      // Digits or 0x and no more: "5.7" and "1e3" are null.
      const auto whole = to_long(value.as_text());
      return whole ? Value::integer(*whole) : Value::null();
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
  if (value.kind() == Kind::Datetime) {
    const Value count = ticks_since_year_one(value.as_ticks());
    return count.is_null() ? count : Value::real(count.as_real());
  }
  if (!value.is_null() && !value.is_text()) return Value::real(value.as_real());
  const auto real = value.kind() == Kind::String ? to_real(value.as_text()) : std::nullopt;
  return real ? Value::real(*real) : Value::null();
}
Value to_bool_value(Arguments a, EvalContext& c) {
  const Value value = unwrap(a[0], c);
  if (value.kind() == Kind::Bool) return value;
  if (value.kind() == Kind::Long) return Value::boolean(value.as_integer() != 0);
  if (value.kind() == Kind::Real) return Value::boolean(value.as_real() != 0);
  if (value.kind() != Kind::String) return Value::null();
  const std::string_view text = trim(value.as_text());
  if (equals_ignoring_case(text, "true")) return Value::boolean(true);
  if (equals_ignoring_case(text, "false")) return Value::boolean(false);
  const auto number = to_long(text);
  return number ? Value::boolean(*number != 0) : Value::null();
}
Value to_datetime_value(Arguments a, EvalContext& c) {
  const Value value = unwrap(a[0], c);
  if (value.kind() == Kind::Datetime) return value;
  if (value.kind() == Kind::Long) return from_ticks_since_year_one(value.as_integer());
  const auto ticks = value.kind() == Kind::String ? to_datetime(value.as_text()) : std::nullopt;
  return ticks ? Value::datetime(*ticks) : Value::null();
}
Value to_timespan_value(Arguments a, EvalContext& c) {
  const Value value = unwrap(a[0], c);
  if (value.kind() == Kind::Timespan) return value;
  // A number is a count of ticks.
  if (value.kind() == Kind::Long || value.kind() == Kind::Bool) return Value::timespan(value.as_integer());
  if (value.kind() == Kind::Real)
    return std::fabs(value.as_real()) < 9.2e18 ? Value::timespan(static_cast<Ticks>(value.as_real())) : Value::null();
  const auto ticks = value.kind() == Kind::String ? to_timespan(value.as_text()) : std::nullopt;
  return ticks ? Value::timespan(*ticks) : Value::null();
}

/// The names of static types are the binder's; here is what a dynamic value holds (gettype-function).
Value type_of(Arguments a, EvalContext& c) {
  const Value value = unwrap(a[0], c);
  switch (value.kind()) {
    case Kind::Bool: return Value::string("bool");
    case Kind::Long: {
      const bool small = value.as_integer() == static_cast<int32_t>(value.as_integer());
      return Value::string(small ? "int" : "long");
    }
    case Kind::Real: return Value::string("double");
    case Kind::String: return Value::string("string");
    case Kind::Datetime: return Value::string("datetime");
    case Kind::Timespan: return Value::string("timespan");
    case Kind::Dynamic: return Value::string(value.as_text().starts_with('[') ? "array" : "dictionary");
    default: return Value::string("null");
  }
}
/// A value of any type as a dynamic one.
Value to_dynamic(Arguments a, EvalContext& c) {
  if (a[0].kind() == Kind::Dynamic) return a[0];
  return dynamic_value(json_of(a[0], c), c);
}

Value to_json(Arguments a, EvalContext& c) { return string_value(json_of(a[0], c), c); }

constexpr Function kFunctions[] = {
    {"kql.json", 1, 1, false, &to_json, "A value as JSON text."},
    {"kql.tolong", 1, 1, false, &to_long_value, "To long."},
    {"kql.toint", 1, 1, false, &to_int_value, "To int (32 bits)."},
    {"kql.toreal", 1, 1, false, &to_real_value, "To real."},
    {"kql.tobool", 1, 1, false, &to_bool_value, "To bool."},
    {"kql.todatetime", 1, 1, false, &to_datetime_value, "To datetime."},
    {"kql.totimespan", 1, 1, false, &to_timespan_value, "To timespan."},
    {"kql.gettype", 1, 1, true, &type_of, "The type of what a dynamic value holds."},
    {"kql.todynamic", 1, 1, false, &to_dynamic, "A value as a dynamic one."},
};

}  // namespace

std::span<const Function> convert_value_functions() { return kFunctions; }

}  // namespace hecate::kql_support
