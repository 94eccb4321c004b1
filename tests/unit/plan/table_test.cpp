#include "plan/table.h"

#include <gtest/gtest.h>

namespace hecate {
namespace {

using Row = std::vector<std::string>;

TEST(Table, ReadsQuotesLineBreaksAndShortRows) {
  const Table table = read_csv("t",
                               "\xEF\xBB\xBF"
                               "a,b,c\r\n1,\"x, \"\"y\"\"\",3\n\n\"two\nlines\"\n1,2,3,4\n");
  EXPECT_EQ(table.columns, (Row{"a", "b", "c"}));
  ASSERT_EQ(table.rows.size(), 3U);
  EXPECT_EQ(table.rows[0], (Row{"1", "x, \"y\"", "3"}));
  EXPECT_EQ(table.rows[1], (Row{"two\nlines", "", ""}));
  EXPECT_EQ(table.rows[2], (Row{"1", "2", "3"}));
  EXPECT_EQ(table.column("b"), 1U);
  EXPECT_EQ(table.column("d"), Table::npos);
}

TEST(Table, WhatIsWrittenReadsBack) {
  Table table;
  table.name = "t";
  table.columns = {"a", "b"};
  table.rows = {{"1,2", "\"q\""}, {"", "x\ny"}};
  const Table read = read_csv("t", write_csv(table));
  EXPECT_EQ(read.columns, table.columns);
  EXPECT_EQ(read.rows, table.rows);
}

TEST(Table, RowsAreAppendedByTheNamesOfColumns) {
  Table table = read_csv("t", "a,b\n1,2\n");
  append_rows(read_csv("u", "c,a\n3,4\n"), table);
  EXPECT_EQ(table.columns, (Row{"a", "b", "c"}));
  EXPECT_EQ(table.rows, (std::vector<Row>{{"1", "2", ""}, {"4", "", "3"}}));
}

TEST(Tables, ALaterTableReplacesOneAndWhatWasTakenStays) {
  Tables tables;
  tables.put(read_csv("t", "a\n1\n"));
  const auto first = tables.find("t");
  tables.put(read_csv("t", "a\n2\n"));
  EXPECT_EQ(first->rows, (std::vector<Row>{{"1"}}));
  EXPECT_EQ(tables.find("t")->rows, (std::vector<Row>{{"2"}}));
  EXPECT_EQ(tables.find("u"), nullptr);
}

}  // namespace
}  // namespace hecate
