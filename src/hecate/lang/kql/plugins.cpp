#include "lang/kql/plugins.h"

#include <algorithm>

namespace hecate::kql {
namespace {

using enum Slot;
using enum PluginKind;
constexpr bool Optional = true;

constexpr std::string_view kNetwork = "it asks a service over the network, which Hecate does not";
constexpr std::string_view kInterpreter = "it runs a program in a sandbox of Kusto's; write it in KQL";

// --- the plugins that are queries, as their pages describe them ---

constexpr std::string_view kActiveUsers = R"kql(
| where __time > __start - __lookback and __time <= __end
| extend __time = bin_at(__time, __period, __start)
| distinct __user, __time{dims}
| extend __o = range(0, toint(ceiling(1.0 * __lookback / __period)) - 1)
| mv-expand __o to typeof(long)
| extend __time = __time + __o * __period
| summarize __n = count(), __own = countif(__o == 0) by __user, __time{dims}
| where __own > 0 and __n >= __active and __time >= __start and __time <= __end
| extend __time = bin_at(__time, __bin, __start)
| summarize dcount = dcount(__user) by __time{dims}
| sort by __time asc{then}
| project __time{dims}, dcount)kql";

constexpr std::string_view kActivityCounts = R"kql(
| where __time >= __start and __time <= __end
| extend __i = {index:__time}
| summarize __n = count() by __user, __i{dims}
| extend __key = tostring(pack_array(0{dims}, __user))
| sort by __key asc, __i asc
| extend __first = __key != prev(__key)
| summarize ['count'] = sum(__n), ['dcount'] = count(), new_dcount = countif(__first) by __i{dims}
| extend __key = tostring(pack_array(0{dims}))
| sort by __key asc, __i asc
| extend aggregated_dcount = row_cumsum(new_dcount, __key != prev(__key))
| sort by __i asc{then}
| project __time = {at:__i}{dims}, ['count'], ['dcount'], new_dcount, aggregated_dcount)kql";

constexpr std::string_view kActivityMetrics = R"kql(
| where __time >= __start and __time <= __end
| extend __i = {index:__time}
| distinct __user, __i{dims}{edges}
| extend __key = tostring(pack_array(0{dims}, __user))
| sort by __key asc, __i asc
| extend __kept = prev(__key) == __key and prev(__i) == __i - 1
| summarize dcount_values = count(), __back = countif(__kept) by __i{dims}{edges}
| extend __key = tostring(pack_array(0{dims}))
| sort by __key asc, __i asc
| extend __before = iff(prev(__key) == __key and prev(__i) == __i - 1, prev(dcount_values), 0)
| extend dcount_newvalues = dcount_values - __back, retention_rate = 1.0 * __back / __before
| extend churn_rate = 1.0 - retention_rate
| sort by __i asc{then}
| project __time = {at:__i}, dcount_values, dcount_newvalues, retention_rate, churn_rate{dims})kql";

constexpr std::string_view kActivityEngagement = R"kql(
| where __time >= __start and __time <= __end
| extend __i = {index:__time}
| distinct __user, __i{dims}{edges}
| extend __o = range(0, toint(ceiling(1.0 * __outer / __window)) - 1)
| mv-expand __o to typeof(long)
| extend __i = __i + __o
| where {at:__i} <= __end
| summarize dcount_activities_inner = dcountif(__user, __o == 0), dcount_activities_outer = dcount(__user) by __i{dims}{edges}
| sort by __i asc{then}
| project __time = {at:__i}, dcount_activities_inner, dcount_activities_outer,
    activity_ratio = 1.0 * dcount_activities_inner / dcount_activities_outer{dims})kql";

