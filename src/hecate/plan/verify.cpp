#include <fmt/format.h>

#include <algorithm>

#include "plan/plan.h"

namespace hecate {
namespace {

/// Walks the nodes in order and keeps the set of defined columns.
class Verifier {
 public:
  explicit Verifier(const Plan& plan, const std::vector<bool>* outside = nullptr)
      : plan_(plan), outside_(outside), defined_(plan.columns.size(), false) {}

  std::optional<std::string> run() {
    if (plan_.nodes.empty() || !is_source(plan_.nodes.front())) return "the first node is not a scan";
    verify_conditions();
    for (size_t i = 0; i < plan_.nodes.size() && breach_.empty(); ++i) {
      if (i > 0 && is_source(plan_.nodes[i])) breach(fmt::format("n{} is a source", i));
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
  static bool is_source(const Node& node) {
    return std::holds_alternative<Scan>(node.op) || std::holds_alternative<Outer>(node.op) ||
           std::holds_alternative<TableScan>(node.op) || std::holds_alternative<Rows>(node.op) ||
           std::holds_alternative<ConstantRows>(node.op) || std::holds_alternative<Union>(node.op);
  }
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
  void visit(const Outer& outer) {
    for (const Outer::Column& column : outer.columns) {
      const auto from = static_cast<size_t>(column.from);
      if (outside_ == nullptr || from >= outside_->size() || !(*outside_)[from])
        breach(fmt::format("c{} of the plan outside is not defined", from));
      define(column.id);
    }
  }
  void visit(const TableScan& scan) {
    for (const TableScan::Column& column : scan.columns) define(column.id);
  }
  void visit(const Rows& /*rows*/) {}
  void visit(const ConstantRows& rows) {
    for (const auto& row : rows.rows) {
      if (row.size() != rows.columns.size()) breach("a row has not a value for each column");
      for (const ExprPtr& value : row) use(*value);
    }
    for (const ColumnId id : rows.columns) define(id);
  }
  void visit(const Union& all) {
    for (const size_t input : all.inputs) verify_input(input);
    for (const Union::Column& column : all.columns) {
      if (column.from.size() != all.inputs.size()) breach("a union's column is not said for each input");
      for (size_t i = 0; i < column.from.size() && breach_.empty(); ++i) {
        if (column.from[i]) use_of_input(all.inputs[i], *column.from[i]);
      }
      define(column.id);
    }
    if (all.source) define(*all.source);
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
  void visit(const Limit& limit) {
    for (const ColumnId id : limit.keys) use(id);
  }
  void visit(const Distinct& distinct) {
    for (const ColumnId id : distinct.columns) use(id);
  }
  void visit(const Unnest& unnest) {
    use(unnest.input);
    define(unnest.id);
  }
  void visit(const Expand& expand) {
    for (const Expand::Column& column : expand.columns) use(column.input);
    for (const Expand::Column& column : expand.columns) define(column.id);
    if (expand.index) define(*expand.index);
  }
  void visit(const RowFunctions& functions) {
    for (const ColumnId key : functions.keys) use(key);
    for (const Aggregate::Item& item : functions.items) {
      for (const ExprPtr& argument : item.arguments) use(*argument);
    }
    for (const Aggregate::Item& item : functions.items) define(item.id);
  }
  void visit(const Window& window) {
    for (const ColumnId key : window.keys) use(key);
    for (const Aggregate::Item& item : window.items) {
      for (const ExprPtr& argument : item.arguments) use(*argument);
    }
    if (window.seconds) use(window.time);
    for (const Aggregate::Item& item : window.items) define(item.id);
  }
  void visit(const Pivot& pivot) {
    for (const Aggregate::Key& key : pivot.keys) use(key.input);
    use(pivot.series);
    for (const Aggregate::Item& item : pivot.items) {
      for (const ExprPtr& argument : item.arguments) use(*argument);
    }
    std::fill(defined_.begin(), defined_.end(), false);
    for (const Aggregate::Key& key : pivot.keys) define(key.id);
    for (const Pivot::Column& column : pivot.columns) {
      if (column.item >= pivot.items.size()) breach("a pivot has no such item");
      define(column.id);
    }
  }
  void visit(const Transaction& transaction) {
    use(transaction.time);
    for (const ColumnId id : transaction.fields) use(id);
    if (transaction.starts) use(*transaction.starts);
    if (transaction.ends) use(*transaction.ends);
    define(transaction.id);
  }
  void visit(const Gaps& gaps) {
    use(gaps.time);
    define(gaps.id);
  }
  void visit(const Join& join) {
    verify_input(join.input);
    for (const Join::Key& key : join.keys) {
      use(key.left);
      use_of_input(join.input, key.right);
    }
    define_joined(join.input, join.columns);
  }
  void visit(const Relate& relate) {
    verify_input(relate.input);
    for (const Relate::Key& key : relate.keys) {
      use(key.left);
      use_of_input(relate.input, key.right);
    }
    for (const Relate::Column& column : relate.columns) {
      if (column.right) use_of_input(relate.input, column.from);
      if (!column.right) use(column.from);
    }
    std::fill(defined_.begin(), defined_.end(), false);
    for (const Relate::Column& column : relate.columns) define(column.id);
  }
  void visit(const Append& append) {
    verify_input(append.input);
    for (const Append::Column& column : append.columns) {
      if (column.left) use(*column.left);
      if (column.right) use_of_input(append.input, *column.right);
    }
    std::fill(defined_.begin(), defined_.end(), false);
    for (const Append::Column& column : append.columns) define(column.id);
  }
  void visit(const Zip& zip) {
    verify_input(zip.input);
    define_joined(zip.input, zip.columns);
  }
  void visit(const Iterate& iterate) {
    verify_input(iterate.input);
    for (const Iterate::Token& token : iterate.tokens) use(token.value);
    std::fill(defined_.begin(), defined_.end(), false);
    define_joined(iterate.input, iterate.columns);
  }
  void visit(const Compute& compute) {
    for (const Compute::Source& source : compute.sources) {
      if (source.input) verify_input(*source.input);
      for (const ColumnId id : source.columns) source.input ? use_of_input(*source.input, id) : use(id);
    }
    std::fill(defined_.begin(), defined_.end(), false);
    for (const ColumnId id : compute.columns) define(id);
  }
  void visit(const ShowKeys& show) { use(show.object); }
  void visit(const WriteTable& write) {
    for (const WriteTable::Column& column : write.columns) use(column.column);
  }

  void define_joined(size_t input, const std::vector<Join::Column>& columns) {
    for (const Join::Column& column : columns) use_of_input(input, column.from);
    for (const Join::Column& column : columns) define(column.id);
  }
  /// Only what an input shows can be read of it.
  void use_of_input(size_t input, ColumnId id) {
    if (input >= plan_.inputs.size()) return;
    const auto& output = plan_.inputs[input].plan->output;
    if (std::none_of(output.begin(), output.end(), [&](const OutputColumn& each) { return each.column == id; }))
      breach(fmt::format("c{} is not shown by input{}", static_cast<size_t>(id), input));
  }
  void verify_input(size_t input) {
    if (input >= plan_.inputs.size()) return breach(fmt::format("there is no input{}", input));
    if (auto inner = Verifier(*plan_.inputs[input].plan, &defined_).run()) breach("in an input: " + *inner);
  }
  void verify_conditions() {
    for (size_t i = 0; i < plan_.inputs.size(); ++i) {
      if (plan_.inputs[i].use == PlanInput::Use::Conditions) verify_input(i);
    }
  }

  const Plan& plan_;
  const std::vector<bool>* outside_;
  std::vector<bool> defined_;
  std::string breach_;
};

}  // namespace

std::optional<std::string> verify(const Plan& plan) { return Verifier(plan).run(); }

}  // namespace hecate
