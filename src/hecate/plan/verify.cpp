#include <fmt/format.h>

#include "plan/plan.h"

namespace hecate {
namespace {

/// Walks the nodes in order and keeps the set of defined columns.
class Verifier {
 public:
  explicit Verifier(const Plan& plan) : plan_(plan), defined_(plan.columns.size(), false) {}

  std::optional<std::string> run() {
    if (plan_.nodes.empty() || !std::holds_alternative<Scan>(plan_.nodes.front().op))
      return "the first node is not a scan";
    for (size_t i = 0; i < plan_.nodes.size() && breach_.empty(); ++i) {
      for (const NodeId input : plan_.nodes[i].inputs) {
        if (input >= i) breach(fmt::format("n{} reads n{}, which is not before it", i, input));
      }
      std::visit([this](const auto& op) { visit(op); }, plan_.nodes[i].op);
    }
    for (const OutputColumn& column : plan_.output) use(column.column);
    if (breach_.empty()) return std::nullopt;
    return breach_;
  }

 private:
  void breach(std::string text) {
    if (breach_.empty()) breach_ = std::move(text);
  }
  void define(ColumnId id) {
    const auto index = static_cast<size_t>(id);
    if (index >= defined_.size()) return breach(fmt::format("c{} has no entry", index));
    if (defined_[index]) return breach(fmt::format("c{} is defined twice", index));
    defined_[index] = true;
  }
  void use(ColumnId id) {
    const auto index = static_cast<size_t>(id);
    if (index >= defined_.size() || !defined_[index]) breach(fmt::format("c{} is used before it is defined", index));
  }
  void use(const Expr& expr) {
    if (const auto* ref = std::get_if<ColumnRef>(&expr.node)) use(ref->column);
    if (std::holds_alternative<RawField>(expr.node)) breach("a raw field outside of a bound head");
    for_each_child(expr, [this](const ExprPtr& child) { use(*child); });
  }

  void visit(const Scan& scan) {
    for (const Scan::Column& column : scan.columns) define(column.id);
  }
  void visit(const Filter& filter) {
    if (filter.predicate->type != Type::Bool) breach("a filter's predicate is not boolean: " + dump(*filter.predicate));
    use(*filter.predicate);
  }
  void visit(const Extend& extend) {
    for (const Extend::Column& column : extend.columns) use(*column.value);
    for (const Extend::Column& column : extend.columns) define(column.id);
  }
  void visit(const Aggregate& aggregate) {
    for (const Aggregate::Key& key : aggregate.keys) use(key.input);
    for (const Aggregate::Item& item : aggregate.items) {
      for (const ExprPtr& argument : item.arguments) use(*argument);
    }
    // What is not grouped or aggregated is gone.
    std::fill(defined_.begin(), defined_.end(), false);
    for (const Aggregate::Key& key : aggregate.keys) define(key.id);
    for (const Aggregate::Item& item : aggregate.items) define(item.id);
  }
  void visit(const Sort& sort) {
    for (const Sort::Key& key : sort.keys) use(key.column);
  }
  void visit(const Limit& /*limit*/) {}
  void visit(const Distinct& distinct) {
    for (const ColumnId id : distinct.columns) use(id);
  }

  const Plan& plan_;
  std::vector<bool> defined_;
  std::string breach_;
};

}  // namespace

std::optional<std::string> verify(const Plan& plan) { return Verifier(plan).run(); }

}  // namespace hecate
