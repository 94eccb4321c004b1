#include "plan/cut.h"

#include <algorithm>
#include <array>
#include <set>

#include "plan/inputs.h"

namespace hecate {
namespace {

// Sorted. A function that is not listed gives the same value for the same arguments in every run.
constexpr std::array kRunDependent =
    std::to_array<std::string_view>({"kql.ago", "kql.geo_info_from_ip_address", "kql.in_relation", "kql.new_guid",
                                     "kql.now", "kql.rand", "kql.scalar", "spl.location", "spl.lookup", "spl.now",
                                     "spl.relative_time_now", "spl.search_info", "spl.subsearch", "spl.token"});
static_assert(std::is_sorted(kRunDependent.begin(), kRunDependent.end()));

void collect_columns(const Expr& expr, std::set<ColumnId>& out) {
  if (const auto* ref = std::get_if<ColumnRef>(&expr.node)) out.insert(ref->column);
  for_each_child(expr, [&](const ExprPtr& child) { collect_columns(*child, out); });
}

void collect_items(const std::vector<Aggregate::Item>& items, std::set<ColumnId>& out) {
  for (const Aggregate::Item& item : items) {
    for (const ExprPtr& argument : item.arguments) collect_columns(*argument, out);
  }
}

/// What the inputs of a node read of the plan itself.
void collect_outer(const Plan& plan, const Node& node, std::set<ColumnId>& out) {
  for_each_input(node, [&](size_t input) {
    const Plan& inner = *plan.inputs[input].plan;
    const auto* outer = std::get_if<Outer>(&inner.nodes.front().op);
    if (outer == nullptr) return;
    for (const Outer::Column& column : outer->columns) out.insert(column.from);
  });
}

/// The columns that the nodes behind the simple ones read.
void collect_of_many(const Node& node, std::set<ColumnId>& out) {
  if (const auto* unnest = std::get_if<Unnest>(&node.op)) out.insert(unnest->input);
  if (const auto* expand = std::get_if<Expand>(&node.op)) {
    for (const Expand::Column& column : expand->columns) out.insert(column.input);
  }
  if (const auto* functions = std::get_if<RowFunctions>(&node.op)) {
    out.insert(functions->keys.begin(), functions->keys.end());
    collect_items(functions->items, out);
  }
  if (const auto* window = std::get_if<Window>(&node.op)) {
    out.insert(window->keys.begin(), window->keys.end());
    collect_items(window->items, out);
    if (window->seconds) out.insert(window->time);
  }
  if (const auto* pivot = std::get_if<Pivot>(&node.op)) {
    for (const Aggregate::Key& key : pivot->keys) out.insert(key.input);
    out.insert(pivot->series);
    collect_items(pivot->items, out);
  }
  if (const auto* transaction = std::get_if<Transaction>(&node.op)) {
    out.insert(transaction->time);
    out.insert(transaction->fields.begin(), transaction->fields.end());
    if (transaction->starts) collect_columns(*transaction->starts, out);
    if (transaction->ends) collect_columns(*transaction->ends, out);
  }
  if (const auto* gaps = std::get_if<Gaps>(&node.op)) out.insert(gaps->time);
  if (const auto* join = std::get_if<Join>(&node.op)) {
    for (const Join::Key& key : join->keys) out.insert(key.left);
  }
  if (const auto* relate = std::get_if<Relate>(&node.op)) {
    for (const Relate::Key& key : relate->keys) out.insert(key.left);
    for (const Relate::Column& column : relate->columns) {
      if (!column.right) out.insert(column.from);
    }
  }
  if (const auto* append = std::get_if<Append>(&node.op)) {
    for (const Append::Column& column : append->columns) {
      if (column.left) collect_columns(*column.left, out);
    }
  }
  if (const auto* iterate = std::get_if<Iterate>(&node.op)) {
    for (const Iterate::Token& token : iterate->tokens) out.insert(token.value);
  }
  if (const auto* compute = std::get_if<Compute>(&node.op)) {
    for (const Compute::Source& source : compute->sources) {
      if (!source.input) out.insert(source.columns.begin(), source.columns.end());
    }
  }
  if (const auto* show = std::get_if<ShowKeys>(&node.op)) out.insert(show->object);
  if (const auto* write = std::get_if<WriteTable>(&node.op)) {
    for (const WriteTable::Column& column : write->columns) out.insert(column.column);
  }
}

/// The columns that a node reads.
void collect_columns(const Node& node, std::set<ColumnId>& out) {
  collect_of_many(node, out);
  if (const auto* filter = std::get_if<Filter>(&node.op)) collect_columns(*filter->predicate, out);
  if (const auto* extend = std::get_if<Extend>(&node.op)) {
    for (const Extend::Column& column : extend->columns) collect_columns(*column.value, out);
  }
  if (const auto* aggregate = std::get_if<Aggregate>(&node.op)) {
    for (const Aggregate::Key& key : aggregate->keys) out.insert(key.input);
    collect_items(aggregate->items, out);
  }
  if (const auto* sort = std::get_if<Sort>(&node.op)) {
    for (const Sort::Key& key : sort->keys) out.insert(key.column);
  }
  if (const auto* limit = std::get_if<Limit>(&node.op)) out.insert(limit->keys.begin(), limit->keys.end());
  if (const auto* distinct = std::get_if<Distinct>(&node.op))
    out.insert(distinct->columns.begin(), distinct->columns.end());
}

bool is_per_event(const Node& node) {
  return std::holds_alternative<Filter>(node.op) || std::holds_alternative<Extend>(node.op);
}

/// Behind it no column is what it was: reads after it are of its own columns.
bool renews_columns(const Node& node) {
  return std::holds_alternative<Aggregate>(node.op) || std::holds_alternative<Append>(node.op) ||
         std::holds_alternative<Relate>(node.op) || std::holds_alternative<Pivot>(node.op) ||
         std::holds_alternative<Iterate>(node.op) || std::holds_alternative<Compute>(node.op);
}

/// Backward liveness: what is read after the head and defined within it.
std::vector<ColumnId> live_columns(const Plan& plan, const CutPlan& cut) {
  std::set<ColumnId> read;
  const bool regrouped = std::any_of(cut.tail.begin(), cut.tail.end(), renews_columns);
  for (const Node& node : cut.tail) {
    collect_columns(node, read);
    collect_outer(plan, node, read);
    if (renews_columns(node)) break;
  }
  if (!regrouped) {
    for (const OutputColumn& column : plan.output) read.insert(column.column);
  }
  if (cut.undecided) collect_columns(*cut.undecided, read);
  std::set<ColumnId> defined;
  for (const Scan::Column& column : cut.head.scan_columns) defined.insert(column.id);
  for (const Node& step : cut.head.steps) {
    if (const auto* extend = std::get_if<Extend>(&step.op)) {
      for (const Extend::Column& column : extend->columns) defined.insert(column.id);
    }
  }
  if (plan.whole_event && !regrouped) read = defined;
  std::vector<ColumnId> live;
  std::set_intersection(read.begin(), read.end(), defined.begin(), defined.end(), std::back_inserter(live));
  return live;
}

}  // namespace

bool is_random(std::string_view function) { return function == "kql.rand" || function == "kql.new_guid"; }

bool is_run_dependent(std::string_view function) {
  return std::binary_search(kRunDependent.begin(), kRunDependent.end(), function);
}

bool is_run_dependent(const Expr& expr) {
  if (const auto* call = std::get_if<Call>(&expr.node); call != nullptr && is_run_dependent(call->function))
    return true;
  bool found = false;
  for_each_child(expr, [&](const ExprPtr& child) { found = found || is_run_dependent(*child); });
  return found;
}

CutPlan cut(const Plan& plan) {
  CutPlan result;
  for (const PlanInput& input : plan.inputs) result.inputs.push_back(cut(*input.plan));
  result.scans = plan.scans();
  if (!result.scans) {
    result.tail.assign(plan.nodes.begin() + 1, plan.nodes.end());
    return result;
  }
  result.head.dataset = plan.scan().dataset;
  result.head.scan_columns = plan.scan().columns;
  size_t at = 1;
  std::vector<ExprPtr> undecided;
  for (; at < plan.nodes.size() && is_per_event(plan.nodes[at]); ++at) {
    const Node& node = plan.nodes[at];
    const auto* extend = std::get_if<Extend>(&node.op);
    // A value that depends on the run cannot be stored with the candidate: from here on it is the tail's.
    const bool stores_run =
        extend != nullptr && std::any_of(extend->columns.begin(), extend->columns.end(),
                                         [](const auto& column) { return is_run_dependent(*column.value); });
    if (stores_run) break;
    if (const auto* filter = std::get_if<Filter>(&node.op); filter != nullptr && is_run_dependent(*filter->predicate)) {
      undecided.push_back(filter->predicate);
    }
    result.head.steps.push_back(node);
  }
  result.tail.assign(plan.nodes.begin() + static_cast<std::ptrdiff_t>(at), plan.nodes.end());
  if (!undecided.empty()) result.undecided = make_and(std::move(undecided));
  result.head.live = live_columns(plan, result);
  return result;
}

}  // namespace hecate
