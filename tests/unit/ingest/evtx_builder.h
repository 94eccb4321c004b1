#pragma once

#include <zlib.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/evtx_values.h"

/// Windows event logs made by hand, after the tables of "Windows XML Event Log (EVTX) format" (libevtx).
namespace hecate::ingest::test {

inline std::string little(uint64_t value, size_t size) {
  std::string bytes;
  for (size_t i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i));
  return bytes;
}

inline std::string utf16(std::u16string_view text) {
  std::string bytes;
  for (const char16_t unit : text) bytes += little(unit, 2);
  return bytes;
}

inline std::string utf16(std::string_view ascii) { return utf16(std::u16string(ascii.begin(), ascii.end())); }

/// Binary XML that is going to stand at an offset of a chunk.
class BinXml {
 public:
  using Part = std::function<void()>;
  struct Value {
    uint8_t type;
    std::string bytes;
  };
  static constexpr uint16_t kNoDependency = 0xFFFF;

  explicit BinXml(size_t base) : base_(base) {}

  void header() { bytes += std::string("\x0f\x01\x01\x00", 4); }
  void eof() { bytes += '\0'; }

  void element(std::string_view name, const Part& content, const Part& attributes = {},
               uint16_t dependency = kNoDependency) {
    bytes += attributes ? '\x41' : '\x01';
    if (with_dependencies) bytes += little(dependency, 2);
    const size_t size_at = hold_size();
    put_name(name);
    if (attributes) {
      const size_t list_at = hold_size();
      attributes();
      fill_size(list_at);
    }
    if (content) {
      bytes += '\x02';
      content();
      bytes += '\x04';
    } else {
      bytes += '\x03';
    }
    fill_size(size_at);
  }
  void attribute(std::string_view name, const Part& value) {
    bytes += '\x46';
    put_name(name);
    value();
  }
  void text(std::u16string_view text) { bytes += std::string("\x05\x01") + little(text.size(), 2) + utf16(text); }
  void value(uint16_t index, EvtxType type = EvtxType::Utf16) { substitution('\x0d', index, type); }
  void optional(uint16_t index, EvtxType type = EvtxType::Utf16) { substitution('\x0e', index, type); }
  void character(uint16_t code) { bytes += '\x08' + little(code, 2); }
  void entity(std::string_view name) {
    bytes += '\x09';
    put_name(name);
  }
  void cdata(std::u16string_view text) { bytes += '\x07' + little(text.size(), 2) + utf16(text); }
  void instruction(std::string_view target, std::u16string_view data) {
    bytes += '\x0a';
    put_name(target);
    bytes += '\x0b' + little(data.size(), 2) + utf16(data);
  }

  /// An instance of a template that is defined here; returns the definition's offset.
  size_t instance(const Part& definition, const std::vector<Value>& values) {
    const size_t offset = here() + 10;
    begin_instance(offset);
    bytes += std::string(20, '\0');
    const size_t size_at = hold_size();
    const bool outer = std::exchange(with_dependencies, true);
    header();
    definition();
    eof();
    with_dependencies = outer;
    fill_size(size_at);
    put_values(values);
    return offset;
  }
  /// An instance of a template that was defined before.
  void instance(size_t definition, const std::vector<Value>& values) {
    begin_instance(definition);
    put_values(values);
  }

  [[nodiscard]] size_t here() const { return base_ + bytes.size(); }

  std::string bytes;
  bool with_dependencies = true;

 private:
  void put_name(std::string_view name) {
    bytes += little(here() + 4, 4) + std::string(6, '\0') + little(name.size(), 2) + utf16(name) + std::string(2, '\0');
  }
  void substitution(char token, uint16_t index, EvtxType type) {
    bytes += token + little(index, 2) + static_cast<char>(type);
  }
  void begin_instance(size_t definition) { bytes += std::string("\x0c\x01") + little(1, 4) + little(definition, 4); }
  void put_values(const std::vector<Value>& values) {
    bytes += little(values.size(), 4);
    for (const Value& value : values) bytes += little(value.bytes.size(), 2) + static_cast<char>(value.type) + '\0';
    for (const Value& value : values) bytes += value.bytes;
  }
  size_t hold_size() {
    bytes += std::string(4, '\0');
    return bytes.size();
  }
  void fill_size(size_t at) { bytes.replace(at - 4, 4, little(bytes.size() - at, 4)); }

  size_t base_;
};

class Chunk {
 public:
  static constexpr size_t kSize = 65536;
  static constexpr size_t kHeader = 512;
  static constexpr size_t kRecordHeader = 24;

  /// Appends a record; returns its offset.
  size_t add(uint64_t id, const std::function<void(BinXml&)>& write) {
    const size_t at = kHeader + records_.size();
    BinXml xml(at + kRecordHeader);
    xml.header();
    write(xml);
    xml.eof();
    const uint64_t size = kRecordHeader + xml.bytes.size() + 4;
    records_ +=
        std::string("\x2a\x2a\0\0", 4) + little(size, 4) + little(id, 8) + little(0, 8) + xml.bytes + little(size, 4);
    if (first_ == 0) first_ = id;
    last_ = id;
    return at;
  }
  /// `<Event><System><EventRecordID>7</EventRecordID></System></Event>`
  size_t add_plain(uint64_t id) {
    return add(id, [&](BinXml& xml) {
      xml.element("Event", [&] {
        xml.element("System", [&] {
          const std::string text = std::to_string(id);
          xml.element("EventRecordID", [&] { xml.text(std::u16string(text.begin(), text.end())); });
        });
      });
    });
  }

  /// What stands in the free space behind the records.
  std::string slack;

  [[nodiscard]] std::string bytes() const {
    std::string header("ElfChnk\0", 8);
    header += little(first_, 8) + little(last_, 8) + little(first_, 8) + little(last_, 8) + little(128, 4) +
              little(0, 4) + little(kHeader + records_.size(), 4) + little(0, 4);
    header.resize(kHeader);
    const auto* raw = reinterpret_cast<const Bytef*>(header.data());
    const uLong sum = crc32(crc32(0, raw, 120), raw + 128, kHeader - 128);
    header.replace(124, 4, little(sum, 4));
    std::string all = header + records_ + slack;
    all.resize(kSize);
    return all;
  }
  [[nodiscard]] const std::string& records() const { return records_; }

 private:
  std::string records_;
  uint64_t first_ = 0;
  uint64_t last_ = 0;
};

inline std::string event_log(const std::vector<std::string>& chunks, uint32_t flags = 0) {
  std::string all("ElfFile\0", 8);
  all.resize(4096);
  all.replace(120, 4, little(flags, 4));
  for (const std::string& chunk : chunks) all += chunk;
  return all;
}

}  // namespace hecate::ingest::test
