#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/span.h"

namespace hecate {

/// A place for people: line and column count from 1, the column in Unicode code points.
struct Position {
  uint32_t line = 1;
  uint32_t column = 1;
};

/// Owns every text that diagnostics can point into. Not thread-safe while adding; reading is.
class SourceMap {
 public:
  /// Registers a text under the path shown to the user. Texts of 4 GiB or more are cut: the caller
  /// must refuse them before. A byte order mark is taken off; UTF-16 behind one becomes UTF-8.
  FileId add(std::string path, std::string text);

  [[nodiscard]] std::string_view path(FileId id) const;
  [[nodiscard]] std::string_view text(FileId id) const;
  [[nodiscard]] Position position(FileId id, uint32_t offset) const;
  /// The text of a line, without its line break. Lines count from 1.
  [[nodiscard]] std::string_view line(FileId id, uint32_t line) const;
  /// The whole text of a file as a span.
  [[nodiscard]] Span whole(FileId id) const;

 private:
  struct File {
    std::string path;
    std::string text;
    std::vector<uint32_t> line_starts;
  };
  // A deque keeps the string_views that were handed out valid while files are added.
  std::deque<File> files_;
};

}  // namespace hecate
