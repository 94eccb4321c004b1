#include <algorithm>
#include <array>

#include "lang/spl/parse.h"

namespace hecate::spl {
namespace {

// What each group of commands needs that is not here.
constexpr std::string_view kServer = "it asks a Splunk server, and there is none here";
constexpr std::string_view kWrites = "nothing is written or sent from a search here, but lookups by `outputlookup`";
constexpr std::string_view kModel =
    "its result comes from a model that is not documented exactly; thresholds with `eventstats` say what is unusual";
constexpr std::string_view kDisplay = "it changes only how Splunk shows results; leave it out";
constexpr std::string_view kProgram =
    "it is an external program; do what it does with `eval`, or before the logs are read";
constexpr std::string_view kSummary = "summary indexes are not written; use the command without `si`";

// Search Reference, "Command quick reference", and commands of add-ons that detections are known to use.
constexpr std::array<UnsupportedCommand, 112> kUnsupported{{
    {"abstract", kDisplay},
    {"analyzefields", kModel},
    {"anomalies", kModel},
    {"anomalousvalue", kModel},
    {"anomalydetection", kModel},
    {"apply", kModel},
    {"arules", kModel},
    {"associate", kModel},
    {"audit", kServer},
    {"awssnsalert", kWrites},
    {"branch", "it is of SPL2; write two searches"},
    {"bucketdir", "what it compares is not documented exactly; use `stats` and `eval`"},
    {"cluster", kModel},
    {"cofilter", kModel},
    {"collect", kWrites},
    {"concurrency", "count what runs at once with `streamstats`"},
    {"contingency", "use `chart count over a by b`"},
    {"correlate", kModel},
    {"crawl", kServer},
    {"createrss", kWrites},
    {"ctable", "use `chart count over a by b`"},
    {"cyberchef", kProgram},
    {"datamodelsimple", kServer},
    {"dbinspect", kServer},
    {"dbxlookup", kProgram},
    {"dbxquery", kProgram},
    {"delete", "logs stay as they are"},
    {"deletemodel", kModel},
    {"diff", "what it compares is not documented exactly; use `stats` and `eval`"},
    {"dnstwist", kProgram},
    {"dump", kWrites},
    {"entitymerge", "Enterprise Security's asset lists are not here; use `lookup`"},
    {"erex", "write the regular expression with `rex`"},
    {"eventcount", kServer},
    {"expandtoken", kServer},
    {"fieldformat", "it changes only how Splunk shows a field; use `eval` for a new value"},
    {"fieldsummary", "use `stats` with the functions you need"},
    {"findkeywords", kModel},
    {"findtypes", kModel},
    {"fit", kModel},
    {"folderize", kModel},
    {"gauge", kDisplay},
    {"gentimes", "use `makeresults` and `mvrange`"},
    {"geom", kDisplay},
    {"geomfilter", kDisplay},
    {"geostats", "use `iplocation` and `stats`"},
    {"highlight", kDisplay},
    {"history", kServer},
    {"iconify", kDisplay},
    {"inputcsv", "use `inputlookup`"},
    {"inputintelligence", "use `inputlookup`"},
    {"kmeans", kModel},
    {"kvform", "use `rex`"},
    {"listmodels", kModel},
    {"loadjob", kServer},
    {"localize", "use `map` with `earliest=`"},
    {"localop", "leave it out: there is one machine"},
    {"mcollect", kWrites},
    {"metadata", "use `tstats count where index=* by host`"},
    {"metasearch", "use `tstats count where … by host`"},
    {"meventcollect", kWrites},
    {"mpreview", "metrics are not read; search the events"},
    {"msearch", "metrics are not read; search the events"},
    {"mstats", "metrics are not read; use `stats` over the events that hold them"},
    {"multikv", "use `rex max_match=0` and `mvexpand`"},
    {"nokv", "name the fields that you need with `fields`"},
    {"noop", "leave it out"},
    {"outputcsv",
     "nothing is written or sent from a search here, but lookups by `outputlookup`, and `--output ndjson` gives the "
     "rows"},
    {"outputtext", kDisplay},
    {"overlap", kServer},
    {"pivot", "use `tstats … from datamodel=`"},
    {"predict", kModel},
    {"prjob", "leave it out"},
    {"redistribute", "leave it out: there is one machine"},
    {"reltime", "use `eval age=tostring(now()-_time, \"duration\")`"},
    {"require", "use `appendpipe [stats count | where count=0]`"},
    {"rest", kServer},
    {"rtorder", "use `sort 0 - _time`"},
    {"run", kProgram},
    {"runshellscript", kWrites},
    {"sample", "use `head`, or `where` with a field that tells rows apart"},
    {"savedsearch", "write the search itself here"},
    {"score", kModel},
    {"script", kProgram},
    {"scrub", "use `rex mode=sed`"},
    {"searchtxn", "use `transaction`"},
    {"selfjoin", "use `stats values(*) as * by` the field"},
    {"sendalert", kWrites},
    {"sendemail", kWrites},
    {"set", "use `append` and `stats`, or `search NOT [ … ]`"},
    {"setfields", "use `eval`"},
    {"sichart", kSummary},
    {"sirare", kSummary},
    {"sistats", kSummary},
    {"sitimechart", kSummary},
    {"sitop", kSummary},
    {"snowevent", kWrites},
    {"snoweventstream", kWrites},
    {"snowincident", kWrites},
    {"snowincidentstream", kWrites},
    {"summary", kModel},
    {"surrounding", kServer},
    {"tags", "`tag` is a field already, by the catalog's data models"},
    {"timewrap", "use `eval` to make the day a field, and `chart … by` it"},
    {"tscollect", kWrites},
    {"typeahead", kServer},
    {"typelearner", kModel},
    {"typer", kServer},
    {"walklex", kServer},
    {"x11", kModel},
    {"xmlunescape", "use `replace()`"},
    {"xpath", "use `spath`"},
}};
static_assert(std::is_sorted(kUnsupported.begin(), kUnsupported.end(),
                             [](const auto& a, const auto& b) { return a.name < b.name; }));

}  // namespace

std::span<const UnsupportedCommand> unsupported_commands() { return kUnsupported; }

const UnsupportedCommand* find_unsupported_command(std::string_view name) {
  const auto* row = std::lower_bound(kUnsupported.begin(), kUnsupported.end(), name,
                                     [](const auto& each, std::string_view wanted) { return each.name < wanted; });
  return row != kUnsupported.end() && row->name == name ? row : nullptr;
}

}  // namespace hecate::spl
