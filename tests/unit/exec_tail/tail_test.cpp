// Values through the candidate table and back, undecided rows, warnings.
#include "support.h"

namespace hecate::tail {
namespace {

using namespace test;

const Query::Item kCount{"count", {}, Type::Long};

TEST(Tail, ValuesComeBackAsTheyWent) {
  Query q({{"b", Type::Bool},
           {"l", Type::Long},
           {"r", Type::Real},
           {"s", Type::String},
           {"t", Type::Datetime},
           {"d", Type::Timespan},
           {"j", Type::Dynamic},
           {"m", Type::Many}});
  q.event({OwnedValue(Value::boolean(true)), whole(INT64_MIN), number(0.1), text(""), OwnedValue(Value::datetime(-1)),
           OwnedValue(Value::timespan(1)), OwnedValue(Value::dynamic("{\"a\":[1]}")), many({"x", "", "z"})});
  q.event({null(), null(), null(), null(), null(), null(), null(), null()});
  q.event({OwnedValue(Value::json_null()), null(), null(), null(), null(), null(), null(), text("")});
  q.add(Limit{10}).show_all();
  EXPECT_EQ(q.rows(),
            (Lines{"true|-9223372036854775808|0.1||1969-12-31T23:59:59.9999999Z|00:00:00.0000001|{\"a\":[1]}|[x,,z]",
                   "-|-|-|-|-|-|-|-", "-|-|-|-|-|-|-|"}));
}

TEST(Tail, ValuesTakeTheColumnsTypeOrAreNull) {
  Query q({{"l", Type::Long}, {"s", Type::String}, {"m", Type::Many}, {"r", Type::Real}});
  q.event({number(2.75), whole(5), number(1.5), whole(3)});
  q.event({number(1e300), OwnedValue(Value::boolean(false)), whole(7), text("x")});
  q.event({number(-std::numeric_limits<double>::infinity()), text("t"), many({"a", "b"}), null()});
  q.event({number(std::numeric_limits<double>::quiet_NaN()), text("t"), text("u"), null()});
  q.add(Limit{10}).show_all();
  EXPECT_EQ(q.rows(), (Lines{"2|5|1.5|3", "-|false|7|-", "-|t|[a,b]|-", "-|t|u|-"})) << "what no long can hold is null";
}

TEST(Tail, HostileTextsSurvive) {
  const std::vector<std::string> hostile{
      "it's", "\"",  "'; DROP TABLE candidates_0; --", std::string("a\0b", 3), "\n\r\t", "\xF0\x9F\x90\x9F", "{}",
      "%_\\", "NULL"};
  Query q({{"s", Type::String}, {"m", Type::Many}});
  for (const std::string& value : hostile) q.event({text(value), many({value, value})});
  q.add(Limit{100}).show_all();
  const std::vector<Row> rows = q.run();
  ASSERT_EQ(rows.size(), hostile.size());
  for (size_t i = 0; i < hostile.size(); ++i) {
    EXPECT_EQ(rows[i].values[0].get().as_text(), hostile[i]);
    EXPECT_EQ(rows[i].values[1].get().as_list()[1].as_text(), hostile[i]);
  }
}

TEST(Tail, MalformedUtf8IsMendedBecauseDuckDbTrustsIts) {
  Query q({{"s", Type::String}, {"m", Type::Many}});
  q.event({text("a\xFF"
                "b"),
           many({"\xC3", "ok"})});
  q.add(Sort{{{static_cast<ColumnId>(0), false, false, ""}}}).show_all();
  EXPECT_EQ(q.rows(), (Lines{"a\xEF\xBF\xBD"
                             "b|[\xEF\xBF\xBD,ok]"}));
}

TEST(Tail, HostileConstantsSurviveInSql) {
  for (const std::string& constant : {std::string("it's"), std::string("a\0b", 3), std::string("\\"),
                                      std::string("'||'"), std::string("\xFF"), std::string("\0", 1)}) {
    Query q({{"s", Type::String}});
    q.event({text(constant)}).event({text("other")});
    q.add(Limit{10});
    q.add(Filter{make_call("kql.eq", {q.column(0), make_string(constant)}, Type::Bool)}).show_all();
    EXPECT_EQ(q.rows().size(), 1U) << testing::PrintToString(constant);
  }
}

TEST(Tail, TheWholeEventComesAlong) {
  Query q({{"s", Type::String}});
  q.event({text("a")}).event({text("b")});
  q.events[0].rest = R"({"s":"a","more":[1,2]})";
  q.add(Limit{5}).show_all();
  const std::vector<Row> rows = q.run();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].rest, R"({"s":"a","more":[1,2]})");
  EXPECT_EQ(rows[1].rest, "");
  EXPECT_EQ(rows[1].events, 1);
  EXPECT_EQ(rows[1].source, 101);
  EXPECT_EQ(rows[1].hash, 1007U);
  EXPECT_EQ(rows[1].first_time, rows[1].last_time);
}

