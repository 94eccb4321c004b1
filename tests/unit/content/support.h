#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "content/content.h"

namespace hecate::content::test {

/// "CNT005 3:1 `scheduel`": code, place and marked text of each diagnostic.
inline std::string codes(const DiagnosticSink& sink, const SourceMap& sources) {
  std::string out;
  for (const Diagnostic& diagnostic : sink.all()) {
    const Span span = diagnostic.primary.span;
    out += fmt::format("{}{}", out.empty() ? "" : "; ", diagnostic.code->id);
    if (!span.known()) continue;
    const Position at = sources.position(span.file, span.begin);
    out += fmt::format(" {}:{}", at.line, at.column);
  }
  return out;
}

/// One text, loaded as if it stood in a file.
struct Loaded {
  SourceMap sources;
  DiagnosticSink sink;
  Content content;

  explicit Loaded(std::string text, std::string path = "f.yml") {
    load_text(std::move(path), std::move(text), content, sources, sink);
  }
  [[nodiscard]] std::string codes() const { return test::codes(sink, sources); }
  [[nodiscard]] std::string hint() const { return sink.all().empty() ? "" : sink.all().front().hint; }
  [[nodiscard]] const Detection& detection() const { return content.detections.at(0); }
};

/// A folder of files that is removed at the end.
class Folder {
 public:
  Folder() {
    static int number = 0;
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    root_ = std::filesystem::temp_directory_path() /
            fmt::format("hecate-{}-{}-{}-{}", info->test_suite_name(), info->name(), getpid(), number++);
    std::filesystem::create_directories(root_);
  }
  ~Folder() { std::filesystem::remove_all(root_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  Folder& file(const std::string& path, std::string_view text) {
    const auto full = root_ / path;
    std::filesystem::create_directories(full.parent_path());
    std::ofstream(full, std::ios::binary) << text;
    return *this;
  }
  [[nodiscard]] std::string path(std::string_view below = {}) const {
    return below.empty() ? root_.string() : (root_ / below).string();
  }

 private:
  std::filesystem::path root_;
};

/// A folder, loaded.
struct LoadedFolder {
  SourceMap sources;
  DiagnosticSink sink;
  Content content;

  explicit LoadedFolder(const std::vector<std::string>& paths) : content(load(paths, sources, sink)) {}
  [[nodiscard]] std::string codes() const { return test::codes(sink, sources); }
  [[nodiscard]] std::vector<std::string> ids() const {
    std::vector<std::string> result;
    for (const Detection& detection : content.detections) result.push_back(detection.id);
    return result;
  }
  [[nodiscard]] const Detection* find(std::string_view id) const {
    for (const Detection& detection : content.detections) {
      if (detection.id == id) return &detection;
    }
    return nullptr;
  }
};

using Texts = std::vector<std::string>;

}  // namespace hecate::content::test
