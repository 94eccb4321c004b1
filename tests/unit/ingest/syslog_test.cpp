#include "ingest/syslog.h"

#include "samples.h"
#include "support.h"

namespace hecate::ingest::test {
namespace {

Ticks at(int64_t year, int month, int day, int hour = 0, int minute = 0, int second = 0) {
  return ticks_from_civil(year, month, day, hour, minute, second);
}

// RFC 3164 section 5.4, example 1.
TEST(Syslog, Rfc3164) {
  const auto line = parse_syslog("<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->priority, "34");
  EXPECT_EQ(syslog_facility(line->priority), "auth");
  EXPECT_EQ(syslog_severity(line->priority), "crit");
  ASSERT_TRUE(line->stamp);
  EXPECT_EQ(line->stamp->month, 10);
  EXPECT_EQ(line->stamp->day, 11);
  EXPECT_EQ(line->host, "mymachine");
  EXPECT_EQ(line->app, "su");
  EXPECT_EQ(line->pid, "");
  EXPECT_EQ(line->message, "'su root' failed for lonvick on /dev/pts/8");
}

TEST(Syslog, FilesHoldNoPriority) {
  const auto line = parse_syslog("Nov  2 10:00:00 host CRON[4711]: (root) CMD (x: y)");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->stamp->day, 2);
  EXPECT_EQ(line->app, "CRON");
  EXPECT_EQ(line->pid, "4711");
  EXPECT_EQ(line->message, "(root) CMD (x: y)");
  const auto untagged = parse_syslog("Nov 22 10:00:00 host message repeated 2 times: [x]");
  ASSERT_TRUE(untagged);
  EXPECT_EQ(untagged->app, "");
  EXPECT_EQ(untagged->message, "message repeated 2 times: [x]");
}

TEST(Syslog, Rfc3339Stamped) {
  const auto line = parse_syslog("2022-08-09T10:42:47.757+00:00 host sysmon: hello");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->time, at(2022, 8, 9, 10, 42, 47) + 7'570'000);
  EXPECT_EQ(line->host, "host");
  EXPECT_EQ(line->app, "sysmon");
  EXPECT_EQ(line->message, "hello");
  EXPECT_FALSE(parse_syslog("2022-08-09T10:42:47Z ERROR something failed: x"));
}

// RFC 5424 section 6.5, examples 1 to 4.
TEST(Syslog, Rfc5424) {
  auto line =
      parse_syslog("<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \xEF\xBB\xBF'su root' failed");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->time, at(2003, 10, 11, 22, 14, 15) + 30'000);
  EXPECT_EQ(line->host, "mymachine.example.com");
  EXPECT_EQ(line->app, "su");
  EXPECT_EQ(line->pid, "");
  EXPECT_EQ(line->message_id, "ID47");
  EXPECT_EQ(line->message, "'su root' failed");
  line = parse_syslog("<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->time, at(2003, 8, 24, 12, 14, 15) + 30);
  EXPECT_EQ(line->pid, "8710");
  line = parse_syslog("<165>1 2003-10-11T22:14:15.003Z h evntslog - ID47 [a@1 iut=\"3\"][b@2 c=\"\\]x\"]");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->structured_data, "[a@1 iut=\"3\"][b@2 c=\"\\]x\"]");
  EXPECT_EQ(line->message, "");
  line = parse_syslog("<0>1 - - - - - - text");
  ASSERT_TRUE(line);
  EXPECT_FALSE(line->time);
  EXPECT_EQ(line->host, "");
  EXPECT_EQ(line->message, "text");
}

TEST(Syslog, OtherTextIsNoSyslog) {
  for (const std::string_view text :
       {"", "hello", "Nov 22", "Nov 22 10:00:00", "Nov 22 25:00:00 h a: b", "Foo 22 10:00:00 h a: b", "<192>x", "<>",
        "<1", "<34>1 2003 h a p m - x", "<34>1 - h a p m [x", "<34>1 - h a p m [x \"] y", "Nov 00 10:00:00 h a: b",
        "Nov 22 10:00:00  x"}) {
    EXPECT_FALSE(parse_syslog(text)) << text;
  }
}

TEST(Syslog, HeadersArePaths) {
  const Outcome got = read("<34>Oct 11 22:14:15 mymachine su[7]: failed\n");
  ASSERT_EQ(got.records.size(), 1U);
  const Kept& record = got.records[0];
  EXPECT_EQ(record.shape, Shape::Text);
  EXPECT_EQ(record.at("syslog.host"), "mymachine");
  EXPECT_EQ(record.at("syslog.app"), "su");
  EXPECT_EQ(record.at("syslog.pid"), "7");
  EXPECT_EQ(record.at("syslog.message"), "failed");
  EXPECT_EQ(record.at("syslog.severity"), "crit");
  EXPECT_EQ(record.at("syslog.facility"), "auth");
  EXPECT_EQ(record.host, "mymachine");
}

TEST(Syslog, AnEventInTheMessageIsTheDocument) {
  for (const std::string header :
       {"Nov 22 10:00:00 host sysmon[99]: ", "2022-08-09T10:42:47.757+00:00 host sysmon: ",
        "<14>1 2022-08-09T10:42:47Z host sysmon 99 - - ", "<14>Nov 22 10:00:00 host sysmon: pre "}) {
    const std::string line = header + std::string(kSysmonXml);
    const Outcome got = read(line + "\n");
    ASSERT_EQ(got.records.size(), 1U) << header;
    EXPECT_EQ(got.records[0].shape, Shape::Xml);
    EXPECT_EQ(got.records[0].raw, line);
    EXPECT_EQ(got.records[0].at("Event.EventData.Image"), "/usr/bin/crontab");
    EXPECT_EQ(got.records[0].at("syslog.app"), "sysmon");
    EXPECT_EQ(got.records[0].host, "");  // the event says better
    EXPECT_FALSE(got.records[0].time);
  }
}

TEST(Syslog, AnEventThatWasCutOffLeavesText) {
  const Outcome got = read("Nov 22 10:00:00 host sysmon: <Event><System>\n");
  ASSERT_EQ(got.records.size(), 1U);
  EXPECT_EQ(got.records[0].shape, Shape::Text);
  EXPECT_EQ(got.records[0].at("syslog.message"), "<Event><System>");
}

TEST(Syslog, JsonInTheMessageIsTheDocument) {
  const Outcome got = read("2022-08-09T10:42:47Z host app[1]: {\"a\":{\"b\":1}}\n");
  ASSERT_EQ(got.records.size(), 1U);
  EXPECT_EQ(got.records[0].shape, Shape::Json);
  EXPECT_EQ(got.records[0].at("a.b"), "1");
  EXPECT_EQ(got.records[0].at("syslog.app"), "app");
  EXPECT_EQ(got.records[0].host, "host");
  EXPECT_EQ(got.records[0].time, at(2022, 8, 9, 10, 42, 47));
}

TEST(Syslog, YearsComeFromEarlierRecordsOfTheFile) {
  const Outcome got = read(
      "2019-12-30T00:00:00Z h a: full\n"
      "Dec 31 23:59:59 h a: x\n"
      "Jan  1 00:00:00 h a: x\n"
      "{\"time\":1600000000,\"event\":\"x\"}\n"  // 2020-09-13
      "Sep 13 00:00:00 h a: x\n");
  ASSERT_EQ(got.records.size(), 5U);
  EXPECT_EQ(got.records[1].time, at(2019, 12, 31, 23, 59, 59));
  EXPECT_EQ(got.records[2].time, at(2020, 1, 1));
  EXPECT_EQ(got.records[4].time, at(2020, 9, 13));
}

TEST(Syslog, AnEventsOwnTimeTellsTheYearToo) {
  const Outcome got =
      read("Aug  9 10:42:47 host sysmon[99]: " + std::string(kSysmonXml) + "\nAug  9 10:42:48 host a: x\n");
  ASSERT_EQ(got.records.size(), 2U);
  EXPECT_EQ(got.records[1].time, at(2022, 8, 9, 10, 42, 48));
}

TEST(Syslog, YearsComeFromTheFileElse) {
  SyslogYears years;
  years.begin(at(2021, 3, 1, 12));
  EXPECT_EQ(years.complete({3, 1, 11, 0, 0}), at(2021, 3, 1, 11));
  EXPECT_EQ(years.complete({3, 2, 11, 0, 0}), at(2021, 3, 2, 11));  // within a day: clocks differ
  EXPECT_EQ(years.complete({3, 2, 13, 0, 0}), at(2020, 3, 2, 13));  // more than a day later
  EXPECT_EQ(years.complete({12, 31, 0, 0, 0}), at(2020, 12, 31));
  EXPECT_EQ(years.complete({2, 29, 0, 0, 0}), at(2020, 2, 29));  // 2021 has none
}

}  // namespace
}  // namespace hecate::ingest::test
