#include "exec/tail/tail.h"

#include <fmt/format.h>

#include "exec/tail/codes.h"
#include "exec/tail/vectors.h"

namespace hecate::tail {
namespace {

// The candidate table's own columns, before the live ones.
constexpr size_t kOwnColumns = 6;

template <typename T>
void put(duckdb_data_chunk chunk, idx_t column, idx_t row, T value) {
  static_cast<T*>(duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, column)))[row] = value;
}

}  // namespace

Tail::Tail(const Database& database, const Plan& plan, const CutPlan& cut, size_t number, const Tables* tables)
    : plan_(plan),
      cut_(cut),
      id_(std::to_string(number)),
      own_connection_(std::make_unique<Connection>(database)),
      connection_(*own_connection_),
      tables_(tables),
      udfs_(connection_, id_, run_) {
  open();
}

Tail::Tail(const Connection& connection, const Plan& plan, const CutPlan& cut, std::string id, const Tables* tables)
    : plan_(plan),
      cut_(cut),
      id_(std::move(id)),
      connection_(connection),
      tables_(tables),
      udfs_(connection_, id_, run_) {
  open();
}

void Tail::open() {
  create_inputs();
  candidates_ = "candidates_" + id_;
  if (!cut_.scans) return;
  error_ = connection_.execute(create_table_sql());
  if (!error_.empty()) return;
  if (duckdb_appender_create(connection_.handle(), nullptr, candidates_.c_str(), &appender_) != DuckDBSuccess) {
    error_ = duckdb_appender_error(appender_);
    return;
  }
  std::vector<duckdb_logical_type> types = {logical_type(Type::Long),
                                            logical_type(Type::Bool),
                                            logical_type(Type::Long),
                                            logical_type(Type::Long),
                                            duckdb_create_logical_type(DUCKDB_TYPE_UBIGINT),
                                            logical_type(Type::String)};
  for (const ColumnId id : cut_.head.live) types.push_back(logical_type(plan_.column(id).type));
  chunk_ = duckdb_create_data_chunk(types.data(), types.size());
  for (duckdb_logical_type& type : types) duckdb_destroy_logical_type(&type);
}

void Tail::create_inputs() {
  for (size_t i = 0; i < plan_.inputs.size(); ++i) {
    // The constructor is private: std::make_unique cannot call it.
    inputs_.push_back(std::unique_ptr<Tail>(
        new Tail(connection_, *plan_.inputs[i].plan, cut_.inputs[i], fmt::format("{}_{}", id_, i), tables_)));
  }
}

Tail::~Tail() {
  if (chunk_ != nullptr) duckdb_destroy_data_chunk(&chunk_);
  if (appender_ != nullptr) duckdb_appender_destroy(&appender_);
}

void Tail::for_each_scan(const std::function<void(Tail&)>& visit) {
  if (cut_.scans) visit(*this);
  for (const auto& input : inputs_) input->for_each_scan(visit);
}

std::string Tail::create_table_sql() const {
  std::string columns;
  for (const ColumnId id : cut_.head.live) {
    columns += fmt::format(", c{} {}", static_cast<uint32_t>(id), sql_type(plan_.column(id).type));
  }
  return fmt::format(
      "CREATE TEMP TABLE {} (ord BIGINT, undecided BOOLEAN, t BIGINT, src BIGINT, h UBIGINT, rest VARCHAR{})",
      candidates_, columns);
}

