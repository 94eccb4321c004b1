#include <fmt/format.h>

#include <cmath>
#include <numbers>
#include <string>

#include "exec/functions/spl_functions.h"

namespace hecate::spl {
namespace {

constexpr double kLargestWhole = 9007199254740991;  // 2^53 - 1: the bit functions' limit (Search Reference)

template <double (*Function)(double)>
Value apply(Arguments arguments) {
  const std::optional<double> x = number_of(arguments[0]);
  const double result = x ? Function(*x) : std::nan("");
  return std::isfinite(result) ? Value::real(result) : Value::null();
}

template <double (*Function)(double, double)>
Value apply_two(Arguments arguments) {
  const std::optional<double> x = number_of(arguments[0]);
  const std::optional<double> y = number_of(arguments[1]);
  const double result = x && y ? Function(*x, *y) : std::nan("");
  return std::isfinite(result) ? Value::real(result) : Value::null();
}

std::optional<uint64_t> bits_of(const Value& value) {
  const std::optional<double> number = number_of(value);
  if (!number || *number < 0 || *number > kLargestWhole || *number != std::floor(*number)) return std::nullopt;
  return static_cast<uint64_t>(*number);
}

template <typename Operation>
Value fold_bits(Arguments arguments, Operation operation) {
  std::optional<uint64_t> result;
  for (const Value& argument : arguments) {
    const std::optional<uint64_t> bits = bits_of(argument);
    if (!bits) return Value::null();
    result = result ? operation(*result, *bits) : *bits;
  }
  return result ? Value::real(static_cast<double>(*result)) : Value::null();
}

std::string with_commas(double number) {
  // Two decimals where there are any (Search Reference, tostring).
  const bool whole = number == std::floor(number);
  std::string text = fmt::format("{:.{}f}", std::fabs(number), whole ? 0 : 2);
  for (auto at = static_cast<int64_t>(std::min(text.find('.'), text.size())) - 3; at > 0; at -= 3)
    text.insert(static_cast<size_t>(at), ",");
  return (number < 0 ? "-" : "") + text;
}

std::string duration(double seconds) {
  const auto whole = static_cast<int64_t>(std::floor(std::fabs(seconds)));
  const auto micros = static_cast<int64_t>((std::fabs(seconds) - std::floor(std::fabs(seconds))) * 1e6);
  std::string text = seconds < 0 ? "-" : "";
  if (whole >= 86400) text += fmt::format("{}+", whole / 86400);
  text += fmt::format("{:02}:{:02}:{:02}", whole % 86400 / 3600, whole % 3600 / 60, whole % 60);
  return micros == 0 ? text : text + fmt::format(".{:06}", micros);
}

}  // namespace

Value pi(Arguments, EvalContext&) { return Value::real(std::numbers::pi); }
Value sin(Arguments a, EvalContext&) { return apply<std::sin>(a); }
Value cos(Arguments a, EvalContext&) { return apply<std::cos>(a); }
Value tan(Arguments a, EvalContext&) { return apply<std::tan>(a); }
Value asin(Arguments a, EvalContext&) { return apply<std::asin>(a); }
Value acos(Arguments a, EvalContext&) { return apply<std::acos>(a); }
Value atan(Arguments a, EvalContext&) { return apply<std::atan>(a); }
Value atan2(Arguments a, EvalContext&) { return apply_two<std::atan2>(a); }
Value sinh(Arguments a, EvalContext&) { return apply<std::sinh>(a); }
Value cosh(Arguments a, EvalContext&) { return apply<std::cosh>(a); }
Value tanh(Arguments a, EvalContext&) { return apply<std::tanh>(a); }
Value asinh(Arguments a, EvalContext&) { return apply<std::asinh>(a); }
Value acosh(Arguments a, EvalContext&) { return apply<std::acosh>(a); }
Value atanh(Arguments a, EvalContext&) { return apply<std::atanh>(a); }
Value hypot(Arguments a, EvalContext&) { return apply_two<std::hypot>(a); }

Value bit_and(Arguments arguments, EvalContext&) {
  return fold_bits(arguments, [](uint64_t a, uint64_t b) { return a & b; });
}
Value bit_or(Arguments arguments, EvalContext&) {
  return fold_bits(arguments, [](uint64_t a, uint64_t b) { return a | b; });
}
Value bit_xor(Arguments arguments, EvalContext&) {
  return fold_bits(arguments, [](uint64_t a, uint64_t b) { return a ^ b; });
}
Value bit_shift_left(Arguments arguments, EvalContext&) {
  return fold_bits(arguments, [](uint64_t a, uint64_t b) { return b > 52 ? 0 : a << b & uint64_t{9007199254740991}; });
}
Value bit_shift_right(Arguments arguments, EvalContext&) {
  return fold_bits(arguments, [](uint64_t a, uint64_t b) { return b > 52 ? 0 : a >> b; });
}

Value tostring(Arguments arguments, EvalContext& context) {
  if (arguments.size() == 1) return to_text(arguments, context);
  const std::optional<double> number = number_of(arguments[0]);
  const std::string_view format = value_text(arguments[1], context.arena);
  if (!number || std::fabs(*number) > kLargestWhole) return to_text(arguments.first(1), context);
  if (format == "commas") return Value::string(context.arena.copy(with_commas(*number)));
  if (format == "duration") return Value::string(context.arena.copy(duration(*number)));
  if (format != "hex" || *number < 0) return Value::null();
  return Value::string(context.arena.copy(fmt::format("0x{:X}", static_cast<uint64_t>(*number))));
}

/// Search Reference, bin: a number becomes the range that it is in; what is no number stays.
Value bin_range(Arguments arguments, EvalContext& context) {
  const std::optional<double> value = number_of(arguments[0]);
  const std::optional<double> span = number_of(arguments[1]);
  if (!value || !span || *span <= 0) return arguments[0];
  const double low = std::floor(*value / *span) * *span;
  return Value::string(context.arena.copy(number_text(low) + "-" + number_text(low + *span)));
}

}  // namespace hecate::spl
