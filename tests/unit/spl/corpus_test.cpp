#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <optional>
#include <set>

#include "support.h"
#include "yaml/yaml.h"

// Splunk's published detections, where the corpora lie beside the repository.
namespace hecate::spl {
namespace {

namespace fs = std::filesystem;

fs::path corpora() {
  const char* shared = std::getenv("HECATE_SHARED");
  return (shared != nullptr ? fs::path(shared) : fs::path(HECATE_SOURCE_DIR) / ".." / "shared") / "corpora";
}

std::vector<fs::path> yaml_files(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".yml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

class Corpus {
 public:
  explicit Corpus(const fs::path& macros) {
    for (const fs::path& path : yaml_files(macros)) {
      const yaml::NodePtr root = load(path);
      const yaml::Node* definition = root ? root->find("definition") : nullptr;
      if (definition == nullptr) continue;
      Macro macro{std::string(root->text_of("name")), {}, definition->scalar};
      if (const yaml::Node* arguments = root->find("arguments")) {
        for (const std::string_view argument : arguments->texts()) macro.arguments.emplace_back(argument);
      }
      table_.define(std::move(macro));
    }
  }

  void define(const std::string& name, std::vector<std::string> arguments, const std::string& body) {
    table_.define({name, std::move(arguments), MappedText(body, sources_.whole(sources_.add(name, body)))});
  }

  void define_cim_macros() { spl::define_cim_macros(table_); }

  /// The codes of a detection's errors; none where it compiles.
  std::set<std::string> compile(const fs::path& path, std::string& first) {
    const yaml::NodePtr root = load(path);
    const yaml::Node* search = root ? root->find("search") : nullptr;
    if (search == nullptr) return {"no search"};
    define_filter(search->text());
    DiagnosticSink sink;
    const Result<Plan> plan = spl::compile(search->scalar, table_, sink);
    EXPECT_EQ(plan.ok(), sink.errors() == 0) << path;
    if (plan) {
      EXPECT_EQ(verify(*plan), std::nullopt) << path;
    }
    std::set<std::string> codes;
    for (const Diagnostic& diagnostic : sink.all()) {
      EXPECT_TRUE(diagnostic.primary.span.known()) << path << diagnostic.message;
      EXPECT_FALSE(render(diagnostic, sources_).empty());
      if (diagnostic.code->severity != Severity::Error) continue;
      if (first.empty()) first = std::string(diagnostic.code->id) + " " + diagnostic.message;
      codes.emplace(diagnostic.code->id);
    }
    return codes;
  }

 private:
  yaml::NodePtr load(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    const FileId file = sources_.add(path.string(), std::string(std::istreambuf_iterator<char>(in), {}));
    DiagnosticSink sink;
    const yaml::Documents documents = yaml::parse(file, sources_, sink);
    return documents.roots.empty() ? nullptr : documents.roots.front();
  }

  /// Filters are not published: Splunk's packaging defines each as `search *`.
  void define_filter(std::string_view search) {
    for (size_t at = search.find("_filter`"); at != std::string_view::npos; at = search.find("_filter`", at + 1)) {
      const size_t begin = search.rfind('`', at) + 1;
      const std::string name(search.substr(begin, at + 7 - begin));
      if (table_.find(name, 0) == nullptr) define(name, {}, "search *");
    }
  }

  SourceMap sources_;
  MacroTable table_;
};

TEST(IsovalentCorpus, AllDetectionsCompile) {
  const fs::path folder = corpora() / "isovalent";
  if (!fs::exists(folder)) GTEST_SKIP() << "no corpus at " << folder;
  Corpus corpus(folder / "macros");
  size_t count = 0;
  for (const fs::path& path : yaml_files(folder / "detections")) {
    std::string first;
    EXPECT_EQ(corpus.compile(path, first), std::set<std::string>()) << path << ": " << first;
    ++count;
  }
  EXPECT_EQ(count, 11U);  // the ten of them, Cron Job Creation in two versions
}

/// A folder that goes when the test does.
struct TemporaryFolder {
  fs::path path;
  TemporaryFolder() {
    std::string name = fs::temp_directory_path() / "hecate-spl-XXXXXX";
    if (mkdtemp(name.data()) != nullptr) path = name;
  }
  ~TemporaryFolder() {
    std::error_code error;
    if (!path.empty()) fs::remove_all(path, error);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
};

/// The folder that holds detections/ and macros/, some levels below.
std::optional<fs::path> content_root(const fs::path& folder) {
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_directory() && entry.path().filename() == "detections" &&
        fs::exists(entry.path().parent_path() / "macros"))
      return entry.path().parent_path();
  }
  return std::nullopt;
}

TEST(EscuCorpus, Outcomes) {
  const fs::path archive = corpora() / "escu-2024-10-24.tar.zst";
  if (!fs::exists(archive)) GTEST_SKIP() << "no corpus at " << archive;
  const TemporaryFolder unpacked;
  const std::string command = "tar --zstd -xf '" + archive.string() + "' -C '" + unpacked.path.string() + "'";
  if (std::system(command.c_str()) != 0) GTEST_SKIP() << "tar cannot unpack " << archive;
  const std::optional<fs::path> root = content_root(unpacked.path);
  ASSERT_TRUE(root);
  Corpus corpus(*root / "macros");
  corpus.define_cim_macros();
  std::map<std::string, size_t> outcomes;
  size_t all = 0;
  size_t compiled = 0;
  for (const fs::path& path : yaml_files(*root / "detections")) {
    std::string first;
    ++all;
    if (corpus.compile(path, first).empty())
      ++compiled;
    else
      ++outcomes[first];
  }
  std::cout << compiled << " of " << all << " ESCU detections compile\n";
  std::vector<std::pair<size_t, std::string>> sorted;
  for (const auto& [outcome, count] : outcomes) sorted.emplace_back(count, outcome);
  std::sort(sorted.rbegin(), sorted.rend());
  for (const auto& [count, outcome] : sorted) std::cout << "  " << count << "  " << outcome << "\n";
  EXPECT_EQ(all, 1711U);
  EXPECT_GE(compiled, 1367U);  // raise it with what is supported
}

}  // namespace
}  // namespace hecate::spl
