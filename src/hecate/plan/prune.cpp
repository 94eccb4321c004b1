#include "plan/prune.h"

#include <algorithm>
#include <map>
#include <set>

#include "plan/inputs.h"

namespace hecate {
namespace {

using Ids = std::set<ColumnId>;

void collect(const Expr& expr, Ids& out) {
  if (const auto* ref = std::get_if<ColumnRef>(&expr.node)) out.insert(ref->column);
  for_each_child(expr, [&](const ExprPtr& child) { collect(*child, out); });
}

/// Walks a plan backwards with the set of columns that what stands behind needs.
class Pruner {
 public:
  explicit Pruner(Plan& plan) : plan_(plan), shown_(plan.inputs.size()) {}

  void run() {
    if (!known()) return;
    for (const OutputColumn& column : plan_.output) needed_.insert(column.column);
    for (size_t i = plan_.nodes.size(); i-- > 0;) {
      const bool stays = std::visit([this](auto& op) { return visit(op); }, plan_.nodes[i].op);
      if (!stays && i > 0) plan_.nodes.erase(plan_.nodes.begin() + static_cast<std::ptrdiff_t>(i));
    }
    for (size_t i = 1; i < plan_.nodes.size(); ++i) plan_.nodes[i].inputs = {static_cast<NodeId>(i - 1)};
    for (size_t i = 0; i < plan_.inputs.size(); ++i) {
      Plan& input = *plan_.inputs[i].plan;
      if (shown_[i]) {
        std::erase_if(input.output, [&](const OutputColumn& column) { return !shown_[i]->contains(column.column); });
      }
      prune(input);
    }
  }

 private:
  [[nodiscard]] bool known() const {
    if (plan_.whole_event || plan_.language != Language::Kql) return false;
    return std::all_of(plan_.nodes.begin(), plan_.nodes.end(), [](const Node& node) {
      const auto* distinct = std::get_if<Distinct>(&node.op);
      return (distinct == nullptr || !distinct->columns.empty()) && !std::holds_alternative<Outer>(node.op) &&
             !std::holds_alternative<Pivot>(node.op) && !std::holds_alternative<Transaction>(node.op) &&
             !std::holds_alternative<Gaps>(node.op) && !std::holds_alternative<Join>(node.op) &&
             !std::holds_alternative<Append>(node.op) && !std::holds_alternative<Zip>(node.op) &&
             !std::holds_alternative<Iterate>(node.op) && !std::holds_alternative<WriteTable>(node.op);
    });
  }
  [[nodiscard]] bool needs(ColumnId id) const { return needed_.contains(id); }
  void need(const Expr& expr) { collect(expr, needed_); }
  void need(const std::vector<Aggregate::Item>& items) {
    for (const Aggregate::Item& item : items) {
      for (const ExprPtr& argument : item.arguments) need(*argument);
    }
  }
  void drop(std::vector<Aggregate::Item>& items) const {
    std::erase_if(items, [&](const Aggregate::Item& item) { return !needs(item.id); });
  }
  Ids& shown(size_t input) {
    if (!shown_[input]) shown_[input].emplace();
    return *shown_[input];
  }

  // Each takes out what is not needed, and says what the node needs itself; false: nothing of the node is left.
  bool visit(Scan& scan) {
    std::erase_if(scan.columns, [&](const Scan::Column& column) { return !needs(column.id); });
    return true;
  }
  bool visit(TableScan& scan) {
    std::erase_if(scan.columns, [&](const TableScan::Column& column) { return !needs(column.id); });
    return true;
  }
  bool visit(Union& all) {
    std::erase_if(all.columns, [&](const Union::Column& column) { return !needs(column.id); });
    for (const size_t input : all.inputs) shown(input);
    for (const Union::Column& column : all.columns) {
      for (size_t i = 0; i < column.from.size(); ++i) {
        if (column.from[i]) shown(all.inputs[i]).insert(*column.from[i]);
      }
    }
    return true;
  }
  bool visit(Filter& filter) {
    need(*filter.predicate);
    return true;
  }
  bool visit(Extend& extend) {
    std::erase_if(extend.columns, [&](const Extend::Column& column) { return !needs(column.id); });
    for (const Extend::Column& column : extend.columns) need(*column.value);
    return !extend.columns.empty();
  }
  bool visit(Aggregate& aggregate) {
    drop(aggregate.items);
    needed_.clear();
    for (const Aggregate::Key& key : aggregate.keys) needed_.insert(key.input);
    need(aggregate.items);
    return true;
  }
  bool visit(Sort& sort) {
    for (const Sort::Key& key : sort.keys) needed_.insert(key.column);
    return true;
  }
  bool visit(Limit& limit) {
    needed_.insert(limit.keys.begin(), limit.keys.end());
    return true;
  }
  bool visit(Distinct& distinct) {
    needed_.insert(distinct.columns.begin(), distinct.columns.end());
    return true;
  }
  bool visit(Unnest& unnest) {
    needed_.insert(unnest.input);
    return true;
  }
  bool visit(Expand& expand) {
    for (const Expand::Column& column : expand.columns) needed_.insert(column.input);
    return true;
  }
  bool visit(RowFunctions& functions) {
    drop(functions.items);
    if (functions.items.empty()) return false;
    needed_.insert(functions.keys.begin(), functions.keys.end());
    need(functions.items);
    return true;
  }
  bool visit(Window& window) {
    drop(window.items);
    if (window.items.empty()) return false;
    needed_.insert(window.keys.begin(), window.keys.end());
    if (window.seconds) needed_.insert(window.time);
    need(window.items);
    return true;
  }
  bool visit(Relate& relate) {
    std::erase_if(relate.columns, [&](const Relate::Column& column) { return !needs(column.id); });
    needed_.clear();
    Ids& right = shown(relate.input);
    for (const Relate::Key& key : relate.keys) {
      needed_.insert(key.left);
      right.insert(key.right);
    }
    for (const Relate::Column& column : relate.columns) (column.right ? right : needed_).insert(column.from);
    return true;
  }
  bool visit(Compute& compute) {
    needed_.clear();
    for (const Compute::Source& source : compute.sources)
      (source.input ? shown(*source.input) : needed_).insert(source.columns.begin(), source.columns.end());
    return true;
  }
  bool visit(ShowKeys& show) {
    needed_.insert(show.object);
    return true;
  }
  template <typename Op>
  bool visit(Op& /*op*/) {
    return true;
  }

