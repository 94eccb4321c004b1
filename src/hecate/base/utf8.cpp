#include "base/utf8.h"

#include <utf8proc.h>

namespace hecate {

void append_utf8(uint32_t code_point, std::string& out) {
  if (code_point >= 0x110000 || (code_point >= 0xD800 && code_point < 0xE000)) code_point = 0xFFFD;
  utf8proc_uint8_t bytes[4];
  const utf8proc_ssize_t length = utf8proc_encode_char(static_cast<utf8proc_int32_t>(code_point), bytes);
  out.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(length));
}

}  // namespace hecate
