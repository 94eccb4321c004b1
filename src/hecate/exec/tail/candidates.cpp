#include "exec/tail/candidates.h"

#include <xxhash.h>

#include <bit>
#include <cstring>

namespace hecate::tail {
namespace {

constexpr size_t kRecent = size_t{1} << 16;

}  // namespace

CandidateStore::CandidateStore(std::string folder, size_t memory) : blobs_(std::move(folder), memory) { clear(); }

void CandidateStore::clear() {
  blobs_.clear();
  rows_.clear();
  columns_.clear();
  keys_.clear();
  recent_.assign(kRecent, 0);
  values_.assign(1, Stored{Cell::Kind::Null, 0, {0}});
}

CandidateStore::Column CandidateStore::column(const std::string& key, Type type) {
  const auto [at, added] = keys_.try_emplace(key, static_cast<Column>(columns_.size()));
  if (added) columns_.push_back({type, {}});
  return at->second;
}

CandidateStore::Row CandidateStore::row(const CandidateFacts& facts) {
  const bool known = !rows_.empty() && rows_.back().order == facts.order && rows_.back().hash == facts.hash;
  if (!known) {
    rows_.push_back({facts.order, facts.source, facts.time.value_or(0), facts.hash, 0, facts.time.has_value()});
  }
  Facts& row = rows_.back();
  if (row.rest == 0 && !facts.rest.empty()) row.rest = keep(cell_of(Value::string(facts.rest), Type::String, buffer_));
  return static_cast<Row>(rows_.size() - 1);
}

std::optional<Ticks> CandidateStore::time(Row row) const {
  return rows_[row].timed ? std::optional(rows_[row].time) : std::nullopt;
}

void CandidateStore::put(Row row, Column column, const Value& value) {
  if (value.is_null()) return;
  ColumnCells& cells = columns_[column];
  const size_t chunk = row / kChunk;
  if (cells.chunks.size() <= chunk) cells.chunks.resize(chunk + 1);
  auto& chunk_cells = cells.chunks[chunk];
  if (!chunk_cells) chunk_cells = std::make_unique<std::array<Handle, kChunk>>();
  Handle& cell = (*chunk_cells)[row % kChunk];
  if (cell != 0) return;
  buffer_.arena.reset();
  cell = keep(cell_of(value, cells.type, buffer_));
}

bool CandidateStore::same(const Stored& stored, const Cell& cell) const {
  if (stored.kind != cell.kind) return false;
  switch (cell.kind) {
    case Cell::Kind::Null:
    case Cell::Kind::NullList: return true;
    case Cell::Kind::Bool:
    case Cell::Kind::Whole: return stored.whole == cell.whole;
    case Cell::Kind::Real: return std::bit_cast<int64_t>(stored.real) == std::bit_cast<int64_t>(cell.real);
    case Cell::Kind::Text:
    case Cell::Kind::List:
      return stored.length == cell.text.size() && std::memcmp(stored.bytes, cell.text.data(), stored.length) == 0;
  }
  return false;
}

CandidateStore::Handle CandidateStore::keep(const Cell& cell) {
  if (cell.kind == Cell::Kind::Null || cell.kind == Cell::Kind::NullList) return 0;
  const bool bytes = cell.kind == Cell::Kind::Text || cell.kind == Cell::Kind::List;
  const uint64_t bits =
      cell.kind == Cell::Kind::Real ? std::bit_cast<uint64_t>(cell.real) : static_cast<uint64_t>(cell.whole);
  const uint64_t hash = bytes ? XXH3_64bits(cell.text.data(), cell.text.size()) : XXH3_64bits(&bits, sizeof bits);
  Handle& recent = recent_[hash % kRecent];
  if (recent != 0 && same(values_[recent], cell)) return recent;
  Stored stored{cell.kind, 0, {cell.whole}};
  if (cell.kind == Cell::Kind::Real) stored.real = cell.real;
  if (bytes) {
    stored.length = static_cast<uint32_t>(cell.text.size());
    stored.bytes = blobs_.add(cell.text);
  }
  values_.push_back(stored);
  recent = static_cast<Handle>(values_.size() - 1);
  return recent;
}

void CandidateStore::write(duckdb_vector vector, idx_t at, Row row, Column column) const {
  const ColumnCells& cells = columns_[column];
  const size_t chunk = row / kChunk;
  const bool there = chunk < cells.chunks.size() && cells.chunks[chunk] != nullptr;
  const Handle handle = there ? (*cells.chunks[chunk])[row % kChunk] : 0;
  // A list that is null still has a place among the elements.
  if (handle == 0 && cells.type == Type::Many) return write_cell(vector, at, {.kind = Cell::Kind::NullList});
  write(vector, at, handle);
}

void CandidateStore::write(duckdb_vector vector, idx_t at, Handle handle) const {
  const Stored& stored = values_[handle];
  Cell cell{.kind = stored.kind};
  switch (stored.kind) {
    case Cell::Kind::Null:
    case Cell::Kind::NullList: break;
    case Cell::Kind::Bool:
    case Cell::Kind::Whole: cell.whole = stored.whole; break;
    case Cell::Kind::Real: cell.real = stored.real; break;
    case Cell::Kind::Text:
    case Cell::Kind::List: cell.text = {stored.bytes, stored.length}; break;
  }
  write_cell(vector, at, cell);
}

}  // namespace hecate::tail
