#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "base/text.h"
#include "exec/functions/kql_series.h"

// Series: statistics, lines and polynomials through them, outliers, the Fourier transform. A function that gives
// several columns gives an array of them, which the binder takes apart.
namespace hecate::kql_support {

Line fit_line(std::span<const double> values) {
  double n = 0;
  double sum_x = 0;
  double sum_y = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) continue;
    n += 1;
    sum_x += static_cast<double>(i);
    sum_y += values[i];
  }
  Line line;
  if (n == 0) return line;
  const double mean_x = sum_x / n;
  const double mean_y = sum_y / n;
  double xx = 0;
  double xy = 0;
  double yy = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) continue;
    const double dx = static_cast<double>(i) - mean_x;
    const double dy = values[i] - mean_y;
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  line.slope = xx > 0 ? xy / xx : 0;
  line.interception = mean_y - line.slope * mean_x;
  const double freedom = std::max(n - 1, 1.0);
  line.variance = yy / freedom;
  line.residual_variance = std::max(0.0, yy - line.slope * xy) / freedom;
  line.rsquare = yy > 0 ? 1 - line.residual_variance / line.variance : 1;
  return line;
}

namespace {

/// Between the two nearest of sorted values.
double quantile(const std::vector<double>& sorted, double percent) {
  const double place = percent / 100 * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - static_cast<double>(below));
}

}  // namespace

std::vector<double> outlier_scores(const std::vector<double>& values, double low, double high) {
  std::vector<double> sorted;
  std::copy_if(values.begin(), values.end(), std::back_inserter(sorted), [](double v) { return std::isfinite(v); });
  std::vector<double> scores(values.size(), 0.0);
  if (sorted.empty()) return scores;
  std::sort(sorted.begin(), sorted.end());
  const double bottom = quantile(sorted, low);
  const double top = quantile(sorted, high);
  // Where most values are the same, any other is far out.
  const double range = std::max(top - bottom, std::numeric_limits<double>::min());
  for (size_t i = 0; i < values.size(); ++i) {
    const double beyond = values[i] > top ? values[i] - top : values[i] < bottom ? values[i] - bottom : 0;
    scores[i] = std::clamp(beyond / range, -1e9, 1e9);
    if (std::isnan(scores[i])) scores[i] = 0;
  }
  return scores;
}

