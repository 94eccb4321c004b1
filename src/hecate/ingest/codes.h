#pragma once

#include <array>

#include "base/diagnostic.h"

namespace hecate::ingest {

inline constexpr DiagnosticCode kNoSuchPath{"ING001", Severity::Error, "An input path does not exist."};
inline constexpr DiagnosticCode kUnreadable{"ING002", Severity::Error, "An input file or folder cannot be read."};
inline constexpr DiagnosticCode kEmptyFolder{"ING003", Severity::Warning, "An input folder holds no files."};
inline constexpr DiagnosticCode kTruncatedFile{
    "ING004", Severity::Warning,
    "A compressed file or a Windows event log ends too early or is corrupt; what could be read was used."};
inline constexpr DiagnosticCode kUnsupportedFormat{"ING005", Severity::Error,
                                                   "A file has an encoding or a format that is not read."};
inline constexpr DiagnosticCode kMalformedJson{"ING006", Severity::Warning, "Records are not valid JSON."};
inline constexpr DiagnosticCode kMalformedXml{"ING007", Severity::Warning, "Records are not well-formed event XML."};
inline constexpr DiagnosticCode kNotText{"ING008", Severity::Warning, "Records are not UTF-8 text, or hold NUL bytes."};
inline constexpr DiagnosticCode kOversized{"ING009", Severity::Warning,
                                           "Records are longer than the largest that is read."};
inline constexpr DiagnosticCode kTooDeep{"ING010", Severity::Warning, "Records are nested too deeply."};
inline constexpr DiagnosticCode kBadEnvelope{"ING011", Severity::Warning, "HEC envelopes hold no event."};
inline constexpr DiagnosticCode kFolderLoop{
    "ING012", Severity::Note, "A symbolic link leads to a folder that is read already; it was not read twice."};
inline constexpr DiagnosticCode kDamaged{
    "ING013", Severity::Warning, "Parts of a Windows event log (EVTX) are damaged; what the rest holds was read."};
inline constexpr DiagnosticCode kBadRow{"ING014", Severity::Warning,
                                        "Rows have another number of cells than their table has names."};
inline constexpr DiagnosticCode kLateAuditLine{
    "ING015", Severity::Note, "Lines of the audit log came when their event was complete; they stand alone."};
inline constexpr DiagnosticCode kBadUtf16{"ING016", Severity::Warning,
                                          "Text in UTF-16 holds halves of characters; they were read as U+FFFD."};

inline constexpr DiagnosticCode kBadPosition{
    "ING017", Severity::Error, "A file with the positions of files that are followed is none, or cannot be written."};
inline constexpr DiagnosticCode kCannotFollow{
    "ING018", Severity::Error, "A file cannot be followed: it is packed, binary or in UTF-16, or no regular file."};
inline constexpr DiagnosticCode kLostFile{
    "ING019", Severity::Warning,
    "The file that was being read when following stopped is gone: what was written to it since is lost."};

inline constexpr std::array<const DiagnosticCode*, 19> kCodes{
    &kNoSuchPath,    &kUnreadable, &kEmptyFolder, &kTruncatedFile, &kUnsupportedFormat, &kMalformedJson, &kMalformedXml,
    &kNotText,       &kOversized,  &kTooDeep,     &kBadEnvelope,   &kFolderLoop,        &kDamaged,       &kBadRow,
    &kLateAuditLine, &kBadUtf16,   &kBadPosition, &kCannotFollow,  &kLostFile};

}  // namespace hecate::ingest
