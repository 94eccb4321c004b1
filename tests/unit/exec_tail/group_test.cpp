// Grouping, sorting, distinct, and the columns that every relation carries besides the plan's.
#include "support.h"

namespace hecate::tail {
namespace {

using namespace test;

const Query::Item kCount{"count", {}, Type::Long};

TEST(Group, CountsByKeyInTheOrderOfTheKeys) {
  Query q({{"host", Type::String}});
  for (const char* host : {"b", "a", "b", "c", "b"}) q.event({text(host)});
  EXPECT_EQ(q.aggregate({kCount}, {0}).rows(), (Lines{"a|1", "b|3", "c|1"}));
}

TEST(Group, KeysThatDifferInCaseAreTwo) {
  Query q({{"host", Type::String}});
  for (const char* host : {"a", "A", "a"}) q.event({text(host)});
  EXPECT_EQ(q.aggregate({kCount}, {0}).rows(), (Lines{"A|1", "a|2"}));
}

TEST(Group, SplunkDropsRowsWithoutTheKeyAndKustoKeepsThem) {
  for (const bool drop : {true, false}) {
    Query q({{"host", Type::String}});
    q.event({text("a")}).event({null()}).event({text("")}).event({null()});
    q.aggregate({kCount}, {0}, drop ? NullKeys::Drop : NullKeys::Keep);
    EXPECT_EQ(q.rows(), drop ? (Lines{"|1", "a|1"}) : (Lines{"a|1", "-|2", "|1"})) << "an empty text is a value";
  }
}

// Splunk, stats: each value of a multivalue field is a group of its own; two such fields make every combination.
TEST(Group, MultivalueKeysMakeACrossProduct) {
  Query q({{"a", Type::Many}, {"b", Type::Many}});
  q.event({many({"x", "y"}), many({"1", "2"})}).event({text("x"), text("1")}).event({many({"x", "y"}), null()});
  EXPECT_EQ(q.aggregate({kCount}, {0, 1}).rows(), (Lines{"x|1|2", "x|2|1", "y|1|1", "y|2|1"}));
}

TEST(Group, WithoutKeysThereIsOneRowAlsoOverNothing) {
  Query none({{"host", Type::String}});
  EXPECT_EQ(none.aggregate({kCount}).rows(), (Lines{"0"}));
  Query two({{"host", Type::String}});
  two.event({text("a")}).event({null()});
  EXPECT_EQ(two.aggregate({kCount}).rows(), (Lines{"2"}));
  Query grouped({{"host", Type::String}});
  EXPECT_EQ(grouped.aggregate({kCount}, {0}).rows(), Lines{}) << "no row, no group";
}

TEST(Group, MoreRowsThanAVectorHolds) {
  Query q({{"k", Type::String}, {"v", Type::Many}});
  for (int i = 0; i < 5000; ++i) q.event({text(std::to_string(i % 3)), i % 2 == 0 ? many({"a", "b"}) : text("c")});
  EXPECT_EQ(q.aggregate({kCount, {"spl.values", {q.column(1)}, Type::Many}}, {0}).rows(),
            (Lines{"0|1667|[a,b,c]", "1|1667|[a,b,c]", "2|1666|[a,b,c]"}));
}

TEST(Group, CarriesTimesEventsAndTheFirstSource) {
  Query q({{"k", Type::String}});
  q.event({text("a")}).event({text("b")}).event({text("a")}).event({text("a")});
  q.events[0].time = 500;
  q.events[2].time = 30;
  q.events[3].time = std::nullopt;
  const std::vector<Row> rows = q.aggregate({kCount}, {0}).run();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].first_time, 30);
  EXPECT_EQ(rows[0].last_time, 500);
  EXPECT_EQ(rows[0].events, 3);
  EXPECT_EQ(rows[0].source, 100) << "of the first event in order, not in time";
  EXPECT_EQ(rows[0].rest, "");
  EXPECT_EQ(rows[1].events, 1);
  EXPECT_EQ(rows[1].source, 101);
}

