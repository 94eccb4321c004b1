#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cli/common.h"
#include "engine/attack_data_tests.h"

namespace hecate::cli {
namespace {

struct TestFlags {
  std::vector<std::string> paths;
  std::string datasets;
  bool quiet = false;
  PipelineOptions pipelines;
  CacheOptions cache;
};

/// Prints results as they come, and counts them.
class TestRun {
 public:
  TestRun(const TestFlags& flags, const SourceMap& sources) : flags_(flags), sources_(sources) {}

  void report(const std::string& name, const std::string& path, Span span, const engine::TestResult& result,
              const DiagnosticSink& own) {
    ++total_;
    if (!result.skipped.empty()) {
      ++skipped_;
      if (!flags_.quiet) fmt::print("skip  {}\n      {}\n", name, result.skipped);
      return;
    }
    const bool passed = result.failures.empty();
    if (!passed) ++failed_;
    if (passed && flags_.quiet) return;
    fmt::print("{}  {}\n", passed ? "ok  " : "FAIL", name);
    const Position at = sources_.position(span.file, span.begin);
    for (const std::string& failure : result.failures) fmt::print("      {}:{}: {}\n", path, at.line, failure);
    if (!passed) DiagnosticPrinter(sources_, own).flush();
  }
  void print_total() const {
    fmt::print("{} passed, {} failed", total_ - failed_ - skipped_, failed_);
    if (skipped_ > 0) fmt::print(", {} skipped", skipped_);
    fmt::print("\n");
  }
  [[nodiscard]] size_t total() const { return total_; }
  [[nodiscard]] size_t failed() const { return failed_; }

 private:
  const TestFlags& flags_;
  const SourceMap& sources_;
  size_t total_ = 0, failed_ = 0, skipped_ = 0;
};

const std::string& title_of(const engine::Ruleset& rules, const std::string& id) {
  const auto& all = rules.content().detections;
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& detection) { return detection.id == id; });
  return found == all.end() ? id : found->title;
}

ExitCode run_tests(const TestFlags& flags) {
  SourceMap sources;
  DiagnosticSink sink;
  DiagnosticPrinter printer(sources, sink);
  const std::optional<Catalog> catalog = load_catalog(sources, sink);
  if (!catalog) {
    printer.flush();
    return kUsage;
  }
  const std::unique_ptr<content::RuleCache> cache = flags.cache.open();
  std::optional<sigma::Pipelines> pipelines = flags.pipelines.load(sources, sink, cache.get());
  if (!pipelines) {
    printer.flush();
    return kUsage;
  }
  engine::CompileOptions compile;
  compile.pipelines = std::move(*pipelines);
  compile.rule_cache = cache.get();
  const engine::Ruleset rules(content::load(flags.paths, sources, sink, cache.get()), *catalog, compile, sink);
  if (cache) cache->save();
  printer.flush();
  if (sink.errors() > 0) fmt::print(stderr, "hecate: the content has {} error(s)\n", sink.errors());
  const auto database = tail::Database::open({}, sink);
  TestRun run(flags, sources);
  tail::Database* shared = database ? database->get() : nullptr;
  std::set<std::string> tested;
  for (const content::TestCase& test : rules.content().tests) {
    DiagnosticSink own;  // what a passing test's events cause (a dropped by-field, a bad record) is no news
    run.report(test.name, test.path, test.span, engine::run_test(rules, test, shared, own), own);
    for (const content::Expectation& expectation : test.expectations) tested.insert(expectation.detection);
  }
  for (const content::AttackDataTest& test : rules.content().attack_data_tests) {
    DiagnosticSink own;
    const std::string name = fmt::format("{}: {}", title_of(rules, test.detection), test.name);
    run.report(name, test.path, test.span, engine::run_attack_data_test(rules, test, flags.datasets, shared, own), own);
    tested.insert(test.detection);
  }
  for (const auto& compiled : rules.detections()) {
    if (!tested.contains(compiled->detection->id))
      fmt::print("none  {} ({}) has no test\n", compiled->detection->title, compiled->detection->id);
  }
  printer.flush();
  run.print_total();
  if (run.total() == 0) {
    fmt::print(stderr, "hecate: there is no test in {}\n", fmt::join(flags.paths, ", "));
    return kUsage;
  }
  return run.failed() > 0 || sink.errors() > 0 ? kFindings : kRan;
}

}  // namespace

Command add_test(CLI::App& root) {
  auto flags = std::make_shared<TestFlags>();
  CLI::App* app = root.add_subcommand("test", "Run the tests that content brings along");
  app->add_option("PATH", flags->paths, "Packs: files or folders of content with tests")->required();
  app->add_flag("-q,--quiet", flags->quiet, "Print failures and the total only");
  app->add_option("--datasets", flags->datasets,
                  "A folder with the datasets that tests of ESCU detections replay, laid out as in attack_data")
      ->type_name("DIR");
  flags->pipelines.add_to(*app);
  flags->cache.add_to(*app);
  app->footer("Examples:\n  hecate test content/\n  hecate test content/persistence_via_cron_files\n");
  return {app, [flags] { return run_tests(*flags); }};
}

}  // namespace hecate::cli
