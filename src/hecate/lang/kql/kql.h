#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/mapped_text.h"
#include "base/result.h"
#include "plan/plan.h"

namespace hecate::kql {
namespace ast {
struct Query;
}

struct ColumnSchema {
  std::string name;
  Type type = Type::String;
  /// ASIM: this column holds a bare name; paths are in that other column (empty: no such rule).
  std::string path_column;
};

struct TableSchema {
  std::string name;
  std::vector<ColumnSchema> columns;
};

/// What a query's names mean: given by the engine (from the catalog, or inferred from data).
struct Environment {
  /// The schema of a table or parserless ASIM view by the name in the query; nullptr where there is none.
  std::function<const TableSchema*(std::string_view table)> find_table;
  /// Names for "did you mean".
  std::vector<std::string_view> table_names;
  /// A pack's declared repair, table -> column -> column to use instead (`field_aliases:`).
  std::map<std::string, std::map<std::string, std::string, std::less<>>, std::less<>> field_aliases;
};

/// The syntax of a query alone: no name is looked up. Errors are in the sink, the tree is what could be read.
[[nodiscard]] ast::Query parse(const MappedText& query, DiagnosticSink& sink);

/// A query, from text to a verified plan: parsed, bound to its tables' schemas, lowered. Names and types are
/// checked before any data is read (KQL…); what is not supported is refused by name.
[[nodiscard]] Result<Plan> compile(const MappedText& query, const Environment& environment, DiagnosticSink& sink);

[[nodiscard]] std::vector<std::string_view> operator_names();
[[nodiscard]] std::vector<std::string_view> function_names();

}  // namespace hecate::kql
