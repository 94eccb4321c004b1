#include "exec/functions/convert.h"

#include <gtest/gtest.h>

#include "harness.h"

namespace hecate {
namespace {

struct Row {
  std::string_view function;
  Value argument;
  std::string_view expected;
};

void check(const std::vector<Row>& rows) {
  Harness call_by_name;
  for (const Row& row : rows) {
    EXPECT_EQ(call_by_name(row.function, {row.argument}), row.expected)
        << row.function << " " << Harness::show(row.argument);
  }
}

TEST(Convert, Numbers) {
  check({
      {"convert.long", text("42"), "42"},
      {"convert.long", text(" -7 "), "-7"},
      {"convert.long", text("+7"), "7"},
      {"convert.long", text("5.0"), "5"},
      {"convert.long", text("1e3"), "1000"},
      {"convert.long", text("1.5"), "<null>"},
      {"convert.long", text("9223372036854775807"), "9223372036854775807"},
      {"convert.long", text("9223372036854775808"), "<null>"},
      {"convert.long", text("1e300"), "<null>"},
      {"convert.long", text(""), "<null>"},
      {"convert.long", text("abc"), "<null>"},
      {"convert.long", text("0x10"), "<null>"},
      {"convert.long", Value::real(2.9), "2"},
      {"convert.long", Value::boolean(true), "1"},
      {"convert.long", Value::dynamic("[1]"), "<null>"},
      {"convert.long", Value::null(), "<null>"},
      {"convert.real", text("1.25"), "1.25"},
      {"convert.real", text("nan"), "<null>"},
      {"convert.real", text("inf"), "<null>"},
      {"convert.real", Value::integer(3), "3"},
      {"convert.bool", text("TRUE"), "true"},
      {"convert.bool", text("0"), "false"},
      {"convert.bool", text("yes"), "<null>"},
      {"convert.bool", Value::integer(2), "true"},
  });
}

TEST(Convert, Times) {
  // 2022-08-09T10:42:47Z is 1660041767 seconds after the epoch.
  Harness call_by_name;
  const auto seconds = [&](const Value& value) { return call_by_name("convert.epoch", {value}); };
  EXPECT_EQ(seconds(text("2022-08-09T10:42:47.749450000Z")), "1660041767.74945");
  EXPECT_EQ(seconds(text("2022-08-09 10:42:47.757")), "1660041767.757");
  EXPECT_EQ(seconds(text("1660041767.5")), "1660041767.5");
  EXPECT_EQ(seconds(text("1660041767")), "1660041767");
  EXPECT_EQ(seconds(text("1660041767749")), "1660041767.749");
  EXPECT_EQ(seconds(text("1660041767749450")), "1660041767.74945");
  EXPECT_EQ(seconds(text("1660041767749450000")), "1660041767.74945");
  EXPECT_EQ(seconds(Value::datetime(kTicksPerSecond * 3)), "3");
  EXPECT_EQ(seconds(Value::integer(1660041767)), "1660041767");
  EXPECT_EQ(seconds(text("yesterday")), "<null>");
  EXPECT_EQ(seconds(text("")), "<null>");
  EXPECT_EQ(seconds(text("9223372036854775808")), "<null>");
  EXPECT_FALSE(time_of_text("1e999").has_value());
  EXPECT_EQ(call_by_name.value("convert.datetime", {text("1970-01-01T00:00:01Z")}).kind(), Kind::Datetime);
}

TEST(Convert, Timespans) {
  Harness call_by_name;
  const auto ticks = [&](std::string_view value) {
    const Value result = call_by_name.value("convert.timespan", {text(value)});
    return result.kind() == Kind::Timespan ? std::optional(result.as_ticks()) : std::nullopt;
  };
  EXPECT_EQ(ticks("1.02:03:04.5"), kTicksPerDay + (2 * 3600 + 3 * 60 + 4) * kTicksPerSecond + kTicksPerSecond / 2);
  EXPECT_EQ(ticks("00:00:01"), kTicksPerSecond);
  EXPECT_EQ(ticks("-00:00:01"), -kTicksPerSecond);
  EXPECT_EQ(ticks("1.5h"), 5400 * kTicksPerSecond);
  EXPECT_EQ(ticks("250ms"), kTicksPerSecond / 4);
  for (const std::string_view bad : {"", "1", "h", "1x", "24:00:00", "00:60:00", "00:00:60", "--1h", "1:2",
                                     "99999999999.00:00:00", "1e999d", "00:00:-1"}) {
    EXPECT_FALSE(ticks(bad).has_value()) << bad;
  }
}

TEST(Convert, KqlStringIsNeverNull) {
  Harness call_by_name;
  check({
      {"convert.kql_string", Value::null(), ""},
      {"convert.kql_string", Value::json_null(), ""},
      {"convert.kql_string", text("a"), "a"},
      {"convert.kql_string", Value::boolean(true), "true"},
      {"convert.kql_string", Value::integer(7), "7"},
      {"convert.kql_string", Value::dynamic("{\"a\":1}"), "{\"a\":1}"},
      // learn.microsoft.com/kusto/query/scalar-data-types/datetime: seven digits of fraction.
      {"convert.kql_string", Value::datetime(0), "1970-01-01T00:00:00.0000000Z"},
  });
  EXPECT_EQ(call_by_name("convert.kql_string", {call_by_name.many({"a", "b\"c"})}), "[\"a\",\"b\\\"c\"]");
}

TEST(Convert, StringDynamicGuid) {
  Harness call_by_name;
  check({
      {"convert.string", Value::json_null(), "<json null>"},
      {"convert.string", Value::null(), "<null>"},
      {"convert.string", Value::integer(7), "7"},
      {"convert.dynamic", text("a\"b"), "\"a\\\"b\""},
      {"convert.dynamic", Value::integer(7), "7"},
      {"convert.dynamic", Value::dynamic("[1]"), "[1]"},
      {"convert.dynamic", Value::null(), "<null>"},
      {"convert.guid", text("{EC23EAE3-3A27-62F2-085E-16549B550000}"), "ec23eae3-3a27-62f2-085e-16549b550000"},
      {"convert.guid", text("ec23eae3-3a27-62f2-085e-16549b550000"), "ec23eae3-3a27-62f2-085e-16549b550000"},
      {"convert.guid", text("ec23eae3-3a27-62f2-085e-16549b55000g"), "<null>"},
      {"convert.guid", text(""), "<null>"},
  });
  EXPECT_EQ(call_by_name("convert.string", {call_by_name.many({"a", "b"})}), "a\nb");
  EXPECT_EQ(call_by_name("convert.dynamic", {call_by_name.many({"a", "b"})}), "[\"a\",\"b\"]");
  EXPECT_EQ(call_by_name("convert.long", {call_by_name.many({"4", "5"})}), "4");
}

}  // namespace
}  // namespace hecate
