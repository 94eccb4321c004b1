#include <set>

#include "lang/spl/codes.h"
#include "support.h"

namespace hecate::spl {
namespace {

struct Case {
  std::string search;
  std::string expected;
};

class Diagnostics : public testing::TestWithParam<Case> {};

TEST_P(Diagnostics, AreExact) {
  Compiler compiler;
  EXPECT_EQ(compiler.text(GetParam().search), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Spl, Diagnostics,
    testing::Values(
        Case{"a=\"b", "SPL001 search:1:3-4 this quote is never closed\n"},
        Case{"a=1 `x", "SPL002 search:1:5-6 this macro call is never closed (close it with a backtick)\n"},
        Case{"a=1 ```x", "SPL002 search:1:5-8 this comment is never closed (close it with ```)\n"},
        Case{"a=1 | stat count", "SPL005 search:1:7-11 unknown command `stat` (did you mean `stats`?)\n"},
        Case{"a=1 | rest",
             "SPL006 search:1:7-11 the command `rest` is not supported (it asks a Splunk server, and there "
             "is none here)\n"},
        Case{"| mstats count from datamodel=X | stat x",
             "SPL006 search:1:3-9 the command `mstats` is not supported (metrics are not read; use `stats` over the "
             "events that hold them)\nSPL005 search:1:35-39 unknown command `stat` (did you mean `stats`?)\n"},
        Case{"| where a=1", "SPL014 search:1:1-2 `where` cannot begin a search (put a search before this pipe)\n"},
        Case{"* | eval x=lowr(a)", "SPL007 search:1:12-16 unknown function `lowr` (did you mean `lower`?)\n"},
        Case{"* | eval x=sigfig(a)", "SPL008 search:1:12-18 the function `sigfig` is not supported yet\n"},
        Case{"* | eval x=if(a=1, 2)",
             "SPL009 search:1:12-22 `if` takes 3 argument(s), not 2 (for example if(count > 5, \"many\", \"few\"))\n"},
        Case{"(a=1 OR b=2 | head", "SPL010 search:1:1-2 this parenthesis is never closed\n"},
        Case{"a=1) b=2", "SPL011 search:1:4-5 this parenthesis closes nothing\n"},
        Case{"a IN (1, 2", "SPL010 search:1:6-7 this list is never closed\n"},
        Case{"a IN ()", "SPL018 search:1:6-8 the list after IN is empty\n"},
        Case{"* | where (a=1", "SPL010 search:1:11-12 this parenthesis is never closed\n"},
        Case{"a=", "SPL011 search:1:3-3 expected a value before the end of the command\n"},
        Case{"a=1 OR", "SPL011 search:1:7-7 expected a term after OR before the end of the command\n"},
        Case{"a=1 | stats by b",
             "SPL012 search:1:7-12 `stats` has no aggregation (write for example `stats count by host`)\n"},
        Case{"a=1 | stats sum by b", "SPL009 search:1:13-16 `sum` needs a field (write sum(field))\n"},
        Case{"a=1 | stats valuse(b)",
             "SPL007 search:1:13-19 `stats` has no function `valuse` (did you mean `values`?)\n"},
        Case{"a=1 | stats per_hour(b)",
             "SPL008 search:1:13-21 `per_hour` is a function of `timechart` (divide a sum by "
             "the time that it covers)\n"},
        Case{"a=1 [search b=2]",
             "SPL025 search:1:5-17 which fields this subsearch gives is not known (end it with fields, table, stats or "
             "return)\n"},
        Case{"a=[search b=2]", "SPL013 search:1:3-4 a subsearch in [brackets] is not supported yet\n"},
        Case{"a=1 | | head", "SPL018 search:1:5-6 there is no command after this pipe\n"},
        Case{"  ", "SPL018 search:1:3-3 there is nothing to search for here (write * to match every event)\n"},
        Case{"a=1 ()", "SPL018 search:1:6-7 there is nothing to search for here (write * to match every event)\n"},
        Case{"* | rex offset_fild=o \"x\"",
             "SPL015 search:1:9-20 `rex` has no option `offset_fild` (did you mean `offset_field`?)\n"},
        Case{"* | rex offset_field=o \"(?<a>x)\"",
             "SPL016 search:1:9-21 the option `offset_field` of `rex` is not supported yet\n"},
        Case{"* | rex mode=sad \"s/a/b/\"", "SPL017 search:1:14-17 `rex` has no mode `sad`\n"},
        Case{"* | rex \"(?<a>x\"",
             "SPL020 search:1:16-17 the regular expression is not valid: missing closing parenthesis\n"},
        Case{"* | rex \"abc\"",
             "SPL020 search:1:9-14 the regular expression has no named group (write (?<name>…) around what to "
             "extract)\n"},
        Case{"* | bin _time span=5x",
             "SPL017 search:1:20-22 `5x` is no span of time that is supported (write a number and s, m, h, d "
             "or w, or one of mon, q, y)\n"},
        Case{"* | head 5x", "SPL017 search:1:10-12 `5x` is not a whole number\n"},
        Case{"* | where a",
             "SPL021 search:1:11-12 this is a value, where a condition is needed (compare it with something, or write "
             "isnotnull(…))\n"},
        Case{"* | eval x=isnull(a)",
             "SPL022 search:1:12-21 this is true or false, where a value is needed (write if(…, \"true\", "
             "\"false\"))\n"},
        Case{"* | eventstats values(X.*)",
             "SPL023 search:1:23-26 `X.*` may mean any field of the events (wildcards in names are supported after "
             "stats, "
             "table or fields)\n"},
        Case{"a=1 starttime=-1h",
             "SPL024 search:1:5-14 the time modifier `starttime` is not supported (write `earliest=` or `latest=`)\n"},
        Case{"a=1 earliest>-1h",
             "SPL024 search:1:5-13 `earliest` takes `=` and a time (write `_time` to compare the time of events)\n"},
        Case{"a=1 latest=-1fortnight",
             "SPL024 search:1:12-23 `-1fortnight` is no time for `latest=` (as in -24h@h, @d, now, 1767225600 or "
             "10/27/2026:00:00:00)\n"},
        Case{"a=1 latest=\"\"",
             "SPL024 search:1:12-14 `` is no time for `latest=` (as in -24h@h, @d, now, 1767225600 or "
             "10/27/2026:00:00:00)\n"},
        Case{"* | convert dur2secs(a)",
             "SPL007 search:1:13-21 `convert` has no function `dur2secs` (did you mean `dur2sec`?)\n"}));

std::string warnings(const std::string& search) {
  Compiler compiler;
  EXPECT_TRUE(compiler.compile(search).ok()) << compiler.diagnostics();
  return compiler.diagnostics();
}

TEST(Warnings, ForWhatIsEasilyMisread) {
  EXPECT_EQ(warnings("a=1 or b=2"),
            "SPL051 search:1:5-7 `or` is searched for as a word here (operators are written in capitals)\n");
  EXPECT_EQ(warnings("a IN (/* x */ \"b\")"),
            "SPL052 search:1:7-14 SPL has no /* */ comments; this one is skipped (write it in three backticks)\n");
  EXPECT_EQ(warnings("eventtype=web"),
            "SPL053 search:1:1-10 `eventtype` is read as an ordinary field of the event (put the search that it stands "
            "for here)\n");
  EXPECT_EQ(warnings("tag=web"), "");  // the catalog knows what it stands for
}

TEST(Hostile, DeepNestingIsRefused) {
  const std::string many(100'000, '(');
  for (const std::string& search :
       {many, many + "a=1" + std::string(100'000, ')'), "* | where " + many, "* | eval x=" + many + "1"}) {
    Compiler compiler;
    EXPECT_FALSE(compiler.compile(search).ok());
    EXPECT_NE(compiler.diagnostics().find("SPL019"), std::string::npos);
  }
  std::string nots;
  for (int i = 0; i < 100'000; ++i) nots += "NOT ";
  std::string sum = "* | eval x=1";
  for (int i = 0; i < 100'000; ++i) sum += "+1";
  for (const std::string& search :
       {nots + "a", "* | where " + nots + "a=1", sum, "* | eval x=" + std::string(100'000, '-') + "1"}) {
    Compiler compiler;
    EXPECT_FALSE(compiler.compile(search).ok());
    EXPECT_NE(compiler.diagnostics().find("SPL019"), std::string::npos);
  }
}

TEST(Codes, AreUnique) {
  std::set<std::string_view> ids;
  for (const DiagnosticCode* code : kCodes) EXPECT_TRUE(ids.insert(code->id).second) << code->id;
}

}  // namespace
}  // namespace hecate::spl
