#include "ingest/delimited.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace hecate::ingest {
namespace {

constexpr size_t kMostHeader = size_t{64} << 10;

/// Where a quoted cell that begins at `from` has its closing quote, or npos.
size_t closing_quote(std::string_view text, size_t from) {
  for (size_t at = text.find('"', from + 1); at != std::string_view::npos; at = text.find('"', at + 2)) {
    if (at + 1 == text.size() || text[at + 1] != '"') return at;
  }
  return std::string_view::npos;
}

/// The size of the row at the front without its line break; npos where a quote is not closed.
size_t row_size(std::string_view text, char separator) {
  const std::array<char, 2> ends{separator, '\n'};
  for (size_t at = 0;;) {
    if (at < text.size() && text[at] == '"') {
      at = closing_quote(text, at);
      if (at == std::string_view::npos) return at;
    }
    at = text.find_first_of(std::string_view(ends.data(), ends.size()), at);
    if (at == std::string_view::npos) return text.size();
    if (text[at] == '\n') return at;
    ++at;
  }
}

std::string_view without_break(std::string_view row) {
  if (row.ends_with('\r')) row.remove_suffix(1);
  return row;
}

std::string_view unquoted(std::string_view inside, Arena& memory) {
  if (inside.find('"') == std::string_view::npos) return inside;
  char* to = memory.allocate(inside.size());
  size_t size = 0;
  for (size_t at = 0; at < inside.size(); ++at) {
    to[size++] = inside[at];
    if (inside[at] == '"' && at + 1 < inside.size() && inside[at + 1] == '"') ++at;
  }
  return {to, size};
}

/// Takes the cell at the front; `more` says whether a separator followed. What stands behind a closing quote belongs
/// to the cell as written.
std::string_view take_cell(std::string_view& row, char separator, Arena& memory, bool& more) {
  const size_t close = row.starts_with('"') ? closing_quote(row, 0) : std::string_view::npos;
  const size_t end = row.find(separator, close == std::string_view::npos ? 0 : close);
  std::string_view cell = row.substr(0, end);
  more = end != std::string_view::npos;
  row.remove_prefix(more ? end + 1 : row.size());
  if (close == std::string_view::npos) return cell;
  return close + 1 == cell.size() ? unquoted(cell.substr(1, close - 1), memory) : cell;
}

std::vector<std::string_view> cells_of(std::string_view row, char separator, Arena& memory) {
  std::vector<std::string_view> cells;
  for (bool more = true; more;) cells.push_back(take_cell(row, separator, memory, more));
  return cells;
}

/// A name as headers have them: "Date (UTC)", "id.orig_h", "@timestamp", "% Processor Time"; no number, no time, no
/// pair.
bool is_name(std::string_view text) {
  constexpr size_t kLongest = 128;
  constexpr std::string_view kOthers = "_-.@ ()/:#%&{}[]$*+";
  if (text.empty() || text.size() > kLongest || text != trim(text) || text.find("  ") != text.npos) return false;
  bool letter = false;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == ':' && at > 0 && is_ascii_digit(text[at - 1])) return false;  // 12:00
    letter = letter || is_ascii_alpha(c) || static_cast<unsigned char>(c) >= 0x80;
    if (!is_ascii_alnum(c) && static_cast<unsigned char>(c) < 0x80 && kOthers.find(c) == std::string_view::npos)
      return false;
  }
  return letter && !is_ascii_digit(text.front()) && !text.ends_with(':') && !text.ends_with('.');
}

bool are_names(const std::vector<std::string_view>& cells) {
  constexpr size_t kFewest = 3;
  if (cells.size() < kFewest || !std::all_of(cells.begin(), cells.end(), is_name)) return false;
  std::vector<std::string_view> sorted = cells;
  std::sort(sorted.begin(), sorted.end());
  return std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end();
}

