// Splunk: "Statistical and charting functions"; Kusto: "Aggregation functions".
#include "exec/tail/aggregates.h"
#include "support.h"

namespace hecate::tail {
namespace {

using namespace test;

/// One aggregate over one column of values, as text.
std::string of(const std::string& function, Type type, const std::vector<OwnedValue>& values, Type result,
               std::vector<ExprPtr> more = {}) {
  Query q({{"x", type}});
  for (const OwnedValue& value : values) q.event({value});
  std::vector<ExprPtr> arguments{q.column(0)};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const Lines rows = q.aggregate({{function, arguments, result}}).rows();
  return rows.size() == 1 ? rows[0] : fmt::format("{} rows", rows.size());
}

std::vector<OwnedValue> texts(const std::vector<std::string>& values) {
  std::vector<OwnedValue> result;
  for (const std::string& value : values) result.push_back(text(value));
  return result;
}

TEST(SplAggregate, CountsValuesNotRows) {
  EXPECT_EQ(of("spl.count", Type::String, {text("a"), null(), text("")}, Type::Long), "2");
  EXPECT_EQ(of("spl.count", Type::Many, {many({"a", "b"}), null(), text("c")}, Type::Long), "3");
  EXPECT_EQ(of("spl.count", Type::Many, {null()}, Type::Long), "0");
  EXPECT_EQ(of("spl.dc", Type::Many, {many({"a", "b", "a"}), text("b"), text("B"), null()}, Type::Long), "3");
  EXPECT_EQ(of("spl.dc", Type::String, {null()}, Type::Long), "0");
}

TEST(SplAggregate, ValuesAreDistinctAndInLexicographicalOrder) {
  EXPECT_EQ(of("spl.values", Type::String, texts({"b", "10", "9", "a", "B", "b"}), Type::Many), "[10,9,B,a,b]");
  EXPECT_EQ(of("spl.values", Type::Many, {many({"b", "a"}), text("c"), many({"a", "d"})}, Type::Many), "[a,b,c,d]");
  EXPECT_EQ(of("spl.values", Type::String, {null(), null()}, Type::Many), "-") << "never an empty list";
  EXPECT_EQ(of("spl.values", Type::String, {text("x"), null()}, Type::Many), "x") << "of one value it is that value";
}

TEST(SplAggregate, ListKeepsOrderAndDuplicatesUpToAHundred) {
  EXPECT_EQ(of("spl.list", Type::Many, {text("b"), many({"a", "b"}), null(), text("b")}, Type::Many), "[b,a,b,b]");
  Query q({{"x", Type::String}});
  for (int i = 0; i < 250; ++i) q.event({text(std::to_string(i))});
  const std::vector<Row> rows = q.aggregate({{"spl.list", {q.column(0)}, Type::Many}}).run();
  ASSERT_EQ(rows.size(), 1U);
  const auto list = rows[0].values[0].get().as_list();
  ASSERT_EQ(list.size(), 100U);
  EXPECT_EQ(list[0].as_text(), "0");
  EXPECT_EQ(list[99].as_text(), "99");
}

// "If the values of X are non-numeric, the max value is found using lexicographical ordering."
TEST(SplAggregate, MinAndMaxAreNumericIfAllValuesAre) {
  EXPECT_EQ(of("spl.max", Type::String, texts({"9", "10", "-3"}), Type::String), "10");
  EXPECT_EQ(of("spl.min", Type::String, texts({"9", "10", "-3"}), Type::String), "-3");
  EXPECT_EQ(of("spl.max", Type::String, texts({"9", "10", "x"}), Type::String), "x");
  EXPECT_EQ(of("spl.min", Type::String, texts({"9", "10", "x"}), Type::String), "10");
  EXPECT_EQ(of("spl.max", Type::Many, {many({"1", "7"}), text("3")}, Type::String), "7");
  EXPECT_EQ(of("spl.max", Type::Real, {number(2), number(10), null()}, Type::Real), "10");
  EXPECT_EQ(of("spl.max", Type::String, {null()}, Type::String), "-");
  EXPECT_EQ(of("spl.min", Type::String, texts({"", "a"}), Type::String), "");
}

TEST(SplAggregate, SumsTakeNumbersAndLeaveTheRest) {
  EXPECT_EQ(of("spl.sum", Type::String, texts({"1", "2.5", "x", "-0.5", "1e1"}), Type::Real), "13");
  EXPECT_EQ(of("spl.sum", Type::String, texts({"x", "0x10", "inf", "nan", " 5 ", ""}), Type::Real), "-");
  EXPECT_EQ(of("spl.avg", Type::String, texts({"1", "2", "x"}), Type::Real), "1.5");
  EXPECT_EQ(of("spl.avg", Type::Real, {number(1), number(2), null()}, Type::Real), "1.5");
  EXPECT_EQ(of("spl.range", Type::String, texts({"5", "-1", "3"}), Type::Real), "6");
  EXPECT_EQ(of("spl.median", Type::String, texts({"5", "1", "3", "4"}), Type::Real), "3.5");
  EXPECT_EQ(of("spl.stdev", Type::String, texts({"2", "4", "4", "4", "5", "5", "7", "9"}), Type::Real).substr(0, 6),
            "2.1380");
  EXPECT_EQ(of("spl.stdev", Type::String, texts({"2"}), Type::Real), "0");
  EXPECT_EQ(of("spl.stdev", Type::Real, {number(1), number(3)}, Type::Real).substr(0, 6), "1.4142");
  EXPECT_EQ(of("spl.perc", Type::String, texts({"1", "2", "3", "4"}), Type::Real,
               {make_literal(OwnedValue(Value::integer(50)), Type::Long)}),
            "2");
}

TEST(SplAggregate, FirstAndLastFollowTheRowsEarliestAndLatestTheTime) {
  Query q({{"x", Type::String}, {"_time", Type::Real}});
  q.event({null(), number(0)})
      .event({text("a"), number(50)})
      .event({text("b"), number(10)})
      .event({text("c"), number(90)})
      .event({text("d"), number(30)});
  q.aggregate({{"spl.first", {q.column(0)}, Type::String},
               {"spl.last", {q.column(0)}, Type::String},
               {"spl.earliest", {q.column(0), q.column(1)}, Type::String},
               {"spl.latest", {q.column(0), q.column(1)}, Type::String}});
  EXPECT_EQ(q.rows(), (Lines{"a|d|b|c"}));
}

TEST(KqlAggregate, NullsAreLeftOut) {
  EXPECT_EQ(of("kql.sum", Type::Long, {whole(1), null(), whole(5)}, Type::Long), "6");
  EXPECT_EQ(of("kql.sum", Type::Long, {null()}, Type::Long), "0");
  EXPECT_EQ(of("kql.avg", Type::Long, {whole(1), whole(2), null()}, Type::Real), "1.5");
  EXPECT_EQ(of("kql.max", Type::Long, {whole(1), null(), whole(5)}, Type::Long), "5");
  EXPECT_EQ(of("kql.min", Type::Long, {null()}, Type::Long), "-");
  EXPECT_EQ(of("kql.dcount", Type::String, texts({"a", "A", "a"}), Type::Long), "2");
}

TEST(KqlAggregate, SetsAndListsAreJson) {
  EXPECT_EQ(of("kql.make_list", Type::String, {text("b"), text("a\""), text("b")}, Type::Dynamic),
            R"(["b","a\"","b"])");
  EXPECT_EQ(of("kql.make_set", Type::String, texts({"b", "a", "b"}), Type::Dynamic), R"(["b","a"])");
  EXPECT_EQ(of("kql.make_set", Type::Long, {whole(3), null(), whole(3), whole(1)}, Type::Dynamic), "[3,1]");
  EXPECT_EQ(of("kql.make_set", Type::Dynamic, {OwnedValue(Value::dynamic("{\"a\":1}"))}, Type::Dynamic),
            R"([{"a":1}])");
  EXPECT_EQ(of("kql.make_list", Type::String, {}, Type::Dynamic), "[]");
  EXPECT_EQ(of("kql.make_list", Type::Long, {whole(1), whole(2), whole(3)}, Type::Dynamic,
               {make_literal(OwnedValue(Value::integer(2)), Type::Long)}),
            "[1,2]");
}

TEST(KqlAggregate, ArgMaxGivesTheRowOfTheLargest) {
  Query q({{"v", Type::String}, {"by", Type::Long}});
  q.event({text("a"), whole(1)}).event({text("b"), whole(9)}).event({text("c"), null()}).event({text("d"), whole(9)});
  q.aggregate({{"kql.arg_max", {q.column(0), q.column(1)}, Type::String},
               {"kql.arg_min", {q.column(0), q.column(1)}, Type::String},
               {"kql.take_any", {q.column(0)}, Type::String}});
  EXPECT_EQ(q.rows(), (Lines{"b|a|a"})) << "of equals the first row";
}

TEST(Aggregates, AreSortedByNameAndAllCanBeFound) {
  std::string_view last;
  for (const AggregateRow& row : all_aggregates()) {
    EXPECT_LT(last, row.name);
    EXPECT_EQ(find_aggregate(row.name), &row);
    last = row.name;
  }
  EXPECT_EQ(find_aggregate("no.such"), nullptr);
}

}  // namespace
}  // namespace hecate::tail
