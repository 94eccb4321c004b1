#pragma once

#include <functional>
#include <string_view>

#include "exec/functions/function.h"
#include "plan/cut.h"

namespace hecate::reference {

/// Where an expression's leaves get their values from.
struct Bindings {
  std::function<Value(ColumnId)> column;
  std::function<Value(std::string_view path)> raw_field;
  std::function<Value(std::string_view name)> metadata;  // "meta.time", …
};

/// The slow, obvious evaluator: it walks the tree for every event, shares nothing, remembers nothing. The
/// authority in differential tests; every other engine must agree with it.
[[nodiscard]] Value evaluate(const Expr& expr, const Bindings& bindings, EvalContext& context);

/// One pattern of a Match against one text, spelt out from its definition in plan/expr.h.
[[nodiscard]] bool matches(const Match& match, std::string_view pattern, std::string_view text);

}  // namespace hecate::reference
