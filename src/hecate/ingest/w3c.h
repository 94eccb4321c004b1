#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ingest/field_list.h"

namespace hecate::ingest {

/// The W3C's extended log file format (WD-logfile), as IIS and proxies write it: rows of words below `#Fields:`, which
/// holds until the next; words in quotes may hold blanks (`""` is a quote), `-` is no value. IIS writes `+` for a blank
/// in headers of the request.
class W3cTable {
 public:
  /// Takes a directive (`#Version:`, `#Fields:`, `#Software:`, `#Date:` …); false where the line is none.
  bool take_directive(std::string_view line);
  [[nodiscard]] bool active() const { return !names_.empty(); }
  /// The fields of a row, and its time out of `date` (or `#Date:`'s) and `time`; false where it has another number of
  /// words.
  [[nodiscard]] bool read_row(std::string_view line, FieldList& fields, std::optional<Ticks>& time) const;
  void reset() { *this = W3cTable(); }

 private:
  struct Name {
    std::string text;
    bool plus_is_blank = false;
  };

  void take_names(std::string_view names);

  bool iis_ = false;
  std::string day_;  // of #Date:, for logs whose rows have but a time
  std::vector<Name> names_;
};

}  // namespace hecate::ingest
