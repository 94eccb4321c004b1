#pragma once

#include <cstdint>
#include <string_view>

namespace hecate {

enum class Language : uint8_t { Sigma, Spl, Kql };
[[nodiscard]] std::string_view to_string(Language language);

/// Static types of expressions and columns. How DuckDB stores each is exec/tail's business; the table
/// stands in docs/architecture.md.
enum class Type : uint8_t {
  Bool,
  Long,
  Real,
  String,    // one text. KQL: never null (absent is ""); SPL and Sigma: nullable
  Datetime,  // ticks
  Timespan,  // ticks
  Dynamic,   // canonical JSON text
  Guid,
  Decimal,
  Many,  // SPL: no, one or several texts
};
[[nodiscard]] std::string_view to_string(Type type);

/// KQL's name of a type ("long", "datetime").
[[nodiscard]] std::string_view kusto_name(Type type);

}  // namespace hecate
