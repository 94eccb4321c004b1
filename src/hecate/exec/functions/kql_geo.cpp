#include <algorithm>
#include <cmath>
#include <numbers>

#include "exec/functions/kql_support.h"

// Places on the earth. https://learn.microsoft.com/kusto/query/scalar-functions, Geospatial functions: longitude
// before latitude, in degrees; out of range is null.
namespace hecate::kql_support {
namespace {

constexpr double kEarthRadius = 6'371'010;  // meters, of the sphere that Kusto's functions use

double radians(double degrees) { return degrees * std::numbers::pi / 180; }
bool is_place(double longitude, double latitude) { return std::fabs(longitude) <= 180 && std::fabs(latitude) <= 90; }

double distance(double lon1, double lat1, double lon2, double lat2) {
  const double dx = std::sin(radians(lon2 - lon1) / 2);
  const double dy = std::sin(radians(lat2 - lat1) / 2);
  const double h = dy * dy + std::cos(radians(lat1)) * std::cos(radians(lat2)) * dx * dx;
  return 2 * kEarthRadius * std::asin(std::sqrt(std::min(1.0, h)));
}

Value distance_2points(Arguments a, EvalContext&) {
  const double v[4] = {a[0].as_real(), a[1].as_real(), a[2].as_real(), a[3].as_real()};
  if (!is_place(v[0], v[1]) || !is_place(v[2], v[3])) return Value::null();
  return Value::real(distance(v[0], v[1], v[2], v[3]));
}
Value point_in_circle(Arguments a, EvalContext&) {
  const double v[5] = {a[0].as_real(), a[1].as_real(), a[2].as_real(), a[3].as_real(), a[4].as_real()};
  if (!is_place(v[0], v[1]) || !is_place(v[2], v[3]) || !(v[4] >= 0)) return Value::null();
  return Value::boolean(distance(v[0], v[1], v[2], v[3]) <= v[4]);
}

constexpr Function kFunctions[] = {
    {"kql.geo_distance_2points", 4, 5, false, &distance_2points, "Meters between two points."},
    {"kql.geo_point_in_circle", 5, 5, false, &point_in_circle, "Whether a point lies within meters of another."},
};

}  // namespace

std::span<const Function> geo_functions() { return kFunctions; }

}  // namespace hecate::kql_support
