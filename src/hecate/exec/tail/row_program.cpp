#include "exec/tail/row_program.h"

namespace hecate::tail {

size_t RowProgram::add(const Expr& expr, const Slots& slots) {
  std::vector<size_t> operands;
  for_each_child(expr, [&](const ExprPtr& child) { operands.push_back(add(*child, slots)); });
  Node node{Op::Constant, 0, nullptr, {}, nullptr, std::move(operands)};
  if (const auto* literal = std::get_if<Literal>(&expr.node)) node.constant = literal->value;
  if (const auto* ref = std::get_if<ColumnRef>(&expr.node)) {
    // A column that nobody gives a value is null.
    if (const auto slot = slots.find(ref->column); slot != slots.end()) {
      node.op = Op::Slot;
      node.slot = slot->second;
    }
  }
  if (const auto* call = std::get_if<Call>(&expr.node)) {
    node.op = Op::Call;
    node.function = find_function(call->function);
  }
  if (const auto* match = std::get_if<Match>(&expr.node)) {
    node.op = Op::Match;
    node.match = std::make_unique<CompiledMatch>(*match);
  }
  if (std::holds_alternative<And>(expr.node)) node.op = Op::And;
  if (std::holds_alternative<Or>(expr.node)) node.op = Op::Or;
  if (std::holds_alternative<Not>(expr.node)) node.op = Op::Not;
  nodes_.push_back(std::move(node));
  return nodes_.size() - 1;
}

Value RowProgram::evaluate(size_t index, std::span<const Value> slots, EvalContext& context) const {
  const Node& node = nodes_[index];
  switch (node.op) {
    case Op::Constant: return node.constant.get();
    case Op::Slot: return slots[node.slot];
    case Op::Match: return Value::boolean(node.match->test(evaluate(node.operands[0], slots, context), context.arena));
    case Op::And: return junction(node, false, slots, context);
    case Op::Or: return junction(node, true, slots, context);
    case Op::Not: {
      const Value operand = evaluate(node.operands[0], slots, context);
      return operand.kind() == Kind::Bool ? Value::boolean(!operand.as_bool()) : Value::null();
    }
    case Op::Call: break;
  }
  if (node.function == nullptr) return Value::null();
  const std::span<Value> arguments = context.arena.allocate_array<Value>(node.operands.size());
  for (size_t i = 0; i < arguments.size(); ++i) arguments[i] = evaluate(node.operands[i], slots, context);
  return call(*node.function, arguments, context);
}

/// Kleene's: one decisive operand settles it, otherwise one that is not known leaves it open.
Value RowProgram::junction(const Node& node, bool decisive, std::span<const Value> slots, EvalContext& context) const {
  bool known = true;
  for (const size_t operand : node.operands) {
    const Value value = evaluate(operand, slots, context);
    if (value.kind() != Kind::Bool) {
      known = false;
    } else if (value.as_bool() == decisive) {
      return value;
    }
  }
  return known ? Value::boolean(!decisive) : Value::null();
}

}  // namespace hecate::tail
