#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hecate {

/// Appends a code point as UTF-8; what is none (a surrogate, beyond U+10FFFF) becomes U+FFFD.
void append_utf8(uint32_t code_point, std::string& out);

/// The UTF-8 of a text in UTF-16 of either byte order, without its byte order mark; nothing where there is no mark.
/// Half of a surrogate pair and half of a unit at the end become U+FFFD.
[[nodiscard]] std::optional<std::string> utf8_of_utf16(std::string_view bytes);

}  // namespace hecate
