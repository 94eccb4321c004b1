#include "schedule/time_zone.h"

#include <gtest/gtest.h>

#include "base/time.h"

namespace hecate::schedule {
namespace {

int64_t seconds(std::string_view text) { return *parse_iso_time(text) / kTicksPerSecond; }

/// A file of the time zone database without changes, and with a rule for what comes after (RFC 8536, section 3).
std::string file_with(std::string rule) {
  const auto block = [] {
    std::string out = "TZif2" + std::string(15, '\0');
    for (const char count : {'\0', '\0', '\0', '\0', '\1', '\4'}) out += std::string(3, '\0') + count;
    return out + std::string(6, '\0') + std::string("UTC\0", 4);
  };
  return block() + block() + "\n" + rule + "\n";
}

TEST(TimeZone, Offsets) {
  EXPECT_EQ(TimeZone::find("UTC")->offset_at(0), 0);
  EXPECT_EQ(TimeZone::find("+02:00")->offset_at(0), 7'200);
  EXPECT_EQ(TimeZone::find("-05:30")->offset_at(1'000'000'000), -19'800);
  EXPECT_FALSE(TimeZone::find("../../etc/passwd"));
  EXPECT_FALSE(TimeZone::find("/etc/localtime"));
  EXPECT_FALSE(TimeZone::find("Nowhere/Town"));
  EXPECT_FALSE(TimeZone::find(""));
  EXPECT_FALSE(TimeZone::find("America")) << "a folder of zones";
}

TEST(TimeZone, RulesOfTheNorth) {
  const auto zone = TimeZone::read(file_with("CET-1CEST,M3.5.0,M10.5.0/3"));
  ASSERT_TRUE(zone);
  EXPECT_EQ(zone->offset_at(seconds("2026-03-29T00:59:59Z")), 3'600);
  EXPECT_EQ(zone->offset_at(seconds("2026-03-29T01:00:00Z")), 7'200);
  EXPECT_EQ(zone->offset_at(seconds("2026-10-25T00:59:59Z")), 7'200);
  EXPECT_EQ(zone->offset_at(seconds("2026-10-25T01:00:00Z")), 3'600);
}

TEST(TimeZone, RulesOfTheSouth) {
  const auto zone = TimeZone::read(file_with("AEST-10AEDT,M10.1.0,M4.1.0/3"));
  ASSERT_TRUE(zone);
  EXPECT_EQ(zone->offset_at(seconds("2026-01-01T00:00:00Z")), 39'600);
  EXPECT_EQ(zone->offset_at(seconds("2026-07-01T00:00:00Z")), 36'000);
}

TEST(TimeZone, LocalTimes) {
  const auto zone = TimeZone::read(file_with("EST5EDT,M3.2.0,M11.1.0"));
  ASSERT_TRUE(zone);
  EXPECT_EQ(zone->instants(seconds("2026-07-01T12:00:00Z")), (std::vector<int64_t>{seconds("2026-07-01T16:00:00Z")}));
  EXPECT_TRUE(zone->instants(seconds("2026-03-08T02:30:00Z")).empty()) << "skipped";
  EXPECT_EQ(zone->end_of_gap(seconds("2026-03-08T02:30:00Z")), seconds("2026-03-08T07:00:00Z"));
  EXPECT_EQ(zone->instants(seconds("2026-11-01T01:30:00Z")),
            (std::vector<int64_t>{seconds("2026-11-01T05:30:00Z"), seconds("2026-11-01T06:30:00Z")}));
}

TEST(TimeZone, DamagedFilesAreNone) {
  const std::string file = file_with("CET-1CEST,M3.5.0,M10.5.0/3");
  for (size_t size = 0; size < file.size() - 30; ++size) EXPECT_FALSE(TimeZone::read(file.substr(0, size))) << size;
  for (const char* rule : {"", "x", "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.5", "CET--1"}) {
    const auto zone = TimeZone::read(file_with(rule));
    ASSERT_TRUE(zone) << rule;
    EXPECT_EQ(zone->offset_at(0), 0) << rule;
  }
}

}  // namespace
}  // namespace hecate::schedule
