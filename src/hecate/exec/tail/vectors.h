#pragma once

#include <duckdb.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "plan/types.h"
#include "plan/value.h"

namespace hecate::tail {

/// How each static type is stored in DuckDB: Bool BOOLEAN; Long BIGINT; Real and Decimal DOUBLE; Datetime and
/// Timespan BIGINT (ticks); Many VARCHAR[]; String, Dynamic (canonical JSON), Guid VARCHAR.
[[nodiscard]] std::string_view sql_type(Type type);
/// The caller destroys it.
[[nodiscard]] duckdb_logical_type logical_type(Type type);

/// Reads one row of a vector of the given type. Texts stay in the vector; lists are laid out in the arena.
[[nodiscard]] Value read_value(duckdb_vector vector, idx_t row, Type type, Arena& arena);

/// A value as DuckDB gets it.
struct Cell {
  /// A list that is null has a place among the elements of its vector, unlike other nulls.
  enum class Kind : uint8_t { Null, NullList, Bool, Whole, Real, Text, List };
  Kind kind = Kind::Null;
  int64_t whole = 0;  // also of a Bool, and of ticks
  double real = 0;
  /// UTF-8, as DuckDB trusts it to be. Of a list its elements, each behind its length; see cell_of().
  std::string_view text = {};
};

/// What a cell's text may stand in.
struct CellBuffer {
  Arena arena;
  std::string text;
};

/// The value in the type of its column: a number without its fraction for Long, a text for Many is a list of one; what
/// does not fit is null. Malformed UTF-8 is mended. The cell's text is the value's own or stands in the buffer.
[[nodiscard]] Cell cell_of(const Value& value, Type type, CellBuffer& buffer);
void write_cell(duckdb_vector vector, idx_t row, const Cell& cell);

/// Writes one row: cell_of, write_cell.
void write_value(duckdb_vector vector, idx_t row, Type type, const Value& value, CellBuffer& buffer);

}  // namespace hecate::tail
