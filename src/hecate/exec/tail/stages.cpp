#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "exec/tail/codes.h"
#include "exec/tail/routines.h"
#include "exec/tail/tail.h"
#include "exec/tail/vectors.h"

// What runs before a tail's statement: the plans that it reads, the rows of tables, iterations.
namespace hecate::tail {
namespace {

/// The input that a node reads rows of.
std::optional<size_t> input_of(const Node& node) {
  if (const auto* join = std::get_if<Join>(&node.op)) return join->input;
  if (const auto* append = std::get_if<Append>(&node.op)) return append->input;
  if (const auto* zip = std::get_if<Zip>(&node.op)) return zip->input;
  return std::nullopt;
}

bool reads_outside(const Plan& plan) { return std::holds_alternative<Outer>(plan.nodes.front().op); }

/// The columns that an iteration or a routine reads of the rows.
std::vector<ColumnId> read_by(const Node& node) {
  std::vector<ColumnId> columns;
  if (const auto* iterate = std::get_if<Iterate>(&node.op)) {
    for (const Iterate::Token& token : iterate->tokens) columns.push_back(token.value);
  }
  if (const auto* compute = std::get_if<Compute>(&node.op)) {
    for (const Compute::Source& source : compute->sources) {
      if (!source.input) columns.insert(columns.end(), source.columns.begin(), source.columns.end());
    }
  }
  return columns;
}

std::vector<std::string> texts_of(const Value& value) {
  std::vector<std::string> texts;
  if (value.is_null()) return texts;
  if (value.kind() != Kind::Many) return {value_text(value)};
  for (const Value& element : value.as_list()) texts.push_back(value_text(element));
  return texts;
}

std::string cell_of(const Value& value) { return value.is_null() ? std::string() : value_text(value); }

}  // namespace

bool Tail::execute(const std::string& sql) {
  error_ = connection_.execute(sql);
  return error_.empty();
}

std::string Tail::fresh_table() { return made_.emplace_back(fmt::format("stage_{}_{}", id_, fresh_++)); }

/// A search that runs once for each time of its schedule must not keep what it made each time.
void Tail::drop_tables() {
  for (const std::string& table : made_) (void)connection_.execute("DROP TABLE IF EXISTS " + table);
  made_.clear();
  for (const auto& input : inputs_) input->drop_tables();
}

/// Everything up to the point where the statement can be printed. May be called again for another row of an iteration.
bool Tail::prepare(const RunParameters& run, std::string outer, const Messages& messages) {
  if (!error_.empty()) return false;
  open();
  run_ = run;
  writes_.clear();
  run_.conditions = &conditions_;
  if (tables_ != nullptr) {
    lookups_ = std::make_unique<LookupTables>(*tables_);
    run_.tables = lookups_.get();
  }
  sources_ = {};
  sources_.outer = std::move(outer);
  sources_.relations.resize(plan_.inputs.size());
  printer_.reset();
  return load_table() && run_inputs(messages) && run_stages(messages);
}

bool Tail::run_inputs(const Messages& messages) {
  conditions_.clear();
  conditions_.resize(inputs_.size());
  for (size_t i = 0; i < inputs_.size(); ++i) {
    const PlanInput& input = plan_.inputs[i];
    if (input.use == PlanInput::Use::Conditions && !run_conditions(i, messages)) return false;
    const bool now = input.use == PlanInput::Use::Rows && !reads_outside(*input.plan);
    if (now && !materialize_input(i, "", messages)) return false;
  }
  return true;
}

/// Puts an input's rows into a table, no more than its limit allows; sources_.relations then names it.
bool Tail::materialize_input(size_t index, const std::string& outer, const Messages& messages) {
  Tail& input = *inputs_[index];
  const std::string table = fresh_table();
  if (!input.prepare(run_, outer, messages) ||
      !input.execute(fmt::format("CREATE TEMP TABLE {} AS {}", table, input.printer().relation())) ||
      !input.collect_writes(input.cut_.tail.size())) {
    error_ = input.error_;
    return false;
  }
  for (TableWrite& write : input.writes_) writes_.push_back(std::move(write));
  const PlanInput& of = plan_.inputs[index];
  sources_.relations[index] = table;
  if (of.limit == 0) return true;
  const int64_t rows = count_rows(table);
  if (rows <= static_cast<int64_t>(of.limit)) return true;
  messages.sink.report(kRowLimit, of.span,
                       fmt::format("{}: the subsearch of `{}` gives {} rows, of which the first {} are taken",
                                   messages.subject, of.command, rows, of.limit),
                       "narrow the subsearch, or aggregate in it");
  sources_.relations[index] = fmt::format("(SELECT * FROM {} ORDER BY ord LIMIT {})", table, of.limit);
  return true;
}

int64_t Tail::count_rows(const std::string& table) {
  QueryResult count(connection_, "SELECT count(*) FROM " + table);
  duckdb_data_chunk chunk = count.error().empty() ? duckdb_fetch_chunk(count.handle()) : nullptr;
  if (chunk == nullptr) return 0;
  const int64_t rows = read_value(duckdb_data_chunk_get_vector(chunk, 0), 0, Type::Long, arena_).as_integer();
  duckdb_destroy_data_chunk(&chunk);
  return rows;
}

bool Tail::run_conditions(size_t index, const Messages& messages) {
  if (!materialize_input(index, "", messages)) return false;
  Tail& input = *inputs_[index];
  std::string columns;
  for (const OutputColumn& output : input.plan_.output)
    columns += fmt::format(", c{}", static_cast<uint32_t>(output.column));
  const std::string sql = fmt::format("SELECT {}{} FROM {} ORDER BY ord", kHidden, columns, sources_.relations[index]);
  Result<std::vector<Row>> rows = input.read_rows(sql);
  if (!rows) {
    error_ = input.error_;
    return false;
  }
  for (const Row& row : *rows) {
    Conditions::Row condition;
    for (const OwnedValue& value : row.values) condition.push_back(texts_of(value.get()));
    conditions_[index].add(std::move(condition));
  }
  return true;
}

/// Nodes whose input reads the rows before them, iterations and routines need those rows in a table: stages that end
/// there.
bool Tail::run_stages(const Messages& messages) {
  for (size_t i = 0; i < cut_.tail.size(); ++i) {
    const std::optional<size_t> input = input_of(cut_.tail[i]);
    const auto* iterate = std::get_if<Iterate>(&cut_.tail[i].op);
    const bool reads_rows = input && reads_outside(*plan_.inputs[*input].plan);
    const auto* compute = std::get_if<Compute>(&cut_.tail[i].op);
    if (!reads_rows && iterate == nullptr && compute == nullptr) continue;
    std::string rows = fresh_table();
    // What renews all columns reads few of them: others may be large, such as the array that was expanded.
    const std::string before =
        iterate == nullptr && compute == nullptr ? printer().before(i) : printer().before(i, read_by(cut_.tail[i]));
    if (!execute(fmt::format("CREATE TEMP TABLE {} AS {}", rows, before))) return false;
    if (reads_rows && !materialize_input(*input, rows, messages)) return false;
    if (iterate != nullptr && !run_iterate(*iterate, rows, messages)) return false;
    if (compute != nullptr && !run_compute(*compute, rows, messages)) return false;
    if (!collect_writes(i)) return false;
    printer_ = std::make_unique<Printer>(plan_, cut_, sources_, udfs_);
    printer_->resume(rows, reads_rows ? i : i + 1);
  }
  return true;
}

/// `rows` is then the table of what the iterations gave.
bool Tail::run_iterate(const Iterate& iterate, std::string& rows, const Messages& messages) {
  Tail& input = *inputs_[iterate.input];
  const int64_t given = count_rows(rows);
  const bool kusto = plan_.language == Language::Kql;
  if (given > static_cast<int64_t>(iterate.most)) {
    messages.sink.report(
        kRowLimit, plan_.inputs[iterate.input].span,
        fmt::format("{}: `{}` runs for the first {} of {} {}", messages.subject, plan_.inputs[iterate.input].command,
                    iterate.most, given, kusto ? "values" : "rows"),
        kusto ? "take fewer values" : "raise maxsearches");
  }
  const std::vector<Tokens> all = read_tokens(iterate, rows);
  if (!error_.empty()) return false;
  std::string columns;
  for (const Join::Column& column : iterate.columns)
    columns += fmt::format(", c{} AS c{}", static_cast<uint32_t>(column.from), static_cast<uint32_t>(column.id));
  rows = fresh_table();
  RunParameters run = run_;
  for (size_t i = 0; i < std::max<size_t>(all.size(), 1); ++i) {
    // Without rows the table is made all the same, of nothing.
    const Tokens none;
    run.tokens = all.empty() ? &none : &all[i];
    if (!input.prepare(run, "", messages)) {
      error_ = input.error_;
      return false;
    }
    const std::string select =
        fmt::format("SELECT {}{} FROM ({}) ORDER BY ord", kHidden, columns, input.printer().relation());
    const std::string sql =
        i == 0 ? fmt::format("CREATE TEMP TABLE {} AS {}{}", rows, select, all.empty() ? " LIMIT 0" : "")
               : fmt::format("INSERT INTO {} {}", rows, select);
    if (!execute(sql)) return false;
  }
  return execute(fmt::format("CREATE TEMP TABLE {0}o AS SELECT * REPLACE (rowid AS ord) FROM {0}", rows)) &&
         (made_.push_back(rows += "o"), true);
}

/// `rows` is then the table of what the routine gave.
bool Tail::run_compute(const Compute& compute, std::string& rows, const Messages& messages) {
  std::vector<std::unique_ptr<RowReader>> readers;
  const std::string given = std::exchange(rows, fresh_table());
  for (const Compute::Source& source : compute.sources) {
    const Plan& plan = source.input ? *plan_.inputs[*source.input].plan : plan_;
    std::vector<RoutineColumn> columns;
    for (const ColumnId id : source.columns) columns.push_back({id, plan.column(id).type});
    readers.push_back(std::make_unique<RowReader>(connection_, source.input ? sources_.relations[*source.input] : given,
                                                  std::move(columns)));
    if (!(error_ = readers.back()->error()).empty()) return false;
  }
  std::vector<RoutineColumn> columns;
  for (const ColumnId id : compute.columns) columns.push_back({id, plan_.column(id).type});
  RowWriter writer(connection_, rows, std::move(columns));
  const std::function<bool()> stopped = [&] { return messages.deadline.passed(); };
  RoutineRun run{plan_, compute, run_, {}, writer, stopped};
  for (const auto& reader : readers) run.sources.push_back(reader.get());
  const bool done = run_routine(*compute.routine, run);
  writer.finish();
  error_ = done ? writer.error() : run.error;
  return error_.empty();
}

std::vector<Tail::Tokens> Tail::read_tokens(const Iterate& iterate, const std::string& rows) {
  std::string columns;
  for (const Iterate::Token& token : iterate.tokens)
    columns += fmt::format("{}c{}", columns.empty() ? "" : ", ", static_cast<uint32_t>(token.value));
  if (columns.empty()) columns = "ord";
  QueryResult result(connection_, fmt::format("SELECT {} FROM {} ORDER BY ord LIMIT {}", columns, rows, iterate.most));
  error_ = result.error();
  std::vector<Tokens> all;
  while (duckdb_data_chunk chunk = error_.empty() ? duckdb_fetch_chunk(result.handle()) : nullptr) {
    for (idx_t row = 0; row < duckdb_data_chunk_get_size(chunk); ++row) {
      arena_.reset();
      Tokens& tokens = all.emplace_back();
      for (size_t i = 0; i < iterate.tokens.size(); ++i) {
        const Type type = plan_.column(iterate.tokens[i].value).type;
        tokens[iterate.tokens[i].name] =
            OwnedValue(read_value(duckdb_data_chunk_get_vector(chunk, i), row, type, arena_));
      }
    }
    duckdb_destroy_data_chunk(&chunk);
  }
  return all;
}

/// The rows of a TableScan, as the table of the run has them now.
bool Tail::load_table() {
  const auto* scan = std::get_if<TableScan>(&plan_.nodes.front().op);
  if (scan == nullptr) return true;
  std::string columns = "ord BIGINT";
  for (size_t i = 0; i < scan->columns.size(); ++i) columns += fmt::format(", f{} VARCHAR", i);
  candidates_ = fresh_table();
  if (!execute(fmt::format("CREATE TEMP TABLE {} ({})", candidates_, columns))) return false;
  const std::shared_ptr<const Table> table = tables_ == nullptr ? nullptr : tables_->find(scan->table);
  if (!table) return true;
  duckdb_appender appender = nullptr;
  bool ok = duckdb_appender_create(connection_.handle(), nullptr, candidates_.c_str(), &appender) == DuckDBSuccess;
  for (size_t row = 0; ok && row < table->rows.size(); ++row) {
    duckdb_append_int64(appender, static_cast<int64_t>(row + 1));
    for (const TableScan::Column& column : scan->columns) {
      const size_t at = table->column(column.field);
      const std::string cell = at == Table::npos ? std::string() : valid_utf8(table->rows[row][at]);
      if (cell.empty()) duckdb_append_null(appender);
      if (!cell.empty()) duckdb_append_varchar_length(appender, cell.data(), cell.size());
    }
    ok = duckdb_appender_end_row(appender) == DuckDBSuccess;
  }
  if (ok) ok = duckdb_appender_close(appender) == DuckDBSuccess;
  if (!ok) error_ = duckdb_appender_error(appender);
  duckdb_appender_destroy(&appender);
  return ok;
}

/// What WriteTable nodes let pass, each as it stood there.
bool Tail::collect_writes(size_t end) {
  for (size_t i = 0; i < end; ++i) {
    const auto* write = std::get_if<WriteTable>(&cut_.tail[i].op);
    if (write == nullptr || !printer().prints(i)) continue;
    std::string columns = "ord";
    for (const WriteTable::Column& column : write->columns)
      columns += fmt::format(", c{}", static_cast<uint32_t>(column.column));
    QueryResult result(connection_, fmt::format("SELECT {} FROM ({}) ORDER BY ord", columns, printer().before(i)));
    error_ = result.error();
    if (!error_.empty()) return false;
    TableWrite& out = writes_.emplace_back();
    out.append = write->append;
    out.table.name = write->table;
    for (const WriteTable::Column& column : write->columns) out.table.columns.push_back(column.field);
    while (duckdb_data_chunk chunk = duckdb_fetch_chunk(result.handle())) {
      for (idx_t row = 0; row < duckdb_data_chunk_get_size(chunk); ++row) {
        arena_.reset();
        auto& cells = out.table.rows.emplace_back();
        for (size_t c = 0; c < write->columns.size(); ++c) {
          const Type type = plan_.column(write->columns[c].column).type;
          cells.push_back(cell_of(read_value(duckdb_data_chunk_get_vector(chunk, c + 1), row, type, arena_)));
        }
      }
      duckdb_destroy_data_chunk(&chunk);
    }
  }
  return true;
}

}  // namespace hecate::tail
