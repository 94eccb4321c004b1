#include "plan/value.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace hecate {
namespace {

std::string json(const Value& value) {
  std::string out;
  append_value_json(value, out);
  return out;
}

TEST(OwnedValue, ACopyOutlivesItsOrigin) {
  OwnedValue text;
  OwnedValue list;
  {
    const OwnedValue origin = OwnedValue::string(std::string(1000, 'x'));
    text = origin;
    const OwnedValue many = OwnedValue::many({"a", "", std::string(100, 'y')});
    list = many;
  }
  EXPECT_EQ(text.get().as_text(), std::string(1000, 'x'));
  ASSERT_EQ(list.get().as_list().size(), 3U);
  EXPECT_EQ(list.get().as_list()[1].as_text(), "");
  EXPECT_EQ(list.get().as_list()[2].as_text(), std::string(100, 'y'));
}

TEST(OwnedValue, AMoveKeepsTheBytesWhereTheyAre) {
  for (const std::string& text : {std::string("short"), std::string(100, 'l')}) {
    OwnedValue origin = OwnedValue::string(text);
    const char* bytes = origin.get().as_text().data();
    const OwnedValue moved = std::move(origin);
    EXPECT_EQ(moved.get().as_text(), text);
    EXPECT_EQ(moved.get().as_text().data(), bytes);
  }
  std::vector<OwnedValue> growing;
  for (int i = 0; i < 100; ++i) growing.push_back(OwnedValue::many({std::to_string(i), "b"}));
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(growing[static_cast<size_t>(i)].get().as_list()[0].as_text(), std::to_string(i));
}

TEST(OwnedValue, AssigningToItselfOrToAPartOfItselfIsSafe) {
  OwnedValue text = OwnedValue::string("self");
  const OwnedValue& same = text;
  text = same;
  EXPECT_EQ(text.get().as_text(), "self");
  OwnedValue list = OwnedValue::many({"first", "second"});
  list = OwnedValue(list.get().as_list()[1]);
  EXPECT_EQ(list.get().as_text(), "second");
}

TEST(OwnedValue, KeepsEveryKind) {
  const Value inner[] = {Value::string("a"), Value::null(), Value::integer(3)};
  const Value values[] = {Value::null(),       Value::json_null(),   Value::undecided(), Value::boolean(true),
                          Value::integer(-5),  Value::real(2.5),     Value::string(""),  Value::datetime(7),
                          Value::timespan(-8), Value::dynamic("{}"), Value::many(inner)};
  for (const Value& value : values) {
    const OwnedValue owned(value);
    const OwnedValue copy = owned;
    EXPECT_EQ(copy.get().kind(), value.kind());
    EXPECT_EQ(json(copy.get()), json(value));
  }
  EXPECT_TRUE(OwnedValue().get().is_null());
  EXPECT_TRUE(OwnedValue::many({}).get().is_null()) << "a list of none is null";
}

struct NumberCase {
  double number;
  std::string_view text;
};

TEST(NumberText, WritesWhatUsersTyped) {
  const NumberCase cases[] = {
      {0, "0"},
      {-0.0, "0"},
      {1, "1"},
      {-42, "-42"},
      {0.1, "0.1"},
      {0.5, "0.5"},
      {-2.25, "-2.25"},
      {100000, "100000"},
      {999999999999999, "999999999999999"},
      {1e15, "1e+15"},  // from here on not every digit is known
      {1e21, "1e+21"},
      {1e-7, "1e-07"},
      {1.0 / 3.0, "0.3333333333333333"},
      {1755204167.459945, "1755204167.459945"},  // an epoch time keeps its microseconds
      {1660041767.74945, "1660041767.74945"},
      {0.1 + 0.2, "0.3"},
      {std::numeric_limits<double>::infinity(), "inf"},
      {-std::numeric_limits<double>::infinity(), "-inf"},
      {std::numeric_limits<double>::quiet_NaN(), "nan"},
  };
  for (const NumberCase& c : cases) EXPECT_EQ(number_text(c.number), c.text);
}

TEST(ValueText, OfEveryKind) {
  const Value list[] = {Value::string("a"), Value::string("b")};
  const Value gaps[] = {Value::string(""), Value::string("b")};
  Arena arena;
  const std::pair<Value, std::string_view> cases[] = {
      {Value::null(), ""},
      {Value::json_null(), ""},
      {Value::undecided(), ""},
      {Value::boolean(true), "true"},
      {Value::boolean(false), "false"},
      {Value::integer(std::numeric_limits<int64_t>::min()), "-9223372036854775808"},
      {Value::real(1.5), "1.5"},
      {Value::string("x"), "x"},
      {Value::datetime(0), "1970-01-01T00:00:00Z"},
      {Value::dynamic("[1]"), "[1]"},
      {Value::many(list), "a\nb"},
      {Value::many(gaps), "\nb"},
  };
  for (const auto& [value, text] : cases) {
    EXPECT_EQ(value_text(value), text);
    EXPECT_EQ(value_text(value, arena), text);
  }
}

// Kusto writes [-][d.]hh:mm:ss[.fffffff] (format-timespan, "c").
TEST(ValueText, OfTimespans) {
  constexpr Ticks kHour = 3600 * kTicksPerSecond;
  const std::pair<Ticks, std::string_view> cases[] = {
      {0, "00:00:00"},
      {kHour, "01:00:00"},
      {25 * kHour, "1.01:00:00"},
      {-kHour, "-01:00:00"},
      {-25 * kHour - 1, "-1.01:00:00.0000001"},
      {15'000'000, "00:00:01.5000000"},
      {std::numeric_limits<Ticks>::min(), "-10675199.02:48:05.4775808"},
      {std::numeric_limits<Ticks>::max(), "10675199.02:48:05.4775807"},
  };
  for (const auto& [ticks, text] : cases) EXPECT_EQ(value_text(Value::timespan(ticks)), text);
}

TEST(ValueJson, OfEveryKind) {
  const Value list[] = {Value::string("a\""), Value::null(), Value::integer(1)};
  EXPECT_EQ(json(Value::null()), "null");
  EXPECT_EQ(json(Value::json_null()), "null");
  EXPECT_EQ(json(Value::boolean(false)), "false");
  EXPECT_EQ(json(Value::integer(9007199254740993)), "9007199254740993");
  EXPECT_EQ(json(Value::real(0.5)), "0.5");
  EXPECT_EQ(json(Value::real(-0.0)), "0");
  EXPECT_EQ(json(Value::real(std::numeric_limits<double>::quiet_NaN())), "\"nan\"") << "JSON has no NaN";
  EXPECT_EQ(json(Value::real(std::numeric_limits<double>::infinity())), "\"inf\"");
  EXPECT_EQ(json(Value::string("a\nb")), "\"a\\nb\"");
  EXPECT_EQ(json(Value::dynamic("{\"k\":[1]}")), "{\"k\":[1]}");
  EXPECT_EQ(json(Value::dynamic("")), "null");
  EXPECT_EQ(json(Value::datetime(1)), "\"1970-01-01T00:00:00.0000001Z\"");
  EXPECT_EQ(json(Value::timespan(kTicksPerSecond)), "\"00:00:01\"");
  EXPECT_EQ(json(Value::many(list)), "[\"a\\\"\",null,1]");
}

}  // namespace
}  // namespace hecate
