#include <fmt/format.h>
#include <s2/mutable_s2shape_index.h>
#include <s2/s2boolean_operation.h>
#include <s2/s2builder.h>
#include <s2/s2builderutil_closed_set_normalizer.h>
#include <s2/s2builderutil_s2point_vector_layer.h>
#include <s2/s2builderutil_s2polygon_layer.h>
#include <s2/s2builderutil_s2polyline_vector_layer.h>
#include <s2/s2builderutil_snap_functions.h>
#include <s2/s2edge_crossings.h>

#include "exec/functions/kql_geo_s2.h"

// What shapes have in common. https://learn.microsoft.com/kusto/query/geo-intersection-2lines-function and its
// neighbours
namespace hecate::kql_geo {
namespace {

using s2builderutil::S2PointVectorLayer;
using s2builderutil::S2PolygonLayer;
using s2builderutil::S2PolylineVectorLayer;

/// A shape as what S2 operates on; it owns what it indexes.
class Shape {
 public:
  static std::unique_ptr<Shape> lines(const Value& value) {
    auto shape = std::make_unique<Shape>();
    shape->lines_ = polylines(value);
    if (shape->lines_.empty()) return nullptr;
    for (const Polyline& line : shape->lines_) shape->index_.Add(std::make_unique<S2Polyline::Shape>(line.get()));
    return shape;
  }
  static std::unique_ptr<Shape> area(const Value& value) {
    auto shape = std::make_unique<Shape>();
    shape->polygon_ = polygon(value);
    if (!shape->polygon_) return nullptr;
    shape->index_.Add(std::make_unique<S2Polygon::Shape>(shape->polygon_.get()));
    return shape;
  }
  [[nodiscard]] const S2ShapeIndex& index() const { return index_; }

 private:
  std::vector<Polyline> lines_;
  Polygon polygon_;
  MutableS2ShapeIndex index_;
};
using ShapePointer = std::unique_ptr<Shape>;

/// Shapes contain their borders and their ends, so that those that touch have that in common.
S2BooleanOperation::Options closed() {
  S2BooleanOperation::Options options{s2builderutil::IdentitySnapFunction(S2::kIntersectionMergeRadius)};
  options.set_polygon_model(S2BooleanOperation::PolygonModel::CLOSED);
  options.set_polyline_model(S2BooleanOperation::PolylineModel::CLOSED);
  return options;
}

/// The result of an operation: a geometry, or a collection where it is none or of several kinds.
struct Common {
  std::vector<S2Point> points;
  std::vector<Polyline> lines;
  S2Polygon polygon;

