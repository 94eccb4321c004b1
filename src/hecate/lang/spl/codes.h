#pragma once

#include <array>

#include "base/diagnostic.h"

namespace hecate::spl {

inline constexpr DiagnosticCode kUnclosedQuote{"SPL001", Severity::Error, "A quoted string has no closing quote."};
inline constexpr DiagnosticCode kUnclosedBacktick{"SPL002", Severity::Error,
                                                  "A macro call or a comment has no closing backtick."};
inline constexpr DiagnosticCode kUnknownMacro{"SPL003", Severity::Error,
                                              "No macro has this name and number of arguments."};
inline constexpr DiagnosticCode kMacroLimit{"SPL004", Severity::Error,
                                            "A macro uses itself, or macros expand too deeply or to too much text."};
inline constexpr DiagnosticCode kUnknownCommand{"SPL005", Severity::Error, "There is no search command of this name."};
inline constexpr DiagnosticCode kUnsupportedCommand{"SPL006", Severity::Error,
                                                    "The command exists in Splunk but is not supported yet."};
inline constexpr DiagnosticCode kUnknownFunction{"SPL007", Severity::Error, "There is no function of this name."};
inline constexpr DiagnosticCode kUnsupportedFunction{"SPL008", Severity::Error,
                                                     "The function exists in Splunk but is not supported yet."};
inline constexpr DiagnosticCode kWrongArity{"SPL009", Severity::Error, "A function has too few or too many arguments."};
inline constexpr DiagnosticCode kUnclosedParenthesis{"SPL010", Severity::Error,
                                                     "An opening parenthesis has no closing one."};
inline constexpr DiagnosticCode kExpected{"SPL011", Severity::Error, "Something else was expected at this place."};
inline constexpr DiagnosticCode kNoAggregation{"SPL012", Severity::Error, "`stats` needs at least one aggregation."};
inline constexpr DiagnosticCode kSubsearch{"SPL013", Severity::Error,
                                           "A subsearch in brackets stands where none is supported."};
inline constexpr DiagnosticCode kLeadingPipe{"SPL014", Severity::Error,
                                             "A search that begins with a pipe must begin with a generating command."};
inline constexpr DiagnosticCode kUnknownOption{"SPL015", Severity::Error, "The command has no option of this name."};
inline constexpr DiagnosticCode kUnsupportedOption{"SPL016", Severity::Error,
                                                   "The option exists in Splunk but is not supported yet."};
inline constexpr DiagnosticCode kBadValue{"SPL017", Severity::Error,
                                          "The value does not suit this option or argument."};
inline constexpr DiagnosticCode kEmpty{"SPL018", Severity::Error, "A search, command or parenthesis is empty."};
inline constexpr DiagnosticCode kTooDeep{"SPL019", Severity::Error, "An expression is nested too deeply or too long."};
inline constexpr DiagnosticCode kBadRegex{"SPL020", Severity::Error, "The regular expression is not valid (PCRE)."};
inline constexpr DiagnosticCode kNotBoolean{"SPL021", Severity::Error,
                                            "A condition is needed, and this expression gives a value."};
inline constexpr DiagnosticCode kBooleanValue{"SPL022", Severity::Error,
                                              "A value is needed, and this expression gives true or false."};
inline constexpr DiagnosticCode kWildcardFields{
    "SPL023", Severity::Error, "Wildcards in field names are supported only where all fields are known."};
inline constexpr DiagnosticCode kTimeModifier{
    "SPL024", Severity::Error, "A time modifier inside a search whose value is no time, or of a kind not supported."};
inline constexpr DiagnosticCode kGenerating{"SPL040", Severity::Error,
                                            "A command that makes rows of its own stands first in a search."};
inline constexpr DiagnosticCode kNotIndexed{
    "SPL041", Severity::Error, "`tstats` without a data model reads only what Splunk indexes of each event."};
inline constexpr DiagnosticCode kOpenSubsearch{
    "SPL025", Severity::Error, "A subsearch must say which fields it gives: by stats, table, fields or return."};
inline constexpr DiagnosticCode kComputedSearch{"SPL026", Severity::Error,
                                                "A subsearch that writes the text of a search is not supported."};
inline constexpr DiagnosticCode kUnknownLookup{"SPL054", Severity::Warning,
                                               "No lookup table of this name is given; it is taken as an empty one."};
inline constexpr DiagnosticCode kNoLocations{
    "SPL055", Severity::Warning, "No database of locations is given; the fields of `iplocation` are absent."};
inline constexpr DiagnosticCode kLateFields{
    "SPL056", Severity::Warning, "Which fields a wildcard means is not known; those are taken that are named later."};
inline constexpr DiagnosticCode kTextOnly{"SPL057", Severity::Warning,
                                          "The search command knows no functions: what looks like one is text to it."};
inline constexpr DiagnosticCode kAbsentField{"SPL050", Severity::Warning,
                                             "No row can have this field here; it is always absent."};
inline constexpr DiagnosticCode kLowerCaseOperator{
    "SPL051", Severity::Warning, "Operators of the search command are written in capitals; this is an ordinary word."};
inline constexpr DiagnosticCode kForeignComment{
    "SPL052", Severity::Warning, "SPL comments are written in three backticks; this one is skipped all the same."};
inline constexpr DiagnosticCode kKnowledgeObject{
    "SPL053", Severity::Warning,
    "Event types, and tags of single fields, are not resolved; the name is read as an ordinary field."};

inline constexpr std::array<const DiagnosticCode*, 36> kCodes{&kLateFields,      &kTextOnly,
                                                              &kOpenSubsearch,   &kComputedSearch,
                                                              &kUnknownLookup,   &kNoLocations,
                                                              &kGenerating,      &kNotIndexed,
                                                              &kUnclosedQuote,   &kUnclosedBacktick,
                                                              &kUnknownMacro,    &kMacroLimit,
                                                              &kUnknownCommand,  &kUnsupportedCommand,
                                                              &kUnknownFunction, &kUnsupportedFunction,
                                                              &kWrongArity,      &kUnclosedParenthesis,
                                                              &kExpected,        &kNoAggregation,
                                                              &kSubsearch,       &kLeadingPipe,
                                                              &kUnknownOption,   &kUnsupportedOption,
                                                              &kBadValue,        &kEmpty,
                                                              &kTooDeep,         &kBadRegex,
                                                              &kNotBoolean,      &kBooleanValue,
                                                              &kWildcardFields,  &kTimeModifier,
                                                              &kAbsentField,     &kLowerCaseOperator,
                                                              &kForeignComment,  &kKnowledgeObject};

}  // namespace hecate::spl
