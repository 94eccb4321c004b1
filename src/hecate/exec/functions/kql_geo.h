#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "exec/functions/kql_support.h"

/// What the families of geo_* functions share: GeoJSON, read and written. Private to exec/functions.
/// https://learn.microsoft.com/kusto/query/geospatial-grid-systems
namespace hecate::kql_geo {

using kql_support::Arguments;

/// Longitude and latitude in degrees, in this order, as GeoJSON has them.
struct Place {
  double longitude = 0;
  double latitude = 0;
  bool operator==(const Place&) const = default;
};
using Path = std::vector<Place>;    // a line, or a ring of a polygon
using Rings = std::vector<Path>;    // a shell and its holes
using Shapes = std::vector<Rings>;  // several polygons

[[nodiscard]] bool is_place(double longitude, double latitude);
/// Two arguments as a place; nothing where they are out of range.
[[nodiscard]] std::optional<Place> place_of(const Value& longitude, const Value& latitude);

/// Meters along the sphere that Kusto's functions use.
[[nodiscard]] double meters_between(const Place& a, const Place& b);

/// Lines of a LineString or a MultiLineString; every one has two places at least.
struct Lines {
  bool multiple = false;
  std::vector<Path> paths;
};
/// Polygons of a Polygon or a MultiPolygon; every ring is closed and has four places at least.
struct Polygons {
  bool multiple = false;
  Shapes shapes;
};
[[nodiscard]] std::optional<Lines> lines_of(std::string_view json);
[[nodiscard]] std::optional<Polygons> polygons_of(std::string_view json);

/// A number as it is written in GeoJSON: the shortest digits, whole ones without a point.
void append_number(double value, std::string& out);
void append_place(const Place& place, std::string& out);
void append_path(const Path& path, std::string& out);
void append_rings(const Rings& rings, std::string& out);
void append_shapes(const Shapes& shapes, std::string& out);
/// {"type":…,"coordinates":…}
[[nodiscard]] std::string geometry_text(std::string_view type, std::string_view coordinates);
[[nodiscard]] std::string point_text(const Place& place);
[[nodiscard]] std::string lines_text(const std::vector<Path>& paths, bool multiple);
[[nodiscard]] std::string polygons_text(const Shapes& shapes, bool multiple);
[[nodiscard]] Value geometry_value(std::string_view text, EvalContext& context);

/// An optional number among the arguments: what is not given is `fallback`, null is nothing.
[[nodiscard]] std::optional<double> number_at(Arguments arguments, size_t index, double fallback);
/// An optional level or resolution in [least, most].
[[nodiscard]] std::optional<int> level_at(Arguments arguments, size_t index, int fallback, int least, int most);

// The families.
[[nodiscard]] std::span<const Function> point_functions();
[[nodiscard]] std::span<const Function> geohash_functions();
[[nodiscard]] std::span<const Function> wkt_functions();
[[nodiscard]] std::span<const Function> densify_functions();
[[nodiscard]] std::span<const Function> line_functions();
[[nodiscard]] std::span<const Function> polygon_functions();
[[nodiscard]] std::span<const Function> overlay_functions();
[[nodiscard]] std::span<const Function> buffer_functions();
[[nodiscard]] std::span<const Function> s2cell_functions();
[[nodiscard]] std::span<const Function> h3cell_functions();

}  // namespace hecate::kql_geo
