#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "exec/tail/aggregates.h"
#include "exec/tail/vectors.h"

// KQL's aggregates. https://learn.microsoft.com/kusto/query/aggregation-functions; what they give for no rows is in
// summarize-operator, "Default values of aggregations".
namespace hecate::tail {
namespace {

using Arguments = std::vector<Sql>;

/// What is asked of an aggregate: its arguments, and which rows count.
struct Request {
  Arguments a;
  std::string predicate;  // of the …if forms; empty: all rows
  Type result;
  const AggregatePrinter& printer;

  /// " FILTER (WHERE …)" for the rows that count and satisfy more.
  [[nodiscard]] std::string where(std::string_view more = {}) const {
    if (predicate.empty() && more.empty()) return {};
    const std::string_view both = !predicate.empty() && !more.empty() ? " AND " : "";
    return fmt::format(" FILTER (WHERE {}{}{})", predicate, both, more);
  }
  [[nodiscard]] const std::string& x() const { return a[0].text; }
};
using Print = std::string (*)(const Request& request);

template <Print print>
std::string plain(const Arguments& a, Type result, const AggregatePrinter& printer) {
  return print({a, "", result, printer});
}
/// The last argument is a predicate.
template <Print print>
std::string filtered(const Arguments& a, Type result, const AggregatePrinter& printer) {
  return print({{a.begin(), a.end() - 1}, fmt::format("({})", a.back().text), result, printer});
}

/// Kusto's strings are never null, not even those of no rows (scalar-data-types/null-values).
std::string never_null(std::string text, Type type) {
  return type == Type::String ? fmt::format("coalesce({}, '')", text) : text;
}

// count(x) counts all rows, too.
std::string count(const Request& r) { return "count(*)" + r.where(); }
std::string distinct(const Request& r) { return fmt::format("count(DISTINCT {}){}", r.x(), r.where()); }

// The sum over nothing is 0 for long and real alike; one that no long holds is null.
std::string sum(const Request& r) {
  return fmt::format("TRY_CAST(coalesce(sum({}){}, 0) AS {})", r.x(), r.where(), sql_type(r.result));
}
// The mean of nothing is 0 / 0.
std::string average(const Request& r) {
  const std::string mean = fmt::format("avg({}){}", r.x(), r.where());
  return r.result == Type::Real ? fmt::format("coalesce({}, 'nan'::DOUBLE)", mean)
                                : fmt::format("floor({})::BIGINT", mean);
}
std::string least(const Request& r) { return never_null(fmt::format("min({}){}", r.x(), r.where()), r.result); }
std::string greatest(const Request& r) { return never_null(fmt::format("max({}){}", r.x(), r.where()), r.result); }

/// stddev_samp, var_pop and the like; of too few rows they are 0.
std::string spread(const Request& r, std::string_view function) {
  return fmt::format("coalesce({}({}){}, 0.0)", function, r.x(), r.where());
}
std::string deviation(const Request& r) { return spread(r, "stddev_samp"); }
std::string deviation_all(const Request& r) { return spread(r, "stddev_pop"); }
std::string variance(const Request& r) { return spread(r, "var_samp"); }
std::string variance_all(const Request& r) { return spread(r, "var_pop"); }
std::string covariance_by(const Request& r, std::string_view function) {
  return fmt::format("coalesce({}({}, {}){}, 0.0)", function, r.a[0].text, r.a[1].text, r.where());
}
std::string covariance(const Request& r) { return covariance_by(r, "covar_samp"); }
std::string covariance_all(const Request& r) { return covariance_by(r, "covar_pop"); }

std::string bits_and(const Request& r) { return fmt::format("bit_and({}){}", r.x(), r.where()); }
std::string bits_or(const Request& r) { return fmt::format("bit_or({}){}", r.x(), r.where()); }
std::string bits_xor(const Request& r) { return fmt::format("bit_xor({}){}", r.x(), r.where()); }

// --- lists ---

/// The values as JSON texts in the order of the rows; `nulls`: those that are null, too.
std::string json_texts(const Request& r, bool nulls) {
  std::string json = r.printer.call("kql.json", {r.a[0]}, Type::String);
  if (nulls) json = fmt::format("coalesce({}, 'null')", json);
  const std::string present = nulls ? std::string() : fmt::format("{} IS NOT NULL", r.x());
  return fmt::format("list({} ORDER BY ord){}", json, r.where(present));
}
std::string gathered(const Request& r, std::string_view function, bool nulls = false) {
  const std::string limit = r.a.size() > 1 ? fmt::format("({})::BIGINT", r.a[1].text) : "1048576";
  return r.printer.call(function, {{json_texts(r, nulls), Type::Many}, {limit, Type::Long}}, Type::Dynamic);
}
// Of arrays their elements are gathered (make-set-aggregation-function, "Set from array column").
bool of_dynamic(const Request& r) { return r.a[0].type == Type::Dynamic; }
std::string make_set(const Request& r) { return gathered(r, of_dynamic(r) ? "list.elements_set" : "list.make_set"); }
std::string make_list(const Request& r) { return gathered(r, of_dynamic(r) ? "list.elements_list" : "list.make_list"); }
std::string make_list_with_nulls(const Request& r) {
  return gathered(r, of_dynamic(r) ? "list.elements_list" : "list.make_list", true);
}
std::string list_rows(const Request& r) { return gathered(r, "list.make_list"); }
std::string make_bag(const Request& r) { return gathered(r, "list.make_bag"); }
std::string schema(const Request& r) {
  return r.printer.call("list.schema", {{json_texts(r, false), Type::Many}}, Type::Dynamic);
}

// hll() keeps the hashes of all distinct values, so that what it counts is exact up to a million.
std::string hashes(const Request& r) {
  const std::string hash = r.printer.call("kql.hash", {r.a[0]}, Type::Long);
  const std::string texts =
      fmt::format("list(DISTINCT ({})::VARCHAR){}", hash, r.where(fmt::format("{} IS NOT NULL", r.x())));
  return r.printer.call("list.make_set", {{fmt::format("list_sort({})", texts), Type::Many}, {"1048576", Type::Long}},
                        Type::Dynamic);
}
std::string merged_hashes(const Request& r) {
  return r.printer.call("list.merge_sets", {{json_texts(r, false), Type::Many}}, Type::Dynamic);
}
// tdigest() keeps the values themselves.
std::string digest(const Request& r) {
  const std::string numbers = fmt::format("list(({})::DOUBLE){}", r.x(), r.where(fmt::format("{} IS NOT NULL", r.x())));
  return r.printer.call("list.make_list",
                        {{fmt::format("list_sort({})::VARCHAR[]", numbers), Type::Many}, {"1048576", Type::Long}},
                        Type::Dynamic);
}
std::string merged_digests(const Request& r) {
  return r.printer.call("list.merge_lists", {{json_texts(r, false), Type::Many}}, Type::Dynamic);
}

// --- one row's values ---

/// Of one column a value that is neither null nor empty, if there is one.
std::string take_any(const Request& r) {
  const bool text = r.a[0].type == Type::String;
  const std::string present = text ? fmt::format("{} <> ''", r.x()) : fmt::format("{} IS NOT NULL", r.x());
  return never_null(fmt::format("arg_min({}, ord){}", r.x(), r.where(present)), r.result);
}
// A struct keeps a NULL value of the chosen row: arg_min alone would skip it.
std::string take_row(const Request& r) {
  return never_null(fmt::format("(arg_min({{'v': {}}}, ord){}).v", r.x(), r.where()), r.result);
}

/// A value below every other of the type, so that a row whose order is null is chosen only where all are.
std::string_view lowest(Type type) {
  if (type == Type::Real || type == Type::Decimal) return "'-infinity'::DOUBLE";
  if (type == Type::Bool) return "false";
  return type == Type::Long || type == Type::Datetime || type == Type::Timespan ? "-9223372036854775808" : "''";
}
std::string_view highest(Type type) {
  if (type == Type::Real || type == Type::Decimal) return "'infinity'::DOUBLE";
  if (type == Type::Bool) return "true";
  return type == Type::Long || type == Type::Datetime || type == Type::Timespan ? "9223372036854775807"
                                                                                : "chr(1114111)";
}
std::string arg_max(const Request& r) {
  return never_null(fmt::format("arg_max({{'v': {}}}, {{'o': coalesce({}, {}), 'i': -ord}}).v", r.x(), r.a[1].text,
                                lowest(r.a[1].type)),
                    r.result);
}
std::string arg_min(const Request& r) {
  return never_null(fmt::format("arg_min({{'v': {}}}, {{'o': coalesce({}, {}), 'i': ord}}).v", r.x(), r.a[1].text,
                                highest(r.a[1].type)),
                    r.result);
}

// --- percentiles: nearest rank ---

std::string percentile_of(const Sql& x, const Sql& rank) {
  return fmt::format("quantile_disc({}, greatest(0.0, least(1.0, ({})::DOUBLE / 100)))", x.text, rank.text);
}
std::string percentile(const Request& r) { return never_null(percentile_of(r.a[0], r.a[1]), r.result); }

/// (value, weight, rank)
std::string weighted_percentile_of(const Sql& x, const Sql& weight, const Sql& rank, const AggregatePrinter& printer) {
  const std::string known = fmt::format(" FILTER (WHERE {} IS NOT NULL AND {} IS NOT NULL)", x.text, weight.text);
  const auto texts = [&](const Sql& each) {
    return Sql{fmt::format("list(({})::VARCHAR ORDER BY ord){}", each.text, known), Type::Many};
  };
  const std::string text =
      printer.call("list.weighted_percentile",
                   {texts(x), texts(weight), {fmt::format("({})::DOUBLE", rank.text), Type::Real}}, Type::String);
  return fmt::format("TRY_CAST({} AS {})", text, sql_type(x.type));
}
std::string weighted_percentile(const Request& r) { return weighted_percentile_of(r.a[0], r.a[1], r.a[2], r.printer); }
/// Several as one array; the first `values` arguments are no ranks.
std::string percentile_array(const Request& r, size_t values) {
  Arguments parts;
  for (size_t i = values; i < r.a.size(); ++i) {
    parts.push_back(
        {values == 1 ? percentile_of(r.a[0], r.a[i]) : weighted_percentile_of(r.a[0], r.a[1], r.a[i], r.printer),
         r.a[0].type});
  }
  return r.printer.call("kql.pack_array", parts, Type::Dynamic);
}
std::string percentiles(const Request& r) { return percentile_array(r, 1); }
std::string weighted_percentiles(const Request& r) { return percentile_array(r, 2); }

constexpr AggregateRow kAggregates[] = {
    {"kql.arg_max", plain<arg_max>, "The value of the row in which the second argument is largest."},
    {"kql.arg_min", plain<arg_min>, "The value of the row in which the second argument is smallest."},
    {"kql.avg", plain<average>, "Mean of the values that are not null."},
    {"kql.avgif", filtered<average>, "Mean of the rows for which the predicate is true."},
    {"kql.binary_all_and", plain<bits_and>, "And of all values, bit by bit."},
    {"kql.binary_all_or", plain<bits_or>, "Or of all values, bit by bit."},
    {"kql.binary_all_xor", plain<bits_xor>, "Exclusive or of all values, bit by bit."},
    {"kql.buildschema", plain<schema>, "The types that objects hold."},
    {"kql.count", plain<count>, "Number of rows."},
    {"kql.countif", filtered<count>, "Rows for which the predicate is true."},
    {"kql.covariance", plain<covariance>, "Sample covariance."},
    {"kql.covarianceif", filtered<covariance>, "Sample covariance of the rows for which the predicate is true."},
    {"kql.covariancep", plain<covariance_all>, "Population covariance."},
    {"kql.covariancepif", filtered<covariance_all>, "Population covariance where the predicate is true."},
    {"kql.dcount", plain<distinct>, "Distinct values, exact."},
    {"kql.dcountif", filtered<distinct>, "Distinct values of the rows for which the predicate is true."},
    {"kql.hll", plain<hashes>, "The hashes of the distinct values."},
    {"kql.hll_if", filtered<hashes>, "The hashes of the distinct values where the predicate is true."},
    {"kql.hll_merge", plain<merged_hashes>, "Several results of hll as one."},
    {"kql.list_rows", plain<list_rows>, "Values as a JSON array, those that are arrays as they are."},
    {"kql.make_bag", plain<make_bag>, "Objects as one."},
    {"kql.make_bag_if", filtered<make_bag>, "Objects of the rows for which the predicate is true, as one."},
    {"kql.make_list", plain<make_list>, "Values as a JSON array, in order."},
    {"kql.make_list_if", filtered<make_list>, "Values of the rows for which the predicate is true."},
    {"kql.make_list_with_nulls", plain<make_list_with_nulls>, "Values as a JSON array, nulls included."},
    {"kql.make_set", plain<make_set>, "Distinct values as a JSON array."},
    {"kql.make_set_if", filtered<make_set>, "Distinct values of the rows for which the predicate is true."},
    {"kql.max", plain<greatest>, "Largest value."},
    {"kql.maxif", filtered<greatest>, "Largest value of the rows for which the predicate is true."},
    {"kql.min", plain<least>, "Smallest value."},
    {"kql.minif", filtered<least>, "Smallest value of the rows for which the predicate is true."},
    {"kql.percentile", plain<percentile>, "Nearest-rank percentile."},
    {"kql.percentiles_array", plain<percentiles>, "Nearest-rank percentiles as an array."},
    {"kql.percentilesw_array", plain<weighted_percentiles>, "Weighted percentiles as an array."},
    {"kql.percentilew", plain<weighted_percentile>, "Weighted percentile."},
    {"kql.stdev", plain<deviation>, "Sample standard deviation."},
    {"kql.stdevif", filtered<deviation>, "Sample standard deviation where the predicate is true."},
    {"kql.stdevp", plain<deviation_all>, "Population standard deviation."},
    {"kql.sum", plain<sum>, "Sum of the values that are not null."},
    {"kql.sumif", filtered<sum>, "Sum of the rows for which the predicate is true."},
    {"kql.take_any", plain<take_any>, "A value that is not empty, if there is one."},
    {"kql.take_anyif", filtered<take_any>, "A value of the rows for which the predicate is true."},
    {"kql.take_row", plain<take_row>, "The first row's value."},
    {"kql.tdigest", plain<digest>, "The values, sorted."},
    {"kql.tdigest_merge", plain<merged_digests>, "Several results of tdigest as one."},
    {"kql.variance", plain<variance>, "Sample variance."},
    {"kql.varianceif", filtered<variance>, "Sample variance of the rows for which the predicate is true."},
    {"kql.variancep", plain<variance_all>, "Population variance."},
    {"kql.variancepif", filtered<variance_all>, "Population variance where the predicate is true."},
};

}  // namespace

std::span<const AggregateRow> kql_aggregates() { return kAggregates; }

}  // namespace hecate::tail
