#include "base/bytes.h"

#include <bit>

namespace hecate {

void ByteWriter::number(uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
  bytes_ += static_cast<char>(value);
}

// Zigzag: the sign is the lowest bit, so that small negative numbers are short too.
void ByteWriter::signed_number(int64_t value) {
  const auto bits = static_cast<uint64_t>(value);
  number((bits << 1) ^ (value < 0 ? ~uint64_t{0} : 0));
}

void ByteWriter::text(std::string_view text) {
  number(text.size());
  bytes_ += text;
}

uint64_t ByteReader::number() {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes_.size() && i < 10; ++i) {
    const auto byte = static_cast<uint8_t>(bytes_[i]);
    // The tenth byte holds the 64th bit alone.
    if (i == 9 && byte > 1) break;
    value |= uint64_t{byte & 0x7FU} << (7 * i);
    if ((byte & 0x80U) != 0) continue;
    bytes_.remove_prefix(i + 1);
    return value;
  }
  fail();
  return 0;
}

int64_t ByteReader::signed_number() {
  const uint64_t bits = number();
  return std::bit_cast<int64_t>((bits >> 1) ^ (~(bits & 1) + 1));
}

uint64_t ByteReader::below(uint64_t bound) {
  const uint64_t value = number();
  if (value < bound) return value;
  fail();
  return 0;
}

size_t ByteReader::count() {
  const uint64_t value = number();
  if (value <= bytes_.size()) return static_cast<size_t>(value);
  fail();
  return 0;
}

std::string_view ByteReader::text() {
  const size_t size = count();
  const std::string_view text = bytes_.substr(0, size);
  bytes_.remove_prefix(size);
  return text;
}

void ByteReader::fail() {
  ok_ = false;
  bytes_ = {};
}

}  // namespace hecate
