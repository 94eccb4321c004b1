#include <algorithm>
#include <array>
#include <cmath>
#include <compare>
#include <limits>

#include "base/text.h"
#include "exec/functions/kql_support.h"

namespace hecate::kql_support {
namespace {

bool is_number(const Value& value) { return value.kind() == Kind::Long || value.kind() == Kind::Real; }

/// How two values compare, or nothing where they have no order. Dynamic scalars are what they hold; a text
/// beside a number, time or bool is read as one.
std::optional<std::partial_ordering> compare(Value a, Value b, EvalContext& context) {
  a = unwrap(a, context);
  b = unwrap(b, context);
  if (a.is_null() || b.is_null()) return std::nullopt;
  if (a.kind() == Kind::String && b.kind() != Kind::String && b.kind() != Kind::Dynamic) {
    std::optional<Ticks> time;
    if (b.kind() == Kind::Datetime && (time = to_datetime(a.as_text())))
      a = Value::datetime(*time);
    else if (b.kind() == Kind::Timespan && (time = to_timespan(a.as_text())))
      a = Value::timespan(*time);
    else if (const auto real = to_real(a.as_text()); real && is_number(b))
      a = Value::real(*real);
    else
      return std::nullopt;
  } else if (b.kind() == Kind::String && a.kind() != Kind::String && a.kind() != Kind::Dynamic) {
    const auto mirrored = compare(b, a, context);
    return mirrored ? std::optional(0 <=> *mirrored) : std::nullopt;
  }
  if (a.is_text() && b.is_text()) return a.as_text().compare(b.as_text()) <=> 0;
  if (a.is_text() || b.is_text()) return std::nullopt;
  if (a.kind() == Kind::Real || b.kind() == Kind::Real) return a.as_real() <=> b.as_real();
  return a.as_integer() <=> b.as_integer();
}

bool null_of(const Value& value, EvalContext& context) { return unwrap(value, context).is_null(); }

/// x == null is false, both null is null: https://learn.microsoft.com/kusto/query/scalar-data-types/null-values
Value equal(Arguments a, EvalContext& context) {
  const bool left = null_of(a[0], context);
  const bool right = null_of(a[1], context);
  if (left && right) return Value::null();
  if (left || right) return Value::boolean(false);
  const auto order = compare(a[0], a[1], context);
  return Value::boolean(order && *order == std::partial_ordering::equivalent);
}
Value not_equal(Arguments a, EvalContext& context) {
  const Value same = equal(a, context);
  return same.is_null() ? same : Value::boolean(!same.as_bool());
}

/// `in` over numbers, times and bools: whether one of the values, or of the elements of an array, is equal.
Value in_values(Arguments a, EvalContext& context) {
  const auto same = [&](const Value& value) { return equal(std::array{a[0], value}, context).is_true(); };
  for (const Value& value : a.subspan(1)) {
    const JsonParts parts = value.kind() == Kind::Dynamic ? json_parts(value.as_text()) : JsonParts{};
    const auto holds = [&](std::string_view element) { return same(dynamic_value(element, context)); };
    if (parts.is_array ? std::any_of(parts.values.begin(), parts.values.end(), holds) : same(value))
      return Value::boolean(true);
  }
  return Value::boolean(false);
}

template <typename Test>
Value ordered(Arguments a, EvalContext& context, Test test) {
  const auto order = compare(a[0], a[1], context);
  return order ? Value::boolean(test(*order)) : Value::null();
}
Value less(Arguments a, EvalContext& c) {
  return ordered(a, c, [](auto order) { return order < 0; });
}
Value less_equal(Arguments a, EvalContext& c) {
  return ordered(a, c, [](auto order) { return order <= 0; });
}
Value greater(Arguments a, EvalContext& c) {
  return ordered(a, c, [](auto order) { return order > 0; });
}
Value greater_equal(Arguments a, EvalContext& c) {
  return ordered(a, c, [](auto order) { return order >= 0; });
}

// --- arithmetic ---

Value with_ticks(const Value& like, Ticks ticks) {
  return like.kind() == Kind::Datetime ? Value::datetime(ticks) : Value::timespan(ticks);
}

/// Ticks and longs wrap in Kusto's int64; an overflow of ours gives null rather than a wrong number.
template <typename Operation>
Value integral(const Value& a, const Value& b, Operation overflow, Value (*wrap)(int64_t)) {
  int64_t result = 0;
  return overflow(a.as_integer(), b.as_integer(), &result) ? Value::null() : wrap(result);
}

bool is_time(const Value& value) { return value.kind() == Kind::Datetime || value.kind() == Kind::Timespan; }

Value add(Arguments a, EvalContext&) {
  const auto sum = [](int64_t x, int64_t y, int64_t* out) { return __builtin_add_overflow(x, y, out); };
  if (is_time(a[0]) && is_time(a[1])) {
    const bool date = a[0].kind() == Kind::Datetime || a[1].kind() == Kind::Datetime;
    return integral(a[0], a[1], sum, date ? &Value::datetime : &Value::timespan);
  }
  if (a[0].kind() == Kind::Long && a[1].kind() == Kind::Long) return integral(a[0], a[1], sum, &Value::integer);
  return Value::real(a[0].as_real() + a[1].as_real());
}

Value subtract(Arguments a, EvalContext&) {
  const auto difference = [](int64_t x, int64_t y, int64_t* out) { return __builtin_sub_overflow(x, y, out); };
  if (is_time(a[0])) {
    const bool date = a[0].kind() == Kind::Datetime && a[1].kind() == Kind::Timespan;
    return integral(a[0], a[1], difference, date ? &Value::datetime : &Value::timespan);
  }
  if (a[0].kind() == Kind::Long && a[1].kind() == Kind::Long) return integral(a[0], a[1], difference, &Value::integer);
  return Value::real(a[0].as_real() - a[1].as_real());
}

Value scaled(const Value& span, double factor) {
  const double ticks = static_cast<double>(span.as_ticks()) * factor;
  return std::fabs(ticks) < 9.2e18 ? Value::timespan(static_cast<Ticks>(ticks)) : Value::null();
}

Value multiply(Arguments a, EvalContext&) {
  const auto product = [](int64_t x, int64_t y, int64_t* out) { return __builtin_mul_overflow(x, y, out); };
  const bool spans = a[0].kind() == Kind::Timespan || a[1].kind() == Kind::Timespan;
  if (a[0].kind() != Kind::Real && a[1].kind() != Kind::Real) {
    return integral(a[0], a[1], product, spans ? &Value::timespan : &Value::integer);
  }
  if (spans) return a[0].kind() == Kind::Timespan ? scaled(a[0], a[1].as_real()) : scaled(a[1], a[0].as_real());
  return Value::real(a[0].as_real() * a[1].as_real());
}

Value negate(Arguments a, EvalContext&) {
  if (a[0].kind() == Kind::Real) return Value::real(-a[0].as_real());
  if (a[0].as_integer() == std::numeric_limits<int64_t>::min()) return Value::null();
  return a[0].kind() == Kind::Timespan ? Value::timespan(-a[0].as_ticks()) : Value::integer(-a[0].as_integer());
}

/// Two longs divide to a long, and by zero to null; reals follow IEEE 754 (numerical-operators).
Value divide(Arguments a, EvalContext& context) {
  if (a[0].kind() == Kind::Timespan) {
    if (a[1].kind() == Kind::Timespan)
      return Value::real(static_cast<double>(a[0].as_ticks()) / static_cast<double>(a[1].as_ticks()));
    if (a[1].as_real() == 0) return Value::null();
    // By a long exactly: 49 * (1.0 / 49) is less than 1.
    if (a[1].kind() == Kind::Real) return scaled(a[0], 1 / a[1].as_real());
    return a[1].as_integer() == -1 ? negate(a.first(1), context) : Value::timespan(a[0].as_ticks() / a[1].as_integer());
  }
  if (a[0].kind() == Kind::Long && a[1].kind() == Kind::Long) {
    if (a[1].as_integer() == 0 || (a[1].as_integer() == -1 && a[0].as_integer() == std::numeric_limits<int64_t>::min()))
      return Value::null();
    return Value::integer(a[0].as_integer() / a[1].as_integer());
  }
  return Value::real(a[0].as_real() / a[1].as_real());
}

/// Never below zero, whatever the signs (numerical-operators); of reals as of longs.
Value modulo(Arguments a, EvalContext&) {
  if (a[0].kind() == Kind::Real || a[1].kind() == Kind::Real) {
    const double rest = std::fmod(a[0].as_real(), a[1].as_real());
    return Value::real(rest < 0 ? rest + std::fabs(a[1].as_real()) : rest);
  }
  const int64_t divisor = a[1].as_integer();
  if (divisor == 0) return Value::null();
  int64_t rest = divisor == -1 ? 0 : a[0].as_integer() % divisor;
  if (rest < 0) rest = divisor < 0 ? rest - divisor : rest + divisor;
  return a[0].kind() == Kind::Timespan ? Value::timespan(rest) : Value::integer(rest);
}

/// Rounds down, also below zero; a size that is not positive gives null (bin-function).
Value bin(Arguments a, EvalContext&) {
  if (a[0].kind() == Kind::Real || a[1].kind() == Kind::Real) {
    return a[1].as_real() > 0 ? Value::real(std::floor(a[0].as_real() / a[1].as_real()) * a[1].as_real())
                              : Value::null();
  }
  const int64_t size = a[1].as_integer();
  if (size <= 0) return Value::null();
  // Datetimes are binned from Kusto's own beginning of time, the year 1; for days and less it is the same as
  // from 1970, for 7d it is not.
  const int64_t origin = a[0].kind() == Kind::Datetime ? ticks_from_civil(1, 1, 1, 0, 0, 0) : 0;
  int64_t offset = 0;
  if (__builtin_sub_overflow(a[0].as_integer(), origin, &offset)) return Value::null();
  int64_t rest = offset % size;
  if (rest < 0) rest += size;
  int64_t result = 0;
  if (__builtin_sub_overflow(a[0].as_integer(), rest, &result)) return Value::null();
  return a[0].kind() == Kind::Long ? Value::integer(result) : with_ticks(a[0], result);
}

// --- choices ---

Value iff(Arguments a, EvalContext&) { return a[0].is_true() ? a[1] : a[2]; }
Value choose(Arguments a, EvalContext&) {
  for (size_t i = 0; i + 1 < a.size(); i += 2) {
    if (a[i].is_true()) return a[i + 1];
  }
  return a.back();
}
bool empty(const Value& value, EvalContext& context) {
  const Value inner = unwrap(value, context);
  return inner.is_null() || (inner.is_text() && inner.as_text().empty());
}
/// For strings the first that is not empty (coalesce-function).
Value coalesce(Arguments a, EvalContext& context) {
  for (const Value& value : a) {
    if (!empty(value, context)) return value;
  }
  return a.back();
}
Value is_empty(Arguments a, EvalContext& c) { return Value::boolean(empty(a[0], c)); }
Value is_not_empty(Arguments a, EvalContext& c) { return Value::boolean(!empty(a[0], c)); }
Value is_null(Arguments a, EvalContext& c) { return Value::boolean(null_of(a[0], c)); }
Value is_not_null(Arguments a, EvalContext& c) { return Value::boolean(!null_of(a[0], c)); }

Value assertion(Arguments a, EvalContext&) { return a[0].is_true() ? a[0] : Value::null(); }

template <typename Better>
Value best(Arguments a, EvalContext& context, Better better) {
  Value result;
  for (const Value& value : a) {
    if (value.is_null()) continue;
    const auto order = compare(value, result, context);
    if (result.is_null() || (order && better(*order))) result = value;
  }
  return result;
}
Value max_of(Arguments a, EvalContext& c) {
  return best(a, c, [](auto order) { return order > 0; });
}
Value min_of(Arguments a, EvalContext& c) {
  return best(a, c, [](auto order) { return order < 0; });
}

constexpr Function kFunctions[] = {
    {"kql.eq", 2, 2, true, &equal, "Kusto's ==."},
    {"kql.ne", 2, 2, true, &not_equal, "Kusto's !=."},
    {"kql.in_values", 1, -1, true, &in_values, "in, by value."},
    {"kql.lt", 2, 2, false, &less, "Kusto's <."},
    {"kql.le", 2, 2, false, &less_equal, "Kusto's <=."},
    {"kql.gt", 2, 2, false, &greater, "Kusto's >."},
    {"kql.ge", 2, 2, false, &greater_equal, "Kusto's >=."},
    {"kql.add", 2, 2, false, &add, "Sum of numbers or times."},
    {"kql.sub", 2, 2, false, &subtract, "Difference of numbers or times."},
    {"kql.mul", 2, 2, false, &multiply, "Product."},
    {"kql.div", 2, 2, false, &divide, "Quotient; longs truncate."},
    {"kql.mod", 2, 2, false, &modulo, "Remainder."},
    {"kql.negate", 1, 1, false, &negate, "Minus."},
    {"kql.bin", 2, 2, false, &bin, "Rounds down to a multiple."},
    {"kql.iff", 3, 3, true, &iff, "One of two values; null chooses the second."},
    {"kql.case", 3, -1, true, &choose, "The value after the first true condition."},
    {"kql.assert", 2, 2, true, &assertion, "True, or null where the condition does not hold."},
    {"kql.coalesce", 1, -1, true, &coalesce, "The first value that is not null or empty."},
    {"kql.isempty", 1, 1, true, &is_empty, "Null or an empty text."},
    {"kql.isnotempty", 1, 1, true, &is_not_empty, "Neither null nor an empty text."},
    {"kql.isnull", 1, 1, true, &is_null, "Null."},
    {"kql.isnotnull", 1, 1, true, &is_not_null, "Not null."},
    {"kql.max_of", 1, -1, true, &max_of, "The largest argument that is not null."},
    {"kql.min_of", 1, -1, true, &min_of, "The smallest argument that is not null."},
};

}  // namespace

std::span<const Function> operator_functions() { return kFunctions; }

}  // namespace hecate::kql_support
