// Finding many literals at once: against looking for one after the other, on texts that are made of their pieces.
#include "exec/stream/literals.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace hecate::stream {
namespace {

using Where = LiteralIndex::Where;

struct Literal {
  Where where;
  std::string text;
};

bool stands_in(const Literal& literal, std::string_view text) {
  switch (literal.where) {
    case Where::Whole: return text == literal.text;
    case Where::Prefix: return text.starts_with(literal.text);
    case Where::Suffix: return text.ends_with(literal.text);
    case Where::Anywhere: return text.find(literal.text) != std::string_view::npos;
  }
  return false;
}

std::string random_text(std::mt19937& random, size_t most) {
  constexpr std::string_view kLetters("ab\\.\0\xC3", 6);
  std::string text;
  for (size_t size = random() % (most + 1); text.size() < size;) text += kLetters[random() % kLetters.size()];
  return text;
}

void compare(const std::vector<Literal>& literals, std::mt19937& random, int texts) {
  LiteralIndex index;
  for (uint32_t i = 0; i < literals.size(); ++i) index.add(literals[i].where, literals[i].text, i);
  index.build();
  for (int round = 0; round < texts; ++round) {
    const std::string text = random_text(random, 40);
    std::vector<uint32_t> expected;
    for (uint32_t i = 0; i < literals.size(); ++i) {
      if (stands_in(literals[i], text)) expected.push_back(i);
    }
    std::vector<uint32_t> memory, found;
    index.find(text, memory, found);
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    ASSERT_EQ(found, expected) << testing::PrintToString(text);
  }
}

TEST(Literals, AreFoundWhereTheyStand) {
  std::mt19937 random(7);
  for (const size_t count : {1, 3, 10, 200, 2000}) {
    std::vector<Literal> literals;
    while (literals.size() < count) literals.push_back({static_cast<Where>(random() % 4), random_text(random, 9)});
    compare(literals, random, 500);
  }
}

TEST(Literals, OneTextMayStandForSeveralTestsAndOneTestForSeveralTexts) {
  LiteralIndex index;
  index.add(Where::Anywhere, "abc", 1);
  index.add(Where::Anywhere, "abc", 2);
  index.add(Where::Anywhere, "xyz", 2);
  index.build();
  std::vector<uint32_t> memory, found;
  index.find("-abc-", memory, found);
  EXPECT_EQ(found, (std::vector<uint32_t>{1, 2}));
  found.clear();
  index.find("xyz", memory, found);
  EXPECT_EQ(found, std::vector<uint32_t>{2});
  EXPECT_EQ(index.size(), 2U);
}

TEST(Literals, ThatRepeatWithoutEndAreFoundInBoundedMemory) {
  LiteralIndex index;
  const std::string literals[] = {"a", "aa", "aaa", "aaaa", "aaaaa", "b"};
  for (uint32_t i = 0; i < std::size(literals); ++i) index.add(Where::Anywhere, literals[i], i);
  index.build();
  std::vector<uint32_t> memory, found;
  index.find(std::string(1'000'000, 'a'), memory, found);
  EXPECT_EQ(found, (std::vector<uint32_t>{0, 1, 2, 3, 4}));
  EXPECT_LT(found.capacity(), 100'000U);
}

TEST(Literals, ThatShareTheirBeginningsAndEndsAreAllFound) {
  LiteralIndex index;
  const std::string chain[] = {"", "c", "c:", "c:\\windows", "c:\\windows\\system32\\", "c:\\windows\\system33"};
  for (uint32_t i = 0; i < std::size(chain); ++i) {
    index.add(Where::Prefix, chain[i], i);
    index.add(Where::Suffix, std::string(chain[i].rbegin(), chain[i].rend()), 10 + i);
  }
  index.build();
  const std::string text = "c:\\windows\\system32\\x";
  std::vector<uint32_t> memory, found;
  index.find(text, memory, found);
  index.find(std::string(text.rbegin(), text.rend()), memory, found);
  std::sort(found.begin(), found.end());
  // Each text's other end has the empty literal only.
  EXPECT_EQ(found, (std::vector<uint32_t>{0, 0, 1, 2, 3, 4, 10, 10, 11, 12, 13, 14}));
}

}  // namespace
}  // namespace hecate::stream
