// The authority of the differential tests, itself tested by hand.
#include "exec/reference/reference.h"

#include <gtest/gtest.h>

namespace hecate::reference {
namespace {

ExprPtr column(uint32_t id) { return make_column(static_cast<ColumnId>(id), Type::Bool); }

/// Columns: c0 true, c1 false, c2 null, c3 undecided, c4 the text "x", c5 several texts, c6 JSON null.
class Evaluate : public ::testing::Test {
 protected:
  Value operator()(const ExprPtr& expr) {
    EvalContext context{arena, run};
    return evaluate(*expr, bindings, context);
  }
  std::string kind(const ExprPtr& expr) {
    const Value value = (*this)(expr);
    switch (value.kind()) {
      case Kind::Null: return "null";
      case Kind::JsonNull: return "json null";
      case Kind::Undecided: return "undecided";
      case Kind::Bool: return value.as_bool() ? "true" : "false";
      default: return value_text(value);
    }
  }
  static ExprPtr match(ExprPtr operand, std::vector<std::string> patterns, Quantifier quantifier = Quantifier::Any) {
    return make_match({std::move(operand), MatchOp::Contains, Casing::Insensitive, quantifier, RegexDialect::Pcre2,
                       std::move(patterns)});
  }

  Arena arena;
  RunParameters run;
  OwnedValue several = OwnedValue::many({"one", "two"});
  Bindings bindings{[this](ColumnId id) {
                      const Value values[] = {Value::boolean(true), Value::boolean(false), Value::null(),
                                              Value::undecided(),   Value::string("x"),    several.get(),
                                              Value::json_null()};
                      return values[static_cast<size_t>(id)];
                    },
                    [](std::string_view path) { return Value::string(path); },
                    [](std::string_view name) { return name == "meta.time" ? Value::datetime(5) : Value::null(); }};
};

struct KleeneCase {
  uint32_t a, b;
  std::string_view both, either;
};

TEST_F(Evaluate, KleeneLogicWithTwoKindsOfNotKnowing) {
  const KleeneCase cases[] = {
      {0, 0, "true", "true"},           {0, 1, "false", "true"},          {0, 2, "null", "true"},
      {0, 3, "undecided", "true"},      {1, 1, "false", "false"},         {1, 2, "false", "null"},
      {1, 3, "false", "undecided"},     {2, 2, "null", "null"},           {2, 3, "undecided", "undecided"},
      {3, 3, "undecided", "undecided"}, {4, 0, "null", "true"},           {4, 1, "false", "null"},
      {6, 0, "null", "true"},           {6, 3, "undecided", "undecided"},
  };
  for (const KleeneCase& c : cases) {
    for (const auto& [a, b] : {std::pair(c.a, c.b), std::pair(c.b, c.a)}) {
      EXPECT_EQ(kind(make_and({column(a), column(b)})), c.both) << a << " and " << b;
      EXPECT_EQ(kind(make_or({column(a), column(b)})), c.either) << a << " or " << b;
    }
  }
  EXPECT_EQ(kind(make_and({})), "true");
  EXPECT_EQ(kind(make_or({})), "false");
}

TEST_F(Evaluate, NotKeepsWhatIsNotKnown) {
  EXPECT_EQ(kind(make_not(column(0))), "false");
  EXPECT_EQ(kind(make_not(column(1))), "true");
  EXPECT_EQ(kind(make_not(column(2))), "null");
  EXPECT_EQ(kind(make_not(column(3))), "undecided");
  EXPECT_EQ(kind(make_not(column(4))), "null") << "a text is neither true nor false";
}

TEST_F(Evaluate, AMatchIsTwoValuedButForUndecided) {
  EXPECT_EQ(kind(match(column(4), {"X"})), "true");
  EXPECT_EQ(kind(match(column(4), {"y"})), "false");
  EXPECT_EQ(kind(match(column(2), {""})), "false");
  EXPECT_EQ(kind(match(column(6), {""})), "false");
  EXPECT_EQ(kind(match(column(3), {"x"})), "undecided");
  EXPECT_EQ(kind(make_not(match(column(2), {"x"}))), "true") << "Sigma: not (absent field matches)";
  EXPECT_EQ(kind(match(column(5), {"ONE", "two"}, Quantifier::All)), "true");
  EXPECT_EQ(kind(match(column(5), {"ONE", "three"}, Quantifier::All)), "false");
}

TEST_F(Evaluate, CallsFollowTheLibrarysRulesOnNullAndUndecided) {
  EXPECT_EQ(kind(make_call("text.upper", {column(4)}, Type::String)), "X");
  EXPECT_EQ(kind(make_call("text.upper", {column(2)}, Type::String)), "null");
  EXPECT_EQ(kind(make_call("text.upper", {column(3)}, Type::String)), "undecided");
  EXPECT_EQ(kind(make_call("sigma.exists", {column(6)}, Type::Bool)), "true");
  EXPECT_EQ(kind(make_call("sigma.exists", {column(2)}, Type::Bool)), "false");
  EXPECT_EQ(kind(make_call("no.such", {column(4)}, Type::Bool)), "null");
}

TEST_F(Evaluate, TheRunIsUndecidedUntilItIsKnown) {
  const ExprPtr now = make_call("kql.now", {}, Type::Datetime);
  EXPECT_EQ(kind(now), "undecided");
  EXPECT_EQ(kind(make_and({column(1), match(now, {"1970"})})), "false") << "what is false needs no now";
  run.now = 0;
  EXPECT_EQ(kind(now), "1970-01-01T00:00:00Z");
  EXPECT_EQ(kind(match(now, {"1970"})), "true");
}

TEST_F(Evaluate, LeavesComeFromTheBindings) {
  EXPECT_EQ(kind(make_raw_field("a.b")), "a.b");
  EXPECT_EQ((*this)(make_call("meta.time", {}, Type::Datetime)).as_ticks(), 5);
  EXPECT_EQ(kind(make_call("meta.host", {}, Type::String)), "null");
}

}  // namespace
}  // namespace hecate::reference
