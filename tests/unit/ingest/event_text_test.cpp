// Windows events as Splunk's forwarders write them without XML.
#include "support.h"

namespace hecate::ingest::test {
namespace {

// Microsoft, "4688(S): A new process has been created", as its message.
constexpr std::string_view kProcess =
    "12/06/2025 09:11:02 PM\r\nLogName=Security\r\nEventCode=4688\r\nEventType=0\r\nComputerName=ws1.example.com\r\n"
    "SourceName=Microsoft Windows security auditing.\r\nType=Information\r\nRecordNumber=67583\r\n"
    "Keywords=Audit Success\r\nTaskCategory=Process Creation\r\nOpCode=Info\r\n"
    "Message=A new process has been created.\r\n\r\nCreator Subject:\r\n\tSecurity ID:\t\tS-1-5-18\r\n"
    "\tAccount Name:\t\tWS1$\r\n\tAccount Domain:\t\tCORP\r\n\tLogon ID:\t\t0x3E7\r\n\r\nTarget Subject:\r\n"
    "\tSecurity ID:\t\tS-1-0-0\r\n\tAccount Name:\t\talice\r\n\tAccount Domain:\t\t-\r\n\tLogon ID:\t\t0x0\r\n\r\n"
    "Process Information:\r\n\tNew Process ID:\t\t0x2e0\r\n\tNew Process Name:\tC:\\Windows\\System32\\net.exe\r\n"
    "\tToken Elevation Type:\t%%1938\r\n\tMandatory Label:\t\tS-1-16-12288\r\n\tCreator Process ID:\t0x2000\r\n"
    "\tCreator Process Name:\tC:\\Windows\\System32\\cmd.exe\r\n\tProcess Command Line:\tnet user /domain:x\r\n\r\n"
    "Token Elevation Type indicates the type of token that was assigned: as the text says.\r\n";

TEST(EventText, EventsGoOverLines) {
  const std::string text = std::string(kProcess) + "\r\n" + std::string(kProcess) +
                           "01/02/2024 00:04:05\nLogName=System\nEventCode=7045\nMessage=x\n"
                           "plain text that belongs to the message\n";
  for (const size_t chunk : {size_t{1}, size_t{100}, size_t{1} << 20}) {
    const Outcome got = read(text, {.chunk = chunk});
    ASSERT_EQ(got.records.size(), 3U) << chunk;
    EXPECT_EQ(got.records[0].raw, got.records[1].raw);
    EXPECT_EQ(got.records[0].raw + "\r\n", kProcess);
    EXPECT_EQ(got.records[2].at("Message"), "x\nplain text that belongs to the message");
    EXPECT_EQ(format_rfc3339(*got.records[0].time), "2025-12-06T21:11:02Z");
    EXPECT_EQ(format_rfc3339(*got.records[2].time), "2024-01-02T00:04:05Z");
  }
}

TEST(EventText, TheSectionTellsWhoseAccountItIs) {
  const Kept record = read(kProcess).records.at(0);
  EXPECT_EQ(record.shape, Shape::Text);
  const std::vector<std::pair<std::string_view, std::string_view>> expected{
      {"LogName", "Security"},
      {"EventCode", "4688"},
      {"ComputerName", "ws1.example.com"},
      {"SubjectUserName", "WS1$"},
      {"SubjectLogonId", "0x3E7"},
      {"TargetUserName", "alice"},
      {"NewProcessName", "C:\\Windows\\System32\\net.exe"},
      {"NewProcessId", "0x2e0"},
      {"ProcessId", "0x2000"},
      {"ParentProcessName", "C:\\Windows\\System32\\cmd.exe"},
      {"CommandLine", "net user /domain:x"},
      {"MandatoryLabel", "S-1-16-12288"},
      {"New_Process_Name", "C:\\Windows\\System32\\net.exe"},
      {"Account_Name", "WS1$"},
      {"Process_Command_Line", "net user /domain:x"},
  };
  for (const auto& [path, value] : expected) EXPECT_EQ(record.at(path), value) << path;
}

TEST(EventText, SysmonsLabelsAreTheNames) {
  const Outcome got = read(
      "12/06/2025 01:00:00 AM\nLogName=Microsoft-Windows-Sysmon/Operational\nEventCode=1\n"
      "SourceName=Microsoft-Windows-Sysmon\nMessage=Process Create:\nRuleName: -\nImage: C:\\a\\cmd.exe\n"
      "CommandLine: cmd.exe /c \"whoami\"\nParentImage: C:\\Windows\\explorer.exe");
  EXPECT_EQ(got.records.at(0).at("Image"), "C:\\a\\cmd.exe");
  EXPECT_EQ(got.records.at(0).at("CommandLine"), "cmd.exe /c \"whoami\"");
  EXPECT_EQ(got.records.at(0).at("ParentImage"), "C:\\Windows\\explorer.exe");
}

TEST(EventText, WhatAScriptSaysIsNoField) {
  const Outcome got = read(
      "LogName=Microsoft-Windows-PowerShell/Operational\nEventCode=4104\nMessage=Creating Scriptblock text (1 of 1):\n"
      "EventID: 1\nImage: C:\\forged.exe\n");
  EXPECT_EQ(got.records.at(0).at("Image"), "(absent)");
  EXPECT_EQ(got.records.at(0).at("Message"), "Creating Scriptblock text (1 of 1):\nEventID: 1\nImage: C:\\forged.exe");
}

TEST(EventText, OtherLinesAreLines) {
  EXPECT_EQ(read("12/06/2025 01:00:00 AM\nsomething else\nLogNames=x\n").records.size(), 3U);
  EXPECT_EQ(read("12/06/2025 01:00:00 XM\nLogName=x").records.size(), 2U);
  EXPECT_EQ(read("12/06/2025 01:00:00 AM").records.size(), 1U);
  // No such time.
  EXPECT_FALSE(read("13/06/2025 01:00:00 AM\nLogName=x").records.at(0).time);
  EXPECT_FALSE(read("02/30/2025 01:00:00 AM\nLogName=x").records.at(0).time);
  // The lines of one that is too long are looked at alone.
  const Outcome big =
      read("LogName=a\nMessage=" + std::string(5000, 'x') + "\n{\"a\":1}\n", {.largest_record = 1000, .chunk = 64});
  EXPECT_EQ(big.stats.oversized, 2U);
}

}  // namespace
}  // namespace hecate::ingest::test
