#pragma once

#include <string_view>

#include "ingest/field_list.h"

namespace hecate::ingest {

/// One `key=value` at the front of a text: a key of letters, digits and `_ - . @ / { }`; the value in double quotes
/// (in which `\` takes `"` and `\` literally) or up to the next blank.
struct KeyValue {
  std::string_view key, value;
  bool quoted = false;
};

/// Takes the pair off the front of `text`, with the blanks before it; false where there is none. A value that holds
/// escapes is written to `memory`.
[[nodiscard]] bool take_key_value(std::string_view& text, KeyValue& pair, Arena& memory);

/// Lines that are clearly nothing else: bracketed words may stand in front (`[UFW BLOCK]`), then come three pairs or
/// more and for each four of them at most one bare word. Empty values without quotes are left out. Adds nothing where
/// it is no such line.
[[nodiscard]] bool parse_key_values(std::string_view text, FieldList& fields);

/// The time of such lines as firewalls write it: `date` and `time` with `tz` ("+0100"), or else `eventtime` since 1970.
[[nodiscard]] std::optional<Ticks> key_value_time(const FieldList& fields);

}  // namespace hecate::ingest
