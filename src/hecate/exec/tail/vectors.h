#pragma once

#include <duckdb.h>

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

/// Writes one row, converting to the type as `convert_for` in vectors.cpp says (a text for Many is a list of one).
void write_value(duckdb_vector vector, idx_t row, Type type, const Value& value, Arena& arena);

}  // namespace hecate::tail
