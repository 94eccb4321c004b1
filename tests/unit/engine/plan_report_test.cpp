// What `explain --plan` says of how content runs.
#include "engine/plan_report.h"

#include <gtest/gtest.h>

namespace hecate::engine {
namespace {

class PlanReport : public ::testing::Test {
 protected:
  void SetUp() override {
    Result<Catalog> loaded = Catalog::load(HECATE_SOURCE_DIR "/catalogs", sources, sink);
    ASSERT_TRUE(loaded);
    catalog.emplace(std::move(*loaded));
  }
  void load(std::string name, std::string text) {
    content::load_text(std::move(name), std::move(text), content, sources, sink);
  }
  const Ruleset& compiled() {
    if (!rules) rules.emplace(std::move(content), *catalog, CompileOptions{}, sink);
    return *rules;
  }
  std::string plan_of(size_t detection) { return describe_plan(compiled(), *compiled().detections()[detection], sink); }
  std::string load_report() {
    std::vector<const CompiledDetection*> all;
    for (const auto& each : compiled().detections()) all.push_back(each.get());
    return describe_load(compiled(), all);
  }
  static bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

  SourceMap sources;
  DiagnosticSink sink;
  content::Content content;
  std::optional<Catalog> catalog;
  std::optional<Ruleset> rules;
};

constexpr const char* kSigma =
    "title: Whoami\nid: 4b1a6f0e-9b6e-4f0c-8a5f-0f3b0a0c2d11\nstatus: test\nlogsource:\n  category: process_creation\n"
    "  product: windows\ndetection:\n  selection:\n    CommandLine|contains: ' /priv'\n  condition: selection\n"
    "level: low\n";

TEST_F(PlanReport, AGateIsALiteralThatMustStandInAField) {
  load("whoami.yml", kSigma);
  const std::string plan = plan_of(0);
  EXPECT_TRUE(holds(plan, "head over sigma(product=windows category=process_creation")) << plan;
  EXPECT_TRUE(holds(plan, "windows_sysmon.process_create")) << plan;
  EXPECT_TRUE(holds(plan, "gate    CommandLine contains ` /priv`")) << plan;
  EXPECT_TRUE(holds(plan, "no tail: each event that the head lets through is a finding")) << plan;
  EXPECT_FALSE(holds(plan, "sysmon_linux")) << "no record of another product\n" << plan;
}

TEST_F(PlanReport, WhatDependsOnTheRunIsSaidWithTheReason) {
  load("late.kql", "DeviceProcessEvents | where Timestamp > ago(1h) | where FileName =~ 'x.exe' | count");
  const std::string plan = plan_of(0);
  EXPECT_TRUE(holds(plan, "undecided here, for kql.ago depends on the run")) << plan;
  EXPECT_TRUE(holds(plan, "tail: what needs more than one event")) << plan;
  EXPECT_TRUE(holds(plan, "SELECT")) << plan;
}

TEST_F(PlanReport, ARuleWithoutALiteralIsAskedOfEachEvent) {
  load("long.kql", "DeviceProcessEvents | where strlen(ProcessCommandLine) > 2000");
  EXPECT_TRUE(holds(plan_of(0), "gate    none: it is asked of each of these events")) << plan_of(0);
}

TEST_F(PlanReport, EqualAtomsOfTwoLanguagesAreOne) {
  load("whoami.yml", kSigma);
  load("whoami.kql", "DeviceProcessEvents | where ProcessCommandLine contains ' /priv'");
  const std::string report = load_report();
  const size_t at = report.find("windows_sysmon.process_create ");
  ASSERT_NE(at, std::string::npos) << report;
  std::istringstream line(report.substr(at, report.find('\n', at) - at));
  std::string name;
  size_t of_rules = 0, ungated = 0, fields = 0, atoms = 0, different = 0, shared = 0, languages = 0;
  line >> name >> of_rules >> ungated >> fields >> atoms >> different >> shared >> languages;
  EXPECT_EQ(of_rules, 2u);
  EXPECT_EQ(ungated, 0u);
  EXPECT_EQ(atoms, different + 1) << "one is both rules'";
  EXPECT_EQ(shared, 1u);
  EXPECT_EQ(languages, 1u);
}

}  // namespace
}  // namespace hecate::engine
