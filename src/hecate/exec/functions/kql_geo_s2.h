#pragma once

#include <s2/s2error.h>
#include <s2/s2latlng.h>
#include <s2/s2memory_tracker.h>
#include <s2/s2polygon.h>
#include <s2/s2polyline.h>

#include <memory>

#include "exec/functions/kql_geo.h"

/// GeoJSON as shapes on the sphere, by Google's S2, which Kusto computes with as well: edges are geodesics.
/// Private to exec/functions.
namespace hecate::kql_geo {

inline constexpr double kEarthRadiusMeters = 6'371'010;

using Polyline = std::unique_ptr<S2Polyline>;
using Polygon = std::unique_ptr<S2Polygon>;

[[nodiscard]] S2Point sphere_point(const Place& place);
[[nodiscard]] Place place_at(const S2Point& point);
[[nodiscard]] inline double meters(S1Angle angle) { return angle.radians() * kEarthRadiusMeters; }
[[nodiscard]] inline S1Angle angle_of(double meters) { return S1Angle::Radians(meters / kEarthRadiusMeters); }

/// What an operation may use before it gives up; the result is then null.
inline constexpr int64_t kMemoryOfOperation = int64_t{256} << 20;

/// The lines of a value; none where one is not valid.
[[nodiscard]] std::vector<Polyline> polylines(const Value& value);
/// The polygon that a value is; the union of the polygons where there are several. nullptr where one is not valid.
[[nodiscard]] Polygon polygon(const Value& value);

[[nodiscard]] Path path_of(const S2Polyline& line);
/// Every shell with its holes, shells counterclockwise, holes clockwise, each ring closed.
[[nodiscard]] Shapes shapes_of(const S2Polygon& polygon);
/// A LineString for one, a MultiLineString for several, null for none.
[[nodiscard]] Value lines_value(const std::vector<Polyline>& lines, EvalContext& context);
/// A Polygon for one, a MultiPolygon for several; null for none and for the whole earth.
[[nodiscard]] Value polygon_value(const S2Polygon& polygon, EvalContext& context);
/// geo_polygon_buffer(): a polygon, a radius in meters and a tolerance.
[[nodiscard]] Value polygon_buffer(Arguments arguments, EvalContext& context);

}  // namespace hecate::kql_geo