  [[nodiscard]] std::string text() const;
};

std::string points_text(const std::vector<S2Point>& points) {
  if (points.size() == 1) return point_text(place_at(points.front()));
  Path path;
  for (const S2Point& point : points) path.push_back(place_at(point));
  std::string coordinates;
  append_path(path, coordinates);
  return geometry_text("MultiPoint", coordinates);
}

std::string Common::text() const {
  std::vector<std::string> geometries;
  if (!points.empty()) geometries.push_back(points_text(points));
  if (!lines.empty()) {
    std::vector<Path> paths;
    for (const Polyline& line : lines) paths.push_back(path_of(*line));
    geometries.push_back(lines_text(paths, paths.size() > 1));
  }
  if (!polygon.is_empty() && !polygon.is_full()) {
    const Shapes shapes = shapes_of(polygon);
    geometries.push_back(polygons_text(shapes, shapes.size() > 1));
  }
  if (geometries.size() == 1) return geometries.front();
  return fmt::format(R"({{"type":"GeometryCollection","geometries":[{}]}})", fmt::join(geometries, ","));
}

Value intersection(const ShapePointer& a, const ShapePointer& b, EvalContext& context) {
  if (!a || !b) return Value::null();
  Common common;
  common.polygon.set_s2debug_override(S2Debug::DISABLE);
  S2PolylineVectorLayer::Options walks;
  walks.set_polyline_type(S2Builder::Graph::PolylineType::WALK);
  walks.set_duplicate_edges(S2PolylineVectorLayer::Options::DuplicateEdges::MERGE);
  walks.set_s2debug_override(S2Debug::DISABLE);
  std::vector<std::unique_ptr<S2Builder::Layer>> layers;
  layers.push_back(std::make_unique<S2PointVectorLayer>(&common.points));
  layers.push_back(std::make_unique<S2PolylineVectorLayer>(&common.lines, walks));
  layers.push_back(std::make_unique<S2PolygonLayer>(&common.polygon));
  S2BooleanOperation::Options options = closed();
  S2MemoryTracker tracker;
  tracker.set_limit_bytes(kMemoryOfOperation);
  options.set_memory_tracker(&tracker);
  S2BooleanOperation operation(S2BooleanOperation::OpType::INTERSECTION,
                               s2builderutil::NormalizeClosedSet(std::move(layers)), options);
  S2Error error;
  if (!operation.Build(a->index(), b->index(), &error)) return Value::null();
  return geometry_value(common.text(), context);
}

Value intersects(const ShapePointer& a, const ShapePointer& b) {
  if (!a || !b) return Value::null();
  return Value::boolean(S2BooleanOperation::Intersects(a->index(), b->index(), closed()));
}

Value intersection_2lines(Arguments a, EvalContext& context) {
  return intersection(Shape::lines(a[0]), Shape::lines(a[1]), context);
}
Value intersection_2polygons(Arguments a, EvalContext& context) {
  return intersection(Shape::area(a[0]), Shape::area(a[1]), context);
}
Value intersection_line_with_polygon(Arguments a, EvalContext& context) {
  return intersection(Shape::lines(a[0]), Shape::area(a[1]), context);
}
Value intersects_2lines(Arguments a, EvalContext&) { return intersects(Shape::lines(a[0]), Shape::lines(a[1])); }
Value intersects_2polygons(Arguments a, EvalContext&) { return intersects(Shape::area(a[0]), Shape::area(a[1])); }
Value intersects_line_with_polygon(Arguments a, EvalContext&) {
  return intersects(Shape::lines(a[0]), Shape::area(a[1]));
}

/// The edges of all lines once each, split where they cross, joined to lines that are as long as possible.
Value union_lines_array(Arguments a, EvalContext& context) {
  const auto parts = kql_support::array_of(a[0]);
  if (!parts || parts->values.empty()) return Value::null();
  S2Builder::Options options{s2builderutil::IdentitySnapFunction(S2::kIntersectionMergeRadius)};
  options.set_split_crossing_edges(true);
  S2MemoryTracker tracker;
  tracker.set_limit_bytes(kMemoryOfOperation);
  options.set_memory_tracker(&tracker);
  S2PolylineVectorLayer::Options walks;
  walks.set_polyline_type(S2Builder::Graph::PolylineType::WALK);
  walks.set_duplicate_edges(S2PolylineVectorLayer::Options::DuplicateEdges::MERGE);
  walks.set_s2debug_override(S2Debug::DISABLE);
  std::vector<Polyline> joined;
  S2Builder builder(options);
  builder.StartLayer(std::make_unique<S2PolylineVectorLayer>(&joined, walks));
  for (const std::string_view part : parts->values) {
    const std::vector<Polyline> lines = polylines(kql_support::dynamic_value(part, context));
    if (lines.empty()) return Value::null();
    for (const Polyline& line : lines) builder.AddPolyline(*line);
  }
  S2Error error;
  return builder.Build(&error) ? lines_value(joined, context) : Value::null();
}

constexpr Function kFunctions[] = {
    {"kql.geo_intersection_2lines", 2, 2, false, &intersection_2lines, "What two lines have in common."},
    {"kql.geo_intersection_2polygons", 2, 2, false, &intersection_2polygons, "What two polygons have in common."},
    {"kql.geo_intersection_line_with_polygon", 2, 2, false, &intersection_line_with_polygon,
     "What of a line lies in a polygon."},
    {"kql.geo_intersects_2lines", 2, 2, false, &intersects_2lines, "Whether two lines meet."},
    {"kql.geo_intersects_2polygons", 2, 2, false, &intersects_2polygons, "Whether two polygons meet."},
    {"kql.geo_intersects_line_with_polygon", 2, 2, false, &intersects_line_with_polygon,
     "Whether a line and a polygon meet."},
    {"kql.geo_union_lines_array", 1, 1, false, &union_lines_array, "Lines as one."},
};

}  // namespace

std::span<const Function> overlay_functions() { return kFunctions; }

}  // namespace hecate::kql_geo
