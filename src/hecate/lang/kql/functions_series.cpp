#include "lang/kql/function_columns.h"

// https://learn.microsoft.com/kusto/query/scalar-functions: series.
namespace hecate::kql {
namespace {

using namespace columns;

// clang-format off
constexpr FunctionInfo kFunctions[] = {
    {"series_abs", 1, 1, {J}, Dynamic, "kql.series_abs", Own, "The magnitudes.", "series_abs(s)"},
    {"series_acos", 1, 1, {J}, Dynamic, "kql.series_acos", Own, "acos of each element.", "series_acos(s)"},
    {"series_asin", 1, 1, {J}, Dynamic, "kql.series_asin", Own, "asin of each element.", "series_asin(s)"},
    {"series_atan", 1, 1, {J}, Dynamic, "kql.series_atan", Own, "atan of each element.", "series_atan(s)"},
    {"series_ceiling", 1, 1, {J}, Dynamic, "kql.series_ceiling", Own, "Each element rounded up.", "series_ceiling(s)"},
    {"series_cos", 1, 1, {J}, Dynamic, "kql.series_cos", Own, "cos of each element.", "series_cos(s)"},
    {"series_exp", 1, 1, {J}, Dynamic, "kql.series_exp", Own, "exp of each element.", "series_exp(s)"},
    {"series_floor", 1, 1, {J}, Dynamic, "kql.series_floor", Own, "Each element rounded down.", "series_floor(s)"},
    {"series_log", 1, 1, {J}, Dynamic, "kql.series_log", Own, "The logarithm of each element.", "series_log(s)"},
    {"series_sign", 1, 1, {J}, Dynamic, "kql.series_sign", Own, "The sign of each element.", "series_sign(s)"},
    {"series_sin", 1, 1, {J}, Dynamic, "kql.series_sin", Own, "sin of each element.", "series_sin(s)"},
    {"series_tan", 1, 1, {J}, Dynamic, "kql.series_tan", Own, "tan of each element.", "series_tan(s)"},
    {"series_add", 2, 2, {A, A}, Dynamic, "kql.series_add", Own, "Sums of elements.", "series_add(a, b)"},
    {"series_subtract", 2, 2, {A, A}, Dynamic, "kql.series_subtract", Own, "Differences of elements.", "series_subtract(a, b)"},
    {"series_multiply", 2, 2, {A, A}, Dynamic, "kql.series_multiply", Own, "Products of elements.", "series_multiply(a, b)"},
    {"series_divide", 2, 2, {A, A}, Dynamic, "kql.series_divide", Own, "Quotients of elements.", "series_divide(a, b)"},
    {"series_pow", 2, 2, {A, A}, Dynamic, "kql.series_pow", Own, "Powers of elements.", "series_pow(a, b)"},
    {"series_equals", 2, 2, {A, A}, Dynamic, "kql.series_equals", Own, "Whether elements are equal.", "series_equals(a, b)"},
    {"series_not_equals", 2, 2, {A, A}, Dynamic, "kql.series_not_equals", Own, "Whether elements differ.", "series_not_equals(a, b)"},
    {"series_greater", 2, 2, {A, A}, Dynamic, "kql.series_greater", Own, "Whether elements are greater.", "series_greater(a, b)"},
    {"series_greater_equals", 2, 2, {A, A}, Dynamic, "kql.series_greater_equals", Own, "Whether elements are greater or equal.", "series_greater_equals(a, b)"},
    {"series_less", 2, 2, {A, A}, Dynamic, "kql.series_less", Own, "Whether elements are less.", "series_less(a, b)"},
    {"series_less_equals", 2, 2, {A, A}, Dynamic, "kql.series_less_equals", Own, "Whether elements are less or equal.", "series_less_equals(a, b)"},
    {"series_magnitude", 1, 1, {J}, Real, "kql.series_magnitude", Own, "The length of the vector.", "series_magnitude(s)"},
    {"series_sum", 1, 1, {J}, Real, "kql.series_sum", Own, "The sum.", "series_sum(s)"},
    {"series_product", 1, 1, {J}, Real, "kql.series_product", Own, "The product.", "series_product(s)"},
    {"series_dot_product", 2, 2, {A, A}, Real, "kql.series_dot_product", Own, "The dot product.", "series_dot_product(a, b)"},
    {"series_pearson_correlation", 2, 2, {J, J}, Real, "kql.series_pearson_correlation", Own, "Pearson's correlation.", "series_pearson_correlation(a, b)"},
    {"series_cosine_similarity", 2, 4, {J, J, N, N}, Real, "kql.series_cosine_similarity", Own, "The cosine of the angle between two vectors.", "series_cosine_similarity(a, b)"},
    {"series_fill_backward", 1, 2, {J, A}, Dynamic, "kql.series_fill_backward", Keep, "Gaps filled with what follows.", "series_fill_backward(s)"},
    {"series_fill_forward", 1, 2, {J, A}, Dynamic, "kql.series_fill_forward", Keep, "Gaps filled with what precedes.", "series_fill_forward(s)"},
    {"series_fill_const", 1, 3, {J, A, A}, Dynamic, "kql.series_fill_const", Keep, "Gaps filled with a constant.", "series_fill_const(s, 0)"},
    {"series_fill_linear", 1, 4, {J, A, B, A}, Dynamic, "kql.series_fill_linear", Keep, "Gaps filled along lines.", "series_fill_linear(s)"},
    {"series_fir", 2, 4, {J, J, B, B}, Dynamic, "kql.series_fir", Keep, "A finite impulse response filter.", "series_fir(s, dynamic([1, 1, 1]))"},
    {"series_iir", 3, 3, {J, J, J}, Dynamic, "kql.series_iir", Keep, "An infinite impulse response filter.", "series_iir(s, dynamic([1]), dynamic([1, -1]))"},
    {"series_outliers", 1, 6, {J, T, N, N}, Dynamic, "kql.series_outliers", Keep, "Scores by Tukey's test.", "series_outliers(s)"},
    {"series_seasonal", 1, 3, {J, L, L}, Dynamic, "kql.series_seasonal", Own, "The seasonal part of a series.", "series_seasonal(s)"},
    {"series_stats", 1, 2, {J, B}, Dynamic, "kql.series_stats", Own, "Statistics of a series, a column each.", "series_stats(s)", 0, "min:real,min_idx:long,max:real,max_idx:long,avg:real,stdev:real,variance:real"},
    {"series_stats_dynamic", 1, 2, {J, B}, Dynamic, "kql.series_stats_dynamic", Own, "Statistics of a series as an object.", "series_stats_dynamic(s)"},
    {"series_fit_line", 1, 1, {J}, Dynamic, "kql.series_fit_line", Own, "A line through a series, a column for each figure.", "series_fit_line(s)", 0, "rsquare:real,slope:real,variance:real,rvariance:real,interception:real,line_fit:dynamic"},
    {"series_fit_line_dynamic", 1, 1, {J}, Dynamic, "kql.series_fit_line_dynamic", Own, "A line through a series, as an object.", "series_fit_line_dynamic(s)"},
    {"series_fit_2lines", 1, 1, {J}, Dynamic, "kql.series_fit_2lines", Own, "Two lines through a series, a column for each figure.", "series_fit_2lines(s)", 0, "rsquare:real,split_idx:long,variance:real,rvariance:real,line_fit:dynamic,right_rsquare:real,right_slope:real,right_interception:real,right_variance:real,right_rvariance:real,left_rsquare:real,left_slope:real,left_interception:real,left_variance:real,left_rvariance:real"},
    {"series_fit_2lines_dynamic", 1, 1, {J}, Dynamic, "kql.series_fit_2lines_dynamic", Own, "Two lines through a series, as an object.", "series_fit_2lines_dynamic(s)"},
    {"series_fit_poly", 1, 3, {J, J, L}, Dynamic, "kql.series_fit_poly", Own, "A polynomial through a series, a column for each figure.", "series_fit_poly(s)", 0, "rsquare:real,coefficients:dynamic,variance:real,rvariance:real,poly_fit:dynamic"},
    {"series_fft", 1, 2, {J, J}, Dynamic, "kql.series_fft", Own, "The Fourier transform.", "series_fft(s)", 0, "real:dynamic,imag:dynamic"},
    {"series_ifft", 1, 2, {J, J}, Dynamic, "kql.series_ifft", Own, "The inverse Fourier transform.", "series_ifft(s)", 0, "real:dynamic,imag:dynamic"},
    {"series_periods_detect", 4, 4, {J, N, N, L}, Dynamic, "kql.series_periods_detect", Own, "The periods of a series.", "series_periods_detect(s, 0, 50, 2)", 0, "periods:dynamic,scores:dynamic"},
    {"series_periods_validate", 2, -1, {J, N, N, N}, Dynamic, "kql.series_periods_validate", Own, "How well periods fit a series.", "series_periods_validate(s, 7)", 0, "periods:dynamic,scores:dynamic"},
    {"series_decompose", 1, 5, {J, L, A, L}, Dynamic, "kql.series_decompose", Own, "Trend, season and rest of a series.", "series_decompose(s)", 0, "baseline:dynamic,seasonal:dynamic,trend:dynamic,residual:dynamic"},
    {"series_decompose_forecast", 2, 5, {J, L, L, A}, Dynamic, "kql.series_decompose_forecast", Own, "A series, continued by trend and season.", "series_decompose_forecast(s, 24)", 0, "forecast:dynamic,seasonal:dynamic,trend:dynamic,residual:dynamic"},
    {"series_decompose_anomalies", 1, 7, {J, N, L, A}, Dynamic, "kql.series_decompose_anomalies", Own, "Where a series departs from trend and season.", "series_decompose_anomalies(s, 1.5)", 0, "ad_flag:dynamic,ad_score:dynamic,baseline:dynamic"},
};
// clang-format on

}  // namespace

std::span<const FunctionInfo> series_functions() { return kFunctions; }

}  // namespace hecate::kql