namespace {

/// In place; the size is a power of two.
void transform(std::vector<Complex>& values, bool inverse) {
  const size_t n = values.size();
  for (size_t i = 1, j = 0; i < n; ++i) {
    size_t bit = n >> 1;
    for (; (j & bit) != 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(values[i], values[j]);
  }
  for (size_t length = 2; length <= n; length <<= 1) {
    const double angle = (inverse ? 2 : -2) * std::numbers::pi / static_cast<double>(length);
    for (size_t k = 0; k < length / 2; ++k) {
      const Complex root = std::polar(1.0, angle * static_cast<double>(k));
      for (size_t i = k; i < n; i += length) {
        const Complex odd = values[i + length / 2] * root;
        values[i + length / 2] = values[i] - odd;
        values[i] += odd;
      }
    }
  }
}

}  // namespace

std::vector<Complex> fourier(std::vector<Complex> values, bool inverse) {
  const size_t n = values.size();
  if (n <= 1) return values;
  if (std::has_single_bit(n)) {
    transform(values, inverse);
  } else {
    // Bluestein: a transform of any length as a convolution.
    const size_t size = std::bit_ceil(2 * n);
    std::vector<Complex> chirp(n);
    for (size_t i = 0; i < n; ++i) {
      const auto square = static_cast<double>((static_cast<uint64_t>(i) * i) % (2 * n));
      chirp[i] = std::polar(1.0, (inverse ? 1 : -1) * std::numbers::pi * square / static_cast<double>(n));
    }
    std::vector<Complex> x(size);
    std::vector<Complex> y(size);
    for (size_t i = 0; i < n; ++i) x[i] = values[i] * chirp[i];
    y[0] = std::conj(chirp[0]);
    for (size_t i = 1; i < n; ++i) y[i] = y[size - i] = std::conj(chirp[i]);
    transform(x, false);
    transform(y, false);
    for (size_t i = 0; i < size; ++i) x[i] *= y[i];
    transform(x, true);
    for (size_t i = 0; i < n; ++i) values[i] = x[i] / static_cast<double>(size) * chirp[i];
  }
  if (inverse) {
    for (Complex& value : values) value /= static_cast<double>(n);
  }
  return values;
}

namespace {

template <bool inverse>
Value fft(Arguments a, EvalContext& c) {
  const auto real = series_of(a[0]);
  const auto imaginary = a.size() > 1 ? series_of(a[1]) : std::optional(Series{});
  if (!real || !imaginary) return Value::null();
  std::vector<Complex> values(real->values.size());
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = {real->values[i], i < imaginary->values.size() ? imaginary->values[i] : 0};
  values = fourier(std::move(values), inverse);
  std::vector<double> re;
  std::vector<double> im;
  for (const Complex& value : values) {
    re.push_back(value.real());
    im.push_back(value.imag());
  }
  ArrayWriter out;
  out.add(real_json(re));
  out.add(real_json(im));
  return out.finish(c);
}

// --- statistics ---

struct Statistics {
  double min = 0, max = 0, average = 0, variance = 0, sum = 0;
  size_t min_place = 0, max_place = 0, count = 0;
};
/// Nothing where a value is not finite and such values are not passed over.
std::optional<Statistics> statistics(const std::vector<double>& values, bool passes) {
  Statistics s;
  for (size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) {
      if (!passes) return std::nullopt;
      continue;
    }
    if (s.count == 0 || values[i] < s.min) s.min = values[s.min_place = i];
    if (s.count == 0 || values[i] > s.max) s.max = values[s.max_place = i];
    s.sum += values[i];
    ++s.count;
  }
  if (s.count == 0) return std::nullopt;
  s.average = s.sum / static_cast<double>(s.count);
  for (const double value : values) {
    if (std::isfinite(value)) s.variance += (value - s.average) * (value - s.average);
  }
  s.variance /= static_cast<double>(std::max<size_t>(s.count - 1, 1));
  return s;
}
std::string number(double value) {
  std::string out;
  append_real(value, out);
  return out;
}
Value stats(Arguments a, EvalContext& c) {
  const auto series = series_of(a[0]);
  if (!series) return Value::null();
  const auto s = statistics(series->values, a.size() > 1 && a[1].is_true());
  if (!s) return Value::null();
  ArrayWriter out;
  out.add(number(s->min));
  out.add(std::to_string(s->min_place));
  out.add(number(s->max));
  out.add(std::to_string(s->max_place));
  out.add(number(s->average));
  out.add(number(std::sqrt(s->variance)));
  out.add(number(s->variance));
  return out.finish(c);
}
Value stats_dynamic(Arguments a, EvalContext& c) {
  const auto series = series_of(a[0]);
  if (!series) return Value::null();
  const auto s = statistics(series->values, a.size() > 1 && a[1].is_true());
  if (!s) return Value::null();
  ObjectWriter out;
  out.add("min", number(s->min));
  out.add("min_idx", std::to_string(s->min_place));
  out.add("max", number(s->max));
  out.add("max_idx", std::to_string(s->max_place));
  out.add("avg", number(s->average));
  out.add("stdev", number(std::sqrt(s->variance)));
  out.add("variance", number(s->variance));
  out.add("sum", number(s->sum));
  out.add("len", std::to_string(s->count));
  return out.finish(c);
}

// --- lines ---

std::string line_json(const Line& line, size_t count) {
  ArrayWriter out;
  for (size_t i = 0; i < count; ++i) out.add_real(line.at(i));
  return out.text();
}
constexpr std::array<std::string_view, 6> kLineNames = {"rsquare",   "slope",        "variance",
                                                        "rvariance", "interception", "line_fit"};
/// Kusto counts places from 1: the page's example meets the axis one slope before the first value.
double interception(const Line& line) { return line.interception - line.slope; }
std::array<std::string, 6> line_figures(const Line& line, size_t count) {
  return {number(line.rsquare),           number(line.slope),         number(line.variance),
          number(line.residual_variance), number(interception(line)), line_json(line, count)};
}
template <size_t size>
Value as_object(const std::array<std::string_view, size>& names, const std::array<std::string, size>& figures,
                EvalContext& c) {
  ObjectWriter out;
  for (size_t i = 0; i < size; ++i) out.add(names[i], figures[i]);
  return out.finish(c);
}
template <size_t size>
Value as_array(const std::array<std::string, size>& figures, EvalContext& c) {
  ArrayWriter out;
  for (const std::string& figure : figures) out.add(figure);
  return out.finish(c);
}

template <bool object>
Value line(Arguments a, EvalContext& c) {
  const auto series = series_of(a[0]);
  if (!series || series->values.empty()) return Value::null();
  const auto figures = line_figures(fit_line(series->values), series->values.size());
  return object ? as_object(kLineNames, figures, c) : as_array(figures, c);
}

/// What a line leaves of a part, from sums over the values before each place.
struct Sums {
  std::vector<double> n{0}, x{0}, y{0}, xx{0}, xy{0}, yy{0};
  explicit Sums(const std::vector<double>& values) {
    for (size_t i = 0; i < values.size(); ++i) {
      const bool known = !std::isnan(values[i]);
      const double place = known ? static_cast<double>(i) : 0;
      const double value = known ? values[i] : 0;
      n.push_back(n.back() + (known ? 1 : 0));
      x.push_back(x.back() + place);
      y.push_back(y.back() + value);
      xx.push_back(xx.back() + place * place);
      xy.push_back(xy.back() + place * value);
      yy.push_back(yy.back() + value * value);
    }
  }
  [[nodiscard]] double rest(size_t from, size_t to) const {
    const double count = n[to] - n[from];
    if (count < 2) return 0;
    const double sx = x[to] - x[from];
    const double sy = y[to] - y[from];
    const double dxx = xx[to] - xx[from] - sx * sx / count;
    const double dxy = xy[to] - xy[from] - sx * sy / count;
    const double dyy = yy[to] - yy[from] - sy * sy / count;
    return dxx > 0 ? dyy - dxy * dxy / dxx : dyy;
  }
};

/// The split into two parts that two lines fit best (series-fit-2lines-function).
template <bool object>
Value two_lines(Arguments a, EvalContext& c) {
  const auto series = series_of(a[0]);
  if (!series || series->values.size() < 2) return Value::null();
  const std::vector<double>& values = series->values;
  const Sums sums(values);
  size_t split = 1;
  double least = std::numeric_limits<double>::infinity();
  for (size_t i = 1; i < values.size(); ++i) {
    const double rest = sums.rest(0, i) + sums.rest(i, values.size());
    if (rest < least) {
      least = rest;
      split = i;
    }
  }
  const std::span<const double> all(values);
  const Line left = fit_line(all.first(split));
  const Line right = fit_line(all.subspan(split));
  const Line whole = fit_line(all);
  std::vector<double> fitted;
  for (size_t i = 0; i < split; ++i) fitted.push_back(left.at(i));
  for (size_t i = split; i < values.size(); ++i) fitted.push_back(right.at(i - split));
  double rest = 0;
  double known = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) continue;
    rest += (values[i] - fitted[i]) * (values[i] - fitted[i]);
    known += 1;
  }
  const double variance = rest / std::max(known - 1, 1.0);
  const double rsquare = whole.variance > 0 ? 1 - variance / whole.variance : 1;
  const auto part = [](const Line& l) {
    return std::array<std::string, 5>{number(l.rsquare), number(l.slope), number(interception(l)), number(l.variance),
                                      number(l.residual_variance)};
  };
  if (!object) {
    ArrayWriter out;
    for (const std::string& figure : {number(rsquare), std::to_string(split), number(whole.variance), number(variance)})
      out.add(figure);
    out.add(real_json(fitted));
    for (const std::string& figure : part(right)) out.add(figure);
    for (const std::string& figure : part(left)) out.add(figure);
    return out.finish(c);
  }
  static constexpr std::array<std::string_view, 5> kNames = {"rsquare", "slope", "interception", "variance",
                                                             "rvariance"};
  ObjectWriter out;
  out.add("rsquare", number(rsquare));
  out.add("split_idx", std::to_string(split));
  out.add("variance", number(whole.variance));
  out.add("rvariance", number(variance));
  out.add("line_fit", real_json(fitted));
  out.add("right", as_object(kNames, part(right), c).as_text());
  out.add("left", as_object(kNames, part(left), c).as_text());
  return out.finish(c);
}

