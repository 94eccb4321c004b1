#include <gtest/gtest.h>

#include "lang/sigma/modifiers.h"
#include "support.h"

namespace hecate::sigma {
namespace {

using test::Compiled;
using test::one;
using test::rule_with;
using test::selection;

std::string several(std::string_view lines) { return Compiled(selection(lines)).predicate(); }

// --- structure: Rules Specification 2.1, "Lists" and "Maps" ---

TEST(SigmaStructure, MapsAreAnd) {
  EXPECT_EQ(several("        A: x\n        B: y"), R"((and (match equals ci c0 "x") (match equals ci c1 "y")))");
}

TEST(SigmaStructure, ListsOfMapsAreOr) {
  EXPECT_EQ(several("        - A: x\n        - B: y\n          C: z"),
            R"((or (match equals ci c0 "x") (and (match equals ci c1 "y") (match equals ci c2 "z"))))");
}

TEST(SigmaStructure, AListOfValuesIsOneMatch) {
  EXPECT_EQ(several("        A|endswith:\n            - x\n            - y\n            - x"),
            R"((match endswith ci c0 "x" "y"))");
}

TEST(SigmaStructure, MixedWildcardsAreGroupedByOperation) {
  EXPECT_EQ(several("        A:\n            - 'x*'\n            - y\n            - 'z*'\n            - null"),
            R"((or (match startswith ci c0 "x" "z") (match equals ci c0 "y") (sigma.is_null c0)))");
}

// Keywords: "strings that are applied to the full log message and are linked with a logical OR".
TEST(SigmaStructure, KeywordsSearchTheRawText) {
  const Compiled compiled(selection("        - EVILSERVICE\n        - 'svchost.exe -n evil'\n        - 4625"));
  ASSERT_TRUE(compiled.rule) << compiled.diagnostics();
  EXPECT_EQ(compiled.predicate(), R"((match contains ci c0 "EVILSERVICE" "svchost.exe -n evil" "4625"))");
  EXPECT_EQ(compiled.rule->plan.scan().columns.front().field, "_raw");
}

// "To have a and operator, we use the '|all': modifier."
TEST(SigmaStructure, KeywordsWithAll) {
  EXPECT_EQ(several("        '|all':\n            - 'OabVirtualDirectory'\n            - ' -ExternalUrl '"),
            R"((match contains ci all c0 "OabVirtualDirectory" " -ExternalUrl "))");
  EXPECT_EQ(several("        '|re': 'a.b'"), R"((match regex c0 "a.b"))");
  EXPECT_EQ(several("        '|contains': 'ab'"), R"((match contains ci c0 "ab"))");
}

TEST(SigmaStructure, KeywordsMayStandBesideMaps) {
  EXPECT_EQ(several("        - word\n        - A: x"),
            R"((or (match equals ci c0 "x") (match contains ci c1 "word")))");
}

TEST(SigmaStructure, OneColumnForEachField) {
  const Compiled compiled(selection("        A|contains: x\n        A|endswith: y\n        a: z"));
  ASSERT_TRUE(compiled.rule);
  EXPECT_EQ(dump(compiled.rule->plan),
            "n0 scan sigma(product=windows category= service=) c0=A:many c1=a:many\n"
            "n1 <n0 filter (and (match contains ci c0 \"x\") (match endswith ci c0 \"y\") (match equals ci c1 \"z\"))\n"
            "output +whole-event\n");
}

// --- values ---

// A value is a text however it is written; 4625 matches "4625", true matches "true".
TEST(SigmaValues, NumbersAndBooleansAreTexts) {
  EXPECT_EQ(one("EventID: 4625"), one("EventID: '4625'"));
  EXPECT_EQ(one("F: true"), R"((match equals ci c0 "true"))");
  EXPECT_EQ(one("F: -1.50"), R"((match equals ci c0 "-1.50"))");
  EXPECT_EQ(one("F: inf"), R"((match equals ci c0 "inf"))");
}

// "A null value is defined with null": the field is absent or null.
TEST(SigmaValues, Null) {
  EXPECT_EQ(one("F: null"), "(sigma.is_null c0)");
  EXPECT_EQ(one("F:"), "(sigma.is_null c0)");
  EXPECT_EQ(one("F: 'null'"), R"((match equals ci c0 "null"))");
}

// --- modifiers: Modifiers Appendix 2.1.0 ---

struct Row {
  std::string_view item;
  std::string_view predicate;
};

class SigmaModifier : public testing::TestWithParam<Row> {};

TEST_P(SigmaModifier, Lowers) { EXPECT_EQ(one(GetParam().item), GetParam().predicate); }

constexpr Row kRows[] = {
    {"F|contains|all: [a, b]", R"((match contains ci all c0 "a" "b"))"},
    {"F|all|contains: [a, b]", R"((match contains ci all c0 "a" "b"))"},
    {"F|all: ['a*', '*b', 'c*']", R"((and (match startswith ci all c0 "a" "c") (match endswith ci c0 "b")))"},
    {"F|cased: Ab", R"((match equals c0 "Ab"))"},
    {"F|contains|cased: Ab", R"((match contains c0 "Ab"))"},
    {"F|contains: 42", R"((match contains ci c0 "42"))"},
    {"F|exists: true", "(sigma.exists c0)"},
    {"F|exists: false", "(not (sigma.exists c0))"},
    // "The field is different from the specified values."
    {"F|neq: a", R"((not (match equals ci c0 "a")))"},
    {"F|neq: [a, 1]", R"((not (match equals ci c0 "a" "1")))"},
    {"F|neq|contains: a", R"((not (match contains ci c0 "a")))"},
    {"F|contains|neq: a", R"((not (match contains ci c0 "a")))"},
    // "Regex is matched case-sensitive by default"; no Sigma escapes in it.
    {R"(F|re: 'a\\*[b-d]')", R"((match regex c0 "a\\\\*[b-d]"))"},
    {"F|re|i: a", R"((match regex c0 "(?i)a"))"},
    {"F|re|i|m|s: a", R"((match regex c0 "(?ims)a"))"},
    {"F|re|ignorecase|multiline|dotall: a", R"((match regex c0 "(?ims)a"))"},
    {"F|re: [a, b]", R"((match regex c0 "a" "b"))"},
    {"F|re|all: [a, b]", R"((match regex all c0 "a" "b"))"},
    {"F|re: '(?<=x)(a)\\1'", R"((match regex c0 "(?<=x)(a)\\1"))"},
    {"F|base64: foo", R"((match equals ci c0 "Zm9v"))"},
    {"F|base64offset|contains: foobar", R"((match contains ci c0 "Zm9vYmFy" "Zvb2Jhc" "mb29iYX"))"},
    {"F|utf16be: a", R"((match equals ci c0 "\u0000a"))"},
    {"F|utf16le: a", R"((match equals ci c0 "a\u0000"))"},
    // `wide` is the same as `utf16le`; a\0b\0 in Base64.
    {"F|wide|base64|contains: ab", R"((match contains ci c0 "YQBiAA=="))"},
    {"F|utf16le|base64|contains: ab", R"((match contains ci c0 "YQBiAA=="))"},
    {"F|utf16|base64: a", R"((match equals ci c0 "//5hAA=="))"},
    {"F|cidr: 10.0.0.0/8", R"((sigma.cidr c0 "10.0.0.0/8"))"},
    {"F|cidr: ['10.0.0.0/8', 'fe80::/10']", R"((or (sigma.cidr c0 "10.0.0.0/8") (sigma.cidr c0 "fe80::/10")))"},
    {"F|lt: 5", "(sigma.lt c0 5)"},
    {"F|lte: 5", "(sigma.lte c0 5)"},
    {"F|gt: -5", "(sigma.gt c0 -5)"},
    {"F|gte: 0.5", "(sigma.gte c0 0.5)"},
    // pySigma turns `hour|gte: 22` into a comparison of the field itself.
    {"F|hour|gte: 22", "(sigma.gte (sigma.hour c0) 22)"},
    {"F|minute: 0", "(sigma.eq (sigma.minute c0) 0)"},
    {"F|day: [1, 31]", "(or (sigma.eq (sigma.day c0) 1) (sigma.eq (sigma.day c0) 31))"},
    {"F|week: 53", "(sigma.eq (sigma.week c0) 53)"},
    {"F|month|neq: 12", "(not (sigma.eq (sigma.month c0) 12))"},
    {"F|year|lt: 2020", "(sigma.lt (sigma.year c0) 2020)"},
    {"F|fieldref: G", "(sigma.field_equals c0 c1)"},
    {"F|fieldref|neq: G", "(not (sigma.field_equals c0 c1))"},
    {"F|fieldref|startswith: G", "(sigma.field_startswith c0 c1)"},
    {"F|endswith|fieldref: G", "(sigma.field_endswith c0 c1)"},
    {"F|fieldref|contains|cased: G", "(sigma.field_contains c0 c1 true)"},
    // "`field: %name%` handles `%name%` as literal value."
    {"F: '%name%'", R"((match equals ci c0 "%name%"))"},
    {R"(F|expand: '\%plain% 50%')", R"((match equals ci c0 "%plain% 50%"))"},
};
INSTANTIATE_TEST_SUITE_P(Appendix, SigmaModifier, testing::ValuesIn(kRows));

// All values must hold, each in one of its forms.
TEST(SigmaModifiers, AllOverValuesWithSeveralForms) {
  EXPECT_EQ(
      one("F|base64offset|contains|all: [foobar, foobar]"),
      R"((and (match contains ci c0 "Zm9vYmFy" "Zvb2Jhc" "mb29iYX") (match contains ci c0 "Zm9vYmFy" "Zvb2Jhc" "mb29iYX")))");
}

class SigmaModifierError : public testing::TestWithParam<Row> {};

TEST_P(SigmaModifierError, HasItsPlace) { EXPECT_EQ(one(GetParam().item), GetParam().predicate); }

constexpr Row kErrors[] = {
    {"F|contians: a", "SIG011 6:11 `contians`"},
    {"F|: a", "SIG011 6:10 `|`"},
    {"F|Contains: a", "SIG011 6:11 `Contains`"},
    {"F|i: a", "SIG012 6:11 `i`"},
    {"F|re|contains: a", "SIG012 6:14 `contains`"},
    {"F|contains|re: a", "SIG012 6:20 `re`"},
    {"F|contains|base64: a", "SIG012 6:20 `base64`"},
    {"F|contains|contains: a", "SIG012 6:20 `contains`"},
    {"F|neq|all: [a, b]", "SIG012 6:15 `all`"},
    {"F|exists|all: [true, true]", "SIG012 6:18 `all`"},
    {"F|exists: 'yes'", "SIG013 6:20 `yes`"},
    {"F|exists: [true, false]", "SIG013 6:11 `exists`"},
    {"F|lt: '5'", "SIG013 6:16 `5`"},
    {"F|lt: abc", "SIG013 6:15 `abc`"},
    {"F|contains: null", "SIG013 6:21 ``"},
    {"F|windash: 5", "SIG013 6:20 `5`"},
    {"F|hour: 24", "SIG013 6:17 `24`"},
    {"F|month|gte: 1.5", "SIG013 6:22 `1.5`"},
    {"F|base64: 'a*'", "SIG013 6:20 `a*`"},
    {"F|base64offset: ''", "SIG013 6:25 `'`"},
    {"F|re: 'a(b'", "SIG014 6:19 ``"},
    {"F|re: 'a[z-a]'", "SIG014 6:20 `a`"},
    {"F|cidr: 10.0.0.0/33", "SIG015 6:17 `10.0.0.0/33`"},
    {"F|cidr: 10.0.0/8", "SIG015 6:17 `10.0.0/8`"},
    {"F|cidr: 'fe80::/129'", "SIG015 6:18 `fe80::/129`"},
    // "If the tool isn't able to handle placeholders, it must reject the rule."
    {"F|expand: 'a%Servers%'", "SIG016 6:21 `%Servers%`"},
    {"F|contains|expand: '%a%%b%'", "SIG016 6:29 `%a%`; SIG016 6:32 `%b%`"},
    {"'|cidr': 10.0.0.0/8", "SIG017 6:11 `cidr`"},
    {"'|endswith': a", "SIG017 6:11 `endswith`"},
    {"'': null", "SIG017 6:13 ``"},
    {"F: []", "SIG010 6:9 `F`"},
    {"F: {a: b}", "SIG003 6:12 `{a: b`"},
    {"F: [[a]]", "SIG003 6:13 `[a`"},
};
INSTANTIATE_TEST_SUITE_P(Mistakes, SigmaModifierError, testing::ValuesIn(kErrors));

TEST(SigmaModifiers, HintsNameTheFix) {
  EXPECT_EQ(Compiled(selection("        F|contians: a")).hint(), "did you mean `contains`?");
  EXPECT_EQ(Compiled(selection("        F|contains|base64: a")).hint(), "write `|base64|contains`");
  EXPECT_EQ(Compiled(selection("        F|re|contains: a")).hint(),
            "a regular expression is searched anywhere; anchor it with ^ or $ where it must not be");
}

// "Single item values are not allowed to have an `all` modifier."
TEST(SigmaModifiers, AllOnOneValueWarns) {
  const Compiled compiled(selection("        F|contains|all: a"));
  EXPECT_TRUE(compiled.rule);
  EXPECT_EQ(compiled.diagnostics(), "SIG018 6:20 `all`");
}

TEST(SigmaModifiers, EveryErrorOfARuleIsReported) {
  EXPECT_EQ(several("        A|foo: x\n        B|lt: y\n        C|re: '('"), "SIG011 6:11 `foo`; SIG013 7:15 `y`");
}

TEST(SigmaModifiers, TheTableIsWhole) {
  for (const ModifierRow& row : modifiers()) {
    EXPECT_EQ(find_modifier(row.name), &row) << row.name;
    EXPECT_FALSE(row.doc.empty()) << row.name;
    if (row.alias_of.empty()) continue;
    const ModifierRow* usual = find_modifier(row.alias_of);
    ASSERT_NE(usual, nullptr) << row.name;
    EXPECT_EQ(usual->id, row.id);
  }
}

// --- size ---

TEST(SigmaSize, AHundredThousandValues) {
  std::string lines = "        F|contains:\n";
  for (int i = 0; i < 100'000; ++i) lines += fmt::format("            - v{}\n", i);
  const Compiled compiled(selection(lines));
  ASSERT_TRUE(compiled.rule) << compiled.diagnostics();
  const auto& filter = std::get<hecate::Filter>(compiled.rule->plan.nodes.back().op);
  EXPECT_EQ(std::get<Match>(filter.predicate->node).patterns.size(), 100'000U);
}

TEST(SigmaSize, AliasBombsAreRefused) {
  std::string text = "title: T\nlogsource: {product: p}\ndetection:\n    a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 6; ++i) {
    text += fmt::format("    a{0}: &a{0} [*a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}]\n", i,
                        i - 1);
  }
  text += "    condition: 1 of them\n";
  EXPECT_EQ(Compiled(text).diagnostics().substr(0, 6), "SIG008");
}

}  // namespace
}  // namespace hecate::sigma
