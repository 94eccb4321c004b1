#include "plan/serialize.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <random>

namespace hecate {
namespace {

constexpr auto kFile = static_cast<FileId>(3);
constexpr std::array kFiles{Span{kFile, 0, 100}, Span{static_cast<FileId>(2), 0, 10}};
constexpr size_t kMost = 1 << 20;

TEST(Bytes, NumbersAndTextsComeBack) {
  const std::string every("\0\xFF\n", 3);
  ByteWriter out;
  for (const uint64_t value : {uint64_t{0}, uint64_t{127}, uint64_t{128}, ~uint64_t{0}}) out.number(value);
  for (const int64_t value :
       {int64_t{-1}, int64_t{63}, std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()})
    out.signed_number(value);
  out.text(every);
  ByteReader in(out.bytes());
  for (const uint64_t value : {uint64_t{0}, uint64_t{127}, uint64_t{128}, ~uint64_t{0}}) EXPECT_EQ(in.number(), value);
  for (const int64_t value :
       {int64_t{-1}, int64_t{63}, std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()})
    EXPECT_EQ(in.signed_number(), value);
  EXPECT_EQ(in.text(), every);
  EXPECT_TRUE(in.finished());
}

TEST(Bytes, WhatCannotBeRightFailsForGood) {
  ByteReader past(
      "\x05"
      "ab");
  EXPECT_EQ(past.text(), "");
  EXPECT_FALSE(past.ok());
  EXPECT_EQ(past.number(), 0U);
  EXPECT_FALSE(past.finished());

  ByteReader endless("\x80\x80");
  EXPECT_EQ(endless.number(), 0U);
  EXPECT_FALSE(endless.ok());

  ByteReader wide("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02");
  EXPECT_EQ(wide.number(), 0U);
  EXPECT_FALSE(wide.ok());
}

Plan rule_with(ExprPtr predicate) {
  Plan plan;
  plan.language = Language::Sigma;
  const ColumnId image = plan.add_column("Image", Type::Many);
  plan.add({Scan{SigmaLogsource{"windows", "process_creation", ""}, {{image, "Image"}}}, {}, {kFile, 5, 9}});
  plan.add({Filter{std::move(predicate)}, {0}, {}});
  plan.output = {{"Image", image}};
  plan.whole_event = true;
  return plan;
}

ExprPtr image() { return make_column(ColumnId{0}, Type::Many, {kFile, 10, 15}); }

/// Every kind of expression, and every kind of constant.
Plan whole_rule() {
  const std::string nul("a\0b", 3);
  std::vector<ExprPtr> operands{
      make_match({image(), MatchOp::Regex, Casing::Sensitive, Quantifier::All, RegexDialect::Re2, {"^a", nul}},
                 {kFile, 100, 100}),
      make_bool(false, {static_cast<FileId>(2), 3, 10}),
      make_not(make_or({make_call("sigma.exists", {image()}, Type::Bool, {kFile, 0, 100}), make_bool(true)})),
  };
  for (const Value& value :
       {Value::null(), Value::json_null(), Value::boolean(true), Value::integer(-7), Value::real(0.1),
        Value::string(nul), Value::datetime(5), Value::timespan(-5), Value::dynamic("{}")}) {
    operands.push_back(make_call("spl.eq", {make_literal(OwnedValue(value), Type::String)}, Type::Bool));
  }
  return rule_with(make_and(std::move(operands)));
}

std::optional<std::string> bytes_of(const Plan& plan, size_t most = kMost) {
  ByteWriter out;
  if (!write_plan(plan, kFiles, most, out)) return std::nullopt;
  return out.take();
}

std::optional<Plan> plan_of(std::string_view bytes) {
  ByteReader in(bytes);
  std::optional<Plan> plan = read_plan(in, kFiles);
  return in.finished() ? std::move(plan) : std::nullopt;
}

TEST(SerializePlan, ReadsBackWhatWasWritten) {
  const Plan plan = whole_rule();
  const auto bytes = bytes_of(plan);
  ASSERT_TRUE(bytes);
  const auto read = plan_of(*bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(dump(*read), dump(plan));
  EXPECT_EQ(bytes_of(*read), bytes);  // spans, kinds and types, which the dump does not show
  EXPECT_TRUE(read->whole_event);
  const auto& predicate = std::get<Filter>(read->nodes[1].op).predicate;
  EXPECT_EQ(std::get<And>(predicate->node).operands[0]->span, (Span{kFile, 100, 100}));
}

TEST(SerializePlan, SpansAreThoseOfTheFileThatItIsReadFor) {
  const auto bytes = bytes_of(whole_rule());
  constexpr auto kOther = static_cast<FileId>(8);
  constexpr std::array kThere{Span{kOther, 0, 100}, Span{static_cast<FileId>(9), 0, 10}};
  ByteReader in(*bytes);
  const auto read = read_plan(in, kThere);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->nodes[0].span, (Span{kOther, 5, 9}));
  EXPECT_FALSE(read->nodes[1].span.known());
  const auto& predicate = std::get<Filter>(read->nodes[1].op).predicate;
  EXPECT_EQ(std::get<And>(predicate->node).operands[1]->span, (Span{static_cast<FileId>(9), 3, 10}));
  constexpr std::array kShorter{Span{kOther, 0, 99}, kThere[1]};
  ByteReader shorter(*bytes);
  EXPECT_FALSE(read_plan(shorter, kShorter));  // a span ends at 100
}

TEST(SerializePlan, RefusesWhatIsNoRuleOfOneFile) {
  EXPECT_FALSE(bytes_of(rule_with(make_raw_field("Image"))));
  EXPECT_FALSE(bytes_of(rule_with(make_literal(OwnedValue(Value::undecided()), Type::Bool))));
  EXPECT_FALSE(bytes_of(rule_with(make_bool(true, {static_cast<FileId>(4), 1, 2}))));
  EXPECT_FALSE(bytes_of(whole_rule(), 50));
  Plan limited = whole_rule();
  limited.add({Limit{1}, {1}, {}});
  EXPECT_FALSE(bytes_of(limited));
  Plan kusto = whole_rule();
  kusto.scan().dataset = KustoTable{"T"};
  EXPECT_FALSE(bytes_of(kusto));
  ExprPtr deep = make_bool(true);
  for (int i = 0; i < 300; ++i) deep = make_call("f", {deep}, Type::Bool);
  EXPECT_FALSE(bytes_of(rule_with(deep)));
}

TEST(SerializePlan, DamagedBytesAreNoPlanOrASoundOne) {
  const std::string whole = *bytes_of(whole_rule());
  for (size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(plan_of(std::string_view(whole).substr(0, size)));
  std::mt19937 random(7);
  for (int round = 0; round < 50'000; ++round) {
    std::string bytes = whole;
    for (int flips = 1 + static_cast<int>(random() % 4); flips > 0; --flips) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    const auto plan = plan_of(bytes);
    if (plan) {
      ASSERT_EQ(verify(*plan), std::nullopt);
    }
  }
}

TEST(SerializePlan, ACountThatLiesAllocatesNothing) {
  ByteWriter out;
  out.number(0);  // the language
  out.number(1'000'000);
  const std::string bytes = out.take() + std::string(1'000'000, '\x7F');
  EXPECT_FALSE(plan_of(bytes));
}

}  // namespace
}  // namespace hecate
