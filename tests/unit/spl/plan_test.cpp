#include "support.h"

namespace hecate::spl {
namespace {

/// The predicate of a search, without the plan around it.
std::string predicate(const std::string& search) {
  Compiler compiler;
  const std::string text = compiler.text(search);
  const size_t begin = text.find("filter ");
  return begin == std::string::npos ? text : text.substr(begin + 7, text.find('\n', begin) - begin - 7);
}

std::string after_scan(const std::string& search) {
  Compiler compiler;
  const std::string text = compiler.text(search);
  return text.substr(text.find('\n') + 1);
}

// The mission's search, word for word.
TEST(Plan, CronJobCreation) {
  Compiler compiler({{"cisco_isovalent_process_exec", "sourcetype=cisco:isovalent:processExec"},
                     {"security_content_ctime(field)", "convert timeformat=\"%Y-%m-%dT%H:%M:%S\" ctime($field$)"},
                     {"cisco_isovalent___cron_job_creation_filter", "search *"}});
  EXPECT_EQ(
      compiler.text(R"(`cisco_isovalent_process_exec` process_name IN ("crond","cron","crontab")
| search pod_name!=""
| stats count
        min(_time) as firstTime
        max(_time) as lastTime
        values(process) as process
    by cluster_name pod_name parent_process_name process_name process_exec process_id node_name
| `security_content_ctime(firstTime)`
| `security_content_ctime(lastTime)`
| `cisco_isovalent___cron_job_creation_filter`)"),
      R"(n0 scan splunk c0=sourcetype:string c1=process_name:many c2=pod_name:many c3=cluster_name:many c6=parent_process_name:many c9=process_exec:many c11=process_id:many c13=node_name:many c16=_time:real c19=process:many
n1 <n0 filter (and (match equals ci c0 "cisco:isovalent:processExec") (match equals ci c1 "crond" "cron" "crontab"))
n2 <n1 filter (and (match contains ci c2 "") (not (match equals ci c2 "")))
n3 <n2 aggregate c15=count() c17=spl.min(c16) c18=spl.max(c16) c20=spl.values(c19) by c4=c3 c5=c2 c7=c6 c8=c1 c10=c9 c12=c11 c14=c13 drop-null-keys expand-many ordered
n4 <n3 extend c21:string=(spl.ctime c17 "%Y-%m-%dT%H:%M:%S")
n5 <n4 extend c22:string=(spl.ctime c18 "%Y-%m-%dT%H:%M:%S")
output cluster_name=c4 pod_name=c5 parent_process_name=c7 process_name=c8 process_exec=c10 process_id=c12 node_name=c14 count=c15 firstTime=c21 lastTime=c22 process=c20
)");
}

// Search Manual, "Boolean expressions with logical operators": its own example is status=200 OR action=…
TEST(SearchExpression, OrBindsTighterThanAnd) {
  EXPECT_EQ(predicate("host=www1 AND status=200 OR action=addtocart"),
            R"((and (match equals ci c0 "www1") (or (match equals ci c1 "200") (match equals ci c2 "addtocart"))))");
  EXPECT_EQ(
      predicate("a=1 OR b=2 c=3 OR d=4"),
      R"((and (or (match equals ci c0 "1") (match equals ci c1 "2")) (or (match equals ci c2 "3") (match equals ci c3 "4"))))");
  EXPECT_EQ(predicate("a=1 NOT b=2 OR c=3"),
            R"((and (match equals ci c0 "1") (or (not (match equals ci c1 "2")) (match equals ci c2 "3"))))");
  EXPECT_EQ(predicate("(a=1 b=2) OR c=3"),
            R"((or (and (match equals ci c0 "1") (match equals ci c1 "2")) (match equals ci c2 "3")))");
}

// Search Manual, "Difference between != and NOT".
TEST(SearchExpression, NotKeepsRowsWithoutTheField) {
  EXPECT_EQ(predicate("NOT f=v"), R"((not (match equals ci c0 "v")))");
  EXPECT_EQ(predicate("f!=v"), R"((and (match contains ci c0 "") (not (match equals ci c0 "v"))))");
  EXPECT_EQ(predicate("f != \"*/app\""), R"((and (match contains ci c0 "") (not (match endswith ci c0 "/app"))))");
  EXPECT_EQ(predicate("f=*"), R"((match contains ci c0 ""))");
}

TEST(SearchExpression, WildcardsCountInQuotesToo) {
  EXPECT_EQ(predicate("f=\"ab*\""), R"((match startswith ci c0 "ab"))");
  EXPECT_EQ(predicate("f=*ab*"), R"((match contains ci c0 "ab"))");
  EXPECT_EQ(predicate("f=a*b"), R"((match wildcard ci c0 "a*b"))");
  EXPECT_EQ(predicate("f=a?b"), R"((match equals ci c0 "a?b"))");  // a question mark is none
  EXPECT_EQ(predicate(R"(f="*\\Temp\\*")"), R"((match contains ci c0 "\\Temp\\"))");
  EXPECT_EQ(predicate(R"(f="*\Users\*")"), R"((match contains ci c0 "\\Users\\"))");  // `\*` does not hide a wildcard
}

TEST(SearchExpression, ListsBecomeOneMatchForEachOperator) {
  EXPECT_EQ(predicate(R"(process IN ("*nsenter*", "ls", "*ps aux*", "cat"))"),
            R"((or (match contains ci c0 "nsenter" "ps aux") (match equals ci c0 "ls" "cat")))");
  EXPECT_EQ(predicate("f IN (1, 2 3)"), R"((match equals ci c0 "1" "2" "3"))");
}

TEST(SearchExpression, NumbersNetworksAndCase) {
  EXPECT_EQ(predicate("process_id=123"), R"((match equals ci c0 "123"))");
  EXPECT_EQ(predicate("bytes>=5"), R"((spl.search_ge c0 "5"))");
  EXPECT_EQ(predicate("ip=10.0.0.0/8"), R"((or (match equals ci c0 "10.0.0.0/8") (spl.search_cidr c0 "10.0.0.0/8")))");
  EXPECT_EQ(predicate("f=CASE(Root)"), R"((match equals c0 "Root"))");
  EXPECT_EQ(predicate("source=\"/etc/10/8\""), R"((match equals ci c0 "/etc/10/8"))");
}

// Search Manual, "Event segmentation and searching": a term ends at breakers, so `fail` does not find "failure".
TEST(SearchExpression, TermsMatchTheRawEvent) {
  EXPECT_EQ(predicate("*mimikatz*"), R"((match contains ci c0 "mimikatz"))");
  const std::string breakers = R"(\\s\\[\\]<>(){}|!;,'\"*&?+/:=@.\\-$#%\\\\_)";
  EXPECT_EQ(predicate("fail"), "(match regex ci c0 \"(?<![^" + breakers + "])fail(?![^" + breakers + "])\")");
  EXPECT_EQ(predicate("fail*"), "(match regex ci c0 \"(?<![^" + breakers + "])fail\")");
}

TEST(SearchExpression, AStarFiltersNothing) { EXPECT_EQ(after_scan("*"), "output +whole-event\n"); }

TEST(EvalExpression, AndBindsTighterThanOrAndXorIsLast) {
  EXPECT_EQ(predicate("* | where a=1 OR b=2 AND NOT c=3"),
            "(or (spl.eq c0 1) (and (spl.eq c1 2) (not (spl.eq c2 3))))");
  EXPECT_EQ(predicate("* | where a=1 XOR b=2 OR c=3"), "(spl.xor (spl.eq c0 1) (or (spl.eq c1 2) (spl.eq c2 3)))");
}

// Search Reference, where: a bare word on the right is a field, and only quotes make a text.
TEST(EvalExpression, BareWordsAreFields) {
  EXPECT_EQ(predicate("* | where a=b"), "(spl.eq c0 c1)");
  EXPECT_EQ(predicate("* | where a=\"b\""), "(spl.eq c0 \"b\")");
  EXPECT_EQ(predicate("* | where 'a.b'=\"*x\""), "(spl.eq c0 \"*x\")");  // no wildcards here
  EXPECT_EQ(predicate("* | where a IN (\"x\", 5) and like(b, \"%y\")"),
            "(and (or (spl.eq c0 \"x\") (spl.eq c0 5)) (spl.like c1 \"%y\"))");
}

TEST(EvalExpression, ArithmeticPrecedence) {
  EXPECT_EQ(predicate("* | where a > 1 + 2 * -b"), "(spl.gt c0 (spl.add 1 (spl.mul 2 (spl.neg c1))))");
  EXPECT_EQ(predicate("* | where a . \"-\" . b = c"), "(spl.eq (spl.concat (spl.concat c0 \"-\") c1) c2)");
}

TEST(EvalExpression, ValuesOfAChoiceGetOneType) {
  EXPECT_EQ(after_scan("* | eval x=if(a=1, b, \"none\"), y=case(x=\"none\", 1, true(), 2.5) | table y"),
            "n1 <n0 extend c2:many=(spl.if (spl.eq c0 1) c1 (spl.to_many \"none\"))\n"
            "n2 <n1 extend c3:real=(spl.case (spl.eq c2 \"none\") (spl.to_real 1) true 2.5)\n"
            "output y=c3\n");
}

TEST(Commands, EvalMakesNewColumns) {
  EXPECT_EQ(after_scan("* | eval a=lower(a) | eval a=a.\"x\""),
            "n1 <n0 extend c1:string=(spl.lower c0)\nn2 <n1 extend c2:string=(spl.concat c1 \"x\")\noutput a=c2 "
            "+whole-event\n");
}

TEST(Commands, RenameIsOnlyAName) {
  Compiler compiler;
  EXPECT_EQ(compiler.text("* | rename process.binary as binary | search binary=x"),
            "n0 scan splunk c0=process.binary:many\nn1 <n0 filter (match equals ci c0 \"x\")\noutput binary=c0 "
            "+whole-event\n");
  EXPECT_EQ(
      after_scan("* | stats count by P.a P.b | rename P.* as *"),
      "n1 <n0 aggregate c4=count() by c1=c0 c3=c2 drop-null-keys expand-many ordered\noutput a=c1 b=c3 count=c4\n");
}

// What a wildcard finds in an event is known at run time only, so a name may mean either field from then on.
TEST(Commands, RenameWithWildcardsReachesFieldsNamedLater) {
  Compiler compiler;
  EXPECT_EQ(compiler.text("b=1 | rename p.* as * | table a b p.c"),
            "n0 scan splunk c0=b:many c1=p.b:many c3=a:many c4=p.a:many c6=p.p.c:many\n"
            "n1 <n0 filter (match equals ci c0 \"1\")\n"
            "n2 <n1 extend c2:many=(spl.coalesce c1 c0)\n"
            "n3 <n2 extend c5:many=(spl.coalesce c4 c3)\n"
            "output a=c5 b=c2 p.c=c6\n");  // what p.p.c has become
}

TEST(Commands, StatsNamesItsResults) {
  EXPECT_EQ(
      after_scan("* | stats c(a), min(_time) dc(a) AS n count(eval(a=\"x\")) perc95(b) BY _time, h"),
      "n1 <n0 aggregate c5=spl.count(c4) c6=spl.min(c0) c7=spl.dc(c4) c8=spl.count((spl.if (spl.eq c4 \"x\") 1 null)) "
      "c10=spl.perc(c9, 95) by c1=c0 c3=c2 drop-null-keys expand-many ordered\n"
      "output _time=c1 h=c3 c(a)=c5 min(_time)=c6 n=c7 count(eval(a=\"x\"))=c8 perc95(b)=c10\n");
}

TEST(Commands, BinMovesTime) {
  EXPECT_EQ(
      after_scan("* | bin _time span=5m | bucket span=1h _time as hour | table hour"),
      "n1 <n0 extend c1:real=(spl.bin_time c0 300)\nn2 <n1 extend c2:real=(spl.bin_time c1 3600)\noutput hour=c2\n");
}

// Search Reference: fillnull writes 0 unless told otherwise; sort cuts at 10,000 rows; head gives 10.
TEST(Commands, Defaults) {
  EXPECT_EQ(after_scan("* | fillnull user | table user"),
            "n1 <n0 extend c1:many=(spl.coalesce c0 (spl.to_many \"0\"))\noutput user=c1\n");
  EXPECT_EQ(after_scan("* | table a | sort - a"), "n1 <n0 sort -c0\nn2 <n1 limit 10000 of sort\noutput a=c0\n");
  EXPECT_EQ(after_scan("* | table a | sort 0 a | head"), "n1 <n0 sort +c0\nn2 <n1 limit 10\noutput a=c0\n");
}

TEST(Commands, BareFillnullReachesFieldsNamedLater) {
  EXPECT_EQ(after_scan("* | fillnull value=none | stats count by user"),
            "n1 <n0 extend c1:many=(spl.coalesce c0 (spl.to_many \"none\"))\n"
            "n2 <n1 aggregate c3=count() by c2=c1 drop-null-keys expand-many ordered\noutput user=c2 count=c3\n");
}

TEST(Commands, RexKeepsWhatWasThere) {
  EXPECT_EQ(after_scan(R"x(* | rex field=url "//(?<domain>[^/]+)" | table domain)x"),
            R"x(n1 <n0 extend c2:many=(spl.coalesce (spl.rex c0 "//(?<domain>[^/]+)" "domain" 1) c1)
output domain=c2
)x");
}

TEST(Commands, RegexIsCaseSensitive) {
  EXPECT_EQ(predicate(R"(* | regex process="(?<!\w)-k|\"x")"), R"((match regex c0 "(?<!\\w)-k|\"x"))");
  EXPECT_EQ(predicate(R"(* | regex process!="a|b")"), R"((not (match regex c0 "a|b")))");
}

TEST(Commands, DedupAndFields) {
  EXPECT_EQ(after_scan("* | dedup a b | fields a"), "n1 <n0 distinct c0 c1\noutput a=c0 _time=c2\n");
  EXPECT_EQ(
      after_scan("* | stats count max(_time) as t by a | fields - t"),
      "n1 <n0 aggregate c2=count() c4=spl.max(c3) by c1=c0 drop-null-keys expand-many ordered\noutput a=c1 count=c2\n");
}

TEST(Commands, ConvertKeepsSeveralValues) {
  EXPECT_EQ(after_scan("* | convert ctime(a) as b num(c) | table b c"),
            "n1 <n0 extend c1:many=(spl.ctime c0 \"%m/%d/%Y %H:%M:%S\")\nn2 <n1 extend c3:real=(spl.to_real "
            "c2)\noutput b=c1 c=c3\n");
}

TEST(Fields, AreAbsentAfterStats) {
  Compiler compiler;
  EXPECT_EQ(compiler.text("* | stats count by host | where users > 5 OR hosts=\"x\" | table host"),
            "n0 scan splunk c0=host:string\nn1 <n0 aggregate c2=count() by c1=c0 drop-null-keys expand-many ordered\n"
            "n2 <n1 filter (or (spl.gt null 5) (spl.eq null \"x\"))\noutput host=c1\n");
  EXPECT_EQ(compiler.diagnostics(),
            "SPL050 search:1:33-38 no row has a field `users` here\n"
            "SPL050 search:1:46-51 no row has a field `hosts` here (did you mean `host`?)\n");
}

TEST(Fields, DifferByCase) {
  Compiler compiler;
  EXPECT_EQ(compiler.text("User=a user=b"),
            "n0 scan splunk c0=User:many c1=user:many\nn1 <n0 filter (and (match equals ci c0 \"a\") (match equals ci "
            "c1 \"b\"))\noutput +whole-event\n");
}

}  // namespace
}  // namespace hecate::spl
