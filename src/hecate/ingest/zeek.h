#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ingest/field_list.h"

namespace hecate::ingest {

/// Zeek's own logs: rows of tab-separated values below directives (`#separator`, `#set_separator`, `#empty_field`,
/// `#unset_field`, `#path`, `#fields`, `#types`), which hold until the next. Zeek escapes separators in values as
/// `\x09`.
class ZeekTable {
 public:
  /// Takes a directive; false where the line is none of Zeek's.
  bool take_directive(std::string_view line);
  /// Whether rows are expected.
  [[nodiscard]] bool active() const { return !names_.empty(); }
  /// The fields of a row, and `_path`; false where it has another number of cells than there are fields.
  [[nodiscard]] bool read_row(std::string_view line, FieldList& fields) const;
  void reset() { *this = ZeekTable(); }

 private:
  void add_value(size_t column, std::string_view cell, FieldList& fields) const;

  bool begun_ = false;
  char separator_ = '\t';
  char set_separator_ = ',';
  std::string empty_ = "(empty)", unset_ = "-", path_;
  std::vector<std::string> names_;
  std::vector<bool> many_;  // sets and vectors
};

}  // namespace hecate::ingest
