#include "base/mapped_text.h"

#include <gtest/gtest.h>

namespace hecate {
namespace {

constexpr auto kA = static_cast<FileId>(0);
constexpr auto kB = static_cast<FileId>(1);

TEST(MappedText, WholeTextStandsByteForByte) {
  const MappedText text("abcdef", {kA, 10, 16});
  EXPECT_EQ(text.view(), "abcdef");
  EXPECT_EQ(text.span(0, 6), (Span{kA, 10, 16}));
  EXPECT_EQ(text.span(2, 4), (Span{kA, 12, 14}));
}

TEST(MappedText, AnEmptyTextHasNoPlace) {
  const MappedText text;
  EXPECT_FALSE(text.span(0, 1).known());
  EXPECT_EQ(text.slice(0, 5).view(), "");
}

TEST(MappedText, AnEmptyRangeIsAPointAndTheEndIsAfterTheLastByte) {
  const MappedText text("abc", {kA, 10, 13});
  EXPECT_EQ(text.span(1, 1), (Span{kA, 11, 11}));
  EXPECT_EQ(text.span(3, 3), (Span{kA, 13, 13}));
  EXPECT_EQ(text.span(3, 9), (Span{kA, 13, 13}));
  EXPECT_EQ(text.span(99, 100), (Span{kA, 13, 13}));
  EXPECT_EQ(text.span(1, 99), (Span{kA, 11, 13}));
}

TEST(MappedText, PiecesKeepTheirOwnPlaces) {
  MappedText text;
  text.append_verbatim("one", kA, 100);
  text.append_verbatim("two", kA, 200);
  EXPECT_EQ(text.view(), "onetwo");
  EXPECT_EQ(text.span(0, 3), (Span{kA, 100, 103}));
  EXPECT_EQ(text.span(3, 6), (Span{kA, 200, 203}));
  EXPECT_EQ(text.span(2, 4), (Span{kA, 102, 201})) << "the cover of first and last byte";
}

TEST(MappedText, GeneratedBytesMapToTheWholeOfTheirOrigin) {
  MappedText text;
  text.append_verbatim("a", kA, 0);
  text.append_generated("xyz", {kA, 1, 7});
  text.append_verbatim("b", kA, 7);
  EXPECT_EQ(text.span(2, 3), (Span{kA, 1, 7}));
  EXPECT_EQ(text.span(1, 4), (Span{kA, 1, 7}));
  EXPECT_EQ(text.span(0, 5), (Span{kA, 0, 8}));
}

TEST(MappedText, ARangeOverTwoFilesGivesTheFirstPieceAlone) {
  MappedText text;
  text.append_verbatim("search ", kA, 40);
  text.append_verbatim("macro body", kB, 5);
  EXPECT_EQ(text.span(0, 17), (Span{kA, 40, 47}));
  EXPECT_EQ(text.span(3, 12), (Span{kA, 43, 47}));
  EXPECT_EQ(text.span(8, 12), (Span{kB, 6, 10}));
}

TEST(MappedText, ASliceAndItsSliceKeepTheirPlaces) {
  MappedText text;
  text.append_verbatim("0123456789", kA, 50);
  text.append_generated("gen", {kB, 1, 9});
  text.append_verbatim("abc", kB, 30);
  const MappedText middle = text.slice(4, 15);
  EXPECT_EQ(middle.view(), "456789genab");
  EXPECT_EQ(middle.span(0, 2), (Span{kA, 54, 56}));
  EXPECT_EQ(middle.span(7, 8), (Span{kB, 1, 9}));
  EXPECT_EQ(middle.span(9, 11), (Span{kB, 30, 32}));
  const MappedText inner = middle.slice(2, 7);
  EXPECT_EQ(inner.view(), "6789g");
  EXPECT_EQ(inner.span(0, 4), (Span{kA, 56, 60}));
  EXPECT_EQ(text.slice(3, 2).view(), "") << "a range that ends before it begins";
  EXPECT_EQ(text.slice(14, 99).view(), "bc");
}

TEST(MappedText, AppendingPutsAMacroIntoASearch) {
  const MappedText search("`m` | head", {kA, 0, 10});
  const MappedText body("index=x", {kB, 20, 27});
  MappedText expanded;
  expanded.append(body, 0, body.size());
  expanded.append(search, 3, search.size());
  EXPECT_EQ(expanded.view(), "index=x | head");
  EXPECT_EQ(expanded.span(0, 5), (Span{kB, 20, 25}));
  EXPECT_EQ(expanded.span(10, 14), (Span{kA, 6, 10}));
}

}  // namespace
}  // namespace hecate
