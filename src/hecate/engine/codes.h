#pragma once

#include <array>

#include "base/diagnostic.h"

namespace hecate::engine {

inline constexpr DiagnosticCode kUnboundPlan{
    "ENG001", Severity::Error, "A compiled plan breaks a rule that every engine relies on: a defect of Hecate."};
inline constexpr DiagnosticCode kRegexLimit{
    "ENG003", Severity::Warning, "Regular expressions hit their match limit; those searches count as no match."};
inline constexpr DiagnosticCode kUnknownDataModel{"ENG004", Severity::Error,
                                                  "A search names a data model or dataset that is in no catalog file."};
inline constexpr DiagnosticCode kUnknownModelField{
    "ENG005", Severity::Warning, "A search names a field that its data model does not have: it is always absent."};

inline constexpr DiagnosticCode kTooMuchRisk{
    "ENG006", Severity::Warning, "A hunt's findings make more risk events than are kept; the rest is left out."};
inline constexpr DiagnosticCode kNoFactor{
    "ENG007", Severity::Error, "The search of a risk factor does more than choose risk events: it is left out."};

inline constexpr DiagnosticCode kBadCron{"ENG008", Severity::Error, "A schedule's cron expression cannot be read."};
inline constexpr DiagnosticCode kBadTimeBound{"ENG009", Severity::Error,
                                              "The earliest or latest time of a schedule is no time modifier."};
inline constexpr DiagnosticCode kBadWindow{"ENG010", Severity::Error,
                                           "A schedule's window is neither a number of minutes nor `auto`."};

inline constexpr std::array<const DiagnosticCode*, 9> kCodes{&kUnboundPlan,       &kRegexLimit,   &kUnknownDataModel,
                                                             &kUnknownModelField, &kTooMuchRisk,  &kNoFactor,
                                                             &kBadCron,           &kBadTimeBound, &kBadWindow};

}  // namespace hecate::engine
