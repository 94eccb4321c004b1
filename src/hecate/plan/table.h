#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace hecate {

/// A table beside the events: a lookup of Splunk, a watchlist. Cells are texts; an empty one is absent.
struct Table {
  /// How a value of an event meets the cells of a column (transforms.conf, match_type).
  enum class MatchType : uint8_t { Exact, Wildcard, Cidr };

  std::string name;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;                 // each with a cell for every column
  std::map<std::string, MatchType, std::less<>> match_types;  // columns that are not named: Exact
  bool case_sensitive = true;
  uint64_t max_matches = 100;  // for each value (transforms.conf: 100 unless timed)
  uint64_t min_matches = 0;
  std::string default_match;
  bool given = true;  // false: declared, but its rows are not at hand

  /// The column's place; npos where there is none.
  [[nodiscard]] size_t column(std::string_view wanted) const;
  static constexpr size_t npos = static_cast<size_t>(-1);
};

/// The tables of a run, by name. A search may replace one (`outputlookup`); what was taken before stays as it was. Any
/// thread may ask for them.
class Tables {
 public:
  Tables() = default;
  Tables(const Tables& other) : tables_(other.copy()) {}
  Tables& operator=(const Tables&) = delete;
  ~Tables() = default;
  void put(Table table);
  /// nullptr where there is none.
  [[nodiscard]] std::shared_ptr<const Table> find(std::string_view name) const;
  [[nodiscard]] std::vector<std::string_view> names() const;

 private:
  using ByName = std::map<std::string, std::shared_ptr<const Table>, std::less<>>;
  [[nodiscard]] ByName copy() const;

  mutable std::mutex mutex_;
  ByName tables_;
};

/// Appends rows by the names of their columns; columns that the table lacks are added.
void append_rows(const Table& from, Table& to);

/// Reads comma-separated values (RFC 4180): the first record names the columns. Rows are cut or filled to that many
/// cells. Never fails; what is no table has no columns.
[[nodiscard]] Table read_csv(std::string name, std::string_view text);
[[nodiscard]] std::string write_csv(const Table& table);

}  // namespace hecate
