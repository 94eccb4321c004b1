#include <fmt/format.h>

#include <charconv>

#include "base/text.h"
#include "exec/functions/kql_geo.h"

// Well-known text as GeoJSON. https://learn.microsoft.com/kusto/query/geo-from-wkt-function
namespace hecate::kql_geo {
namespace {

constexpr int kDeepest = 32;  // collections within collections

class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  /// The GeoJSON of the whole text; empty where it is not well formed.
  std::string parse() {
    std::string json = geometry(0);
    skip_blanks();
    return rest_.empty() ? json : std::string();
  }

 private:
  std::string geometry(int depth) {
    const std::string name = word();
    if (name == "point") return shape("Point", 0);
    if (name == "linestring") return shape("LineString", 1);
    if (name == "polygon") return shape("Polygon", 2);
    if (name == "multipoint") return multipoint();
    if (name == "multilinestring") return shape("MultiLineString", 2);
    if (name == "multipolygon") return shape("MultiPolygon", 3);
    if (name == "geometrycollection" && depth < kDeepest) return collection(depth);
    return {};
  }

  std::string collection(int depth) {
    std::string members;
    const bool read = list([&] {
      const std::string member = geometry(depth + 1);
      if (!members.empty()) members += ',';
      members += member;
      return !member.empty();
    });
    return read ? fmt::format(R"({{"type":"GeometryCollection","geometries":[{}]}})", members) : std::string();
  }

  std::string shape(std::string_view type, int nested) {
    std::string coordinates;
    const bool read = nested == 0 ? skip('(') && place(coordinates) && skip(')') : nest(nested, coordinates);
    return read ? geometry_text(type, coordinates) : std::string();
  }

  /// Points in parentheses of their own or without.
  std::string multipoint() {
    std::string coordinates = "[";
    const bool read = list([&] {
      if (coordinates.size() > 1) coordinates += ',';
      return skip('(') ? place(coordinates) && skip(')') : place(coordinates);
    });
    return read ? geometry_text("MultiPoint", coordinates + "]") : std::string();
  }

  bool nest(int depth, std::string& out) {
    out += '[';
    bool first = true;
    const bool read = list([&] {
      if (!first) out += ',';
      first = false;
      return depth == 1 ? place(out) : nest(depth - 1, out);
    });
    out += ']';
    return read;
  }

  template <class Read>
  bool list(Read read) {
    if (!skip('(')) return false;
    do {
      if (!read()) return false;
    } while (skip(','));
    return skip(')');
  }

  bool place(std::string& out) {
    Place place;
    if (!number(place.longitude) || !number(place.latitude) || !is_place(place.longitude, place.latitude)) return false;
    append_place(place, out);
    return true;
  }

  bool number(double& value) {
    skip_blanks();
    const auto [next, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc()) return false;
    rest_.remove_prefix(static_cast<size_t>(next - rest_.data()));
    return true;
  }

  std::string word() {
    skip_blanks();
    size_t length = 0;
    while (length < rest_.size() && is_ascii_alpha(rest_[length])) ++length;
    const std::string found = fold_case(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return found;
  }
  void skip_blanks() {
    while (!rest_.empty() && (rest_[0] == ' ' || (rest_[0] >= '\t' && rest_[0] <= '\r'))) rest_.remove_prefix(1);
  }
  bool skip(char c) {
    skip_blanks();
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string_view rest_;
};

Value from_wkt(Arguments a, EvalContext& context) {
  const std::string json = Parser(a[0].as_text()).parse();
  return json.empty() ? Value::null() : geometry_value(json, context);
}

constexpr Function kFunctions[] = {
    {"kql.geo_from_wkt", 1, 1, false, &from_wkt, "Well-known text as GeoJSON."},
};

}  // namespace

std::span<const Function> wkt_functions() { return kFunctions; }

}  // namespace hecate::kql_geo
