#pragma once

#include "lang/kql/functions.h"

/// Short names for the columns of the tables of functions, which hold one function a line.
namespace hecate::kql::columns {

inline constexpr auto A = Param::Any;
inline constexpr auto T = Param::Text;
inline constexpr auto V = Param::AsText;
inline constexpr auto L = Param::Long;
inline constexpr auto N = Param::Number;
inline constexpr auto D = Param::Datetime;
inline constexpr auto S = Param::Timespan;
inline constexpr auto Q = Param::TimeOrNumber;
inline constexpr auto O = Param::Ordered;
inline constexpr auto J = Param::Dynamic;
inline constexpr auto B = Param::Bool;
inline constexpr auto X = Param::Regex;

using enum Returns;
inline constexpr auto Own = Naming::Numbered;
inline constexpr auto Keep = Naming::First;
inline constexpr auto Pre = Naming::Prefixed;

}  // namespace hecate::kql::columns
