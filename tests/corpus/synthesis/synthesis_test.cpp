// Splunk's published detections over events that are made of their own filters.
#include "synthesis/synthesis.h"

#include <gtest/gtest.h>

#include <iostream>
#include <map>

#include "../public_rules.h"

namespace hecate::synthesis {
namespace {

TEST(Synthesis, DetectionsFindWhatTheirFiltersAskForAndNoNearMiss) {
  const auto archive = corpus::find_shared("corpora", "escu-2024");
  if (!archive) GTEST_SKIP() << "no ESCU corpus: set HECATE_SHARED";
  const corpus::Unpacked unpacked(*archive);
  SourceMap sources;
  DiagnosticSink sink;
  Result<Catalog> catalog = Catalog::load(HECATE_SOURCE_DIR "/catalogs", sources, sink);
  ASSERT_TRUE(catalog.ok());
  const engine::Ruleset rules(content::load({unpacked.path()}, sources, sink), *catalog, {}, sink);
  const auto database = tail::Database::open({}, sink);
  ASSERT_TRUE(database.ok());
  SynthesisOptions options;
  options.database = database->get();
  size_t all = 0, found = 0, missed = 0;
  std::map<std::string, size_t> troubles;
  // Every third: all of them take minutes; bench/spl runs them.
  for (size_t i = 0; i < rules.detections().size(); i += 3) {
    const engine::CompiledDetection& compiled = *rules.detections()[i];
    if (compiled.detection->path.find("/detections/") == std::string::npos) continue;
    const Synthesis made = synthesise(rules, compiled, options);
    EXPECT_EQ(made.disagreement, "") << compiled.detection->title;
    ++all;
    found += made.events.empty() ? 0 : 1;
    missed += made.near_miss.empty() ? 0 : 1;
    if (made.events.empty()) ++troubles[made.trouble];
  }
  std::cout << found << " of " << all << " find their events, " << missed << " do not find a near miss\n";
  for (const auto& [trouble, count] : troubles) std::cout << "  " << count << "  " << trouble << "\n";
  EXPECT_GE(static_cast<double>(missed), 0.87 * static_cast<double>(all));  // raise it with what can be made
}

}  // namespace
}  // namespace hecate::synthesis
