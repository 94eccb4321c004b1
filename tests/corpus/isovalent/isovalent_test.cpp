// Isovalent's detections as published, over events that each must find and events that come near.
#include <gtest/gtest.h>

#include <set>

#include "../public_rules.h"
#include "engine/pack_tests.h"

namespace hecate::engine {
namespace {

TEST(Isovalent, EveryDetectionFindsItsPositivesAndNoNearMiss) {
  const auto published = corpus::find_shared("corpora", "isovalent");
  if (!published) GTEST_SKIP() << "no Isovalent detections: set HECATE_SHARED";
  SourceMap sources;
  DiagnosticSink sink;
  const Result<Catalog> catalog = Catalog::load(HECATE_SOURCE_DIR "/catalogs", sources, sink);
  ASSERT_TRUE(catalog.ok());
  const std::vector<std::string> paths{*published / "detections", *published / "macros",
                                       HECATE_SOURCE_DIR "/tests/corpus/isovalent/detections.yml"};
  const Ruleset rules(content::load(paths, sources, sink), *catalog, {}, sink);
  EXPECT_TRUE(rules.refused().empty());
  std::map<std::string, std::pair<int, int>> tested;  // positives, near misses
  for (const content::TestCase& test : rules.content().tests) {
    DiagnosticSink own;
    const TestResult result = run_test(rules, test, nullptr, own);
    for (const std::string& failure : result.failures) ADD_FAILURE() << test.name << ": " << failure;
    for (const content::Expectation& expectation : test.expectations) {
      auto& [positives, near_misses] = tested[expectation.detection];
      ++(expectation.findings > 0 ? positives : near_misses);
    }
  }
  for (const auto& compiled : rules.detections()) {
    const auto& [positives, near_misses] = tested[compiled->detection->id];
    EXPECT_GT(positives, 0) << compiled->detection->title;
    EXPECT_GT(near_misses, 0) << compiled->detection->title;
  }
}

}  // namespace
}  // namespace hecate::engine
