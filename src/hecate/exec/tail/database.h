#pragma once

#include <duckdb.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "base/diagnostic.h"
#include "base/result.h"
#include "exec/tail/candidates.h"

namespace hecate::tail {

struct DatabaseOptions {
  uint64_t memory_limit_bytes = 0;  // 0: DuckDB's default (80 % of the machine)
};

/// An in-memory DuckDB that spills to the temporary folder. Tails run with one DuckDB thread each: the order
/// of rows and of floating-point sums is then the same in every run (research: threads are a global setting).
class Database {
  struct Passkey {};

 public:
  Database(Passkey /*only open() has one*/, std::string spill, size_t candidate_memory);
  static Result<std::unique_ptr<Database>> open(const DatabaseOptions& options, DiagnosticSink& sink);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  [[nodiscard]] duckdb_database handle() const { return database_; }
  [[nodiscard]] static std::string version();
  /// A number that no other tail of this database has: names of tables and functions hold it.
  [[nodiscard]] size_t next_tail() { return tails_.fetch_add(1); }
  /// What the heads let through, for all of its tails.
  [[nodiscard]] CandidateStore& candidates() const { return *store_; }
  [[nodiscard]] CandidateTables& candidate_tables() const { return *candidate_tables_; }

 private:
  duckdb_database database_ = nullptr;
  std::string spill_;  // a folder, which goes with the database
  std::atomic<size_t> tails_ = 0;
  std::unique_ptr<CandidateStore> store_;
  std::unique_ptr<CandidateTables> candidate_tables_;
};

/// A connection with RAII; one for each tail.
class Connection {
 public:
  explicit Connection(const Database& database);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  [[nodiscard]] duckdb_connection handle() const { return connection_; }
  [[nodiscard]] const Database& database() const { return database_; }
  /// Runs a statement without result; the error text, or empty.
  [[nodiscard]] std::string execute(const std::string& sql) const;

 private:
  const Database& database_;
  duckdb_connection connection_ = nullptr;
};

/// A query's result with RAII.
class QueryResult {
 public:
  QueryResult(const Connection& connection, const std::string& sql);
  ~QueryResult();
  QueryResult(const QueryResult&) = delete;
  QueryResult& operator=(const QueryResult&) = delete;
  [[nodiscard]] const std::string& error() const { return error_; }
  [[nodiscard]] duckdb_result& handle() { return result_; }

 private:
  duckdb_result result_{};
  std::string error_;
};

}  // namespace hecate::tail
