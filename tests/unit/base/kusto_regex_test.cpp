#include "base/kusto_regex.h"

#include <gtest/gtest.h>

namespace hecate {
namespace {

struct Translation {
  std::string_view kusto, re2;
};

constexpr std::string_view kNothing = "[^\\x00-\\x{10FFFF}]";

// https://learn.microsoft.com/kusto/query/regex: `\<` is "a start-of-word boundary (\W|\A on the left, \w on the
// right)", `\>` "an end-of-word boundary (\w on the left, \W|\z on the right)".
TEST(KustoRegex, BoundariesOfWordsAreThoseOfRe2WhereTheNeighbourIsKnown) {
  const Translation cases[] = {
      {"(?<name>a)(?P<other>b)", "(?P<name>a)(?P<other>b)"},
      {R"(\<admin\>)", R"(\badmin\b)"},
      {R"(\b{start}\d+\b{end})", R"(\b\d+\b)"},
      {R"(\<(?:root|admin|[a-z]x)\>)", R"(\b(?:root|admin|[a-z]x)\b)"},
      {R"([\<\>]+)", R"([\<\>]+)"},  // in a class they are the characters
      {R"(\\<a)", R"(\\<a)"},        // a backslash, then `<`
      {R"((?i)\<(?P<n>a))", R"((?i)\b(?P<n>a))"},
  };
  for (const Translation& c : cases) {
    const KustoRegex regex = kusto_regex(c.kusto);
    EXPECT_EQ(regex.pattern, c.re2) << c.kusto;
    EXPECT_EQ(regex.unsupported, "") << c.kusto;
  }
}

TEST(KustoRegex, ABoundaryBesideWhatIsNoWordMatchesNothing) {
  EXPECT_EQ(kusto_regex(R"(\<\/a)").pattern, std::string(kNothing) + R"(\/a)");
  EXPECT_EQ(kusto_regex(R"(a\<)").pattern, "a" + std::string(kNothing));
  EXPECT_EQ(kusto_regex(R"(-\>b)").pattern, "-" + std::string(kNothing) + "b");
  EXPECT_EQ(kusto_regex(R"(\>b)").pattern, std::string(kNothing) + "b");
}

TEST(KustoRegex, WhatCannotBeDecidedIsNamed) {
  for (const std::string_view pattern : {R"(\<.)", R"(\<a?)", R"(\<(a|-))", R"(\<(a)?b)", R"(\<[^a])", R"(\<\S)"}) {
    EXPECT_EQ(kusto_regex(pattern).unsupported, R"(\<)") << pattern;
  }
  for (const std::string_view pattern : {R"(.\>)", R"(a*\>)", R"((a|-)\>)", R"(a|\>)", R"((?:a)?\>)"}) {
    EXPECT_EQ(kusto_regex(pattern).unsupported, R"(\>)") << pattern;
  }
  EXPECT_EQ(kusto_regex(R"(\b{start-half}a)").unsupported, R"(\b)");
}

TEST(KustoRegex, UnfinishedPatternsDoNotCrash) {
  const std::string_view all = R"(\<(?P<n>[[:alpha:]\]x]{0,2}|(?i)a\>)\b{end}[)";
  for (size_t length = 0; length <= all.size(); ++length) {
    EXPECT_GE(kusto_regex(all.substr(0, length)).pattern.size(), length / 2);
  }
  EXPECT_EQ(kusto_regex(R"(\<)" + std::string(100000, '(')).unsupported, R"(\<)");
}

}  // namespace
}  // namespace hecate
