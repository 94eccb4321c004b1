#include <fmt/format.h>

#include <set>

#include "cli/common.h"
#include "engine/pack_tests.h"

namespace hecate::cli {
namespace {

struct TestFlags {
  std::vector<std::string> paths;
  bool quiet = false;
  PipelineOptions pipelines;
  CacheOptions cache;
};

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
  size_t failed = 0;
  std::set<std::string> tested;
  for (const content::TestCase& test : rules.content().tests) {
    DiagnosticSink own;  // what a passing test's events cause (a dropped by-field, a bad record) is no news
    const engine::TestResult result = engine::run_test(rules, test, database ? database->get() : nullptr, own);
    for (const content::Expectation& expectation : test.expectations) tested.insert(expectation.detection);
    if (!result.failures.empty()) ++failed;
    if (result.failures.empty() && flags.quiet) continue;
    fmt::print("{}  {}\n", result.failures.empty() ? "ok  " : "FAIL", test.name);
    const Position at = sources.position(test.span.file, test.span.begin);
    for (const std::string& failure : result.failures) fmt::print("      {}:{}: {}\n", test.path, at.line, failure);
    if (!result.failures.empty()) DiagnosticPrinter(sources, own).flush();
  }
  for (const auto& compiled : rules.detections()) {
    if (!tested.contains(compiled->detection->id))
      fmt::print("none  {} ({}) has no test\n", compiled->detection->title, compiled->detection->id);
  }
  printer.flush();
  const size_t total = rules.content().tests.size();
  fmt::print("{} passed, {} failed\n", total - failed, failed);
  if (total == 0) {
    fmt::print(stderr, "hecate: there is no test in {}\n", fmt::join(flags.paths, ", "));
    return kUsage;
  }
  return failed > 0 || sink.errors() > 0 ? kFindings : kRan;
}

}  // namespace

Command add_test(CLI::App& root) {
  auto flags = std::make_shared<TestFlags>();
  CLI::App* app = root.add_subcommand("test", "Run the tests that content brings along");
  app->add_option("PATH", flags->paths, "Packs: files or folders of content with tests")->required();
  app->add_flag("-q,--quiet", flags->quiet, "Print failures and the total only");
  flags->pipelines.add_to(*app);
  flags->cache.add_to(*app);
  app->footer("Examples:\n  hecate test content/\n  hecate test content/persistence_via_cron_files\n");
  return {app, [flags] { return run_tests(*flags); }};
}

}  // namespace hecate::cli
