#include "base/text.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace hecate {
namespace {

constexpr uint64_t kOnes = 0x0101010101010101U;
constexpr uint64_t kHighBits = 0x80 * kOnes;

uint64_t eight_bytes(const char* at) {
  uint64_t result = 0;
  std::memcpy(&result, at, sizeof result);
  return result;
}

/// Eight ASCII characters at once: a sum carries into a byte's high bit where the byte is large enough.
uint64_t lower_eight(uint64_t bytes) {
  const uint64_t from_a = bytes + (0x80 - 'A') * kOnes;
  const uint64_t beyond_z = bytes + (0x7F - 'Z') * kOnes;
  return bytes | ((from_a ^ beyond_z) & kHighBits) >> 2;
}

/// Lowers up to the first byte that is not ASCII; returns where that is.
size_t lower_ascii(std::string_view text, char* to) {
  size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    const uint64_t bytes = eight_bytes(text.data() + at);
    if ((bytes & kHighBits) != 0) break;
    const uint64_t lowered = lower_eight(bytes);
    std::memcpy(to + at, &lowered, sizeof lowered);
  }
  for (; at < text.size() && static_cast<unsigned char>(text[at]) < 0x80; ++at) to[at] = ascii_lower(text[at]);
  return at;
}

/// Reads one code point; returns its length, or 0 where the bytes are not UTF-8.
size_t decode(std::string_view text, size_t at, utf8proc_int32_t& code_point) {
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at);
  const utf8proc_ssize_t length = utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(text.size() - at), &code_point);
  return length > 0 ? static_cast<size_t>(length) : 0;
}

}  // namespace

bool is_ascii(std::string_view text) {
  size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    if ((eight_bytes(text.data() + at) & kHighBits) != 0) return false;
  }
  return std::all_of(text.begin() + static_cast<ptrdiff_t>(at), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

size_t code_points(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

void fold_case_to(std::string_view text, std::string& out) {
  // Nearly every text is ASCII to its end.
  const size_t before = out.size();
  out.resize(before + text.size());
  size_t at = lower_ascii(text, out.data() + before);
  out.resize(before + at);
  while (at < text.size()) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      out += ascii_lower(text[at++]);
      continue;
    }
    utf8proc_int32_t code_point = 0;
    const size_t length = decode(text, at, code_point);
    if (length == 0) {
      out += text[at++];
      continue;
    }
    utf8proc_uint8_t buffer[4];
    const utf8proc_ssize_t written = utf8proc_encode_char(utf8proc_tolower(code_point), buffer);
    out.append(reinterpret_cast<const char*>(buffer), static_cast<size_t>(written));
    at += length;
  }
}

std::string fold_case(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  fold_case_to(text, out);
  return out;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  if (is_ascii(a) && is_ascii(b)) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
  }
  return fold_case(a) == fold_case(b);
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n\f\v";
  const size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

std::string valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  size_t at = 0;
  while (at < text.size()) {
    utf8proc_int32_t code_point = 0;
    const size_t length = decode(text, at, code_point);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
      ++at;
    } else {
      out += text.substr(at, length);
      at += length;
    }
  }
  return out;
}

std::string printable(std::string_view text, bool keep_lines) {
  std::string out;
  out.reserve(text.size());
  size_t at = 0;
  while (at < text.size()) {
    utf8proc_int32_t code_point = 0;
    const size_t length = decode(text, at, code_point);
    const bool control = code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (control && !(keep_lines && code_point == '\n')) {
      out += ' ';
    } else {
      out += text.substr(at, length);
    }
    at += length == 0 ? 1 : length;
  }
  return out;
}

}  // namespace hecate
