#include <gtest/gtest.h>

#include "base/text.h"
#include "support.h"

namespace hecate::output {
namespace {

using namespace test;

TEST(FormatTable, AlignsCellsAndLeavesNoBlanksAtTheEnd) {
  EXPECT_EQ(format_table({"a", "name"}, {{"1", "x"}, {"22222", ""}, {"", "long name"}}, 80),
            "a      name\n"
            "1      x\n"
            "22222\n"
            "       long name\n");
}

TEST(FormatTable, CountsCodePoints) {
  EXPECT_EQ(format_table({"k", "v"}, {{"\xC3\xA4\xC3\xB6", "1"}, {"ab", "2"}}, 80),
            "k   v\n\xC3\xA4\xC3\xB6  1\nab  2\n");
}

TEST(FormatTable, ShortRowsAreFilled) {
  EXPECT_EQ(format_table({"a", "b", "c"}, {{"1"}, {}}, 80), "a  b  c\n1\n\n");
  EXPECT_EQ(format_table({}, {}, 80), "\n");
}

TEST(FormatTable, TheWidestColumnsGiveWay) {
  const std::string wide(300, 'w');
  const std::string table = format_table({"id", "text", "note"}, {{"1", wide, "short"}}, 60);
  size_t at = 0;
  while (at < table.size()) {
    const size_t end = table.find('\n', at);
    EXPECT_LE(code_points(table.substr(at, end - at)), 60U);
    at = end + 1;
  }
  EXPECT_NE(table.find("\xE2\x80\xA6"), std::string::npos) << "an ellipsis says that something was cut";
  EXPECT_NE(table.find("short"), std::string::npos) << "narrow columns stay whole";
}

TEST(FormatTable, CutsBetweenCharacters) {
  std::string wide;
  for (int i = 0; i < 100; ++i) wide += "\xE2\x82\xAC";
  const std::string table = format_table({"t"}, {{wide}}, 20);
  EXPECT_EQ(valid_utf8(table), table);
  EXPECT_EQ(code_points(table), 2 + 20 + 1U) << "header, cell, two line breaks";
}

TEST(FormatTable, NoColumnIsNarrowerThanEight) {
  const std::vector<std::string> row(20, "0123456789");
  const std::string table = format_table(std::vector<std::string>(20, "h"), {row}, 10);
  EXPECT_NE(table.find("0123456\xE2\x80\xA6"), std::string::npos);
}

class TableWriterTest : public ::testing::Test {
 protected:
  std::string table(const std::vector<Finding>& findings, TableOptions options = {}) const {
    return written([&](std::FILE* out) { return make_table_writer(out, options); }, findings);
  }
  static content::Detection detection(std::string title, content::Level level) {
    content::Detection d;
    d.id = d.title = std::move(title);
    d.level = level;
    d.language = Language::Spl;
    d.attack.techniques = {"T1053.003"};
    return d;
  }
  static Finding finding(const content::Detection& d, std::vector<ResultField> result) {
    Finding f;
    f.detection = &d;
    f.result = std::move(result);
    return f;
  }
};

TEST_F(TableWriterTest, TheHighestSeverityComesFirst) {
  const content::Detection low = detection("Low one", content::Level::Low);
  const content::Detection high = detection("High one", content::Level::Critical);
  const std::string out =
      table({finding(low, {field("a", "1")}), finding(high, {field("b", "2")}), finding(low, {field("a", "3")})});
  EXPECT_LT(out.find("High one"), out.find("Low one"));
  EXPECT_NE(out.find("critical  High one  [spl]  T1053.003  1 finding\n"), std::string::npos) << out;
  EXPECT_NE(out.find("2 findings"), std::string::npos);
  EXPECT_EQ(out.find('\x1b'), std::string::npos);
}

TEST_F(TableWriterTest, LogsCannotDriveTheTerminal) {
  const content::Detection d = detection("D", content::Level::Low);
  Finding f = finding(d, {field("cmd",
                                "a\x1b[2J\x07"
                                "b\tc\x7F\xC2\x9B"
                                "31m\xFF"),
                          {"m", OwnedValue::many({"x", "y"}), true}});
  f.message = "m\x1b]0;title\x07";
  const std::string out = table({f});
  for (const std::string_view bad : {"\x1b", "\x07", "\x7F", "\xC2\x9B", "\t", "\xFF"})
    EXPECT_EQ(out.find(bad), std::string::npos);
  EXPECT_NE(out.find("x, y"), std::string::npos) << "several values on one line";
}

TEST_F(TableWriterTest, SaysWhatItDoesNotShow) {
  const content::Detection d = detection("D", content::Level::Low);
  std::vector<Finding> findings(7, finding(d, {field("a", "1")}));
  findings[1].suppressed_by = "f";
  findings[1].suppressed_by_title = "Package manager";
  TableOptions options;
  options.most_rows = 5;
  const std::string out = table(findings, options);
  EXPECT_NE(out.find("6 findings, 1 suppressed"), std::string::npos) << out;
  EXPECT_NE(out.find("and 2 more"), std::string::npos) << out;
  EXPECT_NE(out.find("Package manager"), std::string::npos) << out;
}

TEST_F(TableWriterTest, RowsAreATableOfTheirColumns) {
  const content::Detection d = detection("D", content::Level::Low);
  const auto rows = [](const std::vector<Finding>& findings) {
    return written([](std::FILE* out) { return make_rows_table_writer(out, {}); }, findings);
  };
  EXPECT_EQ(rows({finding(d, {field("a", "1"), field("b", "2")}), finding(d, {field("b", "3"), field("c", "4")})}),
            "a  b  c\n1  2\n   3  4\n");
  EXPECT_EQ(rows({}), "");
}

}  // namespace
}  // namespace hecate::output
