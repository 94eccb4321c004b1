#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/text_hash.h"
#include "exec/tail/blobs.h"
#include "exec/tail/vectors.h"
#include "plan/types.h"
#include "plan/value.h"

namespace hecate::tail {

/// What every candidate carries besides its values.
struct CandidateFacts {
  int64_t order = 0;  // position of the event in the whole input
  std::optional<Ticks> time;
  int64_t source = 0;     // opaque to the tail: where the event stands
  uint64_t hash = 0;      // of the event's bytes and position
  std::string_view rest;  // the whole event as JSON, where the result shows whole events
};

/// The events that heads let through, once for all tails that want them, by column. An event that a thousand rules take
/// is one row here, and a value that they all read one cell: a tail's candidates are a list of rows (Candidates).
/// Equal values are stored once as far as a small memory of the latest ones sees it. Filled by one thread.
class CandidateStore {
 public:
  using Row = uint32_t;
  using Column = uint32_t;

  /// Beyond `memory` bytes, texts go to a file in the folder.
  CandidateStore(std::string folder, size_t memory);

  /// The column for values that are equal in equal events whoever asks: those of one key and type.
  Column column(const std::string& key, Type type);
  /// The row of the event; one that was just added is found again.
  Row row(const CandidateFacts& facts);
  /// Converted as write_value() does. A cell that is set stays.
  void put(Row row, Column column, const Value& value);

  [[nodiscard]] int64_t order(Row row) const { return rows_[row].order; }
  [[nodiscard]] std::optional<Ticks> time(Row row) const;
  [[nodiscard]] int64_t source(Row row) const { return rows_[row].source; }
  [[nodiscard]] uint64_t hash(Row row) const { return rows_[row].hash; }
  void write_rest(duckdb_vector vector, idx_t at, Row row) const { write(vector, at, rows_[row].rest); }
  void write(duckdb_vector vector, idx_t at, Row row, Column column) const;

  void clear();

 private:
  static constexpr size_t kChunk = 512;
  using Handle = uint32_t;  // of a value; 0: null
  struct Facts {
    int64_t order, source;
    Ticks time;
    uint64_t hash;
    Handle rest;
    bool timed;
  };
  /// A value as DuckDB gets it.
  struct Stored {
    Cell::Kind kind;
    uint32_t length;  // of a text or a list
    union {
      int64_t whole;
      double real;
      const char* bytes;
    };
  };
  struct ColumnCells {
    Type type;
    std::vector<std::unique_ptr<std::array<Handle, kChunk>>> chunks;
  };

  Handle keep(const Cell& cell);
  [[nodiscard]] bool same(const Stored& stored, const Cell& cell) const;
  void write(duckdb_vector vector, idx_t at, Handle handle) const;

  Blobs blobs_;
  CellBuffer buffer_;
  std::vector<Facts> rows_;
  std::vector<Stored> values_;
  std::vector<Handle> recent_;  // by hash
  std::vector<ColumnCells> columns_;
  std::unordered_map<std::string, Column, TextHash, std::equal_to<>> keys_;
};

/// One tail's candidates: rows of the store, and which of its columns they have.
struct Candidates {
  const CandidateStore* store = nullptr;
  struct Column {
    std::string name;
    Type type;
    CandidateStore::Column at;
  };
  std::vector<Column> columns;
  std::vector<CandidateStore::Row> rows;
  std::vector<bool> undecided;  // by place in rows
};

/// The candidates of a database's tails by name, for SQL: `SELECT … FROM candidates('3')`. Columns that a statement
/// does not read are not copied.
class CandidateTables {
 public:
  explicit CandidateTables(CandidateStore& store) : store_(store) {}

  /// Makes the table function known to all connections. The error text, or empty.
  [[nodiscard]] std::string open(duckdb_connection connection);
  void add(const std::string& name, const Candidates& candidates);
  /// The store is cleared with the last of them.
  void remove(const std::string& name);
  [[nodiscard]] const Candidates* find(std::string_view name) const;

 private:
  CandidateStore& store_;
  mutable std::mutex mutex_;
  std::map<std::string, const Candidates*, std::less<>> tables_;
};

}  // namespace hecate::tail
