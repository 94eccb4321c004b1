#include "base/text.h"

#include <gtest/gtest.h>

#include <random>

#include "base/json_text.h"

namespace hecate {
namespace {

struct FoldCase {
  std::string_view text, folded;
};

// Unicode simple lower-casing (UnicodeData.txt, field 13), code point by code point: not case folding, which
// would make two letters of one and the same letter of another.
TEST(FoldCase, IsSimpleLowerCasing) {
  const FoldCase cases[] = {
      {"", ""},
      {"AbC_09-[]@`{", "abc_09-[]@`{"},
      {"\xC4\xB0", "i"},             // U+0130 İ has U+0069 as its simple lower case
      {"\xC4\xB1", "\xC4\xB1"},      // U+0131 ı is lower case itself
      {"\xC5\xBF", "\xC5\xBF"},      // U+017F ſ
      {"\xCE\xA3", "\xCF\x83"},      // U+03A3 Σ, also at the end of a word
      {"\xCF\x82", "\xCF\x82"},      // U+03C2 ς stays: it is no σ
      {"\xE1\xBA\x9E", "\xC3\x9F"},  // U+1E9E ẞ to ß, never to ss
      {"\xC3\x9F", "\xC3\x9F"},
      {"\xE2\x84\xAA", "k"},  // U+212A, the Kelvin sign
      {"\xC3\x84\xC3\x96", "\xC3\xA4\xC3\xB6"},
      {"\xD0\x96", "\xD0\xB6"},                  // Cyrillic
      {"\xF0\x90\x90\x80", "\xF0\x90\x90\xA8"},  // U+10400, Deseret: four bytes
      {"\xFF"
       "A\xC3",
       "\xFF"
       "a\xC3"},                           // malformed bytes stay
      {"\xED\xA0\x80Z", "\xED\xA0\x80z"},  // an encoded surrogate is malformed
      {"\xC0\x81"
       "B",
       "\xC0\x81"
       "b"},  // overlong
  };
  for (const FoldCase& c : cases) EXPECT_EQ(fold_case(c.text), c.folded) << c.text;
  EXPECT_EQ(fold_case(std::string("A\0B", 3)), std::string("a\0b", 3));
}

TEST(FoldCase, AppendsToWhatIsThere) {
  std::string out = "Keep";
  fold_case_to("ME", out);
  EXPECT_EQ(out, "Keepme");
}

TEST(FoldCase, IsTheSameInTextsOfAnyLength) {
  const std::string parts[] = {"A", "\xC8\xBA", "\xFF", "z", "\xE2\x84\xAA", "\xF0\x90\x90\x80"};
  std::string text, folded;
  for (size_t i = 0; i < 400; ++i) {
    // Runs of each, so that blocks begin and end everywhere.
    const std::string& part = parts[(i / 7 * 5 + i / 23) % std::size(parts)];
    text += part;
    folded += fold_case(part);
    EXPECT_EQ(fold_case(text), folded);
  }
}

TEST(FoldCase, ToAsciiHappensToFewCharactersOnly) {
  EXPECT_FALSE(may_hold_ascii_in_disguise("plain"));
  EXPECT_FALSE(may_hold_ascii_in_disguise("Microsoft\xC2\xAE \xC3\x9F \xC4\xB2 \xE2\x84\xAB \xC4"));
  EXPECT_TRUE(may_hold_ascii_in_disguise("a\xC4\xB2\xC4\xB0"));
  EXPECT_TRUE(may_hold_ascii_in_disguise("a\xC4\xB1"));
  EXPECT_TRUE(may_hold_ascii_in_disguise("a\xC5\xBF"));
  EXPECT_TRUE(may_hold_ascii_in_disguise("\xE2\x84\xAA"));
  for (uint32_t c = 0x80; c < 0x800; ++c) {
    const std::string text{static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 0x3F))};
    if (fold_case(text).size() == 1) {
      EXPECT_TRUE(may_hold_ascii_in_disguise(text)) << c;
    }
  }
}

