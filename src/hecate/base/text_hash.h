#pragma once

#include <functional>
#include <string_view>

namespace hecate {

/// Lets an unordered_map of strings be asked with a string_view, without a copy.
struct TextHash {
  using is_transparent = void;
  [[nodiscard]] size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

}  // namespace hecate
