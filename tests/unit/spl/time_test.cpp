#include <gtest/gtest.h>

#include "exec/functions/function.h"
#include "exec/functions/spl_functions.h"
#include "schedule/time_zone.h"

namespace hecate::spl {
namespace {

constexpr double kTime = 1660041767.74945;  // 2022-08-09T10:42:47.74945Z, a Tuesday

std::string run(std::string_view name, std::vector<Value> arguments, const RunParameters& parameters = {}) {
  Arena arena;
  EvalContext context{arena, parameters};
  const Value result = call(*find_function(name), arguments, context);
  if (result.is_undecided()) return "undecided";
  std::string out;
  append_value_json(result, out);
  return out;
}

// Search Reference, "Date and time format variables".
TEST(SplTime, Formats) {
  const auto utc = [](std::string_view format) { return format_time(kTime, format, 0); };
  EXPECT_EQ(utc("%Y-%m-%dT%H:%M:%S"), "2022-08-09T10:42:47");
  EXPECT_EQ(utc("%F %T %z %Z %%"), "2022-08-09 10:42:47 +0000 UTC %");
  EXPECT_EQ(utc("%3N %6N %Q %3Q"), "749 749450 749 749");
  EXPECT_EQ(utc("%A %a %B %b %e %I %p %j %y %s"), "Tuesday Tue August Aug  9 10 AM 221 22 1660041767");
  EXPECT_EQ(format_time(kTime, "%F %H:%M %z %:z", 5 * 3600 + 1800), "2022-08-09 16:12 +0530 +05:30");
  EXPECT_EQ(format_time(-1, "%F %T", 0), "1969-12-31 23:59:59");
  EXPECT_EQ(utc("%"), "");
  EXPECT_EQ(utc("%9"), "");
}

TEST(SplTime, Reads) {
  EXPECT_EQ(parse_time("2022-08-09T10:42:47.749Z", "%Y-%m-%dT%H:%M:%S.%3Q", 0), 1660041767.749);
  EXPECT_EQ(parse_time("2022-08-09T10:42:47.749450000Z", "%Y-%m-%dT%H:%M:%S.%9Q", 0), kTime);
  EXPECT_EQ(parse_time("2022-08-09 10:42:47 +0200", "%F %T %z", 0), 1660041767.0 - 7200);
  EXPECT_EQ(parse_time("2022-08-09 10:42:47", "%F %T", 3600), 1660041767.0 - 3600);
  EXPECT_EQ(parse_time("9 aug 2022 3:05 PM", "%d %b %Y %I:%M %p", 0), 1660057500.0);
  EXPECT_EQ(parse_time("1660041767", "%s", 0), 1660041767.0);
  for (const std::string_view bad : {"", "x", "2022-13-01", "2022-00-01", "2022"})
    EXPECT_EQ(parse_time(bad, "%Y-%m-%d", 0), std::nullopt) << bad;
}

// Search Manual, "Specify time modifiers in your search": first the offset, then the snap.
TEST(SplTime, Moves) {
  const auto moved = [](std::string_view modifier) {
    return format_time(move_time(kTime, modifier, 0).value_or(0), "%F %T", 0);
  };
  EXPECT_EQ(moved("+5m"), "2022-08-09 10:47:47");
  EXPECT_EQ(moved("-h"), "2022-08-09 09:42:47");
  EXPECT_EQ(moved("-1d@d"), "2022-08-08 00:00:00");
  EXPECT_EQ(moved("@w0"), "2022-08-07 00:00:00");
  EXPECT_EQ(moved("@w2"), "2022-08-09 00:00:00");
  EXPECT_EQ(moved("@w3"), "2022-08-03 00:00:00");
  EXPECT_EQ(moved("-6mon@mon"), "2022-02-01 00:00:00");
  EXPECT_EQ(moved("+1y@q+3h"), "2023-07-01 03:00:00");
  EXPECT_EQ(format_time(*move_time(1648684800, "-1mon", 0), "%F", 0), "2022-02-28");  // from 31 March
  EXPECT_EQ(format_time(*move_time(kTime, "@d", 7200), "%F %T", 0), "2022-08-08 22:00:00");
  for (const std::string_view bad : {"5m", "+5parsecs", "@", "+", "-99999999999999999y", "+1d@nothing"}) {
    EXPECT_EQ(move_time(kTime, bad, 0), std::nullopt) << bad;
  }
}

// Clocks of Berlin go from 02:00 to 03:00 on 29 March 2026 and from 03:00 to 02:00 on 25 October 2026.
TEST(SplTime, MovesByTheClocksOfAPlace) {
  const auto berlin = schedule::TimeZone::find("Europe/Berlin");
  if (!berlin) GTEST_SKIP() << "no time zone database";
  const auto moved = [&](std::string_view from, std::string_view modifier) {
    const double epoch = *parse_time(from, "%F %T", 0);
    return format_time(move_time(epoch, modifier, *berlin).value_or(0), "%F %T", 0);
  };
  EXPECT_EQ(moved("2026-03-29 12:00:00", "@d"), "2026-03-28 23:00:00");
  EXPECT_EQ(moved("2026-03-29 12:00:00", "+1d@d"), "2026-03-29 22:00:00") << "a day of 23 hours";
  EXPECT_EQ(moved("2026-03-29 12:00:00", "-1d"), "2026-03-28 13:00:00") << "14:00 on both days";
  EXPECT_EQ(moved("2026-03-29 12:00:00", "-24h"), "2026-03-28 12:00:00") << "24 hours are 24 hours";
  EXPECT_EQ(moved("2026-03-29 01:10:00", "-20m@m"), "2026-03-29 00:50:00") << "over the gap";
  EXPECT_EQ(moved("2026-03-28 01:30:00", "+1d"), "2026-03-29 01:00:00") << "02:30 is skipped";
  EXPECT_EQ(moved("2026-10-25 00:30:00", "+1h@h"), "2026-10-25 01:00:00") << "the second 02:00";
  EXPECT_EQ(moved("2026-10-25 12:00:00", "@d"), "2026-10-24 22:00:00");
  EXPECT_EQ(moved("2026-11-15 12:00:00", "-1mon@mon"), "2026-09-30 22:00:00");
}

TEST(SplTime, FunctionsGoByTheClocksOfAPlace) {
  if (!schedule::TimeZone::find("Europe/Berlin")) GTEST_SKIP() << "no time zone database";
  RunParameters run_there;
  run_there.timezone = "Europe/Berlin";
  const auto there = [&](std::string_view name, std::vector<Value> arguments) {
    return run(name, std::move(arguments), run_there);
  };
  const Value format = Value::string("%F %T %z");
  EXPECT_EQ(there("spl.strftime", {Value::real(1774742400), format}), R"("2026-03-29 01:00:00 +0100")");
  EXPECT_EQ(there("spl.strftime", {Value::real(1774746000), format}), R"("2026-03-29 03:00:00 +0200")");
  EXPECT_EQ(there("spl.strptime", {Value::string("2026-03-29 03:00:00"), Value::string("%F %T")}), "1774746000");
  EXPECT_EQ(there("spl.strptime", {Value::string("2026-01-01 00:00:00 +0000"), format}), "1767225600");
  EXPECT_EQ(there("spl.bin_time", {Value::real(1774782000), Value::real(86400)}), "1774738800");
}

TEST(SplTime, Zones) {
  EXPECT_EQ(zone_offset("UTC"), 0);
  EXPECT_EQ(zone_offset("+02:00"), 7200);
  EXPECT_EQ(zone_offset("-0330"), -12600);
  for (const std::string_view other : {"", "Europe/Berlin", "+2", "+99:00", "+02-00", "02:00"})
    EXPECT_EQ(zone_offset(other), std::nullopt) << other;
}

// Search Reference, convert: values that are no times stay.
TEST(SplTime, Ctime) {
  const Value format = Value::string("%Y-%m-%dT%H:%M:%S");
  EXPECT_EQ(run("spl.ctime", {Value::real(kTime), format}), "\"2022-08-09T10:42:47\"");
  EXPECT_EQ(run("spl.ctime", {Value::string("1660041767.74945"), format}), "\"2022-08-09T10:42:47\"");
  EXPECT_EQ(run("spl.ctime", {Value::string("never"), format}), "\"never\"");
  EXPECT_EQ(run("spl.ctime", {Value::string("1e300"), format}), "\"1e300\"");
  EXPECT_EQ(run("spl.ctime", {Value::null(), format}), "null");
  const std::array<Value, 2> two{Value::string("0"), Value::string("x")};
  EXPECT_EQ(run("spl.ctime", {Value::many(two), format}), "[\"1970-01-01T00:00:00\",\"x\"]");
  RunParameters east;
  east.timezone = "+02:00";
  EXPECT_EQ(run("spl.ctime", {Value::integer(0), format}, east), "\"1970-01-01T02:00:00\"");
}

TEST(SplTime, NowIsUndecidedUntilKnown) {
  EXPECT_EQ(run("spl.now", {}), "undecided");
  RunParameters known;
  known.now = 16600417677494500;
  EXPECT_EQ(run("spl.now", {}, known), "1660041767");
}

TEST(SplTime, Bins) {
  EXPECT_EQ(run("spl.bin_time", {Value::real(kTime), Value::integer(300)}), "1660041600");
  EXPECT_EQ(run("spl.bin_time", {Value::real(-1), Value::integer(300)}), "-300");
  EXPECT_EQ(run("spl.bin_time", {Value::string("x"), Value::integer(300)}), "null");
  EXPECT_EQ(run("spl.bin_time", {Value::real(1), Value::integer(0)}), "null");
  RunParameters east;
  east.timezone = "+02:00";
  EXPECT_EQ(run("spl.bin_time", {Value::real(kTime), Value::integer(86400)}, east), "1659996000");  // 2022-08-08T22:00Z
}

}  // namespace
}  // namespace hecate::spl
