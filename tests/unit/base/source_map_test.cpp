#include "base/source_map.h"

#include <gtest/gtest.h>

namespace hecate {
namespace {

struct PositionCase {
  std::string_view text;
  uint32_t offset;
  uint32_t line;
  uint32_t column;
};

TEST(SourceMap, PositionsCountCodePointsFromOne) {
  const PositionCase cases[] = {
      {"", 0, 1, 1},
      {"", 5, 1, 1},  // beyond the end is the end
      {"abc", 0, 1, 1},
      {"abc", 3, 1, 4},  // the end of the file
      {"abc", 99, 1, 4},
      {"a\nb", 1, 1, 2},  // the line break belongs to its line
      {"a\nb", 2, 2, 1},
      {"a\n", 2, 2, 1},                // after the last line break stands an empty line
      {"a\r\nb", 3, 2, 1},             // CRLF is one break
      {"\xC3\xA4x", 2, 1, 2},          // ä: two bytes, one column
      {"\xF0\x9F\x90\x9Fx", 4, 1, 2},  // four bytes, one column
      {"\xC3\xA4\n\xC3\xA4y", 5, 2, 2},
      {"\n\n\n", 2, 3, 1},
  };
  for (const PositionCase& c : cases) {
    SourceMap sources;
    const Position at = sources.position(sources.add("f", std::string(c.text)), c.offset);
    EXPECT_EQ(at.line, c.line) << c.text << " @" << c.offset;
    EXPECT_EQ(at.column, c.column) << c.text << " @" << c.offset;
  }
}

TEST(SourceMap, LinesComeWithoutTheirBreaks) {
  SourceMap sources;
  const FileId file = sources.add("f", "one\r\ntwo\n\nfour\r");
  EXPECT_EQ(sources.line(file, 1), "one");
  EXPECT_EQ(sources.line(file, 2), "two");
  EXPECT_EQ(sources.line(file, 3), "");
  EXPECT_EQ(sources.line(file, 4), "four");
  EXPECT_EQ(sources.line(file, 0), "");
  EXPECT_EQ(sources.line(file, 5), "");
}

TEST(SourceMap, ViewsStayValidWhileFilesAreAdded) {
  SourceMap sources;
  const FileId first = sources.add("first", "short");
  const std::string_view text = sources.text(first);
  const std::string_view path = sources.path(first);
  for (int i = 0; i < 1000; ++i) (void)sources.add("more", "x");
  EXPECT_EQ(text, "short");
  EXPECT_EQ(path, "first");
  EXPECT_EQ(sources.whole(first), (Span{first, 0, 5}));
}

TEST(SourceMap, TheUnknownFileIsEmpty) {
  const SourceMap sources;
  EXPECT_EQ(sources.text(FileId::None), "");
  EXPECT_EQ(sources.path(FileId::None), "");
  EXPECT_EQ(sources.line(FileId::None, 1), "");
  EXPECT_EQ(sources.position(FileId::None, 7).line, 1U);
}

TEST(Span, CoverIsTheSmallestSpanOfBoth) {
  const auto a = static_cast<FileId>(0);
  const auto b = static_cast<FileId>(1);
  EXPECT_EQ(cover({a, 2, 4}, {a, 7, 9}), (Span{a, 2, 9}));
  EXPECT_EQ(cover({a, 7, 9}, {a, 2, 4}), (Span{a, 2, 9}));
  EXPECT_EQ(cover({a, 2, 9}, {a, 4, 5}), (Span{a, 2, 9}));
  EXPECT_EQ(cover({a, 2, 4}, {b, 0, 1}), (Span{a, 2, 4})) << "of two files the first wins";
  EXPECT_EQ(cover({}, {b, 0, 1}), (Span{b, 0, 1}));
  EXPECT_EQ(cover({b, 0, 1}, {}), (Span{b, 0, 1}));
}

TEST(SourceMap, Utf16WithItsMarkBecomesUtf8) {
  using namespace std::string_literals;
  const auto text_of = [](std::string text) {
    SourceMap sources;
    const FileId id = sources.add("t", std::move(text));
    return std::string(sources.text(id));
  };
  EXPECT_EQ(text_of("\xFF\xFE"s), "");
  EXPECT_EQ(text_of("\xFF\xFE"
                    "a\0\n\0\xE4\0"s),
            "a\n\xC3\xA4");
  EXPECT_EQ(text_of("\xFE\xFF"
                    "\0a\0\n\0\xE4"s),
            "a\n\xC3\xA4");
  EXPECT_EQ(text_of("\xFF\xFE\x3D\xD8\x1F\xDC"s), "\xF0\x9F\x90\x9F");  // U+1F41F, a surrogate pair
  EXPECT_EQ(text_of("\xFF\xFE\x3D\xD8"
                    "a\0"s),
            "\xEF\xBF\xBD"
            "a");  // half of one
  EXPECT_EQ(text_of("\xFF\xFE\x3D\xD8"s), "\xEF\xBF\xBD");
  EXPECT_EQ(text_of("\xFF\xFE"
                    "a\0b"s),
            "a\xEF\xBF\xBD");  // half of a unit
  EXPECT_EQ(text_of("\xEF\xBB\xBF"
                    "a"s),
            "a");
  EXPECT_EQ(text_of("a\0b\0"s), "a\0b\0"s) << "without a mark it is what it is";
  SourceMap sources;
  const FileId id = sources.add("t",
                                "\xFF\xFE"
                                "a\0\n\0b\0"s);
  EXPECT_EQ(sources.position(id, 2).line, 2U);
}

}  // namespace
}  // namespace hecate
