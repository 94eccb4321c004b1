#include "exec/functions/wildcard_rows.h"

#include <gtest/gtest.h>

namespace hecate {
namespace {

using Rows = std::vector<uint32_t>;

TEST(WildcardRows, LeaveOutWhatCannotMatch) {
  const WildcardRows rows({"*.dyn.org", "dyn.org", "www.*", "*evil*", "*.net*.x"});
  EXPECT_EQ(rows.candidates("www.a"), Rows{2});
  EXPECT_EQ(rows.candidates("an evil www.b"), (Rows{2, 3}));
  EXPECT_EQ(rows.candidates("nothing"), Rows{});
  EXPECT_EQ(rows.candidates(""), Rows{});
}

TEST(WildcardRows, GiveEachRowOnceAndInOrder) {
  const WildcardRows rows({"*", "aaa*", "b", "*aaab"});
  EXPECT_EQ(rows.candidates("aaaab"), (Rows{0, 1, 2, 3})) << "too short to be filed: `*` and `b`";
}

// No gram crosses a wildcard.
TEST(WildcardRows, AWildcardStandsForAnything) {
  const WildcardRows rows({"ab*cd", "abc*def"});
  EXPECT_EQ(rows.candidates("ab--cd"), Rows{0});
  EXPECT_EQ(rows.candidates("abc--def"), (Rows{0, 1}));
}

TEST(WildcardRows, ATextThatRepeatsItselfIsLookedUpOnce) {
  const WildcardRows rows(std::vector<std::string>(2000, "*.co"));
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += ".co";
  EXPECT_EQ(rows.candidates(text).size(), 2000U);
}

TEST(WildcardRows, WithoutRowsNothingMatches) { EXPECT_EQ(WildcardRows().candidates("abc"), Rows{}); }

}  // namespace
}  // namespace hecate
