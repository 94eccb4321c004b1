#include "engine/touched_tables.h"

#include <algorithm>

#include "plan/expressions.h"

namespace hecate::engine {
namespace {

bool share_one(const TouchedTables::Names& some, const TouchedTables::Names& others) {
  return std::any_of(some.begin(), some.end(), [&](const std::string& name) { return others.contains(name); });
}

/// A lookup's table is its first argument.
void add_looked_up(const Expr& expr, TouchedTables& touched) {
  const auto* call = std::get_if<Call>(&expr.node);
  if (call != nullptr && call->function == "spl.lookup") {
    const auto* name = std::get_if<Literal>(&call->arguments.front()->node);
    if (name != nullptr && name->value.get().is_text()) touched.read.emplace(name->value.get().as_text());
  }
  for_each_child(expr, [&](const ExprPtr& child) { add_looked_up(*child, touched); });
}

void add(const Plan& plan, TouchedTables& touched) {
  for (const Node& node : plan.nodes) {
    if (const auto* scan = std::get_if<TableScan>(&node.op)) touched.read.insert(scan->table);
    if (const auto* write = std::get_if<WriteTable>(&node.op)) touched.written.insert(write->table);
    for_each_expr(node, [&](const ExprPtr& expr) { add_looked_up(*expr, touched); });
  }
  for (const PlanInput& input : plan.inputs) add(*input.plan, touched);
}

}  // namespace

bool TouchedTables::conflicts_with(const TouchedTables& other) const {
  return share_one(written, other.written) || share_one(written, other.read) || share_one(read, other.written);
}

TouchedTables touched_tables(const Plan& plan) {
  TouchedTables touched;
  add(plan, touched);
  return touched;
}

}  // namespace hecate::engine