// --- polynomials ---

constexpr size_t kHighestDegree = 10;

/// Least squares by Householder's reflections over x scaled to [-1, 1]; the coefficients are those of the scaled x,
/// lowest power first.
std::vector<double> fit_scaled(const std::vector<double>& x, std::vector<double> y, size_t degree) {
  const size_t rows = x.size();
  const size_t columns = degree + 1;
  std::vector<std::vector<double>> q(columns, std::vector<double>(rows));
  std::vector<double> result(columns, 0.0);
  std::vector<std::vector<double>> r(columns, std::vector<double>(columns, 0.0));
  // Modified Gram-Schmidt is enough for these degrees over [-1, 1].
  for (size_t j = 0; j < columns; ++j) {
    for (size_t i = 0; i < rows; ++i) q[j][i] = std::pow(x[i], static_cast<double>(j));
    for (size_t k = 0; k < j; ++k) {
      r[k][j] = std::inner_product(q[k].begin(), q[k].end(), q[j].begin(), 0.0);
      for (size_t i = 0; i < rows; ++i) q[j][i] -= r[k][j] * q[k][i];
    }
    r[j][j] = std::sqrt(std::inner_product(q[j].begin(), q[j].end(), q[j].begin(), 0.0));
    if (r[j][j] < 1e-12) r[j][j] = 0;
    for (double& value : q[j]) value = r[j][j] > 0 ? value / r[j][j] : 0;
  }
  std::vector<double> projected(columns);
  for (size_t j = 0; j < columns; ++j) {
    projected[j] = std::inner_product(q[j].begin(), q[j].end(), y.begin(), 0.0);
    for (size_t i = 0; i < rows; ++i) y[i] -= projected[j] * q[j][i];
  }
  for (size_t j = columns; j-- > 0;) {
    double rest = projected[j];
    for (size_t k = j + 1; k < columns; ++k) rest -= r[j][k] * result[k];
    result[j] = r[j][j] > 0 ? rest / r[j][j] : 0;
  }
  return result;
}
double evaluate(const std::vector<double>& coefficients, double x) {
  double value = 0;
  for (size_t i = coefficients.size(); i-- > 0;) value = value * x + coefficients[i];
  return value;
}
/// The coefficients of p((x - shift) / scale), highest power first.
std::vector<double> unscaled(const std::vector<double>& scaled, double shift, double scale) {
  std::vector<double> out{0.0};
  for (size_t i = scaled.size(); i-- > 0;) {
    std::vector<double> next(out.size() + 1, 0.0);
    for (size_t k = 0; k < out.size(); ++k) {
      next[k + 1] += out[k] / scale;
      next[k] -= out[k] * shift / scale;
    }
    next[0] += scaled[i];
    out = std::move(next);
  }
  out.resize(scaled.size());
  std::reverse(out.begin(), out.end());
  return out;
}

