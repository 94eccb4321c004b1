#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.h"

namespace hecate {

/// A folder of catalogs that goes away again.
class Folder {
 public:
  Folder()
      : path_(std::filesystem::temp_directory_path() /
              ("hecate_catalog_" + std::to_string(getpid()) + "_" + std::to_string(++count_))) {
    for (const char* kind : {"asim", "tables", "cim", "sources", "kusto"})
      std::filesystem::create_directories(path_ / kind);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  void write(const std::string& name, std::string_view text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
  }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  static inline int count_ = 0;
  std::filesystem::path path_;
};

struct Loaded {
  std::optional<Catalog> catalog;
  std::vector<std::string> codes;
  std::string first_message, first_hint;
  std::string first_text;  // what the first diagnostic points at
};

inline Loaded load(const Folder& folder) {
  SourceMap sources;
  DiagnosticSink sink;
  Loaded result;
  Result<Catalog> catalog = Catalog::load(folder.path(), sources, sink);
  if (catalog) result.catalog = std::move(*catalog);
  for (const Diagnostic& diagnostic : sink.all()) result.codes.emplace_back(diagnostic.code->id);
  if (!sink.all().empty()) {
    const Diagnostic& first = sink.all().front();
    result.first_message = first.message;
    result.first_hint = first.hint;
    const Span span = first.primary.span;
    if (span.known()) result.first_text = sources.text(span.file).substr(span.begin, span.end - span.begin);
  }
  return result;
}

}  // namespace hecate
