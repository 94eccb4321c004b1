#pragma once

#include <algorithm>

#include "plan/plan.h"

namespace hecate {

/// Calls `visit(expr)` for the expressions of a node, ExprPtr& where the node may be changed. Those of a Compute's
/// routine are not among them.
template <typename AnyNode, typename Visit>
void for_each_expr(AnyNode& node, const Visit& visit) {
  const auto items = [&](auto& list) {
    for (auto& item : list) std::for_each(item.arguments.begin(), item.arguments.end(), visit);
  };
  if (auto* filter = std::get_if<Filter>(&node.op)) visit(filter->predicate);
  if (auto* extend = std::get_if<Extend>(&node.op)) {
    for (auto& column : extend->columns) visit(column.value);
  }
  if (auto* rows = std::get_if<ConstantRows>(&node.op)) {
    for (auto& row : rows->rows) std::for_each(row.begin(), row.end(), visit);
  }
  if (auto* aggregate = std::get_if<Aggregate>(&node.op)) items(aggregate->items);
  if (auto* functions = std::get_if<RowFunctions>(&node.op)) items(functions->items);
  if (auto* window = std::get_if<Window>(&node.op)) items(window->items);
  if (auto* pivot = std::get_if<Pivot>(&node.op)) items(pivot->items);
  if (auto* append = std::get_if<Append>(&node.op)) {
    for (auto& column : append->columns) {
      if (column.left) visit(column.left);
    }
  }
}

}  // namespace hecate
