#pragma once

#include <string_view>

// Windows events. One process in each shape; field names and nesting as the tool named writes them.
namespace hecate::events {

// Splunk's XmlWinEventLog: attributes in single quotes.
constexpr std::string_view kSysmonXml =
    R"(<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Sysmon' Guid='{5770385f-c22a-43e0-bf4c-06f5698ffbd9}'/><EventID>1</EventID><Version>5</Version><Level>4</Level><Task>1</Task><Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime='2025-12-06T21:11:02.649Z'/><EventRecordID>67583</EventRecordID><Correlation/><Execution ProcessID='3904' ThreadID='4272'/><Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>ws1.example.com</Computer><Security UserID='S-1-5-18'/></System><EventData><Data Name='RuleName'>-</Data><Data Name='UtcTime'>2025-12-06 21:11:02.632</Data><Data Name='ProcessGuid'>{0197231E-9BE6-6934-5301-000000000B00}</Data><Data Name='ProcessId'>3412</Data><Data Name='Image'>C:\Windows\System32\cmd.exe</Data><Data Name='OriginalFileName'>Cmd.Exe</Data><Data Name='CommandLine'>cmd.exe /c "whoami"</Data><Data Name='User'>WS1\alice</Data><Data Name='Hashes'>MD5=352B525E,SHA256=1F1D918E,IMPHASH=272245E2</Data><Data Name='ParentImage'>C:\Windows\explorer.exe</Data><Data Name='ParentCommandLine'>explorer.exe</Data></EventData></Event>)";

// evtx_dump -o jsonl, as in SigmaHQ's regression data.
constexpr std::string_view kSysmonNested =
    R"({"Event":{"#attributes":{"xmlns":"http://schemas.microsoft.com/win/2004/08/events/event"},"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon","Guid":"5770385F-C22A-43E0-BF4C-06F5698FFBD9"}},"EventID":1,"Version":5,"Level":4,"Task":1,"Opcode":0,"Keywords":"0x8000000000000000","TimeCreated":{"#attributes":{"SystemTime":"2025-12-06T21:11:02.649Z"}},"EventRecordID":67583,"Correlation":null,"Execution":{"#attributes":{"ProcessID":3904,"ThreadID":4272}},"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"ws1.example.com","Security":{"#attributes":{"UserID":"S-1-5-18"}}},"EventData":{"RuleName":"-","UtcTime":"2025-12-06 21:11:02.632","ProcessGuid":"0197231E-9BE6-6934-5301-000000000B00","ProcessId":3412,"Image":"C:\\Windows\\System32\\cmd.exe","OriginalFileName":"Cmd.Exe","CommandLine":"cmd.exe /c \"whoami\"","User":"WS1\\alice","ParentImage":"C:\\Windows\\explorer.exe","ParentCommandLine":"explorer.exe"}}})";

constexpr std::string_view kSysmonVelociraptor =
    R"({"System":{"Provider":{"Name":"Microsoft-Windows-Sysmon","Guid":"5770385F-C22A-43E0-BF4C-06F5698FFBD9"},"EventID":{"Value":1},"Version":5,"Level":4,"Task":1,"TimeCreated":{"SystemTime":1765055462.649},"EventRecordID":67583,"Execution":{"ProcessID":3904,"ThreadID":4272},"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"ws1.example.com","Security":{"UserID":"S-1-5-18"}},"EventData":{"ProcessId":3412,"Image":"C:\\Windows\\System32\\cmd.exe","OriginalFileName":"Cmd.Exe","CommandLine":"cmd.exe /c \"whoami\"","ParentImage":"C:\\Windows\\explorer.exe","ParentCommandLine":"explorer.exe"}})";

constexpr std::string_view kSysmonWinlogbeat =
    R"({"@timestamp":"2025-12-06T21:11:02.649Z","event":{"code":"1","provider":"Microsoft-Windows-Sysmon"},"host":{"name":"ws1.example.com"},"winlog":{"channel":"Microsoft-Windows-Sysmon/Operational","event_id":"1","provider_name":"Microsoft-Windows-Sysmon","computer_name":"ws1.example.com","process":{"pid":3904,"thread":{"id":4272}},"event_data":{"ProcessId":"3412","Image":"C:\\Windows\\System32\\cmd.exe","OriginalFileName":"Cmd.Exe","CommandLine":"cmd.exe /c \"whoami\"","ParentImage":"C:\\Windows\\explorer.exe","ParentCommandLine":"explorer.exe"}}})";

