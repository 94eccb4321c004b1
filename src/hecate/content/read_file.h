#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace hecate::content {

/// All of a file in as few system calls as there are; nothing where it cannot be read or is larger than `most` bytes
/// (then `*too_large`, where it is wanted, is its size).
[[nodiscard]] std::optional<std::string> read_file(const std::string& path, size_t most, size_t* too_large = nullptr);

}  // namespace hecate::content
