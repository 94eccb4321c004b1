#include <utf8proc.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>

#include "base/text.h"
#include "base/utf8.h"
#include "exec/functions/kql_support.h"

// base64, gzip and zlib, percent escapes, Punycode, code points.
namespace hecate::kql_support {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
Value empty_string() { return Value::string(""); }

}  // namespace

std::optional<std::string> base64_bytes(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  size_t padding = 0;
  while (padding < 2 && text.ends_with('=')) {
    text.remove_suffix(1);
    ++padding;
  }
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  for (const char ch : text) {
    const size_t digit = kAlphabet.find(ch);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = (bits << 6) | static_cast<uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>((bits >> count) & 0xFF);
  }
  return out;
}

std::string base64_text(std::string_view bytes) {
  std::string out;
  for (size_t at = 0; at < bytes.size(); at += 3) {
    uint32_t bits = 0;
    for (size_t i = 0; i < 3; ++i)
      bits = (bits << 8) | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    for (size_t i = 0; i < 4; ++i) out += at + i > bytes.size() ? '=' : kAlphabet[(bits >> (18 - 6 * i)) & 63];
  }
  return out;
}

namespace {

/// Malformed input, and bytes that are not UTF-8, give "" (base64-decode-tostring-function).
Value base64_decode(Arguments a, EvalContext& c) {
  const auto bytes = base64_bytes(text_of(a[0], c));
  return bytes && valid_utf8(*bytes) == *bytes ? string_value(*bytes, c) : empty_string();
}
Value base64_encode(Arguments a, EvalContext& c) { return string_value(base64_text(text_of(a[0], c)), c); }

Value base64_decode_array(Arguments a, EvalContext& c) {
  const auto bytes = base64_bytes(text_of(a[0], c));
  if (!bytes) return Value::null();
  ArrayWriter out;
  for (const char byte : *bytes) {
    if (out.full()) return Value::null();
    out.add(std::to_string(static_cast<unsigned char>(byte)));
  }
  return out.finish(c);
}
Value base64_encode_array(Arguments a, EvalContext& c) {
  const auto parts = array_of(a[0]);
  if (!parts) return empty_string();
  std::string bytes;
  for (const std::string_view element : parts->values) {
    const auto number = to_long(element);
    if (!number || *number < 0 || *number > 255) return empty_string();
    bytes += static_cast<char>(*number);
  }
  return string_value(base64_text(bytes), c);
}

// The first three groups of a guid are little-endian in its bytes.
constexpr std::array<size_t, 16> kGuidOrder = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

Value base64_decode_guid(Arguments a, EvalContext& c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto bytes = base64_bytes(text_of(a[0], c));
  if (!bytes || bytes->size() != 16) return Value::null();
  std::string guid;
  for (size_t i = 0; i < 16; ++i) {
    const auto byte = static_cast<unsigned char>((*bytes)[kGuidOrder[i]]);
    if (i == 4 || i == 6 || i == 8 || i == 10) guid += '-';
    guid += kDigits[byte >> 4];
    guid += kDigits[byte & 15];
  }
  return string_value(guid, c);
}
Value base64_encode_guid(Arguments a, EvalContext& c) {
  std::string hex(text_of(a[0], c));
  std::erase(hex, '-');
  std::string bytes(16, '\0');
  if (hex.size() != 32) return empty_string();
  for (size_t i = 0; i < 16; ++i) {
    const auto byte = to_long("0x" + hex.substr(2 * i, 2));
    if (!byte) return empty_string();
    bytes[kGuidOrder[i]] = static_cast<char>(*byte);
  }
  return string_value(base64_text(bytes), c);
}

// --- compression ---

constexpr int kGzip = 16;  // what zlib adds to its window bits for gzip's header

std::optional<std::string> deflated(std::string_view text, int level, int window) {
  z_stream stream{};
  if (deflateInit2(&stream, level, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) != Z_OK) return std::nullopt;
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int status = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return status == Z_STREAM_END ? std::optional(std::move(out)) : std::nullopt;
}

template <int kind>
Value compress_text(Arguments a, EvalContext& c) {
  constexpr size_t kAround = kind == kGzip ? 18 : 6;  // bytes before and behind what is compressed
  const std::string_view text = text_of(a[0], c);
  if (text.size() > kLargestText) return empty_string();
  auto out = deflated(text, Z_DEFAULT_COMPRESSION, MAX_WBITS + kind);
  // What compression would make no smaller is stored as it is, of an unknown system: so gzip's page shows it.
  if (kind == kGzip && out && out->size() >= text.size() + kAround)
    out = deflated(text, Z_NO_COMPRESSION, MAX_WBITS + kind);
  if (kind == kGzip && out && out->size() >= kAround) {
    constexpr size_t kFlags = 8;
    constexpr size_t kSystem = 9;
    (*out)[kFlags] = '\0';
    (*out)[kSystem] = '\xFF';
  }
  return out ? string_value(base64_text(*out), c) : empty_string();
}

/// What grows beyond the largest text gives "": a few bytes can stand for gigabytes.
template <int kind>
Value decompress_text(Arguments a, EvalContext& c) {
  const auto bytes = base64_bytes(text_of(a[0], c));
  if (!bytes) return empty_string();
  z_stream stream{};
  if (inflateInit2(&stream, MAX_WBITS + kind) != Z_OK) return empty_string();
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes->data()));
  stream.avail_in = static_cast<uInt>(bytes->size());
  std::string out;
  std::array<char, 16'384> block{};
  int status = Z_OK;
  while (status == Z_OK && out.size() <= kLargestText) {
    stream.next_out = reinterpret_cast<Bytef*>(block.data());
    stream.avail_out = static_cast<uInt>(block.size());
    status = inflate(&stream, Z_NO_FLUSH);
    out.append(block.data(), block.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  const bool whole = status == Z_STREAM_END && out.size() <= kLargestText && valid_utf8(out) == out;
  return whole ? string_value(out, c) : empty_string();
}

// --- URLs ---

Value url_decode(Arguments a, EvalContext& c) {
  const std::string_view text = text_of(a[0], c);
  const auto digit = [](char ch) { return std::string_view("0123456789abcdef").find(ascii_lower(ch)); };
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    const bool escape = text[at] == '%' && at + 2 < text.size() && digit(text[at + 1]) < 16 && digit(text[at + 2]) < 16;
    if (escape) {
      out += static_cast<char>(digit(text[at + 1]) * 16 + digit(text[at + 2]));
      at += 2;
    } else {
      out += text[at];
    }
  }
  return string_value(valid_utf8(out), c);
}
/// .NET's UrlEncode: letters, digits and -_.!*() stay, escapes are lower case.
template <bool component>
Value url_encode(Arguments a, EvalContext& c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const char ch : text_of(a[0], c)) {
    const auto byte = static_cast<unsigned char>(ch);
    if (is_ascii_alnum(ch) || std::string_view("-_.!*()").find(ch) != std::string_view::npos) {
      out += ch;
    } else if (ch == ' ' && !component) {
      out += '+';
    } else {
      out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return string_value(out, c);
}

// --- code points ---

std::u32string points_of(std::string_view text) {
  std::u32string points;
  for (size_t at = 0; at < text.size();) {
    utf8proc_int32_t point = 0;
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at);
    const auto read = utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(text.size() - at), &point);
    points += read > 0 ? static_cast<char32_t>(point) : U'\uFFFD';
    at += read > 0 ? static_cast<size_t>(read) : 1;
  }
  return points;
}
std::string text_of_points(std::u32string_view points) {
  std::string out;
  for (const char32_t point : points) append_utf8(point, out);
  return out;
}

