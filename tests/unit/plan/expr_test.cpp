#include "plan/expr.h"

#include <gtest/gtest.h>

namespace hecate {
namespace {

ExprPtr column(uint32_t id, Type type = Type::String) { return make_column(static_cast<ColumnId>(id), type); }
ExprPtr truth(uint32_t id) { return column(id, Type::Bool); }

struct GlobCase {
  std::string_view glob;
  std::string_view dump;
};

// A glob without inner wildcards is the plainer test, so that equal tests of different languages are equal atoms.
TEST(MakeGlobMatch, ClassifiesTheGlob) {
  const GlobCase cases[] = {
      {"", R"((match equals ci c0 ""))"},
      {"abc", R"((match equals ci c0 "abc"))"},
      {"abc*", R"((match startswith ci c0 "abc"))"},
      {"*abc", R"((match endswith ci c0 "abc"))"},
      {"*abc*", R"((match contains ci c0 "abc"))"},
      {"**abc***", R"((match contains ci c0 "abc"))"},
      {"*", R"((match contains ci c0 ""))"},  // anything that is present
      {"**", R"((match contains ci c0 ""))"},
      {"a*b", R"((match wildcard ci c0 "a*b"))"},
      {"a?c", R"((match wildcard ci c0 "a?c"))"},
      {"*a*b*", R"((match wildcard ci c0 "*a*b*"))"},
      {"*?", R"((match wildcard ci c0 "*?"))"},
      {R"(a\*)", R"((match equals ci c0 "a*"))"},
      {R"(\*a)", R"((match equals ci c0 "*a"))"},
      {R"(a\?b*)", R"((match startswith ci c0 "a?b"))"},
      {R"(*\\*)", R"((match contains ci c0 "\\"))"},
      {R"(*\\)", R"((match endswith ci c0 "\\"))"},
      {R"(a\\*)", R"((match startswith ci c0 "a\\"))"},
      {R"(a\bc)", R"((match equals ci c0 "abc"))"},  // `\` takes the next literally, whatever it is
      {R"(a\)", R"((match equals ci c0 "a\\"))"},    // at the end it is itself
      {R"(*\**x)", R"((match wildcard ci c0 "*\\**x"))"},
  };
  for (const GlobCase& c : cases)
    EXPECT_EQ(dump(*make_glob_match(column(0), c.glob, Casing::Insensitive)), c.dump) << c.glob;
  EXPECT_EQ(dump(*make_glob_match(column(0), "A*", Casing::Sensitive)), R"((match startswith c0 "A"))");
}

TEST(MakeGlobMatch, AnEscapedLiteralIsThatLiteral) {
  for (const std::string_view text : {"", "plain", "*", "?", "\\", "a*b?c\\d", "\\*", "\\\\", "*.*"}) {
    const ExprPtr expr = make_glob_match(column(0), glob_escape(text), Casing::Sensitive);
    const auto& match = std::get<Match>(expr->node);
    EXPECT_EQ(match.op, MatchOp::Equals) << text;
    EXPECT_EQ(match.patterns, std::vector<std::string>{std::string(text)});
  }
}

TEST(Junctions, AreFlattened) {
  const ExprPtr a = truth(0);
  const ExprPtr b = truth(1);
  const ExprPtr c = truth(2);
  EXPECT_EQ(make_and({a}), a) << "one operand is itself";
  EXPECT_EQ(make_or({a}), a);
  EXPECT_EQ(dump(*make_and({make_and({a, b}), c})), "(and c0 c1 c2)");
  EXPECT_EQ(dump(*make_or({a, make_or({b, make_or({c, a})})})), "(or c0 c1 c2 c0)");
  EXPECT_EQ(dump(*make_and({make_or({a, b}), c})), "(and (or c0 c1) c2)") << "only their own kind";
  EXPECT_EQ(dump(*make_and({})), "(and)");
  EXPECT_EQ(make_and({a, b})->type, Type::Bool);
}

TEST(Dump, ShowsEveryKindOfNode) {
  Match regex{column(1), MatchOp::Regex, Casing::Sensitive, Quantifier::All, RegexDialect::Pcre2, {"a\"b", "c"}};
  const ExprPtr all = make_and({make_not(make_match(regex)), make_bool(true),
                                make_call("spl.eq", {make_raw_field("a.b{}"), make_string("x\n")}, Type::Bool)});
  EXPECT_EQ(dump(*all), R"((and (not (match regex all c1 "a\"b" "c")) true (spl.eq raw[a.b{}] "x\n")))");
  EXPECT_EQ(dump(*make_literal(OwnedValue(Value::datetime(0)), Type::Datetime)), "datetime(1970-01-01T00:00:00Z)");
  EXPECT_EQ(dump(*make_literal(OwnedValue(Value::timespan(kTicksPerSecond)), Type::Timespan)), "timespan(00:00:01)");
  EXPECT_EQ(dump(*make_literal(OwnedValue(Value::null()), Type::String)), "null");
  EXPECT_EQ(dump(*make_literal(OwnedValue::many({"a", "b"}), Type::Many)), R"(["a","b"])");
}

