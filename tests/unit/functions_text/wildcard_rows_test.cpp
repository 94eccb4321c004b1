#include "exec/functions/wildcard_rows.h"

#include <gtest/gtest.h>

namespace hecate {
namespace {

using Rows = std::vector<uint32_t>;

WildcardRows rows_of(const std::vector<std::string_view>& cells) {
  WildcardRows rows;
  for (uint32_t row = 0; row < cells.size(); ++row) rows.add(row, cells[row]);
  return rows;
}

TEST(WildcardRows, FindsByTheLiteralAtEitherEnd) {
  const WildcardRows rows = rows_of({"*.dyn.org", "dyn.org", "www.*", "*.org", "x.dyn.org", "*.net"});
  EXPECT_EQ(rows.candidates("x.dyn.org"), (Rows{0, 3, 4}));
  EXPECT_EQ(rows.candidates("dyn.org"), (Rows{1, 3}));
  EXPECT_EQ(rows.candidates("www.a.net"), (Rows{2, 5}));
  EXPECT_EQ(rows.candidates("org"), Rows{});
}

TEST(WildcardRows, GivesWhatItCannotDecideInOrder) {
  const WildcardRows rows = rows_of({"*a*", "b", "a*b", "*", "", "b"});
  EXPECT_EQ(rows.candidates("b"), (Rows{0, 1, 2, 3, 5}));
  EXPECT_EQ(rows.candidates(""), (Rows{0, 2, 3, 4}));
}

TEST(WildcardRows, WithoutRowsNothingMatches) { EXPECT_EQ(WildcardRows().candidates("a"), Rows{}); }

}  // namespace
}  // namespace hecate
