#include "searches.h"

#include <fmt/format.h>

#include <chrono>

#include "bench.h"
#include "exec/tail/database.h"

namespace hecate::bench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

struct Answer {
  double seconds = 0;
  uint64_t rows = 0;
};

/// One thread, as DuckDB has.
Answer ask_hecate(const Loaded& search, const std::filesystem::path& events, DiagnosticSink& sink) {
  engine::HuntOptions options;
  options.files = {events.string()};
  Answer answer;
  const auto start = Clock::now();
  engine::hunt(*search.rules, options, [&](Finding&&) { ++answer.rows; }, sink);
  answer.seconds = seconds_since(start);
  return answer;
}

Answer ask_duckdb(std::string_view sql, const std::filesystem::path& events, DiagnosticSink& sink) {
  const auto database = tail::Database::open({}, sink);
  const tail::Connection connection(**database);
  std::string text(sql);
  text.replace(text.find("{}"), 2, events.string());
  Answer answer;
  const auto start = Clock::now();
  tail::QueryResult result(connection, text);
  answer.rows = result.error().empty() ? duckdb_row_count(&result.handle()) : 0;
  answer.seconds = seconds_since(start);
  if (!result.error().empty()) fmt::print("DuckDB: {}\n", result.error());
  return answer;
}

}  // namespace

void print_searches(const std::filesystem::path& share, const std::filesystem::path& events, int repeat) {
  fmt::print("{:<26}{:>8}{:>12}{:>12}{:>9}  {}\n", "search", "rows", "Hecate s", "DuckDB s", "ratio", "target");
  DiagnosticSink sink;
  for (const Search& search : kSearches) {
    const Loaded loaded(share, "search.spl", std::string(search.spl));
    if (loaded.rules->detections().empty()) {
      fmt::print("{:<26} does not compile\n", search.name);
      continue;
    }
    Answer hecate{1e9, 0};
    Answer duckdb{1e9, 0};
    for (int i = 0; i < repeat; ++i) {  // by turns: what slows the machine slows both
      const Answer ours = ask_hecate(loaded, events, sink);
      const Answer theirs = ask_duckdb(search.sql, events, sink);
      if (ours.seconds < hecate.seconds) hecate = ours;
      if (theirs.seconds < duckdb.seconds) duckdb = theirs;
    }
    fmt::print("{:<26}{:>8}{:>12.3f}{:>12.3f}{:>8.2f}x  {}\n", search.name, hecate.rows, hecate.seconds, duckdb.seconds,
               hecate.seconds / duckdb.seconds, search.selective ? "at most 0.33x" : "at most 1.2x");
    if (hecate.rows != duckdb.rows) fmt::print("    DuckDB finds {} rows\n", duckdb.rows);
  }
}

}  // namespace hecate::bench
