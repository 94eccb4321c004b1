#include "silence.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace hecate::bench {
namespace {

using engine::CompiledDetection;

/// Plans cut short, each under a detection of its own, that are run in one pass.
class Trials {
 public:
  Trials(Loaded& content, const ExampleLogs& logs) : content_(content), logs_(logs) {}

  /// The plan up to and with a node; `edit` may change it. Returns its number.
  template <typename Edit>
  size_t add(const Plan& plan, size_t node, Edit edit) {
    auto trial = std::make_unique<Trial>();
    trial->compiled.plan = plan;
    trial->compiled.plan.nodes.resize(node + 1);
    trial->compiled.plan.output.clear();
    trial->compiled.plan.whole_event = false;
    edit(trial->compiled.plan);
    trial->compiled.cut = cut(trial->compiled.plan);
    trial->compiled.detection = &trial->detection;
    trial->detection.language = plan.language;
    trials_.push_back(std::move(trial));
    return trials_.size() - 1;
  }
  size_t add(const Plan& plan, size_t node) {
    return add(plan, node, [](Plan&) {});
  }

  void run() {
    engine::HuntOptions options;
    options.files = logs_.files;
    options.inputs = logs_.inputs;
    options.threads = 0;
    for (const auto& trial : trials_) options.only.push_back(&trial->compiled);
    if (options.only.empty()) return;
    std::map<const content::Detection*, size_t> numbers;
    for (size_t i = 0; i < trials_.size(); ++i) numbers[&trials_[i]->detection] = i;
    rows_.assign(trials_.size(), 0);
    DiagnosticSink sink;
    engine::hunt(*content_.rules, options, [&](Finding&& finding) { ++rows_[numbers[finding.detection]]; }, sink);
  }
  [[nodiscard]] uint64_t rows(size_t trial) const { return rows_[trial]; }

 private:
  struct Trial {
    content::Detection detection;
    CompiledDetection compiled;
  };
  Loaded& content_;
  const ExampleLogs& logs_;
  std::vector<std::unique_ptr<Trial>> trials_;
  std::vector<uint64_t> rows_;
};

/// What an expression is made of, through the columns that it names.
struct Uses {
  std::set<std::string> tables;
  bool subsearch = false, run = false;
  bool counted = false;   // how many, how much
  bool several = false;   // values of more than one event
  bool compares = false;  // greater, less
  bool nothing = false;   // a name that means nothing: no such lookup, no database of locations
};

bool is_order(std::string_view function) {
  constexpr std::array<std::string_view, 8> kOrders{"spl.ge",        "spl.gt",        "spl.le",        "spl.lt",
                                                    "spl.search_ge", "spl.search_gt", "spl.search_le", "spl.search_lt"};
  return std::find(kOrders.begin(), kOrders.end(), function) != kOrders.end();
}

/// Aggregates that give values of events as they are.
bool gives_values(std::string_view function) {
  constexpr std::array<std::string_view, 9> kValues{"spl.values", "spl.list",   "spl.first",    "spl.last", "spl.min",
                                                    "spl.max",    "spl.latest", "spl.earliest", "spl.mode"};
  return std::find(kValues.begin(), kValues.end(), function) != kValues.end();
}

class Analysis {
 public:
  explicit Analysis(const Plan& plan, size_t end) : plan_(plan) {
    for (size_t i = 0; i < end; ++i) std::visit([this](const auto& op) { define(op); }, plan.nodes[i].op);
  }

  void collect(const Expr& expr, Uses& uses) const {
    if (const auto* ref = std::get_if<ColumnRef>(&expr.node)) collect(ref->column, uses);
    if (const auto* literal = std::get_if<Literal>(&expr.node)) uses.nothing |= literal->value.get().is_null();
    if (const auto* call = std::get_if<Call>(&expr.node)) {
      uses.run |= is_run_dependent(call->function);
      uses.subsearch |= call->function == "spl.subsearch";
      uses.compares |= is_order(call->function);
      uses.counted |= call->function == "spl.mvcount";
      if (call->function == "spl.lookup") {
        const auto* table = std::get_if<Literal>(&call->arguments.front()->node);
        if (table != nullptr) uses.tables.emplace(table->value.get().as_text());
      }
    }
    for_each_child(expr, [&](const ExprPtr& child) { collect(*child, uses); });
  }
  void collect(ColumnId id, Uses& uses) const {
    uses.several |= several_.contains(id);
    uses.counted |= counted_.contains(id);
    if (const auto found = values_.find(id); found != values_.end()) {
      for (const ExprPtr& value : found->second) collect(*value, uses);
    }
    if (const auto found = keys_.find(id); found != keys_.end()) collect(found->second, uses);
  }
  [[nodiscard]] const std::string& name(ColumnId id) const { return plan_.column(id).name; }

