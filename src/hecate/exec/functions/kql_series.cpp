#include "exec/functions/kql_series.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/text.h"

// Series, element by element. https://learn.microsoft.com/kusto/query/scalar-functions, Series element-wise functions.
namespace hecate::kql_support {

std::optional<Series> series_of(const Value& value) {
  const auto parts = array_of(value);
  if (!parts) return std::nullopt;
  Series series;
  series.values.reserve(parts->values.size());
  for (const std::string_view element : parts->values) {
    // Kusto writes numbers that JSON does not have as texts.
    const bool quoted = element.starts_with('"') && element.size() >= 2;
    const std::string_view text = quoted ? element.substr(1, element.size() - 2) : element;
    double number = std::numeric_limits<double>::quiet_NaN();
    if (const auto real = to_real(text))
      number = *real;
    else if (quoted && (text == "Infinity" || text == "-Infinity"))
      number = text[0] == '-' ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
    else if (element == "true" || element == "false")
      number = element == "true" ? 1 : 0;
    series.values.push_back(number);
    series.whole &= std::isnan(number) || (!quoted && to_long(element));
  }
  return series;
}

std::string real_json(const std::vector<double>& values) {
  ArrayWriter out;
  for (const double value : values) out.add_real(value);
  return out.text();
}
Value real_array(const std::vector<double>& values, EvalContext& c) { return dynamic_value(real_json(values), c); }

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

void add_number(ArrayWriter& out, double value, bool whole) {
  if (std::isnan(value)) return out.add("null");
  if (whole && std::fabs(value) < 9e15) return out.add(std::to_string(static_cast<int64_t>(value)));
  out.add_real(value);
}

template <double (*function)(double), bool keeps_whole>
Value each(Arguments a, EvalContext& c) {
  const auto series = series_of(a[0]);
  if (!series) return Value::null();
  ArrayWriter out;
  for (const double value : series->values)
    add_number(out, std::isnan(value) ? value : function(value), keeps_whole && series->whole);
  return out.finish(c);
}
double magnitude(double x) { return std::fabs(x); }
double arc_cosine(double x) { return std::acos(x); }
double arc_sine(double x) { return std::asin(x); }
double arc_tangent(double x) { return std::atan(x); }
double up(double x) { return std::ceil(x); }
double cosine(double x) { return std::cos(x); }
double exponential(double x) { return std::exp(x); }
double down(double x) { return std::floor(x); }
double logarithm(double x) { return std::log(x); }
double sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : 0; }
double sine(double x) { return std::sin(x); }
double tangent(double x) { return std::tan(x); }

/// The two operands; a number stands for a series of it, as long as the other. The shorter one ends with NaN.
struct Pair {
  std::vector<double> left, right;
  bool whole = true;
};
std::optional<Pair> pair_of(Arguments a, EvalContext& c) {
  std::optional<Series> sides[2] = {series_of(a[0]), series_of(a[1])};
  if (!sides[0] && !sides[1]) return std::nullopt;
  for (size_t i = 0; i < 2; ++i) {
    if (sides[i]) continue;
    const Value value = unwrap(a[i], c);
    if (value.kind() != Kind::Long && value.kind() != Kind::Real) return std::nullopt;
    sides[i] = Series{std::vector<double>(sides[1 - i]->values.size(), value.as_real()), value.kind() == Kind::Long};
  }
  const size_t size = std::max(sides[0]->values.size(), sides[1]->values.size());
  for (auto& side : sides) side->values.resize(size, kNan);
  return Pair{std::move(sides[0]->values), std::move(sides[1]->values), sides[0]->whole && sides[1]->whole};
}
double plus(double x, double y) { return x + y; }
double minus(double x, double y) { return x - y; }
double times(double x, double y) { return x * y; }
double over(double x, double y) { return x / y; }
double power(double x, double y) { return std::pow(x, y); }

/// What is no number on either side gives null (series-add-function).
template <double (*function)(double, double), bool keeps_whole>
Value combine(Arguments a, EvalContext& c) {
  const auto pair = pair_of(a, c);
  if (!pair) return Value::null();
  ArrayWriter out;
  for (size_t i = 0; i < pair->left.size(); ++i) {
    const bool known = !std::isnan(pair->left[i]) && !std::isnan(pair->right[i]);
    if (!known) {
      out.add("null");
      continue;
    }
    const double value = function(pair->left[i], pair->right[i]);
    if (keeps_whole && pair->whole)
      add_number(out, value, true);
    else
      out.add_real(value);
  }
  return out.finish(c);
}

