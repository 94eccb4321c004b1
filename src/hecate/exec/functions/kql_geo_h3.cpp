#include <fmt/format.h>
#include <h3api.h>

#include <algorithm>
#include <charconv>
#include <numbers>

#include "exec/functions/kql_geo_s2.h"

// Cells of Uber's H3. https://learn.microsoft.com/kusto/query/geo-point-to-h3cell-function and its neighbours
namespace hecate::kql_geo {
namespace {

constexpr int kFinest = 15;
constexpr int kMostGenerations = 5;        // of children, as documented
constexpr int kFarthestRing = 142;         // as documented
constexpr size_t kMostCells = 61680;       // of a polygon, as documented
constexpr int64_t kMostGuessed = 1 << 22;  // of a polygon, by its bounding box: what is allocated to find out

LatLng radians_of(const Place& place) {
  constexpr double kRadian = std::numbers::pi / 180;
  return {place.latitude * kRadian, place.longitude * kRadian};
}
Place place_of_radians(const LatLng& at) {
  constexpr double kDegree = 180 / std::numbers::pi;
  return {at.lng * kDegree, at.lat * kDegree};
}

std::optional<H3Index> cell_of(std::string_view token) {
  H3Index cell = 0;
  const char* end = token.data() + token.size();
  const auto [next, error] = std::from_chars(token.data(), end, cell, 16);
  if (error != std::errc() || next != end || isValidCell(cell) == 0) return std::nullopt;
  return cell;
}
std::string token_of(H3Index cell) { return fmt::format("{:x}", cell); }

std::string cells_text(const std::vector<H3Index>& cells) {
  kql_support::ArrayWriter writer;
  for (const H3Index cell : cells) writer.add('"' + token_of(cell) + '"');
  return writer.text();
}

Value point_to_h3cell(Arguments a, EvalContext& context) {
  const auto resolution = level_at(a, 2, 6, 0, kFinest);
  const auto place = a[0].is_null() || a[1].is_null() ? std::nullopt : place_of(a[0], a[1]);
  if (!resolution || !place) return Value::string("");
  const LatLng at = radians_of(*place);
  H3Index cell = 0;
  if (latLngToCell(&at, *resolution, &cell) != E_SUCCESS) return Value::string("");
  return kql_support::string_value(token_of(cell), context);
}

Value level(Arguments a, EvalContext&) {
  const auto cell = cell_of(a[0].as_text());
  return cell ? Value::integer(getResolution(*cell)) : Value::null();
}

Value parent(Arguments a, EvalContext& context) {
  const auto cell = a[0].is_null() ? std::nullopt : cell_of(a[0].as_text());
  if (!cell) return Value::string("");
  const auto resolution = level_at(a, 1, getResolution(*cell) - 1, 0, kFinest);
  H3Index found = 0;
  if (!resolution || cellToParent(*cell, *resolution, &found) != E_SUCCESS) return Value::string("");
  return kql_support::string_value(token_of(found), context);
}

Value children(Arguments a, EvalContext& context) {
  const auto cell = cell_of(a[0].as_text());
  if (!cell) return Value::null();
  const int own = getResolution(*cell);
  const auto resolution = level_at(a, 1, own + 1, 1, kFinest);
  if (!resolution || *resolution < own || *resolution > own + kMostGenerations) return Value::null();
  int64_t count = 0;
  if (cellToChildrenSize(*cell, *resolution, &count) != E_SUCCESS) return Value::null();
  std::vector<H3Index> cells(static_cast<size_t>(count));
  if (cellToChildren(*cell, *resolution, cells.data()) != E_SUCCESS) return Value::null();
  return Value::dynamic(context.arena.copy(cells_text(cells)));
}

/// The rings around a cell, the cell itself as the first; none where they could not be made.
std::vector<std::vector<H3Index>> rings_of(H3Index cell, int distance) {
  int64_t size = 0;
  if (maxGridDiskSize(distance, &size) != E_SUCCESS) return {};
  std::vector<H3Index> cells(static_cast<size_t>(size));
  std::vector<int> distances(static_cast<size_t>(size));
  if (gridDiskDistances(cell, distance, cells.data(), distances.data()) != E_SUCCESS) return {};
  std::vector<std::vector<H3Index>> rings(static_cast<size_t>(distance) + 1);
  for (size_t i = 0; i < cells.size(); ++i) {
    if (cells[i] != H3_NULL) rings[static_cast<size_t>(distances[i])].push_back(cells[i]);
  }
  return rings;
}

Value rings(Arguments a, EvalContext& context) {
  const auto cell = cell_of(a[0].as_text());
  const auto distance = level_at(a, 1, 0, 0, kFarthestRing);
  if (!cell || !distance) return Value::null();
  const auto around = rings_of(*cell, *distance);
  if (around.empty()) return Value::null();
  kql_support::ArrayWriter writer;
  for (const auto& ring : around) writer.add(cells_text(ring));
  return writer.finish(context);
}

Value neighbors(Arguments a, EvalContext& context) {
  const auto cell = cell_of(a[0].as_text());
  const auto around = cell ? rings_of(*cell, 1) : std::vector<std::vector<H3Index>>();
  if (around.empty()) return Value::null();
  return Value::dynamic(context.arena.copy(cells_text(around[1])));
}

Value to_central_point(Arguments a, EvalContext& context) {
  const auto cell = cell_of(a[0].as_text());
  LatLng center{};
  if (!cell || cellToLatLng(*cell, &center) != E_SUCCESS) return Value::null();
  return geometry_value(point_text(place_of_radians(center)), context);
}

Value to_polygon(Arguments a, EvalContext& context) {
  const auto cell = cell_of(a[0].as_text());
  CellBoundary border{};
  if (!cell || cellToBoundary(*cell, &border) != E_SUCCESS) return Value::null();
  Path ring;
  for (int i = 0; i <= border.numVerts; ++i) ring.push_back(place_of_radians(border.verts[i % border.numVerts]));
  return geometry_value(polygons_text({{ring}}, false), context);
}

/// Rings as H3 takes them: radians, not closed.
class RingsInRadians {
 public:
  explicit RingsInRadians(const Rings& rings) {
    for (const Path& ring : rings) {
      std::vector<LatLng>& points = points_.emplace_back();
      for (size_t i = 0; i + 1 < ring.size(); ++i) points.push_back(radians_of(ring[i]));
    }
    for (auto& points : points_) loops_.push_back({static_cast<int>(points.size()), points.data()});
  }
  [[nodiscard]] GeoPolygon polygon() {
    return {loops_.front(), static_cast<int>(loops_.size()) - 1, loops_.size() > 1 ? &loops_[1] : nullptr};
  }

