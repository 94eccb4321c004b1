#pragma once

#include <cstddef>
#include <string_view>

namespace hecate::ingest {

[[nodiscard]] constexpr bool is_json_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// RFC 8259 section 6.
[[nodiscard]] bool valid_json_number(std::string_view text);
/// Whether every backslash in a string (without its quotes) begins an escape of RFC 8259 section 7.
[[nodiscard]] bool valid_json_escapes(std::string_view text);
/// Writes the meaning of a string with valid escapes; never longer than the text. A surrogate without its
/// partner becomes U+FFFD, so that values are always UTF-8. Returns the size.
[[nodiscard]] size_t unescape_json(std::string_view text, char* to);

}  // namespace hecate::ingest
