#include <fmt/format.h>

#include "support.h"

namespace hecate::ingest::test {
namespace {

// RFC 4180 section 2: quoted cells hold separators, line breaks and doubled quotes; lines may end in CRLF.
TEST(Csv, Rfc4180) {
  const Outcome table = read(
      "Time,User Name,@id\r\n"
      "aaa,\"b \r\nbb\",ccc\r\n"
      "\r\n"
      "zzz,\"say \"\"hi\"\", ok\",\r\n");
  ASSERT_EQ(table.records.size(), 2);
  EXPECT_EQ(table.records[0].shape, Shape::Json);
  EXPECT_EQ(table.records[0].raw, "aaa,\"b \r\nbb\",ccc");
  EXPECT_EQ(table.records[0].at("User Name"), "b \r\nbb");
  EXPECT_EQ(table.records[0].at("@id"), "ccc");
  EXPECT_EQ(table.records[1].number, 2);
  EXPECT_EQ(table.records[1].at("User Name"), "say \"hi\", ok");
  EXPECT_EQ(table.records[1].at("@id"), "(absent)");
  EXPECT_EQ(table.records[1].json, R"({"Time":"zzz","User Name":"say \"hi\", ok"})");
}

TEST(Csv, OtherSeparators) {
  EXPECT_EQ(read("a\tb\tc\n1\t2\t3\n").records.at(0).at("c"), "3");
  EXPECT_EQ(read("a;b;c\n1,5;2;3\n").records.at(0).at("a"), "1,5");
  EXPECT_EQ(read("\xEF\xBB\xBF"
                 "a,b,c\n1,2,3")
                .records.at(0)
                .at("a"),
            "1");
}

TEST(Csv, RowsOfAnotherWidthAreBad) {
  std::string text = "a,b,c\n";
  for (int i = 0; i < 8; ++i) text += "1,2,3\n";
  text += "1,2\n1,2,3,4\n4,5,6\na,b,c\n7,\"8,9\n";
  const Outcome out = read(text);
  EXPECT_EQ(out.records.size(), 9);
  EXPECT_EQ(out.records.back().at("a"), "4");
  EXPECT_EQ(out.stats.malformed, 3);
  EXPECT_EQ(out.codes(), Strings{"ING014"});
  EXPECT_EQ(out.stats.records, out.stats.parsed + out.stats.malformed);
}

TEST(Csv, AQuoteThatIsNotClosedCostsItsLine) {
  std::string text = "a,b,c\n";
  for (int i = 0; i < 9; ++i) text += "1,2,3\n";
  text += "1,\"2,3\n4,5,6\n7,8,9\n";
  const Outcome out = read(text, {.largest_record = 1 << 20, .chunk = 7});
  ASSERT_EQ(out.records.size(), 11);
  EXPECT_EQ(out.records.back().at("a"), "7");
  EXPECT_EQ(out.stats.malformed, 1);
}

TEST(Csv, LogsAreNoTables) {
  for (const std::string_view text : {
           "Hello, dear reader, welcome\nThis, too, has commas\n",                // prose
           "alice,login,success\nbob,login,success\n",                            // no header: a cell comes again
           "2024-01-02,error,disk\n2024-01-03,warning,disk\n",                    // a time is no name
           "a,b,c\n1,2\n3,4,5\n",                                                 // rows of another width
           "a,b,c\n",                                                             // no row
           "a,b\n1,2\n",                                                          // two columns prove nothing
           "a,a,b\n1,2,3\n",                                                      // a name twice
           "Jan  1 00:00:00 host app: x,y,z\nJan  1 00:00:00 host app: x,y,z\n",  // syslog
           "k=1,l=2,m=3\nk=4,l=5,m=6\n",                                          // pairs
       }) {
    const Outcome out = read(text);
    ASSERT_FALSE(out.records.empty()) << text;
    for (const Kept& record : out.records) EXPECT_EQ(record.shape, Shape::Text) << text;
    EXPECT_EQ(out.stats.malformed, 0) << text;
  }
}

// docs.zeek.org, "Zeek Log Formats and Inspection": a conn.log of the format TSV.
constexpr std::string_view kConn =
    "#separator \\x09\n"
    "#set_separator\t,\n"
    "#empty_field\t(empty)\n"
    "#unset_field\t-\n"
    "#path\tconn\n"
    "#open\t2020-09-12-17-00-00\n"
    "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tservice\ttunnel_parents\tnote\n"
    "#types\ttime\tstring\taddr\tport\taddr\tstring\tset[string]\tstring\n"
    "1591367999.305988\tCMdzit1AMNsmfAIiQc\t192.168.4.76\t36844\t192.168.4.1\tdns\t(empty)\t-\n"
    "1591367999.430166\tC5bLoe2Mvxqhawzqqd\t192.168.4.76\t46378\t31.3.245.133\thttp\ta,b\\x2cc\tx\\x09y\n"
    "1591368000.0\ttoo\tfew\n"
    "#close\t2020-09-12-17-00-10\n";

TEST(Zeek, Tsv) {
  const Outcome out = read(kConn);
  ASSERT_EQ(out.records.size(), 2);
  const Kept& dns = out.records[0];
  EXPECT_EQ(dns.shape, Shape::Json);
  EXPECT_EQ(dns.number, 1);
  EXPECT_EQ(dns.at("_path"), "conn");
  EXPECT_EQ(dns.at("ts"), "1591367999.305988");
  EXPECT_EQ(dns.at("id.orig_h"), "192.168.4.76");
  EXPECT_EQ(dns.at("tunnel_parents{}"), "(absent)");
  EXPECT_EQ(dns.at("note"), "(absent)");
  EXPECT_EQ(out.records[1].at("tunnel_parents{}"), "a");
  EXPECT_EQ(out.records[1].scalars[8].second, "b,c");
  EXPECT_EQ(out.records[1].at("note"), "x\ty");
  EXPECT_EQ(out.stats.malformed, 1);
  EXPECT_EQ(out.codes(), Strings{"ING014"});
}

TEST(Zeek, PathsFindDottedNamesAndSets) {
  PathSet wanted;
  const size_t address = wanted.add("id.orig_h");
  const size_t parents = wanted.add("tunnel_parents{}");
  ReadStats stats;
  DiagnosticSink sink;
  std::vector<size_t> counts;
  const Visit visit = [&](const Record& record) {
    FieldValues values;
    values.reset(wanted.slots());
    record.document->read(wanted, values);
    counts.push_back(values.count(address));
    counts.push_back(values.count(parents));
  };
  read_text(kConn, "conn.log", {}, visit, stats, sink);
  EXPECT_EQ(counts, (std::vector<size_t>{1, 0, 1, 2}));
}

// learn.microsoft.com, "W3C Logging" of IIS.
TEST(W3c, Iis) {
  const Outcome out = read(
      "#Software: Microsoft Internet Information Services 10.0\r\n"
      "#Version: 1.0\r\n"
      "#Date: 2024-05-02 17:42:15\r\n"
      "#Fields: date time c-ip cs-username s-ip cs-method cs-uri-stem cs-uri-query sc-status cs(User-Agent)\r\n"
      "2024-05-02 17:42:15 172.22.255.255 - 172.30.255.255 GET /images/picture.jpg a=1+2 200 "
      "Mozilla/4.0+(compatible;MSIE+5.5;+Windows+2000+Server)\r\n"
      "2024-05-02 17:42:16 short\r\n"
      "#Fields: time x\r\n"
      "17:42:17.5 \"a \"\"b\"\" c\"\r\n");
  ASSERT_EQ(out.records.size(), 2);
  const Kept& get = out.records[0];
  EXPECT_EQ(get.at("cs-uri-stem"), "/images/picture.jpg");
  EXPECT_EQ(get.at("cs-uri-query"), "a=1+2");
  EXPECT_EQ(get.at("cs-username"), "(absent)");
  EXPECT_EQ(get.at("cs(User-Agent)"), "Mozilla/4.0 (compatible;MSIE 5.5; Windows 2000 Server)");
  EXPECT_EQ(get.time, ticks_from_civil(2024, 5, 2, 17, 42, 15));
  EXPECT_EQ(out.records[1].at("x"), "a \"b\" c");
  EXPECT_EQ(out.records[1].time, ticks_from_civil(2024, 5, 2, 17, 42, 17) + kTicksPerSecond / 2);
  EXPECT_EQ(out.stats.malformed, 1);
}

TEST(W3c, CommentsOfOtherFilesAreText) {
  const Outcome out = read("# a comment\n#fields of gold\n#open\n");
  EXPECT_EQ(out.records.size(), 3);
}

// docs.aws.amazon.com, CloudTrail log file examples; learn.microsoft.com, Azure resource logs.
TEST(Wrapper, RecordsAreRecordsOfTheirOwn) {
  const Outcome out = read(
      R"({"Records": [{"eventVersion":"1.0","a":[1]}, {"eventVersion":"1.1"}]}
{"records":[{"time":"x"}],"more":{"a":[1,2]}}
{
  "Records": [
    {
      "n": 5
    },
    {"n": 6}
  ]
}
{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#auditLogs/signIns","value":[{"id":"1"},{"id":"2"}]}
{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[{"verb":"get"}]}
{"Records":[]}
{"recordsets":[{"x":1}]}
{"Records":"none"}
{"a":1,"Records":[{"x":1}]}
)");
  EXPECT_EQ(out.raws(),
            (Strings{R"({"eventVersion":"1.0","a":[1]})", R"({"eventVersion":"1.1"})", R"({"time":"x"})",
                     "{\n      \"n\": 5\n    }", R"({"n": 6})", R"({"id":"1"})", R"({"id":"2"})", R"({"verb":"get"})",
                     R"({"recordsets":[{"x":1}]})", R"({"Records":"none"})", R"({"a":1,"Records":[{"x":1}]})"}));
  EXPECT_EQ(out.stats.malformed, 0);
  EXPECT_EQ(out.records.back().number, 11);
}

TEST(Wrapper, BrokenOnesCostNoMoreThanTheirLine) {
  const Outcome out = read(
      "{\"Records\":[{\"a\":1},{\"b\":\n"
      "{\"Records\":[{\"a\":2}]}\n"
      "{\"Records\":[{\"a\":3}],\"x\":]}\n"
      "{\"a\":4}\n");
  EXPECT_EQ(out.raws(), (Strings{"{\"a\":1}", "{\"a\":2}", "{\"a\":3}", "{\"a\":4}"}));
  EXPECT_EQ(out.stats.malformed, 2);
}

TEST(Wrapper, IsNotHeldInMemory) {
  std::string text = R"({"Records":[)";
  for (int i = 0; i < 20'000; ++i) text += fmt::format(R"({}{{"n":{}}})", i == 0 ? "" : ",", i);
  text += "]}";
  const Outcome out = read(text, {.largest_record = 64, .chunk = 128});
  EXPECT_EQ(out.records.size(), 20'000);
  EXPECT_EQ(out.stats.oversized, 0);
}

}  // namespace
}  // namespace hecate::ingest::test