void Tail::append(const Candidate& candidate) {
  if (!error_.empty()) return;
  const idx_t row = in_chunk_;
  arena_.reset();
  put(chunk_, 0, row, candidate.order);
  put(chunk_, 1, row, candidate.undecided);
  write_value(duckdb_data_chunk_get_vector(chunk_, 2), row, Type::Datetime,
              candidate.time ? Value::datetime(*candidate.time) : Value::null(), arena_);
  put(chunk_, 3, row, candidate.source);
  put(chunk_, 4, row, candidate.hash);
  write_value(duckdb_data_chunk_get_vector(chunk_, 5), row, Type::String,
              candidate.rest.empty() ? Value::null() : Value::string(candidate.rest), arena_);
  for (size_t i = 0; i < candidate.live.size(); ++i) {
    write_value(duckdb_data_chunk_get_vector(chunk_, kOwnColumns + i), row, plan_.column(cut_.head.live[i]).type,
                candidate.live[i], arena_);
  }
  ++count_;
  if (++in_chunk_ == duckdb_vector_size()) flush();
}

void Tail::flush() {
  if (in_chunk_ == 0) return;
  duckdb_data_chunk_set_size(chunk_, in_chunk_);
  if (duckdb_append_data_chunk(appender_, chunk_) != DuckDBSuccess) error_ = duckdb_appender_error(appender_);
  duckdb_data_chunk_reset(chunk_);
  in_chunk_ = 0;
}

/// No candidate comes after it.
void Tail::seal() {
  if (sealed_ || !cut_.scans) return;
  sealed_ = true;
  if (error_.empty()) flush();
  if (error_.empty() && duckdb_appender_close(appender_) != DuckDBSuccess) error_ = duckdb_appender_error(appender_);
}

Printer& Tail::printer() {
  if (!printer_) {
    sources_.candidates = candidates_;
    sources_.relations.resize(plan_.inputs.size());
    printer_ = std::make_unique<Printer>(plan_, cut_, sources_, udfs_);
  }
  return *printer_;
}

std::string Tail::sql() {
  for (size_t i = 0; i < inputs_.size(); ++i) {
    sources_.relations.resize(inputs_.size());
    sources_.relations[i] = fmt::format("({})", inputs_[i]->printer().relation());
  }
  printer_.reset();
  std::string text = printer().statement();
  printer_.reset();
  return text;
}

/// DuckDB says it in several ways, by who asked for the memory.
static bool lacks_memory(std::string_view error) {
  return error.find("Out of Memory") != error.npos || error.find("failed to allocate") != error.npos ||
         error.find("could not allocate") != error.npos;
}

Result<std::vector<Row>> Tail::run(const RunParameters& run, std::string_view subject, DiagnosticSink& sink,
                                   std::chrono::milliseconds timeout) {
  Deadline deadline(connection_, timeout);
  const Messages messages{subject, sink, deadline};
  const auto fail = [&] {
    if (deadline.passed()) {
      sink.report(kTimeout, {},
                  fmt::format("{}: stopped after {:g} s", subject, static_cast<double>(timeout.count()) / 1000),
                  "raise --timeout, or narrow the search so that fewer events come to its later commands");
    } else if (lacks_memory(error_)) {
      sink.report(kMemory, {},
                  fmt::format("{}: stopped for want of memory: {}", subject, error_.substr(0, error_.find('\n'))),
                  "raise --memory-limit, or narrow the search");
    } else {
      sink.report(kEngine, {}, fmt::format("{}: {}", subject, error_));
    }
    return already_reported();
  };
  if (!prepare(run, "", messages)) return fail();
  Result<std::vector<Row>> rows = read_rows(printer().statement());
  if (!rows) return fail();
  if (rows->empty() && count_ > 0) warn_absent_keys(messages, printer().key_presence_statement());
  warn_cut_rows(messages);
  if (!collect_writes(cut_.tail.size())) return fail();
  return rows;
}

