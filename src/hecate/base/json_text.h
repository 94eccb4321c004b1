#pragma once

#include <string>
#include <string_view>

namespace hecate {

/// A JSON string literal, quotes included. Malformed UTF-8 becomes U+FFFD.
[[nodiscard]] std::string json_quote(std::string_view text);
void append_json_quoted(std::string_view text, std::string& out);

}  // namespace hecate