TEST(Dump, TellsEveryOperatorAndCasing) {
  const std::pair<MatchOp, std::string_view> ops[] = {
      {MatchOp::Equals, "equals"},     {MatchOp::Contains, "contains"},   {MatchOp::StartsWith, "startswith"},
      {MatchOp::EndsWith, "endswith"}, {MatchOp::Wildcard, "wildcard"},   {MatchOp::Regex, "regex"},
      {MatchOp::Has, "has"},           {MatchOp::HasPrefix, "hasprefix"}, {MatchOp::HasSuffix, "hassuffix"}};
  for (const auto& [op, name] : ops) {
    Match match{column(0), op, Casing::Sensitive, Quantifier::Any, RegexDialect::Pcre2, {"p"}};
    EXPECT_EQ(dump(*make_match(match)), "(match " + std::string(name) + " c0 \"p\")");
    match.casing = Casing::Insensitive;
    EXPECT_EQ(dump(*make_match(match)), "(match " + std::string(name) + " ci c0 \"p\")");
  }
}

TEST(Rewrite, SharesWhatDoesNotChange) {
  const ExprPtr untouched = make_not(make_call("f", {column(1)}, Type::Bool));
  const ExprPtr tree = make_and(
      {untouched,
       make_match({column(0), MatchOp::Equals, Casing::Sensitive, Quantifier::Any, RegexDialect::Pcre2, {"x"}})});
  const auto keep = [](const ExprPtr&) { return ExprPtr(); };
  EXPECT_EQ(rewrite(tree, keep), tree) << "nothing changes: the very same tree";
  const auto replace = [](const ExprPtr& expr) {
    const auto* ref = std::get_if<ColumnRef>(&expr->node);
    return ref != nullptr && ref->column == static_cast<ColumnId>(0) ? make_raw_field("path") : ExprPtr();
  };
  const ExprPtr changed = rewrite(tree, replace);
  EXPECT_EQ(dump(*changed), R"((and (not (f c1)) (match equals raw[path] "x")))");
  EXPECT_EQ(std::get<And>(changed->node).operands[0], untouched);
  EXPECT_EQ(dump(*tree), R"((and (not (f c1)) (match equals c0 "x")))") << "the old tree stays";
}

TEST(Rewrite, IsBottomUpAndReachesEveryChild) {
  const ExprPtr tree =
      make_or({make_not(truth(0)), make_call("f", {truth(0), make_call("g", {truth(0)}, Type::Bool)}, Type::Bool),
               make_and({truth(0), truth(1)})});
  int seen = 0;
  const ExprPtr result = rewrite(tree, [&](const ExprPtr& expr) {
    ++seen;
    return std::holds_alternative<ColumnRef>(expr->node) ? make_bool(true) : ExprPtr();
  });
  EXPECT_EQ(dump(*result), "(or (not true) (f true (g true)) (and true true))");
  EXPECT_EQ(seen, 10);
}

}  // namespace
}  // namespace hecate
