// Windows events in the shapes they arrive in: which record type takes them, and what Sigma's fields are in each.
#include <gtest/gtest.h>

#include "harness.h"
#include "windows_events.h"

namespace hecate {
namespace {

using Expected = std::vector<std::pair<std::string_view, std::string_view>>;

void expect_type(std::string_view event, std::string_view type) {
  for_each_record(event, [&](const Recognised& recognised) {
    EXPECT_EQ(shipped().name(recognised.type), type) << event.substr(0, 200);
  });
}

void expect_sigma(std::string_view event, std::string_view type, const Expected& expected) {
  for_each_record(event, [&](const Recognised& recognised) {
    EXPECT_EQ(shipped().name(recognised.type), type) << event.substr(0, 200);
    for (const auto& [field, value] : expected) {
      EXPECT_EQ(recognised.sigma(field), value) << field << " in " << event.substr(0, 120);
    }
  });
}

std::string flat_event(std::string_view channel, std::string_view id, std::string_view more = {}) {
  return "{\"Channel\":\"" + std::string(channel) + "\",\"EventID\":" + std::string(id) + std::string(more) + "}";
}

// Sigma taxonomy appendix 2.1, "Windows Folder", and tests/thor.yml of SigmaHQ.
TEST(Windows, SysmonEventsHaveTheirCategory) {
  const std::vector<std::pair<std::string_view, std::string_view>> types{
      {"1", "process_create"},
      {"2", "file_change"},
      {"3", "network_connection"},
      {"4", "status"},
      {"5", "process_terminate"},
      {"6", "driver_load"},
      {"7", "image_load"},
      {"8", "create_remote_thread"},
      {"9", "raw_access"},
      {"10", "process_access"},
      {"11", "file_create"},
      {"12", "registry_object"},
      {"13", "registry_set"},
      {"14", "registry_rename"},
      {"15", "create_stream_hash"},
      {"16", "status"},
      {"17", "pipe"},
      {"18", "pipe"},
      {"19", "wmi"},
      {"20", "wmi"},
      {"21", "wmi"},
      {"22", "dns_query"},
      {"23", "file_delete"},
      {"24", "clipboard"},
      {"25", "process_tampering"},
      {"26", "file_delete_detected"},
      {"27", "file_block_executable"},
      {"28", "file_block_shredding"},
      {"29", "file_executable_detected"},
      {"255", "error"},
      {"30", "event"},
  };
  for (const auto& [id, type] : types) {
    expect_type(flat_event("Microsoft-Windows-Sysmon/Operational", id), "windows_sysmon." + std::string(type));
  }
}

TEST(Windows, RegistryEventsSayWhatHappened) {
  const auto event = [](std::string_view type) {
    return flat_event("Microsoft-Windows-Sysmon/Operational", "12", ",\"EventType\":\"" + std::string(type) + "\"");
  };
  expect_type(event("CreateKey"), "windows_sysmon.registry_create_key");
  expect_type(event("DeleteKey"), "windows_sysmon.registry_delete");
  expect_type(event("DeleteValue"), "windows_sysmon.registry_delete");
  // NXLog has a field of the same name, which then hides the event's own.
  expect_type(event("INFO"), "windows_sysmon.registry_object");
}

TEST(Windows, ChannelsAreServices) {
  expect_type(flat_event("Security", "4624"), "windows_security.logon");
  // Channels are not case-sensitive; forwarders write them as the subscription does.
  expect_type(flat_event("security", "4688"), "windows_security.process_create");
  expect_type(flat_event("System", "7045"), "windows.system");
  expect_type(flat_event("Application", "1"), "windows.application");
  expect_type(flat_event("Windows PowerShell", "400"), "windows_powershell.classic_start");
  expect_type(flat_event("Windows PowerShell", "600"), "windows_powershell.classic_provider_start");
  expect_type(flat_event("Windows PowerShell", "800"), "windows_powershell.classic_script");
  expect_type(flat_event("Windows PowerShell", "403"), "windows_powershell.classic");
  expect_type(flat_event("Microsoft-Windows-PowerShell/Operational", "4104"), "windows_powershell.script");
  expect_type(flat_event("PowerShellCore/Operational", "4103"), "windows_powershell.module");
  expect_type(flat_event("Microsoft-Windows-PowerShell/Operational", "40961"), "windows_powershell.event");
  expect_type(flat_event("Microsoft-Windows-Windows Defender/Operational", "1116"), "windows_defender.threat");
  expect_type(flat_event("Microsoft-Windows-Windows Defender/Operational", "5007"), "windows_defender.event");
  expect_type(flat_event("Microsoft-Windows-Bits-Client/Operational", "3"), "windows.bits_client");
  expect_type(flat_event("Microsoft-Windows-Kernel-IO/Operational", "1"), "windows.other");
  expect_type(flat_event("Linux-Sysmon/Operational", "1"), "sysmon_linux.process_create");
  expect_type(R"({"Channel":"a","id":4})", "generic");
}

// Elastic's names are those of other products, too; the channel tells whose event it is.
TEST(Windows, ElasticsNamesDoNotHideTheChannel) {
  const auto event = [](std::string_view channel, std::string_view id, std::string_view more) {
    return R"({"@timestamp":"2025-12-06T21:11:02Z","ecs":{"version":"8.0.0"},"host":{"os":{"type":"windows"}},)"
           R"("winlog":{"channel":")" +
           std::string(channel) + R"(","event_id":")" + std::string(id) + "\"}," + std::string(more) + "}";
  };
  constexpr std::string_view kSysmon = "Microsoft-Windows-Sysmon/Operational";
  expect_type(event(kSysmon, "22", R"("dns":{"question":{"name":"x.com","type":"A"}},"network":{"protocol":"dns"})"),
              "windows_sysmon.dns_query");
  expect_type(event(kSysmon, "3",
                    R"("event":{"category":["network"]},"network":{"transport":"tcp"},"source":{"ip":"10.0.0.1"},)"
                    R"("destination":{"ip":"10.0.0.2","port":443})"),
              "windows_sysmon.network_connection");
  expect_type(event(kSysmon, "11", R"("event":{"category":["file"]},"file":{"path":"C:\\a"})"),
              "windows_sysmon.file_create");
  expect_type(event("Microsoft-Windows-DNS Client Events/Operational", "3008", R"("dns":{"question":{"name":"x"}})"),
              "windows.dns_client");
}

TEST(Windows, LogsourcesTakeTheirEventsOnly) {
  const auto belongs = [](std::string_view type, const SigmaLogsource& logsource) {
    return shipped().belongs(*shipped().find(type), logsource);
  };
  const SigmaLogsource creation{"windows", "process_creation", ""};
  EXPECT_TRUE(belongs("windows_sysmon.process_create", creation));
  EXPECT_TRUE(belongs("windows_security.process_create", creation));
  EXPECT_FALSE(belongs("windows_sysmon.process_terminate", creation));
  EXPECT_FALSE(belongs("sysmon_linux.process_create", creation));
  EXPECT_FALSE(belongs("windows_sysmon.process_create", {"linux", "process_creation", ""}));
  EXPECT_FALSE(belongs("windows_sysmon.process_create", {"zeek", "", "rdp"}));
  EXPECT_FALSE(belongs("windows_sysmon.dns_query", {"", "dns", ""}));
  EXPECT_TRUE(belongs("windows_security.process_create", {"windows", "", "security"}));
  EXPECT_FALSE(belongs("windows_security.process_create", {"windows", "process_creation", "sysmon"}));
  EXPECT_TRUE(belongs("windows_defender.threat", {"", "antivirus", ""}));
  EXPECT_FALSE(belongs("windows_defender.event", {"", "antivirus", ""}));
  EXPECT_FALSE(belongs("windows_sysmon.registry_delete", {"windows", "registry_add", ""}));
  EXPECT_TRUE(belongs("windows_sysmon.registry_delete", {"windows", "registry_event", ""}));
  for (const std::string_view type : shipped().names()) {
    if (!type.starts_with("windows")) continue;
    const bool trace = type == "windows.kernel_file";
    EXPECT_TRUE(belongs(type, {"windows", "", ""})) << type;
    EXPECT_EQ(belongs(type, {"windows", "file_access", ""}), trace) << type;
  }
}

const Expected kProcessCreated{
    {"EventID", "1"},
    {"Channel", "Microsoft-Windows-Sysmon/Operational"},
    {"Computer", "ws1.example.com"},
    {"Provider_Name", "Microsoft-Windows-Sysmon"},
    {"Image", "C:\\Windows\\System32\\cmd.exe"},
    {"CommandLine", "cmd.exe /c \"whoami\""},
    {"ParentImage", "C:\\Windows\\explorer.exe"},
    {"ParentCommandLine", "explorer.exe"},
    {"ProcessId", "3412"},
    {"OriginalFileName", "Cmd.Exe"},
};

TEST(Windows, SysmonHasTheSameFieldsInEveryShape) {
  for (const std::string_view event :
       {events::kSysmonXml, events::kSysmonNested, events::kSysmonVelociraptor, events::kSysmonWinlogbeat,
        events::kSysmonEcs, events::kSysmonWazuh, events::kSysmonNxlog, events::kSysmonSentinel,
        events::kSysmonSentinelEvent, events::kSysmonWazuhDoubled}) {
    const bool ecs = event == events::kSysmonEcs;
    expect_sigma(event, ecs ? "windows_sysmon.process_create_ecs" : "windows_sysmon.process_create", kProcessCreated);
    for_each_record(event, [&](const Recognised& recognised) {
      EXPECT_EQ(recognised.metadata.host, "ws1.example.com") << event.substr(0, 120);
      ASSERT_TRUE(recognised.metadata.time.has_value()) << event.substr(0, 120);
      EXPECT_EQ(format_rfc3339(*recognised.metadata.time), "2025-12-06T21:11:02.649Z") << event.substr(0, 120);
      EXPECT_EQ(recognised.spl("EventCode"), "1") << event.substr(0, 120);
      EXPECT_EQ(recognised.spl("dest"), "ws1.example.com") << event.substr(0, 120);
      EXPECT_EQ(recognised.metadata.sourcetype, "XmlWinEventLog");
      EXPECT_EQ(recognised.metadata.source, "XmlWinEventLog:Microsoft-Windows-Sysmon/Operational");
    });
  }
}

TEST(Windows, HashesAreTaken) {
  expect_sigma(events::kSysmonXml, "windows_sysmon.process_create",
               {{"Hashes", "MD5=352B525E,SHA256=1F1D918E,IMPHASH=272245E2"},
                {"md5", "352B525E"},
                {"sha256", "1F1D918E"},
                {"imphash", "272245E2"},
                {"sha1", "<absent>"}});
}

// Elastic's ingest pipeline for Sysmon takes the originals apart.
TEST(Windows, ElasticsNamesArePutTogether) {
  expect_sigma(events::kSysmonEcs, "windows_sysmon.process_create_ecs",
               {{"User", "WS1\\alice"},
                {"Hashes", "MD5=352b525e,SHA256=1f1d918e,IMPHASH=272245e2"},
                {"md5", "352b525e"},
                {"sha1", "<absent>"}});
}

// Microsoft, "4688(S): A new process has been created": ProcessId is the creator's, MandatoryLabel a SID.
TEST(Windows, SecurityProcessesHaveSysmonsNames) {
  expect_sigma(events::kSecurity4688, "windows_security.process_create",
               {{"Image", "C:\\Windows\\System32\\net.exe"},
                {"ParentImage", "C:\\Windows\\System32\\cmd.exe"},
                {"CommandLine", "net user"},
                {"ProcessId", "736"},
                {"ParentProcessId", "8192"},
                {"User", "CONTOSO\\dadmin"},
                {"LogonId", "0x1af0"},
                {"IntegrityLevel", "High"},
                {"NewProcessName", "C:\\Windows\\System32\\net.exe"},
                {"OriginalFileName", "<absent>"},
                {"ParentCommandLine", "<absent>"},
                {"Keywords", "0x8020000000000000"}});
  expect_sigma(
      flat_event("Security", "4688",
                 R"(,"SubjectUserName":"a","SubjectDomainName":"D","TargetUserName":"b","TargetDomainName":"E")"
                 R"(,"TargetLogonId":"0x3e7","SubjectLogonId":"0x5","Keywords":-9214364837600034816)"),
      "windows_security.process_create", {{"User", "E\\b"}, {"LogonId", "0x3e7"}, {"Keywords", "0x8020000000000000"}});
}

// As Splunk's forwarders write it without XML.
TEST(Windows, TextHasTheNamesThatTheMessageTells) {
  constexpr std::string_view kEvent =
      "12/06/2025 09:11:02 PM\nLogName=Security\nEventCode=4688\nComputerName=ws1.example.com\nKeywords=Audit Success\n"
      "Message=A new process has been created.\n\nCreator Subject:\n\tAccount Name:\t\tWS1$\n\tAccount "
      "Domain:\t\tCORP\n\n"
      "Target Subject:\n\tAccount Name:\t\talice\n\tAccount Domain:\t\tCORP\n\nProcess Information:\n"
      "\tNew Process ID:\t\t0x2e0\n\tNew Process Name:\tC:\\Windows\\System32\\net.exe\n\tCreator Process ID:\t0x2000\n"
      "\tProcess Command Line:\tnet user\n";
  expect_sigma(kEvent, "windows_security.process_create",
               {{"Image", "C:\\Windows\\System32\\net.exe"},
                {"CommandLine", "net user"},
                {"ProcessId", "736"},
                {"ParentProcessId", "8192"},
                {"User", "CORP\\alice"},
                {"EventID", "4688"},
                {"Keywords", "0x8020000000000000"}});
  for_each_record(kEvent, [](const Recognised& recognised) {
    EXPECT_EQ(recognised.metadata.sourcetype, "WinEventLog");
    EXPECT_EQ(recognised.metadata.host, "ws1.example.com");
    EXPECT_EQ(recognised.spl("New_Process_Name"), "C:\\Windows\\System32\\net.exe");
    EXPECT_EQ(recognised.spl("EventCode"), "4688");
  });
}

TEST(Windows, BlanksInNamesAreLeftOut) {
  const Expected expected{{"ThreatName", "HackTool:Win64/Mikatz!dha"},  {"SourceName", "Real-Time Protection"},
                          {"ProcessName", "C:\\Windows\\explorer.exe"}, {"AdditionalActionsID", "0"},
                          {"Path", "file:_C:\\mimikatz.exe"},           {"Signature", "HackTool:Win64/Mikatz!dha"},
                          {"Filename", "file:_C:\\mimikatz.exe"}};
  expect_sigma(events::kDefenderXml, "windows_defender.threat", expected);
  expect_sigma(events::kDefenderNested, "windows_defender.threat", expected);
}

TEST(Windows, UserDataAreFoundByTheirLeaf) {
  const Expected expected{{"Operation", "Start IWbemServices::ExecQuery"}, {"PossibleCause", "Unknown"}};
  expect_sigma(events::kWmiXml, "windows.wmi", expected);
  expect_sigma(events::kWmiNested, "windows.wmi", expected);
  expect_sigma(
      R"({"System":{"Channel":"Microsoft-Windows-WMI-Activity/Operational","EventID":{"Value":5858}},)"
      R"("UserData":{"Operation_ClientFailure":{"Operation":"Start IWbemServices::ExecQuery","PossibleCause":"Unknown"}}})",
      "windows.wmi", expected);
  expect_sigma(R"({"winlog":{"channel":"Microsoft-Windows-WMI-Activity/Operational","event_id":"5858","user_data":)"
               R"({"Operation":"Start IWbemServices::ExecQuery","PossibleCause":"Unknown"}}})",
               "windows.wmi", expected);
  // 1102: the channel is the event's, not what was cleared.
  expect_sigma(events::kLogCleared, "windows_security.log_cleared", {{"EventID", "1102"}, {"SubjectUserName", "root"}});
}

TEST(Windows, DataWithoutNames) {
  for (const std::string_view event : {events::kClassicXml, events::kClassicNested, events::kClassicWinlogbeat}) {
    for_each_record(event, [&](const Recognised& recognised) {
      EXPECT_EQ(shipped().name(recognised.type), "windows_powershell.classic_start");
      const Value data = recognised.evaluate(shipped().column(recognised.type, SigmaLogsource{}, "Data", Type::Many));
      ASSERT_EQ(data.kind(), Kind::Many) << event.substr(0, 100);
      ASSERT_EQ(data.as_list().size(), 3U) << event.substr(0, 100);
      EXPECT_EQ(value_text(data.as_list()[0]), "Available");
      EXPECT_EQ(value_text(data.as_list()[2]), "HostName=ConsoleHost\n\tHostApplication=powershell -enc AAAA");
      EXPECT_EQ(recognised.sigma("HostApplication"), "powershell -enc AAAA");
    });
  }
  // NXLog keeps the text that the event viewer shows.
  expect_sigma(R"({"Channel":"Windows PowerShell","EventID":400,"Message":"Engine state …\tHostName=ConsoleHost"})",
               "windows_powershell.classic_start", {{"Data", "Engine state …\tHostName=ConsoleHost"}});
}

TEST(Windows, RpcFirewallsDataHaveNames) {
  for (const std::string_view event : {events::kRpcFirewallXml, events::kRpcFirewallNested,
                                       events::kRpcFirewallWinlogbeat, events::kRpcFirewallMessage}) {
    expect_sigma(event, "windows_rpc_firewall.call",
                 {{"EventLog", "RPCFW"},
                  {"EventID", "3"},
                  {"InterfaceUuid", "1ff70682-0a51-30e8-076d-740be8cee98b"},
                  {"OpNum", "0"},
                  {"Endpoint", "\\pipe\\atsvc"},
                  {"ProcessId", "5912"},
                  {"Image", "C:\\Windows\\system32\\svchost.exe"},
                  {"User", "CORP\\alice"}});
  }
  // A forwarder that names them itself.
  expect_sigma(R"({"EventLog":"RPCFW","EventID":3,"InterfaceUuid":"a","OpNum":12})", "windows_rpc_firewall.call",
               {{"InterfaceUuid", "a"}, {"OpNum", "12"}});
  expect_type(flat_event("RPCFW", "1"), "windows_rpc_firewall.other");
  const auto call = *shipped().find("windows_rpc_firewall.call");
  EXPECT_TRUE(shipped().belongs(call, SigmaLogsource{"rpc_firewall", "application", ""}));
  EXPECT_FALSE(shipped().belongs(call, SigmaLogsource{"windows", "", "application"}));
}

TEST(Windows, EveryColumnIsEvaluatedOnAnEvent) {
  size_t rows = 0;
  for (const std::string_view event :
       {events::kSysmonXml, events::kSysmonEcs, std::string_view(events::kSecurity4688), events::kDefenderXml,
        events::kClassicXml, events::kApplicationXml, events::kRpcFirewallXml}) {
    for_each_record(event, [&](const Recognised& recognised) {
      for (const Catalog::ColumnRow& row : shipped().columns(recognised.type)) {
        ++rows;
        EXPECT_FALSE(row.evidence.empty()) << row.name;
        const Value value = recognised.evaluate(row.value);
        EXPECT_FALSE(value.is_undecided()) << row.name;
      }
    });
  }
  EXPECT_GT(rows, 25U);
}

}  // namespace
}  // namespace hecate
