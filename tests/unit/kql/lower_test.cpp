#include <gtest/gtest.h>

#include "support.h"

namespace hecate::kql::test {
namespace {

struct Row {
  const char* query;
  const char* plan;
};

/// Everything here was written by hand from the language's pages, not from output.
class Lowering : public testing::TestWithParam<Row> {};

TEST_P(Lowering, GivesThisPlan) {
  const Outcome outcome = run(GetParam().query);
  EXPECT_EQ(outcome.plan, GetParam().plan) << GetParam().query << "\n"
                                           << (outcome.diagnostics.empty() ? "" : outcome.diagnostics.front());
  EXPECT_TRUE(outcome.verified);
}

// https://learn.microsoft.com/kusto/query/datatypes-string-operators: `==`, `in` and `*_cs` are sensitive.
INSTANTIATE_TEST_SUITE_P(
    StringOperators, Lowering,
    testing::Values(
        Row{"T", "n0 scan kusto(T)\noutput +whole-event\n"}, Row{"T()", "n0 scan kusto(T)\noutput +whole-event\n"},
        Row{"T | where S == 'a'",
            "n0 scan kusto(T) c0=S:string\nn1 <n0 filter (match equals c0 \"a\")\noutput +whole-event\n"},
        Row{"T | where 'a' == S",
            "n0 scan kusto(T) c0=S:string\nn1 <n0 filter (match equals c0 \"a\")\noutput +whole-event\n"},
        Row{"T | where S != 'a'",
            "n0 scan kusto(T) c0=S:string\nn1 <n0 filter (not (match equals c0 \"a\"))\noutput +whole-event\n"},
        Row{"T | where S =~ @'C:\\x'",
            "n0 scan kusto(T) c0=S:string\nn1 <n0 filter (match equals ci c0 \"C:\\\\x\")\noutput +whole-event\n"},
        Row{"T | where S !~ 'a'",
            "n0 scan kusto(T) c0=S:string\nn1 <n0 filter (not (match equals ci c0 \"a\"))\noutput +whole-event\n"},
        Row{"T | where S contains 'a' and s contains_cs 'b'",
            "n0 scan kusto(T) c0=S:string c1=s:string\nn1 <n0 filter (and (match contains ci c0 \"a\") (match contains "
            "c1 \"b\"))\noutput +whole-event\n"},
        Row{"T | where S !startswith 'a'",
            "n0 scan kusto(T) c0=S:string\nn1 <n0 filter (not (match startswith ci c0 \"a\"))\noutput +whole-event\n"},
        Row{"T | where S endswith_cs \"a\"",
            "n0 scan kusto(T) c0=S:string\nn1 <n0 filter (match endswith c0 \"a\")\noutput +whole-event\n"},
        Row{"T | where S has 'a' or S !has 'b'",
            "n0 scan kusto(T) c0=S:string\nn1 <n0 filter (or (match has ci c0 \"a\") (not (match has ci c0 "
            "\"b\")))\noutput +whole-event\n"},
        Row{"T | where S hasprefix_cs 'a'",
            "n0 scan kusto(T) c0=S:string\nn1 <n0 filter (match hasprefix c0 \"a\")\noutput +whole-event\n"},
        Row{"T | where S hassuffix 'a'",
            "n0 scan kusto(T) c0=S:string\nn1 <n0 filter (match hassuffix ci c0 \"a\")\noutput +whole-event\n"},
        Row{"T | where S in ('a', 'b')",
            "n0 scan kusto(T) c0=S:string\nn1 <n0 filter (match equals c0 \"a\" \"b\")\noutput +whole-event\n"},
        Row{"T | where S !in~ ('a')",
            "n0 scan kusto(T) c0=S:string\nn1 <n0 filter (not (match equals ci c0 \"a\"))\noutput +whole-event\n"},
        Row{"T | where S has_any ('a', 'b')",
            "n0 scan kusto(T) c0=S:string\nn1 <n0 filter (match has ci c0 \"a\" \"b\")\noutput +whole-event\n"},
        Row{"T | where S has_all ('a', 'b')",
            "n0 scan kusto(T) c0=S:string\nn1 <n0 filter (match has ci all c0 \"a\" \"b\")\noutput +whole-event\n"},
        Row{"T | where S has_all (dynamic([]))",
            "n0 scan kusto(T) c0=S:string\nn1 <n0 filter true\noutput +whole-event\n"},
        Row{"T | where S has_any (dynamic([]))",
            "n0 scan kusto(T) c0=S:string\nn1 <n0 filter false\noutput +whole-event\n"},
        Row{"let L = dynamic(['a', 'q\"', 1]); T | where S in~ (L)",
            "n0 scan kusto(T) c0=S:string\nn1 <n0 filter (match equals ci c0 \"a\" \"q\\\"\" \"1\")\noutput "
            "+whole-event\n"},
        Row{"T | where S matches regex @'^a\\d+'",
            "n0 scan kusto(T) c0=S:string\nn1 <n0 filter (match regex c0 \"^a\\\\d+\")\noutput +whole-event\n"},
        Row{"T | where S contains s",
            "n0 scan kusto(T) c0=S:string c1=s:string\nn1 <n0 filter (kql.contains c0 c1)\noutput +whole-event\n"},
        Row{"T | where not(S has 'a')",
            "n0 scan kusto(T) c0=S:string\nn1 <n0 filter (not (match has ci c0 \"a\"))\noutput +whole-event\n"},
        Row{"T | where D.a.b[0] has 'x'",
            "n0 scan kusto(T) c0=D:dynamic\nn1 <n0 filter (match has ci (kql.tostring (kql.element (kql.member "
            "(kql.member c0 \"a\") \"b\") 0)) \"x\")\noutput +whole-event\n"},
        Row{"T | where D['a'] == 'x'",
            "n0 scan kusto(T) c0=D:dynamic\nn1 <n0 filter (match equals (kql.tostring (kql.member c0 \"a\")) "
            "\"x\")\noutput +whole-event\n"}));

INSTANTIATE_TEST_SUITE_P(
    Values, Lowering,
    testing::Values(
        Row{"T | where N == 5 and R < 1.5",
            "n0 scan kusto(T) c0=N:long c1=R:real\nn1 <n0 filter (and (kql.eq c0 5) (kql.lt c1 1.5))\noutput "
            "+whole-event\n"},
        Row{"T | where 5 < N", "n0 scan kusto(T) c0=N:long\nn1 <n0 filter (kql.gt c0 5)\noutput +whole-event\n"},
        Row{"T | where N in (1, 2)",
            "n0 scan kusto(T) c0=N:long\nn1 <n0 filter (kql.in_values c0 1 2)\noutput +whole-event\n"},
        Row{"T | where N between (1 .. 5)",
            "n0 scan kusto(T) c0=N:long\nn1 <n0 filter (and (kql.ge c0 1) (kql.le c0 5))\noutput +whole-event\n"},
        Row{"T | where Time > ago(1d)",
            "n0 scan kusto(T) c0=Time:datetime\nn1 <n0 filter (kql.gt c0 (kql.ago timespan(1.00:00:00)))\noutput "
            "+whole-event\n"},
        // between-operator: a timespan as the upper bound counts from the lower one.
        Row{"T | where Time between (datetime(2024-01-01) .. 1d)",
            "n0 scan kusto(T) c0=Time:datetime\nn1 <n0 filter (and (kql.ge c0 datetime(2024-01-01T00:00:00Z)) (kql.le "
            "c0 (kql.add datetime(2024-01-01T00:00:00Z) timespan(1.00:00:00))))\noutput +whole-event\n"},
        Row{"let x = 2h; T | where Span > x",
            "n0 scan kusto(T) c0=Span:timespan\nn1 <n0 filter (kql.gt c0 timespan(02:00:00))\noutput +whole-event\n"},
        Row{"T | where B", "n0 scan kusto(T) c0=B:bool\nn1 <n0 filter c0\noutput +whole-event\n"},
        Row{"T | where column_ifexists('Nope', 'd') == S",
            "n0 scan kusto(T) c0=S:string\nn1 <n0 filter (match equals c0 \"d\")\noutput +whole-event\n"}));

INSTANTIATE_TEST_SUITE_P(
    Operators, Lowering,
    testing::Values(
        Row{"T | project S, X = N + 1",
            "n0 scan kusto(T) c0=S:string c1=N:long\nn1 <n0 extend c2:long=(kql.add c1 1)\noutput S=c0 X=c2\n"},
        Row{"T | extend X = tolower(S)",
            "n0 scan kusto(T) c0=S:string\nn1 <n0 extend c1:string=(kql.tolower c0)\noutput X=c1 +whole-event\n"},
        Row{"T | extend S = tolower(S) | where S == 'a'",
            "n0 scan kusto(T) c0=S:string\nn1 <n0 extend c1:string=(kql.tolower c0)\nn2 <n1 filter (match equals c1 "
            "\"a\")\noutput S=c1 +whole-event\n"},
        Row{"T | project-keep S, N", "n0 scan kusto(T) c0=S:string c1=N:long\noutput S=c0 N=c1\n"},
        Row{"T | project S, N, R | project-away N*", "n0 scan kusto(T) c0=S:string c2=R:real\noutput S=c0 R=c2\n"},
        Row{"T | project S, N | project-rename A = S", "n0 scan kusto(T) c0=S:string c1=N:long\noutput A=c0 N=c1\n"},
        Row{"T | project S, N, R | project-reorder R",
            "n0 scan kusto(T) c0=S:string c1=N:long c2=R:real\noutput R=c2 S=c0 N=c1\n"},
        Row{"T | count", "n0 scan kusto(T)\nn1 <n0 aggregate c0=count()\noutput Count=c0\n"},
        Row{"T | distinct S, N", "n0 scan kusto(T) c0=S:string c1=N:long\nn1 <n0 distinct c0 c1\noutput S=c0 N=c1\n"},
        // sort-operator: desc unless told otherwise, nulls last in desc and first in asc.
        Row{"T | sort by S, N asc",
            "n0 scan kusto(T) c0=S:string c1=N:long\nn1 <n0 sort -c0 +c1 nulls-first\noutput +whole-event\n"},
        Row{"T | order by N asc nulls last", "n0 scan kusto(T) c0=N:long\nn1 <n0 sort +c0\noutput +whole-event\n"},
        Row{"T | top 3 by N", "n0 scan kusto(T) c0=N:long\nn1 <n0 sort -c0\nn2 <n1 limit 3\noutput +whole-event\n"},
        Row{"T | take 5", "n0 scan kusto(T)\nn1 <n0 limit 5\noutput +whole-event\n"},
        Row{"let A = T | where N == 1; A | where S == 'x'",
            "n0 scan kusto(T) c0=N:long c1=S:string\nn1 <n0 filter (kql.eq c0 1)\nn2 <n1 filter (match equals c1 "
            "\"x\")\noutput +whole-event\n"}));

// aggregation-functions, summarize-operator: names of unnamed columns.
INSTANTIATE_TEST_SUITE_P(
    Summarize, Lowering,
    testing::Values(
        Row{"T | summarize count() by S",
            "n0 scan kusto(T) c0=S:string\nn1 <n0 aggregate c2=count() by c1=c0\noutput S=c1 count_=c2\n"},
        Row{"T | summarize sum(N), dcount(S), countif(B)",
            "n0 scan kusto(T) c0=N:long c2=S:string c4=B:bool\nn1 <n0 aggregate c1=kql.sum(c0) c3=kql.dcount(c2) "
            "c5=kql.countif(c4)\noutput sum_N=c1 dcount_S=c3 countif_=c5\n"},
        Row{"T | summarize make_set(S), makelist(S)",
            "n0 scan kusto(T) c0=S:string\nn1 <n0 aggregate c1=kql.make_set(c0, 1048576) c2=kql.make_list(c0, "
            "128)\noutput set_S=c1 list_S=c2\n"},
        Row{"T | summarize max(Time) by bin(Time, 1h)",
            "n0 scan kusto(T) c0=Time:datetime\nn1 <n0 extend c1:datetime=(kql.bin c0 timespan(01:00:00))\nn2 <n1 "
            "aggregate c3=kql.max(c0) by c2=c1\noutput Time=c2 max_Time=c3\n"},
        Row{"T | summarize by S", "n0 scan kusto(T) c0=S:string\nn1 <n0 aggregate by c1=c0\noutput S=c1\n"},
        Row{"T | summarize arg_max(Time, N) by S",
            "n0 scan kusto(T) c0=S:string c2=Time:datetime c3=N:long\nn1 <n0 aggregate c4=kql.arg_max(c2, c2) "
            "c5=kql.arg_max(c3, c2) by c1=c0\noutput S=c1 Time=c4 N=c5\n"},
        Row{"T | project S, N | summarize arg_max(N, *)",
            "n0 scan kusto(T) c0=S:string c1=N:long\nn1 <n0 aggregate c2=kql.arg_max(c1, c1) c3=kql.arg_max(c0, "
            "c1)\noutput N=c2 S=c3\n"},
        Row{"T | summarize X = count() * 2",
            "n0 scan kusto(T)\nn1 <n0 aggregate c0=count()\nn2 <n1 extend c1:long=(kql.mul c0 2)\noutput X=c1\n"},
        Row{"T | summarize percentile(N, 95), avg(R), stdev(R)",
            "n0 scan kusto(T) c0=N:long c2=R:real\nn1 <n0 aggregate c1=kql.percentile(c0, 95) c3=kql.avg(c2) "
            "c4=kql.stdev(c2)\noutput percentile_N_95=c1 avg_R=c3 stdev_R=c4\n"},
        Row{"T | summarize take_any(S), count(), count()",
            "n0 scan kusto(T) c0=S:string\nn1 <n0 aggregate c1=kql.take_any(c0) c2=count() c3=count()\noutput S=c1 "
            "count_=c2 count_1=c3\n"}));

const char kMission[] =
    "imFileEvent\n| where (TargetFileName startswith \"/etc/cron.d/\" or TargetFileName startswith "
    "\"/etc/cron.daily/\" or TargetFileName "
    "startswith \"/etc/cron.hourly/\" or TargetFileName startswith \"/etc/cron.monthly/\" or TargetFileName startswith "
    "\"/etc/cron.weekly/\" or TargetFileName startswith \"/var/spool/cron/crontabs/\") or (TargetFileName contains "
    "\"/etc/cron.allow\" or "
    "TargetFileName contains \"/etc/cron.deny\" or TargetFileName contains \"/etc/crontab\")";

std::string mission_plan(std::string_view field) {
  std::string plan = "n0 scan kusto(imFileEvent) c0=" + std::string(field) + ":string\nn1 <n0 filter (or";
  for (const char* path : {"/etc/cron.d/", "/etc/cron.daily/", "/etc/cron.hourly/", "/etc/cron.monthly/",
                           "/etc/cron.weekly/", "/var/spool/cron/crontabs/"}) {
    plan += std::string(" (match startswith ci c0 \"") + path + "\")";
  }
  for (const char* path : {"/etc/cron.allow", "/etc/cron.deny", "/etc/crontab"})
    plan += std::string(" (match contains ci c0 \"") + path + "\")";
  return plan + ")\noutput +whole-event\n";
}

TEST(CronRule, RunsVerbatimAndIsToldThatItCannotMatch) {
  const Outcome outcome = run(kMission);
  EXPECT_EQ(outcome.plan, mission_plan("TargetFileName"));
  ASSERT_EQ(outcome.diagnostics.size(), 1U);
  EXPECT_EQ(outcome.diagnostics[0],
            "KQL021 2:10 `TargetFileName` holds a bare file name, never a path: this comparison cannot match");
  EXPECT_EQ(outcome.hints[0],
            "compare `TargetFilePath` instead, or let the pack declare `field_aliases: {imFileEvent: {TargetFileName: "
            "TargetFilePath}}`");
  EXPECT_EQ(outcome.secondary[0], 8U);
}

TEST(CronRule, FieldAliasReadsThePathWithoutWarning) {
  Environment env = environment();
  env.field_aliases["imFileEvent"]["TargetFileName"] = "TargetFilePath";
  const Outcome outcome = run(kMission, env);
  EXPECT_EQ(outcome.plan, mission_plan("TargetFilePath"));
  EXPECT_TRUE(outcome.diagnostics.empty());
  EXPECT_EQ(run("imFileEvent | project TargetFileName, TargetFilePath", env).plan,
            "n0 scan kusto(imFileEvent) c0=TargetFilePath:string\noutput TargetFileName=c0 TargetFilePath=c0\n");
}

TEST(PathLint, SeesEveryKindOfComparison) {
  for (const char* test : {"TargetFileName == '/a'", "TargetFileName in ('x', '/a')", "TargetFileName has_any ('/a')",
                           "TargetFileName endswith @'\\a'", "TargetFileName matches regex '/a'",
                           "tolower(TargetFileName) contains '/a'", "TargetFileName !contains '/a'"}) {
    EXPECT_EQ(run(std::string("imFileEvent | where ") + test).diagnostics.size(), 1U) << test;
  }
  for (const char* test :
       {"TargetFileName == 'a'", "TargetFilePath == '/a'", "TargetFileName matches regex @'\\.sh$'"}) {
    EXPECT_TRUE(run(std::string("imFileEvent | where ") + test).diagnostics.empty()) << test;
  }
}

}  // namespace
}  // namespace hecate::kql::test
