#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lang/kql/codes.h"
#include "support.h"

namespace hecate::kql::test {
namespace {

struct Row {
  const char* query;
  const char* diagnostic;
  const char* hint;
};
class Diagnostics : public testing::TestWithParam<Row> {};

TEST_P(Diagnostics, SaysThis) {
  const Outcome outcome = run(GetParam().query);
  EXPECT_TRUE(outcome.plan.empty()) << outcome.plan;
  ASSERT_FALSE(outcome.diagnostics.empty()) << GetParam().query;
  EXPECT_EQ(outcome.diagnostics.front(), GetParam().diagnostic) << GetParam().query;
  EXPECT_EQ(outcome.hints.front(), GetParam().hint) << GetParam().query;
}

INSTANTIATE_TEST_SUITE_P(
    All, Diagnostics,
    testing::Values(
        Row{"T | wher S == 'a'", "KQL004 1:5 unknown operator `wher`", "did you mean `where`?"},
        Row{"T | graph-merge U", "KQL005 1:5 the operator `graph-merge` is not supported", ""},
        Row{"T | join kind=outer (T) on S", "KQL002 1:5 there is no kind `outer` of join", ""},
        Row{"T | mv-expand N", "KQL011 1:15 mv-expand takes dynamic values, and `N` is long", ""},
        Row{"T | join (T) on Sx", "KQL007 1:17 unknown column `Sx`", "did you mean `S`?"},
        Row{"T | join (T) on $left.S == $right.N",
            "KQL012 1:17 rows are joined where `S` (string) equals `N` (long): the types differ",
            "convert one of them before the join"},
        Row{"imFileEvnt | take 1", "KQL006 1:1 unknown table `imFileEvnt`", "did you mean `imFileEvent`?"},
        Row{"T | where Sx == 'a'", "KQL007 1:11 unknown column `Sx`", "did you mean `S`?"},
        Row{"T | where n == 1", "KQL007 1:11 unknown column `n`", "did you mean `N`?"},
        Row{"T | where isempt(S)", "KQL008 1:11 unknown function `isempt`", "did you mean `isempty`?"},
        Row{"T | where S == geo_no_such(S)", "KQL009 1:16 the function `geo_no_such` is not supported", ""},
        Row{"T | where tolower() == 'a'", "KQL010 1:11 `tolower` takes 1 argument, not 0", ""},
        Row{"T | where url_decode(N) == 'a'",
            "KQL011 1:22 argument 1 of `url_decode` must be a string, and `N` is long", "convert it with tostring()"},
        Row{"T | where N has 'a'", "KQL011 1:11 `has` compares text, and `N` is long", "convert it with tostring()"},
        Row{"T | where S", "KQL011 1:11 `where` needs a bool, and `S` is string", ""},
        Row{"T | where S.a == 'x'", "KQL011 1:11 `.a` needs a dynamic value, and `S` is string",
            "read it as JSON with parse_json()"},
        Row{"T | where S < 5", "KQL012 1:11 string cannot be compared with long: `S` is string",
            "convert with tolong(), or write the number as a string"},
        Row{"T | where N == 'five'", "KQL012 1:11 long cannot be compared with string: `N` is long",
            "write the number without quotes, or convert with tostring()"},
        Row{"T | where D == E", "KQL012 1:11 dynamic cannot be compared with dynamic: `D` is dynamic",
            "convert one of them with tostring()"},
        Row{"T | where S matches regex '(a'", "KQL013 1:27 invalid regular expression: missing ): (a", ""},
        Row{"T | where S matches regex @'\\<.'", "KQL013 1:27 `\\<` in a regular expression is not supported here",
            "say what stands beside the boundary: \\w, a letter, a digit"},
        Row{"let f = (x: long) { x }; T | where N == f()", "KQL010 1:41 the value for the parameter `x` is missing",
            ""},
        Row{"let f = (x: long) { x }; T | where N == f(y=1)", "KQL010 1:45 the function has no parameter `y`",
            "did you mean `x`?"},
        Row{"T | where S == (T | project S)", "KQL011 1:17 a table stands where a value is needed",
            "take one value of it: toscalar(…)"},
        Row{"T | take N", "KQL016 1:10 the number of rows must be a constant that is not negative", ""},
        Row{"T | where count() > 1", "KQL017 1:11 the aggregate `count` stands outside of `summarize`", ""},
        Row{"T | summarize X = N", "KQL017 1:19 `N` stands outside of an aggregate",
            "group by it, or take one of its values: take_any(N)"},
        Row{"let a = 1; let a = 2; T", "KQL018 1:16 `a` is defined twice", ""},
        Row{"imFileEvent(starttme=ago(1d))", "KQL019 1:22 `imFileEvent` has no parameter `starttme`",
            "filter with `| where …` instead"},
        Row{"T | where S == 'abc", "KQL001 1:16 this string is not closed",
            "a string ends on the line on which it begins; ``` begins one of several lines"},
        Row{"T | where (S == 'abc'", "KQL001 1:11 this `(` is not closed", ""},
        Row{"T | where S ==", "KQL002 1:15 expected a value, but the query ends here", ""},
        Row{"T | where S == 'a' 5", "KQL002 1:20 expected `|` or the end of `where`, found `5`", ""},
        Row{"T | where Time > datetime(nope)", "KQL003 1:18 `nope` is not a datetime literal",
            "`datetime(…)` takes a literal; todatetime(…) converts a value"},
        Row{"T | where S == '\\d'", "KQL003 1:17 this escape sequence is not one of KQL's",
            "write `\\\\` for a backslash, or use a verbatim string: @\"…\""},
        // extend-operator: a column of the same extend is not visible to its neighbour.
        Row{"T | extend Xx = 1, Yy = Xx", "KQL007 1:25 unknown column `Xx`", ""}));

TEST(Errors, OfSeveralOperatorsAreAllReported) {
  const Outcome outcome = run("T | where Nope1 == 1 | where | wher x | where Nope2 == 2");
  ASSERT_EQ(outcome.diagnostics.size(), 3U);
  EXPECT_EQ(outcome.diagnostics[0].substr(0, 11), "KQL002 1:30");
  EXPECT_EQ(outcome.diagnostics[1].substr(0, 11), "KQL004 1:32");
  EXPECT_EQ(outcome.diagnostics[2].substr(0, 11), "KQL007 1:11");
}

TEST(Hostile, NestingIsBounded) {
  const size_t many = 100'000;
  for (const std::string& open :
       {std::string("("), std::string("["), std::string("dynamic(["), std::string("not("), std::string("-(")}) {
    std::string query = "T | where ";
    for (size_t i = 0; i < many; ++i) query += open;
    const Outcome outcome = run(query);
    EXPECT_TRUE(outcome.plan.empty());
    EXPECT_FALSE(outcome.diagnostics.empty());
  }
  std::string closed = "T | where " + std::string(many, '(') + "B" + std::string(many, ')');
  EXPECT_EQ(run(closed).diagnostics.front().substr(0, 6), "KQL015");
}

TEST(Hostile, LongChainsAreBoundedOrFlat) {
  std::string ors = "T | where N == 0";
  for (int i = 1; i < 20'000; ++i) ors += " or N == " + std::to_string(i);
  EXPECT_TRUE(run(ors).verified);
  std::string sum = "T | where N == 0";
  for (int i = 1; i < 20'000; ++i) sum += " + 1";
  EXPECT_EQ(run(sum).diagnostics.front().substr(0, 6), "KQL015");
  std::string path = "T | extend X = D";
  for (int i = 1; i < 20'000; ++i) path += ".a";
  EXPECT_EQ(run(path).diagnostics.front().substr(0, 6), "KQL015");
}

TEST(Hostile, LetsThatDoubleAreBounded) {
  std::string query = "let a0 = 1;";
  for (int i = 1; i < 40; ++i)
    query += "let a" + std::to_string(i) + " = a" + std::to_string(i - 1) + " + a" + std::to_string(i - 1) + ";";
  const Outcome outcome = run(query + "T | where N == a39");
  ASSERT_FALSE(outcome.diagnostics.empty());
  EXPECT_EQ(outcome.diagnostics.front().substr(0, 6), "KQL015");
}

TEST(Hostile, LetsThatNestAreBounded) {
  std::string query = "let a0 = 1;";
  for (int i = 1; i < 20'000; ++i) query += fmt::format("let a{} = a{} + 1;", i, i - 1);
  EXPECT_EQ(run(query + "T | where N == a19999").diagnostics.front().substr(0, 6), "KQL015");
}

TEST(Hostile, SubqueriesOfDeepChainsAreBounded) {
  std::string chain;
  for (int i = 0; i < 200; ++i) chain += "+1";
  std::string query = "1";
  for (int i = 0; i < 100; ++i) query = "(T | where " + query + ")" + chain;
  EXPECT_EQ(run("T | where N == " + query).diagnostics.front().substr(0, 6), "KQL015");
}

TEST(Hostile, BytesDoNotCrash) {
  const std::string seed =
      "let x = dynamic({'a': [1, -2.5, \"z\"]}); T | where S has_any ('a') and Time > ago(1d) // c\n| summarize "
      "count() by bin(Time, 1h)";
  for (size_t at = 0; at < seed.size(); ++at) {
    for (const char c : {'\0', '(', '\'', '\xff', '|', '.'}) {
      std::string query = seed;
      query[at] = c;
      run(query);
      run(query.substr(0, at));
    }
  }
}

TEST(Codes, AreInOrder) {
  for (size_t i = 0; i < kCodes.size(); ++i) {
    EXPECT_EQ(kCodes[i]->id, fmt::format("KQL{:03}", i + 1));
  }
}

}  // namespace
}  // namespace hecate::kql::test
