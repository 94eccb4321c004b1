#include "lang/kql/function_columns.h"

// https://learn.microsoft.com/kusto/query/scalar-functions: arrays, bags, sets, and what is parsed to them.
namespace hecate::kql {
namespace {

using namespace columns;

// clang-format off
constexpr FunctionInfo kFunctions[] = {
    {"array_concat", 1, -1, {J, J, J, J}, Dynamic, "kql.array_concat", Own, "Joins arrays.", "array_concat(a, b)"},
    {"array_iff", 3, 3, {J, A, A}, Dynamic, "kql.array_iff", Own, "For each condition of an array one of two values.", "array_iff(c, a, b)"},
    {"array_iif", 3, 3, {J, A, A}, Dynamic, "kql.array_iff", Own, "The same as array_iff.", "array_iif(c, a, b)"},
    {"array_index_of", 2, 5, {J, A, L, L}, Long, "kql.array_index_of", Own, "Where an array holds a value, or -1.", "array_index_of(a, \"x\")"},
    {"array_length", 1, 1, {J}, Long, "kql.array_length", Own, "The number of elements.", "array_length(a)"},
    {"arraylength", 1, 1, {J}, Long, "kql.array_length", Own, "The old name of array_length.", "arraylength(a)"},
    {"array_reverse", 1, 1, {J}, Dynamic, "kql.array_reverse", Own, "The elements backwards.", "array_reverse(a)"},
    {"array_rotate_left", 2, 2, {J, L}, Dynamic, "kql.array_rotate_left", Own, "Moves the first elements to the end.", "array_rotate_left(a, 2)"},
    {"array_rotate_right", 2, 2, {J, L}, Dynamic, "kql.array_rotate_right", Own, "Moves the last elements to the front.", "array_rotate_right(a, 2)"},
    {"array_shift_left", 2, 3, {J, L, A}, Dynamic, "kql.array_shift_left", Own, "Drops the first elements and fills the end.", "array_shift_left(a, 2)"},
    {"array_shift_right", 2, 3, {J, L, A}, Dynamic, "kql.array_shift_right", Own, "Drops the last elements and fills the front.", "array_shift_right(a, 2)"},
    {"array_slice", 3, 3, {J, L, L}, Dynamic, "kql.array_slice", Own, "Elements from one index to another.", "array_slice(a, 0, 1)"},
    {"array_sort_asc", 1, -1, {A, A, A, A}, Dynamic, "kql.array_sort_asc", Own, "Sorts an array, and others as it.", "array_sort_asc(a)"},
    {"array_sort_desc", 1, -1, {A, A, A, A}, Dynamic, "kql.array_sort_desc", Own, "Sorts an array backwards, and others as it.", "array_sort_desc(a)"},
    {"array_split", 2, 2, {J, A}, Dynamic, "kql.array_split", Own, "Divides an array at places.", "array_split(a, 2)"},
    {"array_sum", 1, 1, {J}, Real, "kql.array_sum", Own, "The sum of the elements.", "array_sum(a)"},
    {"bag_has_key", 2, 2, {J, T}, Bool, "kql.bag_has_key", Own, "Whether an object has a key.", "bag_has_key(d, \"x\")"},
    {"bag_keys", 1, 1, {J}, Dynamic, "kql.bag_keys", Own, "The keys of an object.", "bag_keys(d)"},
    {"bag_merge", 2, -1, {J, J, J, J}, Dynamic, "kql.bag_merge", Own, "Objects as one; the first that has a key gives its value.", "bag_merge(a, b)"},
    {"bag_pack", 2, -1, {A, A, A, A}, Dynamic, "kql.bag_pack", Own, "An object from keys and values.", "bag_pack(\"a\", 1)"},
    {"bag_pack_columns", 1, -1, {A, A, A, A}, Dynamic, "", Own, "An object from columns, by their names.", "bag_pack_columns(a, b)"},
    {"bag_remove_keys", 2, 2, {J, J}, Dynamic, "kql.bag_remove_keys", Own, "An object without keys; $.a.b is a path.", "bag_remove_keys(d, dynamic([\"a\"]))"},
    {"bag_set_key", 3, 3, {J, T, A}, Dynamic, "kql.bag_set_key", Own, "An object with a key set; $.a.b is a path.", "bag_set_key(d, \"a\", 1)"},
    {"bag_zip", 2, 2, {J, J}, Dynamic, "kql.bag_zip", Own, "An object from an array of keys and one of values.", "bag_zip(k, v)"},
    {"dcount_hll", 1, 1, {J}, Long, "kql.array_length", Pre, "The number of values behind hll().", "dcount_hll(h)"},
    {"dynamic_to_json", 1, 1, {A}, Text, "kql.dynamic_to_json", Own, "A value as JSON, keys sorted.", "dynamic_to_json(d)"},
    {"extract_json", 2, 3, {T, T}, Text, "kql.extract_json", Own, "What a path finds in JSON.", "extract_json(\"$.a\", x)"},
    {"extractjson", 2, 3, {T, T}, Text, "kql.extract_json", Own, "The old name of extract_json.", "extractjson(\"$.a\", x)"},
    {"hll_merge", 1, -1, {J, J, J, J}, Dynamic, "kql.set_union", Own, "Several results of hll as one.", "hll_merge(a, b)"},
    {"jaccard_index", 2, 2, {J, J}, Real, "kql.jaccard_index", Own, "What two sets share of their union.", "jaccard_index(a, b)"},
    {"pack", 2, -1, {A, A, A, A}, Dynamic, "kql.bag_pack", Own, "The old name of bag_pack.", "pack(\"a\", 1)"},
    {"pack_array", 1, -1, {A, A, A, A}, Dynamic, "kql.pack_array", Own, "An array of values.", "pack_array(a, b)"},
    {"pack_dictionary", 2, -1, {A, A, A, A}, Dynamic, "kql.bag_pack", Own, "The old name of bag_pack.", "pack_dictionary(\"a\", 1)"},
    {"parse_command_line", 2, 2, {V, T}, Dynamic, "kql.parse_command_line", Own, "The arguments of a command line, as Windows divides it.", "parse_command_line(x, \"windows\")"},
    {"parse_csv", 1, 1, {T}, Dynamic, "kql.parse_csv", Keep, "The fields of a line of CSV.", "parse_csv(x)"},
    {"parse_json", 1, 1, {A}, Dynamic, "kql.parse_json", Keep, "A text read as JSON.", "parse_json(x)"},
    {"parse_path", 1, 1, {T}, Dynamic, "kql.parse_path", Own, "The parts of a file's path.", "parse_path(x)"},
    {"parse_url", 1, 1, {T}, Dynamic, "kql.parse_url", Own, "The parts of a URL.", "parse_url(x)"},
    {"parse_urlquery", 1, 1, {T}, Dynamic, "kql.parse_urlquery", Own, "The parameters of a URL's query.", "parse_urlquery(\"a=1&b=2\")"},
    {"parse_user_agent", 1, 2, {T, A}, Dynamic, "kql.parse_user_agent", Own, "Browser, system and device behind a user agent.", "parse_user_agent(x, \"browser\")"},
    {"parse_version", 1, 1, {T}, Decimal, "kql.parse_version", Own, "A version as a number that compares as versions do.", "parse_version(\"1.2.3.4\")"},
    {"parse_xml", 1, 1, {T}, Dynamic, "kql.parse_xml", Keep, "A text read as XML.", "parse_xml(x)"},
    {"parsejson", 1, 1, {A}, Dynamic, "kql.parse_json", Keep, "The old name of parse_json.", "parsejson(x)"},
    {"parseurl", 1, 1, {T}, Dynamic, "kql.parse_url", Own, "The old name of parse_url.", "parseurl(x)"},
    {"parseurlquery", 1, 1, {T}, Dynamic, "kql.parse_urlquery", Own, "The old name of parse_urlquery.", "parseurlquery(\"a=1\")"},
    {"percentile_array_tdigest", 2, -1, {J, A, A, A}, Dynamic, "kql.percentiles_of", Own, "The same as percentiles_array_tdigest.", "percentile_array_tdigest(d, 5, 95)"},
    {"percentile_tdigest", 2, 3, {J, N}, Dynamic, "kql.percentile_of", Own, "A percentile of what tdigest() has kept.", "percentile_tdigest(d, 95)"},
    {"percentiles_array_tdigest", 2, -1, {J, A, A, A}, Dynamic, "kql.percentiles_of", Own, "Percentiles of what tdigest() has kept.", "percentiles_array_tdigest(d, 5, 95)"},
    {"percentrank_tdigest", 2, 2, {J, N}, Real, "kql.percentrank_of", Own, "The share of values up to one, in percent.", "percentrank_tdigest(d, 5)"},
    {"range", 2, 3, {Q, Q, Q}, Dynamic, "kql.range", Own, "An array from a value to another.", "range(1, 8, 3)"},
    {"rank_tdigest", 2, 2, {J, N}, Real, "kql.rank_of", Own, "How many values are not above one.", "rank_tdigest(d, 5)"},
    {"repeat", 2, 2, {A, L}, Dynamic, "kql.repeat", Pre, "An array of one value.", "repeat(1, 3)"},
    {"set_difference", 1, -1, {J, J, J, J}, Dynamic, "kql.set_difference", Own, "What the first array has and no other.", "set_difference(a, b)"},
    {"set_equals", 2, 2, {J, J}, Bool, "kql.set_equals", Own, "Whether two arrays hold the same values.", "set_equals(a, b)"},
    {"set_has_element", 2, 2, {J, A}, Bool, "kql.set_has_element", Own, "Whether an array holds a value.", "set_has_element(a, \"x\")"},
    {"set_intersect", 1, -1, {J, J, J, J}, Dynamic, "kql.set_intersect", Own, "What all arrays have.", "set_intersect(a, b)"},
    {"set_union", 1, -1, {J, J, J, J}, Dynamic, "kql.set_union", Own, "What any array has, once.", "set_union(a, b)"},
    {"tdigest_merge", 1, -1, {J, J, J, J}, Dynamic, "kql.array_concat", Own, "Several results of tdigest as one.", "tdigest_merge(a, b)"},
    {"merge_tdigest", 1, -1, {J, J, J, J}, Dynamic, "kql.array_concat", Own, "The same as tdigest_merge.", "merge_tdigest(a, b)"},
    {"treepath", 1, 1, {J}, Dynamic, "kql.treepath", Pre, "The paths of an object's leaves.", "treepath(d)"},
    {"zip", 1, -1, {J, J, J, J}, Dynamic, "kql.zip", Own, "Arrays as one array of arrays.", "zip(a, b)"},
};
// clang-format on

}  // namespace

std::span<const FunctionInfo> dynamic_functions() { return kFunctions; }

}  // namespace hecate::kql
