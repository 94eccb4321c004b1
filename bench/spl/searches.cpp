#include "searches.h"

#include <fmt/format.h>

#include "bench.h"
#include "common/answers.h"

namespace hecate::bench {
void print_searches(const std::filesystem::path& share, const std::filesystem::path& events, int repeat) {
  fmt::print("{:<26}{:>8}{:>12}{:>12}{:>9}  {}\n", "search", "rows", "Hecate s", "DuckDB s", "ratio", "target");
  DiagnosticSink sink;
  for (const Search& search : kSearches) {
    const Loaded loaded(share, std::vector<Loaded::Text>{{"search.spl", std::string(search.spl)}});
    if (loaded.rules->detections().empty()) {
      fmt::print("{:<26} does not compile\n", search.name);
      continue;
    }
    Answer hecate{1e9, 0, {}};
    Answer duckdb{1e9, 0, {}};
    for (int i = 0; i < repeat; ++i) {  // by turns: what slows the machine slows both
      const Answer ours = ask_hecate(loaded, events, sink);
      const Answer theirs = ask_duckdb(search.sql, events);
      if (ours.seconds < hecate.seconds) hecate = ours;
      if (theirs.seconds < duckdb.seconds) duckdb = theirs;
    }
    fmt::print("{:<26}{:>8}{:>12.3f}{:>12.3f}{:>8.2f}x  {}\n", search.name, hecate.rows, hecate.seconds, duckdb.seconds,
               hecate.seconds / duckdb.seconds, search.selective ? "at most 0.33x" : "at most 1.2x");
    if (!duckdb.error.empty()) fmt::print("    DuckDB: {}\n", duckdb.error);
    if (hecate.rows != duckdb.rows) fmt::print("    DuckDB finds {} rows\n", duckdb.rows);
  }
}

}  // namespace hecate::bench