// Elastic's Sysmon module: the Elastic Common Schema's names instead of the originals.
constexpr std::string_view kSysmonEcs =
    R"({"@timestamp":"2025-12-06T21:11:02.649Z","event":{"code":"1","provider":"Microsoft-Windows-Sysmon","category":["process"]},"host":{"name":"ws1.example.com"},"winlog":{"channel":"Microsoft-Windows-Sysmon/Operational","event_id":1,"provider_name":"Microsoft-Windows-Sysmon","computer_name":"ws1.example.com","event_data":{"LogonGuid":"{0197231e-99ca-6934-a8eb-010000000000}"}},"process":{"pid":3412,"entity_id":"{0197231E-9BE6-6934-5301-000000000B00}","executable":"C:\\Windows\\System32\\cmd.exe","command_line":"cmd.exe /c \"whoami\"","pe":{"original_file_name":"Cmd.Exe","imphash":"272245e2"},"hash":{"md5":"352b525e","sha256":"1f1d918e"},"parent":{"executable":"C:\\Windows\\explorer.exe","command_line":"explorer.exe"}},"user":{"name":"alice","domain":"WS1"}})";

constexpr std::string_view kSysmonWazuh =
    R"({"timestamp":"2025-12-06T21:11:03.100+0000","agent":{"id":"001","name":"ws1"},"data":{"win":{"system":{"providerName":"Microsoft-Windows-Sysmon","eventID":"1","version":"5","level":"4","systemTime":"2025-12-06T21:11:02.649Z","processID":"3904","threadID":"4272","channel":"Microsoft-Windows-Sysmon/Operational","computer":"ws1.example.com"},"eventdata":{"processId":"3412","image":"C:\\Windows\\System32\\cmd.exe","originalFileName":"Cmd.Exe","commandLine":"cmd.exe /c \"whoami\"","parentImage":"C:\\Windows\\explorer.exe","parentCommandLine":"explorer.exe"}}}})";

constexpr std::string_view kSysmonNxlog =
    R"({"EventTime":"2025-12-06 22:11:02","Hostname":"ws1.example.com","Keywords":-9223372036854775808,"EventType":"INFO","SeverityValue":2,"Severity":"INFO","EventID":1,"SourceName":"Microsoft-Windows-Sysmon","ProviderGuid":"{5770385F-C22A-43E0-BF4C-06F5698FFBD9}","Version":5,"Task":1,"OpcodeValue":0,"RecordNumber":67583,"ExecutionProcessID":3904,"ThreadID":4272,"Channel":"Microsoft-Windows-Sysmon/Operational","Domain":"NT AUTHORITY","AccountName":"SYSTEM","UserID":"S-1-5-18","ProcessId":"3412","Image":"C:\\Windows\\System32\\cmd.exe","OriginalFileName":"Cmd.Exe","CommandLine":"cmd.exe /c \"whoami\"","ParentImage":"C:\\Windows\\explorer.exe","ParentCommandLine":"explorer.exe","@timestamp":"2025-12-06T21:11:02.649Z"})";

// Microsoft Sentinel's table WindowsEvent.
constexpr std::string_view kSysmonSentinel =
    R"({"TimeGenerated":"2025-12-06T21:11:02.649Z","Provider":"Microsoft-Windows-Sysmon","Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"ws1.example.com","EventID":1,"EventLevelName":"Information","EventData":{"ProcessId":"3412","Image":"C:\\Windows\\System32\\cmd.exe","OriginalFileName":"Cmd.Exe","CommandLine":"cmd.exe /c \"whoami\"","ParentImage":"C:\\Windows\\explorer.exe","ParentCommandLine":"explorer.exe"},"Type":"WindowsEvent"})";

// Its table Event: the data as XML in a text.
constexpr std::string_view kSysmonSentinelEvent =
    R"({"TimeGenerated":"2025-12-06T21:11:02.649Z","Source":"Microsoft-Windows-Sysmon","EventLog":"Microsoft-Windows-Sysmon/Operational","Computer":"ws1.example.com","EventID":1,"EventLevelName":"Information","ParameterXml":"<Param>-</Param>","EventData":"<DataItem type=\"System.XmlData\" time=\"2025-12-06T21:11:02.649Z\" sourceHealthServiceId=\"0\"><EventData xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\"><Data Name=\"ProcessId\">3412</Data><Data Name=\"Image\">C:\\Windows\\System32\\cmd.exe</Data><Data Name=\"OriginalFileName\">Cmd.Exe</Data><Data Name=\"CommandLine\">cmd.exe /c &quot;whoami&quot;</Data><Data Name=\"ParentImage\">C:\\Windows\\explorer.exe</Data><Data Name=\"ParentCommandLine\">explorer.exe</Data></EventData></DataItem>","RenderedDescription":"Process Create","Type":"Event"})";

