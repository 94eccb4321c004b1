#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/mapped_text.h"
#include "base/result.h"
#include "plan/plan.h"
#include "plan/table.h"

namespace hecate::kql {
namespace ast {
struct Query;
}

struct ColumnSchema {
  std::string name;
  Type type = Type::String;
  /// ASIM: this column holds a bare name; paths are in that other column (empty: no such rule).
  std::string path_column = {};
  /// ASIM: the only values that the column can have, by `|`; empty: any.
  std::string values = {};
};

/// A parameter of an ASIM view: `imDns(domain_has_any=…)`. A row is kept where one of the columns passes the test, and
/// any row where the argument is the default
/// (https://learn.microsoft.com/azure/sentinel/normalization-parsers-overview).
struct ViewParameter {
  enum class Test : uint8_t { None, AtLeast, AtMost, Equals, In, HasAny, HasAll, HasAnyPrefix, HasAnyAddressPrefix };
  std::string name;
  Type type = Type::Dynamic;
  Test test = Test::None;
  std::vector<std::string> columns;
};

struct TableSchema {
  std::string name;
  std::vector<ColumnSchema> columns;
  std::vector<ViewParameter> parameters = {};
  /// A table of Microsoft's, known by the columns of its page: others may exist that the page leaves out.
  bool published = false;
};

/// Functions that queries may call besides their own: saved functions of a workspace, parsers. Each is understood when
/// it is called, with the names of the place where it stands.
class Functions {
 public:
  Functions();
  ~Functions();
  Functions(Functions&&) noexcept;
  Functions& operator=(Functions&&) noexcept;

  /// `parameters` as a workspace keeps them ("starttime: datetime = datetime(null), pack: bool = False"), `body` a
  /// query. False: what is wrong has been reported. A later definition of a name replaces the earlier one.
  bool add(const std::string& name, const MappedText& parameters, const MappedText& body, DiagnosticSink& sink);
  [[nodiscard]] std::vector<std::string_view> names() const;

  struct Store;
  [[nodiscard]] const Store& store() const { return *store_; }

 private:
  std::unique_ptr<Store> store_;
};

/// What a query's names mean: given by the engine (from the catalog, or inferred from data).
struct Environment {
  /// The schema of a table or parserless ASIM view by the name in the query; nullptr where there is none.
  std::function<const TableSchema*(std::string_view table)> find_table;
  /// Names for "did you mean" and for patterns (`union Device*`).
  std::vector<std::string_view> table_names;
  /// Of those, the tables that events may be rows of; the others are always empty. Not set: all may.
  std::function<bool(std::string_view table)> has_rows = {};
  /// A pack's declared repair, table -> column -> column to use instead (`field_aliases:`).
  std::map<std::string, std::map<std::string, std::string, std::less<>>, std::less<>> field_aliases = {};
  const Functions* functions = nullptr;
  /// Tables of the run, for `_GetWatchlist("alias")` ("watchlist:alias") and externaldata (by the location as written).
  const Tables* tables = nullptr;
};

/// The syntax of a query alone: no name is looked up. Errors are in the sink, the tree is what could be read.
[[nodiscard]] ast::Query parse(const MappedText& query, DiagnosticSink& sink);

/// A query, from text to a verified plan: parsed, bound to its tables' schemas, lowered. Names and types are
/// checked before any data is read (KQL…); what is not supported is refused by name.
[[nodiscard]] Result<Plan> compile(const MappedText& query, const Environment& environment, DiagnosticSink& sink);

[[nodiscard]] std::vector<std::string_view> operator_names();
[[nodiscard]] std::vector<std::string_view> function_names();

}  // namespace hecate::kql
