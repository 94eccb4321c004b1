#include "lang/kql/function_columns.h"

// https://learn.microsoft.com/kusto/query/scalar-functions: choices, conversions, constants, hashes.
namespace hecate::kql {
namespace {

using namespace columns;

// clang-format off
constexpr FunctionInfo kFunctions[] = {
    {"assert", 2, 2, {B, T}, Bool, "kql.assert", Own, "True for a true condition; a false one makes the row's result null.", "assert(a > 0, \"a\")"},
    {"around", 3, 3, {Q, Q, Q}, Bool, "kql.around", Own, "Whether a value lies within a distance of another.", "around(x, 10, 2)"},
    {"case", 3, -1, {A, A, A, A}, Common, "kql.case", Own, "The value after the first true condition.", "case(a, 1, b, 2, 3)"},
    {"coalesce", 1, -1, {A, A, A, A}, Common, "kql.coalesce", Own, "The first value that is not null or empty.", "coalesce(a, b)"},
    {"column_ifexists", 2, 2, {T, A}, Common, "", Own, "A column, or a default where there is none.", "column_ifexists(\"A\", \"\")", 1},
    {"columnifexists", 2, 2, {T, A}, Common, "", Own, "The old name of column_ifexists.", "columnifexists(\"A\", \"\")", 1},
    {"current_cluster_endpoint", 0, 0, {A, A, A, A}, Text, "kql.current_cluster_endpoint", Own, "What runs the query: always \"hecate\".", "current_cluster_endpoint()"},
    {"current_database", 0, 0, {A, A, A, A}, Text, "kql.current_database", Own, "What is queried: always \"hecate\".", "current_database()"},
    {"current_principal", 0, 0, {A, A, A, A}, Text, "kql.current_principal", Own, "Who runs the query: nobody, \"\".", "current_principal()"},
    {"estimate_data_size", 1, -1, {A, A, A, A}, Long, "kql.estimate_data_size", Own, "An estimate of the bytes of values.", "estimate_data_size(x)"},
    {"gettype", 1, 1, {A}, Text, "", Pre, "The name of a value's type.", "gettype(x)"},
    {"hash", 1, 2, {A, L}, Long, "kql.hash", Own, "xxHash64 of a value.", "hash(x, 100)"},
    {"hash_combine", 2, -1, {L, L, L, L}, Long, "kql.hash_combine", Own, "Two or more hashes as one.", "hash_combine(hash(a), hash(b))"},
    {"hash_many", 2, -1, {A, A, A, A}, Long, "kql.hash_many", Own, "One hash of several values.", "hash_many(a, b)"},
    {"hash_md5", 1, 1, {V}, Text, "kql.hash_md5", Own, "MD5 of a text.", "hash_md5(x)"},
    {"hash_sha1", 1, 1, {V}, Text, "kql.hash_sha1", Own, "SHA-1 of a text.", "hash_sha1(x)"},
    {"hash_sha256", 1, 1, {V}, Text, "kql.hash_sha256", Own, "SHA-256 of a text.", "hash_sha256(x)"},
    {"hash_xxhash64", 1, 2, {A, L}, Long, "kql.hash", Own, "xxHash64 of a value.", "hash_xxhash64(x)"},
    {"iff", 3, 3, {B, A, A}, Common, "kql.iff", Own, "One of two values.", "iff(a, 1, 2)"},
    {"iif", 3, 3, {B, A, A}, Common, "kql.iff", Own, "The same as iff.", "iif(a, 1, 2)"},
    {"isempty", 1, 1, {A}, Bool, "kql.isempty", Own, "Null or an empty text.", "isempty(x)"},
    {"isnotempty", 1, 1, {A}, Bool, "kql.isnotempty", Own, "Neither null nor an empty text.", "isnotempty(x)"},
    {"isnotnull", 1, 1, {A}, Bool, "kql.isnotnull", Own, "Not null; true for every string.", "isnotnull(x)"},
    {"isnull", 1, 1, {A}, Bool, "kql.isnull", Own, "Null; false for every string.", "isnull(x)"},
    {"max_of", 1, -1, {O, O, O, O}, Common, "kql.max_of", Own, "The largest argument.", "max_of(a, b)"},
    {"min_of", 1, -1, {O, O, O, O}, Common, "kql.min_of", Own, "The smallest argument.", "min_of(a, b)"},
    {"new_guid", 0, 0, {A, A, A, A}, Guid, "kql.new_guid", Own, "A new random guid.", "new_guid()"},
    {"not", 1, 1, {B}, Bool, "", Own, "True for false, null for null.", "not(a)"},
    {"notempty", 1, 1, {A}, Bool, "kql.isnotempty", Own, "The old name of isnotempty.", "notempty(x)"},
    {"notnull", 1, 1, {A}, Bool, "kql.isnotnull", Own, "The old name of isnotnull.", "notnull(x)"},
    {"rand", 0, 1, {L}, Real, "kql.rand", Own, "A random number: 0 to 1, or a whole one below the argument.", "rand()"},
    {"tobool", 1, 1, {A}, Bool, "kql.tobool", Keep, "To bool.", "tobool(x)"},
    {"toboolean", 1, 1, {A}, Bool, "kql.tobool", Keep, "The same as tobool.", "toboolean(x)"},
    {"todatetime", 1, 1, {A}, Datetime, "kql.todatetime", Keep, "To datetime.", "todatetime(x)"},
    {"todecimal", 1, 1, {A}, Decimal, "kql.toreal", Keep, "To decimal, of a real's precision.", "todecimal(x)"},
    {"todouble", 1, 1, {A}, Real, "kql.toreal", Keep, "The same as toreal.", "todouble(x)"},
    {"todynamic", 1, 1, {A}, Dynamic, "kql.parse_json", Keep, "The same as parse_json.", "todynamic(x)"},
    {"toguid", 1, 1, {T}, Guid, "kql.toguid", Keep, "To guid.", "toguid(x)"},
    {"tohex", 1, 2, {L, L}, Text, "kql.tohex", Keep, "Hexadecimal digits.", "tohex(255)"},
    {"toint", 1, 1, {A}, Long, "kql.toint", Keep, "To int (32 bits).", "toint(x)"},
    {"tolong", 1, 1, {A}, Long, "kql.tolong", Keep, "To long.", "tolong(x)"},
    {"toobject", 1, 1, {A}, Dynamic, "kql.parse_json", Keep, "The old name of todynamic.", "toobject(x)"},
    {"toreal", 1, 1, {A}, Real, "kql.toreal", Keep, "To real.", "toreal(x)"},
    {"tostring", 1, 1, {A}, Text, "kql.tostring", Keep, "To string.", "tostring(x)"},
    {"totime", 1, 1, {A}, Timespan, "kql.totimespan", Keep, "The old name of totimespan.", "totime(x)"},
    {"totimespan", 1, 1, {A}, Timespan, "kql.totimespan", Keep, "To timespan.", "totimespan(x)"},
};
// clang-format on

}  // namespace

std::span<const FunctionInfo> value_functions() { return kFunctions; }

}  // namespace hecate::kql
