#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"

namespace hecate::catalog {

/// Tables that are known by their columns alone (catalogs/tables/*.tsv): a line a table, its name and then
/// `column:type`, by tabs; lines with `#` are comments. Nine hundred tables are read in no time, for a line is read
/// only when its table is asked for.
class TableList {
 public:
  /// Where the file cannot be read there are no tables.
  void read(const std::string& path);
  /// nullptr where there is none. What it gives lives as long as the list. Safe from several threads.
  [[nodiscard]] const Catalog::KustoSchema* find(std::string_view name) const;
  [[nodiscard]] std::vector<std::string_view> names() const;

 private:
  std::vector<std::unique_ptr<std::string>> texts_;
  std::map<std::string_view, std::string_view, std::less<>> lines_;  // name -> its columns
  mutable std::mutex mutex_;
  mutable std::map<std::string_view, std::unique_ptr<Catalog::KustoSchema>, std::less<>> schemas_;
};

/// The columns of ASIM schemas (catalogs/asim/columns.tsv): a line a column, by tabs the schema, the column, its type,
/// its class, what it is an alias of (by `|`), its entity and role, and its values, where only those are possible.
class SchemaColumns {
 public:
  struct Row {
    std::string_view name, type;
    std::vector<std::string> aliases;
    std::string_view values;  // by `|`
  };
  void read(const std::string& path);
  [[nodiscard]] std::vector<Row> of(std::string_view schema) const;

 private:
  std::string text_;
};

/// The part of a text before the separator; both are taken off the text.
std::string_view take(std::string_view& text, char separator);

/// A type by its name in Kusto; `int` is a Long here.
[[nodiscard]] std::optional<Type> kusto_type(std::string_view name);

}  // namespace hecate::catalog
