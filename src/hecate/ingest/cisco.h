#pragma once

#include <string_view>

#include "ingest/field_list.h"

namespace hecate::ingest {

/// What Cisco's devices put before their messages: `%FACILITY-SEVERITY-MNEMONIC: message` (ASA, FTD: the mnemonic is
/// the message's number; IOS: a word; NX-OS: `%FACILITY-SUBFACILITY-SEVERITY-MNEMONIC`), with anything of their own
/// clock and name in front. Fields stand under "cisco."; adds nothing where there is no such mark.
[[nodiscard]] bool parse_cisco(std::string_view text, FieldList& fields);

}  // namespace hecate::ingest
