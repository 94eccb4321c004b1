#include "lang/sigma/pattern.h"

#include <gtest/gtest.h>

#include "support.h"

namespace hecate::sigma {
namespace {

using test::one;

std::string shown(std::string_view sigma_text) {
  std::string out;
  const SigmaString string = SigmaString::parse(sigma_text);
  for (const Segment& segment : string.segments()) {
    if (segment.kind == Segment::Kind::Literal)
      out += "[" + segment.text + "]";
    else
      out += segment.kind == Segment::Kind::AnyRun ? "*" : "?";
  }
  return out;
}

// Rules Specification 2.1, "Escaping": the list of possibilities, one by one.
TEST(SigmaString, EscapesAsTheSpecificationSays) {
  // "Plain backslash not followed by a wildcard can be expressed as single or double backslash."
  EXPECT_EQ(shown(R"(C:\x)"), R"([C:\x])");
  EXPECT_EQ(shown(R"(C:\\x)"), R"([C:\x])");
  // "A wildcard has to be escaped to be handled as a plain character."
  EXPECT_EQ(shown(R"(a\*b\?c)"), "[a*b?c]");
  // "The backslash before a wildcard has to be escaped to handle the value as a backslash followed by a wildcard."
  EXPECT_EQ(shown(R"(a\\*)"), R"([a\]*)");
  // "Three backslashes are necessary to escape both."
  EXPECT_EQ(shown(R"(a\\\*)"), R"([a\*])");
  // "Three or four backslashes are handled as double backslash."
  EXPECT_EQ(shown(R"(\\\x)"), R"([\\x])");
  EXPECT_EQ(shown(R"(\\\\x)"), R"([\\x])");
}

TEST(SigmaString, KeepsABackslashAtTheEnd) {
  EXPECT_EQ(shown("C:\\"), "[C:\\]");
  EXPECT_EQ(shown("C:\\\\"), "[C:\\]");
}

TEST(SigmaString, JoinsRunsOfStars) { EXPECT_EQ(shown("a***?*b"), "[a]*?*[b]"); }

TEST(SigmaPatterns, TakeTheSimplestOperation) {
  EXPECT_EQ(one("F: 'x'"), R"((match equals ci c0 "x"))");
  EXPECT_EQ(one("F: 'x*'"), R"((match startswith ci c0 "x"))");
  EXPECT_EQ(one("F: '*x'"), R"((match endswith ci c0 "x"))");
  EXPECT_EQ(one("F: '*x*'"), R"((match contains ci c0 "x"))");
  EXPECT_EQ(one("F: 'a*b'"), R"((match wildcard ci c0 "a*b"))");
  EXPECT_EQ(one("F: 'a?b'"), R"((match wildcard ci c0 "a?b"))");
  // The literal parts are escaped for plan/expr.h's globs.
  EXPECT_EQ(one(R"(F: 'a\*b*c\d')"), R"((match wildcard ci c0 "a\\*b*c\\\\d"))");
}

// What a modifier adds and what the value spells out are one test.
TEST(SigmaPatterns, ModifiersAddWildcards) {
  EXPECT_EQ(one("F|contains: 'x'"), one("F: '*x*'"));
  EXPECT_EQ(one("F|startswith: 'x'"), one("F: 'x*'"));
  EXPECT_EQ(one("F|endswith: 'x'"), one("F: '*x'"));
  EXPECT_EQ(one("F|startswith: '*x'"), one("F|contains: 'x'"));
  EXPECT_EQ(one("F|contains: 'a*b'"), R"((match wildcard ci c0 "*a*b*"))");
}

// "`*` to replace an unbounded length wildcard", of length zero too: any value, also an empty one. The field must
// be there, since a Match never holds for an absent operand.
TEST(SigmaPatterns, ALoneStarIsAnyValue) { EXPECT_EQ(one("F: '*'"), R"((match contains ci c0 ""))"); }

// Rules Specification, "Special Field Values": "An empty value is defined with ''".
TEST(SigmaPatterns, AnEmptyTextIsOnlyEmpty) { EXPECT_EQ(one("F: ''"), R"((match equals ci c0 ""))"); }

TEST(SigmaPatterns, TrailingBlanksCount) { EXPECT_EQ(one("F: 'x '"), R"((match equals ci c0 "x "))"); }

// RFC 4648, section 10.
TEST(Base64, TestVectorsOfTheRfc) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foob"), "Zm9vYg==");
}

// Whatever stands around the value, one of the three forms stands in the encoded text.
TEST(Base64, OffsetsAreFoundAtEveryPlace) {
  for (const std::string_view value : {"http://", "cmd", "x64.dll", "\xC3\xBC"}) {
    const std::vector<std::string> forms = base64_offsets(value);
    ASSERT_EQ(forms.size(), 3U) << value;
    for (size_t before = 0; before < 6; ++before) {
      for (size_t after = 0; after < 4; ++after) {
        const std::string encoded =
            base64(std::string(before, '\x7F') + std::string(value) + std::string(after, '\xFE'));
        EXPECT_NE(encoded.find(forms[before % 3]), std::string::npos) << value << " at " << before << " of " << after;
      }
    }
  }
}

// The example of the blog post that introduced the modifier, and of pySigma's own tests: "foobar".
TEST(Base64, OffsetsOfFoobar) {
  EXPECT_EQ(base64_offsets("foobar"), (std::vector<std::string>{"Zm9vYmFy", "Zvb2Jhc", "mb29iYX"}));
}

// Modifiers Appendix 2.1: the examples for `cmd`.
TEST(Utf16, ExamplesOfTheAppendix) {
  using namespace std::string_view_literals;
  EXPECT_EQ(utf16("cmd", Utf16::Little), "c\0m\0d\0"sv);
  EXPECT_EQ(utf16("cmd", Utf16::Big), "\0c\0m\0d"sv);
  EXPECT_EQ(utf16("cmd", Utf16::Marked),
            "\xFF\xFE"
            "c\0m\0d\0"sv);
  // U+1F600 is the pair D83D DE00 (The Unicode Standard, 3.9, table 3-5).
  EXPECT_EQ(utf16("\xF0\x9F\x98\x80", Utf16::Big), "\xD8\x3D\xDE\x00"sv);
}

TEST(Windash, SpellsOutFiveDashes) {
  EXPECT_EQ(one("F|contains|windash: ' -x'"),
            "(match contains ci c0 \" -x\" \" /x\" \" \xE2\x80\x93x\" \" \xE2\x80\x94x\" \" \xE2\x80\x95x\")");
  EXPECT_EQ(one("F|windash|contains: ' -x'"), one("F|contains|windash: ' -x'"));
}

// "Creates all possible permutations": also those of dashes inside a word (pySigma takes only `\B[-/]\b`).
TEST(Windash, MixesAllPlaces) {
  const SigmaString free = SigmaString::parse("-a-b").with_dashes_free();
  EXPECT_EQ(free.free_dashes(), 2U);
  EXPECT_EQ(free.spelt_out().size(), 25U);
}

TEST(Windash, ManyDashesBecomeOneRegex) {
  const std::string dash = "(?:-|/|\xE2\x80\x93|\xE2\x80\x94|\xE2\x80\x95)";
  const std::vector<Pattern> patterns =
      to_patterns(SigmaString::parse("-a.-----*").with_dashes_free(), Casing::Insensitive);
  ASSERT_EQ(patterns.size(), 1U);
  EXPECT_EQ(patterns[0].op, MatchOp::Regex);
  EXPECT_EQ(patterns[0].text, "(?si)\\A" + dash + "a\\." + dash + dash + dash + dash + dash + ".*\\z");
}

}  // namespace
}  // namespace hecate::sigma