/// (y[, x[, degree]]): x is 1, 2, … and the degree 1 where they are not given (series-fit-poly-function).
Value polynomial(Arguments a, EvalContext& c) {
  const auto series = series_of(a[0]);
  if (!series || series->values.empty()) return Value::null();
  std::vector<double> x(series->values.size());
  std::iota(x.begin(), x.end(), 1.0);
  if (a.size() > 1) {
    const auto given = series_of(a[1]);
    if (!given || given->values.size() != x.size()) return Value::null();
    x = given->values;
  }
  const int64_t degree = a.size() > 2 ? a[2].as_integer() : 1;
  if (degree < 0 || degree > static_cast<int64_t>(kHighestDegree)) return Value::null();
  std::vector<double> known_x;
  std::vector<double> known_y;
  for (size_t i = 0; i < x.size(); ++i) {
    if (!std::isfinite(x[i]) || !std::isfinite(series->values[i])) continue;
    known_x.push_back(x[i]);
    known_y.push_back(series->values[i]);
  }
  if (known_x.empty()) return Value::null();
  const auto [low, high] = std::minmax_element(known_x.begin(), known_x.end());
  const double shift = (*low + *high) / 2;
  const double scale = *high > *low ? (*high - *low) / 2 : 1;
  std::vector<double> scaled_x;
  for (const double value : known_x) scaled_x.push_back((value - shift) / scale);
  const std::vector<double> scaled = fit_scaled(scaled_x, known_y, static_cast<size_t>(degree));
  std::vector<double> fitted;
  for (const double value : x) fitted.push_back(evaluate(scaled, (value - shift) / scale));
  const auto all = statistics(known_y, true);
  double rest = 0;
  for (size_t i = 0; i < known_x.size(); ++i) {
    const double off = known_y[i] - evaluate(scaled, scaled_x[i]);
    rest += off * off;
  }
  const double variance = all ? all->variance : 0;
  rest /= static_cast<double>(std::max<size_t>(known_x.size() - 1, 1));
  return as_array(std::array<std::string, 5>{number(variance > 0 ? 1 - rest / variance : 1),
                                             real_json(unscaled(scaled, shift, scale)), number(variance), number(rest),
                                             real_json(fitted)},
                  c);
}

