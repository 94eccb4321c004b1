#include "exec/tail/row_functions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace hecate::tail {
namespace {

using Arguments = std::vector<Sql>;

/// row_number(start, restart)
std::string row_number(const Arguments& a, const std::string& over) {
  return fmt::format("row_number() OVER {} - 1 + {}", over, a[0].text);
}

/// prev(value, offset, default), next(…). Behind either end the default stands, also where it is null.
template <bool Back>
std::string neighbour(const Arguments& a, const std::string& over) {
  return fmt::format("{}({}, ({})::INTEGER, {}) OVER {}", Back ? "lag" : "lead", a[0].text, a[1].text, a[2].text, over);
}

/// row_cumsum(term, restart)
std::string row_cumsum(const Arguments& a, const std::string& over) {
  return fmt::format("coalesce(sum({}) OVER {}, 0)", a[0].text, over);
}

/// The number of each row at which the term changes, else null.
std::string changes(const Arguments& a, const std::string& over) {
  return fmt::format(
      "CASE WHEN row_number() OVER {0} = 1 OR {1} IS DISTINCT FROM lag({1}) OVER {0} THEN row_number() OVER {0} END",
      over, a[0].text);
}
/// row_rank_dense(term, restart): how many values there were so far. The last argument is the helper's column.
std::string rank_dense(const Arguments& a, const std::string& over) {
  return fmt::format("count({}) OVER {}", a.back().text, over);
}
/// row_rank_min(term, restart): the number of the first row of the value.
std::string rank_min(const Arguments& a, const std::string& over) {
  return fmt::format("max({}) OVER {}", a.back().text, over);
}

constexpr std::array kFunctions{
    RowFunction{"kql.next", std::nullopt, neighbour<false>, nullptr},
    RowFunction{"kql.prev", std::nullopt, neighbour<true>, nullptr},
    RowFunction{"kql.row_cumsum", 1, row_cumsum, nullptr},
    RowFunction{"kql.row_number", 1, row_number, nullptr},
    RowFunction{"kql.row_rank_dense", 1, rank_dense, changes},
    RowFunction{"kql.row_rank_min", 1, rank_min, changes},
};

}  // namespace

const RowFunction* find_row_function(std::string_view name) {
  const auto found =
      std::find_if(kFunctions.begin(), kFunctions.end(), [&](const RowFunction& row) { return row.name == name; });
  return found == kFunctions.end() ? nullptr : &*found;
}

}  // namespace hecate::tail
