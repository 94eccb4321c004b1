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

inline constexpr DiagnosticCode kBadExternalData{
    "ENG011", Severity::Error,
    "A file given for `externaldata` cannot be read, or not in the format that its query names."};
inline constexpr DiagnosticCode kNoSuchColumn{
    "ENG012", Severity::Warning, "A rule's entity, detail or alert names a column that its query does not give."};
inline constexpr DiagnosticCode kNothingFills{
    "ENG013", Severity::Warning,
    "A rule reads a table or column that no source of the catalog fills: it finds nothing."};

inline constexpr DiagnosticCode kUntimedEvents{
    "ENG014", Severity::Warning,
    "Events that a detection took have no time: they count as being within every span of time that was asked for."};
inline constexpr DiagnosticCode kNothingInWindow{
    "ENG015", Severity::Warning, "All events lie before the span of time that was asked for, or all behind it."};

inline constexpr DiagnosticCode kTooManyRuns{
    "ENG016", Severity::Error, "A schedule asks for more runs in the span of time to replay than are made."};

inline constexpr DiagnosticCode kCannotFollow{
    "ENG017", Severity::Warning,
    "A detection needs more than one event at a time: it does not run while files are followed."};

inline constexpr std::array<const DiagnosticCode*, 16> kCodes{
    &kUnboundPlan,       &kRegexLimit,      &kUnknownDataModel, &kBadExternalData, &kNoSuchColumn, &kNothingFills,
    &kUnknownModelField, &kTooMuchRisk,     &kNoFactor,         &kBadCron,         &kBadTimeBound, &kBadWindow,
    &kUntimedEvents,     &kNothingInWindow, &kTooManyRuns,      &kCannotFollow};

}  // namespace hecate::engine
