#include "exec/functions/kql_geo.h"

#include <s2/s2latlng.h>

#include <cmath>
#include <numbers>

// Places on the earth. https://learn.microsoft.com/kusto/query/scalar-functions, Geospatial functions: longitude
// before latitude, in degrees; out of range is null.
namespace hecate::kql_geo {
namespace {

constexpr double kEarthRadius = 6'371'010;  // meters, of the sphere that Kusto's functions use

double radians(double degrees) { return degrees * std::numbers::pi / 180; }

/// Whether no direction leads from one to the other: the same place, or the other end of the earth.
bool are_directionless(const Place& a, const Place& b) {
  const double angle = meters_between(a, b) / kEarthRadius;
  return angle < 1e-15 || angle > std::numbers::pi - 1e-15;
}
/// Clockwise from north, in radians, in (-pi, pi].
double bearing(const Place& from, const Place& to) {
  const double turn = radians(to.longitude - from.longitude);
  const double y = std::sin(turn) * std::cos(radians(to.latitude));
  const double x = std::cos(radians(from.latitude)) * std::sin(radians(to.latitude)) -
                   std::sin(radians(from.latitude)) * std::cos(radians(to.latitude)) * std::cos(turn);
  return std::atan2(y, x);
}
Value full_turn(double angle) { return Value::real(angle < 0 ? angle + 2 * std::numbers::pi : angle); }

Value distance_2points(Arguments a, EvalContext&) {
  const auto from = place_of(a[0], a[1]);
  const auto to = place_of(a[2], a[3]);
  return from && to ? Value::real(meters_between(*from, *to)) : Value::null();
}
Value point_in_circle(Arguments a, EvalContext&) {
  const auto point = place_of(a[0], a[1]);
  const auto center = place_of(a[2], a[3]);
  if (!point || !center || !(a[4].as_real() >= 0)) return Value::null();
  return Value::boolean(meters_between(*point, *center) <= a[4].as_real());
}
Value azimuth(Arguments a, EvalContext&) {
  const auto from = place_of(a[0], a[1]);
  const auto to = place_of(a[2], a[3]);
  if (!from || !to || are_directionless(*from, *to)) return Value::null();
  return full_turn(bearing(*from, *to));
}
Value angle(Arguments a, EvalContext&) {
  const auto first = place_of(a[0], a[1]);
  const auto corner = place_of(a[2], a[3]);
  const auto last = place_of(a[4], a[5]);
  if (!first || !corner || !last) return Value::null();
  if (are_directionless(*first, *corner) || are_directionless(*corner, *last)) return Value::null();
  return full_turn(std::remainder(bearing(*corner, *last) - bearing(*corner, *first), 2 * std::numbers::pi));
}

}  // namespace

double meters_between(const Place& a, const Place& b) {
  const auto from = S2LatLng::FromDegrees(a.latitude, a.longitude);
  return from.GetDistance(S2LatLng::FromDegrees(b.latitude, b.longitude)).radians() * kEarthRadius;
}

namespace {

constexpr Function kFunctions[] = {
    {"kql.geo_distance_2points", 4, 4, false, &distance_2points, "Meters between two points."},
    {"kql.geo_point_in_circle", 5, 5, false, &point_in_circle, "Whether a point lies within meters of another."},
    {"kql.geo_azimuth", 4, 4, false, &azimuth, "Radians from north to the line between two points."},
    {"kql.geo_angle", 6, 6, false, &angle, "Radians between two lines that share a point."},
};

}  // namespace

std::span<const Function> point_functions() { return kFunctions; }

}  // namespace hecate::kql_geo

namespace hecate::kql_support {

std::span<const Function> geo_functions() {
  static const std::vector<Function> all = [] {
    using namespace kql_geo;
    std::vector<Function> gathered;
    for (const auto family :
         {point_functions(), geohash_functions(), wkt_functions(), densify_functions(), line_functions(),
          polygon_functions(), overlay_functions(), buffer_functions(), s2cell_functions(), h3cell_functions()}) {
      gathered.insert(gathered.end(), family.begin(), family.end());
    }
    return gathered;
  }();
  return all;
}

}  // namespace hecate::kql_support
