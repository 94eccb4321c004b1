#include <s2/s2builder.h>
#include <s2/s2builderutil_snap_functions.h>
#include <s2/s2loop.h>

#include <cmath>

#include "exec/functions/kql_geo_s2.h"

// Polygons. https://learn.microsoft.com/kusto/query/geo-polygon-area-function and its neighbours
namespace hecate::kql_geo {
namespace {

Value area(Arguments a, EvalContext&) {
  const Polygon shape = polygon(a[0]);
  if (!shape) return Value::null();
  return Value::real(shape->GetArea() * kEarthRadiusMeters * kEarthRadiusMeters);
}

Value perimeter(Arguments a, EvalContext&) {
  const Polygon shape = polygon(a[0]);
  if (!shape) return Value::null();
  double length = 0;
  for (int i = 0; i < shape->num_loops(); ++i) {
    const S2Loop& loop = *shape->loop(i);
    for (int k = 0; k < loop.num_vertices(); ++k) length += S1Angle(loop.vertex(k), loop.vertex(k + 1)).radians();
  }
  return Value::real(length * kEarthRadiusMeters);
}

Value centroid(Arguments a, EvalContext& context) {
  const Polygon shape = polygon(a[0]);
  if (!shape) return Value::null();
  const S2Point center = shape->GetCentroid();
  if (center == S2Point()) return Value::null();
  return geometry_value(point_text(place_at(center.Normalize())), context);
}

Value point_in_polygon(Arguments a, EvalContext&) {
  const auto place = place_of(a[0], a[1]);
  const Polygon shape = place ? polygon(a[2]) : nullptr;
  return shape ? Value::boolean(shape->Contains(sphere_point(*place))) : Value::null();
}

Value distance_to_polygon(Arguments a, EvalContext&) {
  const auto place = place_of(a[0], a[1]);
  const Polygon shape = place ? polygon(a[2]) : nullptr;
  return shape ? Value::real(meters(shape->GetDistance(sphere_point(*place)))) : Value::null();
}

Value closest_point(Arguments a, EvalContext& context) {
  const auto place = place_of(a[0], a[1]);
  const Polygon shape = place ? polygon(a[2]) : nullptr;
  if (!shape) return Value::null();
  return geometry_value(point_text(place_at(shape->Project(sphere_point(*place)))), context);
}

/// The distance between any two places of a simplified shape; nothing where it is out of range.
std::optional<S1Angle> tolerance_of(Arguments a) {
  const auto tolerance = number_at(a, 1, 10);
  if (!tolerance || !(*tolerance >= 0) || angle_of(*tolerance) > S2Builder::SnapFunction::kMaxSnapRadius())
    return std::nullopt;
  return angle_of(*tolerance);
}
Value simplified(const S2Polygon& shape, S1Angle tolerance, EvalContext& context) {
  S2Polygon simple;
  simple.set_s2debug_override(S2Debug::DISABLE);
  simple.InitToSimplified(shape, s2builderutil::IdentitySnapFunction(tolerance));
  return polygon_value(simple, context);
}

Value simplify(Arguments a, EvalContext& context) {
  const auto tolerance = tolerance_of(a);
  const Polygon shape = tolerance ? polygon(a[0]) : nullptr;
  return shape ? simplified(*shape, *tolerance, context) : Value::null();
}

/// The polygons of an array; none where one is not valid.
std::vector<Polygon> polygons_in(const Value& array, EvalContext& context) {
  const auto parts = kql_support::array_of(array);
  if (!parts) return {};
  std::vector<Polygon> polygons;
  for (const std::string_view part : parts->values) {
    polygons.push_back(polygon(kql_support::dynamic_value(part, context)));
    if (!polygons.back()) return {};
  }
  return polygons;
}

Value union_array(Arguments a, EvalContext& context) {
  std::vector<Polygon> polygons = polygons_in(a[0], context);
  if (polygons.empty()) return Value::null();
  return polygon_value(*S2Polygon::DestructiveUnion(std::move(polygons)), context);
}

/// Neighbours keep the border that they share: all are snapped and simplified as one set of edges before each is put
/// together again.
Value simplify_array(Arguments a, EvalContext& context) {
  const auto tolerance = tolerance_of(a);
  std::vector<Polygon> polygons = tolerance ? polygons_in(a[0], context) : std::vector<Polygon>();
  if (polygons.empty()) return Value::null();
  return simplified(*S2Polygon::DestructiveUnion(std::move(polygons)), *tolerance, context);
}

constexpr Function kFunctions[] = {
    {"kql.geo_polygon_area", 1, 1, false, &area, "Square meters of a polygon."},
    {"kql.geo_polygon_perimeter", 1, 1, false, &perimeter, "Meters around a polygon."},
    {"kql.geo_polygon_centroid", 1, 1, false, &centroid, "The center of mass of a polygon."},
    {"kql.geo_polygon_simplify", 1, 2, false, &simplify, "A polygon with fewer points."},
    {"kql.geo_point_in_polygon", 3, 3, false, &point_in_polygon, "Whether a point lies in a polygon."},
    {"kql.geo_distance_point_to_polygon", 3, 3, false, &distance_to_polygon, "Meters from a point to a polygon."},
    {"kql.geo_closest_point_on_polygon", 3, 3, false, &closest_point, "The point of a polygon nearest to a point."},
    {"kql.geo_union_polygons_array", 1, 1, false, &union_array, "What any of the polygons covers."},
    {"kql.geo_simplify_polygons_array", 1, 2, false, &simplify_array, "Neighbouring polygons with fewer points."},
};

}  // namespace

std::span<const Function> polygon_functions() { return kFunctions; }

}  // namespace hecate::kql_geo
