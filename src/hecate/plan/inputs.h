#pragma once

#include <optional>
#include <type_traits>

#include "plan/plan.h"

namespace hecate {

/// Calls `visit(number)` for each of Plan::inputs whose rows the node reads, a number that may be changed where the
/// node may. What its expressions ask for (asked_input) is not among them.
template <typename AnyNode, typename Visit>
void for_each_input(AnyNode& node, const Visit& visit) {
  std::visit(
      [&](auto& op) {
        using Op = std::remove_cvref_t<decltype(op)>;
        if constexpr (std::is_same_v<Op, Union>) {
          for (auto& input : op.inputs) visit(input);
        } else if constexpr (std::is_same_v<Op, Compute>) {
          for (auto& source : op.sources) {
            if (source.input) visit(*source.input);
          }
        } else if constexpr (requires { requires std::is_same_v<decltype(op.input), size_t>; }) {
          visit(op.input);
        }
      },
      node.op);
}

/// The number of the plan whose value or rows a call asks for (`kql.scalar`, `kql.in_relation`), or nothing.
[[nodiscard]] std::optional<size_t> asked_input(const Expr& expr);
/// Whether a part of the expression is such a call.
[[nodiscard]] bool asks_inputs(const Expr& expr);

}  // namespace hecate
