#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hecate::ingest {

/// The types of values in binary XML (MS-EVEN6 2.2.20, "Type System"). With kArrayOf set, an array of them.
enum class EvtxType : uint8_t {
  Null = 0x00,
  Utf16 = 0x01,
  Ansi = 0x02,
  Int8 = 0x03,
  UInt8 = 0x04,
  Int16 = 0x05,
  UInt16 = 0x06,
  Int32 = 0x07,
  UInt32 = 0x08,
  Int64 = 0x09,
  UInt64 = 0x0a,
  Real32 = 0x0b,
  Real64 = 0x0c,
  Bool = 0x0d,
  Binary = 0x0e,
  Guid = 0x0f,
  Size = 0x10,
  FileTime = 0x11,
  SystemTime = 0x12,
  Sid = 0x13,
  HexInt32 = 0x14,
  HexInt64 = 0x15,
  BinXml = 0x21,
};
constexpr uint8_t kArrayOf = 0x80;

/// Where a text is going to stand: an attribute's is in single quotes, as Windows renders events.
enum class XmlPlace : uint8_t { Text, Attribute };

/// Appends UTF-16 (little-endian) as UTF-8, escaped for XML. A lone surrogate becomes U+FFFD; so does a NUL, which XML
/// cannot hold, but those at the end are cut. A text of blanks alone keeps them through a parser that drops such.
void append_utf16_xml(std::string_view utf16, XmlPlace place, std::string& out);

/// Appends a value of any type but BinXml as Windows renders it; nothing for Null and for bytes of a wrong size.
void append_value(EvtxType type, std::string_view bytes, XmlPlace place, std::string& out);

/// Takes the next element off an array of a type; the rest is empty when it was the last.
[[nodiscard]] std::string_view take_element(EvtxType type, std::string_view& rest);

}  // namespace hecate::ingest
