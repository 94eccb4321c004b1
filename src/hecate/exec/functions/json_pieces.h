#pragma once

#include <string_view>
#include <vector>

namespace hecate {

/// The elements of an array, or the members of an object, as slices of canonical JSON text (no blanks); keys with
/// their quotes. Of a scalar nothing.
struct JsonPieces {
  bool is_array = false;
  bool is_object = false;
  std::vector<std::string_view> values;
  std::vector<std::string_view> keys;
};
[[nodiscard]] JsonPieces json_pieces(std::string_view canonical);

}  // namespace hecate
