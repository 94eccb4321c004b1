#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/field_list.h"
#include "ingest/splitter.h"
#include "ingest/window.h"

namespace hecate::ingest {

/// A table of text: CSV (RFC 4180) with `,` or `;`, or TSV, below a line of names.
class DelimitedTable {
 public:
  /// Tells by its beginning whether a text is a table; the window may grow. Taking a log for a table is worse than
  /// not seeing one, so the first line must be names and nothing else (three or more, all different, none a number, a
  /// time or a pair, no blanks around any), the rows that are here must have as many cells, and none may repeat a name
  /// in its own column.
  [[nodiscard]] static std::optional<DelimitedTable> detect(Window& window);

  [[nodiscard]] char separator() const { return separator_; }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  [[nodiscard]] bool is_header(std::string_view row) const { return row == header_; }
  /// The cells of a row under the names, empty ones left out; false where it has another number of cells.
  [[nodiscard]] bool read_row(std::string_view row, FieldList& fields) const;

 private:
  [[nodiscard]] static std::optional<DelimitedTable> with_separator(char separator, std::string_view text, bool ended);

  char separator_ = ',';
  std::string header_;  // as written
  std::vector<std::string> names_;
};

/// Cuts a table into its rows: lines, except that quoted cells may hold line breaks.
class RowSplitter {
 public:
  RowSplitter(Window& window, char separator, size_t largest)
      : window_(window), separator_(separator), largest_(largest) {}

  /// Units of the kinds Row, Bad and End. A quote that is not closed costs its line.
  Unit next();

 private:
  Unit line(size_t from);
  bool find_row(size_t& size);
  void skip_line();

  Window& window_;
  char separator_;
  size_t largest_;
  size_t release_ = 0;
};

}  // namespace hecate::ingest