Value code_points_of(Arguments a, EvalContext& c) {
  ArrayWriter out;
  for (const char32_t point : points_of(text_of(a[0], c))) {
    if (out.full()) return Value::null();
    out.add(std::to_string(static_cast<uint32_t>(point)));
  }
  return out.finish(c);
}
Value from_code_points(Arguments a, EvalContext& c) {
  std::string out;
  const auto add = [&](const Value& value) {
    if (value.kind() == Kind::Long && value.as_integer() >= 0 && value.as_integer() <= 0x10FFFF)
      append_utf8(static_cast<uint32_t>(value.as_integer()), out);
  };
  for (const Value& value : a) {
    const auto parts = array_of(value);
    if (!parts) add(unwrap(value, c));
    if (!parts) continue;
    for (const std::string_view element : parts->values) add(unwrap(Value::dynamic(element), c));
  }
  return string_value(out, c);
}
/// Characters of the first list become those of the same place in the second, whose last one stands for all that
/// follow; without any they are cut (translate-function).
Value translate(Arguments a, EvalContext& c) {
  const std::u32string from = points_of(text_of(a[0], c));
  const std::u32string to = points_of(text_of(a[1], c));
  std::string out;
  for (const char32_t point : points_of(text_of(a[2], c))) {
    const size_t place = from.find(point);
    if (place == std::u32string::npos) {
      append_utf8(point, out);
    } else if (!to.empty()) {
      append_utf8(to[std::min(place, to.size() - 1)], out);
    }
  }
  return string_value(out, c);
}

