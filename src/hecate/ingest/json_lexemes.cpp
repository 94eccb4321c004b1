#include "ingest/json_lexemes.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "base/text.h"

namespace hecate::ingest {
namespace {

int hex_digit(char c) {
  if (is_ascii_digit(c)) return c - '0';
  const char lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

size_t skip_digits(std::string_view text, size_t at) {
  while (at < text.size() && is_ascii_digit(text[at])) ++at;
  return at;
}

/// The code unit of the four digits at the front; they are known to be digits.
uint32_t code_unit(std::string_view digits) {
  uint32_t unit = 0;
  for (size_t i = 0; i < 4; ++i) unit = unit * 16 + static_cast<uint32_t>(hex_digit(digits[i]));
  return unit;
}

size_t put_utf8(uint32_t code, char* to) {
  const auto put = [&to](size_t i, uint32_t byte) { to[i] = static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code < 0x80) {
    put(0, code);
    return 1;
  }
  if (code < 0x800) {
    put(0, 0xC0 | code >> 6);
    put(1, 0x80 | (code & 0x3F));
    return 2;
  }
  if (code < 0x10000) {
    put(0, 0xE0 | code >> 12);
    put(1, 0x80 | (code >> 6 & 0x3F));
    put(2, 0x80 | (code & 0x3F));
    return 3;
  }
  put(0, 0xF0 | code >> 18);
  put(1, 0x80 | (code >> 12 & 0x3F));
  put(2, 0x80 | (code >> 6 & 0x3F));
  put(3, 0x80 | (code & 0x3F));
  return 4;
}

/// The code point of a `\u` escape whose digits begin at `at`, which is moved behind it.
uint32_t code_point(std::string_view text, size_t& at) {
  constexpr uint32_t kReplacement = 0xFFFD;
  const uint32_t unit = code_unit(text.substr(at));
  at += 4;
  if (unit < 0xD800 || unit > 0xDFFF) return unit;
  if (unit > 0xDBFF || !text.substr(at).starts_with("\\u")) return kReplacement;
  const uint32_t low = code_unit(text.substr(at + 2));
  if (low < 0xDC00 || low > 0xDFFF) return kReplacement;
  at += 6;
  return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
}

char simple_escape(char c) {
  switch (c) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return c;
  }
}

}  // namespace

bool valid_json_number(std::string_view text) {
  size_t at = text.starts_with('-') ? 1 : 0;
  const size_t whole = at;
  at = skip_digits(text, at);
  if (at == whole || (text[whole] == '0' && at > whole + 1)) return false;
  if (at < text.size() && text[at] == '.') {
    const size_t fraction = at + 1;
    at = skip_digits(text, fraction);
    if (at == fraction) return false;
  }
  if (at < text.size() && ascii_lower(text[at]) == 'e') {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const size_t exponent = at;
    at = skip_digits(text, exponent);
    if (at == exponent) return false;
  }
  return at == text.size();
}

bool valid_json_escapes(std::string_view text) {
  constexpr std::string_view kSimple = "\"\\/bfnrt";
  for (size_t at = text.find('\\'); at != std::string_view::npos; at = text.find('\\', at)) {
    if (++at >= text.size()) return false;
    if (kSimple.find(text[at]) != std::string_view::npos) {
      ++at;
      continue;
    }
    if (text[at] != 'u' || at + 4 >= text.size()) return false;
    for (size_t i = 1; i <= 4; ++i) {
      if (hex_digit(text[at + i]) < 0) return false;
    }
    at += 5;
  }
  return true;
}

size_t unescape_json(std::string_view text, char* to) {
  size_t size = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t slash = std::min(text.find('\\', at), text.size());
    std::memcpy(to + size, text.data() + at, slash - at);
    size += slash - at;
    at = slash;
    if (at == text.size()) break;
    const char kind = text[at + 1];
    at += 2;
    if (kind == 'u') {
      size += put_utf8(code_point(text, at), to + size);
    } else {
      to[size++] = simple_escape(kind);
    }
  }
  return size;
}

}  // namespace hecate::ingest
