// UTF-16: RFC 2781.
#include "ingest/utf16.h"

#include "support.h"

namespace hecate::ingest::test {
namespace {

std::string encode(std::u16string_view text, bool little) {
  std::string bytes;
  for (const char16_t unit : text) {
    const char high = static_cast<char>(unit >> 8);
    const char low = static_cast<char>(unit & 0xFF);
    bytes += little ? low : high;
    bytes += little ? high : low;
  }
  return bytes;
}

std::string decode(std::string_view bytes, size_t step) {
  TextSource source(bytes);
  Utf16Decoder decoder(source);
  std::string all;
  std::string part(step, '\0');
  while (const size_t count = decoder.read(part.data(), part.size())) all.append(part, 0, count);
  return all;
}

TEST(Utf16, EitherOrderWithAMark) {
  const std::u16string text = u"\uFEFFschön \U0001F600\n\u20AC";
  for (const bool little : {true, false}) {
    for (const size_t step : {size_t{1}, size_t{3}, size_t{4096}}) {
      EXPECT_EQ(decode(encode(text, little), step), "schön \U0001F600\n\u20AC") << little << step;
    }
  }
}

TEST(Utf16, WithoutAMarkToldByItsBeginning) {
  EXPECT_EQ(decode(encode(u"<Event/>", true), 64), "<Event/>");
  EXPECT_EQ(decode(encode(u"<Event/>", false), 64), "<Event/>");
  // Too little, or not ASCII: as it is.
  EXPECT_EQ(decode(encode(u"abc", true), 64), std::string("a\0b\0c\0", 6));
  EXPECT_EQ(decode(encode(u"ab\u0414\u0414", true), 64), encode(u"ab\u0414\u0414", true));
}

TEST(Utf16, OtherTextIsLeftAlone) {
  for (const std::string_view text : {"", "a", "\xEF\xBB\xBFplain text", "{\"a\":\"\xC3\xBC\"}"}) {
    EXPECT_EQ(decode(text, 3), text);
    TextSource source(text);
    EXPECT_EQ(Utf16Decoder(source).whole(), text);
  }
}

TEST(Utf16, HalvesOfCharactersAreReplacedAndCounted) {
  const std::string bytes = encode(u"\uFEFFa\xD83D-\xDE00-\xD83D\xD83D\xDE00-\xD83D", true) + "x";
  TextSource source(bytes);
  Utf16Decoder decoder(source);
  std::string text(256, '\0');
  size_t size = 0;
  while (const size_t count = decoder.read(text.data() + size, 1)) size += count;
  text.resize(size);
  EXPECT_EQ(text, "a\uFFFD-\uFFFD-\uFFFD\U0001F600-\uFFFD");
  EXPECT_EQ(decoder.replaced(), 4U);
}

TEST(Utf16, FilesOfAnyTextFormat) {
  const Folder folder;
  const Outcome got = read_paths(
      {folder.write("a.json", encode(u"\uFEFF{\"a\":\"\u00FC\"}\r\n{\"a\":\"2\"}\r\n", true)),
       folder.write("b.xml",
                    encode(u"\uFEFF<?xml version=\"1.0\" encoding=\"utf-16\"?>\r\n<Event><A>x</A></Event>", false)),
       folder.write("c.log", encode(u"one line\r\n\uFEFFanother\r\n", true))});
  EXPECT_TRUE(got.codes().empty());
  ASSERT_EQ(got.records.size(), 5U);
  EXPECT_EQ(got.records[0].at("a"), "\u00FC");
  EXPECT_EQ(got.records[1].at("a"), "2");
  EXPECT_EQ(got.records[2].at("Event.A"), "x");
  EXPECT_EQ(got.records[3].raw, "one line");
  EXPECT_EQ(got.records[4].raw, "another");
}

TEST(Utf16, WhatIsBrokenIsSaid) {
  EXPECT_EQ(read(encode(u"\uFEFFline\xD83D\n", true)).codes(), Strings{"ING016"});
  const std::u16string nul = {u"\uFEFFa\0b\nc\n", 7};
  const Outcome got = read(encode(nul, true));
  EXPECT_EQ(got.raws(), Strings{"c"});
  EXPECT_EQ(got.codes(), Strings{"ING008"});
  EXPECT_EQ(read(std::string("\xFF\xFE\0\0x\0\0\0", 8)).codes(), Strings{"ING005"});
}

}  // namespace
}  // namespace hecate::ingest::test
