#include "exec/functions/wildcard_rows.h"

#include <algorithm>

namespace hecate {

void WildcardRows::Literals::add(std::string_view literal, uint32_t row) {
  rows[std::string(literal)].push_back(row);
  const auto at = std::lower_bound(lengths.begin(), lengths.end(), literal.size());
  if (at == lengths.end() || *at != literal.size()) lengths.insert(at, literal.size());
}

void WildcardRows::Literals::find(std::string_view literal, std::vector<uint32_t>& out) const {
  const auto found = rows.find(std::string(literal));
  if (found != rows.end()) out.insert(out.end(), found->second.begin(), found->second.end());
}

void WildcardRows::add(uint32_t row, std::string_view cell) {
  const auto stars = std::count(cell.begin(), cell.end(), '*');
  if (stars == 0) return whole_.add(cell, row);
  if (stars == 1 && cell.ends_with('*')) return starts_.add(cell.substr(0, cell.size() - 1), row);
  if (stars == 1 && cell.starts_with('*')) return ends_.add(cell.substr(1), row);
  others_.push_back(row);
}

std::vector<uint32_t> WildcardRows::candidates(std::string_view text) const {
  std::vector<uint32_t> rows = others_;
  whole_.find(text, rows);
  for (const size_t length : starts_.lengths) {
    if (length > text.size()) break;
    starts_.find(text.substr(0, length), rows);
  }
  for (const size_t length : ends_.lengths) {
    if (length > text.size()) break;
    ends_.find(text.substr(text.size() - length), rows);
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

}  // namespace hecate
