#include <s2/s2buffer_operation.h>
#include <s2/s2builderutil_s2polygon_layer.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "exec/functions/kql_geo_s2.h"

// All within a distance of a shape. https://learn.microsoft.com/kusto/query/geo-point-buffer-function and its
// neighbours
namespace hecate::kql_geo {
namespace {

/// The most points that rounding all corners may make, so that a small tolerance around a long line ends.
constexpr double kMostPoints = 2'000'000;

/// A radius in meters and how far the result may be off, as a part of it.
struct Reach {
  S1Angle radius;
  double error;
  /// How many points a full circle gets at least.
  [[nodiscard]] double points() const { return std::numbers::pi / std::acos(1 - error); }
};
std::optional<Reach> reach_of(Arguments a, size_t index) {
  const double radius = a[index].as_real();
  const auto tolerance = number_at(a, index + 1, 10);
  if (!(radius > 0) || radius > kEarthRadiusMeters * std::numbers::pi || !tolerance || !(*tolerance > 0))
    return std::nullopt;
  return Reach{angle_of(radius), std::clamp(*tolerance / radius, S2BufferOperation::Options::kMinErrorFraction, 1.0)};
}

/// `add` gives the operation the shape, which has `corners` points.
template <class Add>
Value buffer(const Reach& reach, double corners, EvalContext& context, Add add) {
  if (reach.points() * corners > kMostPoints) return Value::null();
  S2Polygon result;
  result.set_s2debug_override(S2Debug::DISABLE);
  S2BufferOperation::Options options(reach.radius);
  options.set_error_fraction(reach.error);
  S2MemoryTracker tracker;
  tracker.set_limit_bytes(kMemoryOfOperation);
  options.set_memory_tracker(&tracker);
  S2BufferOperation operation(std::make_unique<s2builderutil::S2PolygonLayer>(&result), options);
  add(operation);
  S2Error error;
  return operation.Build(&error) ? polygon_value(result, context) : Value::null();
}

Value point_buffer(Arguments a, EvalContext& context) {
  const auto place = place_of(a[0], a[1]);
  const auto reach = reach_of(a, 2);
  if (!place || !reach) return Value::null();
  return buffer(*reach, 1, context, [&](S2BufferOperation& to) { to.AddPoint(sphere_point(*place)); });
}

Value line_buffer(Arguments a, EvalContext& context) {
  const auto reach = reach_of(a, 1);
  const std::vector<Polyline> lines = reach ? polylines(a[0]) : std::vector<Polyline>();
  if (lines.empty()) return Value::null();
  double corners = 0;
  for (const Polyline& line : lines) corners += line->num_vertices();
  return buffer(*reach, corners, context, [&](S2BufferOperation& to) {
    for (const Polyline& line : lines) to.AddPolyline(line->vertices_span());
  });
}

}  // namespace

Value polygon_buffer(Arguments a, EvalContext& context) {
  const auto reach = reach_of(a, 1);
  const Polygon shape = reach ? polygon(a[0]) : nullptr;
  if (!shape) return Value::null();
  return buffer(*reach, shape->num_vertices(), context,
                [&](S2BufferOperation& to) { to.AddShape(S2Polygon::Shape(shape.get())); });
}

namespace {

constexpr Function kFunctions[] = {
    {"kql.geo_point_buffer", 3, 4, false, &point_buffer, "All within meters of a point."},
    {"kql.geo_line_buffer", 2, 3, false, &line_buffer, "All within meters of a line."},
    {"kql.geo_polygon_buffer", 2, 3, false, &polygon_buffer, "All within meters of a polygon."},
};

}  // namespace

std::span<const Function> buffer_functions() { return kFunctions; }

}  // namespace hecate::kql_geo
