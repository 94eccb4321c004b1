#include <algorithm>
#include <charconv>
#include <cmath>

#include "exec/functions/spl_functions.h"

namespace hecate::spl {
namespace {

Value finite(double value) { return std::isfinite(value) ? Value::real(value) : Value::null(); }

template <typename Operation>
Value binary(Arguments arguments, Operation operation) {
  const std::optional<double> a = number_of(arguments[0]);
  const std::optional<double> b = number_of(arguments[1]);
  return a && b ? finite(operation(*a, *b)) : Value::null();
}

template <typename Operation>
Value unary(Arguments arguments, Operation operation) {
  const std::optional<double> a = number_of(arguments[0]);
  return a ? finite(operation(*a)) : Value::null();
}

/// min() and max() of eval: any number is less than any text (Search Reference, "Statistical eval functions").
bool less(const Value& a, const Value& b, Arena& arena) {
  const bool number_a = number_of(a).has_value();
  if (number_a != number_of(b).has_value()) return number_a;
  return compare(a, b, arena) < 0;
}

template <typename Better>
Value best(Arguments arguments, Better better) {
  Value result;
  for (const Value& argument : arguments) {
    for (const Value& value : elements(argument)) {
      if (result.is_null() || better(value, result)) result = value;
    }
  }
  return result;
}

}  // namespace

Value add(Arguments a, EvalContext&) {
  return binary(a, [](double x, double y) { return x + y; });
}
Value sub(Arguments a, EvalContext&) {
  return binary(a, [](double x, double y) { return x - y; });
}
Value mul(Arguments a, EvalContext&) {
  return binary(a, [](double x, double y) { return x * y; });
}
Value div(Arguments a, EvalContext&) {
  return binary(a, [](double x, double y) { return x / y; });
}
Value mod(Arguments a, EvalContext&) {
  return binary(a, [](double x, double y) { return std::fmod(x, y); });
}
Value pow(Arguments a, EvalContext&) {
  return binary(a, [](double x, double y) { return std::pow(x, y); });
}
Value neg(Arguments a, EvalContext&) {
  return unary(a, [](double x) { return -x; });
}
Value floor(Arguments a, EvalContext&) {
  return unary(a, [](double x) { return std::floor(x); });
}
Value ceil(Arguments a, EvalContext&) {
  return unary(a, [](double x) { return std::ceil(x); });
}
Value abs(Arguments a, EvalContext&) {
  return unary(a, [](double x) { return std::fabs(x); });
}
Value sqrt(Arguments a, EvalContext&) {
  return unary(a, [](double x) { return std::sqrt(x); });
}
Value exp(Arguments a, EvalContext&) {
  return unary(a, [](double x) { return std::exp(x); });
}
Value ln(Arguments a, EvalContext&) {
  return unary(a, [](double x) { return std::log(x); });
}
Value log(Arguments a, EvalContext&) {
  if (a.size() == 1) return unary(a, [](double x) { return std::log10(x); });
  return binary(a, [](double x, double base) { return std::log(x) / std::log(base); });
}

Value plus(Arguments arguments, EvalContext& context) {
  const Value sum = add(arguments, context);
  if (!sum.is_null()) return Value::string(value_text(sum, context.arena));
  // A number and a text do not add up (Search Reference, eval).
  if (number_of(arguments[0]).has_value() != number_of(arguments[1]).has_value()) return Value::null();
  return concat(arguments, context);
}

Value round(Arguments arguments, EvalContext&) {
  const std::optional<double> places = arguments.size() > 1 ? number_of(arguments[1]) : std::optional(0.0);
  if (!places || *places < 0 || *places > 15) return Value::null();
  const double scale = std::pow(10.0, std::floor(*places));
  return unary(arguments, [&](double x) { return std::fabs(x) > 1e15 ? x : std::round(x * scale) / scale; });
}

Value min_of(Arguments arguments, EvalContext& context) {
  return best(arguments, [&](const Value& a, const Value& b) { return less(a, b, context.arena); });
}
Value max_of(Arguments arguments, EvalContext& context) {
  return best(arguments, [&](const Value& a, const Value& b) { return less(b, a, context.arena); });
}

Value tonumber(Arguments arguments, EvalContext& context) {
  if (arguments.size() == 1) return to_real(arguments, context);
  const std::optional<double> base = number_of(arguments[1]);
  if (!base || *base < 2 || *base > 36) return Value::null();
  std::string_view text = value_text(arguments[0], context.arena);
  if (*base == 16 && (text.starts_with("0x") || text.starts_with("0X"))) text.remove_prefix(2);
  int64_t result = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), result, static_cast<int>(*base));
  if (error != std::errc() || stop != text.data() + text.size()) return Value::null();
  return Value::real(static_cast<double>(result));
}

Value to_real(Arguments arguments, EvalContext&) {
  const std::optional<double> number = number_of(arguments[0]);
  return number ? Value::real(*number) : Value::null();
}

Value to_text(Arguments arguments, EvalContext& context) {
  // Search Reference, tostring: booleans become "True" and "False".
  if (arguments[0].kind() == Kind::Bool) return Value::string(arguments[0].as_bool() ? "True" : "False");
  return Value::string(value_text(arguments[0], context.arena));
}

Value to_many(Arguments arguments, EvalContext& context) {
  return arguments[0].kind() == Kind::Many ? arguments[0] : to_text(arguments, context);
}

}  // namespace hecate::spl
