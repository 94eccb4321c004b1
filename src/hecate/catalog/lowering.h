#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "catalog/expression.h"
#include "plan/expr.h"

namespace hecate::catalog {

/// What a bare name means; null where it means nothing, which has then been reported.
using ResolveName = std::function<ExprPtr(const Expression& name)>;

/// One row of the catalog language's functions.
struct FunctionRow {
  std::string_view name;
  int min_arguments;
  int max_arguments;  // -1: any number
  ExprPtr (*lower)(const Expression& call, std::vector<ExprPtr> arguments, DiagnosticSink& sink);
  std::string_view doc;
};

/// The functions, sorted by name. Their meaning is documented in catalogs/README.md.
[[nodiscard]] std::span<const FunctionRow> function_rows();

/// Checks functions, arguments and patterns, and lowers to plan expressions. Tests against constants become
/// Match, And, Or and Not nodes, so that their literals reach the matcher; all else becomes calls of text.*.
[[nodiscard]] Result<ExprPtr> lower(const Expression& expression, const ResolveName& resolve, DiagnosticSink& sink);

}  // namespace hecate::catalog
