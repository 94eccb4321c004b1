#include <s2/s2builder.h>
#include <s2/s2builderutil_s2polyline_layer.h>
#include <s2/s2builderutil_snap_functions.h>
#include <s2/s2polyline_measures.h>

#include <cmath>

#include "exec/functions/kql_geo_s2.h"

// Lines. https://learn.microsoft.com/kusto/query/geo-line-length-function and its neighbours
namespace hecate::kql_geo {
namespace {

/// By longitudes and latitudes as written: by points of the sphere the last digits would be others.
Value line_length(Arguments a, EvalContext&) {
  const auto lines = lines_of(a[0].as_text());
  if (!lines || polylines(a[0]).empty()) return Value::null();
  double length = 0;
  for (const Path& path : lines->paths) {
    for (size_t i = 1; i < path.size(); ++i) length += meters_between(path[i - 1], path[i]);
  }
  return Value::real(length);
}

Value line_centroid(Arguments a, EvalContext& context) {
  S2Point sum;
  for (const Polyline& line : polylines(a[0])) sum += line->GetCentroid();
  if (sum == S2Point()) return Value::null();
  return geometry_value(point_text(place_at(sum.Normalize())), context);
}

/// The one line of a LineString; nullptr for several.
Polyline single_line(const Value& value) {
  std::vector<Polyline> lines = polylines(value);
  return lines.size() == 1 ? std::move(lines.front()) : nullptr;
}

Value interpolate_point(Arguments a, EvalContext& context) {
  const Polyline line = single_line(a[0]);
  const double fraction = a[1].as_real();
  if (!line || !(fraction >= 0 && fraction <= 1)) return Value::null();
  return geometry_value(point_text(place_at(line->Interpolate(fraction))), context);
}

Value locate_point(Arguments a, EvalContext&) {
  const Polyline line = single_line(a[0]);
  const auto place = place_of(a[1], a[2]);
  if (!line || !place) return Value::null();
  int next = 0;
  const S2Point nearest = line->Project(sphere_point(*place), &next);
  return Value::real(line->UnInterpolate(nearest, next));
}

/// The place on any of the lines that is nearest to a point.
std::optional<S2Point> nearest_on(const std::vector<Polyline>& lines, const S2Point& point) {
  std::optional<S2Point> nearest;
  for (const Polyline& line : lines) {
    int next = 0;
    const S2Point candidate = line->Project(point, &next);
    if (!nearest || S1Angle(candidate, point) < S1Angle(*nearest, point)) nearest = candidate;
  }
  return nearest;
}

Value closest_point(Arguments a, EvalContext& context) {
  const auto place = place_of(a[0], a[1]);
  const auto nearest = place ? nearest_on(polylines(a[2]), sphere_point(*place)) : std::nullopt;
  return nearest ? geometry_value(point_text(place_at(*nearest)), context) : Value::null();
}

Value distance_to_line(Arguments a, EvalContext&) {
  const auto place = place_of(a[0], a[1]);
  if (!place) return Value::null();
  const S2Point point = sphere_point(*place);
  const auto nearest = nearest_on(polylines(a[2]), point);
  return nearest ? Value::real(meters(S1Angle(*nearest, point))) : Value::null();
}

/// nullptr where nothing is left.
Polyline simplified(const S2Polyline& line, S1Angle tolerance) {
  S2Builder::Options options{s2builderutil::IdentitySnapFunction(tolerance)};
  options.set_simplify_edge_chains(true);
  S2MemoryTracker tracker;
  tracker.set_limit_bytes(kMemoryOfOperation);
  options.set_memory_tracker(&tracker);
  auto result = std::make_unique<S2Polyline>();
  result->set_s2debug_override(S2Debug::DISABLE);
  S2Builder builder(options);
  builder.StartLayer(std::make_unique<s2builderutil::S2PolylineLayer>(result.get()));
  builder.AddPolyline(line);
  S2Error error;
  if (!builder.Build(&error) || result->num_vertices() < 2) return nullptr;
  return result;
}

Value line_simplify(Arguments a, EvalContext& context) {
  const auto tolerance = number_at(a, 1, 10);
  if (!tolerance || !(*tolerance >= 0) || angle_of(*tolerance) > S2Builder::SnapFunction::kMaxSnapRadius())
    return Value::null();
  std::vector<Polyline> lines = polylines(a[0]);
  std::vector<Polyline> simple;
  for (const Polyline& line : lines) {
    if (Polyline made = simplified(*line, angle_of(*tolerance))) simple.push_back(std::move(made));
  }
  return lines_value(simple, context);
}

constexpr Function kFunctions[] = {
    {"kql.geo_line_length", 1, 1, false, &line_length, "Meters of a line."},
    {"kql.geo_line_centroid", 1, 1, false, &line_centroid, "The center of mass of a line."},
    {"kql.geo_line_interpolate_point", 2, 2, false, &interpolate_point, "The point at a fraction of a line."},
    {"kql.geo_line_locate_point", 3, 3, false, &locate_point, "The fraction of a line nearest to a point."},
    {"kql.geo_line_simplify", 1, 2, false, &line_simplify, "A line with fewer points."},
    {"kql.geo_closest_point_on_line", 3, 3, false, &closest_point, "The point of a line nearest to a point."},
    {"kql.geo_distance_point_to_line", 3, 3, false, &distance_to_line, "Meters from a point to a line."},
};

}  // namespace

std::span<const Function> line_functions() { return kFunctions; }

}  // namespace hecate::kql_geo
