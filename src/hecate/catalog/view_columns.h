#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalog/catalog.h"

namespace hecate::catalog {

struct TypeData;
struct SchemaData;

using CompiledColumns = std::map<std::string, ExprPtr, std::less<>>;

/// "asim.FileEvent" or "table.Syslog".
[[nodiscard]] std::string vocabulary_of(const Catalog::KustoSchema& schema);

/// A part of a file of catalogs/kusto: columns that it gives a record type in a table or ASIM schema.
struct ColumnBlock {
  std::string vocabulary;  // "asim.FileEvent", "table.Syslog", "asim.*"
  std::string evidence;
  char confidence = 'U';
  std::string_view lines;  // not yet read
  std::string place;       // "windows_sysmon.tsv:12"
};

/// The columns of record types in tables and ASIM schemas. They are many, and a query asks for few: they are compiled
/// when one of them is asked for first. Safe from several threads.
class ViewColumns {
 public:
  /// Keeps a text that blocks stand in.
  std::string_view keep(std::string text);

  /// Null where events of the type have no such column.
  [[nodiscard]] ExprPtr find(const Catalog::Impl& catalog, const TypeData& type, const SchemaData& schema,
                             std::string_view column) const;
  /// All columns of a type as its files state them, those of the other vocabularies, too.
  [[nodiscard]] std::span<const Catalog::ColumnRow> rows(const Catalog::Impl& catalog, const TypeData& type) const;
  /// Compiles all there is and reports what is wrong.
  static void check(const Catalog::Impl& catalog, DiagnosticSink& sink);

 private:
  struct Compiled {
    CompiledColumns columns;
    bool others = false;  // all other columns are the raw fields of their names
  };
  using Key = std::pair<const TypeData*, const SchemaData*>;

  std::vector<std::unique_ptr<std::string>> texts_;
  mutable std::mutex mutex_;
  mutable std::map<Key, Compiled> compiled_;
  mutable std::map<const TypeData*, std::vector<Catalog::ColumnRow>> rows_;
  friend class ViewCompiler;
};

}  // namespace hecate::catalog
