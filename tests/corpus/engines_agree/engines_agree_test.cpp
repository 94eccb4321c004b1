// Every published Sigma rule over every record of the bench input: the caches of the stream engine find what the
// slow reference evaluator finds, rule by rule and record by record.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "../public_rules.h"
#include "engine/hunt.h"

namespace hecate::engine {
namespace {

namespace fs = std::filesystem;

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
  const auto archive = corpus::sigmahq_archive();
  const auto events = corpus::find_shared("bench", "windows_host_logs");
  if (!archive || !events) GTEST_SKIP() << "the corpora are not beside the repository";

  const corpus::Unpacked unpacked(*archive);
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