TEST(Group, TheHashIsOfTheEventsNotOfTheirOrder) {
  const auto hash_of = [](const std::vector<uint64_t>& hashes) {
    Query q({{"k", Type::String}});
    for (const uint64_t hash : hashes) {
      q.event({text("a")});
      q.events.back().hash = hash;
    }
    return q.aggregate({kCount}, {0}).run().at(0).hash;
  };
  EXPECT_EQ(hash_of({1, 0xFFFFFFFFFFFFFFFF, 3}), hash_of({3, 1, 0xFFFFFFFFFFFFFFFF}));
  EXPECT_NE(hash_of({1, 2}), hash_of({1, 4}));
  EXPECT_EQ(hash_of({0x8000000000000001}), 0x8000000000000001);
}

TEST(Sort, IsStableAndPutsNullsWhereItIsTold) {
  const auto sorted = [](bool descending, bool nulls_first) {
    Query q({{"k", Type::Long}, {"n", Type::String}});
    q.event({whole(2), text("a")})
        .event({null(), text("b")})
        .event({whole(1), text("c")})
        .event({whole(2), text("d")})
        .event({whole(1), text("e")});
    q.add(Sort{{{static_cast<ColumnId>(0), descending, nulls_first, ""}}}).show_all();
    std::string order;
    for (const std::string& row : q.rows()) order += row.back();
    return order;
  };
  EXPECT_EQ(sorted(false, false), "ceadb");
  EXPECT_EQ(sorted(true, false), "adceb");
  EXPECT_EQ(sorted(false, true), "bcead");
  EXPECT_EQ(sorted(true, true), "badce");
}

// Splunk, sort: numbers numerically, other values lexicographically; numbers before texts.
TEST(Sort, SplunksAutoOrderPutsNumbersFirst) {
  Query q({{"v", Type::String}});
  for (const char* value : {"b", "10", "9", "a", "-1", "1e2", "0x1"}) q.event({text(value)});
  q.add(Sort{{{static_cast<ColumnId>(0), false, false, "spl.auto"}}}).show_all();
  EXPECT_EQ(q.rows(), (Lines{"-1", "9", "10", "1e2", "0x1", "a", "b"}));
}

TEST(Sort, AMultivalueSortsByItsFirstValue) {
  Query q({{"v", Type::Many}});
  q.event({many({"b", "a"})}).event({text("a")}).event({null()}).event({many({"aa", "z"})});
  q.add(Sort{{{static_cast<ColumnId>(0), false, false, ""}}}).show_all();
  EXPECT_EQ(q.rows(), (Lines{"a", "[aa,z]", "[b,a]", "-"}));
}

TEST(Limit, TakesTheFirstInOrder) {
  Query q({{"v", Type::Long}});
  for (const int64_t v : {5, 3, 9, 1}) q.event({whole(v)});
  q.add(Sort{{{static_cast<ColumnId>(0), true, false, ""}}}).add(Limit{2}).show_all();
  EXPECT_EQ(q.rows(), (Lines{"9", "5"}));
  Query none({{"v", Type::Long}});
  none.event({whole(1)});
  EXPECT_EQ(none.add(Limit{0}).show_all().rows(), Lines{});
}

TEST(Distinct, KeepsTheFirstOfEach) {
  Query q({{"k", Type::String}, {"n", Type::Long}});
  q.event({text("a"), whole(1)})
      .event({text("b"), whole(2)})
      .event({text("a"), whole(3)})
      .event({null(), whole(4)})
      .event({null(), whole(5)});
  q.add(Distinct{{static_cast<ColumnId>(0)}, NullKeys::Keep}).show_all();
  EXPECT_EQ(q.rows(), (Lines{"a|1", "b|2", "-|4"}));
}

TEST(Distinct, CanDropWhatHasNoKey) {
  Query q({{"k", Type::String}});
  q.event({text("a")}).event({null()}).event({text("a")}).event({text("")});
  q.add(Distinct{{static_cast<ColumnId>(0)}, NullKeys::Drop}).show_all();
  EXPECT_EQ(q.rows(), (Lines{"a", ""}));
}

TEST(Distinct, WithoutColumnsIsOfTheWholeRow) {
  Query q({{"a", Type::String}, {"b", Type::Many}});
  q.event({text("x"), many({"1", "2"})}).event({text("x"), many({"1", "2"})}).event({text("x"), many({"2", "1"})});
  q.add(Distinct{{}, NullKeys::Keep}).show_all();
  EXPECT_EQ(q.rows(), (Lines{"x|[1,2]", "x|[2,1]"}));
}

}  // namespace
}  // namespace hecate::tail
