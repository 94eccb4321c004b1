#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hecate::server {

enum class Inflated : uint8_t { Good, Corrupt, TooLarge };

/// Unpacks gzip, several members behind each other too, up to `most` bytes.
[[nodiscard]] Inflated inflate(std::string_view packed, uint64_t most, std::string& out);
[[nodiscard]] std::string deflate(std::string_view text);

}  // namespace hecate::server
