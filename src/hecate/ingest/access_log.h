#pragma once

#include <string_view>

#include "ingest/field_list.h"

namespace hecate::ingest {

/// A line of a web server in the common or combined format (Apache's mod_log_config, nginx's `combined`):
///   [site[:port]] host ident user [10/Oct/2000:13:55:36 -0700] "GET /a?b HTTP/1.0" 200 2326 ["referer" "agent" …]
/// In quotes `\"`, `\\` and `\xhh` are escapes (mod_log_config, "Format Notes"). A request line that is none (an
/// attack, a TLS hello) is kept whole as `request`. Adds nothing where the line is no such line.
[[nodiscard]] bool parse_access_line(std::string_view text, FieldList& fields, std::optional<Ticks>& time);

}  // namespace hecate::ingest