Row Tail::read_row(duckdb_data_chunk chunk, idx_t at) {
  const auto column = [&](idx_t index) { return duckdb_data_chunk_get_vector(chunk, index); };
  arena_.reset();
  Row row;
  const Value first = read_value(column(1), at, Type::Datetime, arena_);
  const Value last = read_value(column(2), at, Type::Datetime, arena_);
  if (!first.is_null()) row.first_time = first.as_ticks();
  if (!last.is_null()) row.last_time = last.as_ticks();
  row.events = read_value(column(3), at, Type::Long, arena_).as_integer();
  const Value source = read_value(column(4), at, Type::Long, arena_);
  if (!source.is_null()) row.source = source.as_integer();
  row.hash = static_cast<uint64_t>(read_value(column(5), at, Type::Long, arena_).as_integer());
  row.rest = value_text(read_value(column(6), at, Type::String, arena_));
  for (size_t c = 0; c < plan_.output.size(); ++c) {
    row.values.emplace_back(read_value(column(7 + c), at, plan_.column(plan_.output[c].column).type, arena_));
  }
  return row;
}

Result<std::vector<Row>> Tail::read_rows(const std::string& sql) {
  QueryResult result(connection_, sql);
  error_ = result.error();
  if (!error_.empty()) return already_reported();
  std::vector<Row> rows;
  while (duckdb_data_chunk chunk = duckdb_fetch_chunk(result.handle())) {
    for (idx_t i = 0; i < duckdb_data_chunk_get_size(chunk); ++i) rows.push_back(read_row(chunk, i));
    duckdb_destroy_data_chunk(&chunk);
  }
  return rows;
}

/// Limits that a command has by itself, where they cut something off. What the user asked for is no surprise.
void Tail::warn_cut_rows(const Messages& messages) {
  for (size_t i = 0; i < cut_.tail.size(); ++i) {
    const auto* limit = std::get_if<Limit>(&cut_.tail[i].op);
    if (limit == nullptr || limit->command.empty() || !printer().prints(i)) continue;
    // Rows do not become more than candidates but by other plans.
    if (cut_.scans && plan_.inputs.empty() && count_ <= limit->count) continue;
    QueryResult result(connection_, fmt::format("SELECT count(*) FROM ({})", printer().before(i)));
    duckdb_data_chunk chunk = result.error().empty() ? duckdb_fetch_chunk(result.handle()) : nullptr;
    if (chunk == nullptr) return;
    const int64_t rows = read_value(duckdb_data_chunk_get_vector(chunk, 0), 0, Type::Long, arena_).as_integer();
    duckdb_destroy_data_chunk(&chunk);
    if (rows <= static_cast<int64_t>(limit->count)) continue;
    messages.sink.report(
        kRowLimit, cut_.tail[i].span,
        fmt::format("{}: `{}` keeps the first {} of {} rows", messages.subject, limit->command, limit->count, rows),
        fmt::format("write `{} 0` to keep all", limit->command));
  }
}

void Tail::warn_absent_keys(const Messages& messages, const std::string& statement) {
  if (statement.empty()) return;
  QueryResult result(connection_, statement);
  duckdb_data_chunk chunk = result.error().empty() ? duckdb_fetch_chunk(result.handle()) : nullptr;
  if (chunk == nullptr) return;
  const auto count_at = [&](idx_t column) {
    return read_value(duckdb_data_chunk_get_vector(chunk, column), 0, Type::Long, arena_).as_integer();
  };
  const int64_t rows = count_at(0);
  for (const Node& node : cut_.tail) {
    const auto* aggregate = std::get_if<Aggregate>(&node.op);
    if (aggregate == nullptr) continue;
    for (size_t k = 0; rows > 0 && k < aggregate->keys.size(); ++k) {
      if (count_at(1 + k) != 0) continue;
      const std::string& name = plan_.column(aggregate->keys[k].input).name;
      messages.sink.report(
          kAbsentKey, aggregate->keys[k].span,
          fmt::format(
              "{}: the by-field `{}` is absent from all {} matching events, so that grouping drops every one of them",
              messages.subject, name, rows),
          fmt::format("give it a value first (`fillnull value=\"unknown\" {}`), or take it out of the by-clause",
                      name));
    }
    break;
  }
  duckdb_destroy_data_chunk(&chunk);
}

}  // namespace hecate::tail
