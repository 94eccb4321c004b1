#include "plan/table.h"

#include <algorithm>

namespace hecate {
namespace {

/// One record; `at` moves behind its line break. Quotes may hold line breaks, and a doubled quote is one.
std::vector<std::string> read_record(std::string_view text, size_t& at) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted) {
      if (c != '"') {
        cells.back() += c;
      } else if (at + 1 < text.size() && text[at + 1] == '"') {
        cells.back() += text[++at];
      } else {
        quoted = false;
      }
    } else if (c == '"' && cells.back().empty()) {
      quoted = true;
    } else if (c == ',') {
      cells.emplace_back();
    } else if (c == '\n') {
      ++at;
      break;
    } else if (c != '\r') {
      cells.back() += c;
    }
  }
  return cells;
}

void append_cell(std::string_view cell, std::string& out) {
  if (cell.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += cell;
    return;
  }
  out += '"';
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void append_record(const std::vector<std::string>& cells, std::string& out) {
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) out += ',';
    append_cell(cells[i], out);
  }
  out += '\n';
}

}  // namespace

size_t Table::column(std::string_view wanted) const {
  const auto found = std::find(columns.begin(), columns.end(), wanted);
  return found == columns.end() ? npos : static_cast<size_t>(found - columns.begin());
}

void Tables::put(Table table) {
  std::string name = table.name;
  const std::lock_guard lock(mutex_);
  tables_.insert_or_assign(std::move(name), std::make_shared<const Table>(std::move(table)));
}

std::shared_ptr<const Table> Tables::find(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto found = tables_.find(name);
  return found == tables_.end() ? nullptr : found->second;
}

std::vector<std::string_view> Tables::names() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string_view> names;
  for (const auto& [name, table] : tables_) names.push_back(name);
  return names;
}

Tables::ByName Tables::copy() const {
  const std::lock_guard lock(mutex_);
  return tables_;
}

void append_rows(const Table& from, Table& to) {
  std::vector<size_t> places;
  for (const std::string& column : from.columns) {
    if (to.column(column) == Table::npos) to.columns.push_back(column);
    places.push_back(to.column(column));
  }
  for (auto& row : to.rows) row.resize(to.columns.size());
  for (const auto& row : from.rows) {
    auto& added = to.rows.emplace_back(to.columns.size());
    for (size_t i = 0; i < places.size(); ++i) added[places[i]] = row[i];
  }
}

Table read_csv(std::string name, std::string_view text) {
  Table table;
  table.name = std::move(name);
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  size_t at = 0;
  if (text.empty()) return table;
  table.columns = read_record(text, at);
  while (at < text.size()) {
    std::vector<std::string> row = read_record(text, at);
    if (row.size() == 1 && row[0].empty()) continue;
    row.resize(table.columns.size());
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string write_csv(const Table& table) {
  std::string out;
  append_record(table.columns, out);
  for (const auto& row : table.rows) append_record(row, out);
  return out;
}

}  // namespace hecate
