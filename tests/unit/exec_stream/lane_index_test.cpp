// The index pass: what every kind of processor finds, beside what the definition says, byte by byte.
#include "exec/stream/lane_index.h"

#include <gtest/gtest.h>

#include <random>

#include "exec/stream/lane_clock.h"
#include "exec/stream/lane_literals.h"

namespace hecate::stream {
namespace {

struct Found {
  std::vector<uint32_t> marks;
  std::vector<uint64_t> backslashes;
  std::vector<std::pair<uint32_t, int>> remarks;
  std::vector<uint32_t> literals;
  friend bool operator==(const Found&, const Found&) = default;
};

Found run(const IndexKernel& kernel, std::string_view text, const LiteralScreen& screen) {
  LineIndex index;
  kernel.run(text, screen.tables(), index);
  Found found;
  found.marks.assign(index.marks.get(), index.marks.get() + index.mark_count);
  found.backslashes.assign(index.backslashes.get(), index.backslashes.get() + (text.size() + 63) / 64);
  for (const LineIndex::Remark& remark : index.remarks) found.remarks.emplace_back(remark.block, remark.notes);
  for (const uint32_t hit : index.hits) {
    if (screen.confirm(text, hit)) found.literals.push_back(hit);
  }
  return found;
}

/// By the definition: a backslash that is not escaped itself escapes the next byte.
Found by_definition(std::string_view text) {
  Found found;
  const size_t blocks = (text.size() + 63) / 64;
  found.backslashes.resize(blocks);
  std::vector<int> notes(blocks);
  bool escaped = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\') found.backslashes[i / 64] |= uint64_t{1} << (i % 64);
    if (c == '\n' || (c == '"' && !escaped)) found.marks.push_back(static_cast<uint32_t>(i));
    if (c < 0) notes[i / 64] |= LineIndex::kNonAscii;
    const bool line_end = c == '\n' || (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n');
    if (c >= 0 && c < ' ' && !line_end) notes[i / 64] |= LineIndex::kBroken;
    if (escaped) {
      const bool simple = c != '\0' && std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos;
      if (c == 'u')
        notes[i / 64] |= LineIndex::kUnicodeEscape;
      else if (!simple)
        notes[i / 64] |= LineIndex::kBroken;
    }
    escaped = c == '\\' && !escaped;
  }
  for (size_t i = 0; i < blocks; ++i) {
    if (notes[i] != 0) found.remarks.emplace_back(static_cast<uint32_t>(i), notes[i]);
  }
  return found;
}

std::string random_text(std::mt19937& random) {
  static const std::vector<std::string> kPieces{"\"",
                                                "\\",
                                                "\\\\",
                                                "\\\"",
                                                "\n",
                                                "\r\n",
                                                "\\u00e9",
                                                "\\n",
                                                "\\x",
                                                "\xC3\xA9",
                                                "\x01",
                                                "\r",
                                                "{",
                                                "}",
                                                ":",
                                                ",",
                                                "abc",
                                                "Mimi",
                                                "katz",
                                                " ",
                                                "mImIkAtZ",
                                                std::string(70, '\\'),
                                                "0123456789012345678901234567890123456789012345678901234567890123"};
  std::string text;
  for (size_t i = random() % 80; i > 0; --i) text += kPieces[random() % (random() % 4 == 0 ? kPieces.size() : 12)];
  return text + "\n";
}

TEST(LaneIndex, AllKernelsFindWhatTheDefinitionSays) {
  std::mt19937 random(7);
  LiteralScreen screen;
  ASSERT_TRUE(screen.build({"mimikatz", "Abc0"}, "abcabc"));
  for (int i = 0; i < 3000; ++i) {
    const std::string text = random_text(random);
    Found expected = by_definition(text);
    std::string folded = text;
    std::transform(folded.begin(), folded.end(), folded.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    size_t literals = 0;
    for (const std::string_view literal : {"mimikatz", "abc0"}) {
      for (size_t at = folded.find(literal); at != std::string::npos; at = folded.find(literal, at + 1)) ++literals;
    }
    for (const IndexKernel& kernel : index_kernels()) {
      if (!kernel.supported()) continue;
      Found found = run(kernel, text, screen);
      EXPECT_EQ(found.literals.size(), literals) << kernel.name << " " << text;
      found.literals.clear();
      EXPECT_EQ(found, expected) << kernel.name << " " << text;
    }
    if (HasFailure()) break;
  }
}

TEST(LaneIndex, MarksEndWithTheLastOneRepeated) {
  for (const IndexKernel& kernel : index_kernels()) {
    if (!kernel.supported()) continue;
    LineIndex index;
    kernel.run("{\"a\":1}\n", FragmentTables{}, index);
    ASSERT_EQ(index.mark_count, 3U);
    EXPECT_EQ(index.marks[2], 7U);
    EXPECT_EQ(index.marks[3], 7U);
  }
}

TEST(LiteralScreen, RefusesWhatItCannotScreen) {
  LiteralScreen screen;
  EXPECT_FALSE(screen.build({"ab"}, ""));
  EXPECT_FALSE(screen.build({"caf\xC3\xA9"}, ""));
  std::vector<std::string> many;
  for (char c = 'a'; c <= 'z'; ++c) many.push_back(std::string(3, c));
  EXPECT_FALSE(screen.build(many, ""));
  EXPECT_TRUE(screen.empty());
}

TEST(LatestTime, OrdersTimesAsTheirValuesDo) {
  LatestTime latest;
  EXPECT_FALSE(latest.see("no time"));
  EXPECT_TRUE(latest.see("2020-10-18 10:56:18.799"));
  const auto first = latest.value();
  EXPECT_TRUE(latest.see("2020-10-18 10:56:18.798"));
  EXPECT_EQ(latest.value(), first);
  // Earlier by its text, later by its offset.
  EXPECT_TRUE(latest.see("2020-10-18T09:56:18-05:00"));
  EXPECT_GT(latest.value(), first);
  // No such day: no time, as for time_of_text.
  EXPECT_FALSE(LatestTime().see("2020-02-30T00:00:00Z"));
  LatestTime other;
  EXPECT_TRUE(other.see("2021-02-03T00:00:00Z"));
  EXPECT_FALSE(other.see("2020-02-30T00:00:00Z"));
  EXPECT_FALSE(other.see("2020-02-03T00:61:00Z"));
}

}  // namespace
}  // namespace hecate::stream
