#include "ingest/text_format.h"
#include "support.h"

namespace hecate::ingest::test {
namespace {

// "Implementing ArcSight CEF", revision 26: the examples of sections "CEF" and "Character encoding".
TEST(Cef, SpecificationExamples) {
  const Outcome out = read(
      "Sep 19 08:26:10 host CEF:0|Security|threatmanager|1.0|100|worm successfully stopped|10|src=10.0.0.1 dst=2.1.2.2 "
      "spt=1232\n"
      "Sep 19 08:26:10 host CEF:0|security|threatmanager|1.0|100|detected a \\| in message|10|src=10.0.0.1 act=blocked "
      "a "
      "| dst=1.1.1.1\n"
      "CEF:0|security|threatmanager|1.0|100|detected a \\\\ in packet|10|src=10.0.0.1 act=blocked a \\\\ dst=1.1.1.1\n"
      "CEF:0|security|threatmanager|1.0|100|detected a = in message|10|src=10.0.0.1 act=blocked a \\= dst=1.1.1.1\n"
      "CEF:0|security|threatmanager|1.0|100|Detected a threat. No action needed.|10|src=10.0.0.1 msg=Detected a "
      "threat.\\n No action needed.\n");
  ASSERT_EQ(out.records.size(), 5);
  const Kept& worm = out.records[0];
  EXPECT_EQ(worm.shape, Shape::Text);
  EXPECT_EQ(worm.at("cef.version"), "0");
  EXPECT_EQ(worm.at("cef.device_vendor"), "Security");
  EXPECT_EQ(worm.at("cef.device_product"), "threatmanager");
  EXPECT_EQ(worm.at("cef.device_version"), "1.0");
  EXPECT_EQ(worm.at("cef.device_event_class_id"), "100");
  EXPECT_EQ(worm.at("cef.name"), "worm successfully stopped");
  EXPECT_EQ(worm.at("cef.severity"), "10");
  EXPECT_EQ(worm.at("src"), "10.0.0.1");
  EXPECT_EQ(worm.at("spt"), "1232");
  EXPECT_EQ(worm.host, "host");
  EXPECT_EQ(worm.at("syslog.app"), "(absent)");
  EXPECT_EQ(out.records[1].at("cef.name"), "detected a | in message");
  EXPECT_EQ(out.records[1].at("act"), "blocked a |");
  EXPECT_EQ(out.records[2].at("cef.name"), "detected a \\ in packet");
  EXPECT_EQ(out.records[2].at("act"), "blocked a \\");
  EXPECT_EQ(out.records[3].at("act"), "blocked a =");
  EXPECT_EQ(out.records[3].at("dst"), "1.1.1.1");
  EXPECT_EQ(out.records[4].at("msg"), "Detected a threat.\n No action needed.");
}

TEST(Cef, LabelsTimesAndUrls) {
  const Outcome out = read(
      "<134>1 2024-01-02T03:04:05Z fw cef - - - CEF:0|v|p|1|id|n|Low|cs1Label=Rule Name cs1=Deny all "
      "request=http://x/?a=b&c=d rt=1704164645123 fname=C:\\Temp\\x.exe empty=  end=x\n"
      "CEF:0|v|p|1|id|n|5|rt=Jan 02 2024 03:04:05.250 UTC\n"
      "CEF:0|v|p|1|id|n|5\n");
  ASSERT_EQ(out.records.size(), 3);
  EXPECT_EQ(out.records[0].at("cs1"), "Deny all");
  EXPECT_EQ(out.records[0].at("Rule Name"), "Deny all");
  EXPECT_EQ(out.records[0].at("request"), "http://x/?a=b&c=d");
  EXPECT_EQ(out.records[0].at("fname"), "C:\\Temp\\x.exe");
  EXPECT_EQ(out.records[0].at("empty"), "(absent)");
  EXPECT_EQ(out.records[0].time, 1704164645 * kTicksPerSecond + 1'230'000);
  EXPECT_EQ(out.records[1].time, ticks_from_civil(2024, 1, 2, 3, 4, 5) + 2'500'000);
  EXPECT_EQ(out.records[2].at("cef.severity"), "5");
}

TEST(Cef, BrokenHeadersAreText) {
  for (const std::string_view line : {"CEF:0|a|b|c", "CEF:0", "CEF:x|a|b|c|d|e|f|g", "xCEF:0|a|b|c|d|e|f|g"}) {
    EXPECT_EQ(read(line).records.at(0).scalars.size(), 0) << line;
  }
}

// IBM, "LEEF event components".
TEST(Leef, BothVersions) {
  const Outcome out = read(
      "LEEF:1.0|Microsoft|MSExchange|4.0 SP1|15345|src=192.0.2.0\tdst=172.50.123.1\tsev=5\tcat=anomaly\tmsg=there are "
      "blanks\n"
      "LEEF:2.0|Lancope|StealthWatch|1.0|41|^|src=10.0.1.8^dst=10.0.0.5^sev=5^srcPort=81^dstPort=21\n"
      "<13>Jan 18 11:07:53 myhostname LEEF:2.0|V|P|1|E|x09|a=1\tb=x=y\n"
      "LEEF:2.0|V|P|1|E|0x7C|a=1|b=2\n"
      "LEEF:2.0|V|P|1|E||a=1\tb=2\n"
      "LEEF:1.0|V|P|1|E|src=1.2.3.4  dst=5.6.7.8 msg=two words\n");
  ASSERT_EQ(out.records.size(), 6);
  EXPECT_EQ(out.records[0].at("leef.version"), "1.0");
  EXPECT_EQ(out.records[0].at("leef.vendor"), "Microsoft");
  EXPECT_EQ(out.records[0].at("leef.product"), "MSExchange");
  EXPECT_EQ(out.records[0].at("leef.product_version"), "4.0 SP1");
  EXPECT_EQ(out.records[0].at("leef.event_id"), "15345");
  EXPECT_EQ(out.records[0].at("msg"), "there are blanks");
  EXPECT_EQ(out.records[1].at("dstPort"), "21");
  EXPECT_EQ(out.records[2].at("b"), "x=y");
  EXPECT_EQ(out.records[2].host, "myhostname");
  EXPECT_EQ(out.records[3].at("b"), "2");
  EXPECT_EQ(out.records[4].at("b"), "2");
  EXPECT_EQ(out.records[5].at("dst"), "5.6.7.8");
  EXPECT_EQ(out.records[5].at("msg"), "two words");
}

// Cisco, "Cisco ASA Series Syslog Messages" (106100, 302013) and IOS' "System Message Format".
TEST(Cisco, Marks) {
  const Outcome out = read(
      "<166>Jan 01 2024 00:00:00 asa1 : %ASA-6-302013: Built outbound TCP connection 1 for outside\n"
      "Oct 10 12:34:56 fw %ASA-6-106100: access-list acl permitted tcp inside/10.1.1.1(1) -> outside/10.2.2.2(80)\n"
      "<189>123: Mar  1 18:46:11.123 UTC: %SYS-5-CONFIG_I: Configured from console by vty2 (10.34.195.36)\n"
      "Mar 1 18:48:50: %ETHPORT-SLOT2-3-IF_DOWN: down\n"
      "progress 50%ASA-6-1: x\n100 %-6-x: y\n");
  ASSERT_EQ(out.records.size(), 6);
  EXPECT_EQ(out.records[0].at("cisco.facility"), "ASA");
  EXPECT_EQ(out.records[0].at("cisco.severity"), "6");
  EXPECT_EQ(out.records[0].at("cisco.mnemonic"), "302013");
  EXPECT_EQ(out.records[1].at("cisco.mnemonic"), "106100");
  EXPECT_EQ(out.records[1].at("syslog.host"), "fw");
  EXPECT_EQ(out.records[1].at("cisco.message").substr(0, 11), "access-list");
  EXPECT_EQ(out.records[2].at("cisco.facility"), "SYS");
  EXPECT_EQ(out.records[2].at("cisco.mnemonic"), "CONFIG_I");
  EXPECT_EQ(out.records[3].at("cisco.facility"), "ETHPORT-SLOT2");
  EXPECT_EQ(out.records[4].at("cisco.facility"), "(absent)");
  EXPECT_EQ(out.records[5].at("cisco.facility"), "(absent)");
}

// httpd.apache.org, "Log Files": common and combined.
TEST(AccessLog, CommonAndCombined) {
  const Outcome out = read(
      "127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] \"GET /apache_pb.gif?x=1 HTTP/1.0\" 200 2326\n"
      "127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] \"GET /apache_pb.gif HTTP/1.0\" 200 2326 "
      "\"http://www.example.com/start.html\" \"Mozilla/4.08 [en] (Win98; \\\"I\\\" ;Nav)\"\n"
      "www.example.com:443 ::1 - - [10/Oct/2000:13:55:36 +0000] \"\\x16\\x03\\x01\" 400 - \"-\" \"-\"\n");
  ASSERT_EQ(out.records.size(), 3);
  const Kept& common = out.records[0];
  EXPECT_EQ(common.shape, Shape::Text);
  EXPECT_EQ(common.at("clientip"), "127.0.0.1");
  EXPECT_EQ(common.at("ident"), "(absent)");
  EXPECT_EQ(common.at("user"), "frank");
  EXPECT_EQ(common.at("method"), "GET");
  EXPECT_EQ(common.at("uri"), "/apache_pb.gif?x=1");
  EXPECT_EQ(common.at("uri_path"), "/apache_pb.gif");
  EXPECT_EQ(common.at("uri_query"), "x=1");
  EXPECT_EQ(common.at("version"), "HTTP/1.0");
  EXPECT_EQ(common.at("status"), "200");
  EXPECT_EQ(common.at("bytes"), "2326");
  EXPECT_EQ(common.time, ticks_from_civil(2000, 10, 10, 20, 55, 36));
  EXPECT_EQ(out.records[1].at("referer"), "http://www.example.com/start.html");
  EXPECT_EQ(out.records[1].at("useragent"), "Mozilla/4.08 [en] (Win98; \"I\" ;Nav)");
  EXPECT_EQ(out.records[2].at("site"), "www.example.com:443");
  EXPECT_EQ(out.records[2].at("clientip"), "::1");
  EXPECT_EQ(out.records[2].at("request"), "\x16\x03\x01");
  EXPECT_EQ(out.records[2].at("method"), "(absent)");
  EXPECT_EQ(out.records[2].at("bytes"), "(absent)");
}

TEST(AccessLog, OtherLinesAreText) {
  for (const std::string_view line :
       {"127.0.0.1 - frank [31/Apr/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 1",
        "x [10/Oct/2000:13:55:36 -0700] \"GET /\" 200 1", "127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0",
        "127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] \"GET /\" ok 1"}) {
    EXPECT_EQ(read(line).records.at(0).scalars.size(), 0) << line;
  }
}

// docs.fortinet.com, "FortiOS Log Message Reference": a traffic log.
TEST(KeyValue, Firewall) {
  const Outcome out = read(
      "<189>date=2019-05-10 time=11:37:47 logid=\"0000000013\" type=\"traffic\" subtype=\"forward\" level=\"notice\" "
      "vd=\"vdom1\" eventtime=1557513467369913239 srcip=10.1.100.11 srcport=58012 dstip=23.59.154.35 action=\"close\" "
      "msg=\"a \\\"quoted\\\" word\" path=\"C:\\Windows\" tz=\"-0700\"");
  ASSERT_EQ(out.records.size(), 1);
  const Kept& traffic = out.records[0];
  EXPECT_EQ(traffic.at("type"), "traffic");
  EXPECT_EQ(traffic.at("logid"), "0000000013");
  EXPECT_EQ(traffic.at("srcip"), "10.1.100.11");
  EXPECT_EQ(traffic.at("msg"), "a \"quoted\" word");
  EXPECT_EQ(traffic.at("path"), "C:\\Windows");
  EXPECT_EQ(traffic.time, ticks_from_civil(2019, 5, 10, 18, 37, 47));
}

// brandur.org/logfmt, and the kernel's netfilter LOG target behind syslog.
TEST(KeyValue, LogfmtAndNetfilter) {
  const Outcome out = read(
      "at=info method=GET path=/ host=mutelight.org fwd=\"124.133.52.161\" dyno=web.2 connect=4ms service=8ms "
      "status=200\n"
      "Nov 22 10:00:00 gw kernel: [4711.25] [UFW BLOCK] IN=eth0 OUT= MAC=00:01 SRC=1.2.3.4 DST=5.6.7.8 LEN=40 TTL=244 "
      "DF "
      "PROTO=TCP SPT=4 DPT=22 WINDOW=5 SYN\n");
  ASSERT_EQ(out.records.size(), 2);
  EXPECT_EQ(out.records[0].at("service"), "8ms");
  EXPECT_EQ(out.records[0].at("fwd"), "124.133.52.161");
  EXPECT_EQ(out.records[1].at("SRC"), "1.2.3.4");
  EXPECT_EQ(out.records[1].at("OUT"), "(absent)");
  EXPECT_EQ(out.records[1].at("syslog.app"), "kernel");
}

TEST(KeyValue, ProseIsText) {
  for (const std::string_view line :
       {"a=b c=d", "started with a=1 b=2 c=3", "a=1 some words in between b=2 c=3 and more",
        "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=1.2.3.4",
        "root : TTY=pts/0 ; PWD=/root ; USER=root ; COMMAND=/bin/ls -la", "a=\"open b=1 c=2 d=3",
        "x = 1 y = 2 z = 3"}) {
    EXPECT_EQ(read(line).records.at(0).scalars.size(), 0) << line;
  }
}

}  // namespace
}  // namespace hecate::ingest::test