// A user is of the cohort of the first window that has it; those of the lookback are of none.
constexpr std::string_view kNewActivity = R"kql(
| where __time >= __start and __time <= __end
| extend __i = {index:__time}
| distinct __user, __i, __old{dims}
| summarize __all = make_list(__i), __first = min(__i) by __user, __old{dims}
| extend __first = iff(__old, -1, __first)
| mv-expand __i = __all to typeof(long)
| extend __from = range(0, __i)
| mv-expand __from to typeof(long)
| extend __new = iff(__from == __i, __first == __i, __first > __from)
| summarize __fresh = countif(__new), __kept = countif(__first == __from) by __from, __i{dims}
| summarize __counts = make_bag(bag_pack(strcat(__from, "_", __i), pack_array(__fresh, __kept))){by}
| extend __from = range(0, {index:__end})
| mv-expand __from to typeof(long)
| extend __i = range(__from, {index:__end})
| mv-expand __i to typeof(long)
| extend __cell = __counts[strcat(__from, "_", __i)], __cohort_cell = __counts[strcat(__from, "_", __from)]
| extend dcount_new_values = coalesce(tolong(__cell[0]), 0), dcount_retained_values = coalesce(tolong(__cell[1]), 0),
    __size = coalesce(tolong(__cohort_cell[1]), 0)
| extend dcount_churn_values = __size - dcount_retained_values
| where isnull(__cohort) or __from == {index:__cohort}
| sort by __from asc, __i asc{then}
| project __time = {at:__from}, __to = {at:__i}, dcount_new_values, dcount_retained_values, dcount_churn_values,
    retention_rate = 1.0 * dcount_retained_values / __size, churn_rate = 1.0 * dcount_churn_values / __size{dims})kql";

// An event counts where it begins a session, or where it is the first of its window.
constexpr std::string_view kSessionCount = R"kql(
| where __time >= __start - __lookback and __time <= __end
| extend __key = tostring(pack_array(0{dims}, __user)), __i = {index:__time}
| sort by __key asc, __time asc
| extend __more = prev(__key) == __key and __time - prev(__time) <= __lookback and prev(__i) == __i
| where __time >= __start and not(__more)
| summarize count_sessions = count() by __i{dims}
| sort by __i asc{then}
| project __time = {at:__i}{dims}, count_sessions)kql";

constexpr std::string_view kSlidingWindow = R"kql(
| where __time >= __start - __lookback and __time <= __end
| extend __i = {index:__time}
| summarize __n = count() by __user, __i{dims}
| extend __at = {at:__i}
| extend __o = range(0, toint(ceiling(1.0 * __lookback / {shortest})) - 1)
| mv-expand __o to typeof(long)
| extend __i = __i + __o
| where __i >= 0 and {at:__i} <= __end and __at > {at:__i} - __lookback
| summarize Count = sum(__n), Dcount = dcount(__user) by __i{dims}
| sort by __i asc{then}
| project __time = {at:__i}{dims}, Count, Dcount)kql";

constexpr std::string_view kRollingPercentile = R"kql(
| extend __time = bin(__time, __size)
| extend __o = range(0, __bins - 1)
| mv-expand __o to typeof(long)
| extend __time = __time + __o * __size
| summarize __percentile = percentile(__value, __percent), __own = countif(__o == 0) by __time{dims}
| where __own > 0
| sort by {order}__time asc
| project __time{dims}, __percentile)kql";

constexpr std::string_view kFunnelCompletion = R"kql(
| extend __step = array_index_of(__sequence, __state)
| where __time >= __start and __time <= __end and __step >= 0
| sort by __time asc
| extend __ticks = __plugin_ticks(__time), __i = {index:__time}
| summarize __t = make_list(__ticks), __s = make_list(__step), __b = make_list(__i) by __user
| mv-expand __found = __plugin_funnel(__t, __s, __b, __periods)
| summarize ['dcount'] = count() by __i = tolong(__found[0]), __p = tolong(__found[1]), __s = tolong(__found[2])
| sort by __i asc, __p asc, __s asc
| project __time = {at:__i}, __state = tostring(__sequence[__s]), Period = {period}(__periods[__p]), ['dcount'])kql";

