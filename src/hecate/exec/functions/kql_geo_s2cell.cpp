#include <s2/mutable_s2shape_index.h>
#include <s2/s2cell.h>
#include <s2/s2cell_id.h>
#include <s2/s2shape_index_buffered_region.h>
#include <s2/s2shape_index_region.h>

#include <algorithm>

#include "exec/functions/kql_geo_s2.h"

// Cells of S2. https://learn.microsoft.com/kusto/query/geo-point-to-s2cell-function and its neighbours
namespace hecate::kql_geo {
namespace {

constexpr int kFinest = 30;
constexpr size_t kMostCells = 65536;  // of a covering, as documented

std::optional<S2CellId> cell_of(std::string_view token) {
  if (token.empty() || token.size() > 16) return std::nullopt;
  const S2CellId id = S2CellId::FromToken({token.data(), token.size()});
  return id.is_valid() ? std::optional(id) : std::nullopt;
}

Value point_to_s2cell(Arguments a, EvalContext& context) {
  const auto level = level_at(a, 2, 11, 0, kFinest);
  const auto place = a[0].is_null() || a[1].is_null() ? std::nullopt : place_of(a[0], a[1]);
  if (!level || !place) return Value::string("");
  const S2CellId leaf(S2LatLng::FromDegrees(place->latitude, place->longitude));
  return kql_support::string_value(leaf.parent(*level).ToToken(), context);
}

Value to_central_point(Arguments a, EvalContext& context) {
  const auto cell = cell_of(a[0].as_text());
  return cell ? geometry_value(point_text(place_at(cell->ToPoint())), context) : Value::null();
}

Value to_polygon(Arguments a, EvalContext& context) {
  const auto id = cell_of(a[0].as_text());
  if (!id) return Value::null();
  const S2Cell cell(*id);
  Path ring;
  for (int i = 0; i <= 4; ++i) ring.push_back(place_at(cell.GetVertex(i)));
  return geometry_value(polygons_text({{ring}}, false), context);
}

Value cells_value(const std::vector<S2CellId>& cells, EvalContext& context) {
  kql_support::ArrayWriter writer;
  for (const S2CellId cell : cells) writer.add('"' + cell.ToToken() + '"');
  return writer.finish(context);
}

Value neighbors(Arguments a, EvalContext& context) {
  const auto cell = cell_of(a[0].as_text());
  if (!cell) return Value::null();
  std::vector<S2CellId> cells;
  cell->AppendAllNeighbors(cell->level(), &cells);
  if (cells.size() == 8) {  // in the order of the page's example; at the corners of the cube there are fewer
    std::rotate(cells.begin(), cells.end() - 1, cells.end());
    std::swap(cells[5], cells[6]);
  }
  std::vector<S2CellId> distinct;  // a whole face of the cube meets each other one several times
  for (const S2CellId one : cells) {
    if (std::find(distinct.begin(), distinct.end(), one) == distinct.end()) distinct.push_back(one);
  }
  return cells_value(distinct, context);
}

/// The cells of one level that meet a region; false where they are too many. What lies inside of the region is not
/// looked at again, and counted before it is divided.
bool cover(const S2Region& region, const S2Cell& cell, int level, std::vector<S2CellId>& out) {
  if (!region.MayIntersect(cell)) return true;
  if (cell.level() == level) {
    out.push_back(cell.id());
    return out.size() <= kMostCells;
  }
  if (region.Contains(cell)) {
    const int deeper = level - cell.level();
    if (deeper > 8 || out.size() + (size_t{1} << (2 * deeper)) > kMostCells) return false;
    for (S2CellId id = cell.id().child_begin(level); id != cell.id().child_end(level); id = id.next())
      out.push_back(id);
    return true;
  }
  for (S2CellId id = cell.id().child_begin(); id != cell.id().child_end(); id = id.next()) {
    if (!cover(region, S2Cell(id), level, out)) return false;
  }
  return true;
}

/// The level at the second place, the radius at the third.
Value covering(const MutableS2ShapeIndex& index, Arguments a, EvalContext& context) {
  const auto level = level_at(a, 1, 11, 0, kFinest);
  const auto radius = number_at(a, 2, 0);
  if (!level || !radius || !(*radius >= 0)) return Value::null();
  std::unique_ptr<S2Region> region;
  if (*radius > 0)
    region = std::make_unique<S2ShapeIndexBufferedRegion>(&index, angle_of(*radius));
  else
    region = std::make_unique<S2ShapeIndexRegion<MutableS2ShapeIndex>>(&index);
  std::vector<S2CellId> cells;
  for (int face = 0; face < S2CellId::kNumFaces; ++face) {
    if (!cover(*region, S2Cell::FromFace(face), *level, cells)) return Value::null();
  }
  return cells_value(cells, context);
}

Value polygon_to_s2cells(Arguments a, EvalContext& context) {
  const Polygon shape = polygon(a[0]);
  if (!shape) return Value::null();
  MutableS2ShapeIndex index;
  index.Add(std::make_unique<S2Polygon::Shape>(shape.get()));
  return covering(index, a, context);
}

Value line_to_s2cells(Arguments a, EvalContext& context) {
  const std::vector<Polyline> lines = polylines(a[0]);
  if (lines.empty()) return Value::null();
  MutableS2ShapeIndex index;
  for (const Polyline& line : lines) index.Add(std::make_unique<S2Polyline::Shape>(line.get()));
  return covering(index, a, context);
}

constexpr Function kFunctions[] = {
    {"kql.geo_point_to_s2cell", 2, 3, true, &point_to_s2cell, "The S2 cell that a point lies in."},
    {"kql.geo_s2cell_to_central_point", 1, 1, false, &to_central_point, "The middle of an S2 cell."},
    {"kql.geo_s2cell_to_polygon", 1, 1, false, &to_polygon, "The border of an S2 cell."},
    {"kql.geo_s2cell_neighbors", 1, 1, false, &neighbors, "The S2 cells around an S2 cell."},
    {"kql.geo_polygon_to_s2cells", 1, 3, false, &polygon_to_s2cells, "The S2 cells that cover a polygon."},
    {"kql.geo_line_to_s2cells", 1, 3, false, &line_to_s2cells, "The S2 cells that cover a line."},
};

}  // namespace

std::span<const Function> s2cell_functions() { return kFunctions; }

}  // namespace hecate::kql_geo
