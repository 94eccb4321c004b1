// What a pattern cannot match without. Too little only costs time, too much would lose events.
#include "exec/stream/required_literals.h"

#include <gtest/gtest.h>

namespace hecate::stream {
namespace {

using Literals = std::vector<std::string>;

TEST(RequiredByRegex, TheLongestRunOfWhatMustBeThere) {
  EXPECT_EQ(required_by_regex("abc"), Literals{"abc"});
  EXPECT_EQ(required_by_regex("ABC"), Literals{"abc"}) << "texts are folded";
  EXPECT_EQ(required_by_regex("ab.cdef"), Literals{"cdef"});
  EXPECT_EQ(required_by_regex(R"(\\Users\\[^\\]+\\AppData)"), Literals{"\\appdata"});
  EXPECT_EQ(required_by_regex("^https?://"), Literals{"http"}) << "`s` may be missing";
  EXPECT_EQ(required_by_regex("abcd+e"), Literals{"abcd"});
  EXPECT_EQ(required_by_regex("abcd*efg"), Literals{"abc"});
  EXPECT_EQ(required_by_regex("abcd{0,3}"), Literals{"abc"});
  EXPECT_EQ(required_by_regex("abcd{2,3}x"), Literals{"abcd"});
}

TEST(RequiredByRegex, ShortOnesOnlyOfCharactersThatAreRare) {
  EXPECT_EQ(required_by_regex(R"(\w+`(?:\w+|-|.)`[\w+|\s])"), Literals{"`"});
  EXPECT_EQ(required_by_regex(R"((?i)\$\{`?e`?n`?v`?:)"), Literals{"${"});
  EXPECT_EQ(required_by_regex(R"(\s-e)"), std::nullopt);
  EXPECT_EQ(required_by_regex(R"([<>]a|b>)"), std::nullopt) << "one alternative has none";
}

TEST(RequiredByRegex, OneOfTheAlternatives) {
  EXPECT_EQ(required_by_regex("abc|defg"), (Literals{"abc", "defg"}));
  EXPECT_EQ(required_by_regex("x(?:foo|barn)y"), (Literals{"foo", "barn"}));
  EXPECT_EQ(required_by_regex("(?i)-(enc|encoded)command"), Literals{"command"});
  EXPECT_EQ(required_by_regex("abc|.*"), std::nullopt) << "the other alternative needs nothing";
  EXPECT_EQ(required_by_regex("(?:foo|bar)?baz"), Literals{"baz"});
  EXPECT_EQ(required_by_regex("(?:foo|bar)*"), std::nullopt);
}

TEST(RequiredByRegex, WhatIsLookedAtAroundIsNotPartOfIt) {
  EXPECT_EQ(required_by_regex("abc(?!defgh)"), Literals{"abc"});
  EXPECT_EQ(required_by_regex("(?<=abcdef)xyz"), Literals{"xyz"});
  EXPECT_EQ(required_by_regex("(?<name>abcdef)xyz"), Literals{"abcdef"});
}

TEST(RequiredByRegex, GivesUpWhereItDoesNotKnowTheSyntax) {
  for (const char* pattern :
       {"", "ab", R"(\d+\w*)", R"(abc\Qdef)", R"(abc\x41def)", "(?x)a b c d", R"(abc(def)\1)", "abc[[:alpha:]]def",
        "(*UTF)abcdef", R"(\p{Lu}abcdef)", "abc(?(1)def)", "abc)", "abc(", "[abc", "caf\xC3\xA9 noir", "a{b}cdef"}) {
    EXPECT_EQ(required_by_regex(pattern), std::nullopt) << pattern;
  }
  EXPECT_EQ(required_by_regex(std::string(100'000, '(')), std::nullopt) << "however deep";
}

TEST(RequiredByGlob, TheLongestPieceBetweenWildcards) {
  EXPECT_EQ(required_by_glob("*abc*de?f"), "abc");
  EXPECT_EQ(required_by_glob(R"(\*abc\\*)"), R"(*abc\)");
  EXPECT_EQ(required_by_glob("*?*"), "");
}

}  // namespace
}  // namespace hecate::stream
