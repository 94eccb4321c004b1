#include "exec/tail/aggregates.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace hecate::tail {
namespace {

using Arguments = std::vector<Sql>;

bool is_numeric(Type type) { return type == Type::Long || type == Type::Real || type == Type::Decimal; }

/// The values that are not null, in the order of the rows.
std::string listed(const std::string& value, const std::string& present, const AggregatePrinter& printer) {
  // A window is in order already; DuckDB wants no second order inside it.
  const std::string_view order = printer.over.empty() ? " ORDER BY ord" : "";
  return fmt::format("list({}{}) FILTER (WHERE {} IS NOT NULL){}", value, order, present, printer.over);
}

/// All texts of a column in the order of the rows, absent ones left out: VARCHAR[], or NULL where there is none.
std::string texts_in_order(const Sql& x, const AggregatePrinter& printer) {
  if (x.type == Type::Many) return fmt::format("flatten({})", listed(x.text, x.text, printer));
  const std::string text = x.type == Type::String ? x.text : printer.call("list.text", {x}, Type::String);
  return listed(text, x.text, printer);
}

/// The distinct texts of a column, in no order.
std::string distinct_texts(const Sql& x, const AggregatePrinter& printer) {
  // DuckDB knows no DISTINCT in a window.
  if (!printer.over.empty()) return fmt::format("list_distinct({})", texts_in_order(x, printer));
  const std::string text =
      x.type == Type::String || x.type == Type::Many ? x.text : printer.call("list.text", {x}, Type::String);
  const std::string list = fmt::format("list(DISTINCT {}) FILTER (WHERE {} IS NOT NULL)", text, x.text);
  return x.type == Type::Many ? fmt::format("list_distinct(flatten({}))", list) : list;
}

std::string over_texts(std::string_view function, const Sql& x, Type result, const AggregatePrinter& printer) {
  return printer.call(function, {{texts_in_order(x, printer), Type::Many}}, result);
}

std::string count(const Arguments& /*a*/, Type /*result*/, const AggregatePrinter& p) { return "count(*)" + p.over; }

std::string spl_count(const Arguments& a, Type /*result*/, const AggregatePrinter& p) {
  if (a[0].type == Type::Many) return fmt::format("coalesce(sum(len({})){}, 0)::BIGINT", a[0].text, p.over);
  return fmt::format("count({}){}", a[0].text, p.over);
}

std::string spl_dc(const Arguments& a, Type /*result*/, const AggregatePrinter& p) {
  return fmt::format("coalesce(len({}), 0)::BIGINT", distinct_texts(a[0], p));
}

// "lexicographical order" and distinct: Splunk, Multivalue stats and chart functions, values(X).
std::string spl_values(const Arguments& a, Type /*result*/, const AggregatePrinter& p) {
  return fmt::format("nullif(list_sort({}), [])", distinct_texts(a[0], p));
}

// The first 100 in order: the same page, list(X).
std::string spl_list(const Arguments& a, Type /*result*/, const AggregatePrinter& p) {
  return fmt::format("nullif(({})[:100], [])", texts_in_order(a[0], p));
}

template <bool Largest>
std::string spl_extreme(const Arguments& a, Type result, const AggregatePrinter& p) {
  if (is_numeric(a[0].type)) return fmt::format("{}({}){}", Largest ? "max" : "min", a[0].text, p.over);
  return over_texts(Largest ? "list.max" : "list.min", a[0], result, p);
}

std::string spl_sum(const Arguments& a, Type result, const AggregatePrinter& p) {
  if (is_numeric(a[0].type)) return fmt::format("(sum({}){})::DOUBLE", a[0].text, p.over);
  return over_texts("list.sum", a[0], result, p);
}
std::string spl_avg(const Arguments& a, Type result, const AggregatePrinter& p) {
  if (is_numeric(a[0].type)) return fmt::format("avg({}){}", a[0].text, p.over);
  return over_texts("list.average", a[0], result, p);
}
std::string spl_stdev(const Arguments& a, Type result, const AggregatePrinter& p) {
  return over_texts("list.deviation", a[0], result, p);
}
std::string spl_stdevp(const Arguments& a, Type result, const AggregatePrinter& p) {
  return over_texts("list.deviation_all", a[0], result, p);
}
std::string spl_var(const Arguments& a, Type result, const AggregatePrinter& p) {
  return over_texts("list.variance", a[0], result, p);
}
std::string spl_varp(const Arguments& a, Type result, const AggregatePrinter& p) {
  return over_texts("list.variance_all", a[0], result, p);
}
std::string spl_sumsq(const Arguments& a, Type result, const AggregatePrinter& p) {
  return over_texts("list.squares", a[0], result, p);
}
std::string spl_mode(const Arguments& a, Type result, const AggregatePrinter& p) {
  return over_texts("list.mode", a[0], result, p);
}
std::string spl_earliest_time(const Arguments& a, Type /*result*/, const AggregatePrinter& p) {
  return fmt::format("min({}) FILTER (WHERE {} IS NOT NULL){}", a[1].text, a[0].text, p.over);
}
std::string spl_latest_time(const Arguments& a, Type /*result*/, const AggregatePrinter& p) {
  return fmt::format("max({}) FILTER (WHERE {} IS NOT NULL){}", a[1].text, a[0].text, p.over);
}
std::string spl_range(const Arguments& a, Type result, const AggregatePrinter& p) {
  if (is_numeric(a[0].type)) return fmt::format("(max({0}){1} - min({0}){1})::DOUBLE", a[0].text, p.over);
  return over_texts("list.range", a[0], result, p);
}
std::string spl_median(const Arguments& a, Type result, const AggregatePrinter& p) {
  return over_texts("list.median", a[0], result, p);
}
std::string spl_perc(const Arguments& a, Type result, const AggregatePrinter& p) {
  return p.call("list.percentile",
                {{texts_in_order(a[0], p), Type::Many}, {fmt::format("({})::DOUBLE", a[1].text), Type::Real}}, result);
}

/// The value of the row that comes first (or last) by `by`; ties by the order of the rows.
std::string pick(std::string_view function, const Sql& x, const std::string& by, Type result,
                 const AggregatePrinter& p) {
  const std::string picked =
      fmt::format("{0}({1}, {2}) FILTER (WHERE {1} IS NOT NULL){3}", function, x.text, by, p.over);
  return x.type == Type::Many && result != Type::Many ? fmt::format("({})[1]", picked) : picked;
}
std::string spl_first(const Arguments& a, Type result, const AggregatePrinter& p) {
  return pick("arg_min", a[0], "ord", result, p);
}
std::string spl_last(const Arguments& a, Type result, const AggregatePrinter& p) {
  return pick("arg_max", a[0], "ord", result, p);
}
std::string spl_earliest(const Arguments& a, Type result, const AggregatePrinter& p) {
  return pick("arg_min", a[0], a[1].text, result, p);
}
std::string spl_latest(const Arguments& a, Type result, const AggregatePrinter& p) {
  return pick("arg_max", a[0], a[1].text, result, p);
}

/// (latest - earliest) / (the time between), as Splunk's "Time functions", rate(X), says.
std::string spl_rate(const Arguments& a, Type /*result*/, const AggregatePrinter& p) {
  const Sql first{a[0].type == Type::Many ? a[0].text + "[1]" : a[0].text,
                  a[0].type == Type::Many ? Type::String : a[0].type};
  const std::string x = first.type == Type::String ? p.call("list.number", {first}, Type::Real) : first.text;
  const std::string filter = fmt::format(" FILTER (WHERE {} IS NOT NULL){}", x, p.over);
  return fmt::format("(arg_max({0}, {1}){2} - arg_min({0}, {1}){2}) / nullif(max({1}){2} - min({1}){2}, 0)", x,
                     a[1].text, filter);
}
std::string spl_estdc_error(const Arguments& /*a*/, Type /*result*/, const AggregatePrinter& p) {
  return "max(0.0::DOUBLE)" + p.over;
}
std::string spl_all(const Arguments& a, Type /*result*/, const AggregatePrinter& p) {
  return fmt::format("nullif({}, [])", texts_in_order(a[0], p));
}
/// (value, time, function, seconds)
std::string spl_sparkline(const Arguments& a, Type result, const AggregatePrinter& p) {
  const Sql value = a[0].type == Type::Many ? Sql{a[0].text + "[1]", Type::String} : a[0];
  const std::string text = value.type == Type::String ? value.text : p.call("list.text", {value}, Type::String);
  const std::string time = p.call("list.text", {a[1]}, Type::String);
  return p.call("list.sparkline",
                {{listed(time, value.text, p), Type::Many}, {listed(text, value.text, p), Type::Many}, a[2], a[3]},
                result);
}

// Sorted by name.
constexpr std::array<AggregateRow, 28> kAggregates{{
    {"count", count, "Number of rows."},
    {"spl.all", spl_all, "All values, in order."},
    {"spl.avg", spl_avg, "Mean of the numeric values."},
    {"spl.count", spl_count, "Number of values."},
    {"spl.dc", spl_dc, "Number of distinct values."},
    {"spl.earliest", spl_earliest, "The value of the earliest row."},
    {"spl.earliest_time", spl_earliest_time, "The least time of the rows that have a value."},
    {"spl.estdc_error", spl_estdc_error, "0: distinct values are counted."},
    {"spl.first", spl_first, "The value of the first row that has one."},
    {"spl.last", spl_last, "The value of the last row that has one."},
    {"spl.latest", spl_latest, "The value of the latest row."},
    {"spl.latest_time", spl_latest_time, "The greatest time of the rows that have a value."},
    {"spl.list", spl_list, "The first 100 values, in order."},
    {"spl.max", spl_extreme<true>, "Largest value."},
    {"spl.median", spl_median, "Median of the numeric values."},
    {"spl.min", spl_extreme<false>, "Smallest value."},
    {"spl.mode", spl_mode, "The most frequent value."},
    {"spl.perc", spl_perc, "Nearest-rank percentile of the numeric values."},
    {"spl.range", spl_range, "Largest less smallest."},
    {"spl.rate", spl_rate, "The growth of the values in a second."},
    {"spl.sparkline", spl_sparkline, "A function's values over spans of time, for a sparkline."},
    {"spl.stdev", spl_stdev, "Sample standard deviation of the numeric values."},
    {"spl.stdevp", spl_stdevp, "Population standard deviation of the numeric values."},
    {"spl.sum", spl_sum, "Sum of the numeric values."},
    {"spl.sumsq", spl_sumsq, "Sum of the squares of the numeric values."},
    {"spl.values", spl_values, "Distinct values in lexicographical order."},
    {"spl.var", spl_var, "Sample variance of the numeric values."},
    {"spl.varp", spl_varp, "Population variance of the numeric values."},
}};

std::vector<AggregateRow> gather() {
  std::vector<AggregateRow> all(kAggregates.begin(), kAggregates.end());
  const auto kql = kql_aggregates();
  all.insert(all.end(), kql.begin(), kql.end());
  std::sort(all.begin(), all.end(), [](const AggregateRow& a, const AggregateRow& b) { return a.name < b.name; });
  return all;
}

}  // namespace

std::span<const AggregateRow> all_aggregates() {
  static const std::vector<AggregateRow> all = gather();
  return all;
}

const AggregateRow* find_aggregate(std::string_view name) {
  const auto all = all_aggregates();
  const auto found = std::find_if(all.begin(), all.end(), [&](const AggregateRow& row) { return row.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace hecate::tail