 private:
  template <typename Op>
  void define(const Op& /*op*/) {}
  void define(const Extend& extend) {
    for (const Extend::Column& column : extend.columns) values_[column.id] = {column.value};
  }
  void define(const std::vector<Aggregate::Item>& items) {
    for (const Aggregate::Item& item : items) {
      (gives_values(item.function) ? several_ : counted_).insert(item.id);
      values_[item.id] = item.arguments;
    }
  }
  void define(const Aggregate& aggregate) {
    for (const Aggregate::Key& key : aggregate.keys) keys_[key.id] = key.input;
    define(aggregate.items);
  }
  void define(const Window& window) { define(window.items); }
  void define(const Transaction& transaction) { counted_.insert(transaction.id); }
  void define(const Unnest& unnest) { keys_[unnest.id] = unnest.input; }
  void define(const Join& join) {
    for (const Join::Column& column : join.columns) several_.insert(column.id);
  }
  void define(const Append& append) {
    for (const Append::Column& column : append.columns) {
      if (column.left) values_[column.id] = {column.left};
    }
  }

  const Plan& plan_;
  std::map<ColumnId, std::vector<ExprPtr>> values_;
  std::map<ColumnId, ColumnId> keys_;
  std::set<ColumnId> several_, counted_;
};

constexpr std::string_view kLacksState = "state that a lookup lacks";
constexpr std::string_view kGivenByNothing = "a lookup or a database of locations that is not there";

bool is_empty(const Tables& tables, const std::string& name) {
  const auto table = tables.find(name);
  return !table || table->rows.empty();
}

std::string joined(const std::set<std::string>& names) { return fmt::format("{}", fmt::join(names, ", ")); }

std::set<std::string> empty_tables(const std::set<std::string>& names, const Tables& tables) {
  std::set<std::string> empty;
  for (const std::string& name : names) {
    if (is_empty(tables, name)) empty.insert(name);
  }
  return empty;
}

/// The tables that a plan and what it joins take rows from.
void collect_scanned(const Plan& plan, std::set<std::string>& names) {
  if (const auto* scan = std::get_if<TableScan>(&plan.nodes.front().op)) names.insert(scan->table);
  for (const PlanInput& input : plan.inputs) collect_scanned(*input.plan, names);
}

Silence of_filter(const Filter& filter, const Plan& plan, size_t node, const Tables& tables) {
  Uses uses;
  Analysis(plan, node).collect(*filter.predicate, uses);
  std::set<std::string> scanned;
  collect_scanned(plan, scanned);
  std::set<std::string> lacking = empty_tables(uses.tables, tables);
  if (uses.subsearch || uses.several || uses.counted) lacking.merge(empty_tables(scanned, tables));
  if (!lacking.empty()) return {std::string(kLacksState), joined(lacking)};
  if (uses.nothing) return {std::string(kGivenByNothing), ""};
  if (uses.subsearch) return {"what a subsearch finds is another value", ""};
  if (!uses.tables.empty()) return {"a lookup has no entry for the values", joined(uses.tables)};
  if (uses.counted || (uses.several && uses.compares)) return {"a threshold", ""};
  if (uses.several) return {"several events taken together", ""};
  if (uses.run) return {"the time of the run", ""};
  return {"a later condition that the event does not meet", fmt::format("{}", dump(*filter.predicate)).substr(0, 120)};
}

/// The keys of a node that drops rows without them.
std::vector<ColumnId> required_keys(const Node& node) {
  std::vector<ColumnId> keys;
  if (const auto* aggregate = std::get_if<Aggregate>(&node.op)) {
    if (aggregate->null_keys == NullKeys::Drop) {
      for (const Aggregate::Key& key : aggregate->keys) keys.push_back(key.input);
    }
  }
  if (const auto* distinct = std::get_if<Distinct>(&node.op)) {
    if (distinct->null_keys == NullKeys::Drop) keys = distinct->columns;
  }
  if (const auto* join = std::get_if<Join>(&node.op)) {
    for (const Join::Key& key : join->keys) keys.push_back(key.left);
  }
  return keys;
}

/// One detection on its way: where its rows end, and which of the keys there no row has.
struct Case {
  const CompiledDetection* compiled;
  std::vector<size_t> up_to;  // trials, by node - 1
  size_t last = 0;            // the first node without rows
  std::vector<std::pair<ColumnId, size_t>> keys;
};

/// The plan up to the node, with rows only where one of the node's keys has a value.
void keep_key(Plan& plan, ColumnId key) {
  const Type type = plan.column(key).type;
  plan.nodes.back().op = Filter{make_call("spl.isnotnull", {make_column(key, type)}, Type::Bool)};
}

Silence of_keys(const Case& each, const Trials& keys, const Tables& tables) {
  const Plan& plan = each.compiled->plan;
  std::set<std::string> absent, lacking;
  bool nothing = false;
  const Analysis analysis(plan, each.last);
  for (const auto& [key, trial] : each.keys) {
    if (keys.rows(trial) > 0) continue;
    Uses uses;
    analysis.collect(key, uses);
    nothing |= uses.nothing;
    absent.insert(analysis.name(key));
    lacking.merge(empty_tables(uses.tables, tables));
  }
  if (!lacking.empty()) return {std::string(kLacksState), joined(lacking)};
  if (nothing) return {std::string(kGivenByNothing), joined(absent)};
  if (!absent.empty()) return {"the event lacks a field of a `by`", joined(absent)};
  if (const auto* join = std::get_if<Join>(&plan.nodes[each.last].op)) {
    std::set<std::string> scanned;
    collect_scanned(*plan.inputs[join->input].plan, scanned);
    const std::set<std::string> empty = empty_tables(scanned, tables);
    if (!empty.empty()) return {std::string(kLacksState), joined(empty)};
    return {"a join with another event", ""};
  }
  return {"no event has all fields of a `by` together", ""};
}

Silence judge(const Case& each, const Trials& keys, const Tables& tables) {
  const Plan& plan = each.compiled->plan;
  if (each.last == 0) return {"what another search wrote into a lookup", ""};
  const Node& node = plan.nodes[each.last];
  if (const auto* filter = std::get_if<Filter>(&node.op)) return of_filter(*filter, plan, each.last, tables);
  if (std::holds_alternative<Transaction>(node.op)) return {"several events taken together", "transaction"};
  if (!each.keys.empty()) return of_keys(each, keys, tables);
  if (!plan.scans()) {
    std::set<std::string> scanned;
    collect_scanned(plan, scanned);
    const std::set<std::string> empty = empty_tables(scanned, tables);
    return {std::string(empty.empty() ? kGivenByNothing : kLacksState), joined(empty)};
  }
  return {"", "another command"};
}

}  // namespace

