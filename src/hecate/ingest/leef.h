#pragma once

#include <string_view>

#include "ingest/field_list.h"

namespace hecate::ingest {

/// IBM's Log Event Extended Format, which may begin behind a header of its own:
///   LEEF:1.0|Vendor|Product|Version|EventID|attributes            separated by tabs
///   LEEF:2.0|Vendor|Product|Version|EventID|Delimiter|attributes  a character, or its number as `x09` or `0x09`
/// The header's fields stand under "leef.", attributes at the top. Where the delimiter does not occur but blanks do
/// (lines whose tabs were lost), a value reaches to the next ` key=`. Adds nothing where the line is no LEEF.
[[nodiscard]] bool parse_leef(std::string_view text, FieldList& fields);

/// `devTime` where it counts milliseconds since 1970, or is written in a form that is read without devTimeFormat.
[[nodiscard]] std::optional<Ticks> leef_time(const FieldList& fields);

}  // namespace hecate::ingest
