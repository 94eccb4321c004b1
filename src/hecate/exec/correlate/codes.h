#pragma once

#include <array>

#include "base/diagnostic.h"

namespace hecate::correlate {

inline constexpr DiagnosticCode kLate{
    "COR001", Severity::Warning,
    "Events came too late for the correlations: later ones had been correlated already, to stay within memory."};
inline constexpr DiagnosticCode kEvicted{
    "COR002", Severity::Warning, "The correlations' state was full: the groups nearest to their end were dropped."};
inline constexpr DiagnosticCode kUntimed{
    "COR003", Severity::Warning, "Events without a time matched rules of a correlation; they take no part in it."};
inline constexpr DiagnosticCode kUngrouped{
    "COR004", Severity::Warning, "No event that a correlation refers to has all the fields that it groups by."};
inline constexpr DiagnosticCode kValueless{
    "COR005", Severity::Warning,
    "No event that a correlation refers to has a value in the field that it counts or computes with."};

inline constexpr std::array<const DiagnosticCode*, 5> kCodes{&kLate, &kEvicted, &kUntimed, &kUngrouped, &kValueless};

}  // namespace hecate::correlate
