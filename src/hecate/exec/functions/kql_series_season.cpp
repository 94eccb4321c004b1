#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "exec/functions/kql_series.h"

// Series: periods, trend and season. https://learn.microsoft.com/kusto/query/series-decompose-function
namespace hecate::kql_support {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr size_t kShortestPeriod = 4;

/// How much the series is like itself at each distance, relative to its variance; the fewer pairs of values there are,
/// the more each counts.
std::vector<double> autocorrelation(const std::vector<double>& values) {
  const size_t n = values.size();
  double sum = 0;
  double known = 0;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    sum += value;
    known += 1;
  }
  std::vector<Complex> centered(std::bit_ceil(2 * std::max<size_t>(n, 1)));
  for (size_t i = 0; i < n; ++i) centered[i] = std::isfinite(values[i]) ? values[i] - sum / known : 0;
  std::vector<Complex> spectrum = fourier(std::move(centered), false);
  for (Complex& value : spectrum) value = std::norm(value);
  spectrum = fourier(std::move(spectrum), true);
  std::vector<double> result(n, 0.0);
  const double variance = spectrum.front().real();
  for (size_t i = 0; i < n && variance > 0; ++i)
    result[i] = spectrum[i].real() / variance * static_cast<double>(n) / static_cast<double>(n - i);
  return result;
}
/// Between 0 and 1: a period shows at once and at twice its length, so that there must be more than two of it.
double score(const std::vector<double>& likeness, size_t period) {
  if (period < kShortestPeriod || 2 * period >= likeness.size()) return 0;
  return std::clamp(std::min(likeness[period], likeness[2 * period]), 0.0, 1.0);
}

struct Period {
  size_t length = 0;
  double score = 0;
};
/// The best first; a multiple of a better one is none.
std::vector<Period> periods_of(const std::vector<double>& values, double shortest, double longest, double least) {
  const std::vector<double> likeness = autocorrelation(values);
  std::vector<Period> found;
  for (size_t i = kShortestPeriod; 2 * i < likeness.size(); ++i) {
    const auto length = static_cast<double>(i);
    if (length < shortest || length > longest) continue;
    const bool peak = likeness[i] >= likeness[i - 1] && likeness[i] >= likeness[i + 1];
    const double points = score(likeness, i);
    if (peak && points >= least) found.push_back({i, points});
  }
  std::vector<Period> result;
  for (const Period& each : found) {
    const auto repeats = [&](const Period& base) {
      return each.length % base.length == 0 && each.score <= base.score * 1.1;
    };
    if (std::none_of(result.begin(), result.end(), repeats)) result.push_back(each);
  }
  std::stable_sort(result.begin(), result.end(), [](const Period& a, const Period& b) { return a.score > b.score; });
  return result;
}

/// (series, shortest, longest, how many): those that are not found are 0.
Value detect(Arguments a, EvalContext& c) {
  constexpr double kLeastScore = 0.5;
  constexpr int64_t kMost = 1'000;
  const auto series = series_of(a[0]);
  if (!series) return Value::null();
  const std::vector<Period> found = periods_of(series->values, a[1].as_real(), a[2].as_real(), kLeastScore);
  std::vector<double> periods;
  std::vector<double> scores;
  for (size_t i = 0; i < static_cast<size_t>(std::clamp<int64_t>(a[3].as_integer(), 0, kMost)); ++i) {
    periods.push_back(i < found.size() ? static_cast<double>(found[i].length) : 0);
    scores.push_back(i < found.size() ? found[i].score : 0);
  }
  ArrayWriter out;
  out.add(real_json(periods));
  out.add(real_json(scores));
  return out.finish(c);
}
Value validate(Arguments a, EvalContext& c) {
  const auto series = series_of(a[0]);
  if (!series) return Value::null();
  const std::vector<double> likeness = autocorrelation(series->values);
  std::vector<double> periods;
  std::vector<double> scores;
  for (const Value& value : a.subspan(1)) {
    const double period = value.as_real();
    const bool sound = period >= static_cast<double>(kShortestPeriod) && period < 1e9;
    periods.push_back(period);
    scores.push_back(sound ? score(likeness, static_cast<size_t>(std::lround(period))) : 0);
  }
  ArrayWriter out;
  out.add(real_json(periods));
  out.add(real_json(scores));
  return out.finish(c);
}

