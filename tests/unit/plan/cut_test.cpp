#include "plan/cut.h"

#include <gtest/gtest.h>

namespace hecate {
namespace {

/// A plan over three fields, c0 to c2, to which a test adds what it needs.
struct Builder {
  Plan plan;
  ColumnId a = plan.add_column("a", Type::String);
  ColumnId b = plan.add_column("b", Type::String);
  ColumnId c = plan.add_column("c", Type::Datetime);

  Builder() { plan.add({Scan{KustoTable{"T"}, {{a, "a"}, {b, "b"}, {c, "c"}}}, {}, {}}); }

  [[nodiscard]] ExprPtr text(ColumnId id) const { return make_column(id, plan.column(id).type); }
  [[nodiscard]] static ExprPtr equals(ExprPtr operand, std::string pattern) {
    return make_match({std::move(operand),
                       MatchOp::Equals,
                       Casing::Sensitive,
                       Quantifier::Any,
                       RegexDialect::Pcre2,
                       {std::move(pattern)}});
  }
  [[nodiscard]] ExprPtr recent() const {
    return make_call("kql.gt", {text(c), make_call("kql.now", {}, Type::Datetime)}, Type::Bool);
  }
  void filter(ExprPtr predicate) { add(Filter{std::move(predicate)}); }
  ColumnId extend(ExprPtr value, Type type) {
    const ColumnId id = plan.add_column("x", type);
    add(Extend{{{id, std::move(value)}}});
    return id;
  }
  ColumnId count_by(ColumnId by) {
    const ColumnId key = plan.add_column("key", Type::String);
    const ColumnId count = plan.add_column("count", Type::Long);
    add(Aggregate{{{key, by, {}}}, {{count, "count", {}, {}}}});
    plan.output = {{"key", key}, {"count", count}};
    return count;
  }
  template <typename Op>
  void add(Op op) {
    plan.add({std::move(op), {static_cast<NodeId>(plan.nodes.size() - 1)}, {}});
  }
};

std::vector<ColumnId> ids(std::initializer_list<uint32_t> values) {
  std::vector<ColumnId> result;
  for (const uint32_t value : values) result.push_back(static_cast<ColumnId>(value));
  return result;
}

TEST(Cut, FiltersAndExtendsAreTheHead) {
  Builder q;
  q.filter(Builder::equals(q.text(q.a), "x"));
  const ColumnId extended = q.extend(make_call("text.lower", {q.text(q.b)}, Type::String), Type::String);
  q.plan.output = {{"x", extended}};
  const CutPlan result = cut(q.plan);
  EXPECT_EQ(result.head.steps.size(), 2U);
  EXPECT_TRUE(result.tail.empty());
  EXPECT_EQ(result.undecided, nullptr);
  EXPECT_EQ(result.head.live, ids({3})) << "a and b served the head alone";
  EXPECT_EQ(to_string(result.head.dataset), "kusto(T)");
  EXPECT_EQ(result.head.scan_columns.size(), 3U);
}

TEST(Cut, TheTailBeginsAtTheFirstOperatorOverSeveralEvents) {
  Builder q;
  q.filter(Builder::equals(q.text(q.a), "x"));
  const ColumnId count = q.count_by(q.b);
  q.filter(make_call(
      "kql.gt", {make_column(count, Type::Long), make_literal(OwnedValue(Value::integer(3)), Type::Long)}, Type::Bool));
  const CutPlan result = cut(q.plan);
  EXPECT_EQ(result.head.steps.size(), 1U);
  ASSERT_EQ(result.tail.size(), 2U) << "a filter behind the aggregate stays behind it";
  EXPECT_TRUE(std::holds_alternative<Aggregate>(result.tail[0].op));
  EXPECT_EQ(result.head.live, ids({1}));
}

TEST(Cut, LiveIsWhatTheTailReadsUpToTheFirstAggregate) {
  Builder q;
  q.add(Sort{{{q.c, false, false, ""}}});
  const ColumnId late = q.extend(make_call("text.lower", {q.text(q.a)}, Type::String), Type::String);
  q.count_by(late);
  EXPECT_EQ(cut(q.plan).head.live, ids({0, 2})) << "what the tail itself defines is not live in the head";
}

TEST(Cut, WithoutAnAggregateTheOutputIsLive) {
  Builder q;
  q.add(Limit{5});
  q.plan.output = {{"b", q.b}, {"a", q.a}};
  EXPECT_EQ(cut(q.plan).head.live, ids({0, 1})) << "in the order of ids, not of the output";
}

TEST(Cut, ADistinctKeepsItsColumnsLive) {
  Builder q;
  q.add(Distinct{{q.b}, NullKeys::Keep});
  q.plan.output = {{"a", q.a}};
  EXPECT_EQ(cut(q.plan).head.live, ids({0, 1}));
}

TEST(Cut, AWholeEventKeepsAllThatIsDefined) {
  Builder q;
  q.extend(make_string("x"), Type::String);
  q.plan.whole_event = true;
  EXPECT_EQ(cut(q.plan).head.live, ids({0, 1, 2, 3}));
}

TEST(Cut, AFilterThatDependsOnTheRunIsUndecidedForTheTail) {
  Builder q;
  q.filter(make_and({Builder::equals(q.text(q.a), "x"), q.recent()}));
  q.plan.output = {{"b", q.b}};
  const CutPlan result = cut(q.plan);
  EXPECT_EQ(result.head.steps.size(), 1U) << "the head still drops what is definitely false";
  ASSERT_NE(result.undecided, nullptr);
  EXPECT_EQ(dump(*result.undecided), R"((and (match equals c0 "x") (kql.gt c2 (kql.now))))");
  EXPECT_EQ(result.head.live, ids({0, 1, 2})) << "the tail must be able to decide";
}

TEST(Cut, SeveralUndecidedFiltersAreOneConjunction) {
  Builder q;
  q.filter(q.recent());
  q.filter(Builder::equals(q.text(q.a), "x"));
  q.filter(make_not(q.recent()));
  const CutPlan result = cut(q.plan);
  EXPECT_EQ(result.head.steps.size(), 3U);
  EXPECT_EQ(dump(*result.undecided), "(and (kql.gt c2 (kql.now)) (not (kql.gt c2 (kql.now))))");
}

TEST(Cut, AnExtendThatStoresAValueOfTheRunEndsTheHead) {
  Builder q;
  q.filter(Builder::equals(q.text(q.a), "x"));
  const ColumnId age = q.extend(
      make_call("kql.sub", {make_call("kql.now", {}, Type::Datetime), q.text(q.c)}, Type::Timespan), Type::Timespan);
  q.filter(Builder::equals(q.text(q.b), "y"));
  q.plan.output = {{"age", age}};
  const CutPlan result = cut(q.plan);
  EXPECT_EQ(result.head.steps.size(), 1U);
  EXPECT_EQ(result.tail.size(), 2U);
  EXPECT_EQ(result.undecided, nullptr);
  EXPECT_EQ(result.head.live, ids({1, 2}));
}

TEST(RunDependence, IsFoundAnywhereInATree) {
  EXPECT_TRUE(is_run_dependent("kql.now"));
  EXPECT_TRUE(is_run_dependent("kql.ago"));
  EXPECT_TRUE(is_run_dependent("spl.now"));
  EXPECT_FALSE(is_run_dependent("kql.nowhere"));
  EXPECT_FALSE(is_run_dependent("spl.eq"));
  const ExprPtr deep =
      make_or({make_bool(false), make_not(Builder::equals(make_call("spl.now", {}, Type::Real), "1"))});
  EXPECT_TRUE(is_run_dependent(*deep));
  EXPECT_FALSE(is_run_dependent(*make_not(make_bool(true))));
}

}  // namespace
}  // namespace hecate
