#include <gtest/gtest.h>

#include <chrono>

#include "exec/functions/match.h"

namespace hecate {
namespace {

std::unique_ptr<Regex> compile(std::string_view pattern, RegexDialect dialect = RegexDialect::Pcre2,
                               Casing casing = Casing::Sensitive) {
  std::string error;
  auto regex = Regex::compile(pattern, dialect, casing, error);
  EXPECT_NE(regex, nullptr) << error;
  return regex;
}

TEST(Regex, SearchesUnanchoredInBothDialects) {
  for (const RegexDialect dialect : {RegexDialect::Pcre2, RegexDialect::Re2}) {
    EXPECT_TRUE(compile("b+", dialect)->search("abbc"));
    EXPECT_FALSE(compile("^b", dialect)->search("abbc"));
    EXPECT_TRUE(compile("", dialect)->search(""));
    EXPECT_TRUE(compile("", dialect)->search("x"));
    EXPECT_FALSE(compile("B", dialect)->search("b"));
    EXPECT_TRUE(compile("B", dialect, Casing::Insensitive)->search("b"));
    EXPECT_TRUE(compile("\xC3\x84", dialect, Casing::Insensitive)->search("\xC3\xA4"));
    EXPECT_TRUE(compile("^.$", dialect)->search("\xC3\xA4")) << "a dot is a character, not a byte";
    EXPECT_FALSE(compile("a.b", dialect)->search("a\nb"));
    EXPECT_TRUE(compile("a\\x00b", dialect)->search(std::string_view("a\0b", 3)));
  }
}

TEST(Regex, Pcre2HasWhatSigmaAndSplunkNeed) {
  EXPECT_TRUE(compile("a(?=b)")->search("ab"));
  EXPECT_FALSE(compile("(?<!x)ab")->search("xab"));
  EXPECT_TRUE(compile("(a)\\1")->search("aa"));
  EXPECT_TRUE(compile("(?i)ABC")->search("abc"));
}

TEST(Regex, AnInvalidPatternSaysWhereAndWhy) {
  std::string error;
  EXPECT_EQ(Regex::compile("a(b", RegexDialect::Pcre2, Casing::Sensitive, error), nullptr);
  EXPECT_NE(error.find("at byte 3"), std::string::npos) << error;
  error.clear();
  EXPECT_EQ(Regex::compile("a(?=b)", RegexDialect::Re2, Casing::Sensitive, error), nullptr) << "RE2 has no lookaround";
  EXPECT_FALSE(error.empty());
}

TEST(Regex, MalformedTextIsSearchedToo) {
  EXPECT_TRUE(
      compile("abc")->search("\xFF\xFE"
                             "abc\x80"));
  EXPECT_TRUE(compile("abc")->search("abc\xC3"));
  EXPECT_FALSE(compile("^.$")->search("\xFF"));
}

TEST(Regex, CatastrophicBacktrackingEndsAndIsCounted) {
  const auto regex = compile("^(a+)+$");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(regex->search(std::string(64, 'a') + "!"));
  EXPECT_EQ(regex->limit_hits(), 1U);
  EXPECT_FALSE(regex->search(std::string(5000, 'a') + "!"));
  EXPECT_EQ(regex->limit_hits(), 2U);
  EXPECT_TRUE(regex->search(std::string(64, 'a')));
  EXPECT_EQ(regex->limit_hits(), 2U);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

TEST(Regex, LimitHitsReachTheMatch) {
  const Match match{nullptr, MatchOp::Regex, Casing::Sensitive, Quantifier::Any, RegexDialect::Pcre2, {"^(a+)+$", "x"}};
  const CompiledMatch compiled(match);
  EXPECT_FALSE(compiled.test(std::string(64, 'a') + "!"));
  EXPECT_EQ(compiled.limit_hits(), 1U);
}

// A long encoded command line is what such rules look for: it must not be given up on.
TEST(Regex, LongHonestTextsMatch) {
  std::string base64;
  for (int i = 0; i < 64 * 1024 / 4; ++i) base64 += "QUJD";
  for (const std::string_view pattern :
       {"^(?:[A-Za-z0-9+/]{4})+$", "^(?:QU|JD)+$", "^(QU|JD)*$", "^(?:[A-Z]|[a-z])+$"}) {
    const auto regex = compile(pattern);
    EXPECT_TRUE(regex->search(base64)) << pattern;
    EXPECT_EQ(regex->limit_hits(), 0U) << pattern;
  }
}

TEST(Regex, AnInvalidPatternInAMatchMatchesNothing) {
  const Match match{nullptr, MatchOp::Regex, Casing::Sensitive, Quantifier::Any, RegexDialect::Pcre2, {"("}};
  EXPECT_FALSE(CompiledMatch(match).test("("));
  EXPECT_EQ(CompiledMatch(match).limit_hits(), 0U);
}

}  // namespace
}  // namespace hecate