// What Wazuh's manager makes of it: escaped twice.
constexpr std::string_view kSysmonWazuhDoubled =
    R"({"timestamp":"2025-12-06T21:11:03.100+0000","agent":{"id":"001","name":"ws1"},"data":{"win":{"system":{"providerName":"Microsoft-Windows-Sysmon","eventID":"1","version":"5","level":"4","systemTime":"2025-12-06T21:11:02.649Z","processID":"3904","threadID":"4272","channel":"Microsoft-Windows-Sysmon/Operational","computer":"ws1.example.com"},"eventdata":{"processId":"3412","image":"C:\\\\Windows\\\\System32\\\\cmd.exe","originalFileName":"Cmd.Exe","commandLine":"cmd.exe /c \\\"whoami\\\"","parentImage":"C:\\\\Windows\\\\explorer.exe","parentCommandLine":"explorer.exe"}}}})";

constexpr std::string_view kSecurity4688 =
    R"(<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Microsoft-Windows-Security-Auditing" Guid="{54849625-5478-4994-A5BA-3E3B0328C30D}"/><EventID>4688</EventID><Version>2</Version><Level>0</Level><Keywords>0x8020000000000000</Keywords><TimeCreated SystemTime="2015-11-12T02:24:52.377352500Z"/><Channel>Security</Channel><Computer>WIN-GG82ULGC9GO.contoso.local</Computer></System><EventData><Data Name="SubjectUserSid">S-1-5-18</Data><Data Name="SubjectUserName">WIN-GG82ULGC9GO$</Data><Data Name="SubjectDomainName">CONTOSO</Data><Data Name="SubjectLogonId">0x3e7</Data><Data Name="NewProcessId">0x2e0</Data><Data Name="NewProcessName">C:\Windows\System32\net.exe</Data><Data Name="TokenElevationType">%%1938</Data><Data Name="ProcessId">0x2000</Data><Data Name="CommandLine">net user</Data><Data Name="TargetUserSid">S-1-0-0</Data><Data Name="TargetUserName">dadmin</Data><Data Name="TargetDomainName">CONTOSO</Data><Data Name="TargetLogonId">0x1af0</Data><Data Name="ParentProcessName">C:\Windows\System32\cmd.exe</Data><Data Name="MandatoryLabel">S-1-16-12288</Data></EventData></Event>)";

constexpr std::string_view kDefenderXml =
    R"(<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Microsoft-Windows-Windows Defender"/><EventID>1116</EventID><Channel>Microsoft-Windows-Windows Defender/Operational</Channel><Computer>ws1</Computer></System><EventData><Data Name="Threat Name">HackTool:Win64/Mikatz!dha</Data><Data Name="Source Name">Real-Time Protection</Data><Data Name="Process Name">C:\Windows\explorer.exe</Data><Data Name="Additional Actions ID">0</Data><Data Name="Path">file:_C:\mimikatz.exe</Data></EventData></Event>)";

constexpr std::string_view kDefenderNested =
    R"({"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Windows Defender"}},"EventID":1116,"Channel":"Microsoft-Windows-Windows Defender/Operational","Computer":"ws1"},"EventData":{"Threat Name":"HackTool:Win64/Mikatz!dha","Source Name":"Real-Time Protection","Process Name":"C:\\Windows\\explorer.exe","Additional Actions ID":"0","Path":"file:_C:\\mimikatz.exe"}}})";

constexpr std::string_view kWmiXml =
    R"(<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Microsoft-Windows-WMI-Activity"/><EventID>5858</EventID><Channel>Microsoft-Windows-WMI-Activity/Operational</Channel></System><UserData><Operation_ClientFailure xmlns="http://manifests.microsoft.com/win/2006/windows/WMI"><Operation>Start IWbemServices::ExecQuery</Operation><PossibleCause>Unknown</PossibleCause></Operation_ClientFailure></UserData></Event>)";

constexpr std::string_view kWmiNested =
    R"({"Event":{"System":{"EventID":5858,"Channel":"Microsoft-Windows-WMI-Activity/Operational"},"UserData":{"Operation_ClientFailure":{"#attributes":{"xmlns":"http://manifests.microsoft.com/win/2006/windows/WMI"},"Operation":"Start IWbemServices::ExecQuery","PossibleCause":"Unknown"}}}})";

constexpr std::string_view kLogCleared =
    R"({"Event":{"System":{"EventID":1102,"Channel":"Security"},"UserData":{"LogFileCleared":{"SubjectUserName":"root","SubjectDomainName":"WS1","Channel":"System"}}}})";

