#include "base/text.h"

#include <utf8proc.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <bit>
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

using Sixteen [[gnu::vector_size(16)]] = signed char;

/// Lowers up to the first byte that is not ASCII, or a little before it; returns where that is.
size_t lower_blocks(std::string_view text, char* to) {
  size_t at = 0;
  for (; at + sizeof(Sixteen) <= text.size(); at += sizeof(Sixteen)) {
    if (((eight_bytes(text.data() + at) | eight_bytes(text.data() + at + 8)) & kHighBits) != 0) break;
    Sixteen bytes;
    std::memcpy(&bytes, text.data() + at, sizeof bytes);
    bytes += (bytes >= 'A') & (bytes <= 'Z') & 32;
    std::memcpy(to + at, &bytes, sizeof bytes);
  }
  return at;
}

/// Reads one code point; returns its length, or 0 where the bytes are not UTF-8.
size_t decode(std::string_view text, size_t at, utf8proc_int32_t& code_point) {
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at);
  const utf8proc_ssize_t length = utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(text.size() - at), &code_point);
  return length > 0 ? static_cast<size_t>(length) : 0;
}

/// Appends the lower case of the code point at `at`; returns how long that is. A malformed byte is copied.
size_t lower_code_point(std::string_view text, size_t at, char*& to) {
  utf8proc_int32_t code_point = 0;
  const size_t length = decode(text, at, code_point);
  if (length == 0) {
    *to++ = text[at];
    return 1;
  }
  to += utf8proc_encode_char(utf8proc_tolower(code_point), reinterpret_cast<utf8proc_uint8_t*>(to));
  return length;
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
  // At most a half longer: U+023A and U+023E take two bytes, and their lower case three.
  const size_t before = out.size();
  out.resize(before + text.size() + text.size() / 2);
  char* to = out.data() + before;
  for (size_t at = 0; at < text.size();) {
    const size_t block = lower_blocks(text.substr(at), to);
    at += block;
    to += block;
    const size_t end = std::min(at + sizeof(Sixteen), text.size());
    while (at < end) {
      if (static_cast<unsigned char>(text[at]) < 0x80) {
        *to++ = ascii_lower(text[at++]);
      } else {
        at += lower_code_point(text, at, to);
      }
    }
  }
  out.resize(static_cast<size_t>(to - out.data()));
}

bool may_hold_ascii_in_disguise(std::string_view text) {
  const auto holds = [text](char lead, std::string_view rest) {
    for (size_t at = text.find(lead); at != std::string_view::npos; at = text.find(lead, at + 1)) {
      if (text.substr(at + 1).starts_with(rest)) return true;
    }
    return false;
  };
  return holds('\xE2', "\x84\xAA") || holds('\xC4', "\xB0") || holds('\xC4', "\xB1") || holds('\xC5', "\xBF");
}

std::string fold_case(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  fold_case_to(text, out);
  return out;
}

#ifdef __SSE2__
/// Of 16 places at once those where the literal's first and last characters stand; the rest is compared there.
size_t find_text(std::string_view text, std::string_view literal, size_t from) {
  if (literal.size() < 2) return text.find(literal, from);
  const size_t last = literal.size() - 1;
  const __m128i first_wanted = _mm_set1_epi8(literal.front());
  const __m128i last_wanted = _mm_set1_epi8(literal.back());
  const auto load = [&](size_t at) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at)); };
  size_t at = from;
  for (; at + last + 16 <= text.size(); at += 16) {
    const __m128i both =
        _mm_and_si128(_mm_cmpeq_epi8(load(at), first_wanted), _mm_cmpeq_epi8(load(at + last), last_wanted));
    for (auto mask = static_cast<unsigned>(_mm_movemask_epi8(both)); mask != 0; mask &= mask - 1) {
      const size_t place = at + static_cast<size_t>(std::countr_zero(mask));
      if (std::memcmp(text.data() + place + 1, literal.data() + 1, last) == 0) return place;
    }
  }
  return text.find(literal, at);
}
#else
size_t find_text(std::string_view text, std::string_view literal, size_t from) { return text.find(literal, from); }
#endif

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
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  std::string out;
  out.reserve(text.size());
  size_t at = 0;
  while (at < text.size()) {
    // Nearly all of nearly every text.
    const size_t run = static_cast<size_t>(std::find_if_not(text.begin() + at, text.end(), is_ascii) - text.begin());
    out.append(text, at, run - at);
    at = run;
    if (at == text.size()) break;
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
