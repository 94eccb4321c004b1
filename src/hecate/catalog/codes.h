#pragma once

#include <array>

#include "base/diagnostic.h"

namespace hecate::catalog {

inline constexpr DiagnosticCode kNoFolder{"CAT001", Severity::Error, "The folder of the catalogs cannot be read."};
inline constexpr DiagnosticCode kUnknownKey{"CAT002", Severity::Error,
                                            "A catalog file has a key that means nothing there."};
inline constexpr DiagnosticCode kWrongValue{
    "CAT003", Severity::Error, "A value in a catalog file has the wrong form or is none of those allowed."};
inline constexpr DiagnosticCode kMissingKey{"CAT004", Severity::Error,
                                            "A key that a catalog file must have is missing."};
inline constexpr DiagnosticCode kDuplicate{"CAT005", Severity::Error,
                                           "A name is defined twice: a source, record type, schema, view or column."};
inline constexpr DiagnosticCode kExpression{"CAT006", Severity::Error, "A catalog expression cannot be read."};
inline constexpr DiagnosticCode kUnknownFunction{"CAT007", Severity::Error,
                                                 "A catalog expression calls a function that does not exist."};
inline constexpr DiagnosticCode kArguments{"CAT008", Severity::Error,
                                           "A function of a catalog expression is given the wrong arguments."};
inline constexpr DiagnosticCode kBadRegex{
    "CAT009", Severity::Error, "A regular expression in a catalog does not compile or lacks the group asked for."};
inline constexpr DiagnosticCode kUnknownColumn{"CAT010", Severity::Error,
                                               "A column does not exist in its schema or data model."};
inline constexpr DiagnosticCode kUnknownSchema{
    "CAT011", Severity::Error, "A schema, data model or table that a source names is in no catalog file."};
inline constexpr DiagnosticCode kUndeclared{
    "CAT012", Severity::Error, "Columns are given for a vocabulary that the record type does not declare."};
inline constexpr DiagnosticCode kTooDeep{"CAT013", Severity::Error, "A catalog expression is nested too deeply."};
inline constexpr DiagnosticCode kUnknownName{"CAT014", Severity::Error,
                                             "An expression names a column that the table does not have."};
inline constexpr DiagnosticCode kUnreadable{"CAT015", Severity::Error,
                                            "A catalog file cannot be read or is too large."};

inline constexpr std::array<const DiagnosticCode*, 15> kCodes{
    &kNoFolder,      &kUnknownKey,      &kWrongValue, &kMissingKey,  &kDuplicate,
    &kExpression,    &kUnknownFunction, &kArguments,  &kBadRegex,    &kUnknownColumn,
    &kUnknownSchema, &kUndeclared,      &kTooDeep,    &kUnknownName, &kUnreadable};

}  // namespace hecate::catalog