TEST(Tail, DecidesTheRowsThatTheHeadCouldNot) {
  Query q({{"t", Type::Datetime}});
  q.add(Filter{make_call("kql.gt", {q.column(0), make_call("kql.now", {}, Type::Datetime)}, Type::Bool)}).show_all();
  for (const Ticks time : {5, 20, 5}) q.event({OwnedValue(Value::datetime(time))});
  q.events[0].undecided = q.events[1].undecided = true;  // the last was decided: it passed
  RunParameters run;
  run.now = 10;
  EXPECT_EQ(q.rows(run), (Lines{"1970-01-01T00:00:00.000002Z", "1970-01-01T00:00:00.0000005Z"}));
}

TEST(Tail, AFilterKeepsOnlyWhatIsTrue) {
  Query q({{"s", Type::String}});
  q.event({text("1")}).event({null()}).event({text("2")});
  q.add(Limit{10});
  q.add(Filter{make_not(make_call("spl.eq", {q.column(0), make_string("1")}, Type::Bool))}).show_all();
  EXPECT_EQ(q.rows(), (Lines{"2"})) << "not null is null";
}

TEST(Tail, RegexesOfBothDialectsAreTwoFunctions) {
  Query q({{"s", Type::String}});
  q.event({text("a b")});
  const auto regex = [&](RegexDialect dialect) {
    return make_match({q.column(0), MatchOp::Regex, Casing::Sensitive, Quantifier::Any, dialect, {"\\h"}});
  };
  q.add(Limit{10});
  q.add(Filter{make_and({make_not(regex(RegexDialect::Re2)), regex(RegexDialect::Pcre2)})}).show_all();
  EXPECT_EQ(q.rows().size(), 1U);
}

TEST(Tail, AKeyThatNoEventHasIsNamed) {
  Query q({{"user", Type::Many}, {"host", Type::String}});
  q.event({null(), text("h")}).event({null(), text("h")});
  EXPECT_EQ(q.aggregate({kCount}, {0, 1}).rows(), Lines{});
  ASSERT_EQ(q.sink.warnings(), 1U);
  const Diagnostic& warning = q.sink.all()[0];
  EXPECT_EQ(warning.code->id, "TAI002");
  EXPECT_NE(warning.message.find("`user`"), std::string::npos) << warning.message;
  EXPECT_NE(warning.message.find("all 2"), std::string::npos) << warning.message;
  EXPECT_NE(warning.hint.find("fillnull"), std::string::npos);
}

TEST(Tail, NoWarningWhereOtherEventsHaveTheKeyOrThereIsNone) {
  Query one({{"user", Type::String}});
  one.event({null()}).event({text("u")});
  EXPECT_EQ(one.aggregate({kCount}, {0}).rows(), (Lines{"u|1"}));
  EXPECT_EQ(one.sink.warnings(), 0U);
  Query none({{"user", Type::String}});
  EXPECT_EQ(none.aggregate({kCount}, {0}).rows(), Lines{});
  EXPECT_EQ(none.sink.warnings(), 0U);
  Query kept({{"user", Type::String}});
  kept.event({null()});
  EXPECT_EQ(kept.aggregate({kCount}, {0}, NullKeys::Keep).rows(), (Lines{"-|1"}));
  EXPECT_EQ(kept.sink.warnings(), 0U);
}

TEST(Tail, TwoTailsOfOneDatabaseDoNotMeet) {
  DiagnosticSink sink;
  auto database = Database::open({}, sink);
  ASSERT_TRUE(database.ok());
  Query q({{"s", Type::String}});
  q.aggregate({kCount}, {0});
  const CutPlan cut_plan = cut(q.plan);
  Tail first(**database, q.plan, cut_plan, 0);
  Tail second(**database, q.plan, cut_plan, 1);
  const Value a[] = {Value::string("a")};
  const Value b[] = {Value::string("b")};
  first.append({{0, {}, 0, 0, {}}, false, a});
  second.append({{1, {}, 0, 0, {}}, false, b});
  const auto rows_a = first.run({}, "first", sink);
  const auto rows_b = second.run({}, "second", sink);
  ASSERT_TRUE(rows_a.ok() && rows_b.ok());
  ASSERT_EQ(rows_a->size(), 1U);
  EXPECT_EQ((*rows_a)[0].values[0].get().as_text(), "a");
  EXPECT_EQ((*rows_b)[0].values[0].get().as_text(), "b");
}

}  // namespace
}  // namespace hecate::tail
