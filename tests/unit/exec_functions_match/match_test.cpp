// CompiledMatch against a definition of each operator that is spelt out here once more.
#include "exec/functions/match.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "exec/reference/reference.h"

namespace hecate {
namespace {

const std::vector<std::string>& hostile() {
  static const std::vector<std::string> texts{"",
                                              "a",
                                              "A",
                                              "ab",
                                              "aB",
                                              "ba",
                                              "b a",
                                              "a_b",
                                              "_",
                                              "*",
                                              "?",
                                              "\\",
                                              "a*b",
                                              "\n",
                                              "a\nb",
                                              std::string("\0", 1),
                                              std::string("a\0b", 3),
                                              " ",
                                              "\xC3\xA4",
                                              "\xC3\x84",
                                              "x\xC3\xA4y",
                                              "\xC4\xB0",
                                              "i",
                                              "I",
                                              "\xCE\xA3",
                                              "\xCF\x82",
                                              "\xCF\x83",
                                              "\xFF",
                                              "a\xFF",
                                              "\xC3",
                                              "\xE2\x84\xAA",
                                              "k",
                                              "K",
                                              "aa",
                                              "aaa",
                                              "Crontab -l",
                                              "/etc/cron.d/x"};
  return texts;
}

bool is_word(char c) { return is_ascii_alnum(c); }

/// ASCII only: has_test.cpp knows other scripts.
bool naive_has(const std::string& text, const std::string& needle, bool left, bool right) {
  for (size_t at = 0; at + needle.size() <= text.size(); ++at) {
    if (text.compare(at, needle.size(), needle) != 0) continue;
    const size_t end = at + needle.size();
    const bool left_ok = !left || needle.empty() || !is_word(needle.front()) || at == 0 || !is_word(text[at - 1]);
    const bool right_ok =
        !right || needle.empty() || !is_word(needle.back()) || end == text.size() || !is_word(text[end]);
    if (left_ok && right_ok) return true;
  }
  return false;
}

bool ascii(std::string_view text) { return code_points(text) == text.size() && valid_utf8(text) == text; }

bool naive(MatchOp op, std::string text, std::string pattern, Casing casing) {
  if (casing == Casing::Insensitive) {
    text = fold_case(text);
    pattern = fold_case(pattern);
  }
  const size_t n = pattern.size();
  switch (op) {
    case MatchOp::Equals: return text == pattern;
    case MatchOp::Contains: return text.find(pattern) != std::string::npos;
    case MatchOp::StartsWith: return text.size() >= n && std::equal(pattern.begin(), pattern.end(), text.begin());
    case MatchOp::EndsWith: return text.size() >= n && std::equal(pattern.rbegin(), pattern.rend(), text.rbegin());
    case MatchOp::Has: return naive_has(text, pattern, true, true);
    case MatchOp::HasPrefix: return naive_has(text, pattern, true, false);
    case MatchOp::HasSuffix: return naive_has(text, pattern, false, true);
    case MatchOp::Wildcard:
    case MatchOp::Regex: break;
  }
  return false;
}

Match match_of(MatchOp op, Casing casing, std::vector<std::string> patterns, Quantifier quantifier = Quantifier::Any) {
  return {nullptr, op, casing, quantifier, RegexDialect::Pcre2, std::move(patterns)};
}

TEST(CompiledMatch, AgreesWithTheDefinitionOnHostileTexts) {
  Arena arena;
  for (const MatchOp op : {MatchOp::Equals, MatchOp::Contains, MatchOp::StartsWith, MatchOp::EndsWith, MatchOp::Has,
                           MatchOp::HasPrefix, MatchOp::HasSuffix}) {
    const bool terms = op == MatchOp::Has || op == MatchOp::HasPrefix || op == MatchOp::HasSuffix;
    for (const Casing casing : {Casing::Sensitive, Casing::Insensitive}) {
      for (const std::string& pattern : hostile()) {
        const Match match = match_of(op, casing, {pattern});
        const CompiledMatch compiled(match);
        EXPECT_EQ(compiled.folds(), casing == Casing::Insensitive);
        for (const std::string& text : hostile()) {
          const bool found = compiled.test(Value::string(text), arena);
          EXPECT_EQ(found, reference::matches(match, pattern, text))
              << static_cast<int>(op) << " [" << pattern << "] [" << text << "]";
          if (terms && !(ascii(text) && ascii(pattern))) continue;
          EXPECT_EQ(found, naive(op, text, pattern, casing))
              << static_cast<int>(op) << " [" << pattern << "] [" << text << "]";
        }
      }
    }
  }
}

TEST(CompiledMatch, WildcardsAndRegexesAgreeWithTheReference) {
  Arena arena;
  for (const MatchOp op : {MatchOp::Wildcard, MatchOp::Regex}) {
    for (const Casing casing : {Casing::Sensitive, Casing::Insensitive}) {
      for (const std::string& pattern : hostile()) {
        const Match match = match_of(op, casing, {pattern});
        const CompiledMatch compiled(match);
        for (const std::string& text : hostile()) {
          EXPECT_EQ(compiled.test(Value::string(text), arena), reference::matches(match, pattern, text))
              << "[" << pattern << "] [" << text << "]";
        }
      }
    }
  }
}

TEST(CompiledMatch, IgnoresCaseByUnicodesSimpleLowerCase) {
  const CompiledMatch compiled(match_of(MatchOp::Equals, Casing::Insensitive, {"\xCE\xA3"}));
  Arena arena;
  EXPECT_TRUE(compiled.test(Value::string("\xCF\x83"), arena));
  EXPECT_FALSE(compiled.test(Value::string("\xCF\x82"), arena)) << "a final sigma is another letter";
  EXPECT_TRUE(CompiledMatch(match_of(MatchOp::Contains, Casing::Insensitive, {"\xC3\x84"}))
                  .test(Value::string("x\xC3\xA4"), arena));
}

TEST(CompiledMatch, OfManyAnyElementMayMatch) {
  Arena arena;
  const Value values[] = {Value::string("one"), Value::null(), Value::string("two"), Value::integer(42)};
  const Value many = Value::many(values);
  const auto test = [&](std::vector<std::string> patterns, Quantifier quantifier) {
    return CompiledMatch(match_of(MatchOp::Contains, Casing::Insensitive, std::move(patterns), quantifier))
        .test(many, arena);
  };
  EXPECT_TRUE(test({"TW"}, Quantifier::Any));
  EXPECT_FALSE(test({"three"}, Quantifier::Any));
  EXPECT_TRUE(test({"three", "42"}, Quantifier::Any));
  EXPECT_TRUE(test({"one", "two"}, Quantifier::All)) << "each pattern in some element, not all in one";
  EXPECT_FALSE(test({"one", "three"}, Quantifier::All));
}

TEST(CompiledMatch, NumbersAndBooleansAreTestedByTheirText) {
  Arena arena;
  const auto equals = [&](const Value& value, std::string pattern) {
    return CompiledMatch(match_of(MatchOp::Equals, Casing::Insensitive, {std::move(pattern)})).test(value, arena);
  };
  EXPECT_TRUE(equals(Value::integer(-7), "-7"));
  EXPECT_TRUE(equals(Value::real(0.1), "0.1"));
  EXPECT_TRUE(equals(Value::boolean(true), "TRUE"));
  EXPECT_TRUE(equals(Value::datetime(0), "1970-01-01t00:00:00z"));
  EXPECT_FALSE(equals(Value::dynamic(R"({"A":1})"), R"({"a":1})"));  // an object is no text
}

TEST(CompiledMatch, WhatIsAbsentNeverMatches) {
  Arena arena;
  for (const Quantifier quantifier : {Quantifier::Any, Quantifier::All}) {
    for (const std::string pattern : {"", "*"}) {
      const CompiledMatch compiled(match_of(MatchOp::Contains, Casing::Sensitive, {pattern}, quantifier));
      EXPECT_FALSE(compiled.test(Value::null(), arena));
      EXPECT_FALSE(compiled.test(Value::json_null(), arena));
    }
    const CompiledMatch none(match_of(MatchOp::Contains, Casing::Sensitive, {}, quantifier));
    EXPECT_EQ(none.test(Value::string("x"), arena), quantifier == Quantifier::All)
        << "of no patterns: none is found, all are";
    EXPECT_FALSE(none.test(Value::null(), arena));
  }
}

}  // namespace
}  // namespace hecate
