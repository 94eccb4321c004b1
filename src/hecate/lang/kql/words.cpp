#include "lang/kql/words.h"

#include <algorithm>
#include <array>

namespace hecate::kql {
namespace {

// clang-format off
// The tables of the grammar in https://github.com/microsoft/Kusto-Query-Language, of those words that consist of
// letters and underscores; in the order of bytes, so that they can be searched by halves.
constexpr std::array<std::string_view, 27> kNewNames = {
    "accumulate", "as", "by", "contains", "datatable", "earliest", "externaldata", "find", "has", "in", "invoke",
    "latest", "materialize", "mdm", "of", "print", "sample", "search", "set", "sql", "title", "to", "toscalar",
    "totable", "verbose", "viewers", "where",
};
constexpr std::array<std::string_view, 3> kPathNames = {
    "kind", "with_source", "withsource",
};
constexpr std::array<std::string_view, 129> kReserved = {
    "3Dchart", "__contextual_datatable", "__crossCluster", "__crossDB", "__executeAndCache", "__id", "__isFuzzy",
    "__noWithSource", "__packedColumn", "__projectAway", "__sourceColumnIndex", "and", "anomalychart", "areachart",
    "asc", "bagexpansion", "barchart", "between", "bin_legacy", "boolean", "byte", "cachingpolicy", "callout",
    "cancel", "card", "char", "columnchart", "contains_cs", "containscs", "cycles", "dataexport", "datascope", "date",
    "datetime", "decimal", "decodeblocks", "desc", "double", "dynamic", "encodingpolicy", "endswith", "endswith_cs",
    "expandoutput", "extent_tags_retention", "external_data", "first", "flags", "float", "force_remote", "harddelete",
    "hardretention", "has_all", "has_any", "has_cs", "hasprefix", "hasprefix_cs", "hassuffix", "hassuffix_cs",
    "hotcache", "int", "int16", "int32", "int64", "int8", "isfuzzy", "journal", "ladderchart", "last", "like",
    "likecs", "linechart", "long", "missing", "nooptimization", "notcontains", "notcontainscs", "notlike",
    "notlikecs", "or", "others", "pathformat", "piechart", "pivotchart", "project", "queries", "query_results",
    "real", "relaxed", "restricted_view_access", "row_level_security", "rowstore", "rowstore_references",
    "rowstore_sealinfo", "rowstorepolicy", "rowstores", "scatterchart", "seal", "seals", "shards", "simple",
    "softdelete", "softretention", "stackedareachart", "startswith", "startswith_cs", "statistics",
    "storedqueryresultcontainers", "string", "tablepurge", "time", "timechart", "timeline", "timepivot", "timespan",
    "treemap", "uint", "uint16", "uint32", "uint64", "uint8", "ulong", "union", "uniqueid", "unrestrictedviewers",
    "views", "with_itemindex", "with_match_id", "with_step_name", "writeaheadlog",
};
// clang-format on

template <size_t N>
bool holds(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::binary_search(words.begin(), words.end(), word);
}

}  // namespace

WordUse word_use(std::string_view word) {
  if (holds(kReserved, word)) return WordUse::Reserved;
  if (holds(kNewNames, word)) return WordUse::NewName;
  return holds(kPathNames, word) ? WordUse::PathName : WordUse::Name;
}

}  // namespace hecate::kql
