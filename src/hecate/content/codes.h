#pragma once

#include <array>

#include "base/diagnostic.h"

namespace hecate::content {

inline constexpr DiagnosticCode kUnreadable{"CNT001", Severity::Error,
                                            "A file or folder of content does not exist or cannot be read."};
inline constexpr DiagnosticCode kUnknownDocument{"CNT002", Severity::Warning,
                                                 "A YAML document is no kind of content that Hecate knows."};
inline constexpr DiagnosticCode kMissingKey{"CNT003", Severity::Error,
                                            "A document lacks a key that its format requires."};
inline constexpr DiagnosticCode kWrongType{
    "CNT004", Severity::Error, "A value has another type than its format asks for (a list, a number, a text)."};
inline constexpr DiagnosticCode kUnknownKey{"CNT005", Severity::Error,
                                            "A pack or test uses a key that its format does not have."};
inline constexpr DiagnosticCode kDuplicateId{"CNT006", Severity::Error,
                                             "Two detections have the same id; the first is used."};
inline constexpr DiagnosticCode kUnknownDetection{"CNT007", Severity::Error,
                                                  "A pack, filter or test names a detection that is not loaded."};
inline constexpr DiagnosticCode kBadLevel{"CNT008", Severity::Error,
                                          "A severity is not informational, low, medium, high or critical."};
inline constexpr DiagnosticCode kTooLarge{"CNT009", Severity::Error, "A file of content is larger than 16 MiB."};
inline constexpr DiagnosticCode kUnknownFilter{"CNT010", Severity::Warning,
                                               "A filter names a rule that is not loaded, so that it does nothing."};

inline constexpr DiagnosticCode kUnknownPipeline{"CNT011", Severity::Error,
                                                 "A pack names a processing pipeline that it does not have."};
inline constexpr DiagnosticCode kUnusedPipeline{
    "CNT012", Severity::Warning, "A processing pipeline stands among the content, and no pack names it."};
inline constexpr DiagnosticCode kBadAction{
    "CNT013", Severity::Error, "An `action` of a collection of Sigma rules does not exist, or has nothing to act on."};
inline constexpr DiagnosticCode kBadConfLine{"CNT020", Severity::Warning,
                                             "A line of a .conf file is neither a stanza nor a key with a value."};
inline constexpr DiagnosticCode kUnsupportedSetting{
    "CNT021", Severity::Error, "A stanza of a .conf file uses a setting that is not supported: it is left out."};
inline constexpr DiagnosticCode kNoTransform{
    "CNT022", Severity::Warning, "A REPORT- of props.conf names a stanza that transforms.conf does not have."};
inline constexpr DiagnosticCode kIndexTime{
    "CNT023", Severity::Warning, "Settings of props.conf that change events when they are indexed are not applied."};
inline constexpr DiagnosticCode kBadExtraction{
    "CNT024", Severity::Error, "The regular expression of an extraction does not compile: it is left out."};

inline constexpr DiagnosticCode kUnknownSchedule{"CNT025", Severity::Error,
                                                 "A detection asks for a schedule that is not among the content."};
inline constexpr DiagnosticCode kDuplicateDeployment{"CNT026", Severity::Warning,
                                                     "Two deployments are for the same detections; the first is used."};

inline constexpr DiagnosticCode kMisspelt{
    "CNT027", Severity::Warning,
    "A key or value of an analytics rule is not spelt as Sentinel spells it: it is taken for the nearest, or ignored."};
inline constexpr DiagnosticCode kRefusedByService{
    "CNT028", Severity::Warning, "Sentinel would not take this rule as it is; Hecate runs it all the same."};
inline constexpr DiagnosticCode kBadRuleValue{
    "CNT029", Severity::Error, "A value of a rule, watchlist or custom detection cannot be read: it has no effect."};

inline constexpr std::array<const DiagnosticCode*, 23> kCodes{
    &kUnreadable,      &kUnknownDocument,  &kMissingKey,    &kWrongType,       &kUnknownKey,
    &kDuplicateId,     &kUnknownDetection, &kBadLevel,      &kTooLarge,        &kUnknownFilter,
    &kUnknownPipeline, &kUnusedPipeline,   &kBadAction,     &kBadConfLine,     &kUnsupportedSetting,
    &kNoTransform,     &kIndexTime,        &kBadExtraction, &kUnknownSchedule, &kDuplicateDeployment,
    &kMisspelt,        &kRefusedByService, &kBadRuleValue};

}  // namespace hecate::content
