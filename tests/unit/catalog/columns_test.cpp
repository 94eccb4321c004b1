#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "events.h"
#include "harness.h"

namespace hecate {
namespace {

using Expected = std::vector<std::pair<std::string_view, std::string_view>>;

// The one event of each type; types of which no real one was to be had get one in the same form.
const std::map<std::string, std::string, std::less<>>& sample_events() {
  static const std::map<std::string, std::string, std::less<>> events{
      {"generic", R"({"a":1})"},
      {"sysmon_linux.process_create", std::string(events::kSysmon1)},
      {"sysmon_linux.network_connection",
       R"({"Channel":"Linux-Sysmon/Operational","EventID":3,"Computer":"h","RuleName":"-","UtcTime":"2022-08-09 10:42:47.757","ProcessGuid":"{ec23eae3-3a27-62f2-085e-16549b550000}","ProcessId":10268,"Image":"/usr/bin/curl","User":"ubuntu","Protocol":"tcp","Initiated":true,"SourceIsIpv6":false,"SourceIp":"10.0.0.4","SourceHostname":"-","SourcePort":43210,"DestinationIsIpv6":false,"DestinationIp":"93.184.216.34","DestinationPort":443})"},
      {"sysmon_linux.process_terminate",
       R"({"Source":"Linux-Sysmon","EventID":5,"Computer":"h","Image":"/usr/bin/sudo","ProcessId":"10268","ProcessGuid":"{ec23eae3-3a27-62f2-085e-16549b550000}","User":"ubuntu"})"},
      {"sysmon_linux.raw_access",
       R"({"Source":"Linux-Sysmon","EventID":9,"Computer":"h","Image":"/usr/bin/dd","Device":"/dev/sda"})"},
      {"sysmon_linux.file_create", std::string(events::kSysmon11)},
      {"sysmon_linux.file_delete",
       R"({"Source":"Linux-Sysmon","EventID":23,"Computer":"h","Image":"/usr/bin/rm","User":"root","TargetFilename":"/var/log/auth.log","Hashes":"SHA1=da39a3ee,MD5=d41d8cd9","IsExecutable":"false","Archived":"true"})"},
      {"sysmon_linux.other", R"({"Source":"Linux-Sysmon","EventID":16,"Computer":"h"})"},
      {"tetragon.process_exec", std::string(events::kIsovalentExec)},
      {"tetragon.process_exit", std::string(events::kTetragonExit)},
      {"tetragon.process_connect", std::string(events::kIsovalentConnect)},
      {"tetragon.process_close", std::string(events::kTetragonClose)},
      {"tetragon.process_listen", std::string(events::kTetragonListen)},
      {"tetragon.process_kprobe_file_write", std::string(events::kTetragonWrite)},
      {"tetragon.process_kprobe_file_access", std::string(events::kTetragonRead)},
      {"tetragon.process_kprobe", std::string(events::kIsovalentKprobe)},
      {"tetragon.process_tracepoint",
       R"({"process_tracepoint":{"process":{"exec_id":"x","pid":1,"binary":"/bin/sh"}},"time":"2022-01-19T16:28:52Z"})"},
  };
  return events;
}

// Columns that stay empty in the sample event, because it lacks the field.
const std::set<std::string, std::less<>>& empty_by_nature() {
  static const std::set<std::string, std::less<>> names{
      "Rule", "RuleName", "Device", "CreationUtcTime", "SeverityLevel", "Facility", "pid", "ProcessID", "syslog",
  };
  return names;
}

TEST(Columns, EveryTypeHasASample) {
  for (const std::string_view name : shipped().names()) {
    // The other sources have test files of their own.
    const std::string_view source = name.substr(0, name.find('.'));
    if (source != "generic" && source != "sysmon_linux" && source != "tetragon") continue;
    EXPECT_TRUE(sample_events().contains(name)) << name;
  }
  for (const auto& [name, event] : sample_events()) {
    for_each_record(event, [&](const Recognised& recognised) { EXPECT_EQ(shipped().name(recognised.type), name); });
  }
}

TEST(Columns, EveryRowIsEvaluatedOnAnEvent) {
  size_t rows = 0;
  for (const auto& [name, event] : sample_events()) {
    for_each_record(event, [&](const Recognised& recognised) {
      for (const Catalog::ColumnRow& row : shipped().columns(recognised.type)) {
        ++rows;
        EXPECT_FALSE(row.evidence.empty()) << name << " " << row.name;
        const Value value = recognised.evaluate(row.value);
        EXPECT_FALSE(value.is_undecided()) << name << " " << row.name;
        // A field that the type's own event does not have is most likely misspelt in the catalog.
        const bool real = name == "sysmon_linux.process_create" || name == "sysmon_linux.file_create" ||
                          name == "tetragon.process_exec";
        const bool optional = row.expression.find("Hashes") != std::string::npos ||
                              empty_by_nature().contains(row.name) || row.vocabulary.starts_with("table.Syslog");
        if (real && row.confidence == 'A' && !optional) {
          EXPECT_FALSE(value.is_null()) << name << " " << row.vocabulary << " " << row.name << " = " << row.expression;
        }
      }
    });
  }
  EXPECT_GT(rows, 800U);
}

TEST(Columns, EveryKqlColumnConvertsToItsType) {
  for (const auto& [name, event] : sample_events()) {
    for_each_record(event, [&](const Recognised& recognised) {
      for (const std::string_view table : shipped().kusto_tables()) {
        const KustoTable dataset{std::string(table)};
        if (!shipped().belongs(recognised.type, dataset)) continue;
        for (const Catalog::KustoColumn& column : shipped().kusto_schema(table)->columns) {
          const ExprPtr expr = shipped().column(recognised.type, dataset, column.name, column.type);
          if (!expr) continue;
          EXPECT_EQ(expr->type, column.type) << table << "." << column.name;
          const Value value = recognised.evaluate(expr);
          if (column.type == Type::String) {
            EXPECT_EQ(value.kind(), Kind::String) << name << " " << table << "." << column.name;
          }
        }
      }
    });
  }
}

void expect_columns(std::string_view event, const Expected& expected,
                    std::string (*read)(const Recognised&, std::string_view)) {
  for_each_record(event, [&](const Recognised& recognised) {
    for (const auto& [field, value] : expected) EXPECT_EQ(read(recognised, field), value) << field;
  });
}
std::string sigma(const Recognised& event, std::string_view field) { return event.sigma(field); }
std::string spl(const Recognised& event, std::string_view field) { return event.spl(field); }
std::string file_event(const Recognised& event, std::string_view field) { return event.kql("imFileEvent", field); }
std::string process_event(const Recognised& event, std::string_view field) {
  return event.kql("imProcessCreate", field);
}

TEST(Columns, SysmonFileCreate) {
  constexpr std::string_view kPath =
      "/opt/splunkforwarder/var/lib/splunk/modinputs/journald/sysmon.checkpoint.tmp.dbed9d351dcc1806";
  constexpr std::string_view kName = "sysmon.checkpoint.tmp.dbed9d351dcc1806";
  expect_columns(events::kSysmon11,
                 {{"TargetFilename", kPath},
                  {"Image", "/opt/splunkforwarder/bin/splunkd"},
                  {"User", "root"},
                  {"EventID", "11"},
                  {"ProcessId", "5256"},
                  {"RuleName", "-"},
                  {"NoSuchField", "<absent>"}},
                 sigma);
  // ESCU data source "Sysmon for Linux EventID 11": the fields and the example.
  expect_columns(events::kSysmon11,
                 {{"file_name", kName},
                  {"file_path", kPath},
                  {"process_name", "splunkd"},
                  {"process_exec", "splunkd"},
                  {"process_path", "/opt/splunkforwarder/bin/splunkd"},
                  {"process_id", "5256"},
                  {"process_guid", "{ec2c97d1-6aa9-61c0-3038-618238560000}"},
                  {"user", "root"},
                  {"dest", "sysmonlinux-tcontreras-attack-range-4134"},
                  {"action", "created"},
                  {"signature_id", "11"},
                  {"EventCode", "11"},
                  {"ProcessID", "4372"},
                  {"UserId", "0"},
                  {"SystemTime", "2021-12-20T16:07:17.927963000Z"},
                  {"sourcetype", "sysmon:linux"},
                  {"_time", "1640016437.927963"},
                  {"TargetFilename", kPath}},
                 spl);
  // ASimFileEventLinuxSysmonFileCreated 0.2.1, and the schema where it is silent.
  expect_columns(events::kSysmon11,
                 {{"EventType", "FileCreated"},
                  {"TargetFilePath", kPath},
                  {"FilePath", kPath},
                  {"TargetFileName", kName},
                  {"FileName", kName},
                  {"TargetFilePathType", "Unix"},
                  {"ActingProcessName", "/opt/splunkforwarder/bin/splunkd"},
                  {"Process", "/opt/splunkforwarder/bin/splunkd"},
                  {"ActingProcessId", "5256"},
                  {"ActingProcessGuid", "ec2c97d1-6aa9-61c0-3038-618238560000"},
                  {"ActorUsername", "root"},
                  {"User", "root"},
                  {"ActorUserType", "Simple"},
                  {"DvcHostname", "sysmonlinux-tcontreras-attack-range-4134"},
                  {"Dvc", "sysmonlinux-tcontreras-attack-range-4134"},
                  {"DvcHostName", "sysmonlinux-tcontreras-attack-range-4134"},
                  {"DvcOs", "Linux"},
                  {"EventVendor", "Microsoft"},
                  {"EventProduct", "Sysmon for Linux"},
                  {"EventResult", "Success"},
                  {"EventOriginalUid", "792913"},
                  {"EventOriginalType", "11"},
                  {"EventSchema", "FileEvent"},
                  {"EventCount", "1"},
                  {"Type", "Syslog"},
                  {"TimeGenerated", "2021-12-20T16:07:17.927963Z"},
                  {"EventStartTime", "2021-12-20T16:07:17.927963Z"},
                  {"EventEndTime", "2021-12-20T16:07:17.927963Z"},
                  {"TargetFileCreationTime", "2021-12-20T16:07:17.929Z"},
                  {"SrcFilePath", ""},
                  {"ActorUserSid", ""},
                  {"TargetFileSize", "<no column>"},
                  {"NoSuchColumn", "<not in schema>"}},
                 file_event);
}

TEST(Columns, SysmonShapesAgree) {
  const std::string nested =
      R"({"Event":{"System":{"Provider":{"#attributes":{"Name":"Linux-Sysmon"}},"EventID":11,"TimeCreated":{"#attributes":{"SystemTime":"2021-12-20T16:07:17Z"}},"EventRecordID":7,"Channel":"Linux-Sysmon/Operational","Computer":"web-1"},"EventData":{"Image":"/usr/bin/vi","ProcessId":5,"TargetFilename":"/etc/cron.d/x","User":"amy"}}})";
  const std::string flat =
      R"({"Channel":"Linux-Sysmon/Operational","EventID":11,"SystemTime":"2021-12-20T16:07:17Z","EventRecordID":7,"Computer":"web-1","Image":"/usr/bin/vi","ProcessId":5,"TargetFilename":"/etc/cron.d/x","User":"amy"})";
  const std::string xml =
      R"(<Event><System><Provider Name="Linux-Sysmon"/><EventID>11</EventID><TimeCreated SystemTime="2021-12-20T16:07:17Z"/><EventRecordID>7</EventRecordID><Channel>Linux-Sysmon/Operational</Channel><Computer>web-1</Computer></System><EventData><Data Name="Image">/usr/bin/vi</Data><Data Name="ProcessId">5</Data><Data Name="TargetFilename">/etc/cron.d/x</Data><Data Name="User">amy</Data></EventData></Event>)";
  for (const std::string& text : {nested, flat, xml}) {
    for_each_record(text, [&](const Recognised& event) {
      EXPECT_EQ(event.sigma("TargetFilename"), "/etc/cron.d/x") << text;
      EXPECT_EQ(event.sigma("Provider_Name"), text == flat ? "<absent>" : "Linux-Sysmon");
      EXPECT_EQ(event.kql("_Im_FileEvent", "TargetFileName"), "x") << text;
      EXPECT_EQ(event.kql("_Im_FileEvent", "ActorUsername"), "amy") << text;
      EXPECT_EQ(event.kql("_Im_FileEvent", "EventOriginalUid"), "7") << text;
      EXPECT_EQ(event.spl("user"), "amy") << text;
      EXPECT_EQ(event.spl("_time"), "1640016437") << text;
      EXPECT_EQ(event.metadata.host, "web-1");
    });
  }
}

TEST(Columns, SysmonProcessCreate) {
  expect_columns(events::kSysmon1,
                 {{"Image", "/usr/bin/sudo"},
                  {"CommandLine", "sudo gdb -nx -ex !sh -ex quit"},
                  {"ParentImage", "/bin/bash"},
                  {"ParentUser", "ubuntu"},
                  {"LogonId", "1000"}},
                 sigma);
  expect_columns(events::kSysmon1,
                 {{"process", "sudo gdb -nx -ex !sh -ex quit"},
                  {"process_name", "sudo"},
                  {"parent_process", "-bash"},
                  {"parent_process_name", "bash"},
                  {"parent_process_path", "/bin/bash"},
                  {"parent_process_id", "15369"},
                  {"process_current_directory", "/home/ubuntu"},
                  {"process_integrity_level", "no level"},
                  {"original_file_name", "-"},
                  {"process_hash", "-"},
                  {"user", "ubuntu"},
                  {"dest", "ar-linux"},
                  {"vendor_product", "Sysmon for Linux"}},
                 spl);
  expect_columns(events::kSysmon1,
                 {{"EventType", "ProcessCreated"},
                  {"TargetProcessName", "/usr/bin/sudo"},
                  {"TargetProcessFilename", "sudo"},
                  {"Process", "/usr/bin/sudo"},
                  {"TargetProcessCommandLine", "sudo gdb -nx -ex !sh -ex quit"},
                  {"CommandLine", "sudo gdb -nx -ex !sh -ex quit"},
                  {"TargetProcessId", "10268"},
                  {"TargetProcessGuid", "ec23eae3-3a27-62f2-085e-16549b550000"},
                  {"TargetUsername", "ubuntu"},
                  {"User", "ubuntu"},
                  {"ActorUsername", "ubuntu"},
                  {"ActingProcessName", "/bin/bash"},
                  {"ActingProcessCommandLine", "-bash"},
                  {"ActingProcessId", "15369"},
                  {"TargetUserSessionId", "1000"},
                  {"TargetProcessSHA1", ""},
                  {"Hash", ""},
                  {"EventSchema", "ProcessEvent"},
                  {"EventOriginalType", "1"}},
                 process_event);
  for_each_record(events::kSysmon1, [](const Recognised& event) {
    EXPECT_EQ(event.kql("DeviceProcessEvents", "ProcessId"), "10268");
    EXPECT_EQ(event.kql("DeviceProcessEvents", "FileName"), "sudo");
    EXPECT_EQ(event.kql("Syslog", "Computer"), "ar-linux");
    EXPECT_EQ(event.kql("Syslog", "SyslogMessage"), events::kSysmon1);
  });
}

TEST(Columns, SysmonHashesAndDirection) {
  for_each_record(sample_events().at("sysmon_linux.file_delete"), [](const Recognised& event) {
    EXPECT_EQ(event.kql("imFileEvent", "EventType"), "FileDeleted");
    EXPECT_EQ(event.kql("imFileEvent", "TargetFileMD5"), "d41d8cd9");
    EXPECT_EQ(event.kql("imFileEvent", "Hash"), "da39a3ee");
    EXPECT_EQ(event.spl("action"), "deleted");
  });
  for_each_record(sample_events().at("sysmon_linux.network_connection"), [](const Recognised& event) {
    EXPECT_EQ(event.spl("direction"), "outbound");
    EXPECT_EQ(event.spl("dest"), "93.184.216.34");
    EXPECT_EQ(event.spl("dest_port"), "443");
    EXPECT_EQ(event.sigma("Initiated"), "true");
  });
}

// The names that ESCU's "Cisco Isovalent Process Exec" lists and its Cron Job Creation search uses.
TEST(Columns, IsovalentProcessExec) {
  expect_columns(events::kIsovalentExec,
                 {{"cluster_name", "isovalent-2"},
                  {"node_name", "ip-10-0-10-253.us-west-2.compute.internal"},
                  {"pod_name", "aws-node-9twpn"},
                  {"pod_namespace", "kube-system"},
                  {"pod_image_name", "066635153087.dkr.ecr.il-central-1.amazonaws.com/amazon-k8s-cni:v1.19.2"},
                  {"container_id", "containerd://dc5b541d139c38ec01e485712f0eec3d11c0273ca03fccedc56881200c127873"},
                  {"process", "/app/grpc-health-probe -addr=:50051 -connect-timeout=5s -rpc-timeout=5s"},
                  {"process_name", "grpc-health-probe"},
                  {"process_exec", "grpc-health-probe"},
                  {"process_id", "3502914"},
                  {"process_path", "/app/grpc-health-probe"},
                  {"process_current_directory", "/app"},
                  {"parent_process", "/usr/sbin/runc --root /run/containerd/runc/k8s.io exec"},
                  {"parent_process_name", "runc"},
                  {"parent_process_exec", "runc"},
                  {"parent_process_id", "3502900"},
                  {"parent_process_path", "/usr/sbin/runc"},
                  {"user_id", "0"},
                  {"vendor_product", "Cisco Isovalent"},
                  {"sourcetype", "cisco:isovalent:processExec"},
                  {"process_exec.process.binary", "/app/grpc-health-probe"},
                  {"process_exec.process.pod.pod_labels.app.kubernetes.io/name", "aws-node"},
                  {"process.binary", "<absent>"},
                  {"_time", "1755204167.45995"}},
                 spl);
  expect_columns(events::kIsovalentExec,
                 {{"Image", "/app/grpc-health-probe"},
                  {"CommandLine", "/app/grpc-health-probe -addr=:50051 -connect-timeout=5s -rpc-timeout=5s"},
                  {"ParentImage", "/usr/sbin/runc"},
                  {"User", "root"},
                  {"ProcessId", "3502914"},
                  {"CurrentDirectory", "/app"}},
                 sigma);
  expect_columns(events::kIsovalentExec,
                 {{"EventType", "ProcessCreated"},
                  {"TargetProcessName", "/app/grpc-health-probe"},
                  {"TargetProcessFilename", "grpc-health-probe"},
                  {"ActingProcessFilename", "runc"},
                  {"ActorUserId", "0"},
                  {"TargetUsername", "root"},
                  {"DvcOs", "Linux"},
                  {"Dvc", "ip-10-0-10-253.us-west-2.compute.internal"},
                  {"TargetProcessCreationTime", "2025-08-14T20:42:47.4599467Z"}},
                 process_event);
}

TEST(Columns, PlainTetragonLacksClusterAndArguments) {
  expect_columns(events::kTetragonNoArguments,
                 {{"cluster_name", "<absent>"},
                  {"pod_name", "<absent>"},
                  {"node_name", "minikube"},
                  {"process", "/usr/bin/cat"},
                  {"parent_process", "/usr/bin/bash"},
                  {"process_name", "cat"}},
                 spl);
}

TEST(Columns, TetragonFileHook) {
  expect_columns(events::kTetragonWrite, {{"TargetFilename", "etc/passwd"}, {"Image", "/usr/bin/vi"}, {"User", "root"}},
                 sigma);
  expect_columns(events::kTetragonWrite,
                 {{"EventType", "FileCreatedOrModified"},
                  {"TargetFilePath", "etc/passwd"},
                  {"TargetFileName", "passwd"},
                  {"ActingProcessName", "/usr/bin/vi"},
                  {"ActorUsername", "root"},
                  {"EventOriginalType", "__x64_sys_write"}},
                 file_event);
  expect_columns(events::kTetragonWrite, {{"file_name", "passwd"}, {"file_path", "etc/passwd"}, {"action", "modified"}},
                 spl);
}

TEST(Columns, IsovalentConnect) {
  expect_columns(events::kIsovalentConnect,
                 {{"src_ip", "192.168.89.64"},
                  {"src_port", "38106"},
                  {"dest_ip", "192.168.88.89"},
                  {"dest_port", "3000"},
                  {"transport", "tcp"},
                  {"app", "/usr/bin/kubelet"},
                  {"session_id", "18446462614959565760"},
                  {"process_id", "1645"}},
                 spl);
  expect_columns(
      events::kIsovalentConnect,
      {{"DestinationHostname", "tetragon-grafana-77b4f6f864-tjl29"}, {"Initiated", "true"}, {"Protocol", "tcp"}},
      sigma);
}

TEST(Columns, Belongs) {
  const auto type = [](std::string_view name) { return shipped().find(name).value_or(RecordType::Generic); };
  const RecordType created = type("sysmon_linux.file_create");
  EXPECT_TRUE(shipped().belongs(created, SigmaLogsource{"linux", "file_event", ""}));
  EXPECT_TRUE(shipped().belongs(created, SigmaLogsource{"linux", "file_event", "sysmon"}));
  EXPECT_TRUE(shipped().belongs(created, SigmaLogsource{"", "file_event", ""}));
  EXPECT_TRUE(shipped().belongs(created, SigmaLogsource{"linux", "", "sysmon"}));
  EXPECT_FALSE(shipped().belongs(created, SigmaLogsource{"windows", "file_event", ""}));
  EXPECT_FALSE(shipped().belongs(created, SigmaLogsource{"linux", "file_delete", ""}));
  EXPECT_FALSE(shipped().belongs(created, SigmaLogsource{"linux", "", "auditd"}));
  EXPECT_TRUE(shipped().belongs(created, KustoTable{"imFileEvent"}));
  EXPECT_TRUE(shipped().belongs(created, KustoTable{"_ASim_FileEvent"}));
  EXPECT_TRUE(shipped().belongs(created, KustoTable{"Syslog"}));
  EXPECT_FALSE(shipped().belongs(created, KustoTable{"imfileevent"}));  // Kusto's names are case-sensitive
  EXPECT_FALSE(shipped().belongs(created, KustoTable{"imProcessCreate"}));
  EXPECT_TRUE(shipped().belongs(created, SplunkEvents{}));
  EXPECT_TRUE(shipped().belongs(type("sysmon_linux.process_terminate"), KustoTable{"imProcessTerminate"}));
  EXPECT_TRUE(shipped().belongs(type("sysmon_linux.process_terminate"), KustoTable{"imProcessEvent"}));
  EXPECT_FALSE(shipped().belongs(type("sysmon_linux.process_terminate"), KustoTable{"imProcessCreate"}));
  EXPECT_TRUE(shipped().belongs(type("tetragon.process_kprobe_file_write"), SigmaLogsource{"linux", "file_event", ""}));
  EXPECT_FALSE(
      shipped().belongs(type("tetragon.process_kprobe_file_access"), SigmaLogsource{"linux", "file_event", ""}));
  EXPECT_TRUE(shipped().belongs(type("tetragon.process_kprobe_file_write"), KustoTable{"imFileEvent"}));
  EXPECT_FALSE(shipped().belongs(RecordType::Generic, SigmaLogsource{"linux", "", ""}));
  EXPECT_TRUE(shipped().belongs(RecordType::Generic, SplunkEvents{}));
  EXPECT_FALSE(shipped().belongs(RecordType::Generic, KustoTable{"Syslog"}));
}

TEST(Columns, KustoSchema) {
  const Catalog::KustoSchema* schema = shipped().kusto_schema("imFileEvent");
  ASSERT_NE(schema, nullptr);
  EXPECT_EQ(schema->name, "FileEvent");
  EXPECT_TRUE(schema->asim);
  EXPECT_EQ(schema, shipped().kusto_schema("_Im_FileEvent"));
  EXPECT_EQ(schema->find("targetfilename"), nullptr);
  for (const auto& [name, path] : {std::pair{"TargetFileName", "TargetFilePath"},
                                   std::pair{"FileName", "TargetFilePath"}, std::pair{"SrcFileName", "SrcFilePath"}}) {
    ASSERT_NE(schema->find(name), nullptr);
    EXPECT_EQ(schema->find(name)->path_column, path);
  }
  EXPECT_EQ(schema->find("TargetFilePath")->path_column, "");
  EXPECT_EQ(schema->find("TimeGenerated")->type, Type::Datetime);
  EXPECT_EQ(schema->find("EventCount")->type, Type::Long);
  EXPECT_EQ(shipped().kusto_schema("_Im_ProcessEvent")->find("TargetProcessFilename")->path_column,
            "TargetProcessName");
  EXPECT_EQ(shipped().kusto_schema("NoSuchTable"), nullptr);
  EXPECT_FALSE(shipped().kusto_schema("DeviceFileEvents")->asim);
}

TEST(Columns, CimDefaults) {
  EXPECT_EQ(shipped().cim_default("Endpoint.Processes", "process_name"), "unknown");
  EXPECT_EQ(shipped().cim_default("Endpoint.Processes", "process_id"), "");
  EXPECT_EQ(shipped().cim_default("Endpoint.Filesystem", "user"), "unknown");
  EXPECT_EQ(shipped().cim_default("No.Such", "user"), "");
}

TEST(Columns, RawPaths) {
  const auto type = *shipped().find("sysmon_linux.file_create");
  EXPECT_EQ(
      shipped().raw_paths(type, "TargetFilename"),
      (std::vector<std::string>{"Event.EventData.TargetFilename", "Event.System.TargetFilename", "TargetFilename"}));
  EXPECT_EQ(shipped().raw_paths(*shipped().find("tetragon.process_exec"), "process_exec.process.binary"),
            std::vector<std::string>{"process_exec.process.binary"});
  EXPECT_EQ(shipped().raw_paths(RecordType::Generic, "a.b"), std::vector<std::string>{"a.b"});
}

}  // namespace
}  // namespace hecate