bool equal(double x, double y) { return x == y; }
bool differs(double x, double y) { return x != y; }
bool greater(double x, double y) { return x > y; }
bool at_least(double x, double y) { return x >= y; }
bool less(double x, double y) { return x < y; }
bool at_most(double x, double y) { return x <= y; }
template <bool (*test)(double, double)>
Value compare(Arguments a, EvalContext& c) {
  const auto pair = pair_of(a, c);
  if (!pair) return Value::null();
  ArrayWriter out;
  for (size_t i = 0; i < pair->left.size(); ++i) {
    const bool known = !std::isnan(pair->left[i]) && !std::isnan(pair->right[i]);
    out.add(!known ? "null" : test(pair->left[i], pair->right[i]) ? "true" : "false");
  }
  return out.finish(c);
}

// --- to one number ---

template <bool product>
Value fold(Arguments a, EvalContext&) {
  const auto series = series_of(a[0]);
  if (!series) return Value::null();
  double result = product ? 1 : 0;
  for (const double value : series->values) result = product ? result * value : result + value;
  return std::isnan(result) ? Value::null() : Value::real(result);
}
/// array_sum passes over what is no number; series_sum does not.
Value array_sum(Arguments a, EvalContext&) {
  const auto series = series_of(a[0]);
  if (!series) return Value::null();
  double sum = 0;
  for (const double value : series->values) sum += std::isnan(value) ? 0 : value;
  return Value::real(sum);
}
double dot(const std::vector<double>& x, const std::vector<double>& y) {
  return std::inner_product(x.begin(), x.end(), y.begin(), 0.0);
}
Value number_or_null(double value) { return std::isnan(value) ? Value::null() : Value::real(value); }
Value length(Arguments a, EvalContext&) {
  const auto series = series_of(a[0]);
  return series ? number_or_null(std::sqrt(dot(series->values, series->values))) : Value::null();
}
Value dot_product(Arguments a, EvalContext& c) {
  const auto pair = pair_of(a, c);
  return pair ? number_or_null(dot(pair->left, pair->right)) : Value::null();
}
/// (series, series[, length of the first, length of the second])
Value cosine_similarity(Arguments a, EvalContext& c) {
  const auto pair = pair_of(a.first(2), c);
  if (!pair) return Value::null();
  const double x = a.size() > 2 ? a[2].as_real() : std::sqrt(dot(pair->left, pair->left));
  const double y = a.size() > 3 ? a[3].as_real() : std::sqrt(dot(pair->right, pair->right));
  return number_or_null(dot(pair->left, pair->right) / (x * y));
}
Value pearson(Arguments a, EvalContext&) {
  const auto x = series_of(a[0]);
  const auto y = series_of(a[1]);
  if (!x || !y || x->values.size() != y->values.size() || x->values.empty()) return Value::null();
  const auto count = static_cast<double>(x->values.size());
  const double mean_x = std::accumulate(x->values.begin(), x->values.end(), 0.0) / count;
  const double mean_y = std::accumulate(y->values.begin(), y->values.end(), 0.0) / count;
  double xy = 0;
  double xx = 0;
  double yy = 0;
  for (size_t i = 0; i < x->values.size(); ++i) {
    const double dx = x->values[i] - mean_x;
    const double dy = y->values[i] - mean_y;
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return number_or_null(xy / std::sqrt(xx * yy));
}

// --- filling gaps ---

/// Which elements are missing: those that are null or no numbers, or equal to the placeholder that is given.
std::vector<bool> gaps_of(const Series& series, Arguments a, size_t place, EvalContext& c) {
  const Value mark = a.size() > place ? unwrap(a[place], c) : Value::null();
  std::vector<bool> gaps;
  gaps.reserve(series.values.size());
  const bool marked = mark.kind() == Kind::Long || mark.kind() == Kind::Real;
  for (const double value : series.values)
    gaps.push_back(marked ? value == mark.as_real() || (std::isnan(value) && std::isnan(mark.as_real()))
                          : std::isnan(value));
  return gaps;
}
Value write(const std::vector<double>& values, bool whole, EvalContext& c) {
  ArrayWriter out;
  for (const double value : values) add_number(out, value, whole);
  return out.finish(c);
}

template <bool forward>
Value fill_from(Arguments a, EvalContext& c) {
  auto series = series_of(a[0]);
  if (!series) return Value::null();
  std::vector<bool> gaps = gaps_of(*series, a, 1, c);
  auto& values = series->values;
  if (!forward) {
    std::reverse(values.begin(), values.end());
    std::reverse(gaps.begin(), gaps.end());
  }
  for (size_t i = 1; i < values.size(); ++i) {
    if (!gaps[i] || (gaps[i - 1])) continue;
    values[i] = values[i - 1];
    gaps[i] = false;
  }
  if (!forward) std::reverse(values.begin(), values.end());
  return write(values, series->whole, c);
}
Value fill_constant(Arguments a, EvalContext& c) {
  auto series = series_of(a[0]);
  if (!series) return Value::null();
  const Value filler = a.size() > 1 ? unwrap(a[1], c) : Value::integer(0);
  if (filler.kind() != Kind::Long && filler.kind() != Kind::Real) return a[0];
  const std::vector<bool> gaps = gaps_of(*series, a, 2, c);
  for (size_t i = 0; i < gaps.size(); ++i) {
    if (gaps[i]) series->values[i] = filler.as_real();
  }
  return write(series->values, series->whole, c);
}
/// (series, placeholder, whether the edges are filled, what fills a series of gaps): series-fill-linear-function.
Value fill_linear(Arguments a, EvalContext& c) {
  auto series = series_of(a[0]);
  if (!series) return Value::null();
  const std::vector<bool> gaps = gaps_of(*series, a, 1, c);
  auto& values = series->values;
  const bool edges = a.size() < 3 || !a[2].is_null() ? a.size() < 3 || a[2].as_bool() : true;
  const size_t none = values.size();
  size_t before = none;
  if (std::all_of(gaps.begin(), gaps.end(), [](bool gap) { return gap; })) {
    const Value filler = a.size() > 3 ? unwrap(a[3], c) : Value::real(0);
    if (filler.is_null() || filler.is_text()) return a[0];
    std::fill(values.begin(), values.end(), filler.as_real());
    return write(values, false, c);
  }
  for (size_t i = 0; i <= values.size(); ++i) {
    if (i < values.size() && gaps[i]) continue;
    const size_t first = before == none ? 0 : before + 1;
    for (size_t at = first; at < i; ++at) {
      if (before == none || i == none) {
        if (edges) values[at] = before == none ? values[i] : values[before];
        continue;
      }
      const double share = static_cast<double>(at - before) / static_cast<double>(i - before);
      const double value = values[before] + (values[i] - values[before]) * share;
      values[at] = series->whole ? std::trunc(value) : value;
    }
    before = i;
  }
  return write(values, series->whole, c);
}

// --- filters ---

bool flag(Arguments a, size_t place, bool otherwise) {
  return a.size() > place && !a[place].is_null() ? a[place].as_bool() : otherwise;
}
/// The work grows with the product of the lengths.
bool is_heavy(size_t length, size_t filter) { return length * std::max<size_t>(filter, 1) > size_t{200'000'000}; }

/// series-fir-function: beyond the edges the series is zero.
Value fir(Arguments a, EvalContext& c) {
  const auto series = series_of(a[0]);
  const auto filter = series_of(a[1]);
  if (!series || !filter || is_heavy(series->values.size(), filter->values.size())) return Value::null();
  std::vector<double> weights = filter->values;
  const bool negative = std::any_of(weights.begin(), weights.end(), [](double weight) { return weight < 0; });
  if (flag(a, 2, !negative)) {
    if (negative) return Value::null();
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    for (double& weight : weights) weight /= sum;
  }
  const size_t shift = flag(a, 3, false) ? weights.size() / 2 : 0;
  const auto& x = series->values;
  std::vector<double> out(x.size(), 0.0);
  for (size_t i = 0; i < x.size(); ++i) {
    for (size_t k = 0; k < weights.size(); ++k) {
      if (i + shift >= k && i + shift - k < x.size()) out[i] += weights[k] * x[i + shift - k];
    }
  }
  return real_array(out, c);
}
/// series-iir-function: a0 y[i] = sum of b x - sum of a y.
Value iir(Arguments a, EvalContext& c) {
  const auto series = series_of(a[0]);
  const auto numerators = series_of(a[1]);
  const auto denominators = series_of(a[2]);
  if (!series || !numerators || !denominators || denominators->values.empty()) return Value::null();
  const auto& b = numerators->values;
  const auto& d = denominators->values;
  if (d[0] == 0 || is_heavy(series->values.size(), b.size() + d.size())) return Value::null();
  const auto& x = series->values;
  std::vector<double> y(x.size(), 0.0);
  for (size_t i = 0; i < x.size(); ++i) {
    for (size_t k = 0; k < b.size() && k <= i; ++k) y[i] += b[k] * x[i - k];
    for (size_t k = 1; k < d.size() && k <= i; ++k) y[i] -= d[k] * y[i - k];
    y[i] /= d[0];
  }
  return real_array(y, c);
}

constexpr Function kFunctions[] = {
    {"kql.array_sum", 1, 1, false, &array_sum, "The sum of the elements."},
    {"kql.series_abs", 1, 1, false, &each<&magnitude, true>, "The magnitudes."},
    {"kql.series_acos", 1, 1, false, &each<&arc_cosine, false>, "acos of each element."},
    {"kql.series_add", 2, 2, false, &combine<&plus, true>, "Sums of elements."},
    {"kql.series_asin", 1, 1, false, &each<&arc_sine, false>, "asin of each element."},
    {"kql.series_atan", 1, 1, false, &each<&arc_tangent, false>, "atan of each element."},
    {"kql.series_ceiling", 1, 1, false, &each<&up, false>, "Each element rounded up."},
    {"kql.series_cos", 1, 1, false, &each<&cosine, false>, "cos of each element."},
    {"kql.series_cosine_similarity", 2, 4, false, &cosine_similarity, "The cosine of the angle between vectors."},
    {"kql.series_divide", 2, 2, false, &combine<&over, false>, "Quotients of elements."},
    {"kql.series_dot_product", 2, 2, false, &dot_product, "The dot product."},
    {"kql.series_equals", 2, 2, false, &compare<&equal>, "Whether elements are equal."},
    {"kql.series_exp", 1, 1, false, &each<&exponential, false>, "exp of each element."},
    {"kql.series_fill_backward", 1, 2, true, &fill_from<false>, "Gaps filled with what follows."},
    {"kql.series_fill_const", 1, 3, true, &fill_constant, "Gaps filled with a constant."},
    {"kql.series_fill_forward", 1, 2, true, &fill_from<true>, "Gaps filled with what precedes."},
    {"kql.series_fill_linear", 1, 4, true, &fill_linear, "Gaps filled along lines."},
    {"kql.series_fir", 2, 4, true, &fir, "A finite impulse response filter."},
    {"kql.series_floor", 1, 1, false, &each<&down, false>, "Each element rounded down."},
    {"kql.series_greater", 2, 2, false, &compare<&greater>, "Whether elements are greater."},
    {"kql.series_greater_equals", 2, 2, false, &compare<&at_least>, "Whether elements are greater or equal."},
    {"kql.series_iir", 3, 3, false, &iir, "An infinite impulse response filter."},
    {"kql.series_less", 2, 2, false, &compare<&less>, "Whether elements are less."},
    {"kql.series_less_equals", 2, 2, false, &compare<&at_most>, "Whether elements are less or equal."},
    {"kql.series_log", 1, 1, false, &each<&logarithm, false>, "The logarithm of each element."},
    {"kql.series_magnitude", 1, 1, false, &length, "The length of the vector."},
    {"kql.series_multiply", 2, 2, false, &combine<&times, true>, "Products of elements."},
    {"kql.series_not_equals", 2, 2, false, &compare<&differs>, "Whether elements differ."},
    {"kql.series_pearson_correlation", 2, 2, false, &pearson, "Pearson's correlation."},
    {"kql.series_pow", 2, 2, false, &combine<&power, false>, "Powers of elements."},
    {"kql.series_product", 1, 1, false, &fold<true>, "The product."},
    {"kql.series_sign", 1, 1, false, &each<&sign, false>, "The sign of each element."},
    {"kql.series_sin", 1, 1, false, &each<&sine, false>, "sin of each element."},
    {"kql.series_subtract", 2, 2, false, &combine<&minus, true>, "Differences of elements."},
    {"kql.series_sum", 1, 1, false, &fold<false>, "The sum."},
    {"kql.series_tan", 1, 1, false, &each<&tangent, false>, "tan of each element."},
};

}  // namespace

std::span<const Function> series_functions() { return kFunctions; }

}  // namespace hecate::kql_support
