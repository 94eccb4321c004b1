#include <gtest/gtest.h>

#include <random>

#include "exec/functions/match.h"
#include "exec/reference/reference.h"

namespace hecate {
namespace {

bool by_definition(std::string_view pattern, std::string_view text) {
  const Match match{nullptr, MatchOp::Wildcard, Casing::Sensitive, Quantifier::Any, RegexDialect::Pcre2, {}};
  return reference::matches(match, pattern, text);
}

struct GlobCase {
  std::string_view pattern, text;
  bool matches;
};

TEST(Glob, MatchesTheWholeText) {
  const GlobCase cases[] = {
      {"", "", true},
      {"", "a", false},
      {"*", "", true},
      {"*", "any\nthing\xFF", true},
      {"?", "", false},
      {"?", "a", true},
      {"?", "\xC3\xA4", true},  // one code point, not one byte
      {"??", "\xC3\xA4", false},
      {"?", "\xF0\x9F\x90\x9F", true},
      {"a*c", "abbbc", true},
      {"a*c", "ac", true},
      {"a*c", "abcd", false},
      {"*a*a*", "a", false},
      {"*ab*ab", "abxab", true},
      {"*ab*ab", "aab", false},
      {"*?b", "ab", true},
      {"*?b", "b", false},
      {R"(\*)", "*", true},
      {R"(\*)", "x", false},
      {R"(\?\\)", R"(?\)", true},
      {R"(a\)", R"(a\)", true},  // a `\` at the end is itself
      {R"(\a)", "a", true},
      {"/etc/cron*/?*", "/etc/cron.d/x", true},
      {"/etc/cron*/?*", "/etc/cron.d/", false},
      {"*\n*", "a\nb", true},
  };
  for (const GlobCase& c : cases) {
    EXPECT_EQ(Glob(c.pattern).matches(c.text), c.matches) << c.pattern << " on " << c.text;
    EXPECT_EQ(by_definition(c.pattern, c.text), c.matches) << c.pattern << " on " << c.text;
  }
  EXPECT_TRUE(Glob(std::string_view("a?b", 3)).matches(std::string_view("a\0b", 3)));
}

std::string random_text(std::mt19937& random, const std::vector<std::string>& alphabet, size_t longest) {
  std::string text;
  const size_t length = random() % (longest + 1);
  for (size_t i = 0; i < length; ++i) text += alphabet[random() % alphabet.size()];
  return text;
}

TEST(Glob, AgreesWithItsRecursiveDefinition) {
  std::mt19937 random(1);
  const std::vector<std::string> pattern_pieces{"a", "b", "*", "*", "?", "\\*", "\\?", "\\\\", "\xC3\xA4", "\n"};
  const std::vector<std::string> text_pieces{"a", "b", "a", "b", "*", "?", "\\", "\xC3\xA4", "\xE2\x82\xAC", "\n"};
  size_t matched = 0;
  for (int i = 0; i < 60'000; ++i) {
    const std::string pattern = random_text(random, pattern_pieces, 8);
    const std::string text = random_text(random, text_pieces, 10);
    const bool expected = by_definition(pattern, text);
    matched += expected ? 1 : 0;
    ASSERT_EQ(Glob(pattern).matches(text), expected) << "pattern [" << pattern << "] text [" << text << "]";
  }
  EXPECT_GT(matched, 2000U) << "the inputs must exercise both answers";
}

TEST(Glob, AgreesOnMalformedBytesToo) {
  std::mt19937 random(2);
  const std::vector<std::string> pieces{"a", "*", "?", "\xC3", "\xA4", "\x80", "\xFF"};
  for (int i = 0; i < 60'000; ++i) {
    const std::string pattern = random_text(random, pieces, 6);
    const std::string text = random_text(random, pieces, 7);
    ASSERT_EQ(Glob(pattern).matches(text), by_definition(pattern, text))
        << testing::PrintToString(pattern) << testing::PrintToString(text);
  }
}

TEST(Glob, HostilePatternsEnd) {
  std::string pattern;
  for (int i = 0; i < 50; ++i) pattern += "*a";
  EXPECT_FALSE(Glob(pattern + "*b").matches(std::string(20'000, 'a')));
}

}  // namespace
}  // namespace hecate
