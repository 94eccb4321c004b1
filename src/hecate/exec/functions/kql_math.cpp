#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "base/time.h"
#include "exec/functions/kql_support.h"

namespace hecate::kql_support {
namespace {

constexpr double kPi = 3.14159265358979323846;

Value absolute(Arguments a, EvalContext&) {
  if (a[0].kind() == Kind::Real) return Value::real(std::fabs(a[0].as_real()));
  const int64_t value = a[0].as_integer();
  if (value == std::numeric_limits<int64_t>::min()) return Value::null();
  const int64_t magnitude = value < 0 ? -value : value;
  return a[0].kind() == Kind::Timespan ? Value::timespan(magnitude) : Value::integer(magnitude);
}
Value round_to(Arguments a, EvalContext&) {
  const int64_t digits = a.size() > 1 ? std::clamp<int64_t>(a[1].as_integer(), -300, 300) : 0;
  if (a[0].kind() == Kind::Long && digits >= 0) return a[0];
  const double scale = std::pow(10.0, static_cast<double>(digits));
  const double scaled = a[0].as_real() * scale;
  const double rounded = std::isfinite(scaled) ? std::round(scaled) / scale : a[0].as_real();
  if (a[0].kind() != Kind::Long) return Value::real(rounded);
  return std::fabs(rounded) < 9.2e18 ? Value::integer(static_cast<int64_t>(rounded)) : Value::null();
}
Value ceiling(Arguments a, EvalContext&) {
  return a[0].kind() == Kind::Real ? Value::real(std::ceil(a[0].as_real())) : a[0];
}
Value sign(Arguments a, EvalContext&) {
  const double value = a[0].as_real();
  return Value::real(value > 0 ? 1 : value < 0 ? -1 : value);
}
Value power(Arguments a, EvalContext&) { return Value::real(std::pow(a[0].as_real(), a[1].as_real())); }
Value arc_tangent2(Arguments a, EvalContext&) { return Value::real(std::atan2(a[0].as_real(), a[1].as_real())); }
Value pi(Arguments, EvalContext&) { return Value::real(kPi); }

template <double (*function)(double)>
Value real(Arguments a, EvalContext&) {
  return Value::real(function(a[0].as_real()));
}
double exponential(double x) { return std::exp(x); }
double exponential2(double x) { return std::exp2(x); }
double exponential10(double x) { return std::pow(10.0, x); }
double natural(double x) { return std::log(x); }
double decimal(double x) { return std::log10(x); }
double binary(double x) { return std::log2(x); }
double root(double x) { return std::sqrt(x); }
double sine(double x) { return std::sin(x); }
double cosine(double x) { return std::cos(x); }
double tangent(double x) { return std::tan(x); }
double cotangent(double x) { return 1 / std::tan(x); }
double arc_sine(double x) { return std::asin(x); }
double arc_cosine(double x) { return std::acos(x); }
double arc_tangent(double x) { return std::atan(x); }
double to_degrees(double x) { return x * 180 / kPi; }
double to_radians(double x) { return x * kPi / 180; }
double gamma_of(double x) { return std::tgamma(x); }
// std::lgamma writes to a global.
double log_gamma(double x) {
  int sign = 0;
  return ::lgamma_r(x, &sign);
}
double error_of(double x) { return std::erf(x); }
double error_rest(double x) { return std::erfc(x); }

Value is_nan(Arguments a, EvalContext&) { return Value::boolean(std::isnan(a[0].as_real())); }
Value is_inf(Arguments a, EvalContext&) { return Value::boolean(std::isinf(a[0].as_real())); }
Value is_finite(Arguments a, EvalContext&) { return Value::boolean(std::isfinite(a[0].as_real())); }

// --- bits ---

Value bits_and(Arguments a, EvalContext&) { return Value::integer(a[0].as_integer() & a[1].as_integer()); }
Value bits_or(Arguments a, EvalContext&) { return Value::integer(a[0].as_integer() | a[1].as_integer()); }
Value bits_xor(Arguments a, EvalContext&) { return Value::integer(a[0].as_integer() ^ a[1].as_integer()); }
Value bits_not(Arguments a, EvalContext&) { return Value::integer(~a[0].as_integer()); }
/// By the count modulo 64; a negative count is null (binary-shift-left-function).
Value shift_left(Arguments a, EvalContext&) {
  if (a[1].as_integer() < 0) return Value::null();
  return Value::integer(static_cast<int64_t>(static_cast<uint64_t>(a[0].as_integer()) << (a[1].as_integer() % 64)));
}
Value shift_right(Arguments a, EvalContext&) {
  if (a[1].as_integer() < 0) return Value::null();
  return Value::integer(a[0].as_integer() >> (a[1].as_integer() % 64));
}
Value count_ones(Arguments a, EvalContext&) {
  return Value::integer(std::popcount(static_cast<uint64_t>(a[0].as_integer())));
}

/// (value, size, point): the largest point + n * size that is not above the value (bin-at-function).
Value bin_at(Arguments a, EvalContext&) {
  if (a[0].kind() == Kind::Real || a[1].kind() == Kind::Real || a[2].kind() == Kind::Real) {
    const double size = a[1].as_real();
    if (!(size > 0)) return Value::null();
    const double result = a[2].as_real() + std::floor((a[0].as_real() - a[2].as_real()) / size) * size;
    if (a[0].kind() == Kind::Real || a[0].kind() == Kind::Long) return Value::real(result);
    if (!(std::fabs(result) < 9.2e18)) return Value::null();
    const auto ticks = static_cast<Ticks>(result);
    return a[0].kind() == Kind::Datetime ? Value::datetime(ticks) : Value::timespan(ticks);
  }
  const int64_t size = a[1].as_integer();
  int64_t offset = 0;
  if (size <= 0 || __builtin_sub_overflow(a[0].as_integer(), a[2].as_integer(), &offset)) return Value::null();
  int64_t rest = offset % size;
  if (rest < 0) rest += size;
  int64_t result = 0;
  if (__builtin_sub_overflow(a[0].as_integer(), rest, &result)) return Value::null();
  if (a[0].kind() == Kind::Long) return Value::integer(result);
  return a[0].kind() == Kind::Datetime ? Value::datetime(result) : Value::timespan(result);
}
Value around(Arguments a, EvalContext&) {
  if (a[0].kind() == Kind::Real || a[1].kind() == Kind::Real || a[2].kind() == Kind::Real)
    return Value::boolean(std::fabs(a[0].as_real() - a[1].as_real()) <= a[2].as_real());
  int64_t distance = 0;
  if (__builtin_sub_overflow(a[0].as_integer(), a[1].as_integer(), &distance)) return Value::boolean(false);
  return Value::boolean(distance <= a[2].as_integer() && -a[2].as_integer() <= distance);
}

// --- distributions ---

/// The continued fraction of the incomplete beta function (Lentz's method).
double beta_fraction(double x, double a, double b) {
  constexpr double kTiny = 1e-300;
  const auto bounded = [](double value) { return std::fabs(value) < kTiny ? kTiny : value; };
  double c = 1;
  double d = 1 / bounded(1 - (a + b) * x / (a + 1));
  double result = d;
  for (int m = 1; m <= 500; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / bounded(1 + even * d);
    c = bounded(1 + even / c);
    result *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / bounded(1 + odd * d);
    c = bounded(1 + odd / c);
    const double step = d * c;
    result *= step;
    if (std::fabs(step - 1) < 1e-16) break;
  }
  return result;
}
double beta_log(double a, double b) { return log_gamma(a) + log_gamma(b) - log_gamma(a + b); }
/// The regularized incomplete beta function.
double beta_sum(double x, double a, double b) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front = std::exp(a * std::log(x) + b * std::log1p(-x) - beta_log(a, b));
  return x < (a + 1) / (a + b + 2) ? front * beta_fraction(x, a, b) / a : 1 - front * beta_fraction(1 - x, b, a) / b;
}
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
bool is_share(double x) { return x >= 0 && x <= 1; }

Value beta_cdf(Arguments a, EvalContext&) {
  const bool sound = is_share(a[0].as_real()) && a[1].as_real() > 0 && a[2].as_real() > 0;
  return Value::real(sound ? beta_sum(a[0].as_real(), a[1].as_real(), a[2].as_real()) : kNan);
}
Value beta_pdf(Arguments values, EvalContext&) {
  const double x = values[0].as_real();
  const double a = values[1].as_real();
  const double b = values[2].as_real();
  if (!is_share(x) || !(a > 0) || !(b > 0)) return Value::real(kNan);
  return Value::real(std::exp((a - 1) * std::log(x) + (b - 1) * std::log1p(-x) - beta_log(a, b)));
}
Value beta_inverse(Arguments values, EvalContext&) {
  const double p = values[0].as_real();
  const double a = values[1].as_real();
  const double b = values[2].as_real();
  if (!is_share(p) || !(a > 0) || !(b > 0)) return Value::real(kNan);
  double low = 0;
  double high = 1;
  for (int i = 0; i < 200 && low < high; ++i) {
    const double middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    (beta_sum(middle, a, b) < p ? low : high) = middle;
  }
  return Value::real((low + high) / 2);
}
/// The two-sided p-value of Student's t for the degrees of freedom of Welch and Satterthwaite.
Value welch_test(Arguments a, EvalContext&) {
  const double first = a[1].as_real() / a[2].as_real();
  const double second = a[4].as_real() / a[5].as_real();
  const double t = (a[0].as_real() - a[3].as_real()) / std::sqrt(first + second);
  const double freedom = (first + second) * (first + second) /
                         (first * first / (a[2].as_real() - 1) + second * second / (a[5].as_real() - 1));
  if (!std::isfinite(t) || !(freedom > 0)) return Value::real(kNan);
  return Value::real(beta_sum(freedom / (freedom + t * t), freedom / 2, 0.5));
}

constexpr Function kFunctions[] = {
    {"kql.abs", 1, 1, false, &absolute, "The magnitude."},
    {"kql.acos", 1, 1, false, &real<&arc_cosine>, "The angle of a cosine."},
    {"kql.around", 3, 3, false, &around, "Whether a value lies within a distance of another."},
    {"kql.asin", 1, 1, false, &real<&arc_sine>, "The angle of a sine."},
    {"kql.atan", 1, 1, false, &real<&arc_tangent>, "The angle of a tangent."},
    {"kql.atan2", 2, 2, false, &arc_tangent2, "The angle of a point."},
    {"kql.beta_cdf", 3, 3, false, &beta_cdf, "The beta distribution, summed up."},
    {"kql.beta_inv", 3, 3, false, &beta_inverse, "The inverse of beta_cdf."},
    {"kql.beta_pdf", 3, 3, false, &beta_pdf, "The density of the beta distribution."},
    {"kql.bin_at", 3, 3, false, &bin_at, "Rounds down to a multiple, counted from a point."},
    {"kql.binary_and", 2, 2, false, &bits_and, "And, bit by bit."},
    {"kql.binary_not", 1, 1, false, &bits_not, "Not, bit by bit."},
    {"kql.binary_or", 2, 2, false, &bits_or, "Or, bit by bit."},
    {"kql.binary_shift_left", 2, 2, false, &shift_left, "Moves bits to the left."},
    {"kql.binary_shift_right", 2, 2, false, &shift_right, "Moves bits to the right."},
    {"kql.binary_xor", 2, 2, false, &bits_xor, "Either, bit by bit."},
    {"kql.bitset_count_ones", 1, 1, false, &count_ones, "The number of set bits."},
    {"kql.ceiling", 1, 1, false, &ceiling, "Rounds up."},
    {"kql.cos", 1, 1, false, &real<&cosine>, "The cosine."},
    {"kql.cot", 1, 1, false, &real<&cotangent>, "The cotangent."},
    {"kql.degrees", 1, 1, false, &real<&to_degrees>, "Radians to degrees."},
    {"kql.erf", 1, 1, false, &real<&error_of>, "The error function."},
    {"kql.erfc", 1, 1, false, &real<&error_rest>, "One less the error function."},
    {"kql.exp", 1, 1, false, &real<&exponential>, "e to a power."},
    {"kql.exp10", 1, 1, false, &real<&exponential10>, "Ten to a power."},
    {"kql.exp2", 1, 1, false, &real<&exponential2>, "Two to a power."},
    {"kql.gamma", 1, 1, false, &real<&gamma_of>, "The gamma function."},
    {"kql.isfinite", 1, 1, false, &is_finite, "Neither infinite nor NaN."},
    {"kql.isinf", 1, 1, false, &is_inf, "Infinite."},
    {"kql.isnan", 1, 1, false, &is_nan, "Not a number."},
    {"kql.log", 1, 1, false, &real<&natural>, "The natural logarithm."},
    {"kql.log10", 1, 1, false, &real<&decimal>, "The decimal logarithm."},
    {"kql.log2", 1, 1, false, &real<&binary>, "The binary logarithm."},
    {"kql.loggamma", 1, 1, false, &real<&log_gamma>, "The logarithm of the gamma function."},
    {"kql.pi", 0, 0, false, &pi, "The circle's constant."},
    {"kql.pow", 2, 2, false, &power, "A power."},
    {"kql.radians", 1, 1, false, &real<&to_radians>, "Degrees to radians."},
    {"kql.round", 1, 2, false, &round_to, "Rounds to digits."},
    {"kql.sign", 1, 1, false, &sign, "-1, 0 or 1."},
    {"kql.sin", 1, 1, false, &real<&sine>, "The sine."},
    {"kql.sqrt", 1, 1, false, &real<&root>, "The square root."},
    {"kql.tan", 1, 1, false, &real<&tangent>, "The tangent."},
    {"kql.welch_test", 6, 6, false, &welch_test, "The p-value of Welch's test."},
};

}  // namespace

std::span<const Function> math_functions() { return kFunctions; }

}  // namespace hecate::kql_support
