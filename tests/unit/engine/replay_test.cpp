// A replay of schedules against what it stands for: one run of the program for each time of each schedule.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "engine/hunt.h"
#include "engine/schedules.h"
#include "engine/timetable.h"

namespace hecate::engine {
namespace {

const std::string kScenario = std::string(HECATE_SOURCE_DIR) + "/tests/e2e/replay";
// What one run leaves for the next, and what keeps the next from running, one run alone does not see.
const std::set<std::string, std::less<>> kOneAfterTheOther{"Remembers Deleted Users", "Deleted User Asks",
                                                           "Locked out"};

class ReplayTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto loaded = Catalog::load(std::string(HECATE_SOURCE_DIR) + "/catalogs", sources, sink);
    ASSERT_TRUE(loaded.ok());
    catalog = std::move(*loaded);
    rules = std::make_unique<Ruleset>(content::load({kScenario + "/rules"}, sources, sink), catalog, CompileOptions{},
                                      sink);
    for (const auto& detection : rules->detections()) {
      if (!kOneAfterTheOther.contains(detection->detection->title)) all.push_back(detection.get());
    }
    ASSERT_EQ(all.size(), 6U);
  }

  HuntOptions options(std::vector<const CompiledDetection*> only) const {
    HuntOptions result;
    result.files = {kScenario + "/logs/security.ndjson"};
    result.timezone = "Europe/Berlin";
    result.as_scheduled = true;
    result.only = std::move(only);
    return result;
  }

  void run(const HuntOptions& with, std::multiset<std::string>& into) {
    const HuntReport report = hunt(
        *rules, with,
        [&](const Finding& finding) {
          std::string result;
          for (const ResultField& field : finding.result)
            result += fmt::format(" {}={}", field.name, value_text(field.value.get()));
          const auto time = [](std::optional<Ticks> at) { return at ? format_rfc3339(*at) : "none"; };
          into.insert(fmt::format("{} {} {} {} {}..{} {}{}", finding.detection->title, finding.id, finding.count,
                                  time(finding.scheduled_at), time(finding.first_time), time(finding.last_time),
                                  finding.source ? finding.source->record : 0, result));
        },
        sink);
    EXPECT_EQ(report.failed, 0U);
  }

  SourceMap sources;
  DiagnosticSink sink;
  Catalog catalog;
  std::unique_ptr<Ruleset> rules;
  std::vector<const CompiledDetection*> all;
};

TEST_F(ReplayTest, IsOneRunForEachTime) {
  if (!schedule::TimeZone::find("Europe/Berlin")) GTEST_SKIP() << "no time zone database";
  const Window range{*parse_iso_time("2026-10-25T00:00:00Z"), *parse_iso_time("2026-10-26T02:00:00Z")};
  HuntOptions replayed = options(all);
  replayed.replay = range;
  std::multiset<std::string> at_once;
  run(replayed, at_once);

  std::multiset<std::string> one_by_one;
  const auto zone = *schedule::TimeZone::find("Europe/Berlin");
  size_t runs = 0;
  for (const CompiledDetection* detection : all) {
    const auto& schedule = detection->detection->schedule;
    if (!schedule) {
      HuntOptions one = options({detection});
      one.window = range;
      run(one, one_by_one);
      continue;
    }
    for (int64_t at = *range.from / kTicksPerSecond - 1;;) {
      at = *next_run(*schedule, at, zone);
      if (at * kTicksPerSecond >= *range.until) break;
      HuntOptions one = options({detection});
      one.now = at * kTicksPerSecond;
      run(one, one_by_one);
      ++runs;
    }
  }
  EXPECT_EQ(runs, 26U + 2U + 52U + 5U + 5U);
  EXPECT_EQ(at_once, one_by_one);
  EXPECT_FALSE(at_once.empty());
}

TEST(Timetable, KnowsWhichRunsLookAtATime) {
  const auto window = [](Ticks from, Ticks until) { return Window{from, until}; };
  const Timetable table({{10, window(0, 10)}, {20, window(-100, 20)}, {30, window(20, 30)}, {40, {}}});
  const auto holding = [&](std::optional<Ticks> time) {
    std::string runs;
    table.for_each_holding(time, [&](const ScheduledRun& run) { runs += fmt::format("{} ", run.at); });
    EXPECT_EQ(table.any_holds(time), !runs.empty());
    return runs;
  };
  EXPECT_EQ(holding(5), "10 20 40 ");
  EXPECT_EQ(holding(10), "20 40 ") << "a window ends before its end";
  EXPECT_EQ(holding(-100), "20 40 ");
  EXPECT_EQ(holding(20), "30 40 ");
  EXPECT_EQ(holding(-101), "40 ");
  EXPECT_EQ(holding(std::nullopt), "10 20 30 40 ");
  const Timetable gaps({{10, window(0, 5)}, {20, window(10, 15)}});
  EXPECT_TRUE(gaps.any_holds(4));
  EXPECT_FALSE(gaps.any_holds(5));
  EXPECT_FALSE(gaps.any_holds(9));
  EXPECT_FALSE(gaps.any_holds(15));
}

TEST(Timetable, RefusesAbsurdNumbersOfRuns) {
  content::Schedule every_minute;
  every_minute.cron = "* * * * *";
  const Ticks from = *parse_iso_time("2026-01-01T00:00:00Z");
  DiagnosticSink sink;
  Timetables year({from, from + 365 * kTicksPerDay}, "UTC", sink);
  EXPECT_EQ(year.of(every_minute), nullptr);
  EXPECT_EQ(year.of(every_minute), nullptr);
  ASSERT_EQ(sink.all().size(), 1U) << "once, not for each detection";
  EXPECT_EQ(sink.all().front().code->id, "ENG016");
  Timetables day({from, from + kTicksPerDay}, "UTC", sink);
  EXPECT_EQ(day.of(every_minute)->runs().size(), 1440U);
}

}  // namespace
}  // namespace hecate::engine