// Three results, one below the other: what is before and behind, what is before, what is behind.
constexpr std::string_view kFunnel = R"kql(
| where __time >= __start and __time <= __end
| sort by __time asc
| extend __ticks = __plugin_ticks(__time), __i = {index:__time}
| summarize __t = make_list(__ticks), __s = make_list(tostring(__state)), __b = make_list(__i) by __user
| mv-expand __found = __plugin_neighbours(__t, __s, __b, __sequence, __plugin_ticks(__step_window))
| mv-expand __table = dynamic([1, 2, 3]) to typeof(long)
| extend __i = tolong(__found[0]), prev = iff(__table == 3, "", tostring(__found[1])), next = iff(__table == 2, "", tostring(__found[2]))
| summarize ['dcount'] = dcount(__user), samples = make_set(__user, 128) by __table, __i, prev, next
| sort by __table asc, __i asc, ['dcount'] desc, prev asc, next asc
| project __time = {at:__i}, prev, next, ['dcount'], samples)kql";

constexpr std::string_view kSchemaMerge = R"kql(
| serialize __row = row_number()
| summarize __row = min(__row), __low = min(ColumnOrdinal), __high = max(ColumnOrdinal), __types = make_set(ColumnType), __name = take_any(DataType) by ColumnName
| sort by __high asc, __row asc
| extend __place = row_number(0)
| extend ColumnType = case(array_length(__types) == 1, tostring(__types[0]),
    array_length(set_difference(__types, dynamic(["int", "long"]))) == 0, "long",
    array_length(set_difference(__types, dynamic(["int", "long", "real"]))) == 0, "real", "")
| extend __error = case(__preserve and __low != __high, "columns are out of order", isempty(ColumnType), "types cannot be reduced to one", "")
| project ColumnName, ColumnOrdinal = iff(isnotempty(__error), -1, iff(__preserve, __high, __place)),
    DataType = case(isnotempty(__error), strcat("ERROR(unknown CSL type:ERROR(", __error, "))"), array_length(__types) == 1, __name,
        ColumnType == "long", "System.Int64", "System.Double"),
    ColumnType = iff(isnotempty(__error), strcat("ERROR(", __error, ")"), ColumnType))kql";

constexpr PluginParameter kId{"IdColumn", Column, "__user"};
constexpr PluginParameter kTime{"TimelineColumn", Timeline, "__time"};
constexpr PluginParameter kStart{"Start", Moment, "__start"};
constexpr PluginParameter kEnd{"End", Moment, "__end"};
constexpr PluginParameter kMaybeStart{"Start", Moment, "__start", Optional};
constexpr PluginParameter kMaybeEnd{"End", Moment, "__end", Optional};
constexpr PluginParameter kDimensions{"Dimension", Dimensions, "__d", Optional};

