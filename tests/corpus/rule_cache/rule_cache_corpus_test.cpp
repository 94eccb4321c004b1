// Every published Sigma rule, compiled and out of the cache: the same plan, and the same diagnostics.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "../public_rules.h"
#include "content/rule_cache.h"
#include "engine/ruleset.h"

namespace hecate::engine {
namespace {

namespace fs = std::filesystem;

class RuleCacheCorpus : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto from = corpus::sigmahq_archive();
    if (!from) GTEST_SKIP() << "no SigmaHQ corpus: set HECATE_SHARED";
    std::string name = fs::temp_directory_path() / "hecate-rules-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    root_ = name;
    const std::string command = fmt::format("tar --zstd -xf '{}' -C '{}'", from->string(), name);
    if (std::system(command.c_str()) != 0) GTEST_SKIP() << "cannot unpack " << *from;
    for (const fs::directory_entry& entry : fs::directory_iterator(root_)) {
      const std::string folder = entry.path().filename();
      if (folder.starts_with("rules") || folder == "unsupported" || folder == "deprecated") {
        folders_.push_back(entry.path());
      }
    }
    std::sort(folders_.begin(), folders_.end());
  }
  void TearDown() override {
    std::error_code error;
    if (!root_.empty()) fs::remove_all(root_, error);
  }

  std::string run(bool cached) {
    SourceMap sources;
    DiagnosticSink sink;
    std::optional<content::RuleCache> cache;
    if (cached) cache.emplace(root_ / "cache", "program", runnable);
    CompileOptions options;
    options.rule_cache = cached ? &*cache : nullptr;
    options.keep_origins = true;
    const Ruleset rules(content::load(folders_, sources, sink, options.rule_cache), catalog_, options, sink);
    if (cache) cache->save();
    known_ = 0;
    std::string out;
    for (const Diagnostic& diagnostic : sink.all()) out += render(diagnostic, sources);
    for (const auto& compiled : rules.detections()) {
      const content::Detection& d = *compiled->detection;
      known_ += d.compiled != nullptr ? 1 : 0;
      out += fmt::format("{} {} {} {} {}\n{}", d.id, d.title, d.path, d.span.begin, d.span.end, dump(compiled->plan));
    }
    return out;
  }

  fs::path root_;
  std::vector<std::string> folders_;
  Catalog catalog_;
  size_t known_ = 0;
};

TEST_F(RuleCacheCorpus, PublishedRulesAreTheSameOutOfTheCache) {
  const std::string plain = run(false);
  EXPECT_TRUE(run(true) == plain);
  EXPECT_EQ(known_, 0U);
  EXPECT_TRUE(run(true) == plain);
  EXPECT_GT(known_, 3700U);
  std::cout << known_ << " rules out of " << fs::file_size(root_ / "cache/rules.bin") << " bytes\n";
}

}  // namespace
}  // namespace hecate::engine
