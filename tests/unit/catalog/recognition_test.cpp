#include <gtest/gtest.h>

#include <string>

#include "events.h"
#include "harness.h"

namespace hecate {
namespace {

struct Row {
  std::string_view what;
  std::string text;
  std::string_view type;
};

TEST(Recognition, EachShapeAndType) {
  const std::string nested =
      R"({"Event":{"#attributes":{"xmlns":"x"},"System":{"Provider":{"#attributes":{"Name":"Linux-Sysmon","Guid":"{f}"}},"EventID":11,"TimeCreated":{"#attributes":{"SystemTime":"2021-12-20T16:07:17.927963Z"}},"Channel":"Linux-Sysmon/Operational","Computer":"h"},"EventData":{"TargetFilename":"/etc/cron.d/x"}}})";
  const std::vector<Row> rows{
      {"bare XML, event 1", std::string(events::kSysmon1), "sysmon_linux.process_create"},
      {"bare XML, event 11", std::string(events::kSysmon11), "sysmon_linux.file_create"},
      {"XML in a syslog line", "Dec 20 16:07:17 web-1 sysmon: " + std::string(events::kSysmon11),
       "sysmon_linux.file_create"},
      {"nested JSON", nested, "sysmon_linux.file_create"},
      {"nested JSON, EventID with text",
       R"({"Event":{"System":{"Channel":"Linux-Sysmon/Operational","EventID":{"#text":"23","#attributes":{"Qualifiers":"0"}}},"EventData":{}}})",
       "sysmon_linux.file_delete"},
      {"flat JSON by channel", R"({"Channel":"Linux-Sysmon/Operational","EventID":"3","SourceIp":"10.0.0.1"})",
       "sysmon_linux.network_connection"},
      {"flat JSON by provider", R"({"Provider_Name":"Linux-Sysmon","EventID":5})", "sysmon_linux.process_terminate"},
      {"flat JSON by source", R"({"Source":"Linux-Sysmon","EventID":9})", "sysmon_linux.raw_access"},
      {"flat JSON, another event", R"({"Source":"Linux-Sysmon","EventID":16})", "sysmon_linux.other"},
      {"Sysmon for Windows is another source", R"({"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":11})",
       "windows_sysmon.file_create"},
      {"another provider's XML", "<Event><System><Provider Name=\"Other\"/><EventID>11</EventID></System></Event>",
       "windows.other"},
      {"process_exec", std::string(events::kIsovalentExec), "tetragon.process_exec"},
      {"process_exec of plain Tetragon", std::string(events::kTetragonNoArguments), "tetragon.process_exec"},
      {"process_exit", std::string(events::kTetragonExit), "tetragon.process_exit"},
      {"process_connect", std::string(events::kIsovalentConnect), "tetragon.process_connect"},
      {"process_close", std::string(events::kTetragonClose), "tetragon.process_close"},
      {"process_listen", std::string(events::kTetragonListen), "tetragon.process_listen"},
      {"process_tracepoint",
       R"({"process_tracepoint":{"process":{"exec_id":"x","pid":1},"subsys":"raw_syscalls"},"time":"2022-01-19T16:28:52Z"})",
       "tetragon.process_tracepoint"},
      {"kprobe on execve", std::string(events::kIsovalentKprobe), "tetragon.process_kprobe"},
      {"kprobe on write", std::string(events::kTetragonWrite), "tetragon.process_kprobe_file_write"},
      {"kprobe on read", std::string(events::kTetragonRead), "tetragon.process_kprobe_file_access"},
      // include/linux/fs.h: MAY_WRITE 2, MAY_READ 4.
      {"security_file_permission, write",
       R"({"process_kprobe":{"process":{"exec_id":"x"},"function_name":"security_file_permission","args":[{"file_arg":{"path":"/etc/crontab"}},{"int_arg":2}]}})",
       "tetragon.process_kprobe_file_write"},
      {"security_file_permission, write and open",
       R"({"process_kprobe":{"process":{"exec_id":"x"},"function_name":"security_file_permission","args":[{"file_arg":{"path":"/etc/crontab"}},{"int_arg":34}]}})",
       "tetragon.process_kprobe_file_write"},
      {"security_file_permission, read",
       R"({"process_kprobe":{"process":{"exec_id":"x"},"function_name":"security_file_permission","args":[{"file_arg":{"path":"/etc/crontab"}},{"int_arg":4}]}})",
       "tetragon.process_kprobe_file_access"},
      {"security_path_truncate",
       R"({"process_kprobe":{"process":{"exec_id":"x"},"function_name":"security_path_truncate","args":[{"path_arg":{"path":"/etc/crontab"}}]}})",
       "tetragon.process_kprobe_file_write"},
      {"write without a file",
       R"({"process_kprobe":{"process":{"exec_id":"x"},"function_name":"__x64_sys_write","args":[{"int_arg":1}]}})",
       "tetragon.process_kprobe"},
      {"cron in syslog", "Dec 20 16:07:17 web-1 CRON[812]: (root) CMD (run-parts /etc/cron.hourly)",
       "linux_syslog.cron"},
      {"sshd in syslog", "Dec 20 16:07:17 web-1 sshd[812]: Accepted publickey for root", "linux_syslog.sshd_logon"},
      {"another program in syslog", "Dec 20 16:07:17 web-1 kernel: oops", "linux_syslog.line"},
      {"unknown JSON", R"({"a":1})", "generic"},
      {"empty object", "{}", "generic"},
      {"text that is no syslog", "hello", "generic"},
      {"hostile EventID", R"({"Channel":"Linux-Sysmon/Operational","EventID":{"a":[1,2]}})", "sysmon_linux.other"},
      {"hostile process_exec", R"({"process_exec":"crontab"})", "generic"},
  };
  for (const Row& row : rows) {
    for_each_record(row.text,
                    [&](const Recognised& event) { EXPECT_EQ(shipped().name(event.type), row.type) << row.what; });
  }
}

// TimeCreated of the event: 2021-12-20T16:07:17.927963Z.
TEST(Recognition, SysmonMetadata) {
  for (const std::string& text :
       {std::string(events::kSysmon11), "Dec 20 16:09:00 web-1 sysmon: " + std::string(events::kSysmon11)}) {
    for_each_record(text, [&](const Recognised& event) {
      ASSERT_TRUE(event.metadata.time.has_value());
      EXPECT_EQ(format_rfc3339(*event.metadata.time), "2021-12-20T16:07:17.927963Z");
      EXPECT_EQ(event.metadata.sourcetype, "sysmon:linux");
      EXPECT_EQ(event.metadata.source, "Syslog:Linux-Sysmon/Operational");
      EXPECT_EQ(event.metadata.index, "main");
    });
  }
  for_each_record(events::kSysmon11, [](const Recognised& event) {
    EXPECT_EQ(event.metadata.host, "sysmonlinux-tcontreras-attack-range-4134");
  });
}

TEST(Recognition, TetragonMetadata) {
  for_each_record(events::kIsovalentExec, [](const Recognised& event) {
    ASSERT_TRUE(event.metadata.time.has_value());
    EXPECT_EQ(format_rfc3339(*event.metadata.time), "2025-08-14T20:42:47.4599453Z");
    EXPECT_EQ(event.metadata.host, "ip-10-0-10-253.us-west-2.compute.internal");
    EXPECT_EQ(event.metadata.sourcetype, "cisco:isovalent:processExec");
    EXPECT_EQ(event.metadata.source, "not_applicable");
  });
  const auto sourcetype_is = [](std::string_view text, std::string_view expected) {
    for_each_record(text, [&](const Recognised& event) { EXPECT_EQ(event.metadata.sourcetype, expected); });
  };
  sourcetype_is(events::kIsovalentConnect, "cisco:isovalent:processConnect");
  sourcetype_is(events::kIsovalentKprobe, "cisco:isovalent");
  sourcetype_is(events::kTetragonWrite, "cisco:isovalent");
  sourcetype_is(events::kTetragonExit, "cisco:isovalent");
}

TEST(Recognition, HecEnvelopeWins) {
  const std::string text =
      R"({"time":1755204200.5,"host":"hec-host","source":"hec-source","sourcetype":"my:type","index":"k8s","event":)" +
      std::string(events::kIsovalentExec) + "}";
  for_each_record(text, [](const Recognised& event) {
    EXPECT_EQ(shipped().name(event.type), "tetragon.process_exec");
    EXPECT_EQ(event.spl("_time"), "1755204200.5");
    EXPECT_EQ(event.spl("host"), "hec-host");
    EXPECT_EQ(event.spl("source"), "hec-source");
    EXPECT_EQ(event.spl("sourcetype"), "my:type");
    EXPECT_EQ(event.spl("index"), "k8s");
  });
}

TEST(Recognition, GenericMetadata) {
  for_each_record(R"({"@timestamp":"2022-01-01T00:00:00Z","host":"h1","a":1})", [](const Recognised& event) {
    EXPECT_EQ(format_rfc3339(event.metadata.time.value_or(0)), "2022-01-01T00:00:00Z");
    EXPECT_EQ(event.metadata.host, "h1");
    EXPECT_EQ(event.metadata.sourcetype, "_json");
    EXPECT_EQ(event.metadata.source, "test.log");
    EXPECT_EQ(event.spl("a"), "1");
  });
  for_each_record(R"({"time":"not a time"})",
                  [](const Recognised& event) { EXPECT_FALSE(event.metadata.time.has_value()); });
}

}  // namespace
}  // namespace hecate