// --- Punycode (RFC 3492) ---

constexpr uint32_t kBase = 36;
constexpr uint32_t kFirstPoint = 128;
constexpr uint32_t kFirstBias = 72;
constexpr size_t kLongestName = 4096;  // the work grows with the square

uint32_t adapted(uint32_t delta, uint32_t count, bool first) {
  delta = first ? delta / 700 : delta / 2;
  delta += delta / count;
  uint32_t k = 0;
  for (; delta > 455; k += kBase) delta /= 35;
  return k + 36 * delta / (delta + 38);
}
uint32_t threshold(uint32_t k, uint32_t bias) { return k <= bias ? 1 : std::min<uint32_t>(k - bias, 26); }
char digit_of(uint32_t value) { return static_cast<char>(value < 26 ? 'a' + value : '0' + value - 26); }
std::optional<uint32_t> value_of(char digit) {
  if (is_ascii_alpha(digit)) return static_cast<uint32_t>(ascii_lower(digit) - 'a');
  return is_ascii_digit(digit) ? std::optional<uint32_t>(digit - '0' + 26) : std::nullopt;
}

std::optional<std::string> punycode(const std::u32string& points) {
  if (points.size() > kLongestName) return std::nullopt;
  std::string out;
  for (const char32_t point : points) {
    if (point < kFirstPoint) out += static_cast<char>(point);
  }
  const auto basic = static_cast<uint32_t>(out.size());
  uint32_t handled = basic;
  if (basic > 0) out += '-';
  uint32_t n = kFirstPoint;
  uint64_t delta = 0;
  uint32_t bias = kFirstBias;
  while (handled < points.size()) {
    uint32_t least = std::numeric_limits<uint32_t>::max();
    for (const char32_t point : points) least = point >= n ? std::min<uint32_t>(least, point) : least;
    delta += uint64_t{least - n} * (handled + 1);
    if (delta > std::numeric_limits<uint32_t>::max()) return std::nullopt;
    n = least;
    for (const char32_t point : points) {
      delta += point < n ? 1 : 0;
      if (point != n) continue;
      auto q = static_cast<uint32_t>(delta);
      for (uint32_t k = kBase;; k += kBase) {
        const uint32_t t = threshold(k, bias);
        if (q < t) break;
        out += digit_of(t + (q - t) % (kBase - t));
        q = (q - t) / (kBase - t);
      }
      out += digit_of(q);
      bias = adapted(static_cast<uint32_t>(delta), handled + 1, handled == basic);
      delta = 0;
      ++handled;
    }
    ++delta;
    ++n;
  }
  return out;
}

std::optional<std::u32string> unpunycode(std::string_view text) {
  if (text.size() > kLongestName) return std::nullopt;
  std::u32string out;
  const size_t dash = text.rfind('-');
  const std::string_view basic = dash == std::string_view::npos ? std::string_view() : text.substr(0, dash);
  for (const char ch : basic) {
    if (static_cast<unsigned char>(ch) >= kFirstPoint) return std::nullopt;
    out += static_cast<char32_t>(ch);
  }
  uint64_t n = kFirstPoint;
  uint64_t i = 0;
  uint32_t bias = kFirstBias;
  for (size_t at = dash == std::string_view::npos ? 0 : dash + 1; at < text.size();) {
    const uint64_t before = i;
    uint64_t weight = 1;
    for (uint32_t k = kBase;; k += kBase) {
      const auto digit = at < text.size() ? value_of(text[at++]) : std::nullopt;
      if (!digit) return std::nullopt;
      i += *digit * weight;
      if (i > std::numeric_limits<uint32_t>::max()) return std::nullopt;
      const uint32_t t = threshold(k, bias);
      if (*digit < t) break;
      weight *= kBase - t;
      if (weight > std::numeric_limits<uint32_t>::max()) return std::nullopt;
    }
    const uint64_t count = out.size() + 1;
    bias = adapted(static_cast<uint32_t>(i - before), static_cast<uint32_t>(count), before == 0);
    n += i / count;
    i %= count;
    if (n > 0x10FFFF) return std::nullopt;
    out.insert(out.begin() + static_cast<std::ptrdiff_t>(i), static_cast<char32_t>(n));
    ++i;
  }
  return out;
}

