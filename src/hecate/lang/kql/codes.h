#pragma once

#include <array>

#include "base/diagnostic.h"

namespace hecate::kql {

inline constexpr DiagnosticCode kUnclosed{"KQL001", Severity::Error,
                                          "A string, bracket or typed literal is not closed."};
inline constexpr DiagnosticCode kSyntax{"KQL002", Severity::Error,
                                        "The query does not follow KQL's grammar at this place."};
inline constexpr DiagnosticCode kBadLiteral{
    "KQL003", Severity::Error, "A literal cannot be read: a number, date, timespan, escape or dynamic value."};
inline constexpr DiagnosticCode kUnknownOperator{"KQL004", Severity::Error,
                                                 "There is no tabular operator of this name."};
inline constexpr DiagnosticCode kUnsupportedOperator{"KQL005", Severity::Error,
                                                     "The operator exists in KQL, but Hecate does not support it."};
inline constexpr DiagnosticCode kUnknownTable{"KQL006", Severity::Error,
                                              "There is no table, ASIM view or tabular `let` of this name."};
inline constexpr DiagnosticCode kUnknownColumn{"KQL007", Severity::Error,
                                               "The rows at this place of the query have no column of this name."};
inline constexpr DiagnosticCode kUnknownFunction{"KQL008", Severity::Error, "There is no function of this name."};
inline constexpr DiagnosticCode kUnsupportedFunction{"KQL009", Severity::Error,
                                                     "The function exists in KQL, but Hecate does not support it."};
inline constexpr DiagnosticCode kArity{"KQL010", Severity::Error,
                                       "A function is called with too few or too many arguments."};
inline constexpr DiagnosticCode kArgumentType{"KQL011", Severity::Error,
                                              "An argument or operand has a type that does not fit."};
inline constexpr DiagnosticCode kIncomparable{
    "KQL012", Severity::Error, "Two values of different types are compared; KQL wants an explicit conversion."};
inline constexpr DiagnosticCode kBadRegex{"KQL013", Severity::Error,
                                          "A regular expression is invalid, or uses what RE2 does not have."};
inline constexpr DiagnosticCode kUnsupported{"KQL014", Severity::Error,
                                             "A construct of KQL that Hecate does not support."};
inline constexpr DiagnosticCode kTooDeep{"KQL015", Severity::Error, "The query is nested too deeply or is too large."};
inline constexpr DiagnosticCode kNotConstant{"KQL016", Severity::Error, "A constant is needed at this place."};
inline constexpr DiagnosticCode kAggregateHere{
    "KQL017", Severity::Error, "An aggregate stands outside of summarize, or a column outside of an aggregate."};
inline constexpr DiagnosticCode kDuplicateName{"KQL018", Severity::Error, "A name is defined twice."};
inline constexpr DiagnosticCode kViewArguments{
    "KQL019", Severity::Error, "A table or ASIM view is called with arguments, which Hecate does not support."};
inline constexpr DiagnosticCode kBadAlias{"KQL020", Severity::Error,
                                          "A pack's field alias names a column that the table does not have."};
inline constexpr DiagnosticCode kPathInName{
    "KQL021", Severity::Warning, "A column that holds bare file names is compared with a path: it cannot match."};
inline constexpr DiagnosticCode kInferredTable{
    "KQL022", Severity::Warning,
    "A table or function is not known: it has no rows, and its columns are those that the query names."};
inline constexpr DiagnosticCode kNotGiven{
    "KQL023", Severity::Warning, "A watchlist, or what `externaldata` reads, was not given: it is an empty table."};
inline constexpr DiagnosticCode kMixedComparison{
    "KQL024", Severity::Warning,
    "A text and a number, or a text and a bool, are compared: the constant is taken for what the other side is."};
inline constexpr DiagnosticCode kUnlistedColumn{
    "KQL025", Severity::Warning,
    "A table that is known by its published columns alone has no such column: it is null in every row."};
inline constexpr DiagnosticCode kFreeParameter{
    "KQL026", Severity::Warning,
    "The body of an ASIM parser names a parameter that it does not declare: it is taken for its default."};
inline constexpr DiagnosticCode kNoQuery{"KQL027", Severity::Warning,
                                         "The text only defines names: there is no query to run."};
inline constexpr DiagnosticCode kWordBoundary{
    "KQL028", Severity::Warning,
    "A regular expression escapes `<` or `>`, which makes it the start or the end of a word."};
inline constexpr DiagnosticCode kNoSuchValue{
    "KQL029", Severity::Warning, "A column of an ASIM view is compared with a value that its schema does not have."};

inline constexpr std::array<const DiagnosticCode*, 29> kCodes{
    &kUnclosed,      &kSyntax,        &kBadLiteral,      &kUnknownOperator,     &kUnsupportedOperator,
    &kUnknownTable,  &kUnknownColumn, &kUnknownFunction, &kUnsupportedFunction, &kArity,
    &kArgumentType,  &kIncomparable,  &kBadRegex,        &kUnsupported,         &kTooDeep,
    &kNotConstant,   &kAggregateHere, &kDuplicateName,   &kViewArguments,       &kBadAlias,
    &kPathInName,    &kInferredTable, &kNotGiven,        &kMixedComparison,     &kUnlistedColumn,
    &kFreeParameter, &kNoQuery,       &kWordBoundary,    &kNoSuchValue};

}  // namespace hecate::kql
