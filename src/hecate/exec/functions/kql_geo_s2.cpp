#include "exec/functions/kql_geo_s2.h"

#include <s2/s2loop.h>

namespace hecate::kql_geo {
namespace {

/// IsValid() writes to the error output what it finds; this does not.
template <class Shape>
bool is_valid(const Shape& shape) {
  S2Error error;
  return !shape.FindValidationError(&error);
}

/// The line without places that are given twice in a row; nullptr where it is then no line, or has an edge without
/// direction: its ends are at opposite ends of the earth.
Polyline polyline(const Path& path) {
  std::vector<S2Point> points;
  for (const Place& place : path) {
    const S2Point point = sphere_point(place);
    if (points.empty() || points.back() != point) points.push_back(point);
  }
  if (points.size() < 2) return nullptr;
  auto line = std::make_unique<S2Polyline>(points, S2Debug::DISABLE);
  return is_valid(*line) ? std::move(line) : nullptr;
}

/// The side of a ring that is the smaller one, whichever way around it is written.
std::unique_ptr<S2Loop> loop(const Path& ring) {
  std::vector<S2Point> points;
  for (size_t i = 0; i + 1 < ring.size(); ++i) points.push_back(sphere_point(ring[i]));
  auto made = std::make_unique<S2Loop>(points, S2Debug::DISABLE);
  if (!is_valid(*made)) return nullptr;
  made->Normalize();
  return made;
}

Polygon polygon(const Rings& rings) {
  std::vector<std::unique_ptr<S2Loop>> loops;
  for (const Path& ring : rings) {
    loops.push_back(loop(ring));
    if (!loops.back()) return nullptr;
  }
  auto made = std::make_unique<S2Polygon>();
  made->set_s2debug_override(S2Debug::DISABLE);
  made->InitNested(std::move(loops));
  return is_valid(*made) && !made->is_empty() ? std::move(made) : nullptr;
}

Path ring_of(const S2Loop& loop) {
  Path ring;
  for (int i = 0; i <= loop.num_vertices(); ++i) ring.push_back(place_at(loop.oriented_vertex(i)));
  return ring;
}

}  // namespace

S2Point sphere_point(const Place& place) { return S2LatLng::FromDegrees(place.latitude, place.longitude).ToPoint(); }
Place place_at(const S2Point& point) {
  const S2LatLng at(point);
  return {at.lng().degrees(), at.lat().degrees()};
}

std::vector<Polyline> polylines(const Value& value) {
  const auto read = lines_of(value.as_text());
  if (!read) return {};
  std::vector<Polyline> lines;
  for (const Path& path : read->paths) {
    lines.push_back(polyline(path));
    if (!lines.back()) return {};
  }
  return lines;
}

Polygon polygon(const Value& value) {
  const auto read = polygons_of(value.as_text());
  if (!read) return nullptr;
  std::vector<Polygon> polygons;
  for (const Rings& rings : read->shapes) {
    polygons.push_back(polygon(rings));
    if (!polygons.back()) return nullptr;
  }
  if (polygons.size() == 1) return std::move(polygons.front());
  return S2Polygon::DestructiveUnion(std::move(polygons));
}

Path path_of(const S2Polyline& line) {
  Path path;
  for (const S2Point& point : line.vertices_span()) path.push_back(place_at(point));
  return path;
}

Shapes shapes_of(const S2Polygon& polygon) {
  Shapes shapes;
  for (int i = 0; i < polygon.num_loops(); ++i) {
    const S2Loop& shell = *polygon.loop(i);
    if (shell.is_hole()) continue;
    shapes.push_back({ring_of(shell)});
    for (int k = i + 1; k <= polygon.GetLastDescendant(i); ++k) {
      if (polygon.loop(k)->depth() == shell.depth() + 1) shapes.back().push_back(ring_of(*polygon.loop(k)));
    }
  }
  return shapes;
}

Value lines_value(const std::vector<Polyline>& lines, EvalContext& context) {
  if (lines.empty()) return Value::null();
  std::vector<Path> paths;
  for (const Polyline& line : lines) paths.push_back(path_of(*line));
  return geometry_value(lines_text(paths, paths.size() > 1), context);
}

Value polygon_value(const S2Polygon& polygon, EvalContext& context) {
  if (polygon.is_empty() || polygon.is_full()) return Value::null();
  const Shapes shapes = shapes_of(polygon);
  return geometry_value(polygons_text(shapes, shapes.size() > 1), context);
}

}  // namespace hecate::kql_geo
