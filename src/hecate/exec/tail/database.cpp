#include "exec/tail/database.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

#include "exec/tail/codes.h"

namespace hecate::tail {
namespace {

// Of texts of candidates in memory where nobody says how much; what is more goes to a file.
constexpr size_t kCandidateMemory = size_t{1} << 30;

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const DatabaseOptions& options, DiagnosticSink& sink) {
  duckdb_config config = nullptr;
  duckdb_create_config(&config);
  duckdb_set_config(config, "threads", "1");
  if (options.memory_limit_bytes != 0) {
    duckdb_set_config(config, "memory_limit", fmt::format("{}B", options.memory_limit_bytes).c_str());
  }
  // A folder of its own: two processes that spill to the same one overwrite each other's files.
  std::error_code ignored;
  std::string spill = (std::filesystem::temp_directory_path(ignored) / "hecate-spill-XXXXXX").string();
  if (mkdtemp(spill.data()) == nullptr) spill.clear();
  if (!spill.empty()) duckdb_set_config(config, "temp_directory", spill.c_str());
  const uint64_t half = options.memory_limit_bytes / 2;
  auto database = std::make_unique<Database>(Passkey{}, spill, half == 0 ? kCandidateMemory : half);
  char* error = nullptr;
  const bool ok = duckdb_open_ext(nullptr, &database->database_, config, &error) == DuckDBSuccess;
  duckdb_destroy_config(&config);
  if (ok) {
    const std::string refused = database->candidate_tables_->open(Connection(*database).handle());
    if (refused.empty()) return database;
    sink.report(kEngine, {}, refused);
    return already_reported();
  }
  sink.report(kEngine, {}, fmt::format("DuckDB does not open: {}", error == nullptr ? "no reason given" : error));
  duckdb_free(error);
  return already_reported();
}

Database::Database(Passkey /*only open() has one*/, std::string spill, size_t candidate_memory)
    : spill_(std::move(spill)),
      store_(std::make_unique<CandidateStore>(spill_, candidate_memory)),
      candidate_tables_(std::make_unique<CandidateTables>(*store_)) {}

Database::~Database() {
  duckdb_close(&database_);
  std::error_code ignored;
  if (!spill_.empty()) std::filesystem::remove_all(spill_, ignored);
}

std::string Database::version() { return duckdb_library_version(); }

Connection::Connection(const Database& database) : database_(database) {
  duckdb_connect(database.handle(), &connection_);
}
Connection::~Connection() { duckdb_disconnect(&connection_); }

std::string Connection::execute(const std::string& sql) const {
  const QueryResult result(*this, sql);
  return result.error();
}

QueryResult::QueryResult(const Connection& connection, const std::string& sql) {
  if (duckdb_query(connection.handle(), sql.c_str(), &result_) != DuckDBSuccess) {
    const char* message = duckdb_result_error(&result_);
    error_ = message == nullptr ? "unknown error" : message;
  }
}

QueryResult::~QueryResult() { duckdb_destroy_result(&result_); }

}  // namespace hecate::tail
