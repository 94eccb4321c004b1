#include "base/time.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace hecate {
namespace {

constexpr Ticks kSecond = kTicksPerSecond;

struct ParseCase {
  std::string_view text;
  Ticks ticks;
};

TEST(IsoTime, IsRead) {
  const ParseCase cases[] = {
      {"1970-01-01T00:00:00Z", 0},
      {"1970-01-01", 0},
      {"1970-01-02", kTicksPerDay},
      {"1970-01-01 00:00:01", kSecond},
      {"1970-01-01t00:00:01z", kSecond},
      {"1970-01-01T00:01Z", 60 * kSecond},
      {"1969-12-31T23:59:59Z", -kSecond},
      {"1969-12-31T23:59:59.5Z", -kSecond / 2},
      {"2000-02-29T00:00:00Z", 951'782'400 * kSecond},  // 2000 is a leap year, 1900 is none
      {"2024-02-29T12:00:00Z", 1'709'208'000 * kSecond},
      {"2022-08-09T10:42:47.749450000Z", 1'660'041'767 * kSecond + 7'494'500},
      {"1970-01-01T00:00:00.0000001Z", 1},
      {"1970-01-01T00:00:00.00000019Z", 1},  // cut, not rounded
      {"1970-01-01T00:00:00.99999999999999999999999Z", kSecond - 1},
      {"1970-01-01T00:00:00,5Z", kSecond / 2},
      {"1970-01-01T02:00:00+02:00", 0},
      {"1970-01-01T02:00:00+0200", 0},
      {"1970-01-01T02:00:00+02", 0},
      {"1969-12-31T18:30:00-05:30", 0},
      {"2016-12-31T23:59:60Z", 1'483'228'800 * kSecond},  // a leap second is the next minute's first
      {"0001-01-01T00:00:00Z", -62'135'596'800 * kSecond},
      {"9999-12-31T23:59:59.9999999Z", 253'402'300'799 * kSecond + 9'999'999},
  };
  for (const ParseCase& c : cases) EXPECT_EQ(parse_iso_time(c.text), c.ticks) << c.text;
}

TEST(IsoTime, NonsenseIsRefused) {
  for (const std::string_view text : {"",
                                      "x",
                                      "1970",
                                      "1970-01",
                                      "1970-1-1",
                                      "1970-13-01",
                                      "1970-00-01",
                                      "1970-01-00",
                                      "1970-01-32",
                                      "1900-02-29",
                                      "2023-02-29",
                                      "2023-04-31",
                                      "1970-01-01T",
                                      "1970-01-01T24:00:00Z",
                                      "1970-01-01T00:60:00Z",
                                      "1970-01-01T00:00:61Z",
                                      "1970-01-01T00:00:00.",
                                      "1970-01-01T00:00:00.Z",
                                      "1970-01-01T00:00:00+",
                                      "1970-01-01T00:00:00+2",
                                      "1970-01-01T00:00:00+24:00",
                                      "1970-01-01T00:00:00+02:60",
                                      "1970-01-01T00:00:00Zx",
                                      "1970-01-01T00:00:00 Z",
                                      " 1970-01-01",
                                      "1970-01-01 ",
                                      "+970-01-01",
                                      "1970/01/01",
                                      "1970-01-01X00:00:00"}) {
    EXPECT_EQ(parse_iso_time(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_iso_time(std::string_view("1970-01-01\0", 11)), std::nullopt);
}

TEST(EpochTime, IsRead) {
  const ParseCase cases[] = {
      {"0", 0},
      {"1", kSecond},
      {"-1", -kSecond},
      {"-0.5", -kSecond / 2},
      {"1755204167.459945", 17'552'041'674'599'450},
      {"1.00000019", kSecond + 1},
      {"900000000000", 900'000'000'000 * kSecond},
  };
  for (const ParseCase& c : cases) EXPECT_EQ(parse_epoch_time(c.text), c.ticks) << c.text;
  for (const std::string_view text :
       {"", "-", ".5", "1.", "1e5", "+1", " 1", "1 ", "1x", "0x10", "900000000001", "99999999999999999999999", "nan"}) {
    EXPECT_EQ(parse_epoch_time(text), std::nullopt) << text;
  }
}

TEST(EpochSeconds, RoundToTicks) {
  EXPECT_EQ(ticks_from_epoch_seconds(0.5), kSecond / 2);
  EXPECT_EQ(ticks_from_epoch_seconds(-0.25), -kSecond / 4);
  EXPECT_EQ(ticks_from_epoch_seconds(-1.75), -17'500'000);
  EXPECT_EQ(ticks_from_epoch_seconds(std::numeric_limits<double>::quiet_NaN()), std::nullopt);
  EXPECT_EQ(ticks_from_epoch_seconds(std::numeric_limits<double>::infinity()), std::nullopt);
  EXPECT_EQ(ticks_from_epoch_seconds(1e18), std::nullopt);
  EXPECT_DOUBLE_EQ(epoch_seconds(17'552'041'674'599'450), 1755204167.459945);
  EXPECT_DOUBLE_EQ(epoch_seconds(-kSecond / 2), -0.5);
}

TEST(Rfc3339, CutsTrailingZeros) {
  EXPECT_EQ(format_rfc3339(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(format_rfc3339(1), "1970-01-01T00:00:00.0000001Z");
  EXPECT_EQ(format_rfc3339(kSecond / 2), "1970-01-01T00:00:00.5Z");
  EXPECT_EQ(format_rfc3339(-1), "1969-12-31T23:59:59.9999999Z");
  EXPECT_EQ(format_rfc3339(1'660'041'767 * kSecond + 7'494'500), "2022-08-09T10:42:47.74945Z");
}

TEST(Rfc3339, RoundTripsOverKustosYears) {
  std::mt19937_64 random(20220809);
  std::uniform_int_distribution<Ticks> any(-62'135'596'800 * kSecond, 253'402'300'800 * kSecond - 1);
  for (int i = 0; i < 20'000; ++i) {
    const Ticks ticks = any(random);
    ASSERT_EQ(parse_iso_time(format_rfc3339(ticks)), ticks) << format_rfc3339(ticks);
    const CivilTime t = civil_time(ticks);
    ASSERT_EQ(ticks_from_civil(t.year, t.month, t.day, t.hour, t.minute, t.second) + t.fraction, ticks);
  }
}

TEST(CivilTime, KnowsWeekdaysAndDaysOfTheYear) {
  EXPECT_EQ(civil_time(0).weekday, 4) << "1970-01-01 was a Thursday";
  EXPECT_EQ(civil_time(-kTicksPerDay).weekday, 3);
  EXPECT_EQ(civil_time(3 * kTicksPerDay).weekday, 0);
  EXPECT_EQ(civil_time(0).day_of_year, 1);
  EXPECT_EQ(civil_time(*parse_iso_time("2024-12-31")).day_of_year, 366);
  EXPECT_EQ(civil_time(*parse_iso_time("2023-12-31")).day_of_year, 365);
  EXPECT_EQ(civil_time(*parse_iso_time("2024-03-01")).day_of_year, 61);
  EXPECT_EQ(civil_time(-1).fraction, kSecond - 1);
}

// Arithmetic over events can give any ticks.
TEST(CivilTime, TakesEveryNumberOfTicks) {
  EXPECT_EQ(civil_time(std::numeric_limits<Ticks>::max()).year, 31'197);
  EXPECT_EQ(civil_time(std::numeric_limits<Ticks>::min()).year, -27'258);
  EXPECT_FALSE(format_rfc3339(std::numeric_limits<Ticks>::min()).empty());
  EXPECT_DOUBLE_EQ(epoch_seconds(std::numeric_limits<Ticks>::min()), -922337203685.4775808);
}

}  // namespace
}  // namespace hecate