/// (series, kind, value to pass over, lowest and highest percentile): series-outliers-function.
Value outliers(Arguments a, EvalContext& c) {
  auto series = series_of(a[0]);
  if (!series) return Value::null();
  const std::string_view kind = a.size() > 1 && !a[1].is_null() ? text_of(a[1], c) : "ctukey";
  const bool plain = equals_ignoring_case(kind, "tukey");
  if (!plain && !equals_ignoring_case(kind, "ctukey")) return Value::null();
  const auto percentile = [&](size_t place, double otherwise) {
    const double given = a.size() > place && !a[place].is_null() ? a[place].as_real() : otherwise;
    return std::clamp(given, 2.0, 98.0);
  };
  if (a.size() > 2 && !a[2].is_null()) {
    const double ignored = a[2].as_real();
    for (double& value : series->values) value = value == ignored ? std::nan("") : value;
  }
  return real_array(outlier_scores(series->values, plain ? 25 : percentile(3, 10), plain ? 75 : percentile(4, 90)), c);
}

constexpr Function kFunctions[] = {
    {"kql.series_fft", 1, 2, false, &fft<false>, "The Fourier transform."},
    {"kql.series_fit_2lines", 1, 1, false, &two_lines<false>, "Two lines through a series."},
    {"kql.series_fit_2lines_dynamic", 1, 1, false, &two_lines<true>, "Two lines through a series, as an object."},
    {"kql.series_fit_line", 1, 1, false, &line<false>, "A line through a series."},
    {"kql.series_fit_line_dynamic", 1, 1, false, &line<true>, "A line through a series, as an object."},
    {"kql.series_fit_poly", 1, 3, false, &polynomial, "A polynomial through a series."},
    {"kql.series_ifft", 1, 2, false, &fft<true>, "The inverse Fourier transform."},
    {"kql.series_outliers", 1, 6, true, &outliers, "Scores by Tukey's test."},
    {"kql.series_stats", 1, 2, true, &stats, "Statistics of a series."},
    {"kql.series_stats_dynamic", 1, 2, true, &stats_dynamic, "Statistics of a series as an object."},
};

}  // namespace

std::span<const Function> series_fit_functions() { return kFunctions; }

}  // namespace hecate::kql_support
