#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "exec/functions/kql_geo.h"

namespace hecate::kql_geo {
namespace {

/// Reads nested arrays of numbers from canonical JSON, which has no blanks.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  /// `[` items separated by `,` `]`; an item is what `read` takes.
  template <class Read>
  bool list(Read read) {
    if (!skip('[')) return false;
    if (skip(']')) return true;
    do {
      if (!read()) return false;
    } while (skip(','));
    return skip(']');
  }
  bool number(double& value) {
    const auto [next, error] = std::from_chars(at_, end_, value);
    if (error != std::errc()) return false;
    at_ = next;
    return true;
  }
  [[nodiscard]] bool at_end() const { return at_ == end_; }

 private:
  bool skip(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  const char* at_;
  const char* end_;
};

/// A third number, the altitude, is allowed and of no effect (RFC 7946, 3.1.1).
bool read_place(Cursor& cursor, Place& place) {
  double numbers[3] = {};
  size_t count = 0;
  const bool read = cursor.list([&] { return count < 3 && cursor.number(numbers[count++]); });
  place = {numbers[0], numbers[1]};
  return read && count >= 2 && is_place(place.longitude, place.latitude);
}
bool read_path(Cursor& cursor, Path& path) {
  return cursor.list([&] { return read_place(cursor, path.emplace_back()); });
}
bool read_line(Cursor& cursor, Path& path) { return read_path(cursor, path) && path.size() >= 2; }
bool read_ring(Cursor& cursor, Path& ring) {
  return read_path(cursor, ring) && ring.size() >= 4 && ring.front() == ring.back();
}
bool read_rings(Cursor& cursor, Rings& rings) {
  return cursor.list([&] { return read_ring(cursor, rings.emplace_back()); }) && !rings.empty();
}

struct Geometry {
  std::string type;
  std::string_view coordinates;
};
Geometry geometry_of(std::string_view json) {
  if (json.empty() || json.front() != '{') return {};
  return {kql_support::json_unquote(kql_support::json_member(json, "type")),
          kql_support::json_member(json, "coordinates")};
}

template <class Item, class Append>
void append_list(const std::vector<Item>& items, std::string& out, Append append) {
  out += '[';
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += ',';
    append(items[i], out);
  }
  out += ']';
}

}  // namespace

bool is_place(double longitude, double latitude) { return std::fabs(longitude) <= 180 && std::fabs(latitude) <= 90; }
std::optional<Place> place_of(const Value& longitude, const Value& latitude) {
  if (!is_place(longitude.as_real(), latitude.as_real())) return std::nullopt;
  return Place{longitude.as_real(), latitude.as_real()};
}

std::optional<Lines> lines_of(std::string_view json) {
  const Geometry geometry = geometry_of(json);
  Cursor cursor(geometry.coordinates);
  Lines lines;
  if (geometry.type == "LineString") {
    if (!read_line(cursor, lines.paths.emplace_back())) return std::nullopt;
  } else if (geometry.type == "MultiLineString") {
    lines.multiple = true;
    if (!cursor.list([&] { return read_line(cursor, lines.paths.emplace_back()); })) return std::nullopt;
  }
  if (lines.paths.empty() || !cursor.at_end()) return std::nullopt;
  return lines;
}

std::optional<Polygons> polygons_of(std::string_view json) {
  const Geometry geometry = geometry_of(json);
  Cursor cursor(geometry.coordinates);
  Polygons polygons;
  if (geometry.type == "Polygon") {
    if (!read_rings(cursor, polygons.shapes.emplace_back())) return std::nullopt;
  } else if (geometry.type == "MultiPolygon") {
    polygons.multiple = true;
    if (!cursor.list([&] { return read_rings(cursor, polygons.shapes.emplace_back()); })) return std::nullopt;
  }
  if (polygons.shapes.empty() || !cursor.at_end()) return std::nullopt;
  return polygons;
}

void append_number(double value, std::string& out) {
  fmt::format_to(std::back_inserter(out), "{}", value == 0 ? 0.0 : value);  // no negative zero
}
void append_place(const Place& place, std::string& out) {
  out += '[';
  append_number(place.longitude, out);
  out += ',';
  append_number(place.latitude, out);
  out += ']';
}
void append_path(const Path& path, std::string& out) { append_list(path, out, append_place); }
void append_rings(const Rings& rings, std::string& out) { append_list(rings, out, append_path); }
void append_shapes(const Shapes& shapes, std::string& out) { append_list(shapes, out, append_rings); }

std::string geometry_text(std::string_view type, std::string_view coordinates) {
  return fmt::format(R"({{"type":"{}","coordinates":{}}})", type, coordinates);
}
std::string point_text(const Place& place) {
  std::string coordinates;
  append_place(place, coordinates);
  return geometry_text("Point", coordinates);
}
std::string lines_text(const std::vector<Path>& paths, bool multiple) {
  std::string coordinates;
  if (multiple)
    append_rings(paths, coordinates);
  else
    append_path(paths.front(), coordinates);
  return geometry_text(multiple ? "MultiLineString" : "LineString", coordinates);
}
std::string polygons_text(const Shapes& shapes, bool multiple) {
  std::string coordinates;
  if (multiple)
    append_shapes(shapes, coordinates);
  else
    append_rings(shapes.front(), coordinates);
  return geometry_text(multiple ? "MultiPolygon" : "Polygon", coordinates);
}
Value geometry_value(std::string_view text, EvalContext& context) {
  if (text.size() > kql_support::kLargestText) return Value::null();
  return Value::dynamic(context.arena.copy(text));
}

std::optional<double> number_at(Arguments arguments, size_t index, double fallback) {
  if (index >= arguments.size()) return fallback;
  if (arguments[index].is_null() || std::isnan(arguments[index].as_real())) return std::nullopt;
  return arguments[index].as_real();
}
std::optional<int> level_at(Arguments arguments, size_t index, int fallback, int least, int most) {
  if (index >= arguments.size()) return fallback;
  const Value& level = arguments[index];
  if (level.kind() != Kind::Long || level.as_integer() < least || level.as_integer() > most) return std::nullopt;
  return static_cast<int>(level.as_integer());
}

}  // namespace hecate::kql_geo
