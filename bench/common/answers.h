#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "common/loaded.h"

namespace hecate::bench {

/// What an engine says to a search over a file of events.
struct Answer {
  double seconds = 0;
  uint64_t rows = 0;
  std::string error;
};

/// One thread, as DuckDB has.
[[nodiscard]] Answer ask_hecate(const Loaded& search, const std::filesystem::path& events, DiagnosticSink& sink);
/// `{}` in the statement stands for the file.
[[nodiscard]] Answer ask_duckdb(std::string_view sql, const std::filesystem::path& events);

/// An answer's rows as texts that are equal where two engines mean the same: each row's cells, the rows sorted, and the
/// elements of arrays as well, for no set has an order.
using TextRows = std::vector<std::vector<std::string>>;
[[nodiscard]] TextRows rows_of_hecate(const Loaded& search, const std::filesystem::path& events, DiagnosticSink& sink);
[[nodiscard]] TextRows rows_of_duckdb(std::string_view sql, const std::filesystem::path& events);

}  // namespace hecate::bench