Value punycode_from(Arguments a, EvalContext& c) {
  const auto out = punycode(points_of(text_of(a[0], c)));
  return out ? string_value(*out, c) : empty_string();
}
Value punycode_to(Arguments a, EvalContext& c) {
  const auto out = unpunycode(text_of(a[0], c));
  return out ? string_value(text_of_points(*out), c) : empty_string();
}
/// Label by label: those with other characters than ASCII are encoded behind "xn--".
template <bool encode>
Value punycode_domain(Arguments a, EvalContext& c) {
  std::string_view text = text_of(a[0], c);
  std::string out;
  while (true) {
    const size_t dot = text.find('.');
    const std::string_view label = text.substr(0, dot);
    if (encode && !is_ascii(label)) {
      const auto encoded = punycode(points_of(label));
      if (!encoded) return empty_string();
      out += "xn--" + *encoded;
    } else if (!encode && label.starts_with("xn--")) {
      const auto decoded = unpunycode(label.substr(4));
      if (!decoded) return empty_string();
      out += text_of_points(*decoded);
    } else {
      out += label;
    }
    if (dot == std::string_view::npos) return string_value(out, c);
    out += '.';
    text.remove_prefix(dot + 1);
  }
}

constexpr Function kFunctions[] = {
    {"kql.base64_decode_toarray", 1, 1, true, &base64_decode_array, "The bytes behind base64."},
    {"kql.base64_decode_toguid", 1, 1, true, &base64_decode_guid, "The guid behind base64."},
    {"kql.base64_decode_tostring", 1, 1, true, &base64_decode, "The text behind base64, or \"\"."},
    {"kql.base64_encode_fromarray", 1, 1, true, &base64_encode_array, "Bytes as base64."},
    {"kql.base64_encode_fromguid", 1, 1, true, &base64_encode_guid, "A guid as base64."},
    {"kql.base64_encode_tostring", 1, 1, true, &base64_encode, "A text as base64."},
    {"kql.gzip_compress", 1, 1, true, &compress_text<kGzip>, "gzip, as base64."},
    {"kql.gzip_decompress", 1, 1, true, &decompress_text<kGzip>, "The text behind gzip and base64, or \"\"."},
    {"kql.punycode_domain_from_string", 1, 1, true, &punycode_domain<true>, "A domain name in ASCII."},
    {"kql.punycode_domain_to_string", 1, 1, true, &punycode_domain<false>, "A domain name in Unicode."},
    {"kql.punycode_from_string", 1, 1, true, &punycode_from, "Punycode without xn--."},
    {"kql.punycode_to_string", 1, 1, true, &punycode_to, "The text behind Punycode."},
    {"kql.translate", 3, 3, true, &translate, "Replaces characters by others."},
    {"kql.unicode_codepoints_from_string", 1, 1, true, &code_points_of, "The code points of a text."},
    {"kql.unicode_codepoints_to_string", 1, -1, true, &from_code_points, "A text of code points."},
    {"kql.url_decode", 1, 1, true, &url_decode, "A text without percent escapes."},
    {"kql.url_encode", 1, 1, true, &url_encode<false>, "A text with percent escapes; a blank is +."},
    {"kql.url_encode_component", 1, 1, true, &url_encode<true>, "A text with percent escapes."},
    {"kql.zlib_compress", 1, 1, true, &compress_text<0>, "zlib, as base64."},
    {"kql.zlib_decompress", 1, 1, true, &decompress_text<0>, "The text behind zlib and base64, or \"\"."},
};

}  // namespace

std::span<const Function> encode_functions() { return kFunctions; }

}  // namespace hecate::kql_support
