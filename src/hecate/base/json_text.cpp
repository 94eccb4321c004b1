#include "base/json_text.h"

#include <fmt/format.h>

#include "base/text.h"

namespace hecate {

void append_json_quoted(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : valid_utf8(text)) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

std::string json_quote(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  append_json_quoted(text, out);
  return out;
}

std::string json_time(const std::optional<Ticks>& time) { return time ? json_quote(format_rfc3339(*time)) : "null"; }

}  // namespace hecate