constexpr std::string_view kClassicXml =
    R"(<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="PowerShell"/><EventID Qualifiers="0">400</EventID><Channel>Windows PowerShell</Channel></System><EventData><Data>Available</Data><Data>None</Data><Data>HostName=ConsoleHost
	HostApplication=powershell -enc AAAA</Data></EventData></Event>)";

constexpr std::string_view kClassicNested =
    R"({"Event":{"System":{"EventID":{"#attributes":{"Qualifiers":0},"#text":400},"Channel":"Windows PowerShell"},"EventData":{"Data":{"#text":["Available","None","HostName=ConsoleHost\n\tHostApplication=powershell -enc AAAA"]}}}})";

constexpr std::string_view kClassicWinlogbeat =
    R"({"winlog":{"channel":"Windows PowerShell","event_id":"400","event_data":{"param1":"Available","param2":"None","param3":"HostName=ConsoleHost\n\tHostApplication=powershell -enc AAAA"}}})";

constexpr std::string_view kApplicationXml =
    R"(<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="MSSQLSERVER"/><EventID Qualifiers="16384">15457</EventID><Channel>Application</Channel></System><EventData><Data>xp_cmdshell</Data><Data>0</Data><Data>1</Data></EventData></Event>)";

// RPC Firewall: a classic provider with a log of its own; the seventh and eighth of its data are what rules ask for.
// Local calls have no address.
constexpr std::string_view kRpcFirewallXml =
    R"(<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="RPCFW"/><EventID Qualifiers="16386">3</EventID><Version>0</Version><Level>0</Level><Task>0</Task><Keywords>0xa0000000000000</Keywords><TimeCreated SystemTime="2024-03-12T02:59:48.1132350Z"/><EventRecordID>101899</EventRecordID><Channel>RPCFW</Channel><Computer>ws1.example.com</Computer></System><EventData><Data>NdrServerCall2</Data><Data>5912</Data><Data>C:\Windows\system32\svchost.exe</Data><Data>ncacn_np</Data><Data>\pipe\atsvc</Data><Data></Data><Data>1ff70682-0a51-30e8-076d-740be8cee98b</Data><Data>0</Data><Data>CORP\alice</Data><Data>PKT_PRIVACY</Data><Data>NTLM</Data></EventData></Event>)";

constexpr std::string_view kRpcFirewallNested =
    R"({"Event":{"System":{"Provider":{"#attributes":{"Name":"RPCFW"}},"EventID":{"#attributes":{"Qualifiers":16386},"#text":3},"Channel":"RPCFW","Computer":"ws1.example.com"},"EventData":{"Data":{"#text":["NdrServerCall2","5912","C:\\Windows\\system32\\svchost.exe","ncacn_np","\\pipe\\atsvc","","1ff70682-0a51-30e8-076d-740be8cee98b","0","CORP\\alice","PKT_PRIVACY","NTLM"]}}}})";

constexpr std::string_view kRpcFirewallWinlogbeat =
    R"({"@timestamp":"2024-03-12T02:59:48.113Z","winlog":{"channel":"RPCFW","event_id":"3","provider_name":"RPCFW","computer_name":"ws1.example.com","event_data":{"param1":"NdrServerCall2","param2":"5912","param3":"C:\\Windows\\system32\\svchost.exe","param4":"ncacn_np","param5":"\\pipe\\atsvc","param7":"1ff70682-0a51-30e8-076d-740be8cee98b","param8":"0","param9":"CORP\\alice","param10":"PKT_PRIVACY","param11":"NTLM"}}})";

// NXLog and others that keep but the message; Messages.mc of the product.
constexpr std::string_view kRpcFirewallMessage =
    R"({"EventLog":"RPCFW","EventID":3,"SourceName":"RPCFW","Hostname":"ws1.example.com","Message":"An RPC server function was called.\r\n\r\nProcess Information:\r\n\tProcess ID:\t5912\r\n\tImage Path:\tC:\\Windows\\system32\\svchost.exe\r\n\tRPCRT_Func:\tNdrServerCall2\r\n\r\nNetwork Information:\r\n\tProtocol:\tncacn_np\r\n\tEndpoint:\t\\pipe\\atsvc\r\n\tSource Network Address:\t\r\n\r\nRPC Information:\r\n\tInterfaceUuid:\t1ff70682-0a51-30e8-076d-740be8cee98b\r\n\tOpNum:\t\t0\r\n\r\nSubject:\r\n\tSecurity ID:\tCORP\\alice\r\n"})";

}  // namespace hecate::events
