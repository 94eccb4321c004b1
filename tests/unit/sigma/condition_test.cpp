#include "lang/sigma/condition.h"

#include <gtest/gtest.h>

#include "lang/sigma/codes.h"
#include "support.h"

namespace hecate::sigma {
namespace {

using test::Compiled;
using test::rule_with;

/// The tree, or the diagnostics as "CODE begin-end".
std::string parsed(const std::string& text) {
  SourceMap sources;
  DiagnosticSink sink;
  const FileId file = sources.add("c", text);
  const Result<ast::ConditionPtr> condition = parse_condition(MappedText(text, {file, 0, 0}), sink);
  std::string out = condition ? ast::dump(**condition) : "";
  for (const Diagnostic& diagnostic : sink.all()) {
    if (!out.empty()) out += " ";
    out += fmt::format("{} {}-{}", diagnostic.code->id, diagnostic.primary.span.begin, diagnostic.primary.span.end);
  }
  return out;
}

// Rules Specification 2.1, "Condition": "Operator Precedence (least to most binding): or, and, not, x of
// search-identifier, ( expression )".
TEST(SigmaCondition, Precedence) {
  EXPECT_EQ(parsed("a or b and not c"), "(or a (and b (not c)))");
  EXPECT_EQ(parsed("(a or b) and c"), "(and (or a b) c)");
  EXPECT_EQ(parsed("not a and b"), "(and (not a) b)");
  EXPECT_EQ(parsed("not 1 of a* or b"), "(or (not (1-of a*)) b)");
  EXPECT_EQ(parsed("not not a"), "(not (not a))");
}

TEST(SigmaCondition, Selectors) {
  EXPECT_EQ(parsed("1 of them"), "(1-of *)");
  EXPECT_EQ(parsed("all of them"), "(all-of *)");
  EXPECT_EQ(parsed("all of sel*_x"), "(all-of sel*_x)");
  EXPECT_EQ(parsed("any of sel*"), "(1-of sel*)");  // pySigma's second name of `1 of`
}

TEST(SigmaCondition, NamesAreYamlKeys) {
  EXPECT_EQ(parsed("sel-1 and keywords.x"), "(and sel-1 keywords.x)");
  EXPECT_EQ(parsed("all and one"), "(and all one)");  // `all` is a name where no `of` follows
  EXPECT_EQ(parsed("a\n  and\tb"), "(and a b)");
}

TEST(SigmaCondition, UpperCaseOperatorsAreReadWithAWarning) {
  EXPECT_EQ(parsed("a AND NOT b"), "(and a (not b)) SIG026 2-5 SIG026 6-9");
  EXPECT_EQ(parsed("a OR b OR c"), "(or a b c) SIG026 2-4 SIG026 7-9");
}

TEST(SigmaCondition, SyntaxErrorsHaveTheirPlace) {
  EXPECT_EQ(parsed("a and"), "SIG020 5-5");
  EXPECT_EQ(parsed("a b"), "SIG020 2-3");
  EXPECT_EQ(parsed("(a or b"), "SIG020 0-1");
  EXPECT_EQ(parsed("a or b)"), "SIG020 6-7");
  EXPECT_EQ(parsed("a or or b"), "SIG020 5-7");
  EXPECT_EQ(parsed("()"), "SIG020 1-2");
  EXPECT_EQ(parsed("sel*"), "SIG020 0-4");
  EXPECT_EQ(parsed("1 of"), "SIG020 2-4");
  EXPECT_EQ(parsed("some of x*"), "SIG020 0-4");
  EXPECT_EQ(parsed("a & b"), "SIG020 2-3");
  EXPECT_EQ(parsed("a, b"), "SIG020 1-2");
  EXPECT_EQ(parsed(""), "SIG010 0-0");
  EXPECT_EQ(parsed("  "), "SIG010 0-2");
}

// The specification has "1/all of", no other number.
TEST(SigmaCondition, OtherCountsAreRefusedByName) { EXPECT_EQ(parsed("2 of sel*"), "SIG027 0-1"); }

TEST(SigmaCondition, AggregationsAreRefusedByName) {
  EXPECT_EQ(parsed("sel | count() by x > 5"), "SIG023 4-22");
  EXPECT_EQ(parsed("sel | near other"), "SIG023 4-16");
  EXPECT_EQ(parsed("(sel | count() > 5)"), "SIG023 5-19");
}

TEST(SigmaCondition, DeepNestingIsRefused) {
  constexpr size_t kMany = 100'000;
  EXPECT_EQ(parsed(std::string(kMany, '(') + "a" + std::string(kMany, ')')).substr(0, 6), "SIG024");
  std::string nots;
  for (size_t i = 0; i < kMany; ++i) nots += "not ";
  EXPECT_EQ(parsed(nots + "a").substr(0, 6), "SIG024");
  std::string chain = "a";
  for (size_t i = 0; i < kMany; ++i) chain += " or a";
  EXPECT_EQ(parsed(chain).substr(0, 8), "(or a a ");  // long, not deep
}

TEST(SigmaCondition, NameAndPattern) {
  EXPECT_TRUE(selects("sel*", "selection"));
  EXPECT_TRUE(selects("*tion", "selection"));
  EXPECT_TRUE(selects("s*c*n", "selection"));
  EXPECT_FALSE(selects("sel", "selection"));
  EXPECT_FALSE(selects("sel*x", "selection"));
  // "A search identifier `_example` wouldn't be included because detections starting with underscores are
  // excluded by convention."
  EXPECT_FALSE(selects("*", "_example"));
  EXPECT_TRUE(selects("_ex*", "_example"));
}

constexpr std::string_view kThree =
    "    sel1:\n        A: 1\n    sel2:\n        B: 2\n    _sel3:\n        C: 3\n    condition: ";

std::string with_three(std::string_view condition) {
  return Compiled(rule_with(fmt::format("{}{}", kThree, condition))).predicate();
}

TEST(SigmaCondition, SelectorsLower) {
  constexpr std::string_view kA = R"((match equals ci c0 "1"))";
  constexpr std::string_view kB = R"((match equals ci c1 "2"))";
  EXPECT_EQ(with_three("1 of them"), fmt::format("(or {} {})", kA, kB));
  EXPECT_EQ(with_three("all of sel*"), fmt::format("(and {} {})", kA, kB));
  EXPECT_EQ(with_three("sel1 and not 1 of *2"), fmt::format("(and {} (not {}))", kA, kB));
  // "The condition can be a list ... logically linked with OR."
  EXPECT_EQ(with_three("[sel1, sel2]"), fmt::format("(or {} {})", kA, kB));
}

// Columns stand in the order of use, and a search that is not used has none.
TEST(SigmaCondition, UnusedSearchesAreCheckedAndReported) {
  const Compiled compiled(rule_with(fmt::format("{}sel2", kThree)));
  ASSERT_TRUE(compiled.rule);
  EXPECT_EQ(dump(compiled.rule->plan),
            "n0 scan sigma(product=windows category= service=) c0=B:many\n"
            "n1 <n0 filter (match equals ci c0 \"2\")\n"
            "output +whole-event\n");
  EXPECT_EQ(compiled.diagnostics(), "SIG025 5:5 `sel1`; SIG025 9:5 `_sel3`");
}

TEST(SigmaCondition, UnknownNamesComeWithTheNearest) {
  const Compiled compiled(rule_with("    selection:\n        A: 1\n    condition: not selectoin"));
  EXPECT_EQ(compiled.diagnostics(), "SIG021 7:20 `selectoin`");
  EXPECT_EQ(compiled.hint(), "did you mean `selection`?");
  EXPECT_EQ(with_three("1 of filter*"), "SIG022 11:21 `filter*`");
  EXPECT_EQ(Compiled(rule_with("    _a:\n        A: 1\n    condition: 1 of them")).predicate(), "SIG022 7:21 `them`");
}

// Inside a folded block the place is still the place in the file.
TEST(SigmaCondition, PlacesInsideBlockScalars) {
  const Compiled compiled(rule_with("    a:\n        A: 1\n    condition: >\n        a and\n        nowhere"));
  EXPECT_EQ(compiled.diagnostics(), "SIG021 9:9 `nowhere`");
}

TEST(SigmaCondition, HugeExpansionsAreRefused) {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += fmt::format("    s{}:\n        A: {}\n", i, i);
  text += "    condition: 1 of them";
  for (int i = 0; i < 2000; ++i) text += " or 1 of s*";
  EXPECT_EQ(Compiled(rule_with(text)).diagnostics().substr(0, 6), "SIG008");
}

}  // namespace
}  // namespace hecate::sigma
