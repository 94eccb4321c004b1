#pragma once

#include <cstdint>
#include <string>

namespace hecate {

/// Appends a code point as UTF-8; what is none (a surrogate, beyond U+10FFFF) becomes U+FFFD.
void append_utf8(uint32_t code_point, std::string& out);

}  // namespace hecate
