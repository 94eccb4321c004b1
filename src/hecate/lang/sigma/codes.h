#pragma once

#include <array>

#include "base/diagnostic.h"

namespace hecate::sigma {

// The document.
inline constexpr DiagnosticCode kNotADocument{"SIG001", Severity::Error,
                                              "The YAML document is not a mapping, so it cannot be a Sigma document."};
inline constexpr DiagnosticCode kMissingKey{
    "SIG002", Severity::Error,
    "A mandatory part of a Sigma document (title, logsource, detection, condition, rules) is missing."};
inline constexpr DiagnosticCode kWrongShape{
    "SIG003", Severity::Error, "A part of a Sigma document has another YAML type than the specification gives it."};
inline constexpr DiagnosticCode kBadLevel{"SIG004", Severity::Error,
                                          "The level is none of informational, low, medium, high, critical."};
inline constexpr DiagnosticCode kBadStatus{
    "SIG005", Severity::Warning, "The status is none of stable, test, experimental, deprecated, unsupported."};
inline constexpr DiagnosticCode kUnsupportedDocument{
    "SIG006", Severity::Error,
    "This kind of Sigma document cannot be compiled by itself (an `action` outside of its file, a correlation where a "
    "rule is wanted)."};
inline constexpr DiagnosticCode kTaxonomy{
    "SIG007", Severity::Error, "The rule uses a taxonomy other than `sigma`, whose names Hecate does not know."};
inline constexpr DiagnosticCode kTooLarge{"SIG008", Severity::Error,
                                          "The detection expands to more tests than Hecate accepts."};

// Searches, items, values.
inline constexpr DiagnosticCode kEmptySelection{
    "SIG010", Severity::Error,
    "A selection, a list of values or a condition is empty, so it would match nothing or everything."};
inline constexpr DiagnosticCode kUnknownModifier{"SIG011", Severity::Error,
                                                 "A field name is followed by a modifier that does not exist."};
inline constexpr DiagnosticCode kModifierOrder{
    "SIG012", Severity::Error, "A modifier may not follow the modifiers before it, or lacks the one that it needs."};
inline constexpr DiagnosticCode kModifierValue{"SIG013", Severity::Error,
                                               "A modifier is used on a value of a type that it does not accept."};
inline constexpr DiagnosticCode kBadRegex{"SIG014", Severity::Error,
                                          "The regular expression of `re` does not compile."};
inline constexpr DiagnosticCode kBadNetwork{"SIG015", Severity::Error,
                                            "The value of `cidr` is not an IPv4 or IPv6 network."};
inline constexpr DiagnosticCode kPlaceholder{
    "SIG016", Severity::Error,
    "A placeholder of `expand` has no value; the specification demands that the rule is rejected."};
inline constexpr DiagnosticCode kNeedsField{"SIG017", Severity::Error,
                                            "This modifier or value needs a field; a keyword search has none."};
inline constexpr DiagnosticCode kSingleAll{
    "SIG018", Severity::Warning,
    "`all` stands on a single value; the specification does not allow that and it has no effect."};
inline constexpr DiagnosticCode kTimeframe{
    "SIG019", Severity::Warning,
    "`timeframe` belongs to the aggregations of old Sigma and has no effect on a rule without one."};

// The condition.
inline constexpr DiagnosticCode kConditionSyntax{"SIG020", Severity::Error, "The condition is not a valid expression."};
inline constexpr DiagnosticCode kUnknownSearch{
    "SIG021", Severity::Error, "The condition names a search identifier that the detection does not define."};
inline constexpr DiagnosticCode kNothingMatches{
    "SIG022", Severity::Error, "A pattern of the condition (`1 of x*`, `all of them`) matches no search identifier."};
inline constexpr DiagnosticCode kAggregation{"SIG023", Severity::Error,
                                             "The condition uses an aggregation of old Sigma (`| count()`, `| near`), "
                                             "which the specification replaced by correlations."};
inline constexpr DiagnosticCode kTooDeep{"SIG024", Severity::Error, "The condition is nested too deeply."};
inline constexpr DiagnosticCode kUnusedSearch{"SIG025", Severity::Warning,
                                              "A search identifier is defined but the condition never uses it."};
inline constexpr DiagnosticCode kUppercaseOperator{
    "SIG026", Severity::Warning, "An operator of the condition is not in lower case; other tools reject that."};
inline constexpr DiagnosticCode kCountOf{"SIG027", Severity::Error,
                                         "The specification knows `1 of` and `all of`, but no other number."};

// Filters.
inline constexpr DiagnosticCode kFilterKeeps{
    "SIG030", Severity::Warning,
    "The condition of a filter has no `not`: tools AND it to the rule, so the filter keeps only what it names."};

// Correlations.
inline constexpr DiagnosticCode kCorrelationType{"SIG040", Severity::Error,
                                                 "The type of a correlation is none that the specification knows."};
inline constexpr DiagnosticCode kCorrelationKey{
    "SIG041", Severity::Error, "A correlation or its condition has a key that the specification does not know."};
inline constexpr DiagnosticCode kTimespan{
    "SIG042", Severity::Error,
    "The timespan of a correlation is not a positive number and a unit (s, m, h, d, w, M, y)."};
inline constexpr DiagnosticCode kThreshold{
    "SIG043", Severity::Error,
    "A threshold of a correlation is no number of its type, or no window can ever satisfy the thresholds."};
inline constexpr DiagnosticCode kCorrelationCondition{
    "SIG044", Severity::Error, "The condition of a correlation does not fit its type or its rules."};
inline constexpr DiagnosticCode kUnknownRule{
    "SIG045", Severity::Error, "A correlation refers to a rule that is not loaded, or that is refused itself."};
inline constexpr DiagnosticCode kAmbiguousRule{
    "SIG046", Severity::Error, "A correlation names a rule twice, or by a name that several loaded rules have."};
inline constexpr DiagnosticCode kCyclicCorrelation{"SIG047", Severity::Error,
                                                   "A correlation refers to itself, by way of others or directly."};
inline constexpr DiagnosticCode kAliasRule{
    "SIG048", Severity::Error, "An alias of a correlation names a rule that the correlation does not refer to."};
inline constexpr DiagnosticCode kUnusedAlias{
    "SIG049", Severity::Warning,
    "An alias of a correlation is used neither by `group-by` nor by the condition's field."};

inline constexpr std::array<const DiagnosticCode*, 37> kCodes{&kNotADocument,      &kMissingKey,
                                                              &kWrongShape,        &kBadLevel,
                                                              &kBadStatus,         &kUnsupportedDocument,
                                                              &kTaxonomy,          &kTooLarge,
                                                              &kEmptySelection,    &kUnknownModifier,
                                                              &kModifierOrder,     &kModifierValue,
                                                              &kBadRegex,          &kBadNetwork,
                                                              &kPlaceholder,       &kNeedsField,
                                                              &kSingleAll,         &kTimeframe,
                                                              &kConditionSyntax,   &kUnknownSearch,
                                                              &kNothingMatches,    &kAggregation,
                                                              &kTooDeep,           &kUnusedSearch,
                                                              &kUppercaseOperator, &kCountOf,
                                                              &kFilterKeeps,       &kCorrelationType,
                                                              &kCorrelationKey,    &kTimespan,
                                                              &kThreshold,         &kCorrelationCondition,
                                                              &kUnknownRule,       &kAmbiguousRule,
                                                              &kCyclicCorrelation, &kAliasRule,
                                                              &kUnusedAlias};

}  // namespace hecate::sigma
