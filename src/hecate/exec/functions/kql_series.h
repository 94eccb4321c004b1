#pragma once

#include <complex>
#include <optional>
#include <vector>

#include "exec/functions/kql_support.h"

/// Series: dynamic arrays of numbers. Private to exec/functions.
namespace hecate::kql_support {

/// The numbers of an array; NaN where an element is none. Nothing where the value is no array.
struct Series {
  std::vector<double> values;
  bool whole = true;  // no element has a point or an exponent
};
[[nodiscard]] std::optional<Series> series_of(const Value& value);
[[nodiscard]] Value real_array(const std::vector<double>& values, EvalContext& context);
[[nodiscard]] std::string real_json(const std::vector<double>& values);

/// A line y = slope * x + interception through values at 0, 1, …; those that are NaN are left out.
struct Line {
  double slope = 0;
  double interception = 0;
  double variance = 0;           // of the values
  double residual_variance = 0;  // of what the line leaves
  double rsquare = 0;
  [[nodiscard]] double at(size_t place) const { return slope * static_cast<double>(place) + interception; }
};
[[nodiscard]] Line fit_line(std::span<const double> values);

/// Tukey's scores: how many interquantile ranges a value lies outside of it.
[[nodiscard]] std::vector<double> outlier_scores(const std::vector<double>& values, double low, double high);

using Complex = std::complex<double>;
/// The discrete Fourier transform of any length, in n log n.
[[nodiscard]] std::vector<Complex> fourier(std::vector<Complex> values, bool inverse);

}  // namespace hecate::kql_support
