#include "lang/kql/function_columns.h"

// https://learn.microsoft.com/kusto/query/scalar-functions: datetimes and timespans.
namespace hecate::kql {
namespace {

using namespace columns;

// clang-format off
constexpr FunctionInfo kFunctions[] = {
    {"ago", 1, 2, {S, D}, Datetime, "kql.ago", Own, "A time before now.", "ago(1d)"},
    {"datepart", 2, 2, {T, D}, Long, "kql.datetime_part", Own, "The old name of datetime_part.", "datepart(\"hour\", Time)", 1},
    {"datetime_add", 3, 3, {T, L, D}, Datetime, "kql.datetime_add", Own, "Adds parts of a date.", "datetime_add(\"month\", 1, Time)", 1},
    {"datetime_diff", 3, 3, {T, D, D}, Long, "kql.datetime_diff", Own, "Boundaries between two times.", "datetime_diff(\"day\", a, b)", 1},
    {"datetime_local_to_utc", 2, 2, {D, T}, Datetime, "kql.datetime_local_to_utc", Own, "From a time zone's local time.", "datetime_local_to_utc(Time, \"Europe/Paris\")"},
    {"datetime_part", 2, 2, {T, D}, Long, "kql.datetime_part", Own, "A part of a time.", "datetime_part(\"hour\", Time)", 1},
    {"datetime_utc_to_local", 2, 2, {D, T}, Datetime, "kql.datetime_utc_to_local", Own, "To a time zone's local time.", "datetime_utc_to_local(Time, \"Europe/Paris\")"},
    {"dayofmonth", 1, 1, {D}, Long, "kql.dayofmonth", Own, "1 to 31.", "dayofmonth(Time)"},
    {"dayofweek", 1, 1, {D}, Timespan, "kql.dayofweek", Own, "Days since the last Sunday, as a timespan.", "dayofweek(Time)"},
    {"dayofyear", 1, 1, {D}, Long, "kql.dayofyear", Own, "1 to 366.", "dayofyear(Time)"},
    {"endofday", 1, 2, {D, L}, Datetime, "kql.endofday", Own, "The last tick of the day.", "endofday(Time)"},
    {"endofmonth", 1, 2, {D, L}, Datetime, "kql.endofmonth", Own, "The last tick of the month.", "endofmonth(Time)"},
    {"endofweek", 1, 2, {D, L}, Datetime, "kql.endofweek", Own, "The last tick of the week (Saturday).", "endofweek(Time)"},
    {"endofyear", 1, 2, {D, L}, Datetime, "kql.endofyear", Own, "The last tick of the year.", "endofyear(Time)"},
    {"format_datetime", 2, 2, {D, T}, Text, "kql.format_datetime", Keep, "A time by a pattern.", "format_datetime(Time, \"yyyy-MM-dd\")"},
    {"format_timespan", 2, 2, {S, T}, Text, "kql.format_timespan", Keep, "A timespan by a pattern.", "format_timespan(x, \"hh:mm\")"},
    {"getmonth", 1, 1, {D}, Long, "kql.getmonth", Own, "1 to 12.", "getmonth(Time)"},
    {"getyear", 1, 1, {D}, Long, "kql.getyear", Own, "The year.", "getyear(Time)"},
    {"hourofday", 1, 1, {D}, Long, "kql.hourofday", Own, "0 to 23.", "hourofday(Time)"},
    {"ingestion_time", 0, 0, {A, A, A, A}, Datetime, "", Own, "When the row came in: its TimeGenerated or Timestamp.", "ingestion_time()"},
    {"make_datetime", 1, 6, {A, N, N, N}, Datetime, "kql.make_datetime", Own, "A time from its parts.", "make_datetime(2024, 1, 31)"},
    {"make_timespan", 1, 4, {A, N, N, N}, Timespan, "kql.make_timespan", Own, "A timespan from days, hours, minutes and seconds.", "make_timespan(1, 12, 30, 5)"},
    {"monthofyear", 1, 1, {D}, Long, "kql.getmonth", Own, "1 to 12.", "monthofyear(Time)"},
    {"now", 0, 1, {S}, Datetime, "kql.now", Own, "The time of the run.", "now()"},
    {"startofday", 1, 2, {D, L}, Datetime, "kql.startofday", Keep, "Midnight.", "startofday(Time)"},
    {"startofmonth", 1, 2, {D, L}, Datetime, "kql.startofmonth", Own, "The first of the month.", "startofmonth(Time)"},
    {"startofweek", 1, 2, {D, L}, Datetime, "kql.startofweek", Own, "The last Sunday.", "startofweek(Time)"},
    {"startofyear", 1, 2, {D, L}, Datetime, "kql.startofyear", Own, "The first of January.", "startofyear(Time)"},
    {"unixtime_microseconds_todatetime", 1, 1, {N}, Datetime, "kql.unixtime_microseconds_todatetime", Own, "A time from microseconds since 1970.", "unixtime_microseconds_todatetime(x)"},
    {"unixtime_milliseconds_todatetime", 1, 1, {N}, Datetime, "kql.unixtime_milliseconds_todatetime", Own, "A time from milliseconds since 1970.", "unixtime_milliseconds_todatetime(x)"},
    {"unixtime_nanoseconds_todatetime", 1, 1, {N}, Datetime, "kql.unixtime_nanoseconds_todatetime", Own, "A time from nanoseconds since 1970.", "unixtime_nanoseconds_todatetime(x)"},
    {"unixtime_seconds_todatetime", 1, 1, {N}, Datetime, "kql.unixtime_seconds_todatetime", Own, "A time from seconds since 1970.", "unixtime_seconds_todatetime(x)"},
    {"week_of_year", 1, 1, {D}, Long, "kql.week_of_year", Own, "The week of the year, by ISO 8601.", "week_of_year(Time)"},
    {"weekofyear", 1, 1, {D}, Long, "kql.week_of_year", Own, "The old name of week_of_year.", "weekofyear(Time)"},
};
// clang-format on

}  // namespace

std::span<const FunctionInfo> time_functions() { return kFunctions; }

}  // namespace hecate::kql
