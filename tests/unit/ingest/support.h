#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../temporary_folder.h"
#include "ingest/reader.h"

namespace hecate::ingest::test {

/// A record that outlives its visit.
struct Kept {
  uint64_t number = 0;
  std::string raw;
  std::string file;
  Shape shape = Shape::Text;
  uint64_t offset = 0;
  std::optional<Ticks> time;
  std::string host, source, sourcetype, index;
  std::vector<std::pair<std::string, std::string>> scalars;  // read_all; null is "null"
  std::string json;                                          // read_json of the whole

  [[nodiscard]] std::string at(std::string_view path) const {
    for (const auto& [where, value] : scalars) {
      if (where == path) return value;
    }
    return "(absent)";
  }
  friend bool operator==(const Kept&, const Kept&) = default;
};

struct Outcome {
  std::vector<Kept> records;
  ReadStats stats;
  DiagnosticSink sink;

  [[nodiscard]] std::vector<std::string> raws() const {
    std::vector<std::string> raws;
    for (const Kept& record : records) raws.push_back(record.raw);
    return raws;
  }
  [[nodiscard]] std::vector<std::string> codes() const {
    std::vector<std::string> codes;
    for (const Diagnostic& diagnostic : sink.all()) codes.emplace_back(diagnostic.code->id);
    return codes;
  }
  [[nodiscard]] std::vector<uint64_t> numbers() const {
    std::vector<uint64_t> numbers;
    for (const Kept& record : records) numbers.push_back(record.number);
    return numbers;
  }
};

inline Kept keep(const Record& record) {
  Kept kept{record.number,
            std::string(record.raw),
            std::string(record.file),
            record.document->shape(),
            record.byte_offset,
            record.envelope.time,
            std::string(record.envelope.host.value_or("")),
            std::string(record.envelope.source.value_or("")),
            std::string(record.envelope.sourcetype.value_or("")),
            std::string(record.envelope.index.value_or("")),
            {},
            {}};
  record.document->read_all([&](std::string_view path, RawValue value) {
    kept.scalars.emplace_back(path, value.kind == RawKind::Null ? "null" : value.text);
  });
  (void)record.document->read_json("", kept.json);
  return kept;
}

inline Outcome read(std::string_view text, const ReadOptions& options = {}) {
  Outcome outcome;
  const Visit visit = [&](const Record& record) { outcome.records.push_back(keep(record)); };
  read_text(text, "test", options, visit, outcome.stats, outcome.sink);
  return outcome;
}

inline Outcome read_paths(const std::vector<std::string>& paths, const ReadOptions& options = {}) {
  Outcome outcome;
  const Visit visit = [&](const Record& record) { outcome.records.push_back(keep(record)); };
  read_files(expand_paths(paths, outcome.sink), options, visit, outcome.stats, outcome.sink);
  return outcome;
}

using hecate::test::Folder;

using Strings = std::vector<std::string>;
using Numbers = std::vector<uint64_t>;

}  // namespace hecate::ingest::test
