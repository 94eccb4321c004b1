#include <s2/s1chord_angle.h>
#include <s2/s2edge_distances.h>

#include <cmath>

#include "exec/functions/kql_geo_s2.h"

// Planar edges as chains of geodesic ones. https://learn.microsoft.com/kusto/query/geo-line-densify-function
namespace hecate::kql_geo {
namespace {

constexpr size_t kMostPoints = 1'048'576;
constexpr int kDeepest = 40;  // halves of halves of an edge

/// How S2's tessellator estimates the greatest distance between a planar edge and a geodesic one: where a curve of
/// third degree is farthest off, and by how much the tolerance is to be scaled for that.
constexpr double kFarthest = 0.31215691082248312;
constexpr double kScale = 0.83829992569888509;

Place between(const Place& a, const Place& b, double t) {
  return {a.longitude + (b.longitude - a.longitude) * t, a.latitude + (b.latitude - a.latitude) * t};
}

/// A longitude from beyond the antimeridian as the one that it is.
Place on_earth(Place place) {
  if (std::fabs(place.longitude) > 180) place.longitude += place.longitude > 0 ? -360 : 360;
  return place;
}
S2Point point_of(const Place& place) { return sphere_point(on_earth(place)); }

class Densifier {
 public:
  Densifier(double tolerance, bool keeps_crossing)
      : tolerance_(S1ChordAngle(angle_of(tolerance) * kScale)), keeps_crossing_(keeps_crossing) {}

  /// False where it became too long.
  bool densify(Path& path) {
    Path longer{path.front()};
    for (size_t i = 1; i < path.size(); ++i) {
      Place to = path[i];
      const Place& from = path[i - 1];
      if (keeps_crossing_ && std::fabs(to.longitude - from.longitude) > 180)
        to.longitude += to.longitude < from.longitude ? 360 : -360;
      if (!append(from, to, longer, 0)) return false;
      longer.back() = path[i];
    }
    path = std::move(longer);
    return true;
  }

 private:
  bool append(const Place& a, const Place& b, Path& out, int depth) {
    if (depth >= kDeepest || is_near(a, b)) {
      out.push_back(on_earth(b));
      return ++points_ < kMostPoints;
    }
    const Place middle = between(a, b, 0.5);
    return append(a, middle, out, depth + 1) && append(middle, b, out, depth + 1);
  }
  bool is_near(const Place& a, const Place& b) const {
    const S2Point from = point_of(a);
    const S2Point to = point_of(b);
    if (from == to) return true;
    if (from.DotProd(to) < -1e-14) return false;  // beyond a quarter of the earth the estimate does not hold
    for (const double t : {kFarthest, 1 - kFarthest}) {
      if (S1ChordAngle(S2::Interpolate(from, to, t), point_of(between(a, b, t))) > tolerance_) return false;
    }
    return true;
  }

  S1ChordAngle tolerance_;
  bool keeps_crossing_;
  size_t points_ = 0;
};

std::optional<Densifier> densifier_of(Arguments a) {
  const auto tolerance = number_at(a, 1, 10);
  if (!tolerance || !(*tolerance >= 0.1 && *tolerance <= 10000)) return std::nullopt;
  return Densifier(*tolerance, a.size() > 2 && a[2].is_true());
}

Value line_densify(Arguments a, EvalContext& context) {
  auto lines = lines_of(a[0].as_text());
  auto densifier = densifier_of(a);
  if (!lines || !densifier) return Value::null();
  for (Path& path : lines->paths) {
    if (!densifier->densify(path)) return Value::null();
  }
  return geometry_value(lines_text(lines->paths, lines->multiple), context);
}

Value polygon_densify(Arguments a, EvalContext& context) {
  auto polygons = polygons_of(a[0].as_text());
  auto densifier = densifier_of(a);
  if (!polygons || !densifier) return Value::null();
  for (Rings& rings : polygons->shapes) {
    for (Path& ring : rings) {
      if (!densifier->densify(ring)) return Value::null();
    }
  }
  return geometry_value(polygons_text(polygons->shapes, polygons->multiple), context);
}

constexpr Function kFunctions[] = {
    {"kql.geo_line_densify", 1, 3, false, &line_densify, "Planar edges of a line as geodesics."},
    {"kql.geo_polygon_densify", 1, 3, false, &polygon_densify, "Planar edges of a polygon as geodesics."},
};

}  // namespace

std::span<const Function> densify_functions() { return kFunctions; }

}  // namespace hecate::kql_geo
