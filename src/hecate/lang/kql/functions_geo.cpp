#include "lang/kql/function_columns.h"

// https://learn.microsoft.com/kusto/query/geospatial-grid-systems and, of scalar functions, the geospatial ones.
namespace hecate::kql {
namespace {

using namespace columns;

// clang-format off
constexpr FunctionInfo kFunctions[] = {
    // points
    {"geo_angle", 6, 6, {N, N, N, N}, Real, "kql.geo_angle", Own, "Radians, clockwise, between two lines that share a point.", "geo_angle(lon1, lat1, lon2, lat2, lon3, lat3)"},
    {"geo_azimuth", 4, 4, {N, N, N, N}, Real, "kql.geo_azimuth", Own, "Radians, clockwise, from north to the line between two points.", "geo_azimuth(lon1, lat1, lon2, lat2)"},
    {"geo_distance_2points", 4, 4, {N, N, N, N}, Real, "kql.geo_distance_2points", Own, "Meters between two points.", "geo_distance_2points(lon1, lat1, lon2, lat2)"},
    {"geo_point_in_circle", 5, 5, {N, N, N, N}, Bool, "kql.geo_point_in_circle", Own, "Whether a point lies within meters of another.", "geo_point_in_circle(lon, lat, lon0, lat0, 1000)"},
    {"geo_from_wkt", 1, 1, {T}, Dynamic, "kql.geo_from_wkt", Own, "Well-known text as GeoJSON.", "geo_from_wkt(\"POINT (1 2)\")"},
    // lines
    {"geo_closest_point_on_line", 3, 3, {N, N, J}, Dynamic, "kql.geo_closest_point_on_line", Own, "The point of a line nearest to a point.", "geo_closest_point_on_line(lon, lat, line)"},
    {"geo_distance_point_to_line", 3, 3, {N, N, J}, Real, "kql.geo_distance_point_to_line", Own, "Meters from a point to a line.", "geo_distance_point_to_line(lon, lat, line)"},
    {"geo_line_buffer", 2, 3, {J, N, N}, Dynamic, "kql.geo_line_buffer", Own, "The polygon of all within meters of a line.", "geo_line_buffer(line, 4, 0.1)"},
    {"geo_line_centroid", 1, 1, {J}, Dynamic, "kql.geo_line_centroid", Own, "The center of mass of a line.", "geo_line_centroid(line)"},
    {"geo_line_densify", 1, 3, {J, N, B}, Dynamic, "kql.geo_line_densify", Own, "Planar edges of a line as geodesics.", "geo_line_densify(line, 10)"},
    {"geo_line_interpolate_point", 2, 2, {J, N}, Dynamic, "kql.geo_line_interpolate_point", Own, "The point at a fraction of a line.", "geo_line_interpolate_point(line, 0.25)"},
    {"geo_line_length", 1, 1, {J}, Real, "kql.geo_line_length", Own, "Meters of a line.", "geo_line_length(line)"},
    {"geo_line_locate_point", 3, 3, {J, N, N}, Real, "kql.geo_line_locate_point", Own, "The fraction of a line at which it is nearest to a point.", "geo_line_locate_point(line, lon, lat)"},
    {"geo_line_simplify", 1, 2, {J, N}, Dynamic, "kql.geo_line_simplify", Own, "A line with fewer points.", "geo_line_simplify(line, 10)"},
    {"geo_union_lines_array", 1, 1, {J}, Dynamic, "kql.geo_union_lines_array", Own, "The lines of an array as one.", "geo_union_lines_array(lines)"},
    // polygons
    {"geo_closest_point_on_polygon", 3, 3, {N, N, J}, Dynamic, "kql.geo_closest_point_on_polygon", Own, "The point of a polygon nearest to a point.", "geo_closest_point_on_polygon(lon, lat, polygon)"},
    {"geo_distance_point_to_polygon", 3, 3, {N, N, J}, Real, "kql.geo_distance_point_to_polygon", Own, "Meters from a point to a polygon.", "geo_distance_point_to_polygon(lon, lat, polygon)"},
    {"geo_point_buffer", 3, 4, {N, N, N, N}, Dynamic, "kql.geo_point_buffer", Own, "The polygon of all within meters of a point.", "geo_point_buffer(lon, lat, 20000)"},
    {"geo_point_in_polygon", 3, 3, {N, N, J}, Bool, "kql.geo_point_in_polygon", Own, "Whether a point lies in a polygon.", "geo_point_in_polygon(lon, lat, polygon)"},
    {"geo_polygon_area", 1, 1, {J}, Real, "kql.geo_polygon_area", Own, "Square meters of a polygon.", "geo_polygon_area(polygon)"},
    {"geo_polygon_buffer", 2, 3, {J, N, N}, Dynamic, "kql.geo_polygon_buffer", Own, "The polygon of all within meters of a polygon.", "geo_polygon_buffer(polygon, 10)"},
    {"geo_polygon_centroid", 1, 1, {J}, Dynamic, "kql.geo_polygon_centroid", Own, "The center of mass of a polygon.", "geo_polygon_centroid(polygon)"},
    {"geo_polygon_densify", 1, 3, {J, N, B}, Dynamic, "kql.geo_polygon_densify", Own, "Planar edges of a polygon as geodesics.", "geo_polygon_densify(polygon, 10)"},
    {"geo_polygon_perimeter", 1, 1, {J}, Real, "kql.geo_polygon_perimeter", Own, "Meters around a polygon.", "geo_polygon_perimeter(polygon)"},
    {"geo_polygon_simplify", 1, 2, {J, N}, Dynamic, "kql.geo_polygon_simplify", Own, "A polygon with fewer points.", "geo_polygon_simplify(polygon, 10)"},
    {"geo_simplify_polygons_array", 1, 2, {J, N}, Dynamic, "kql.geo_simplify_polygons_array", Own, "The polygons of an array with fewer points.", "geo_simplify_polygons_array(polygons, 100)"},
    {"geo_union_polygons_array", 1, 1, {J}, Dynamic, "kql.geo_union_polygons_array", Own, "What any polygon of an array covers.", "geo_union_polygons_array(polygons)"},
    // two shapes
    {"geo_intersection_2lines", 2, 2, {J, J}, Dynamic, "kql.geo_intersection_2lines", Own, "What two lines have in common.", "geo_intersection_2lines(line1, line2)"},
    {"geo_intersection_2polygons", 2, 2, {J, J}, Dynamic, "kql.geo_intersection_2polygons", Own, "What two polygons have in common.", "geo_intersection_2polygons(polygon1, polygon2)"},
    {"geo_intersection_line_with_polygon", 2, 2, {J, J}, Dynamic, "kql.geo_intersection_line_with_polygon", Own, "What of a line lies in a polygon.", "geo_intersection_line_with_polygon(line, polygon)"},
    {"geo_intersects_2lines", 2, 2, {J, J}, Bool, "kql.geo_intersects_2lines", Own, "Whether two lines meet.", "geo_intersects_2lines(line1, line2)"},
    {"geo_intersects_2polygons", 2, 2, {J, J}, Bool, "kql.geo_intersects_2polygons", Own, "Whether two polygons meet.", "geo_intersects_2polygons(polygon1, polygon2)"},
    {"geo_intersects_line_with_polygon", 2, 2, {J, J}, Bool, "kql.geo_intersects_line_with_polygon", Own, "Whether a line and a polygon meet.", "geo_intersects_line_with_polygon(line, polygon)"},
    // geohashes
    {"geo_geohash_neighbors", 1, 1, {T}, Dynamic, "kql.geo_geohash_neighbors", Own, "The geohashes around a geohash.", "geo_geohash_neighbors(\"sunny\")"},
    {"geo_geohash_to_central_point", 1, 1, {T}, Dynamic, "kql.geo_geohash_to_central_point", Own, "The middle of a geohash.", "geo_geohash_to_central_point(\"sunny\")"},
    {"geo_geohash_to_polygon", 1, 1, {T}, Dynamic, "kql.geo_geohash_to_polygon", Own, "The rectangle of a geohash.", "geo_geohash_to_polygon(\"dr5ru\")"},
    {"geo_point_to_geohash", 2, 3, {N, N, L}, Text, "kql.geo_point_to_geohash", Own, "The geohash that a point lies in.", "geo_point_to_geohash(lon, lat, 5)"},
    // cells of S2
    {"geo_line_to_s2cells", 1, 3, {J, L, N}, Dynamic, "kql.geo_line_to_s2cells", Own, "The S2 cells that cover a line.", "geo_line_to_s2cells(line, 14)"},
    {"geo_point_to_s2cell", 2, 3, {N, N, L}, Text, "kql.geo_point_to_s2cell", Own, "The S2 cell that a point lies in.", "geo_point_to_s2cell(lon, lat, 11)"},
    {"geo_polygon_to_s2cells", 1, 3, {J, L, N}, Dynamic, "kql.geo_polygon_to_s2cells", Own, "The S2 cells that cover a polygon.", "geo_polygon_to_s2cells(polygon, 11)"},
    {"geo_s2cell_neighbors", 1, 1, {T}, Dynamic, "kql.geo_s2cell_neighbors", Own, "The S2 cells around an S2 cell.", "geo_s2cell_neighbors(\"89c259\")"},
    {"geo_s2cell_to_central_point", 1, 1, {T}, Dynamic, "kql.geo_s2cell_to_central_point", Own, "The middle of an S2 cell.", "geo_s2cell_to_central_point(\"89c259\")"},
    {"geo_s2cell_to_polygon", 1, 1, {T}, Dynamic, "kql.geo_s2cell_to_polygon", Own, "The border of an S2 cell.", "geo_s2cell_to_polygon(\"89c259\")"},
    // cells of H3
    {"geo_h3cell_children", 1, 2, {T, L}, Dynamic, "kql.geo_h3cell_children", Own, "The H3 cells that an H3 cell is divided into.", "geo_h3cell_children(\"862a1072fffffff\")"},
    {"geo_h3cell_level", 1, 1, {T}, Long, "kql.geo_h3cell_level", Own, "The resolution of an H3 cell.", "geo_h3cell_level(\"862a1072fffffff\")"},
    {"geo_h3cell_neighbors", 1, 1, {T}, Dynamic, "kql.geo_h3cell_neighbors", Own, "The H3 cells around an H3 cell.", "geo_h3cell_neighbors(\"862a1072fffffff\")"},
    {"geo_h3cell_parent", 1, 2, {T, L}, Text, "kql.geo_h3cell_parent", Own, "The H3 cell that an H3 cell is a part of.", "geo_h3cell_parent(\"862a1072fffffff\")"},
    {"geo_h3cell_rings", 2, 2, {T, L}, Dynamic, "kql.geo_h3cell_rings", Own, "The H3 cells around an H3 cell by their distance.", "geo_h3cell_rings(\"861f8894fffffff\", 2)"},
    {"geo_h3cell_to_central_point", 1, 1, {T}, Dynamic, "kql.geo_h3cell_to_central_point", Own, "The middle of an H3 cell.", "geo_h3cell_to_central_point(\"862a1072fffffff\")"},
    {"geo_h3cell_to_polygon", 1, 1, {T}, Dynamic, "kql.geo_h3cell_to_polygon", Own, "The border of an H3 cell.", "geo_h3cell_to_polygon(\"862a1072fffffff\")"},
    {"geo_point_to_h3cell", 2, 3, {N, N, L}, Text, "kql.geo_point_to_h3cell", Own, "The H3 cell that a point lies in.", "geo_point_to_h3cell(lon, lat, 6)"},
    {"geo_polygon_to_h3cells", 1, 3, {J, L, N}, Dynamic, "kql.geo_polygon_to_h3cells", Own, "The H3 cells whose middles lie in a polygon.", "geo_polygon_to_h3cells(polygon, 6)"},
};
// clang-format on

}  // namespace

std::span<const FunctionInfo> geo_functions() { return kFunctions; }

}  // namespace hecate::kql
