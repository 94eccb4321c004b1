#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "content/content.h"
#include "engine/ruleset.h"

namespace hecate::bench {

/// Content, compiled over the shipped catalogs.
struct Loaded {
  SourceMap sources;
  DiagnosticSink sink{1'000'000};
  std::optional<Catalog> catalog;
  std::unique_ptr<engine::Ruleset> rules;
  double seconds = 0;  // that reading and compiling took, the catalogs' part included

  struct Text {
    std::string name, text;
  };

  Loaded(const std::filesystem::path& share, const std::vector<std::string>& paths);
  /// Each text a document; the end of its name says what it is (`.spl`, `.kql`).
  Loaded(const std::filesystem::path& share, std::vector<Text> texts, const engine::CompileOptions& options = {});
};

/// All detections in one pass over the events, beside `singles` of them alone; load and tails apart. `verbose`: and
/// the rules that let most events through.
void print_one_pass(Loaded& content, const std::filesystem::path& events, size_t singles, bool verbose = false);

}  // namespace hecate::bench
