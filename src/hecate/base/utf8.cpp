#include "base/utf8.h"

#include <utf8proc.h>

namespace hecate {

void append_utf8(uint32_t code_point, std::string& out) {
  if (code_point >= 0x110000 || (code_point >= 0xD800 && code_point < 0xE000)) code_point = 0xFFFD;
  utf8proc_uint8_t bytes[4];
  const utf8proc_ssize_t length = utf8proc_encode_char(static_cast<utf8proc_int32_t>(code_point), bytes);
  out.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(length));
}

std::optional<std::string> utf8_of_utf16(std::string_view bytes) {
  const bool big = bytes.starts_with("\xFE\xFF");
  if (!big && !bytes.starts_with("\xFF\xFE")) return std::nullopt;
  const auto unit_at = [&](size_t at) {
    const auto first = static_cast<unsigned char>(bytes[at]);
    const auto second = static_cast<unsigned char>(bytes[at + 1]);
    return static_cast<uint32_t>(big ? first << 8 | second : second << 8 | first);
  };
  std::string out;
  out.reserve(bytes.size() / 2);
  size_t at = 2;
  for (; at + 1 < bytes.size(); at += 2) {
    const uint32_t unit = unit_at(at);
    const uint32_t next = at + 3 < bytes.size() ? unit_at(at + 2) : 0;
    if (unit >= 0xD800 && unit < 0xDC00 && next >= 0xDC00 && next < 0xE000) {
      append_utf8(0x10000 + ((unit - 0xD800) << 10) + (next - 0xDC00), out);
      at += 2;
    } else {
      append_utf8(unit, out);
    }
  }
  if (at < bytes.size()) append_utf8(0xFFFD, out);
  return out;
}

}  // namespace hecate
