#include "plan/emptiness.h"

#include <gtest/gtest.h>

namespace hecate {
namespace {

/// A scan of one column, and what follows it.
Plan scan(std::vector<Node::Op> rest = {}) {
  Plan plan;
  const ColumnId column = plan.add_column("a", Type::String);
  plan.add({Scan{SplunkEvents{}, {{column, "a"}}}, {}, {}});
  for (Node::Op& op : rest) plan.add({std::move(op), {static_cast<NodeId>(plan.nodes.size() - 1)}, {}});
  return plan;
}

bool is_empty(const Plan& plan) {
  return has_no_rows(plan, [](const Plan&) { return true; });
}

Plan with_input(Plan plan, Plan input) {
  plan.inputs.push_back({std::make_shared<Plan>(std::move(input)), {}, {}, 0, {}});
  return plan;
}

Plan constant() {
  Plan plan;
  plan.add({ConstantRows{{}, {{}}}, {}, {}});
  return plan;
}

TEST(Emptiness, WhatChoosesAndGroupsHasNoRowsOfNothing) {
  Aggregate by_key;
  by_key.keys.push_back({});
  EXPECT_TRUE(is_empty(scan()));
  EXPECT_TRUE(is_empty(scan({Filter{make_bool(true)}, by_key, Sort{}, Limit{5}, Distinct{}, Unnest{}, Window{}})));
  EXPECT_FALSE(has_no_rows(scan(), [](const Plan&) { return false; }));
}

TEST(Emptiness, ACountOfEverythingHasARow) {
  EXPECT_FALSE(is_empty(scan({Aggregate{}})));
  EXPECT_FALSE(is_empty(scan({Aggregate{}, Filter{make_bool(true)}})));
  EXPECT_FALSE(is_empty(constant()));
}

TEST(Emptiness, WhatWritesATableRuns) {
  EXPECT_FALSE(is_empty(scan({WriteTable{}})));
  EXPECT_FALSE(is_empty(with_input(scan({Join{}}), scan({WriteTable{}}))));
}

TEST(Emptiness, JoinsAreEmptyWhereTheSideThatCountsIs) {
  using Kind = Relate::Kind;
  const auto relate = [](Kind kind) { return std::vector<Node::Op>{Relate{0, kind, {}, {}}}; };
  // The left is empty, the right is not.
  for (const Kind kind :
       {Kind::Inner, Kind::InnerUnique, Kind::LeftOuter, Kind::LeftSemi, Kind::LeftAnti, Kind::RightSemi})
    EXPECT_TRUE(is_empty(with_input(scan(relate(kind)), constant()))) << static_cast<int>(kind);
  for (const Kind kind : {Kind::RightOuter, Kind::RightAnti, Kind::FullOuter})
    EXPECT_FALSE(is_empty(with_input(scan(relate(kind)), constant()))) << static_cast<int>(kind);
  // The right is empty, the left is not.
  const auto left = [&](Kind kind) {
    Plan plan = constant();
    plan.add({Relate{0, kind, {}, {}}, {0}, {}});
    return with_input(std::move(plan), scan());
  };
  for (const Kind kind :
       {Kind::Inner, Kind::InnerUnique, Kind::RightOuter, Kind::LeftSemi, Kind::RightAnti, Kind::RightSemi})
    EXPECT_TRUE(is_empty(left(kind))) << static_cast<int>(kind);
  for (const Kind kind : {Kind::LeftOuter, Kind::LeftAnti, Kind::FullOuter})
    EXPECT_FALSE(is_empty(left(kind))) << static_cast<int>(kind);
}

TEST(Emptiness, AUnionIsEmptyWhereAllItsPlansAre) {
  Plan plan;
  plan.add({Union{{0, 1}, {}, {}, {}}, {}, {}});
  EXPECT_TRUE(is_empty(with_input(with_input(plan, scan()), scan())));
  EXPECT_FALSE(is_empty(with_input(with_input(plan, scan()), constant())));
  EXPECT_TRUE(is_empty(with_input(scan({Append{0, {}}}), scan())));
  EXPECT_FALSE(is_empty(with_input(scan({Append{0, {}}}), constant())));
}

}  // namespace
}  // namespace hecate
