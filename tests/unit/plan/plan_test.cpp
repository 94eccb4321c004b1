#include "plan/plan.h"

#include <gtest/gtest.h>

namespace hecate {
namespace {

ColumnId id(uint32_t value) { return static_cast<ColumnId>(value); }

/// A sound plan with every operator, which the tests below break in one place each.
Plan sound() {
  Plan plan;
  plan.language = Language::Spl;
  const ColumnId host = plan.add_column("host", Type::Many);
  const ColumnId size = plan.add_column("size", Type::Real);
  const ColumnId twice = plan.add_column("twice", Type::Real);
  const ColumnId key = plan.add_column("host", Type::String);
  const ColumnId count = plan.add_column("count", Type::Long);
  plan.add({Scan{SplunkEvents{}, {{host, "host"}, {size, "size"}}}, {}, {}});
  plan.add(
      {Filter{make_call("spl.gt", {make_column(size, Type::Real), make_literal(OwnedValue(Value::real(1)), Type::Real)},
                        Type::Bool)},
       {0},
       {}});
  plan.add({Extend{{{twice, make_call("spl.add", {make_column(size, Type::Real), make_column(size, Type::Real)},
                                      Type::Real)}}},
            {1},
            {}});
  plan.add({Aggregate{{{key, host, {}}}, {{count, "count", {}, {}}}, NullKeys::Drop, true, true}, {2}, {}});
  plan.add({Sort{{{count, true, true, ""}, {key, false, false, "spl.auto"}}}, {3}, {}});
  plan.add({Distinct{{key}, NullKeys::Keep}, {4}, {}});
  plan.add({Limit{10}, {5}, {}});
  plan.output = {{"host", key}, {"count", count}};
  return plan;
}

TEST(PlanDump, IsALineANode) {
  EXPECT_EQ(dump(sound()),
            "n0 scan splunk c0=host:many c1=size:real\n"
            "n1 <n0 filter (spl.gt c1 1)\n"
            "n2 <n1 extend c2:real=(spl.add c1 c1)\n"
            "n3 <n2 aggregate c4=count() by c3=c0 drop-null-keys expand-many ordered\n"
            "n4 <n3 sort -c4 nulls-first +c3\n"
            "n5 <n4 distinct c3\n"
            "n6 <n5 limit 10\n"
            "output host=c3 count=c4\n");
}

TEST(PlanDump, ShowsTheDataset) {
  EXPECT_EQ(to_string(Dataset(SigmaLogsource{"linux", "process_creation", ""})),
            "sigma(product=linux category=process_creation service=)");
  EXPECT_EQ(to_string(Dataset(KustoTable{"imFileEvent"})), "kusto(imFileEvent)");
  EXPECT_EQ(to_string(Dataset(SplunkEvents{})), "splunk");
  Plan plan = sound();
  plan.whole_event = true;
  EXPECT_NE(dump(plan).find("+whole-event\n"), std::string::npos);
}

TEST(PlanVerify, ASoundPlanHasNoBreach) { EXPECT_EQ(verify(sound()), std::nullopt); }

TEST(PlanVerify, NamesEachBreach) {
  const auto breach_of = [](const auto& spoil) {
    Plan plan = sound();
    spoil(plan);
    return verify(plan).value_or("sound");
  };
  const auto filter = [](Plan& plan, ExprPtr predicate) {
    std::get<Filter>(plan.nodes[1].op).predicate = std::move(predicate);
  };

  EXPECT_EQ(breach_of([](Plan& p) { p.nodes.clear(); }), "the first node is not a scan");
  EXPECT_EQ(breach_of([](Plan& p) { p.nodes[0].op = Limit{1}; }), "the first node is not a scan");
  EXPECT_EQ(breach_of([](Plan& p) { p.nodes[1].inputs = {2}; }), "n1 reads n2, which is not before it");
  EXPECT_EQ(breach_of([](Plan& p) { p.nodes[3].inputs = {3}; }), "n3 reads n3, which is not before it");
  EXPECT_EQ(breach_of([&](Plan& p) { filter(p, make_column(id(0), Type::Many)); }),
            "a filter's predicate is not boolean: c0");
  EXPECT_EQ(breach_of([&](Plan& p) { filter(p, make_column(id(2), Type::Bool)); }), "c2 is used before it is defined");
  EXPECT_EQ(breach_of([&](Plan& p) { filter(p, make_column(id(99), Type::Bool)); }),
            "c99 is used before it is defined");
  EXPECT_EQ(breach_of([&](Plan& p) { filter(p, make_not(make_call("f", {make_raw_field("x")}, Type::Bool))); }),
            "a raw field outside of a bound head");
  EXPECT_EQ(breach_of([](Plan& p) { std::get<Extend>(p.nodes[2].op).columns[0].id = id(1); }), "c1 is defined twice");
  EXPECT_EQ(breach_of([](Plan& p) { std::get<Extend>(p.nodes[2].op).columns[0].id = id(50); }), "c50 has no entry");
  EXPECT_EQ(breach_of([](Plan& p) { std::get<Scan>(p.nodes[0].op).columns[1].id = id(0); }), "c0 is defined twice");
  EXPECT_EQ(breach_of([](Plan& p) { std::get<Sort>(p.nodes[4].op).keys[0].column = id(1); }),
            "c1 is used before it is defined")
      << "what is not grouped is gone";
  EXPECT_EQ(breach_of([](Plan& p) { std::get<Distinct>(p.nodes[5].op).columns = {id(2)}; }),
            "c2 is used before it is defined");
  EXPECT_EQ(breach_of([](Plan& p) { p.output.push_back({"size", id(1)}); }), "c1 is used before it is defined");
  EXPECT_EQ(breach_of([](Plan& p) { std::get<Aggregate>(p.nodes[3].op).keys[0].input = id(3); }),
            "c3 is used before it is defined");
  EXPECT_EQ(breach_of([](Plan& p) {
              std::get<Aggregate>(p.nodes[3].op).items[0].arguments = {make_column(id(4), Type::Long)};
            }),
            "c4 is used before it is defined");
}

TEST(PlanVerify, AnExtendCannotReadItself) {
  Plan plan = sound();
  auto& extend = std::get<Extend>(plan.nodes[2].op);
  extend.columns[0].value = make_column(extend.columns[0].id, Type::Real);
  EXPECT_EQ(verify(plan), "c2 is used before it is defined");
}

TEST(Types, HaveNames) {
  EXPECT_EQ(to_string(Language::Kql), "kql");
  EXPECT_EQ(to_string(Type::Many), "many");
  EXPECT_EQ(kusto_name(Type::Many), "dynamic");
  EXPECT_EQ(kusto_name(Type::Datetime), "datetime");
}

}  // namespace
}  // namespace hecate
