// Searches that overrun: each is stopped and named, and the others go on.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/hunt.h"
#include "exec/tail/codes.h"

namespace hecate::engine {
namespace {

class Limits : public ::testing::Test {
 protected:
  void load(std::string name, std::string search) {
    content::load_text(name + ".spl", std::move(search), content, sources, sink);
  }
  HuntReport run(HuntOptions options) {
    const Catalog catalog;
    const Ruleset rules(std::move(content), catalog, {}, sink);
    for (int i = 0; i < 50; ++i) events += fmt::format("{{\"user\":\"u{}\",\"n\":{}}}\n", i, i);
    options.text = &events;
    return hunt(rules, options, [&](Finding&& finding) { ++findings[finding.detection->title]; }, sink);
  }
  [[nodiscard]] const Diagnostic* reported(const DiagnosticCode& code) const {
    for (const Diagnostic& each : sink.all()) {
      if (each.code == &code) return &each;
    }
    return nullptr;
  }

  SourceMap sources;
  DiagnosticSink sink;
  content::Content content;
  std::string events;
  std::map<std::string, size_t> findings;
};

// 50 events become 50 million rows, each beside all others of its user.
constexpr const char* kEndless =
    "search user=* | eval x=mvrange(0,1000000) | mvexpand x | eventstats avg(x) as mean by user | where x>mean "
    "| stats values(x) as x by user mean";
constexpr const char* kQuick = "search user=u7 | stats count by user";

TEST_F(Limits, ASearchThatTakesTooLongIsStoppedAndNamed) {
  load("endless", kEndless);
  load("quick", kQuick);
  HuntOptions options;
  options.timeout = std::chrono::milliseconds(300);
  const auto start = std::chrono::steady_clock::now();
  const HuntReport report = run(options);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
  EXPECT_EQ(report.failed, 1U);
  const Diagnostic* timeout = reported(tail::kTimeout);
  ASSERT_NE(timeout, nullptr);
  EXPECT_NE(timeout->message.find("endless: stopped after 0.3 s"), std::string::npos) << timeout->message;
  EXPECT_EQ(findings, (std::map<std::string, size_t>{{"quick", 1}}));
}

TEST_F(Limits, ASearchThatNeedsTooMuchMemoryIsStoppedAndNamed) {
  load("greedy",
       "search user=* | eval x=mvrange(0,200000) | mvexpand x | stats values(x) as all | stats values(all) as all");
  load("quick", kQuick);
  HuntOptions options;
  options.memory_limit_bytes = uint64_t{64} << 20;
  const HuntReport report = run(options);
  EXPECT_EQ(report.failed, 1U);
  const Diagnostic* memory = reported(tail::kMemory);
  ASSERT_NE(memory, nullptr) << (sink.all().empty() ? "nothing reported" : sink.all().back().message);
  EXPECT_NE(memory->message.find("greedy: stopped for want of memory"), std::string::npos) << memory->message;
  EXPECT_EQ(findings, (std::map<std::string, size_t>{{"quick", 1}}));
}

/// A sort of more than fits: it goes by way of the disk, and its rows are the same.
TEST_F(Limits, WhatCanBeSpilledIs) {
  load("sorted",
       "search user=* | eval x=mvrange(0,20000) | mvexpand x | eval key=\"k-\".x.\"-\".user | sort 0 - key "
       "| streamstats count as place | where place<=3 | table key place");
  HuntOptions options;
  options.memory_limit_bytes = uint64_t{256} << 20;
  EXPECT_EQ(run(options).failed, 0U) << sink.all().back().message;
  EXPECT_EQ(findings["sorted"], 3U);
}

TEST_F(Limits, WithinThemNothingChanges) {
  load("quick", kQuick);
  HuntOptions options;
  options.timeout = std::chrono::minutes(5);
  options.memory_limit_bytes = uint64_t{1} << 30;
  EXPECT_EQ(run(options).failed, 0U);
  EXPECT_EQ(findings["quick"], 1U);
}

}  // namespace
}  // namespace hecate::engine
