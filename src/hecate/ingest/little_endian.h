#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace hecate::ingest {

/// The little-endian integer at an offset, all of whose bytes are there.
template <std::unsigned_integral T>
[[nodiscard]] constexpr T little_endian(std::string_view bytes, size_t at) {
  uint64_t value = 0;
  for (size_t i = sizeof(T); i-- > 0;) value = value << 8 | static_cast<uint8_t>(bytes[at + i]);
  return static_cast<T>(value);
}

}  // namespace hecate::ingest
