#include "ingest/evtx_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <iterator>

#include "base/time.h"
#include "base/utf8.h"
#include "ingest/little_endian.h"

namespace hecate::ingest {
namespace {

void append_escaped(uint32_t c, XmlPlace place, std::string& out) {
  const bool attribute = place == XmlPlace::Attribute;
  switch (c) {
    case '<': out += "&lt;"; return;
    case '>': out += "&gt;"; return;
    case '&': out += "&amp;"; return;
    // A parser of XML turns a bare carriage return into a line feed, and blanks of an attribute into spaces.
    case '\r': out += "&#13;"; return;
    case '\n': out += attribute ? "&#10;" : "\n"; return;
    case '\t': out += attribute ? "&#9;" : "\t"; return;
    case '\'': out += attribute ? "&apos;" : "'"; return;
    case '\0': append_utf8(0xFFFD, out); return;
    default: append_utf8(c, out);
  }
}

constexpr bool is_plain(uint32_t c) { return c >= ' ' && c < 0x7F && c != '<' && c != '>' && c != '&' && c != '\''; }

constexpr bool is_blank(uint32_t c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

uint32_t unit_at(std::string_view utf16, size_t at) { return little_endian<uint16_t>(utf16, at); }

bool all_blank(std::string_view utf16) {
  for (size_t at = 0; at < utf16.size(); at += 2) {
    if (!is_blank(unit_at(utf16, at))) return false;
  }
  return !utf16.empty();
}

void append_ansi_xml(std::string_view text, XmlPlace place, std::string& out) {
  while (text.ends_with('\0')) text.remove_suffix(1);
  for (const char c : text) append_escaped(static_cast<uint8_t>(c), place, out);
}

uint64_t unsigned_of(std::string_view bytes) {
  uint64_t value = 0;
  for (size_t i = std::min(bytes.size(), sizeof(value)); i-- > 0;) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return value;
}

int64_t signed_of(std::string_view bytes) {
  const size_t bits = 8 * std::clamp<size_t>(bytes.size(), 1, 8);
  // The sign bit is moved to the top and back again.
  return static_cast<int64_t>(unsigned_of(bytes) << (64 - bits)) >> (64 - bits);
}

void append_real(std::string_view bytes, std::string& out) {
  if (bytes.size() == sizeof(float)) {
    fmt::format_to(std::back_inserter(out), "{}", std::bit_cast<float>(static_cast<uint32_t>(unsigned_of(bytes))));
  } else if (bytes.size() == sizeof(double)) {
    fmt::format_to(std::back_inserter(out), "{}", std::bit_cast<double>(unsigned_of(bytes)));
  }
}

void append_binary(std::string_view bytes, std::string& out) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : bytes) {
    out += kDigits[static_cast<uint8_t>(c) >> 4];
    out += kDigits[static_cast<uint8_t>(c) & 15];
  }
}

void append_guid(std::string_view bytes, std::string& out) {
  if (bytes.size() != 16) return;
  fmt::format_to(std::back_inserter(out), "{{{:08X}-{:04X}-{:04X}-", little_endian<uint32_t>(bytes, 0),
                 little_endian<uint16_t>(bytes, 4), little_endian<uint16_t>(bytes, 6));
  append_binary(bytes.substr(8, 2), out);
  out += '-';
  append_binary(bytes.substr(10), out);
  out += '}';
}

void append_file_time(std::string_view bytes, std::string& out) {
  constexpr uint64_t kEpoch = 116'444'736'000'000'000;  // 1601 to 1970
  constexpr uint64_t kYear10000 = 2'650'467'744'000'000'000;
  if (bytes.size() != 8) return;
  const uint64_t time = unsigned_of(bytes);
  if (time >= kYear10000) {
    fmt::format_to(std::back_inserter(out), "{}", time);
    return;
  }
  const CivilTime civil = civil_time(static_cast<Ticks>(time) - static_cast<Ticks>(kEpoch));
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:07}Z", civil.year, civil.month,
                 civil.day, civil.hour, civil.minute, civil.second, civil.fraction);
}

void append_system_time(std::string_view bytes, std::string& out) {
  if (bytes.size() != 16) return;
  const auto part = [&](size_t index) { return little_endian<uint16_t>(bytes, 2 * index); };
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", part(0), part(1), part(3),
                 part(4), part(5), part(6), part(7));
}

constexpr size_t kSidHeader = 8;

size_t sid_size(std::string_view bytes) { return kSidHeader + 4 * static_cast<size_t>(static_cast<uint8_t>(bytes[1])); }

/// MS-DTYP 2.4.2.1: an authority of 2^32 and more is written in hexadecimal.
void append_sid(std::string_view bytes, std::string& out) {
  if (bytes.size() < kSidHeader || bytes.size() < sid_size(bytes)) return;
  uint64_t authority = 0;
  for (size_t i = 2; i < kSidHeader; ++i) authority = authority << 8 | static_cast<uint8_t>(bytes[i]);
  const auto to = std::back_inserter(out);
  fmt::format_to(to, "S-{}-", static_cast<uint8_t>(bytes[0]));
  if (authority >> 32 == 0) {
    fmt::format_to(to, "{}", authority);
  } else {
    fmt::format_to(to, "0x{:012X}", authority);
  }
  for (size_t at = kSidHeader; at < sid_size(bytes); at += 4) {
    fmt::format_to(to, "-{}", little_endian<uint32_t>(bytes, at));
  }
}

