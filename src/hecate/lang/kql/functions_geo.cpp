#include "lang/kql/function_columns.h"

// https://learn.microsoft.com/kusto/query/scalar-functions: places on the earth.
namespace hecate::kql {
namespace {

using namespace columns;

// clang-format off
constexpr FunctionInfo kFunctions[] = {
    {"geo_distance_2points", 4, 5, {N, N, N, N}, Real, "kql.geo_distance_2points", Own, "Meters between two points.", "geo_distance_2points(lon1, lat1, lon2, lat2)"},
    {"geo_point_in_circle", 5, 5, {N, N, N, N}, Bool, "kql.geo_point_in_circle", Own, "Whether a point lies within meters of another.", "geo_point_in_circle(lon, lat, lon0, lat0, 1000)"},
};
// clang-format on

}  // namespace

std::span<const FunctionInfo> geo_functions() { return kFunctions; }

}  // namespace hecate::kql
