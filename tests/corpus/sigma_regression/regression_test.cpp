// SigmaHQ's regression cases: for each the rule that it is about must find its events, and no rule may find an event
// that its logsource is not meant for. Both renderings of the events, without any option.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "../public_rules.h"
#include "engine/hunt.h"
#include "thor_logsources.h"

namespace hecate::corpus {
namespace {

namespace fs = std::filesystem;

yaml::NodePtr read_yaml(const fs::path& path, SourceMap& sources) {
  std::ifstream in(path, std::ios::binary);
  const FileId file = sources.add(path.string(), std::string(std::istreambuf_iterator<char>(in), {}));
  DiagnosticSink sink;
  const yaml::Documents documents = yaml::parse(file, sources, sink);
  return documents.roots.empty() ? nullptr : documents.roots.front();
}

struct Case {
  std::string rule, file;
  int64_t wanted = 1;
};

/// Everything that needs the unpacked corpus and the compiled rules, made once.
class Corpus {
 public:
  Corpus() {
    const std::optional<fs::path> from = sigmahq_archive();
    std::string name = fs::temp_directory_path() / "hecate-regression-XXXXXX";
    if (!from || mkdtemp(name.data()) == nullptr) return;
    folder_ = name;
    const std::string command = "tar --zstd -xf '" + from->string() + "' -C '" + folder_.string() + "'";
    if (std::system(command.c_str()) != 0) return;
    Result<Catalog> loaded = Catalog::load(HECATE_SOURCE_DIR "/catalogs", sources, sink);
    thor_file_ = read_yaml(folder_ / "tests" / "thor.yml", sources);
    if (!loaded || !thor_file_) return;
    catalog = std::move(*loaded);
    load_rules();
    thor = std::make_unique<ThorLogsources>(*thor_file_);
    find_cases();
  }
  ~Corpus() {
    std::error_code error;
    if (!folder_.empty()) fs::remove_all(folder_, error);
  }
  Corpus(const Corpus&) = delete;
  Corpus& operator=(const Corpus&) = delete;

  [[nodiscard]] bool ready() const { return !cases.empty(); }

  SourceMap sources;
  DiagnosticSink sink;
  Catalog catalog;
  std::unique_ptr<engine::Ruleset> rules;
  std::unique_ptr<ThorLogsources> thor;
  std::vector<Case> cases;  // files without their ending

 private:
  void load_rules() {
    std::vector<std::string> paths;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_)) {
      if (entry.is_directory() && entry.path().filename().string().starts_with("rules")) paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    engine::CompileOptions options;
    options.keep_origins = true;
    rules = std::make_unique<engine::Ruleset>(content::load(paths, sources, sink), catalog, options, sink);
  }

  void find_cases() {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder_ / "regression_data")) {
      if (entry.path().filename() != "info.yml") continue;
      const yaml::NodePtr info = read_yaml(entry.path(), sources);
      const yaml::Node* rule = info ? info->find("rule_metadata") : nullptr;
      const yaml::Node* tests = info ? info->find("regression_tests_info") : nullptr;
      if (rule == nullptr || tests == nullptr || rule->items.empty()) continue;
      for (const yaml::NodePtr& test : tests->items) {
        Case found{std::string(rule->items.front()->text_of("id")), folder_ / std::string(test->text_of("path")), 1};
        found.file = fs::path(found.file).replace_extension();
        if (const yaml::Node* count = test->find("match_count")) found.wanted = count->as_integer().value_or(1);
        cases.push_back(std::move(found));
      }
    }
  }

  fs::path folder_;
  yaml::NodePtr thor_file_;
};

Corpus& corpus() {
  static Corpus instance;
  return instance;
}

using Place = std::pair<std::string, uint64_t>;  // file, record

/// What the events say of themselves, by their paths alone.
std::map<Place, EventHeader> headers(const std::vector<std::string>& files, DiagnosticSink& sink) {
  ingest::PathSet paths;
  const size_t channel = paths.add("Event.System.Channel");
  const size_t text_id = paths.add("Event.System.EventID.#text");
  const size_t id = paths.add("Event.System.EventID");
  const size_t type = paths.add("Event.EventData.EventType");
  std::map<Place, EventHeader> result;
  ingest::ReadStats stats;
  ingest::FieldValues values;
  const auto visit = [&](const ingest::Record& record) {
    if (record.document == nullptr) return;
    values.reset(paths.slots());
    record.document->read(paths, values);
    const auto text = [&](size_t slot) { return std::string(values.first(slot).text); };
    result[{std::string(record.file), record.number}] = {
        lower_case(text(channel)), values.count(text_id) > 0 ? text(text_id) : text(id), text(type)};
  };
  ingest::read_files(files, {}, visit, stats, sink);
  return result;
}

struct Outcome {
  size_t cases = 0, passed = 0, events = 0, findings = 0, pairs = 0, wrong = 0;
};

class Run {
 public:
  explicit Run(std::string_view ending) {
    for (const Case& known : corpus().cases) files_.push_back(known.file + std::string(ending));
    headers_ = headers(files_, sink_);
    outcome_.events = headers_.size();
    engine::HuntOptions options;
    options.files = files_;
    engine::hunt(*corpus().rules, options, [this](Finding&& finding) { take(finding); }, sink_);
    for (size_t i = 0; i < files_.size(); ++i) judge(corpus().cases[i], files_[i]);
    outcome_.pairs = counts_.size();
  }

  [[nodiscard]] const Outcome& outcome() const { return outcome_; }

 private:
  void take(const Finding& finding) {
    ++outcome_.findings;
    ASSERT_TRUE(finding.source.has_value());
    ++counts_[{finding.source->file, finding.detection->id}];
    const auto event = headers_.find({finding.source->file, finding.source->record});
    ASSERT_NE(event, headers_.end());
    const yaml::Node* logsource = finding.detection->document->find("logsource");
    if (logsource != nullptr && corpus().thor->allows(*logsource, event->second)) return;
    ++outcome_.wrong;
    ADD_FAILURE() << finding.detection->title << " is not meant for event " << event->second.event_id << " of "
                  << event->second.channel << " in " << finding.source->file;
  }

  void judge(const Case& known, const std::string& file) {
    ++outcome_.cases;
    const auto found = counts_.find({file, known.rule});
    const int64_t count = found == counts_.end() ? 0 : found->second;
    if (count >= known.wanted) ++outcome_.passed;
    EXPECT_GE(count, known.wanted) << known.rule << " in " << file;
  }

  std::vector<std::string> files_;
  std::map<Place, EventHeader> headers_;
  std::map<std::pair<std::string, std::string>, int64_t> counts_;  // by file and rule
  DiagnosticSink sink_;
  Outcome outcome_;
};

void run(std::string_view title, std::string_view ending) {
  if (!corpus().ready()) GTEST_SKIP() << "no SigmaHQ corpus: set HECATE_SHARED";
  EXPECT_GT(corpus().thor->size(), 80U);
  EXPECT_GT(corpus().rules->detections().size(), 3700U);
  const Outcome outcome = Run(ending).outcome();
  std::cout << title << ": " << outcome.passed << " of " << outcome.cases << " cases, " << outcome.events << " events, "
            << outcome.findings << " findings, " << outcome.pairs << " pairs of file and rule, " << outcome.wrong
            << " for the wrong logsource\n";
  EXPECT_EQ(outcome.passed, outcome.cases);
}

TEST(SigmaRegression, FromJson) { run("JSON", ".json"); }
TEST(SigmaRegression, FromEvtx) { run("EVTX", ".evtx"); }

}  // namespace
}  // namespace hecate::corpus
