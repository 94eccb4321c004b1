#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "exec/tail/database.h"
#include "exec/tail/udf.h"
#include "plan/cut.h"

namespace hecate::tail {

/// A row that a head let through, on its way into the candidate table.
struct Candidate {
  int64_t order = 0;  // position of the event in the whole input
  bool undecided = false;
  std::optional<Ticks> time;
  int64_t source = 0;           // opaque to the tail: where the event stands
  uint64_t hash = 0;            // of the event's bytes and position
  std::string_view rest;        // the whole event as JSON, where the result shows whole events
  std::span<const Value> live;  // by Head::live
};

struct Row {
  std::vector<OwnedValue> values;  // by Plan::output
  std::string rest;                // JSON of the whole event, or empty
  std::optional<Ticks> first_time, last_time;
  int64_t events = 0;             // how many events are behind the row
  std::optional<int64_t> source;  // of the first of them
  uint64_t hash = 0;              // over all of them
};

/// The part of one detection that needs more than one event: its candidate table and its statement.
class Tail {
 public:
  /// `number` tells tails of one database apart.
  Tail(const Database& database, const Plan& plan, const CutPlan& cut, size_t number);
  ~Tail();

  void append(const Candidate& candidate);
  [[nodiscard]] uint64_t candidates() const { return count_; }
  /// Runs the statement over what was appended. Warns (TAI002) about by-fields that no candidate has.
  /// `subject` is what the messages call the detection.
  Result<std::vector<Row>> run(const RunParameters& run, std::string_view subject, DiagnosticSink& sink);
  /// The statement, for `--plan` and goldens.
  [[nodiscard]] std::string sql();

 private:
  [[nodiscard]] std::string create_table_sql() const;
  void flush();
  void warn_absent_keys(std::string_view subject, DiagnosticSink& sink, const std::string& statement);

  const Plan& plan_;
  const CutPlan& cut_;
  std::string table_;
  Connection connection_;
  RunParameters run_;
  UdfRegistry udfs_;
  std::string error_;
  duckdb_appender appender_ = nullptr;
  duckdb_data_chunk chunk_ = nullptr;
  uint64_t in_chunk_ = 0;
  uint64_t count_ = 0;
  Arena arena_;
};

}  // namespace hecate::tail
