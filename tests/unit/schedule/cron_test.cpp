// Splunk, Alerting Manual, "Use cron expressions for alert scheduling"; crontab(5) and cron(8) for the rest.
#include "schedule/cron.h"

#include <gtest/gtest.h>

#include "base/time.h"

namespace hecate::schedule {
namespace {

int64_t seconds(std::string_view text) { return *parse_iso_time(text) / kTicksPerSecond; }

std::string next(std::string_view cron, std::string_view after, const TimeZone& zone = {}) {
  Cron::Problem problem;
  const auto parsed = Cron::parse(cron, problem);
  if (!parsed) return problem.message;
  const auto instant = parsed->next(seconds(after), zone);
  return instant ? format_rfc3339(*instant * kTicksPerSecond) : "never";
}

/// The hours of a day at which a field asks for a run.
std::string hours(std::string_view field) {
  Cron::Problem problem;
  const auto cron = Cron::parse("0 " + std::string(field) + " * * *", problem);
  std::string out;
  int64_t at = seconds("2026-01-01T00:00:00Z") - 1;
  while (cron && (at = *cron->next(at, {})) < seconds("2026-01-02T00:00:00Z"))
    out += (out.empty() ? "" : ",") + std::to_string(civil_time(at * kTicksPerSecond).hour);
  return cron ? out : problem.message;
}

TEST(Cron, TheFormatsOfSplunksTable) {
  EXPECT_EQ(hours("9"), "9");
  EXPECT_EQ(hours("9,15"), "9,15");
  EXPECT_EQ(hours("9-17"), "9,10,11,12,13,14,15,16,17");
  EXPECT_EQ(hours("*/3"), "0,3,6,9,12,15,18,21");
  EXPECT_EQ(hours("9-12,15-17"), "9,10,11,12,15,16,17");
  EXPECT_EQ(hours("9-12/2"), "9,11");
  EXPECT_EQ(hours("9-12,15-17/2"), "9,11,15,17") << "the step is one of all ranges";
}

TEST(Cron, IsStrictlyAfter) {
  EXPECT_EQ(next("0 * * * *", "2026-11-23T06:00:00Z"), "2026-11-23T07:00:00Z");
  EXPECT_EQ(next("0 * * * *", "2026-11-23T05:59:59Z"), "2026-11-23T06:00:00Z");
  EXPECT_EQ(next("10 0 * * *", "2026-12-31T23:59:00Z"), "2027-01-01T00:10:00Z");
}

TEST(Cron, AllRunsOfASpanAreThoseOneAfterTheOther) {
  const auto berlin = TimeZone::find("Europe/Berlin");
  if (!berlin) GTEST_SKIP() << "no time zone database";
  for (const std::string_view text : {"*/7 * * * *", "30 2 * * *", "15,45 2 * * *", "0 */6 * * sun", "0 0 31 2 *"}) {
    for (const std::string_view day : {"2026-03-28T12:30:00Z", "2026-10-24T12:30:00Z", "2026-07-01T00:00:00Z"}) {
      Cron::Problem problem;
      const auto cron = Cron::parse(text, problem);
      const int64_t from = seconds(day), until = from + 2 * 86'400;
      std::vector<int64_t> one_by_one;
      for (auto at = cron->next(from - 1, *berlin); at && *at < until; at = cron->next(*at, *berlin))
        one_by_one.push_back(*at);
      EXPECT_EQ(cron->runs(from, until, *berlin, 1'000), one_by_one) << text << " " << day;
    }
  }
  Cron::Problem problem;
  EXPECT_EQ(Cron::parse("* * * * *", problem)->runs(0, 1'000'000'000, {}, 5).size(), 5U);
}

TEST(Cron, NamesAndMacros) {
  EXPECT_EQ(next("30 8 * * Mon-FRI", "2026-11-20T09:00:00Z"), "2026-11-23T08:30:00Z");
  EXPECT_EQ(next("0 0 1 jan *", "2026-11-20T09:00:00Z"), "2027-01-01T00:00:00Z");
  EXPECT_EQ(next("0 0 * * 7", "2026-11-20T09:00:00Z"), "2026-11-22T00:00:00Z") << "Sunday is 0 and 7";
  EXPECT_EQ(next("@weekly", "2026-11-20T09:00:00Z"), "2026-11-22T00:00:00Z");
  EXPECT_EQ(next("@hourly", "2026-11-20T09:00:00Z"), "2026-11-20T10:00:00Z");
  EXPECT_EQ(next("@yearly", "2026-11-20T09:00:00Z"), "2027-01-01T00:00:00Z");
}

TEST(Cron, OneOfTwoDaysIsEnough) {
  EXPECT_EQ(next("15 2 1,15 * 1", "2026-11-10T00:00:00Z"), "2026-11-15T02:15:00Z");
  EXPECT_EQ(next("15 2 1,15 * 1", "2026-11-15T03:00:00Z"), "2026-11-16T02:15:00Z") << "a Monday";
  EXPECT_EQ(next("0 0 13 * *", "2026-11-14T00:00:00Z"), "2026-12-13T00:00:00Z");
}

TEST(Cron, RareDays) {
  EXPECT_EQ(next("0 0 29 2 *", "2026-11-14T00:00:00Z"), "2028-02-29T00:00:00Z");
  EXPECT_EQ(next("0 0 31 2 *", "2026-11-14T00:00:00Z"), "never");
}

TEST(Cron, SaysWhatIsWrongAndWhere) {
  const auto problem_of = [](std::string_view text) {
    Cron::Problem problem;
    EXPECT_FALSE(Cron::parse(text, problem)) << text;
    return problem.message + " in `" + std::string(text.substr(problem.begin, problem.end - problem.begin)) + "`";
  };
  EXPECT_EQ(problem_of("0 * * *"), "a cron expression has 5 fields, and this has 4 in `0 * * *`");
  EXPECT_EQ(problem_of("0 24 * * *"), "24 is out of range: the hour is 0 to 23 in `24`");
  EXPECT_EQ(problem_of("0 0 0 * *"), "0 is out of range: the day of month is 1 to 31 in `0`");
  EXPECT_EQ(problem_of("*/0 * * * *"), "`0` is no step: it is a whole number above 0 in `*/0`");
  EXPECT_EQ(problem_of("0 9-5 * * *"), "`9-5` is a range that ends before it begins in `9-5`");
  EXPECT_EQ(problem_of("0 0 * foo *"), "`foo` is no month in `foo`");
  EXPECT_EQ(problem_of("0 1,,2 * * *"), "`` is no hour in `1,,2`");
  EXPECT_EQ(problem_of("@often"), "there is no `@often` in `@often`");
  EXPECT_EQ(problem_of(""), "a cron expression has 5 fields, and this has 0 in ``");
}

/// Berlin's clocks go from 2:00 to 3:00 on 2026-03-29 (1:00 UTC) and from 3:00 to 2:00 on 2026-10-25 (1:00 UTC).
class SummerTime : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto found = TimeZone::find("Europe/Berlin");
    if (!found) GTEST_SKIP() << "no time zone database on this machine";
    berlin = *found;
  }
  TimeZone berlin;
};

TEST_F(SummerTime, ARunAtATimeThatClocksSkipIsMadeThereafter) {
  EXPECT_EQ(next("30 2 * * *", "2026-03-28T12:00:00Z", berlin), "2026-03-29T01:00:00Z");
  EXPECT_EQ(next("30 2 * * *", "2026-03-29T01:00:00Z", berlin), "2026-03-30T00:30:00Z");
}

TEST_F(SummerTime, ARunAtATimeThatClocksShowTwiceIsMadeOnce) {
  EXPECT_EQ(next("30 2 * * *", "2026-10-24T12:00:00Z", berlin), "2026-10-25T00:30:00Z");
  EXPECT_EQ(next("30 2 * * *", "2026-10-25T00:30:00Z", berlin), "2026-10-26T01:30:00Z");
}

TEST_F(SummerTime, RunsOfEveryHourGoOn) {
  EXPECT_EQ(next("0 * * * *", "2026-03-29T00:00:00Z", berlin), "2026-03-29T01:00:00Z");
  EXPECT_EQ(next("0 * * * *", "2026-10-25T00:00:00Z", berlin), "2026-10-25T01:00:00Z") << "2:00 for the second time";
  EXPECT_EQ(next("*/30 2 * * *", "2026-10-25T00:30:00Z", berlin), "2026-10-25T01:00:00Z");
}

TEST_F(SummerTime, OffsetsAreAsTheClocksShowThem) {
  EXPECT_EQ(next("0 9 * * *", "2026-07-01T00:00:00Z", berlin), "2026-07-01T07:00:00Z");
  EXPECT_EQ(next("0 9 * * *", "2026-12-01T00:00:00Z", berlin), "2026-12-01T08:00:00Z");
  EXPECT_EQ(next("0 9 * * *", "2060-07-01T00:00:00Z", berlin), "2060-07-01T07:00:00Z")
      << "by the rule, beyond the list";
}

}  // namespace
}  // namespace hecate::schedule
