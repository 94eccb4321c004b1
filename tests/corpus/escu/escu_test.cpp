// Splunk's published detections as a hunt loads them: with their macros, over the shipped catalogs.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <set>

#include "../public_rules.h"
#include "engine/codes.h"
#include "engine/ruleset.h"

namespace hecate::engine {
namespace {

namespace fs = std::filesystem;

/// Each detection's first error, or the first of a diagnostic's kind, and how many have it.
void print(const std::map<std::string, size_t>& counts) {
  std::vector<std::pair<size_t, std::string>> sorted;
  for (const auto& [text, count] : counts) sorted.emplace_back(count, text);
  std::sort(sorted.rbegin(), sorted.rend());
  for (const auto& [count, text] : sorted) std::cout << "  " << count << "  " << text << "\n";
}

std::vector<std::string> content_folders(const fs::path& root) {
  std::vector<std::string> folders;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root)) {
    const std::string name = entry.path().filename();
    if (entry.is_directory() && (name == "detections" || name == "macros")) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

class Escu : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto archive = corpus::find_shared("corpora", "escu-2024");
    if (!archive) GTEST_SKIP() << "no ESCU corpus: set HECATE_SHARED";
    unpacked_.emplace(*archive);
    Result<Catalog> catalog = Catalog::load(HECATE_SOURCE_DIR "/catalogs", sources_, sink_);
    ASSERT_TRUE(catalog.ok());
    catalog_ = std::move(*catalog);
    rules_.emplace(content::load(content_folders(unpacked_->path()), sources_, sink_), catalog_, CompileOptions{},
                   sink_);
  }

  SourceMap sources_;
  DiagnosticSink sink_;
  std::optional<corpus::Unpacked> unpacked_;
  Catalog catalog_;
  std::optional<Ruleset> rules_;
};

TEST_F(Escu, HowManyCompileAndWhyTheOthersDoNot) {
  const size_t compiled = rules_->detections().size();
  const size_t all = compiled + rules_->refused().size();
  std::cout << compiled << " of " << all << " ESCU detections compile over the shipped catalogs\n";
  std::map<FileId, std::string> first;
  for (const Diagnostic& diagnostic : sink_.all()) {
    if (diagnostic.code->severity != Severity::Error || !diagnostic.primary.span.known()) continue;
    first.try_emplace(diagnostic.primary.span.file, std::string(diagnostic.code->id) + " " + diagnostic.message);
  }
  std::map<std::string, size_t> reasons;
  for (const auto& [file, reason] : first) ++reasons[reason];
  print(reasons);
  EXPECT_EQ(all, 1711U);
  EXPECT_GE(compiled, 1675U);  // raise it with what is supported
}

/// Names that the Common Information Model does not have: of models that other products brought, or that were renamed
/// before its version 5, and mistakes of the searches.
TEST_F(Escu, DataModelsAndTheirFieldsAreKnown) {
  std::map<std::string, size_t> unknown;
  size_t models = 0;
  size_t fields = 0;
  for (const Diagnostic& diagnostic : sink_.all()) {
    if (diagnostic.code == &kUnknownDataModel) ++models;
    if (diagnostic.code == &kUnknownModelField) ++fields;
    if (diagnostic.code == &kUnknownDataModel || diagnostic.code == &kUnknownModelField) ++unknown[diagnostic.message];
  }
  print(unknown);
  EXPECT_LE(models, 3U);
  EXPECT_LE(fields, 10U);
}

/// A data model that no source feeds finds nothing, whatever is searched for.
TEST_F(Escu, SomeSourceFeedsTheirDatasets) {
  std::map<std::string, size_t> unfed;
  size_t over_models = 0;
  size_t fed = 0;
  for (const auto& compiled : rules_->detections()) {
    for (const Node& node : compiled->plan.nodes) {
      const auto* scan = std::get_if<Scan>(&node.op);
      if (scan == nullptr || !std::holds_alternative<DataModel>(scan->dataset)) continue;
      ++over_models;
      size_t types = 0;
      for (size_t type = 0; type < catalog_.record_types(); ++type)
        types += catalog_.belongs(static_cast<RecordType>(type), scan->dataset) ? 1 : 0;
      if (types > 0)
        ++fed;
      else
        ++unfed[to_string(scan->dataset)];
    }
  }
  std::cout << fed << " of " << over_models << " searches over data models have sources\n";
  print(unfed);
  EXPECT_GE(over_models, 889U);
  EXPECT_LE(over_models - fed, 9U);
}

}  // namespace
}  // namespace hecate::engine
