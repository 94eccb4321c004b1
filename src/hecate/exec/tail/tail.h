#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "exec/functions/lookup.h"
#include "exec/tail/database.h"
#include "exec/tail/deadline.h"
#include "exec/tail/print.h"
#include "exec/tail/time_slices.h"
#include "exec/tail/udf.h"
#include "plan/cut.h"
#include "plan/table.h"

namespace hecate::tail {

/// A row that a head let through.
struct Candidate {
  CandidateFacts facts;
  bool undecided = false;       // the tail must decide
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

/// What a search puts into a table of the run once it has succeeded.
struct TableWrite {
  Table table;
  bool append = false;
};

/// The part of one detection that needs more than one event: its candidates and its statement, and those of the
/// plans that it joins, appends or compares with. It runs as stages, nearly always one: what another plan gives is put
/// into a table first, so that limits on it are seen and reported, and the statement then reads that table.
class Tail {
 public:
  /// `number` tells tails of one database apart. `tables` are those of the run; they must outlive the tail. Tails of
  /// one `space` understand fields of one name in the same way, so that their candidates are kept once.
  Tail(const Database& database, const Plan& plan, const CutPlan& cut, size_t number, const Tables* tables = nullptr,
       std::string space = {});
  ~Tail();
  Tail(const Tail&) = delete;
  Tail& operator=(const Tail&) = delete;

  /// Calls `visit` for this tail and for each of its plans' that reads events: each has a head of its own.
  void for_each_scan(const std::function<void(Tail&)>& visit);
  [[nodiscard]] const Plan& plan() const { return plan_; }
  [[nodiscard]] const CutPlan& cut() const { return cut_; }

  void append(const Candidate& candidate);
  /// Before tails run at the same time: what they share is complete then.
  void make_ready();
  /// From now on only the candidates from `from` on and before `until` are there, for all of its plans. Nothing may be
  /// appended after it; it may be called again.
  void look_at(std::optional<Ticks> from, std::optional<Ticks> until);
  [[nodiscard]] uint64_t candidates() const { return list_.rows.size(); }
  /// Whether no row can come of what was appended: it need not run.
  [[nodiscard]] bool has_no_rows() const;
  /// Runs the statement over what was appended. Warns (TAI002) about by-fields that no candidate has, and where a limit
  /// cut rows off (TAI003). `subject` is what the messages call the detection.
  /// Stopped, and reported, where it takes longer than `timeout`; 0: it may take any time.
  Result<std::vector<Row>> run(const RunParameters& run, std::string_view subject, DiagnosticSink& sink,
                               std::chrono::milliseconds timeout = {});
  /// What the search wrote in its last run, in the order of its commands.
  [[nodiscard]] const std::vector<TableWrite>& writes() const { return writes_; }
  /// The statement, for `--plan` and goldens.
  [[nodiscard]] std::string sql();

 private:
  using Tokens = std::map<std::string, OwnedValue, std::less<>>;
  struct Messages {
    std::string_view subject;
    DiagnosticSink& sink;
    Deadline& deadline;
  };

  /// The tail of a plan's input: on the same connection, for its tables are temporary.
  Tail(const Connection& connection, const Plan& plan, const CutPlan& cut, std::string id, const Tables* tables,
       std::string space);
  void open();
  void create_inputs();
  [[nodiscard]] bool execute(const std::string& sql);
  std::string fresh_table();
  void drop_tables();

  // Stages. Each gives false where `error_` says why.
  [[nodiscard]] bool load_table();
  [[nodiscard]] bool run_inputs(const Messages& messages);
  [[nodiscard]] bool run_conditions(size_t input, const Messages& messages);
  [[nodiscard]] bool run_stages(const Messages& messages);
  [[nodiscard]] bool prepare(const RunParameters& run, std::string outer, const Messages& messages);
  [[nodiscard]] bool materialize_input(size_t input, const std::string& outer, const Messages& messages);
  [[nodiscard]] bool run_iterate(const Iterate& iterate, std::string& rows, const Messages& messages);
  [[nodiscard]] bool run_compute(const Compute& compute, std::string& rows, const Messages& messages);
  [[nodiscard]] std::vector<Tokens> read_tokens(const Iterate& iterate, const std::string& rows);
  [[nodiscard]] bool collect_writes(size_t end);
  [[nodiscard]] int64_t count_rows(const std::string& table);
  [[nodiscard]] Printer& printer();
  Row read_row(duckdb_data_chunk chunk, idx_t at);
  /// Fails unreported; why stands in `error_`.
  Result<std::vector<Row>> read_rows(const std::string& sql);
  void warn_cut_rows(const Messages& messages);
  void warn_absent_keys(const Messages& messages, const std::string& statement);

  const Plan& plan_;
  const CutPlan& cut_;
  std::string id_;
  std::string candidates_;            // the table of what the head let through, or of the rows of a TableScan
  Candidates list_;                   // what the head let through, as far as it is looked at
  std::optional<TimeSlices> slices_;  // all of it, where that is a part
  std::unique_ptr<Connection> own_connection_;
  const Connection& connection_;
  std::string space_;
  const Tables* tables_;
  RunParameters run_;
  UdfRegistry udfs_;
  std::vector<std::unique_ptr<Tail>> inputs_;  // by Plan::inputs
  std::vector<Conditions> conditions_;         // by Plan::inputs
  std::unique_ptr<LookupTables> lookups_;
  Printer::Sources sources_;
  std::unique_ptr<Printer> printer_;
  std::vector<TableWrite> writes_;
  std::string error_;
  size_t fresh_ = 0;
  std::vector<std::string> made_;  // tables of the run
  bool opened_ = false;
  Arena arena_;
};

}  // namespace hecate::tail