// --- decomposition ---

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const size_t middle = values.size() / 2;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(middle), values.end());
  if (values.size() % 2 == 1) return values[middle];
  const double below = *std::max_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(middle));
  return (below + values[middle]) / 2;
}
/// For each place the median of the values at the same place of all periods; the last `tested` values do not count.
std::vector<double> season_of(const std::vector<double>& values, size_t period, size_t tested) {
  std::vector<double> season(values.size(), 0.0);
  if (period == 0 || period > values.size()) return season;
  for (size_t phase = 0; phase < period; ++phase) {
    std::vector<double> same;
    for (size_t i = phase; i + tested < values.size(); i += period) {
      if (std::isfinite(values[i])) same.push_back(values[i]);
    }
    const double middle = median(std::move(same));
    for (size_t i = phase; i < values.size(); i += period) season[i] = middle;
  }
  return season;
}
size_t best_period(const std::vector<double>& values, size_t tested, double least) {
  const std::vector<double> learned(values.begin(), values.end() - static_cast<std::ptrdiff_t>(tested));
  const std::vector<Period> found =
      periods_of(learned, static_cast<double>(kShortestPeriod), static_cast<double>(learned.size()), least);
  return found.empty() ? 0 : found.front().length;
}

Value seasonal(Arguments a, EvalContext& c) {
  constexpr double kLeastScore = 0.7;
  const auto series = series_of(a[0]);
  if (!series) return Value::null();
  const int64_t asked = a.size() > 1 && !a[1].is_null() ? a[1].as_integer() : -1;
  const int64_t last = a.size() > 2 && !a[2].is_null() ? a[2].as_integer() : 0;
  const auto tested = static_cast<size_t>(std::clamp<int64_t>(last, 0, static_cast<int64_t>(series->values.size())));
  const size_t period = asked < 0 ? best_period(series->values, tested, kLeastScore) : static_cast<size_t>(asked);
  return real_array(season_of(series->values, period, tested), c);
}

struct Decomposition {
  std::vector<double> baseline, seasonal, trend, residual;
};
struct Wishes {
  int64_t period = -1;
  std::string trend = "avg";
  int64_t tested = 0;
  double least_score = 0.6;
};

/// The season first, then the trend of what it leaves; the baseline is both.
Decomposition decompose(const std::vector<double>& values, const Wishes& wishes) {
  Decomposition result;
  const size_t n = values.size();
  const auto tested = static_cast<size_t>(std::clamp<int64_t>(wishes.tested, 0, static_cast<int64_t>(n)));
  const size_t period =
      wishes.period < 0 ? best_period(values, tested, wishes.least_score) : static_cast<size_t>(wishes.period);
  result.seasonal = season_of(values, period, tested);
  std::vector<double> rest(n);
  for (size_t i = 0; i < n; ++i) rest[i] = std::isfinite(values[i]) ? values[i] - result.seasonal[i] : kNan;
  const Line line = fit_line(std::span<const double>(rest).first(n - tested));
  double sum = 0;
  double known = 0;
  for (size_t i = 0; i + tested < n; ++i) {
    if (std::isnan(rest[i])) continue;
    sum += rest[i];
    known += 1;
  }
  for (size_t i = 0; i < n; ++i) {
    const double trend = wishes.trend == "linefit"              ? line.at(i)
                         : wishes.trend == "none" || known == 0 ? 0
                                                                : sum / known;
    result.trend.push_back(trend);
    result.baseline.push_back(result.seasonal[i] + trend);
    result.residual.push_back(std::isfinite(values[i]) ? values[i] - result.baseline[i] : kNan);
  }
  return result;
}