// https://learn.microsoft.com/kusto/query/evaluate-operator: every plugin that has a page. What a native one takes the
// binder knows (bind_plugin*.cpp).
const std::vector<PluginInfo>& table() {
  static const std::vector<PluginInfo> rows = {
      {"active_users_count",
       Query,
       "Users that were active in several periods before.",
       "T | evaluate active_users_count(User, Time, datetime(2026-01-01), datetime(2026-01-31), 8d, 1d, 3, 7d)",
       {kId,
        kTime,
        kStart,
        kEnd,
        {"LookbackWindow", Length, "__lookback"},
        {"Period", Length, "__period"},
        {"ActivePeriodsCount", Count, "__active"},
        {"Bin", Length, "__bin"},
        kDimensions},
       kActiveUsers},
      {"activity_counts_metrics",
       Query,
       "Rows, users, and new users of each window.",
       "T | evaluate activity_counts_metrics(User, Time, datetime(2026-01-01), datetime(2026-01-31), 1d)",
       {kId, kTime, kStart, kEnd, {"Window", Calendar, "__window"}, kDimensions},
       kActivityCounts},
      {"activity_engagement",
       Query,
       "Users of a window as a share of those of a longer one.",
       "T | evaluate activity_engagement(User, Time, 1d, 7d)",
       {kId,
        kTime,
        kMaybeStart,
        kMaybeEnd,
        {"InnerActivityWindow", Length, "__window"},
        {"OuterActivityWindow", Length, "__outer"},
        kDimensions},
       kActivityEngagement},
      {"activity_metrics",
       Query,
       "Users of each window, and how many of the window before came back.",
       "T | evaluate activity_metrics(User, Time, 7d)",
       {kId, kTime, kMaybeStart, kMaybeEnd, {"Window", Calendar, "__window"}, kDimensions},
       kActivityMetrics},
      {"ai_chat_completion", Refused, kNetwork, "", {}, ""},
      {"ai_chat_completion_prompt", Refused, kNetwork, "", {}, ""},
      {"ai_embed_text", Refused, kNetwork, "", {}, ""},
      {"ai_embeddings", Refused, kNetwork, "", {}, ""},
      {"autocluster", Native, "Patterns that many rows share.", "T | evaluate autocluster()", {}, ""},
      {"azure_digital_twins_query_request", Refused, kNetwork, "", {}, ""},
      {"bag_unpack", Native, "The keys of an object as columns.", "T | evaluate bag_unpack(Data)", {}, ""},
      {"basket", Native, "Values that often stand together.", "T | evaluate basket(0.1)", {}, ""},
      {"cosmosdb_sql_request", Refused, kNetwork, "", {}, ""},
      {"csharp", Refused, kInterpreter, "", {}, ""},
      {"dcount_intersect", Native, "What sets of hll() have in common.", "T | evaluate dcount_intersect(a, b)", {}, ""},
      {"diffpatterns",
       Native,
       "Patterns of one half of the rows and not of the other.",
       "T | evaluate diffpatterns(Result, \"ok\", \"failed\")",
       {},
       ""},
      {"diffpatterns_text", Refused, "compare the texts' parts with diffpatterns", "", {}, ""},
      {"execute_query", Refused, kNetwork, "", {}, ""},
      {"execute_show_command", Refused, kNetwork, "", {}, ""},
      {"funnel_sequence",
       Query,
       "What comes before and behind a sequence of states.",
       "T | evaluate funnel_sequence(User, Time, datetime(2026-01-01), datetime(2026-01-31), 10m, 1d, State, "
       "dynamic([\"a\", \"b\"]))",
       {kId,
        kTime,
        kStart,
        kEnd,
        {"MaxSequenceStepWindow", Length, "__step_window"},
        {"Step", Calendar, "__window"},
        {"StateColumn", Column, "__state"},
        {"Sequence", List, "__sequence"}},
       kFunnel},
      {"funnel_sequence_completion",
       Query,
       "How many get how far in a sequence of states.",
       "T | evaluate funnel_sequence_completion(User, Time, datetime(2026-01-01), datetime(2026-01-31), 1d, State, "
       "dynamic([\"a\", \"b\"]), dynamic([10m, 1h]))",
       {kId,
        kTime,
        kStart,
        kEnd,
        {"Step", Calendar, "__window"},
        {"StateColumn", Column, "__state"},
        {"Sequence", List, "__sequence"},
        {"MaxSequenceStepWindows", List, "__periods"}},
       kFunnelCompletion},
      {"geo_line_lookup",
       Native,
       "Rows of a table whose line is near.",
       "T | evaluate geo_line_lookup(Roads, road, lon, lat, 100)",
       {},
       ""},
      {"geo_polygon_lookup",
       Native,
       "Rows of a table whose polygon holds a place.",
       "T | evaluate geo_polygon_lookup(Areas, area, lon, lat)",
       {},
       ""},
      {"http_request", Refused, kNetwork, "", {}, ""},
      {"http_request_post", Refused, kNetwork, "", {}, ""},
      {"identity", Native, "The rows as they are.", "T | evaluate identity()", {}, ""},
      {"infer_storage_schema", Refused, kNetwork, "", {}, ""},
      {"infer_storage_schema_with_suggestions", Refused, kNetwork, "", {}, ""},
      {"ipv4_lookup",
       Native,
       "Rows of a table whose network holds an address.",
       "T | evaluate ipv4_lookup(Networks, Address, Network)",
       {},
       ""},
      {"ipv6_lookup", Native, "The same of IPv6.", "T | evaluate ipv6_lookup(Networks, Address, Network)", {}, ""},
      {"mysql_request", Refused, kNetwork, "", {}, ""},
      {"narrow", Native, "A row for each value.", "T | evaluate narrow()", {}, ""},
      {"new_activity_metrics",
       Query,
       "How many of each window's new users come back in later ones.",
       "T | evaluate new_activity_metrics(User, Time, datetime(2026-01-01), datetime(2026-01-31), 7d)",
       {kId,
        kTime,
        kStart,
        kEnd,
        {"Window", Calendar, "__window"},
        {"Cohort", Moment, "__cohort", Optional},
        kDimensions,
        {"Lookback", Table, "__lookback", Optional}},
       kNewActivity},
      {"pivot", Native, "Values of a column as columns.", "T | evaluate pivot(Level, count(), Host)", {}, ""},
      {"postgresql_request", Refused, kNetwork, "", {}, ""},
      {"preview", Native, "The first rows, and below them how many there are.", "T | evaluate preview(5)", {}, ""},
      {"python", Refused, kInterpreter, "", {}, ""},
      {"r", Refused, kInterpreter, "", {}, ""},
      {"rolling_percentile",
       Query,
       "A percentile of the last bins, for each.",
       "T | evaluate rolling_percentile(Size, 95, Time, 1d, 3)",
       {{"ValueColumn", Column, "__value"},
        {"Percentile", Number, "__percent"},
        {"IndexColumn", Timeline, "__time"},
        {"BinSize", Length, "__size"},
        {"BinsPerWindow", Count, "__bins"},
        kDimensions},
       kRollingPercentile},
      {"rows_near",
       Native,
       "Rows before and behind those for which a condition is true.",
       "T | evaluate rows_near(Level == \"Error\", 2)",
       {},
       ""},
      {"schema_merge",
       Query,
       "Several schemas as one.",
       "union S1, S2 | evaluate schema_merge()",
       {{"PreserveOrder", Flag, "__preserve", Optional}},
       kSchemaMerge},
      {"sequence_detect",
       Native,
       "Where conditions come true one after the other, at most 65,536 times for each dimension.",
       "T | evaluate sequence_detect(Time, 10m, 1h, a = State == \"a\", b = State == \"b\", User)",
       {},
       ""},
      {"session_count",
       Query,
       "Sessions of each bin.",
       "T | evaluate session_count(User, Time, datetime(2026-01-01), datetime(2026-01-31), 1h, 30m)",
       {kId, kTime, kStart, kEnd, {"Bin", Calendar, "__window"}, {"LookBackWindow", Length, "__lookback"}, kDimensions},
       kSessionCount},
      {"sliding_window_counts",
       Query,
       "Rows and users of the time before each bin.",
       "T | evaluate sliding_window_counts(User, Time, datetime(2026-01-01), datetime(2026-01-31), 7d, 1d)",
       {kId, kTime, kStart, kEnd, {"LookbackWindow", Length, "__lookback"}, {"Bin", Calendar, "__window"}, kDimensions},
       kSlidingWindow},
      {"sql_request", Refused, kNetwork, "", {}, ""},
  };
  return rows;
}

}  // namespace

std::span<const PluginInfo> plugins() { return table(); }

const PluginInfo* find_plugin(std::string_view name) {
  const auto found =
      std::find_if(table().begin(), table().end(), [&](const PluginInfo& row) { return row.name == name; });
  return found == table().end() ? nullptr : &*found;
}

}  // namespace hecate::kql
