#pragma once

#include <string_view>

#include "ingest/field_list.h"

namespace hecate::ingest {

/// ArcSight's Common Event Format (Implementation Standard, revision 26), which may begin behind a header of its own:
///   CEF:Version|Device Vendor|Device Product|Device Version|Device Event Class ID|Name|Severity|Extension
/// In the header `\|` and `\\` are escapes, in the extension `\=`, `\\`, `\n` and `\r`. A value reaches to the next
/// ` key=`; a `=` that no whole word precedes is a value's own, escaped or not (as URLs often hold it).
/// The header's fields stand under "cef.", the extension's at the top; a value whose label is given (cs1Label=Policy)
/// stands under the label as well. Adds nothing where the line is no CEF.
[[nodiscard]] bool parse_cef(std::string_view text, FieldList& fields);

/// `rt` where it is written out (`MMM dd yyyy HH:mm:ss[.SSS]`) or counts milliseconds since 1970.
[[nodiscard]] std::optional<Ticks> cef_time(const FieldList& fields);

}  // namespace hecate::ingest
