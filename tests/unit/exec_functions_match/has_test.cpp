// Kusto's terms: learn.microsoft.com/kusto/query/datatypes-string-operators, "What is a term?": "each string value is
// broken into maximal sequences of alphanumeric characters, and each of those sequences is made into a term".
#include <gtest/gtest.h>

#include "exec/functions/match.h"

namespace hecate {
namespace {

struct HasCase {
  std::string_view text, needle;
  bool has, prefix, suffix;
};

TEST(HasTerm, FollowsTheTermsOfTheText) {
  const HasCase cases[] = {
      // The page's own example.
      {"Kusto: ad67d136-c1db-4f9f-88ef-d94f3b6b0b5a;KustoExplorerQueryRun", "Kusto", true, true, true},
      {"Kusto: ad67d136-c1db-4f9f-88ef-d94f3b6b0b5a;KustoExplorerQueryRun", "KustoExplorer", false, true, false},
      {"Kusto: ad67d136-c1db-4f9f-88ef-d94f3b6b0b5a;KustoExplorerQueryRun", "QueryRun", false, false, true},
      {"Kusto: ad67d136-c1db-4f9f-88ef-d94f3b6b0b5a;KustoExplorerQueryRun", "4f9f", true, true, true},
      {"Kusto: ad67d136-c1db-4f9f-88ef-d94f3b6b0b5a;KustoExplorerQueryRun", "ExplorerQuery", false, false, false},
      {"Kusto: ad67d136-c1db-4f9f-88ef-d94f3b6b0b5a;KustoExplorerQueryRun", "c1db-4f9f", true, true, true},
      // The page's table, in one casing.
      {"north america", "america", true, true, true},
      {"north america", "amer", false, true, false},
      {"north america", "ame", false, true, false},
      {"north america", "ica", false, false, true},
      {"north america", "meric", false, false, false},
      // `_` is no letter and no digit: it parts terms.
      {"a_b", "b", true, true, true},
      {"a_b", "a_b", true, true, true},
      {"xa_b", "a_b", false, false, true},
      {"a_bx", "a_b", false, true, false},
      // A boundary is asked for only where the needle's own edge is a letter or digit.
      {"x/etc/cron.d/y", "/etc/cron.d/", true, true, true},
      {"/etc/crontab", "/etc/cron", false, true, false},
      {"my.exe", ".exe", true, true, true},
      {"my.exes", ".exe", false, true, false},
      // A later occurrence counts where an earlier one stands inside a word.
      {"catalog cat", "cat", true, true, true},
      {"acatb bcat cata", "cat", false, true, true},
      // The ends of the text are boundaries.
      {"cat", "cat", true, true, true},
      {"", "cat", false, false, false},
      {"ca", "cat", false, false, false},
      // Nothing is in everything.
      {"anything", "", true, true, true},
      {"", "", true, true, true},
      // Letters of any script are letters; a sign is none.
      {"\xC3\xA4"
       "cat",
       "cat", false, false, true},
      {"cat\xC3\xA4", "cat", false, true, false},
      {"\xE2\x82\xAC"
       "cat\xE2\x82\xAC",
       "cat", true, true, true},
      {"\xD0\xB6"
       "1",
       "1", false, false, true},
      {"x\xC3\xA4", "\xC3\xA4", false, false, true},
      // A malformed byte is no letter.
      {"\xFF"
       "cat\xFF",
       "cat", true, true, true},
      {"\x80\x80"
       "cat",
       "cat", true, true, true},
  };
  for (const HasCase& c : cases) {
    EXPECT_EQ(has_term(c.text, c.needle, true, true), c.has) << c.needle << " in " << c.text;
    EXPECT_EQ(has_term(c.text, c.needle, true, false), c.prefix) << c.needle << " begins a term of " << c.text;
    EXPECT_EQ(has_term(c.text, c.needle, false, true), c.suffix) << c.needle << " ends a term of " << c.text;
  }
}

TEST(HasTerm, ANulIsABoundary) {
  EXPECT_TRUE(has_term(std::string_view("a\0cat\0b", 7), "cat", true, true));
  EXPECT_FALSE(has_term(std::string_view("a\0cats", 6), "cat", true, true));
}

}  // namespace
}  // namespace hecate
