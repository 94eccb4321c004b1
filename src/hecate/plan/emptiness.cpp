#include "plan/emptiness.h"

#include <algorithm>

namespace hecate {
namespace {

bool writes(const Plan& plan) {
  return std::any_of(plan.nodes.begin(), plan.nodes.end(),
                     [](const Node& node) { return std::holds_alternative<WriteTable>(node.op); }) ||
         std::any_of(plan.inputs.begin(), plan.inputs.end(),
                     [](const PlanInput& input) { return writes(*input.plan); });
}

/// Goes through the nodes of one plan; what it does not know may make rows of nothing.
class Emptiness {
 public:
  Emptiness(const Plan& plan, const std::function<bool(const Plan&)>& no_events) : plan_(plan), no_events_(no_events) {}

  bool run() {
    bool empty = false;
    for (const Node& node : plan_.nodes) empty = std::visit([&](const auto& op) { return after(op, empty); }, node.op);
    return empty;
  }

 private:
  [[nodiscard]] bool input_is_empty(size_t input) const {
    return Emptiness(*plan_.inputs[input].plan, no_events_).run();
  }

  bool after(const Scan&, bool) const { return no_events_(plan_); }
  bool after(const Rows& rows, bool) const { return rows.count == 0; }
  bool after(const ConstantRows& rows, bool) const { return rows.rows.empty(); }
  bool after(const Union& all, bool) const {
    return std::all_of(all.inputs.begin(), all.inputs.end(), [&](size_t input) { return input_is_empty(input); });
  }

  bool after(const Filter&, bool empty) const { return empty; }
  bool after(const Extend&, bool empty) const { return empty; }
  bool after(const Sort&, bool empty) const { return empty; }
  bool after(const Limit& limit, bool empty) const { return empty || limit.count == 0; }
  bool after(const Distinct&, bool empty) const { return empty; }
  bool after(const Unnest&, bool empty) const { return empty; }
  bool after(const Expand&, bool empty) const { return empty; }
  bool after(const RowFunctions&, bool empty) const { return empty; }
  bool after(const Window&, bool empty) const { return empty; }
  bool after(const Transaction&, bool empty) const { return empty; }
  bool after(const ShowKeys&, bool empty) const { return empty; }
  bool after(const Iterate&, bool empty) const { return empty; }
  bool after(const Aggregate& aggregate, bool empty) const { return empty && !aggregate.keys.empty(); }

  bool after(const Join& join, bool empty) const {
    return empty || (!join.keeps_unmatched && input_is_empty(join.input));
  }
  bool after(const Relate& relate, bool empty) const {
    using Kind = Relate::Kind;
    switch (relate.kind) {
      case Kind::Inner:
      case Kind::InnerUnique:
      case Kind::LeftSemi:
      case Kind::RightSemi: return empty || input_is_empty(relate.input);
      case Kind::LeftOuter:
      case Kind::LeftAnti: return empty;
      case Kind::RightOuter:
      case Kind::RightAnti: return input_is_empty(relate.input);
      case Kind::FullOuter: return empty && input_is_empty(relate.input);
    }
    return false;
  }
  bool after(const Append& append, bool empty) const { return empty && input_is_empty(append.input); }

  bool after(const Outer&, bool) const { return false; }
  bool after(const TableScan&, bool) const { return false; }
  bool after(const Pivot&, bool) const { return false; }
  bool after(const Gaps&, bool) const { return false; }
  bool after(const Zip&, bool) const { return false; }
  bool after(const Compute&, bool) const { return false; }
  bool after(const WriteTable&, bool) const { return false; }

  const Plan& plan_;
  const std::function<bool(const Plan&)>& no_events_;
};

}  // namespace

bool has_no_rows(const Plan& plan, const std::function<bool(const Plan&)>& no_events) {
  return !writes(plan) && Emptiness(plan, no_events).run();
}

}  // namespace hecate
