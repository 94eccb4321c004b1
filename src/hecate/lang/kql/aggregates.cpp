#include <algorithm>

#include "lang/kql/functions.h"

namespace hecate::kql {
namespace {

using enum AggregateKind;
using O = Operand;
using T = AggregateType;
constexpr int64_t kLargestSet = 1'048'576;
constexpr bool If = true;  // has a predicate
constexpr bool All = false;

// https://learn.microsoft.com/kusto/query/aggregation-functions
// clang-format off
constexpr AggregateInfo kAggregates[] = {
    {"any", 1, -1, 1, All, TakeAny, O::Any, T::First, "kql.take_any", "any_", 0, "The old name of take_any.", "any(User)"},
    {"anyif", 2, 2, 1, If, Plain, O::Any, T::First, "kql.take_anyif", "anyif_", 0, "The old name of take_anyif.", "anyif(User, Size > 1)"},
    {"arg_max", 1, -1, 1, All, Arg, O::Scalar, T::First, "kql.arg_max", "", 0, "Columns of the row with the largest value.", "arg_max(Time, *)"},
    {"arg_min", 1, -1, 1, All, Arg, O::Scalar, T::First, "kql.arg_min", "", 0, "Columns of the row with the smallest value.", "arg_min(Time, *)"},
    {"argmax", 1, -1, 1, All, Arg, O::Scalar, T::First, "kql.arg_max", "max_", 0, "The old name of arg_max, with other names of columns.", "argmax(Time, *)"},
    {"argmin", 1, -1, 1, All, Arg, O::Scalar, T::First, "kql.arg_min", "min_", 0, "The old name of arg_min, with other names of columns.", "argmin(Time, *)"},
    {"avg", 1, 1, 1, All, Plain, O::Summable, T::Average, "kql.avg", "avg_", 0, "The mean.", "avg(Size)"},
    {"avgif", 2, 2, 1, If, Plain, O::Summable, T::Average, "kql.avgif", "avgif_", 0, "The mean where a condition is true.", "avgif(Size, Size > 1)"},
    {"binary_all_and", 1, 1, 1, All, Plain, O::Whole, T::Long, "kql.binary_all_and", "", 0, "And of all values, bit by bit.", "binary_all_and(Flags)"},
    {"binary_all_or", 1, 1, 1, All, Plain, O::Whole, T::Long, "kql.binary_all_or", "", 0, "Or of all values, bit by bit.", "binary_all_or(Flags)"},
    {"binary_all_xor", 1, 1, 1, All, Plain, O::Whole, T::Long, "kql.binary_all_xor", "", 0, "Either of all values, bit by bit.", "binary_all_xor(Flags)"},
    {"buildschema", 1, 1, 1, All, Plain, O::Dynamic, T::Dynamic, "kql.buildschema", "schema_", 0, "The types that dynamic values hold.", "buildschema(Data)"},
    {"cnt", 0, 1, 0, All, Plain, O::Any, T::Long, "count", "cnt_", 0, "The old name of count.", "cnt()"},
    {"count", 0, 1, 0, All, Plain, O::Any, T::Long, "count", "count_", 0, "The number of rows.", "count()"},
    {"count_distinct", 1, 1, 1, All, Plain, O::Scalar, T::Long, "kql.dcount", "count_distinct_", 0, "Distinct values, exactly.", "count_distinct(User)"},
    {"count_distinctif", 2, 2, 1, If, Plain, O::Scalar, T::Long, "kql.dcountif", "count_distinctif_", 0, "Distinct values where a condition is true.", "count_distinctif(User, Size > 1)"},
    {"countif", 1, 1, 0, If, Plain, O::Any, T::Long, "kql.countif", "countif_", 0, "Rows for which a condition is true.", "countif(Size > 1)"},
    {"covariance", 2, 2, 2, All, Plain, O::Number, T::Real, "kql.covariance", "covariance_", 0, "The covariance of a sample.", "covariance(a, b)"},
    {"covarianceif", 3, 3, 2, If, Plain, O::Number, T::Real, "kql.covarianceif", "covarianceif_", 0, "The covariance of a sample where a condition is true.", "covarianceif(a, b, a > 1)"},
    {"covariancep", 2, 2, 2, All, Plain, O::Number, T::Real, "kql.covariancep", "covariancep_", 0, "The covariance.", "covariancep(a, b)"},
    {"covariancepif", 3, 3, 2, If, Plain, O::Number, T::Real, "kql.covariancepif", "covariancepif_", 0, "The covariance where a condition is true.", "covariancepif(a, b, a > 1)"},
    {"dcount", 1, 2, 1, All, Plain, O::Any, T::Long, "kql.dcount", "dcount_", 0, "Distinct values.", "dcount(User)"},
    {"dcountif", 2, 3, 1, If, Plain, O::Any, T::Long, "kql.dcountif", "dcountif_", 0, "Distinct values where a condition is true.", "dcountif(User, Size > 1)"},
    {"hll", 1, 2, 1, All, Plain, O::Any, T::Dynamic, "kql.hll", "hll_", 0, "What dcount_hll counts.", "hll(User)"},
    {"hll_if", 2, 3, 1, If, Plain, O::Any, T::Dynamic, "kql.hll_if", "hll_if_", 0, "What dcount_hll counts, where a condition is true.", "hll_if(User, Size > 1)"},
    {"hll_merge", 1, 1, 1, All, Plain, O::Dynamic, T::Dynamic, "kql.hll_merge", "hll_merge_", 0, "Several results of hll as one.", "hll_merge(h)"},
    {"make_bag", 1, 2, 1, All, Collect, O::Dynamic, T::Dynamic, "kql.make_bag", "bag_", kLargestSet, "All objects as one.", "make_bag(Data)"},
    {"make_bag_if", 2, 3, 1, If, Collect, O::Dynamic, T::Dynamic, "kql.make_bag_if", "bag_", kLargestSet, "Objects as one where a condition is true.", "make_bag_if(Data, Size > 1)"},
    {"make_dictionary", 1, 2, 1, All, Collect, O::Dynamic, T::Dynamic, "kql.make_bag", "dictionary_", 128, "make_bag of at most 128.", "make_dictionary(Data)"},
    {"make_list", 1, 2, 1, All, Collect, O::Any, T::Dynamic, "kql.make_list", "list_", kLargestSet, "All values as an array.", "make_list(User)"},
    {"make_list_if", 2, 3, 1, If, Collect, O::Any, T::Dynamic, "kql.make_list_if", "list_", kLargestSet, "Values as an array where a condition is true.", "make_list_if(User, Size > 1)"},
    {"make_list_with_nulls", 1, 1, 1, All, Plain, O::Any, T::Dynamic, "kql.make_list_with_nulls", "list_", 0, "All values as an array, nulls included.", "make_list_with_nulls(User)"},
    {"make_set", 1, 2, 1, All, Collect, O::Any, T::Dynamic, "kql.make_set", "set_", kLargestSet, "Distinct values as an array.", "make_set(User)"},
    {"make_set_if", 2, 3, 1, If, Collect, O::Any, T::Dynamic, "kql.make_set_if", "set_", kLargestSet, "Distinct values as an array where a condition is true.", "make_set_if(User, Size > 1)"},
    {"makelist", 1, 2, 1, All, Collect, O::Any, T::Dynamic, "kql.make_list", "list_", 128, "make_list of at most 128.", "makelist(User)"},
    {"makeset", 1, 2, 1, All, Collect, O::Any, T::Dynamic, "kql.make_set", "set_", 128, "make_set of at most 128.", "makeset(User)"},
    {"max", 1, 1, 1, All, Plain, O::Ordered, T::First, "kql.max", "max_", 0, "The largest value.", "max(Time)"},
    {"maxif", 2, 2, 1, If, Plain, O::Ordered, T::First, "kql.maxif", "maxif_", 0, "The largest value where a condition is true.", "maxif(Time, Size > 1)"},
    {"merge_tdigest", 1, 1, 1, All, Plain, O::Dynamic, T::Dynamic, "kql.tdigest_merge", "merge_tdigests_", 0, "The same as tdigest_merge.", "merge_tdigest(d)"},
    {"min", 1, 1, 1, All, Plain, O::Ordered, T::First, "kql.min", "min_", 0, "The smallest value.", "min(Time)"},
    {"minif", 2, 2, 1, If, Plain, O::Ordered, T::First, "kql.minif", "minif_", 0, "The smallest value where a condition is true.", "minif(Time, Size > 1)"},
    {"percentile", 2, 2, 1, All, Percentile, O::Summable, T::First, "kql.percentile", "percentile_", 0, "A percentile, nearest rank.", "percentile(Size, 95)"},
    {"percentiles", 2, -1, 1, All, Percentiles, O::Summable, T::First, "kql.percentile", "percentile_", 0, "Several percentiles, a column each.", "percentiles(Size, 50, 95)"},
    {"percentiles_array", 2, -1, 1, All, Ranks, O::Summable, T::Dynamic, "kql.percentiles_array", "percentiles_", 0, "Several percentiles as an array.", "percentiles_array(Size, 50, 95)"},
    {"percentilesw", 3, -1, 2, All, Percentiles, O::Summable, T::First, "kql.percentilew", "percentile_", 0, "Several weighted percentiles, a column each.", "percentilesw(Size, Count, 50, 95)"},
    {"percentilesw_array", 3, -1, 2, All, Ranks, O::Summable, T::Dynamic, "kql.percentilesw_array", "percentile_", 0, "Several weighted percentiles as an array.", "percentilesw_array(Size, Count, 50, 95)"},
    {"percentilew", 3, 3, 2, All, Percentile, O::Summable, T::First, "kql.percentilew", "percentile_", 0, "A weighted percentile.", "percentilew(Size, Count, 95)"},
    {"stdev", 1, 1, 1, All, Plain, O::Number, T::Real, "kql.stdev", "stdev_", 0, "The standard deviation of a sample.", "stdev(Size)"},
    {"stdevif", 2, 2, 1, If, Plain, O::Number, T::Real, "kql.stdevif", "stdevif_", 0, "The standard deviation of a sample where a condition is true.", "stdevif(Size, Size > 1)"},
    {"stdevp", 1, 1, 1, All, Plain, O::Number, T::Real, "kql.stdevp", "stdevp_", 0, "The standard deviation.", "stdevp(Size)"},
    {"sum", 1, 1, 1, All, Plain, O::Summable, T::Sum, "kql.sum", "sum_", 0, "The sum.", "sum(Size)"},
    {"sumif", 2, 2, 1, If, Plain, O::Summable, T::Sum, "kql.sumif", "sumif_", 0, "The sum where a condition is true.", "sumif(Size, Size > 1)"},
    {"take_any", 1, -1, 1, All, TakeAny, O::Any, T::First, "kql.take_any", "", 0, "Any one value.", "take_any(User)"},
    {"take_anyif", 2, 2, 1, If, Plain, O::Any, T::First, "kql.take_anyif", "", 0, "Any one value where a condition is true.", "take_anyif(User, Size > 1)"},
    {"tdigest", 1, 1, 1, All, Plain, O::Number, T::Dynamic, "kql.tdigest", "tdigest_", 0, "What percentile_tdigest reads.", "tdigest(Size)"},
    {"tdigest_merge", 1, 1, 1, All, Plain, O::Dynamic, T::Dynamic, "kql.tdigest_merge", "merge_tdigests_", 0, "Several results of tdigest as one.", "tdigest_merge(d)"},
    {"variance", 1, 1, 1, All, Plain, O::Number, T::Real, "kql.variance", "variance_", 0, "The variance of a sample.", "variance(Size)"},
    {"varianceif", 2, 2, 1, If, Plain, O::Number, T::Real, "kql.varianceif", "varianceif_", 0, "The variance of a sample where a condition is true.", "varianceif(Size, Size > 1)"},
    {"variancep", 1, 1, 1, All, Plain, O::Number, T::Real, "kql.variancep", "variancep_", 0, "The variance.", "variancep(Size)"},
    {"variancepif", 2, 2, 1, If, Plain, O::Number, T::Real, "kql.variancepif", "variancepif_", 0, "The variance where a condition is true.", "variancepif(Size, Size > 1)"},
};

// What exists, but makes no sense or is not supported here. Names that a table above or a family of functions holds
// do not stand here.
constexpr std::string_view kUnsupported[] = {
    "DeviceFromIP", "FileProfile", "adx", "app", "arg", "cluster", "current_cursor", "current_node_id",
    "current_principal_details", "current_principal_is_member_of", "cursor_after", "cursor_before_or_at",
    "cursor_current", "database", "datetime_list_timezones", "entity_group", "extent_id", "extent_tags", "extentid",
    "external_table", "graph", "materialized_view", "row_id", "rowstore_ordinal_range", "stored_query_result",
    "workspace",
    // Until the binder knows them.
    "_GetWatchlist", "column_names_of", "materialize", "next", "pack_all",
    "prev", "row_cumsum", "row_number", "row_rank",
    "row_rank_dense", "row_rank_min", "row_window_session", "toscalar", "typeof", "union",
};
// clang-format on

}  // namespace

std::span<const AggregateInfo> aggregates() { return kAggregates; }
const AggregateInfo* find_aggregate(std::string_view name) {
  const auto found = std::find_if(std::begin(kAggregates), std::end(kAggregates),
                                  [&](const AggregateInfo& row) { return row.name == name; });
  return found == std::end(kAggregates) ? nullptr : found;
}
bool is_unsupported_function(std::string_view name) {
  return std::find(std::begin(kUnsupported), std::end(kUnsupported), name) != std::end(kUnsupported);
}

}  // namespace hecate::kql
