#pragma once

#include <string_view>

namespace hecate::ingest::test {

// Shapes as the products write them (Tetragon's JSON export, Sysmon for Linux in syslog), shortened.
constexpr std::string_view kTetragonLine =
    R"({"process_exec":{"process":{"exec_id":"bWluaWt1YmU6MQ==","pid":38313,"uid":0,"cwd":"/","binary":"/usr/bin/crontab","arguments":"-e","start_time":"2022-02-01T18:01:56.410Z","auid":4294967295,"pod":{"namespace":"tenant-jobs","name":"web-0","container":{"id":"docker://e6af","pid":191},"pod_labels":{"app.kubernetes.io/name":"web","k8s-app":"x"}},"cap":{"permitted":["CAP_CHOWN","CAP_KILL"]}},"parent":{"pid":1,"binary":"/bin/sh"},"ancestors":[{"pid":7,"binary":"/a"},{"pid":8,"binary":"/b"}]},"node_name":"minikube","time":"2022-02-01T18:01:56.410Z"})";

constexpr std::string_view kTetragonPretty = R"({
   "process_exec":{
      "process":{
         "pid":38313,
         "binary":"/usr/bin/cat",
         "cap":{
            "permitted":[
               "CAP_CHOWN",
               "CAP_KILL"
            ],
            "inheritable":[]
         }
      }
   },
   "node_name":"minikube",
   "time":"2022-02-01T18:01:56.410Z"
})";

constexpr std::string_view kTetragonExit =
    R"({"process_exit":{"process":{"pid":38313,"binary":"/usr/bin/cat"},"status":0,"signal":null},"node_name":"minikube","time":"2022-02-01T18:01:57.000Z"})";

constexpr std::string_view kSysmonXml =
    R"(<Event><System><Provider Name="Linux-Sysmon" Guid="{ff032593-a8d3-4f13-b0d6-01fc615a0f97}"/><EventID>11</EventID><Version>2</Version><TimeCreated SystemTime="2022-08-09T10:42:47.757325000Z"/><Correlation/><Execution ProcessID="1234" ThreadID="1234"/><Computer>ubuntu</Computer><Security UserId="0"/></System><EventData><Data Name="RuleName">-</Data><Data Name="Image">/usr/bin/crontab</Data><Data Name="TargetFilename">/var/spool/cron/crontabs/tmp.a&lt;b</Data><Data>loose</Data></EventData></Event>)";

}  // namespace hecate::ingest::test
