#include "plan/inputs.h"

namespace hecate {

std::optional<size_t> asked_input(const Expr& expr) {
  const auto* call = std::get_if<Call>(&expr.node);
  if (call == nullptr) return std::nullopt;
  const size_t at = call->function == "kql.in_relation" ? 1 : 0;
  if (at == 0 && call->function != "kql.scalar") return std::nullopt;
  return static_cast<size_t>(std::get<Literal>(call->arguments[at]->node).value.get().as_integer());
}

bool asks_inputs(const Expr& expr) {
  bool found = asked_input(expr).has_value();
  for_each_child(expr, [&](const ExprPtr& child) { found = found || asks_inputs(*child); });
  return found;
}

}  // namespace hecate
