#pragma once

#include <array>
#include <string_view>

namespace hecate::bench {

/// A search as a hunter types it, and the same by hand for DuckDB over the same file, which `{}` stands for.
struct Search {
  std::string_view name;
  bool selective;  // few events pass its filter
  std::string_view spl;
  std::string_view sql;
};

inline constexpr std::array kSearches{
    Search{
        "program by its path", true, R"(search EventID=1 Image="*\\powershell.exe" | stats count by Image CommandLine)",
        R"(SELECT Image, CommandLine, count(*) FROM read_ndjson('{}', records='true', ignore_errors=true, columns={EventID: 'BIGINT', Image: 'VARCHAR',
              CommandLine: 'VARCHAR'}) WHERE EventID = 1 AND Image ILIKE '%\powershell.exe' GROUP BY ALL)"},
    Search{
        "words of a command line", true,
        R"(search CommandLine="*-enc*" OR CommandLine="*downloadstring*" | stats count by Hostname CommandLine)",
        R"(SELECT Hostname, CommandLine, count(*) FROM read_ndjson('{}', records='true', ignore_errors=true, columns={Hostname: 'VARCHAR',
              CommandLine: 'VARCHAR'}) WHERE CommandLine ILIKE '%-enc%' OR CommandLine ILIKE '%downloadstring%'
              GROUP BY ALL)"},
    Search{
        "connections to a port", true,
        R"(search EventID=3 DestinationPort=445 | stats count by SourceIp DestinationIp)",
        R"(SELECT SourceIp, DestinationIp, count(*) FROM read_ndjson('{}', records='true', ignore_errors=true, columns={EventID: 'BIGINT',
              DestinationPort: 'VARCHAR', SourceIp: 'VARCHAR', DestinationIp: 'VARCHAR'})
              WHERE EventID = 3 AND DestinationPort = '445' GROUP BY ALL)"},
    Search{
        "a registry key", true,
        R"(search EventID=13 TargetObject="*\\CurrentVersion\\Run\\*" | stats count by TargetObject Details)",
        R"(SELECT TargetObject, Details, count(*) FROM read_ndjson('{}', records='true', ignore_errors=true, columns={EventID: 'BIGINT',
              TargetObject: 'VARCHAR', Details: 'VARCHAR'})
              WHERE EventID = 13 AND TargetObject ILIKE '%\CurrentVersion\Run\%' GROUP BY ALL)"},
    Search{
        "a word in scripts", true, R"(search EventID=4104 ScriptBlockText="*mimikatz*" | stats count by Hostname)",
        R"(SELECT Hostname, count(*) FROM read_ndjson('{}', records='true', ignore_errors=true, columns={EventID: 'BIGINT', ScriptBlockText: 'VARCHAR',
              Hostname: 'VARCHAR'}) WHERE EventID = 4104 AND ScriptBlockText ILIKE '%mimikatz%' GROUP BY ALL)"},
    Search{"events by number", false, "search * | stats count by EventID",
           "SELECT EventID, count(*) FROM read_ndjson('{}', records='true', ignore_errors=true, columns={EventID: "
           "'BIGINT'}) WHERE "
           "EventID IS NOT NULL GROUP BY ALL"},
    Search{
        "kinds of events by host", false, "search * | stats dc(EventID) by Hostname",
        R"(SELECT Hostname, count(DISTINCT EventID) FROM read_ndjson('{}', records='true', ignore_errors=true, columns={EventID: 'BIGINT',
              Hostname: 'VARCHAR'}) WHERE Hostname IS NOT NULL GROUP BY ALL)"},
    Search{
        "providers", false, "search * | stats count dc(Hostname) by SourceName Channel",
        R"(SELECT SourceName, Channel, count(*), count(DISTINCT Hostname) FROM read_ndjson('{}', records='true', ignore_errors=true, columns={SourceName:
              'VARCHAR', Channel: 'VARCHAR', Hostname: 'VARCHAR'}) WHERE SourceName IS NOT NULL AND Channel IS NOT NULL
              GROUP BY ALL)"},
    Search{
        "programs", false, "search * | stats count by Image | sort 20 - count",
        R"(SELECT Image, count(*) AS n FROM read_ndjson('{}', records='true', ignore_errors=true, columns={Image: 'VARCHAR'}) WHERE Image IS NOT NULL
              GROUP BY ALL ORDER BY n DESC LIMIT 20)"},
    Search{
        "longest messages", false, "search * | eval n=len(Message) | stats max(n) avg(n) by Channel",
        R"(SELECT Channel, max(length(Message)), avg(length(Message)) FROM read_ndjson('{}', records='true', ignore_errors=true, columns={Channel:
              'VARCHAR', Message: 'VARCHAR'}) WHERE Channel IS NOT NULL GROUP BY ALL)"},
};

}  // namespace hecate::bench
