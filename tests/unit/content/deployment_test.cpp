// ESCU's deployments/ (until 2026) and schedules/ (since), as contentctl applies them.
#include "support.h"

namespace hecate::content {
namespace {

using namespace test;

constexpr std::string_view kTtp = R"(name: A TTP
id: 1
type: TTP
search: search a=1
tags: {analytic_story: [Ransomware]}
)";
constexpr std::string_view kBaseline = R"(name: A baseline
id: 2
type: Baseline
search: search a=1
)";

std::string cron_of(const Loaded& loaded, size_t detection = 0) {
  const auto& schedule = loaded.content.detections.at(detection).schedule;
  return schedule ? fmt::format("{} {} {} {}", schedule->cron, schedule->earliest, schedule->latest, schedule->window)
                  : "none";
}

TEST(Deployments, AreForAType) {
  const Loaded loaded(fmt::format(R"({}---
{}---
name: ESCU Default Configuration TTP
id: b81cd059
scheduling: {{cron_schedule: 0 * * * *, earliest_time: -70m@m, latest_time: -10m@m, schedule_window: auto}}
alert_action:
  notable: {{rule_title: '%name%'}}
  rba: {{enabled: true}}
type: TTP
---
name: ESCU Default Configuration Baseline
scheduling: {{cron_schedule: 10 0 * * *, earliest_time: -1450m@m, latest_time: -10m@m, schedule_window: auto}}
type: Baseline
)",
                                  kTtp, kBaseline));
  EXPECT_EQ(loaded.codes(), "");
  EXPECT_EQ(cron_of(loaded, 0), "0 * * * * -70m@m -10m@m auto");
  EXPECT_EQ(cron_of(loaded, 1), "10 0 * * * -1450m@m -10m@m auto");
  const Deployment& of_ttp = loaded.content.deployments.at(*loaded.detection().deployment);
  EXPECT_TRUE(of_ttp.risk);
  EXPECT_TRUE(of_ttp.notable);
  const Deployment& of_baseline = loaded.content.deployments.at(*loaded.content.detections[1].deployment);
  EXPECT_FALSE(of_baseline.risk);
  EXPECT_FALSE(of_baseline.notable);
}

TEST(Deployments, OfAStoryGoBeforeThoseOfAType) {
  const Loaded loaded(fmt::format(R"({}---
name: By type
scheduling: {{cron_schedule: 0 * * * *}}
type: TTP
---
name: By story
scheduling: {{cron_schedule: '*/5 * * * *'}}
tags: {{analytic_story: [Ransomware]}}
)",
                                  kTtp));
  EXPECT_EQ(cron_of(loaded), "*/5 * * * *   ");
}

TEST(Deployments, ADetectionsOwnGoesBeforeAll) {
  const Loaded loaded(fmt::format(R"({}deployment:
  scheduling: {{cron_schedule: 0 2 * * 0, earliest_time: -90d@d, latest_time: -1d@d}}
---
name: By type
scheduling: {{cron_schedule: 0 * * * *}}
type: TTP
)",
                                  kTtp));
  EXPECT_EQ(cron_of(loaded), "0 2 * * 0 -90d@d -1d@d ");
}

TEST(Schedules, OfTheirNames) {
  const Loaded loaded(fmt::format(R"({}---
{}---
name: Default EventBasedDetection
cron_schedule: 0 * * * *
earliest_time: -70m@m
latest_time: -10m@m
schedule_window: auto
---
name: Default Baseline
cron_schedule: 10 0 * * *
---
name: Every minute
cron_schedule: '* * * * *'
)",
                                  kTtp, kBaseline));
  EXPECT_EQ(loaded.codes(), "");
  EXPECT_EQ(cron_of(loaded, 0), "0 * * * * -70m@m -10m@m auto");
  EXPECT_EQ(cron_of(loaded, 1), "10 0 * * *   ");
}

TEST(Schedules, AreAskedForByName) {
  const std::string schedule = "---\nname: Every minute\ncron_schedule: '* * * * *'\n";
  const Loaded found(fmt::format("{}custom_schedule: Every minute\n{}", kTtp, schedule));
  EXPECT_EQ(found.codes(), "");
  EXPECT_EQ(cron_of(found), "* * * * *   ");
  const Loaded missing(fmt::format("{}custom_schedule: Every minutes\n{}", kTtp, schedule));
  EXPECT_EQ(missing.codes(), "CNT025 6:18");
  EXPECT_EQ(missing.hint(), "did you mean `Every minute`?");
}

TEST(Deployments, Mistakes) {
  EXPECT_EQ(Loaded("name: A\nscheduling: {earliest_time: -1h}\ntype: TTP\n").codes(), "CNT003 2:13");
  EXPECT_EQ(Loaded("name: A\nscheduling: {cron_schedule: 0 * * * *}\ntype: TTP\n---\n"
                   "name: B\nscheduling: {cron_schedule: 1 * * * *}\ntype: TTP\n")
                .codes(),
            "CNT026 5:1");
}

}  // namespace
}  // namespace hecate::content
