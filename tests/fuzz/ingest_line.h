#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"
#include "ingest/reader.h"

namespace hecate::ingest::fuzz {

inline void require(bool holds) {
  if (!holds) std::abort();
}

/// Everything of a record can be read: its fields are valid UTF-8 and stand where their paths say.
inline void look_at(const Record& record, const PathSet& wanted, FieldValues& values) {
  values.reset(wanted.slots());
  record.document->read(wanted, values);
  std::string json;
  size_t bytes = 0;
  record.document->read_all([&](std::string_view path, RawValue value) {
    // Each byte is looked at, so that a view into memory that is gone shows.
    require(valid_utf8(value.text) == value.text && valid_utf8(path) == path);
    bytes += value.text.size();
  });
  (void)record.document->read_json("", json);
  require(bytes <= 8 * record.raw.size() + 64 || record.document->shape() != Shape::Text);
}

/// The bytes as a file of lines; records must be the same however they arrive.
inline void read_lines(std::string_view text, const PathSet& wanted) {
  FieldValues values;
  uint64_t visited[2] = {0, 0};
  for (size_t i = 0; i < 2; ++i) {
    ReadStats stats;
    DiagnosticSink sink;
    const ReadOptions options{.largest_record = 4096, .chunk = i == 0 ? size_t{1} << 16 : size_t{13}};
    const Visit visit = [&](const Record& record) {
      ++visited[i];
      look_at(record, wanted, values);
    };
    read_text(text, "fuzz", options, visit, stats, sink);
    require(stats.records == stats.parsed + stats.malformed + stats.oversized);
    require(stats.parsed == visited[i]);
  }
  require(visited[0] == visited[1]);
}

}  // namespace hecate::ingest::fuzz
