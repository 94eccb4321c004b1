// Every published Sigma rule over every record of the bench input: the caches of the stream engine find what the
// slow reference evaluator finds, rule by rule and record by record.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "engine/hunt.h"

namespace hecate::engine {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> find(const fs::path& folder, std::string_view prefix) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().filename().string().starts_with(prefix)) return entry.path();
  }
  return std::nullopt;
}

/// A folder that goes when the test does.
class Unpacked {
 public:
  explicit Unpacked(const fs::path& archive) {
    std::string name = fs::temp_directory_path() / "hecate-rules-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) return;
    path_ = name;
    const std::string command = "tar --zstd -xf '" + archive.string() + "' -C '" + path_.string() + "'";
    if (std::system(command.c_str()) != 0) std::cout << "cannot unpack " << archive << "\n";
  }
  ~Unpacked() {
    std::error_code error;
    if (!path_.empty()) fs::remove_all(path_, error);
  }
  Unpacked(const Unpacked&) = delete;
  Unpacked& operator=(const Unpacked&) = delete;

  [[nodiscard]] std::vector<std::string> rule_folders() const {
    std::vector<std::string> folders;
    for (const fs::directory_entry& entry : fs::directory_iterator(path_)) {
      if (entry.path().filename().string().starts_with("rules")) folders.push_back(entry.path().string());
    }
    return folders;
  }

 private:
  fs::path path_;
};

using Hits = std::vector<std::pair<uint64_t, std::string>>;  // record and rule

Hits hits(const Ruleset& rules, const std::string& file, stream::Evaluation evaluation) {
  DiagnosticSink sink;
  HuntOptions options;
  options.files = {file};
  options.evaluation = evaluation;
  Hits result;
  const HuntReport report = hunt(
      rules, options, [&](Finding&& f) { result.emplace_back(f.source ? f.source->record : 0, f.detection->id); },
      sink);
  std::cout << report.read.parsed << " events, " << result.size() << " findings, " << report.scan_seconds << " s\n";
  return result;
}

TEST(CorpusEngines, CachesFindWhatTheReferenceFinds) {
  const char* shared = std::getenv("HECATE_SHARED");
  const fs::path root = shared != nullptr ? fs::path(shared) : fs::path(HECATE_SOURCE_DIR) / ".." / "shared";
  const auto archive = find(root / "corpora", "sigmahq-");
  const auto events = find(root / "bench", "windows_host_logs");
  if (!archive || !events) GTEST_SKIP() << "the corpora are not beside the repository";

  const Unpacked unpacked(*archive);
  SourceMap sources;
  DiagnosticSink sink;
  const auto catalog = Catalog::load(std::string(HECATE_SOURCE_DIR) + "/catalogs", sources, sink);
  ASSERT_TRUE(catalog.ok());
  const Ruleset rules(content::load(unpacked.rule_folders(), sources, sink), *catalog, {}, sink);
  ASSERT_GT(rules.detections().size(), 3000U);

  const Hits fast = hits(rules, events->string(), stream::Evaluation::Caches);
  const Hits slow = hits(rules, events->string(), stream::Evaluation::Reference);
  EXPECT_GT(slow.size(), 1000U);
  EXPECT_EQ(fast.size(), slow.size());
  for (size_t i = 0; i < std::min(fast.size(), slow.size()); ++i) {
    ASSERT_EQ(fast[i], slow[i]) << "the first difference, at finding " << i;
  }
}

}  // namespace
}  // namespace hecate::engine
