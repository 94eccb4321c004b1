#include "ingest/utf16.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/utf8.h"

namespace hecate::ingest {
namespace {

constexpr size_t kHead = 8;
constexpr size_t kInput = size_t{64} << 10;
constexpr uint32_t kByteOrderMark = 0xFEFF;

bool is_high(uint32_t unit) { return (unit & 0xFC00) == 0xD800; }
bool is_low(uint32_t unit) { return (unit & 0xFC00) == 0xDC00; }

/// Whether every second byte from `first` on is NUL and the others are not.
bool alternates(std::string_view head, size_t first) {
  if (head.size() < kHead) return false;
  for (size_t i = 0; i < head.size(); ++i) {
    const auto byte = static_cast<uint8_t>(head[i]);
    if (i % 2 == first ? byte != 0 : byte == 0 || byte >= 0x80) return false;
  }
  return true;
}

}  // namespace

Utf16Decoder::Utf16Decoder(ByteSource& source) : source_(source) {
  if (const auto whole = source.whole()) {
    order_ = order_of(whole->substr(0, kHead));
    return;
  }
  text_ = read_head();
  order_ = order_of(text_);
  if (order_ != Order::Other) decode(std::exchange(text_, {}));
}

std::string Utf16Decoder::read_head() {
  std::string head(kHead, '\0');
  size_t size = 0;
  while (size < head.size()) {
    const size_t count = source_.read(head.data() + size, head.size() - size);
    if (count == 0) break;
    size += count;
  }
  head.resize(size);
  return head;
}

std::optional<std::string_view> Utf16Decoder::whole() const {
  return order_ == Order::Other ? source_.whole() : std::nullopt;
}

Utf16Decoder::Order Utf16Decoder::order_of(std::string_view head) {
  constexpr std::string_view kUtf32{"\xFF\xFE\0\0", 4};
  if (head.starts_with(kUtf32)) return Order::Other;
  if (head.starts_with("\xFF\xFE") || alternates(head, 1)) return Order::LittleEndian;
  if (head.starts_with("\xFE\xFF") || alternates(head, 0)) return Order::BigEndian;
  return Order::Other;
}

size_t Utf16Decoder::read(char* to, size_t size) {
  if (used_ < text_.size()) return give(to, size);
  if (order_ == Order::Other) return source_.read(to, size);
  return fill() ? give(to, size) : 0;
}

size_t Utf16Decoder::give(char* to, size_t size) {
  const size_t count = std::min(size, text_.size() - used_);
  std::memcpy(to, text_.data() + used_, count);
  used_ += count;
  return count;
}

/// False at the end.
bool Utf16Decoder::fill() {
  text_.clear();
  used_ = 0;
  input_.resize(kInput);
  while (text_.empty()) {
    const size_t count = source_.read(input_.data(), input_.size());
    if (count > 0) {
      decode(std::string_view(input_).substr(0, count));
      continue;
    }
    const bool unit_left = std::exchange(high_, 0) != 0;
    const bool byte_left = !std::exchange(half_, {}).empty();
    if (unit_left || byte_left) replace();
    return !text_.empty();
  }
  return true;
}

void Utf16Decoder::decode(std::string_view bytes) {
  const bool little = order_ == Order::LittleEndian;
  const auto unit = [little](char first, char second) {
    const auto a = static_cast<uint8_t>(first);
    const auto b = static_cast<uint8_t>(second);
    return static_cast<uint32_t>(little ? b << 8 | a : a << 8 | b);
  };
  if (!half_.empty() && !bytes.empty()) {
    add(unit(half_[0], bytes[0]));
    half_.clear();
    bytes.remove_prefix(1);
  }
  for (size_t at = 0; at + 1 < bytes.size(); at += 2) add(unit(bytes[at], bytes[at + 1]));
  if (bytes.size() % 2 == 1) half_ = bytes.back();
}

void Utf16Decoder::add(uint32_t unit) {
  if (high_ != 0) {
    const uint32_t high = std::exchange(high_, 0);
    if (is_low(unit)) {
      append_utf8(0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00), text_);
      return;
    }
    replace();
  }
  const bool begins_line = std::exchange(begins_line_, unit == '\n');
  if (unit < 0x80) {
    text_ += static_cast<char>(unit);
  } else if (is_high(unit)) {
    high_ = unit;
  } else if (is_low(unit)) {
    replace();
  } else if (unit != kByteOrderMark || !begins_line) {
    append_utf8(unit, text_);
  }
}

void Utf16Decoder::replace() {
  append_utf8(0xFFFD, text_);
  ++replaced_;
}

}  // namespace hecate::ingest
