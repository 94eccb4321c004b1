#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>

#include "support.h"

// All published rules of SigmaHQ, where the corpora lie beside the repository.
namespace hecate::sigma {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> archive() {
  const char* shared = std::getenv("HECATE_SHARED");
  const fs::path root = shared != nullptr ? fs::path(shared) : fs::path(HECATE_SOURCE_DIR) / ".." / "shared";
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(root / "corpora", error)) {
    const std::string name = entry.path().filename();
    if (name.starts_with("sigmahq-") && name.ends_with(".tar.zst")) return entry.path();
  }
  return std::nullopt;
}

/// A folder that goes when the test does.
struct TemporaryFolder {
  fs::path path;
  TemporaryFolder() {
    std::string name = fs::temp_directory_path() / "hecate-sigma-XXXXXX";
    if (mkdtemp(name.data()) != nullptr) path = name;
  }
  ~TemporaryFolder() {
    std::error_code error;
    if (!path.empty()) fs::remove_all(path, error);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
};

struct Outcomes {
  size_t rules = 0;
  size_t compiled = 0;
  std::map<std::string, size_t> by_code;     // rules that have the diagnostic
  std::map<std::string, size_t> refused_by;  // the first error of each refused rule
};

void compile_file(const fs::path& path, Outcomes& outcomes) {
  std::ifstream in(path, std::ios::binary);
  SourceMap sources;
  const FileId file = sources.add(path.string(), std::string(std::istreambuf_iterator<char>(in), {}));
  DiagnosticSink yaml_sink;
  for (const yaml::NodePtr& root : yaml::parse(file, sources, yaml_sink).roots) {
    if (document_kind(*root) != DocumentKind::Rule) continue;
    DiagnosticSink sink;
    ++outcomes.rules;
    const Result<Rule> rule = compile_rule(*root, sink);
    std::map<std::string, bool> codes;
    std::string first_error;
    for (const Diagnostic& diagnostic : sink.all()) {
      codes[std::string(diagnostic.code->id)] = true;
      EXPECT_TRUE(diagnostic.primary.span.known()) << path << ": " << diagnostic.message;
      if (first_error.empty() && diagnostic.code->severity == Severity::Error)
        first_error = render(diagnostic, sources);
    }
    for (const auto& [code, present] : codes) ++outcomes.by_code[code];
    if (!rule) {
      EXPECT_FALSE(first_error.empty()) << path << " was refused without a reason";
      ++outcomes.refused_by[first_error.substr(0, first_error.find('\n'))];
      continue;
    }
    ++outcomes.compiled;
    EXPECT_EQ(verify(rule->plan), std::nullopt) << path;
    EXPECT_EQ(sink.errors(), 0U) << path;
  }
}

Outcomes compile_folders(const fs::path& root, std::span<const std::string_view> folders) {
  Outcomes outcomes;
  for (const std::string_view folder : folders) {
    std::error_code error;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root / folder, error)) {
      if (entry.is_regular_file() && entry.path().extension() == ".yml") compile_file(entry.path(), outcomes);
    }
  }
  return outcomes;
}

void print(std::string_view title, const Outcomes& outcomes) {
  std::cout << title << ": " << outcomes.compiled << " of " << outcomes.rules << " rules compile\n";
  for (const auto& [code, count] : outcomes.by_code) std::cout << "  " << code << "  " << count << " rules\n";
  for (const auto& [message, count] : outcomes.refused_by) std::cout << "  " << count << " x " << message << "\n";
}

TEST(SigmaCorpus, PublishedRulesCompile) {
  const std::optional<fs::path> from = archive();
  if (!from) GTEST_SKIP() << "no SigmaHQ corpus: set HECATE_SHARED";
  const TemporaryFolder folder;
  ASSERT_FALSE(folder.path.empty());
  const std::string command = fmt::format("tar --zstd -xf '{}' -C '{}'", from->string(), folder.path.string());
  if (std::system(command.c_str()) != 0) GTEST_SKIP() << "cannot unpack " << *from;

  constexpr std::array<std::string_view, 6> kPublished{
      "rules", "rules-emerging-threats", "rules-threat-hunting", "rules-compliance", "rules-dfir", "rules-placeholder"};
  constexpr std::array<std::string_view, 2> kOld{"deprecated", "unsupported"};
  const Outcomes published = compile_folders(folder.path, kPublished);
  const Outcomes old = compile_folders(folder.path, kOld);
  print("published", published);
  print("deprecated and unsupported", old);

  // Whatever is refused is refused for a placeholder without a value, which the specification demands.
  EXPECT_GT(published.rules, 3700U);
  const auto placeholders = published.by_code.find("SIG016");
  EXPECT_EQ(published.rules - published.compiled, placeholders == published.by_code.end() ? 0 : placeholders->second);
}

}  // namespace
}  // namespace hecate::sigma