size_t names_repeated(const std::vector<std::string_view>& cells, const std::vector<std::string>& names) {
  size_t count = 0;
  for (size_t i = 0; i < cells.size(); ++i) count += cells[i] == names[i] ? 1 : 0;
  return count;
}

}  // namespace

std::optional<DelimitedTable> DelimitedTable::detect(Window& window) {
  constexpr std::array<char, 3> kSeparators{'\t', ',', ';'};
  const bool ended = !window.has(kMostHeader);
  const std::string_view text = window.view().substr(0, kMostHeader);
  if (text.empty() || std::string_view("{[<#").find(text.front()) != std::string_view::npos) return std::nullopt;
  for (const char separator : kSeparators) {
    if (text.substr(0, text.find('\n')).find(separator) == std::string_view::npos) continue;
    if (auto table = with_separator(separator, text, ended)) return table;
  }
  return std::nullopt;
}

std::optional<DelimitedTable> DelimitedTable::with_separator(char separator, std::string_view text, bool ended) {
  constexpr size_t kMostRows = 8;
  Arena memory;
  DelimitedTable table;
  table.separator_ = separator;
  size_t rows = 0;
  size_t repeated = 0;
  while (rows <= kMostRows && !text.empty()) {
    const size_t size = row_size(text, separator);
    // The last row that is here may go on behind.
    if (size == std::string_view::npos || (size == text.size() && !ended)) {
      break;
    }
    const std::string_view row = without_break(text.substr(0, size));
    text.remove_prefix(std::min(size + 1, text.size()));
    if (row.empty() && rows > 0) continue;
    const auto cells = cells_of(row, separator, memory);
    if (rows++ == 0) {
      if (!are_names(cells)) return std::nullopt;
      table.header_ = row;
      table.names_.assign(cells.begin(), cells.end());
      continue;
    }
    if (cells.size() != table.names_.size()) return std::nullopt;
    if (row == table.header_) --rows;  // two tables put together
    if (row != table.header_) repeated += names_repeated(cells, table.names_);
    // A user may be called "user"; what comes again and again is a first row of values.
    if (repeated >= 2) return std::nullopt;
  }
  if (rows < 2) return std::nullopt;
  return table;
}

bool DelimitedTable::read_row(std::string_view row, FieldList& fields) const {
  const size_t before = fields.fields().size();
  size_t column = 0;
  for (bool more = true; more; ++column) {
    const std::string_view cell = take_cell(row, separator_, fields.memory(), more);
    if (column < names_.size() && !cell.empty()) fields.add(names_[column], cell);
  }
  if (column == names_.size()) return true;
  fields.truncate(before);
  return false;
}

Unit RowSplitter::next() {
  window_.consume(release_);
  release_ = 0;
  while (window_.has(0) && (window_[0] == '\n' || window_[0] == '\r')) window_.consume(1);
  if (!window_.has(0)) return {Unit::Kind::End, {}, window_.offset(), Fault::None};
  size_t size = 0;
  if (!find_row(size)) {
    const Unit lost{Unit::Kind::Bad, {}, window_.offset(), window_.size() > largest_ ? Fault::Oversized : Fault::Row};
    skip_line();
    return lost;
  }
  release_ = size;
  return {Unit::Kind::Row, without_break(window_.view().substr(0, size)), window_.offset(), Fault::None};
}

/// False where the row is too long, or a quote in it is not closed.
bool RowSplitter::find_row(size_t& size) {
  for (;;) {
    size = row_size(window_.view(), separator_);
    if (size < window_.size()) return size <= largest_;
    if (window_.size() > largest_) return false;
    if (!window_.more()) return size != std::string_view::npos;
  }
}

void RowSplitter::skip_line() {
  do {
    const std::string_view view = window_.view();
    const size_t end = view.find('\n');
    window_.consume(end == std::string_view::npos ? view.size() : end + 1);
    if (end != std::string_view::npos) return;
  } while (window_.more());
}

}  // namespace hecate::ingest
