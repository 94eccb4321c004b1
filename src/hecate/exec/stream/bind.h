#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "exec/functions/function.h"
#include "plan/cut.h"

namespace hecate::stream {

/// A name that a pack defines by a catalog expression over the dataset's own names.
struct DerivedField {
  std::string expression;
  Span span;
};
using DerivedFields = std::map<std::string, DerivedField, std::less<>>;

/// What the records of a type have in common besides, where Splunk's metadata is not each record's own.
struct Origin {
  std::string sourcetype, index;
  std::optional<std::string> source;  // where the catalog names it; else each file has its own
  auto operator<=>(const Origin&) const = default;
};

/// A head as it looks for one record type: expressions over raw fields only, constants folded.
struct BoundHead {
  ExprPtr predicate;          // all filters of the head, in order, as one conjunction
  std::vector<ExprPtr> live;  // by Head::live
};

/// Replaces columns by what they are in this record type and, where it is known, of this origin, and folds what is then
/// constant. A predicate that became the literal `false` means that no record of the type can match.
[[nodiscard]] BoundHead bind(const Head& head, const std::vector<ColumnInfo>& columns, const DerivedFields& derived,
                             RecordType type, const Origin* origin, const Catalog& catalog, DiagnosticSink& sink);

/// Names that a head reads, with what they are in all events of a kind.
using KnownFields = std::map<std::string, ExprPtr, std::less<>>;

/// False where the head's first filter excludes all events in which these fields are so, whatever else they hold.
[[nodiscard]] bool may_let_through(const Head& head, const KnownFields& known);

/// Evaluates what does not depend on an event or the run, and simplifies and/or/not.
[[nodiscard]] ExprPtr fold_constants(const ExprPtr& expr, const Origin* origin = nullptr);

[[nodiscard]] bool is_literal_false(const Expr& expr);

/// A Kusto table that the catalog does not know: the events of the file of that name (without folder and
/// extension), as far as no source recognises them.
[[nodiscard]] bool is_file_table(const Dataset& dataset, const Catalog& catalog);

}  // namespace hecate::stream
