// What heads let through, kept once for all tails.
#include "exec/tail/candidates.h"

#include "exec/tail/blobs.h"
#include "exec/tail/column_keys.h"
#include "support.h"

namespace hecate::tail {
namespace {

using namespace test;

TEST(Candidates, AnEventOfTwoTailsIsOneRowWithTheColumnsOfBoth) {
  DiagnosticSink sink;
  auto database = Database::open({}, sink);
  ASSERT_TRUE(database.ok());
  Query one({{"a", Type::String}, {"b", Type::String}});
  one.show_all();
  one.add(Sort{{{static_cast<ColumnId>(0), false, false, ""}}});
  Query two({{"b", Type::String}, {"c", Type::Long}});
  two.show_all();
  two.add(Sort{{{static_cast<ColumnId>(0), false, false, ""}}});
  const CutPlan cut_one = cut(one.plan);
  const CutPlan cut_two = cut(two.plan);
  Tail first(**database, one.plan, cut_one, 0);
  Tail second(**database, two.plan, cut_two, 1);
  for (int64_t i = 0; i < 5000; ++i) {
    const std::string b = fmt::format("b{:05}", i);
    const std::vector<Value> of_one{Value::string("a"), Value::string(b)};
    const std::vector<Value> of_two{Value::string(b), Value::integer(i)};
    const CandidateFacts facts{i, i, i, static_cast<uint64_t>(i), {}};
    first.append({facts, false, of_one});
    if (i % 3 == 0) second.append({facts, false, of_two});
  }
  EXPECT_EQ((*database)->candidates().row({4999, {}, 0, 4999, {}}), 4999U);
  const auto rows = first.run({}, "first", sink);
  const auto fewer = second.run({}, "second", sink);
  ASSERT_TRUE(rows.ok() && fewer.ok());
  ASSERT_EQ(rows->size(), 5000U);
  EXPECT_EQ((*rows)[4321].values[1].get().as_text(), "b04321");
  ASSERT_EQ(fewer->size(), 1667U);
  EXPECT_EQ((*fewer)[1000].values[1].get().as_integer(), 3000);
  EXPECT_EQ((*fewer)[1000].source, 3000);
}

TEST(Candidates, RowsThatAreOnlyCountedNeedNoColumn) {
  Query q({{"s", Type::String}});
  for (int i = 0; i < 5000; ++i) q.event({text("x")});
  EXPECT_EQ(q.aggregate({{"count", {}, Type::Long}}).rows(), (Lines{"5000"}));
}

TEST(Candidates, TheStoreIsEmptyAfterTheLastTail) {
  DiagnosticSink sink;
  auto database = Database::open({}, sink);
  ASSERT_TRUE(database.ok());
  Query q({{"s", Type::String}});
  q.show_all();
  const CutPlan cut_plan = cut(q.plan);
  const Value a[] = {Value::string("a")};
  for (int64_t round = 0; round < 2; ++round) {
    Tail tail(**database, q.plan, cut_plan, 0);
    EXPECT_EQ((*database)->candidates().row({7 + round, {}, 0, 1, {}}), 0U);
    tail.append({{8, {}, 0, 0, {}}, false, a});
  }
}

// Fields of one name are one column only where they mean the same: of the same type and space, computed alike.
TEST(Candidates, KeysTellColumnsApart) {
  Plan plan;
  const ColumnId a = plan.add_column("a", Type::String);
  const ColumnId b = plan.add_column("b", Type::String);
  const ColumnId c = plan.add_column("c", Type::String);
  const ColumnId d = plan.add_column("d", Type::Long);
  const auto lower = [&](ColumnId of) {
    return make_call("kql.tolower", {make_column(of, Type::String)}, Type::String);
  };
  Head head;
  head.dataset = KustoTable{"T"};
  head.scan_columns = {{a, "F"}, {d, "F"}};
  head.steps.push_back({Extend{{{b, lower(a)}, {c, lower(a)}}}, {}, {}});
  const ColumnKeys keys(head, plan, "");
  EXPECT_EQ(keys.of(b), keys.of(c));
  EXPECT_NE(keys.of(a), keys.of(b));
  EXPECT_NE(keys.of(a), keys.of(d));
  EXPECT_NE(keys.of(a), ColumnKeys(head, plan, "a pack").of(a));
  EXPECT_EQ(keys.of(static_cast<ColumnId>(99)), "");
  head.dataset = KustoTable{"U"};
  EXPECT_NE(keys.of(b), ColumnKeys(head, plan, "").of(b));
}

TEST(Blobs, GoToAFileBeyondTheirMemory) {
  Blobs blobs(testing::TempDir(), size_t{1} << 20);
  std::vector<const char*> kept;
  const std::string text(300000, 'x');
  for (int i = 0; i < 100; ++i) kept.push_back(blobs.add(text + std::to_string(i)));
  for (int i = 0; i < 100; ++i) {
    const std::string expected = text + std::to_string(i);
    EXPECT_EQ(std::string_view(kept[static_cast<size_t>(i)], expected.size()), expected);
  }
  blobs.clear();
  EXPECT_EQ(std::string_view(blobs.add("again"), 5), "again");
}

}  // namespace
}  // namespace hecate::tail
