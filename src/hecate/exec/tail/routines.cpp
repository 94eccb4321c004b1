#include "exec/tail/routines.h"

#include <fmt/format.h>

#include <algorithm>

#include "exec/tail/vectors.h"
#include "plan/routine.h"

namespace hecate::tail {
namespace {

constexpr size_t kHiddenColumns = 7;

std::string select_of(const std::string& table, const std::vector<RoutineColumn>& columns) {
  std::string names;
  for (const RoutineColumn& column : columns) names += fmt::format(", c{}", static_cast<uint32_t>(column.id));
  return fmt::format("SELECT ord, t0, t1, n, src, h, rest{} FROM {} ORDER BY ord", names, table);
}

template <typename T>
void put(duckdb_data_chunk chunk, idx_t column, idx_t row, T value) {
  static_cast<T*>(duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, column)))[row] = value;
}

Value ticks_or_null(std::optional<int64_t> value) { return value ? Value::integer(*value) : Value::null(); }

}  // namespace

void Provenance::add(const Provenance& other) {
  if (other.first_time) first_time = first_time ? std::min(*first_time, *other.first_time) : other.first_time;
  if (other.last_time) last_time = last_time ? std::max(*last_time, *other.last_time) : other.last_time;
  if (!source) source = other.source;
  events += other.events;
  hash ^= other.hash;
}

RowReader::RowReader(const Connection& connection, const std::string& table, std::vector<RoutineColumn> columns)
    : columns_(std::move(columns)), result_(connection, select_of(table, columns_)), values_(columns_.size()) {}

RowReader::~RowReader() {
  if (chunk_ != nullptr) duckdb_destroy_data_chunk(&chunk_);
}

bool RowReader::next() {
  if (chunk_ != nullptr && ++at_ >= duckdb_data_chunk_get_size(chunk_)) duckdb_destroy_data_chunk(&chunk_);
  if (chunk_ == nullptr) {
    chunk_ = error().empty() ? duckdb_fetch_chunk(result_.handle()) : nullptr;
    at_ = 0;
    if (chunk_ == nullptr) return false;
  }
  arena_.reset();
  for (size_t i = 0; i < columns_.size(); ++i) {
    duckdb_vector vector = duckdb_data_chunk_get_vector(chunk_, kHiddenColumns + i);
    values_[i] = read_value(vector, at_, columns_[i].type, arena_);
  }
  return true;
}

Provenance RowReader::provenance() const {
  Arena none;
  const auto number = [&](idx_t column) -> std::optional<int64_t> {
    const Value value = read_value(duckdb_data_chunk_get_vector(chunk_, column), at_, Type::Long, none);
    return value.is_null() ? std::nullopt : std::optional(value.as_integer());
  };
  return {number(1), number(2), number(4), number(3).value_or(0), static_cast<uint64_t>(number(5).value_or(0))};
}

RowWriter::RowWriter(const Connection& connection, std::string table, std::vector<RoutineColumn> columns)
    : columns_(std::move(columns)) {
  std::string declared;
  std::vector<duckdb_logical_type> types = {logical_type(Type::Long),  logical_type(Type::Long),
                                            logical_type(Type::Long),  logical_type(Type::Long),
                                            logical_type(Type::Long),  duckdb_create_logical_type(DUCKDB_TYPE_UBIGINT),
                                            logical_type(Type::String)};
  for (const RoutineColumn& column : columns_) {
    declared += fmt::format(", c{} {}", static_cast<uint32_t>(column.id), sql_type(column.type));
    types.push_back(logical_type(column.type));
  }
  error_ = connection.execute(
      fmt::format("CREATE TEMP TABLE {} (ord BIGINT, t0 BIGINT, t1 BIGINT, n BIGINT, src BIGINT, h UBIGINT, rest "
                  "VARCHAR{})",
                  table, declared));
  if (error_.empty() &&
      duckdb_appender_create(connection.handle(), nullptr, table.c_str(), &appender_) != DuckDBSuccess)
    error_ = duckdb_appender_error(appender_);
  chunk_ = duckdb_create_data_chunk(types.data(), types.size());
  for (duckdb_logical_type& type : types) duckdb_destroy_logical_type(&type);
}

RowWriter::~RowWriter() {
  duckdb_destroy_data_chunk(&chunk_);
  if (appender_ != nullptr) duckdb_appender_destroy(&appender_);
}

void RowWriter::add(const Provenance& provenance, std::span<const Value> values) {
  if (!error_.empty()) return;
  const auto set = [&](idx_t column, Type type, const Value& value) {
    write_value(duckdb_data_chunk_get_vector(chunk_, column), in_chunk_, type, value, buffer_);
  };
  set(0, Type::Long, Value::integer(++rows_));
  set(1, Type::Long, ticks_or_null(provenance.first_time));
  set(2, Type::Long, ticks_or_null(provenance.last_time));
  set(3, Type::Long, Value::integer(provenance.events));
  set(4, Type::Long, ticks_or_null(provenance.source));
  put(chunk_, 5, in_chunk_, provenance.hash);
  set(6, Type::String, Value::null());
  for (size_t i = 0; i < columns_.size(); ++i) {
    // Kusto's texts are never null (scalar-data-types/null-values).
    const bool absent = values[i].is_null() && columns_[i].type == Type::String;
    set(kHiddenColumns + i, columns_[i].type, absent ? Value::string("") : values[i]);
  }
  if (++in_chunk_ == duckdb_vector_size()) flush();
}

void RowWriter::flush() {
  if (in_chunk_ == 0 || !error_.empty()) return;
  duckdb_data_chunk_set_size(chunk_, in_chunk_);
  if (duckdb_append_data_chunk(appender_, chunk_) != DuckDBSuccess) error_ = duckdb_appender_error(appender_);
  duckdb_data_chunk_reset(chunk_);
  in_chunk_ = 0;
}

void RowWriter::finish() {
  flush();
  if (error_.empty() && duckdb_appender_close(appender_) != DuckDBSuccess) error_ = duckdb_appender_error(appender_);
}

bool run_routine(const Routine& routine, RoutineRun& run) {
  struct Visitor {
    RoutineRun& run;
    bool operator()(const RowSteps& steps) const { return run_steps(steps, run); }
    bool operator()(const TextPatterns& patterns) const { return run_patterns(patterns, run); }
    bool operator()(const GraphQuery& query) const { return run_graph(query, run); }
  };
  return std::visit(Visitor{run}, routine.what);
}

}  // namespace hecate::tail
