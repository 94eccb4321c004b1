#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ingest/byte_source.h"

namespace hecate::ingest {

/// Text in UTF-16 as UTF-8, anything else as it is. UTF-16 of either byte order is told by its byte order mark or,
/// without one, by four first characters of ASCII; the mark is taken off, also where it begins a later line (files
/// one behind the other). Half of a surrogate pair and half of a character at the end become U+FFFD.
class Utf16Decoder final : public ByteSource {
 public:
  /// The source must outlive the decoder.
  explicit Utf16Decoder(ByteSource& source);

  size_t read(char* to, size_t size) override;
  [[nodiscard]] std::string_view failure() const override { return source_.failure(); }
  [[nodiscard]] bool ready() const override { return used_ < text_.size() || source_.ready(); }
  [[nodiscard]] std::optional<std::string_view> whole() const override;
  /// The characters so far that became U+FFFD.
  [[nodiscard]] uint64_t replaced() const { return replaced_; }

 private:
  enum class Order : uint8_t { Other, LittleEndian, BigEndian };

  [[nodiscard]] static Order order_of(std::string_view head);
  [[nodiscard]] std::string read_head();
  [[nodiscard]] size_t give(char* to, size_t size);
  bool fill();
  void decode(std::string_view bytes);
  void add(uint32_t unit);
  void replace();

  ByteSource& source_;
  Order order_ = Order::Other;
  std::string input_;
  std::string text_;  // decoded, from used_ on not given out yet; of other sources what was looked at
  size_t used_ = 0;
  std::string half_;   // a byte whose unit is not complete
  uint32_t high_ = 0;  // a first surrogate that waits for its second
  bool begins_line_ = true;
  uint64_t replaced_ = 0;
};

}  // namespace hecate::ingest