int64_t whole(Arguments a, size_t place, int64_t otherwise) {
  return a.size() > place && !a[place].is_null() ? a[place].as_integer() : otherwise;
}
double real(Arguments a, size_t place, double otherwise) {
  return a.size() > place && !a[place].is_null() ? a[place].as_real() : otherwise;
}
/// A text in lower case; nothing where it is none of the known ones.
std::optional<std::string> word(Arguments a, size_t place, std::initializer_list<std::string_view> known,
                                EvalContext& c) {
  if (a.size() <= place || a[place].is_null()) return std::string(*known.begin());
  std::string text = fold_case(text_of(a[place], c));
  const bool found = std::find(known.begin(), known.end(), text) != known.end();
  return found ? std::optional(std::move(text)) : std::nullopt;
}
std::string with_gaps(const std::vector<double>& values) {
  ArrayWriter out;
  for (const double value : values) {
    if (std::isnan(value))
      out.add("null");
    else
      out.add_real(value);
  }
  return out.text();
}
Value columns(const Decomposition& parts, EvalContext& c) {
  ArrayWriter out;
  for (const auto* part : {&parts.baseline, &parts.seasonal, &parts.trend, &parts.residual}) out.add(with_gaps(*part));
  return out.finish(c);
}

/// (series, period, trend, points to leave out, least score)
Value decompose_series(Arguments a, EvalContext& c) {
  const auto series = series_of(a[0]);
  const auto trend = word(a, 2, {"avg", "linefit", "none"}, c);
  if (!series || !trend) return Value::null();
  return columns(decompose(series->values, {whole(a, 1, -1), *trend, whole(a, 3, 0), real(a, 4, 0.6)}), c);
}
/// (series, points, period, trend, least score): the points are the last ones, which nothing is learned from.
Value forecast(Arguments a, EvalContext& c) {
  const auto series = series_of(a[0]);
  const auto trend = word(a, 3, {"avg", "linefit", "none"}, c);
  if (!series || !trend) return Value::null();
  return columns(decompose(series->values, {whole(a, 2, -1), *trend, whole(a, 1, 0), real(a, 4, 0.6)}), c);
}
/// (series, threshold, period, trend, points, method, least score)
Value anomalies(Arguments a, EvalContext& c) {
  const auto series = series_of(a[0]);
  const auto trend = word(a, 3, {"avg", "linefit", "none"}, c);
  const auto method = word(a, 5, {"ctukey", "tukey"}, c);
  if (!series || !trend || !method) return Value::null();
  const Decomposition parts = decompose(series->values, {whole(a, 2, -1), *trend, whole(a, 4, 0), real(a, 6, 0.6)});
  const bool plain = *method == "tukey";
  const std::vector<double> scores = outlier_scores(parts.residual, plain ? 25 : 10, plain ? 75 : 90);
  const double threshold = real(a, 1, 1.5);
  ArrayWriter flags;
  for (const double each : scores) flags.add(each > threshold ? "1" : each < -threshold ? "-1" : "0");
  ArrayWriter out;
  out.add(flags.text());
  out.add(real_json(scores));
  out.add(with_gaps(parts.baseline));
  return out.finish(c);
}

constexpr Function kFunctions[] = {
    {"kql.series_decompose", 1, 5, true, &decompose_series, "Trend, season and rest of a series."},
    {"kql.series_decompose_anomalies", 1, 7, true, &anomalies, "Where a series departs from trend and season."},
    {"kql.series_decompose_forecast", 2, 5, true, &forecast, "A series, continued by trend and season."},
    {"kql.series_periods_detect", 4, 4, false, &detect, "The periods of a series."},
    {"kql.series_periods_validate", 2, -1, false, &validate, "How well periods fit a series."},
    {"kql.series_seasonal", 1, 3, true, &seasonal, "The seasonal part of a series."},
};

}  // namespace

std::span<const Function> series_season_functions() { return kFunctions; }

}  // namespace hecate::kql_support
