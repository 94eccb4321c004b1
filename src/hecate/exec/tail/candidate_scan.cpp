#include <memory>

#include "exec/tail/candidates.h"

// The table function `candidates(name)`: DuckDB reads the store's columns by it, those that a statement names.
namespace hecate::tail {
namespace {

// The columns before the tail's own.
enum Own : idx_t { Order, Undecided, Time, Source, Hash, Rest, kOwnColumns };

const CandidateTables& tables_of(void* extra) { return *static_cast<const CandidateTables*>(extra); }

void add_column(duckdb_bind_info info, const char* name, duckdb_logical_type type) {
  duckdb_bind_add_result_column(info, name, type);
  duckdb_destroy_logical_type(&type);
}

void bind_candidates(duckdb_bind_info info) {
  duckdb_value parameter = duckdb_bind_get_parameter(info, 0);
  char* name = duckdb_get_varchar(parameter);
  const Candidates* candidates = tables_of(duckdb_bind_get_extra_info(info)).find(name);
  duckdb_free(name);
  duckdb_destroy_value(&parameter);
  if (candidates == nullptr) return duckdb_bind_set_error(info, "no such candidates");
  add_column(info, "ord", logical_type(Type::Long));
  add_column(info, "undecided", logical_type(Type::Bool));
  add_column(info, "t", logical_type(Type::Datetime));
  add_column(info, "src", logical_type(Type::Long));
  add_column(info, "h", duckdb_create_logical_type(DUCKDB_TYPE_UBIGINT));
  add_column(info, "rest", logical_type(Type::String));
  for (const Candidates::Column& column : candidates->columns)
    add_column(info, column.name.c_str(), logical_type(column.type));
  duckdb_bind_set_cardinality(info, candidates->rows.size(), true);
  // DuckDB only hands it back.
  duckdb_bind_set_bind_data(info, const_cast<Candidates*>(candidates), nullptr);  // NOLINT(*-const-cast)
}

struct Progress {
  std::vector<idx_t> columns;  // that are asked for, by place in the output
  size_t next = 0;             // among the candidates
};

void init_candidates(duckdb_init_info info) {
  auto progress = std::make_unique<Progress>();
  for (idx_t i = 0; i < duckdb_init_get_column_count(info); ++i)
    progress->columns.push_back(duckdb_init_get_column_index(info, i));
  duckdb_init_set_max_threads(info, 1);
  duckdb_init_set_init_data(info, progress.release(),
                            [](void* data) { std::unique_ptr<Progress>(static_cast<Progress*>(data)).reset(); });
}

template <typename T>
void put(duckdb_vector vector, idx_t row, T value) {
  static_cast<T*>(duckdb_vector_get_data(vector))[row] = value;
}

void write_column(const Candidates& candidates, idx_t column, size_t at, duckdb_vector vector, idx_t row) {
  const CandidateStore& store = *candidates.store;
  const CandidateStore::Row event = candidates.rows[at];
  switch (column) {
    case Order: return put(vector, row, store.order(event));
    case Undecided: return put<bool>(vector, row, candidates.undecided[at]);
    case Time: {
      const std::optional<Ticks> time = store.time(event);
      return write_cell(vector, row, {time ? Cell::Kind::Whole : Cell::Kind::Null, time.value_or(0)});
    }
    case Source: return put(vector, row, store.source(event));
    case Hash: return put(vector, row, store.hash(event));
    case Rest: return store.write_rest(vector, row, event);
    default: return store.write(vector, row, event, candidates.columns[column - kOwnColumns].at);
  }
}

void scan_candidates(duckdb_function_info info, duckdb_data_chunk output) {
  const auto& candidates = *static_cast<const Candidates*>(duckdb_function_get_bind_data(info));
  auto& progress = *static_cast<Progress*>(duckdb_function_get_init_data(info));
  const size_t rows = std::min<size_t>(duckdb_vector_size(), candidates.rows.size() - progress.next);
  for (size_t i = 0; i < progress.columns.size(); ++i) {
    const idx_t column = progress.columns[i];
    // Where rows are only counted, DuckDB asks for a row number that it does not read.
    if (column >= kOwnColumns + candidates.columns.size()) continue;
    duckdb_vector vector = duckdb_data_chunk_get_vector(output, i);
    for (idx_t row = 0; row < rows; ++row) write_column(candidates, column, progress.next + row, vector, row);
  }
  progress.next += rows;
  duckdb_data_chunk_set_size(output, rows);
}

}  // namespace

std::string CandidateTables::open(duckdb_connection connection) {
  duckdb_table_function function = duckdb_create_table_function();
  duckdb_table_function_set_name(function, "candidates");
  duckdb_logical_type name = logical_type(Type::String);
  duckdb_table_function_add_parameter(function, name);
  duckdb_destroy_logical_type(&name);
  duckdb_table_function_set_extra_info(function, this, nullptr);
  duckdb_table_function_set_bind(function, bind_candidates);
  duckdb_table_function_set_init(function, init_candidates);
  duckdb_table_function_set_function(function, scan_candidates);
  duckdb_table_function_supports_projection_pushdown(function, true);
  const bool ok = duckdb_register_table_function(connection, function) == DuckDBSuccess;
  duckdb_destroy_table_function(&function);
  return ok ? "" : "the table function of candidates cannot be registered";
}

void CandidateTables::add(const std::string& name, const Candidates& candidates) {
  const std::lock_guard lock(mutex_);
  tables_.insert_or_assign(name, &candidates);
}

void CandidateTables::remove(const std::string& name) {
  const std::lock_guard lock(mutex_);
  tables_.erase(name);
  if (tables_.empty()) store_.clear();
}

const Candidates* CandidateTables::find(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto found = tables_.find(name);
  return found == tables_.end() ? nullptr : found->second;
}

}  // namespace hecate::tail
