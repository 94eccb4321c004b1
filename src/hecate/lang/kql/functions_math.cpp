#include "lang/kql/function_columns.h"

// https://learn.microsoft.com/kusto/query/scalar-functions: numbers.
namespace hecate::kql {
namespace {

using namespace columns;

// clang-format off
constexpr FunctionInfo kFunctions[] = {
    {"abs", 1, 1, {Q}, First, "kql.abs", Keep, "The magnitude.", "abs(-1)"},
    {"acos", 1, 1, {N}, Real, "kql.acos", Keep, "The angle of a cosine.", "acos(x)"},
    {"asin", 1, 1, {N}, Real, "kql.asin", Keep, "The angle of a sine.", "asin(x)"},
    {"atan", 1, 1, {N}, Real, "kql.atan", Keep, "The angle of a tangent.", "atan(x)"},
    {"atan2", 2, 2, {N, N}, Real, "kql.atan2", Keep, "The angle of a point.", "atan2(y, x)"},
    {"beta_cdf", 3, 3, {N, N, N}, Real, "kql.beta_cdf", Own, "The beta distribution, summed up.", "beta_cdf(0.2, 10, 50)"},
    {"beta_inv", 3, 3, {N, N, N}, Real, "kql.beta_inv", Own, "The inverse of beta_cdf.", "beta_inv(0.1, 10, 50)"},
    {"beta_pdf", 3, 3, {N, N, N}, Real, "kql.beta_pdf", Own, "The density of the beta distribution.", "beta_pdf(0.5, 10, 20)"},
    {"bin", 2, 2, {Q, Q}, First, "kql.bin", Keep, "Rounds down to a multiple.", "bin(Time, 1h)"},
    {"bin_at", 3, 3, {Q, Q, Q}, First, "kql.bin_at", Keep, "Rounds down to a multiple, counted from a point.", "bin_at(Time, 7d, datetime(2024-01-01))"},
    {"bin_auto", 1, 1, {Q}, First, "", Keep, "Rounds down to a multiple that `set query_bin_auto_size` says.", "bin_auto(Time)"},
    {"binary_and", 2, 2, {L, L}, Long, "kql.binary_and", Keep, "And, bit by bit.", "binary_and(a, b)"},
    {"binary_not", 1, 1, {L}, Long, "kql.binary_not", Keep, "Not, bit by bit.", "binary_not(a)"},
    {"binary_or", 2, 2, {L, L}, Long, "kql.binary_or", Keep, "Or, bit by bit.", "binary_or(a, b)"},
    {"binary_shift_left", 2, 2, {L, L}, Long, "kql.binary_shift_left", Keep, "Moves bits to the left.", "binary_shift_left(a, 1)"},
    {"binary_shift_right", 2, 2, {L, L}, Long, "kql.binary_shift_right", Keep, "Moves bits to the right.", "binary_shift_right(a, 1)"},
    {"binary_xor", 2, 2, {L, L}, Long, "kql.binary_xor", Keep, "Either, bit by bit.", "binary_xor(a, b)"},
    {"bitset_count_ones", 1, 1, {L}, Long, "kql.bitset_count_ones", Keep, "The number of set bits.", "bitset_count_ones(42)"},
    {"ceiling", 1, 1, {N}, First, "kql.ceiling", Keep, "Rounds up.", "ceiling(1.2)"},
    {"convert_angle", 3, 3, {N, T, T}, Real, "kql.convert_angle", Own, "Converts between units of angle.", "convert_angle(1.2, \"Degree\", \"Arcminute\")"},
    {"convert_energy", 3, 3, {N, T, T}, Real, "kql.convert_energy", Own, "Converts between units of energy.", "convert_energy(1.2, \"Joule\", \"BritishThermalUnit\")"},
    {"convert_force", 3, 3, {N, T, T}, Real, "kql.convert_force", Own, "Converts between units of force.", "convert_force(1.2, \"Newton\", \"Decanewton\")"},
    {"convert_length", 3, 3, {N, T, T}, Real, "kql.convert_length", Own, "Converts between units of length.", "convert_length(1.2, \"Meter\", \"Foot\")"},
    {"convert_mass", 3, 3, {N, T, T}, Real, "kql.convert_mass", Own, "Converts between units of mass.", "convert_mass(1.2, \"Kilogram\", \"Pound\")"},
    {"convert_speed", 3, 3, {N, T, T}, Real, "kql.convert_speed", Own, "Converts between units of speed.", "convert_speed(1.2, \"MeterPerSecond\", \"MilePerHour\")"},
    {"convert_temperature", 3, 3, {N, T, T}, Real, "kql.convert_temperature", Own, "Converts between units of temperature.", "convert_temperature(1.2, \"Kelvin\", \"DegreeCelsius\")"},
    {"convert_volume", 3, 3, {N, T, T}, Real, "kql.convert_volume", Own, "Converts between units of volume.", "convert_volume(1.2, \"CubicMeter\", \"AcreFoot\")"},
    {"cos", 1, 1, {N}, Real, "kql.cos", Keep, "The cosine.", "cos(x)"},
    {"cot", 1, 1, {N}, Real, "kql.cot", Own, "The cotangent.", "cot(x)"},
    {"degrees", 1, 1, {N}, Real, "kql.degrees", Own, "Radians to degrees.", "degrees(x)"},
    {"erf", 1, 1, {N}, Real, "kql.erf", Keep, "The error function.", "erf(x)"},
    {"erfc", 1, 1, {N}, Real, "kql.erfc", Keep, "One less the error function.", "erfc(x)"},
    {"exp", 1, 1, {N}, Real, "kql.exp", Keep, "e to a power.", "exp(1)"},
    {"exp10", 1, 1, {N}, Real, "kql.exp10", Own, "Ten to a power.", "exp10(3)"},
    {"exp2", 1, 1, {N}, Real, "kql.exp2", Keep, "Two to a power.", "exp2(3)"},
    {"floor", 2, 2, {Q, Q}, First, "kql.bin", Keep, "The same as bin.", "floor(x, 10)"},
    {"format_bytes", 1, 3, {N, L, T}, Text, "kql.format_bytes", Keep, "A number of bytes with a unit.", "format_bytes(x)"},
    {"gamma", 1, 1, {N}, Real, "kql.gamma", Keep, "The gamma function.", "gamma(5)"},
    {"isfinite", 1, 1, {N}, Bool, "kql.isfinite", Own, "Neither infinite nor NaN.", "isfinite(x)"},
    {"isinf", 1, 1, {N}, Bool, "kql.isinf", Own, "Infinite.", "isinf(x)"},
    {"isnan", 1, 1, {N}, Bool, "kql.isnan", Own, "Not a number.", "isnan(x)"},
    {"log", 1, 1, {N}, Real, "kql.log", Keep, "The natural logarithm.", "log(x)"},
    {"log10", 1, 1, {N}, Real, "kql.log10", Keep, "The decimal logarithm.", "log10(x)"},
    {"log2", 1, 1, {N}, Real, "kql.log2", Keep, "The binary logarithm.", "log2(x)"},
    {"loggamma", 1, 1, {N}, Real, "kql.loggamma", Own, "The logarithm of the gamma function.", "loggamma(5)"},
    {"pi", 0, 0, {A, A, A, A}, Real, "kql.pi", Own, "The circle's constant.", "pi()"},
    {"pow", 2, 2, {N, N}, Real, "kql.pow", Own, "A power.", "pow(2, 8)"},
    {"radians", 1, 1, {N}, Real, "kql.radians", Own, "Degrees to radians.", "radians(x)"},
    {"round", 1, 2, {N, L}, First, "kql.round", Keep, "Rounds to digits.", "round(1.25, 1)"},
    {"sign", 1, 1, {N}, Real, "kql.sign", Own, "-1, 0 or 1.", "sign(x)"},
    {"sin", 1, 1, {N}, Real, "kql.sin", Keep, "The sine.", "sin(x)"},
    {"sqrt", 1, 1, {N}, Real, "kql.sqrt", Keep, "The square root.", "sqrt(2)"},
    {"tan", 1, 1, {N}, Real, "kql.tan", Keep, "The tangent.", "tan(x)"},
    {"welch_test", 6, 6, {N, N, N, N}, Real, "kql.welch_test", Own, "The p-value of Welch's test.", "welch_test(m1, v1, n1, m2, v2, n2)"},
};
// clang-format on

}  // namespace

std::span<const FunctionInfo> math_functions() { return kFunctions; }

}  // namespace hecate::kql
