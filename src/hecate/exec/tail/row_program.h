#pragma once

#include <map>
#include <memory>
#include <span>
#include <vector>

#include "exec/functions/function.h"
#include "exec/functions/match.h"
#include "plan/expr.h"

namespace hecate::tail {

/// An expression made ready to run in code, over values that stand side by side: what routines evaluate for each row.
class RowProgram {
 public:
  /// Where the value of each column stands.
  using Slots = std::map<ColumnId, size_t>;
  RowProgram(const Expr& expr, const Slots& slots) : root_(add(expr, slots)) {}

  /// Texts of the result belong to the slots, to the program or to the context's arena.
  [[nodiscard]] Value evaluate(std::span<const Value> slots, EvalContext& context) const {
    return evaluate(root_, slots, context);
  }
  [[nodiscard]] bool holds(std::span<const Value> slots, EvalContext& context) const {
    return evaluate(slots, context).is_true();
  }

 private:
  enum class Op : uint8_t { Constant, Slot, Call, Match, And, Or, Not };
  struct Node {
    Op op;
    size_t slot = 0;
    const Function* function = nullptr;
    OwnedValue constant;
    std::unique_ptr<CompiledMatch> match;
    std::vector<size_t> operands;
  };
  size_t add(const Expr& expr, const Slots& slots);
  [[nodiscard]] Value evaluate(size_t index, std::span<const Value> slots, EvalContext& context) const;
  [[nodiscard]] Value junction(const Node& node, bool decisive, std::span<const Value> slots,
                               EvalContext& context) const;

  std::vector<Node> nodes_;
  size_t root_;
};

}  // namespace hecate::tail
