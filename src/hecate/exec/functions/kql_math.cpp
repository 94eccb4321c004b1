#include <algorithm>
#include <cmath>
#include <limits>

#include "exec/functions/kql_support.h"

namespace hecate::kql_support {
namespace {

Value absolute(Arguments a, EvalContext&) {
  if (a[0].kind() == Kind::Real) return Value::real(std::fabs(a[0].as_real()));
  const int64_t value = a[0].as_integer();
  if (value == std::numeric_limits<int64_t>::min()) return Value::null();
  const int64_t magnitude = value < 0 ? -value : value;
  return a[0].kind() == Kind::Timespan ? Value::timespan(magnitude) : Value::integer(magnitude);
}
Value round_to(Arguments a, EvalContext&) {
  const double scale =
      std::pow(10.0, a.size() > 1 ? static_cast<double>(std::clamp<int64_t>(a[1].as_integer(), -300, 300)) : 0.0);
  const double scaled = a[0].as_real() * scale;
  return std::isfinite(scaled) ? Value::real(std::round(scaled) / scale) : a[0];
}
Value ceiling(Arguments a, EvalContext&) {
  return a[0].kind() == Kind::Real ? Value::real(std::ceil(a[0].as_real())) : a[0];
}
Value sign(Arguments a, EvalContext&) { return Value::integer((a[0].as_real() > 0) - (a[0].as_real() < 0)); }
Value power(Arguments a, EvalContext&) { return Value::real(std::pow(a[0].as_real(), a[1].as_real())); }

template <double (*function)(double)>
Value real(Arguments a, EvalContext&) {
  return Value::real(function(a[0].as_real()));
}
double exponential(double x) { return std::exp(x); }
double natural(double x) { return std::log(x); }
double decimal(double x) { return std::log10(x); }
double binary(double x) { return std::log2(x); }
double root(double x) { return std::sqrt(x); }

Value is_nan(Arguments a, EvalContext&) { return Value::boolean(std::isnan(a[0].as_real())); }
Value is_inf(Arguments a, EvalContext&) { return Value::boolean(std::isinf(a[0].as_real())); }
Value is_finite(Arguments a, EvalContext&) { return Value::boolean(std::isfinite(a[0].as_real())); }

constexpr Function kFunctions[] = {
    {"kql.abs", 1, 1, false, &absolute, "The magnitude."},
    {"kql.round", 1, 2, false, &round_to, "Rounds to digits."},
    {"kql.ceiling", 1, 1, false, &ceiling, "Rounds up."},
    {"kql.sign", 1, 1, false, &sign, "-1, 0 or 1."},
    {"kql.pow", 2, 2, false, &power, "A power."},
    {"kql.exp", 1, 1, false, &real<&exponential>, "e to a power."},
    {"kql.log", 1, 1, false, &real<&natural>, "The natural logarithm."},
    {"kql.log10", 1, 1, false, &real<&decimal>, "The decimal logarithm."},
    {"kql.log2", 1, 1, false, &real<&binary>, "The binary logarithm."},
    {"kql.sqrt", 1, 1, false, &real<&root>, "The square root."},
    {"kql.isnan", 1, 1, false, &is_nan, "Not a number."},
    {"kql.isinf", 1, 1, false, &is_inf, "Infinite."},
    {"kql.isfinite", 1, 1, false, &is_finite, "Neither infinite nor NaN."},
};

}  // namespace

std::span<const Function> math_functions() { return kFunctions; }

}  // namespace hecate::kql_support