/// 0 where elements have no fixed size.
size_t element_size(EvtxType type) {
  switch (type) {
    case EvtxType::Int8:
    case EvtxType::UInt8: return 1;
    case EvtxType::Int16:
    case EvtxType::UInt16: return 2;
    case EvtxType::Int32:
    case EvtxType::UInt32:
    case EvtxType::Real32:
    case EvtxType::Bool:
    case EvtxType::HexInt32: return 4;
    case EvtxType::Int64:
    case EvtxType::UInt64:
    case EvtxType::Real64:
    case EvtxType::Size:
    case EvtxType::FileTime:
    case EvtxType::HexInt64: return 8;
    case EvtxType::Guid:
    case EvtxType::SystemTime: return 16;
    case EvtxType::Null:
    case EvtxType::Utf16:
    case EvtxType::Ansi:
    case EvtxType::Binary:
    case EvtxType::Sid:
    case EvtxType::BinXml: return 0;
  }
  return 0;
}

std::string_view take(std::string_view& rest, size_t size, size_t separator = 0) {
  size = std::min(size, rest.size());
  const std::string_view taken = rest.substr(0, size);
  rest.remove_prefix(std::min(rest.size(), size + separator));
  return taken;
}

std::string_view take_utf16(std::string_view& rest) {
  size_t size = 0;
  while (size + 1 < rest.size() && unit_at(rest, size) != 0) size += 2;
  return take(rest, size, 2);
}

}  // namespace

void append_utf16_xml(std::string_view utf16, XmlPlace place, std::string& out) {
  utf16 = utf16.substr(0, utf16.size() & ~size_t{1});
  while (!utf16.empty() && unit_at(utf16, utf16.size() - 2) == 0) utf16.remove_suffix(2);
  size_t at = 0;
  if (place == XmlPlace::Text && all_blank(utf16)) {
    fmt::format_to(std::back_inserter(out), "&#{};", unit_at(utf16, 0));
    at = 2;
  }
  for (; at < utf16.size(); at += 2) {
    const uint32_t unit = unit_at(utf16, at);
    if (is_plain(unit)) {
      out += static_cast<char>(unit);
      continue;
    }
    const uint32_t low = at + 2 < utf16.size() ? unit_at(utf16, at + 2) : 0;
    if ((unit & 0xFC00) == 0xD800 && (low & 0xFC00) == 0xDC00) {
      append_utf8(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00), out);
      at += 2;
    } else {
      append_escaped(unit, place, out);
    }
  }
}

void append_value(EvtxType type, std::string_view bytes, XmlPlace place, std::string& out) {
  if (bytes.empty()) return;
  switch (type) {
    case EvtxType::Null:
    case EvtxType::BinXml: return;
    case EvtxType::Utf16: return append_utf16_xml(bytes, place, out);
    case EvtxType::Ansi: return append_ansi_xml(bytes, place, out);
    case EvtxType::Int8:
    case EvtxType::Int16:
    case EvtxType::Int32:
    case EvtxType::Int64: fmt::format_to(std::back_inserter(out), "{}", signed_of(bytes)); return;
    case EvtxType::UInt8:
    case EvtxType::UInt16:
    case EvtxType::UInt32:
    case EvtxType::UInt64: fmt::format_to(std::back_inserter(out), "{}", unsigned_of(bytes)); return;
    case EvtxType::Real32:
    case EvtxType::Real64: return append_real(bytes, out);
    case EvtxType::Bool: out += unsigned_of(bytes) == 0 ? "false" : "true"; return;
    case EvtxType::Guid: return append_guid(bytes, out);
    case EvtxType::Size:
    case EvtxType::HexInt32:
    case EvtxType::HexInt64: fmt::format_to(std::back_inserter(out), "0x{:x}", unsigned_of(bytes)); return;
    case EvtxType::FileTime: return append_file_time(bytes, out);
    case EvtxType::SystemTime: return append_system_time(bytes, out);
    case EvtxType::Sid: return append_sid(bytes, out);
    case EvtxType::Binary: break;
  }
  append_binary(bytes, out);
}

std::string_view take_element(EvtxType type, std::string_view& rest) {
  if (type == EvtxType::Utf16) return take_utf16(rest);
  if (type == EvtxType::Ansi) return take(rest, rest.find('\0'), 1);
  if (type == EvtxType::Sid) return take(rest, rest.size() < kSidHeader ? rest.size() : sid_size(rest));
  const size_t size = element_size(type);
  return take(rest, size == 0 ? rest.size() : size);
}

}  // namespace hecate::ingest