  Plan& plan_;
  std::vector<std::optional<Ids>> shown_;  // by input: the columns that are read of it; none: all
  Ids needed_;
};

/// A predicate over a union's columns as one over those of one of its plans.
class Translator {
 public:
  explicit Translator(const Plan& plan) : plan_(plan), all_(std::get<Union>(plan.nodes.front().op)) {}

  void define(const Extend& extend) {
    for (const Extend::Column& column : extend.columns) values_[column.id] = column.value;
  }
  [[nodiscard]] ExprPtr translate(const ExprPtr& predicate, size_t leg) const {
    return rewrite(predicate, [&](const ExprPtr& node) -> ExprPtr {
      const auto* ref = std::get_if<ColumnRef>(&node->node);
      if (ref == nullptr) return nullptr;
      const auto value = values_.find(ref->column);
      return value != values_.end() ? translate(value->second, leg) : column(ref->column, leg, node->span);
    });
  }
  /// Values that read another plan cannot go along.
  [[nodiscard]] bool can(const Expr& predicate) const {
    if (asks_inputs(predicate)) return false;
    Ids ids;
    collect(predicate, ids);
    return std::all_of(ids.begin(), ids.end(), [&](ColumnId id) {
      const auto value = values_.find(id);
      return value == values_.end() || can(*value->second);
    });
  }

 private:
  [[nodiscard]] ExprPtr column(ColumnId id, size_t leg, Span span) const {
    const Type type = plan_.column(id).type;
    if (all_.source == id) return make_string(all_.names[leg], span);
    const auto found = std::find_if(all_.columns.begin(), all_.columns.end(),
                                    [&](const Union::Column& each) { return each.id == id; });
    if (found != all_.columns.end() && found->from[leg]) return make_column(*found->from[leg], type, span);
    return type == Type::String ? make_string("", span) : make_literal(OwnedValue(), type, span);
  }

  const Plan& plan_;
  const Union& all_;
  std::map<ColumnId, ExprPtr> values_;
};

}  // namespace

void prune(Plan& plan) { Pruner(plan).run(); }

void push_filters(Plan& plan) {
  if (plan.language != Language::Kql) return;
  if (const auto* all = std::get_if<Union>(&plan.nodes.front().op)) {
    Translator translator(plan);
    for (size_t i = 1; i < plan.nodes.size(); ++i) {
      if (const auto* extend = std::get_if<Extend>(&plan.nodes[i].op)) {
        translator.define(*extend);
        continue;
      }
      auto* filter = std::get_if<Filter>(&plan.nodes[i].op);
      if (filter == nullptr) break;
      std::vector<ExprPtr> moved, kept;
      const auto* conjunction = std::get_if<And>(&filter->predicate->node);
      for (const ExprPtr& each :
           conjunction == nullptr ? std::vector<ExprPtr>{filter->predicate} : conjunction->operands)
        (translator.can(*each) ? moved : kept).push_back(each);
      if (moved.empty()) continue;
      for (size_t leg = 0; leg < all->inputs.size(); ++leg) {
        Plan& input = *plan.inputs[all->inputs[leg]].plan;
        ExprPtr predicate = translator.translate(make_and(moved, plan.nodes[i].span), leg);
        input.add({Filter{std::move(predicate)}, {static_cast<NodeId>(input.nodes.size() - 1)}, plan.nodes[i].span});
      }
      filter->predicate = make_and(std::move(kept), plan.nodes[i].span);
    }
    std::erase_if(plan.nodes, [](const Node& node) {
      const auto* filter = std::get_if<Filter>(&node.op);
      const auto* empty = filter == nullptr ? nullptr : std::get_if<And>(&filter->predicate->node);
      return empty != nullptr && empty->operands.empty();
    });
    for (size_t i = 1; i < plan.nodes.size(); ++i) plan.nodes[i].inputs = {static_cast<NodeId>(i - 1)};
  }
  for (PlanInput& input : plan.inputs) push_filters(*input.plan);
}

}  // namespace hecate