std::map<const CompiledDetection*, Silence> explain_silence(Loaded& content, const ExampleLogs& logs,
                                                            const std::vector<const CompiledDetection*>& silent) {
  std::vector<Case> cases;
  Trials first(content, logs);
  for (const CompiledDetection* compiled : silent) {
    Case each{compiled, {}, 0, {}};
    for (size_t node = 1; node < compiled->plan.nodes.size(); ++node)
      each.up_to.push_back(first.add(compiled->plan, node));
    cases.push_back(std::move(each));
  }
  first.run();
  Trials keys(content, logs);
  for (Case& each : cases) {
    const Plan& plan = each.compiled->plan;
    for (size_t node = 1; node < plan.nodes.size() && each.last == 0; ++node) {
      if (first.rows(each.up_to[node - 1]) == 0) each.last = node;
    }
    if (each.last == 0) continue;
    const std::vector<ColumnId> required = required_keys(plan.nodes[each.last]);
    for (size_t i = 0; i < required.size(); ++i) {
      each.keys.emplace_back(required[i],
                             keys.add(plan, each.last, [&](Plan& edited) { keep_key(edited, required[i]); }));
    }
  }
  keys.run();
  std::map<const CompiledDetection*, Silence> result;
  for (const Case& each : cases) result[each.compiled] = judge(each, keys, content.rules->tables());
  return result;
}

}  // namespace hecate::bench
