#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exec/tail/aggregates.h"

namespace hecate::tail {

/// A row of the table of functions over the rows before and behind
/// (https://learn.microsoft.com/kusto/query/window-functions).
struct RowFunction {
  std::string_view name;
  std::optional<size_t> restart;  // the argument that is true where counting begins anew
  std::string (*print)(const std::vector<Sql>& arguments, const std::string& over);
  /// A column that is made first, and then stands behind the arguments; or nullptr.
  std::string (*helper)(const std::vector<Sql>& arguments, const std::string& over);
};

[[nodiscard]] const RowFunction* find_row_function(std::string_view name);

}  // namespace hecate::tail
