#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "exec/functions/function.h"
#include "exec/tail/database.h"
#include "plan/routine.h"

// What runs Compute nodes: rows are read of a table in their order, and those that come of them are put into another.
namespace hecate::tail {

/// Of what events a row is: the hidden columns of its relation (print.h).
struct Provenance {
  std::optional<int64_t> first_time, last_time, source;
  int64_t events = 0;
  uint64_t hash = 0;

  /// The row is of those events, too.
  void add(const Provenance& other);
};

struct RoutineColumn {
  ColumnId id;
  Type type;
};

/// The rows of a table, one after the other.
class RowReader {
 public:
  RowReader(const Connection& connection, const std::string& table, std::vector<RoutineColumn> columns);
  ~RowReader();
  RowReader(const RowReader&) = delete;
  RowReader& operator=(const RowReader&) = delete;

  [[nodiscard]] const std::string& error() const { return result_.error(); }
  /// Whether there was one more row. Texts are those of the row until the next call.
  bool next();
  [[nodiscard]] std::span<const Value> values() const { return values_; }
  [[nodiscard]] Provenance provenance() const;

 private:
  std::vector<RoutineColumn> columns_;
  QueryResult result_;
  duckdb_data_chunk chunk_ = nullptr;
  idx_t at_ = 0;
  std::vector<Value> values_;
  Arena arena_;
};

/// Makes a table of rows, in the order in which they come.
class RowWriter {
 public:
  RowWriter(const Connection& connection, std::string table, std::vector<RoutineColumn> columns);
  ~RowWriter();
  RowWriter(const RowWriter&) = delete;
  RowWriter& operator=(const RowWriter&) = delete;

  void add(const Provenance& provenance, std::span<const Value> values);
  /// No row comes after it.
  void finish();
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  void flush();

  std::vector<RoutineColumn> columns_;
  std::string error_;
  duckdb_appender appender_ = nullptr;
  duckdb_data_chunk chunk_ = nullptr;
  idx_t in_chunk_ = 0;
  int64_t rows_ = 0;
  CellBuffer buffer_;
};

/// What a routine has at hand. It gives false where `error` says why it stopped.
struct RoutineRun {
  const Plan& plan;
  const Compute& compute;
  const RunParameters& run;
  std::vector<RowReader*> sources;  // by Compute::sources
  RowWriter& out;
  /// Asked now and then: whether the time of the search is over.
  const std::function<bool()>& stopped;
  std::string error = {};
};

[[nodiscard]] bool run_routine(const Routine& routine, RoutineRun& run);

// The routines, by their file.
[[nodiscard]] bool run_steps(const RowSteps& steps, RoutineRun& run);            // row_steps.cpp
[[nodiscard]] bool run_patterns(const TextPatterns& patterns, RoutineRun& run);  // text_patterns.cpp
[[nodiscard]] bool run_graph(const GraphQuery& query, RoutineRun& run);          // graph.cpp

}  // namespace hecate::tail