 private:
  std::vector<std::vector<LatLng>> points_;
  std::vector<GeoLoop> loops_;
};

/// False where the cells are too many.
bool append_cells(const Rings& rings, int resolution, std::vector<H3Index>& out) {
  RingsInRadians in_radians(rings);
  const GeoPolygon polygon = in_radians.polygon();
  int64_t size = 0;
  if (maxPolygonToCellsSize(&polygon, resolution, 0, &size) != E_SUCCESS || size > kMostGuessed) return false;
  std::vector<H3Index> cells(static_cast<size_t>(size));
  if (polygonToCells(&polygon, resolution, 0, cells.data()) != E_SUCCESS) return false;
  std::copy_if(cells.begin(), cells.end(), std::back_inserter(out), [](H3Index cell) { return cell != H3_NULL; });
  return out.size() <= kMostCells;
}

Value polygon_to_h3cells(Arguments a, EvalContext& context) {
  const auto resolution = level_at(a, 1, 6, 0, kFinest);
  const auto radius = number_at(a, 2, 0);
  if (!resolution || !radius || !(*radius >= 0)) return Value::null();
  const Value enlarged[] = {a[0], Value::real(*radius)};
  const Value wanted = *radius > 0 ? polygon_buffer(enlarged, context) : a[0];
  const Polygon shape = polygon(wanted);
  if (!shape) return Value::null();
  std::vector<H3Index> cells;
  for (const Rings& rings : shapes_of(*shape)) {
    if (!append_cells(rings, *resolution, cells)) return Value::null();
  }
  return Value::dynamic(context.arena.copy(cells_text(cells)));
}

constexpr Function kFunctions[] = {
    {"kql.geo_point_to_h3cell", 2, 3, true, &point_to_h3cell, "The H3 cell that a point lies in."},
    {"kql.geo_h3cell_level", 1, 1, false, &level, "The resolution of an H3 cell."},
    {"kql.geo_h3cell_parent", 1, 2, true, &parent, "The H3 cell that an H3 cell is a part of."},
    {"kql.geo_h3cell_children", 1, 2, false, &children, "The H3 cells that an H3 cell is divided into."},
    {"kql.geo_h3cell_rings", 2, 2, false, &rings, "The H3 cells around an H3 cell by distance."},
    {"kql.geo_h3cell_neighbors", 1, 1, false, &neighbors, "The H3 cells around an H3 cell."},
    {"kql.geo_h3cell_to_central_point", 1, 1, false, &to_central_point, "The middle of an H3 cell."},
    {"kql.geo_h3cell_to_polygon", 1, 1, false, &to_polygon, "The border of an H3 cell."},
    {"kql.geo_polygon_to_h3cells", 1, 3, false, &polygon_to_h3cells, "The H3 cells of a polygon."},
};

}  // namespace

std::span<const Function> h3cell_functions() { return kFunctions; }

}  // namespace hecate::kql_geo
