#include <array>

#include "exec/functions/kql_geo.h"

// Geohashes. https://learn.microsoft.com/kusto/query/geo-point-to-geohash-function
namespace hecate::kql_geo {
namespace {

constexpr std::string_view kDigits = "0123456789bcdefghjkmnpqrstuvwxyz";
constexpr int kLongest = 18;

/// A cell as column and row of the grid of its length: the bits of longitude and latitude, which alternate.
struct Cell {
  uint64_t column = 0;
  uint64_t row = 0;
  int length = 0;

  [[nodiscard]] int column_bits() const { return (5 * length + 1) / 2; }
  [[nodiscard]] int row_bits() const { return 5 * length / 2; }
  [[nodiscard]] uint64_t columns() const { return uint64_t{1} << column_bits(); }
  [[nodiscard]] uint64_t rows() const { return uint64_t{1} << row_bits(); }
  [[nodiscard]] double west() const { return border(column, columns(), 180); }
  [[nodiscard]] double east() const { return border(column + 1, columns(), 180); }
  [[nodiscard]] double south() const { return border(row, rows(), 90); }
  [[nodiscard]] double north() const { return border(row + 1, rows(), 90); }

 private:
  static double border(uint64_t index, uint64_t count, double half) {
    return static_cast<double>(index) / static_cast<double>(count) * 2 * half - half;
  }
};

uint64_t index_of(double value, double half, uint64_t count) {
  const double scaled = (value + half) / (2 * half) * static_cast<double>(count);
  return std::min(static_cast<uint64_t>(scaled), count - 1);  // the last cell holds its far border too
}

std::string text_of(const Cell& cell) {
  std::string text;
  int column_bit = cell.column_bits();
  int row_bit = cell.row_bits();
  for (int i = 0; i < cell.length; ++i) {
    size_t digit = 0;
    for (int bit = 0; bit < 5; ++bit) {
      const bool longitude = (5 * i + bit) % 2 == 0;
      digit = digit * 2 + ((longitude ? cell.column >> --column_bit : cell.row >> --row_bit) & 1);
    }
    text += kDigits[digit];
  }
  return text;
}

std::optional<Cell> cell_of(std::string_view text) {
  if (text.empty() || text.size() > kLongest) return std::nullopt;
  Cell cell;
  for (const char c : text) {
    const size_t digit = kDigits.find(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    if (digit == std::string_view::npos) return std::nullopt;
    for (int bit = 4; bit >= 0; --bit) {
      const bool longitude = (5 * cell.length + 4 - bit) % 2 == 0;
      uint64_t& target = longitude ? cell.column : cell.row;
      target = target * 2 + ((digit >> bit) & 1);
    }
    ++cell.length;
  }
  return cell;
}

Value point_to_geohash(Arguments a, EvalContext& context) {
  const std::optional<int> length = level_at(a, 2, 5, 1, kLongest);
  if (a[0].is_null() || a[1].is_null() || !length) return Value::string("");
  const auto place = place_of(a[0], a[1]);
  if (!place) return Value::string("");
  Cell cell;
  cell.length = *length;
  cell.column = index_of(place->longitude, 180, cell.columns());
  cell.row = index_of(place->latitude, 90, cell.rows());
  return kql_support::string_value(text_of(cell), context);
}

Value to_central_point(Arguments a, EvalContext& context) {
  const auto cell = cell_of(a[0].as_text());
  if (!cell) return Value::null();
  return geometry_value(point_text({(cell->west() + cell->east()) / 2, (cell->south() + cell->north()) / 2}), context);
}

Value to_polygon(Arguments a, EvalContext& context) {
  const auto cell = cell_of(a[0].as_text());
  if (!cell) return Value::null();
  const double w = cell->west(), e = cell->east(), s = cell->south(), n = cell->north();
  return geometry_value(polygons_text({{{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}}}}, false), context);
}

/// In the order of the page's example. Columns go around the earth; beyond the poles there is nothing.
Value neighbors(Arguments a, EvalContext& context) {
  const auto cell = cell_of(a[0].as_text());
  if (!cell) return Value::null();
  static constexpr std::array<std::array<int, 2>, 8> kSteps = {
      {{-1, -1}, {-1, 1}, {1, -1}, {0, 1}, {-1, 0}, {1, 1}, {1, 0}, {0, -1}}};
  kql_support::ArrayWriter writer;
  for (const auto& [east, north] : kSteps) {
    if (north < 0 ? cell->row == 0 : north > 0 && cell->row + 1 == cell->rows()) continue;
    Cell next = *cell;
    next.column = (cell->column + cell->columns() + static_cast<uint64_t>(east)) % cell->columns();
    next.row = cell->row + static_cast<uint64_t>(north);
    writer.add('"' + text_of(next) + '"');
  }
  return writer.finish(context);
}

constexpr Function kFunctions[] = {
    {"kql.geo_point_to_geohash", 2, 3, true, &point_to_geohash, "The geohash that a point lies in."},
    {"kql.geo_geohash_to_central_point", 1, 1, false, &to_central_point, "The middle of a geohash."},
    {"kql.geo_geohash_to_polygon", 1, 1, false, &to_polygon, "The rectangle of a geohash."},
    {"kql.geo_geohash_neighbors", 1, 1, false, &neighbors, "The geohashes around a geohash."},
};

}  // namespace

std::span<const Function> geohash_functions() { return kFunctions; }

}  // namespace hecate::kql_geo