TEST(FindText, FindsWhatStringViewFinds) {
  std::mt19937 random(3);
  const auto text_of = [&](size_t size) {
    std::string text(size, 'a');
    for (char& c : text) c = static_cast<char>('a' + random() % 2);
    return text;
  };
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = text_of(random() % 80);
    const std::string literal = text_of(random() % 12);
    const size_t from = random() % 90;
    ASSERT_EQ(find_text(text, literal, from), std::string_view(text).find(literal, from)) << text << " " << literal;
  }
  EXPECT_EQ(find_text({}, ""), 0U);
}

TEST(EqualsIgnoringCase, IsEqualityOfFoldedTexts) {
  EXPECT_TRUE(equals_ignoring_case("", ""));
  EXPECT_TRUE(equals_ignoring_case("CronTab", "crontAB"));
  EXPECT_FALSE(equals_ignoring_case("abc", "ab"));
  EXPECT_TRUE(equals_ignoring_case("\xC3\x84", "\xC3\xA4"));
  EXPECT_TRUE(equals_ignoring_case("\xE2\x84\xAA", "K")) << "one side ASCII, the other not";
  EXPECT_FALSE(equals_ignoring_case("\xC3\x9F", "ss"));
  EXPECT_FALSE(equals_ignoring_case("[", "{")) << "they differ by the bit of letter case";
}

TEST(CodePoints, CountsWhatIsNoContinuation) {
  EXPECT_EQ(code_points(""), 0U);
  EXPECT_EQ(code_points("abc"), 3U);
  EXPECT_EQ(code_points("\xC3\xA4\xF0\x9F\x90\x9F"), 2U);
}

TEST(CodePoints, AMalformedByteCountsAsOne) { EXPECT_EQ(code_points("\xFF\xFE"), 2U); }

TEST(Trim, TakesBlanksOffBothEnds) {
  EXPECT_EQ(trim(""), "");
  EXPECT_EQ(trim(" \t\r\n\f\v"), "");
  EXPECT_EQ(trim("  a b\n"), "a b");
  EXPECT_EQ(trim("a"), "a");
}

TEST(ValidUtf8, ReplacesWhatIsMalformed) {
  EXPECT_EQ(valid_utf8("\xC3\xA4 ok"), "\xC3\xA4 ok");
  EXPECT_EQ(valid_utf8("a\xFF"
                       "b"),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(valid_utf8("\xC3"), "\xEF\xBF\xBD") << "cut at the end";
  EXPECT_EQ(valid_utf8("\xF4\x90\x80\x80").find('\xF4'), std::string::npos) << "beyond U+10FFFF";
  EXPECT_EQ(valid_utf8(std::string("\0", 1)), std::string("\0", 1));
}

TEST(JsonQuote, EscapesWhatJsonAsksFor) {
  EXPECT_EQ(json_quote(""), R"("")");
  EXPECT_EQ(json_quote("a\"b\\c/"), R"("a\"b\\c/")");
  EXPECT_EQ(json_quote("\n\r\t\b\f"), R"("\n\r\t\b\f")");
  EXPECT_EQ(json_quote(std::string("\0\x1f\x7f", 3)), "\"\\u0000\\u001f\x7f\"");
  EXPECT_EQ(json_quote("\xC3\xA4"), "\"\xC3\xA4\"");
  EXPECT_EQ(json_quote("\xFF"), "\"\xEF\xBF\xBD\"") << "what is written is always UTF-8";
}

TEST(FoldCase, IsTheSameWhereverInTheTextACharacterStands) {
  // Eight bytes are lowered at once: every byte in every place, beside its neighbours in the code.
  for (int byte = 0; byte < 0x80; ++byte) {
    const char c = static_cast<char>(byte);
    for (size_t at = 0; at < 19; ++at) {
      std::string text(19, '@');
      text[at] = c;
      std::string lowered = text;
      lowered[at] = ascii_lower(c);
      ASSERT_EQ(fold_case(text), lowered) << byte << " at " << at;
      EXPECT_TRUE(is_ascii(text));
    }
  }
  for (size_t at = 0; at < 19; ++at) {
    const std::string text = std::string(at, 'Z') + "\u00C9" + std::string(19 - at, '[');
    EXPECT_EQ(fold_case(text), std::string(at, 'z') + "\u00E9" + std::string(19 - at, '[')) << at;
    EXPECT_FALSE(is_ascii(text));
  }
}

}  // namespace
}  // namespace hecate
