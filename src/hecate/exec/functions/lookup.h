#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "exec/functions/function.h"
#include "plan/table.h"

namespace hecate {

/// What a subsearch found, as a condition: an event meets it where it meets every field of any row, compared as the
/// search command compares (any case, `*` is a wildcard, networks).
class Conditions {
 public:
  /// A field's values in one row; none: the row says nothing of the field.
  using Row = std::vector<std::vector<std::string>>;

  void add(Row row);
  /// `values` by the fields of the rows; `raw[i]`: the i-th is searched for as a term in the text.
  [[nodiscard]] bool met_by(std::span<const Value> values, std::string_view raw_fields, Arena& arena) const;

 private:
  std::vector<Row> rows_;
  bool plain_ = true;  // all rows have one text for each field, without wildcards: the keys say all
  std::unordered_set<std::string> keys_;
};

/// A run's tables for `spl.lookup`: an index for each set of key columns, and what was found before. One thread at a
/// time.
class LookupTables {
 public:
  explicit LookupTables(const Tables& tables);
  ~LookupTables();

  /// The rows that a lookup finds, in the table's order. `keys` are pairs of a column's name and the event's value.
  [[nodiscard]] std::span<const uint32_t> find(const Table& table, std::span<const std::string_view> columns,
                                               std::span<const Value> values, Arena& arena) const;
  [[nodiscard]] const Table* table(std::string_view name) const;

 private:
  class Index;
  const Tables& tables_;
  mutable std::unordered_map<std::string, std::unique_ptr<Index>> indexes_;
  mutable std::unordered_map<std::string, std::shared_ptr<const Table>> taken_;
};

namespace spl {

/// Whether a term stands in a text between breakers (Admin Manual, segmenters.conf); `*` at an end opens it.
[[nodiscard]] bool contains_term(std::string_view text, std::string_view term);
/// field=value as the search command compares one text.
[[nodiscard]] bool search_equal(std::string_view text, std::string_view value);

Value lookup(std::span<const Value>, EvalContext&);            // (table, column, (key column, value)…)
Value automatic_lookup(std::span<const Value>, EvalContext&);  // the same, of an add-on
Value subsearch(std::span<const Value>, EvalContext&);         // (input, which are terms, value…)
Value token(std::span<const Value>, EvalContext&);             // (name)
Value search_equals(std::span<const Value>, EvalContext&);     // (field, value)
Value search_term(std::span<const Value>, EvalContext&);       // (_raw, term)
Value search_info(std::span<const Value>, EvalContext&);       // (name)

}  // namespace spl

}  // namespace hecate
