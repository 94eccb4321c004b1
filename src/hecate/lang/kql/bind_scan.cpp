#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "lang/kql/binder.h"
#include "plan/inputs.h"
#include "plan/routine.h"

// scan, reduce: https://learn.microsoft.com/kusto/query/scan-operator, reduce-operator
namespace hecate::kql {
namespace {

bool reads_any(const Expr& expr, const std::function<bool(ColumnId)>& is_own) {
  const auto* ref = std::get_if<ColumnRef>(&expr.node);
  bool found = ref != nullptr && is_own(ref->column);
  for_each_child(expr, [&](const ExprPtr& child) { found = found || reads_any(*child, is_own); });
  return found;
}

/// The columns of the rows that the steps read.
void collect_read(const Expr& expr, const RowSteps& steps, std::vector<ColumnId>& out) {
  if (const auto* ref = std::get_if<ColumnRef>(&expr.node)) {
    const bool own = std::any_of(steps.stored.begin(), steps.stored.end(),
                                 [&](const RowSteps::Stored& each) { return each.id == ref->column; });
    if (!own) out.push_back(ref->column);
  }
  for_each_child(expr, [&](const ExprPtr& child) { collect_read(*child, steps, out); });
}
void collect_read(const RowSteps& steps, std::vector<ColumnId>& out) {
  for (const RowSteps::Step& step : steps.steps) {
    collect_read(*step.condition, steps, out);
    for (const RowSteps::Assignment& assignment : step.assignments) collect_read(*assignment.value, steps, out);
  }
}

}  // namespace

/// What only a statement can compute becomes a column before the routine that asks for it.
ExprPtr Binder::hoisted(const ExprPtr& value, std::vector<Extend::Column>& pending,
                        const std::function<bool(ColumnId)>& is_own) {
  bool refused = false;
  ExprPtr made = rewrite(value, [&](const ExprPtr& node) -> ExprPtr {
    if (!asked_input(*node)) return nullptr;
    if (reads_any(*node, is_own)) {
      refused = true;
      return nullptr;
    }
    const auto column = column_of(node, "value", pending);
    return make_column(*column->id, column->type, node->span);
  });
  if (!refused) return made;
  sink_.report(kUnsupported, value->span, "a table to look in is not supported here", "take its values: toscalar()");
  return nullptr;
}

/// All columns of the rows, as a routine reads them; each stays what it is under a new id.
Compute::Source Binder::rows_read() {
  Compute::Source source;
  for (std::vector<Column>* columns : {&relation_.context, &relation_.columns}) {
    for (Column& column : *columns) {
      if (!column.broken) source.columns.push_back(id_of(column));
    }
  }
  source.columns.insert(source.columns.end(), relation_.partition.begin(), relation_.partition.end());
  return source;
}

/// The columns of rows_read() again, behind a routine that gives them first.
std::vector<ColumnId> Binder::rows_renewed() {
  std::vector<ColumnId> renewed;
  const auto renew = [&](ColumnId id) {
    const ColumnId made = plan_.add_column(plan_.column(id).name, plan_.column(id).type);
    if (uncertain_.contains(id)) uncertain_.insert(made);
    if (const auto rule = column_rules_.find(id); rule != column_rules_.end())
      column_rules_[made] = ColumnRule(rule->second);
    renewed.push_back(made);
    return made;
  };
  for (std::vector<Column>* columns : {&relation_.context, &relation_.columns}) {
    for (Column& column : *columns) {
      if (column.broken) continue;
      column.id = renew(*column.id);
      column.field.clear();
    }
  }
  for (ColumnId& key : relation_.partition) key = renew(key);
  return renewed;
}

/// The declared columns with their defaults.
bool Binder::bind_declared(const ast::Scan& scan, RowSteps& steps, std::vector<Column>& declared) {
  const Relation rows = std::exchange(relation_, Relation());
  bool good = true;
  for (const ast::Scan::Declaration& each : scan.declare) {
    const auto named = [&](const Column& column) { return column.name == each.column.name; };
    if (std::any_of(rows.columns.begin(), rows.columns.end(), named) ||
        std::any_of(declared.begin(), declared.end(), named)) {
      sink_.report(kDuplicateName, each.column.span, fmt::format("there is a column `{}` already", each.column.name));
      good = false;
      continue;
    }
    ExprPtr value = each.default_value ? bind(*each.default_value) : null_of(each.column.type, each.column.span);
    good = good && value != nullptr;
    if (value) steps.defaults.push_back(converted(std::move(value), each.column.type, each.column.span));
    declared.push_back({each.column.name, each.column.type});
  }
  relation_ = rows;
  return good;
}

/// `step.column` while a step's expressions are bound: of the step itself and of those before it.
void Binder::show_steps(const ast::Scan& scan, size_t current, const std::vector<Column>& declared, RowSteps& steps) {
  qualified_ = [this, &scan, current, &declared, &steps](const std::string& name, const std::string& wanted,
                                                         Span span) -> std::optional<ExprPtr> {
    const auto found = std::find_if(scan.steps.begin(), scan.steps.end(),
                                    [&](const ast::ScanStep& step) { return step.name == name; });
    if (found == scan.steps.end()) return std::nullopt;
    const auto step = static_cast<size_t>(found - scan.steps.begin());
    if (step > current) {
      sink_.report(kUnknownColumn, span, fmt::format("the step `{}` comes later, and has no state yet", name),
                   "a step sees itself and the steps before it");
      return ExprPtr();
    }
    size_t place = 0;
    const Column* column = nullptr;
    const auto look = [&](const std::vector<Column>& columns) {
      for (const Column& each : columns) {
        if (each.broken) continue;
        if (column == nullptr && each.name == wanted) column = &each;
        if (column == nullptr) ++place;
      }
    };
    look(relation_.context);
    look(relation_.columns);
    if (column == nullptr) place += relation_.partition.size();
    look(declared);
    if (column == nullptr) {
      const auto broken = std::any_of(relation_.columns.begin(), relation_.columns.end(),
                                      [&](const Column& each) { return each.name == wanted; });
      if (!broken) unknown_column(wanted, span);
      return ExprPtr();
    }
    const auto known = std::find_if(steps.stored.begin(), steps.stored.end(), [&](const RowSteps::Stored& each) {
      return each.step == step && each.column == place;
    });
    if (known != steps.stored.end()) return make_column(known->id, column->type, span);
    const ColumnId id = plan_.add_column(name + "." + wanted, column->type);
    if (column->id && uncertain_.contains(*column->id)) uncertain_.insert(id);
    steps.stored.push_back({id, step, place});
    return make_column(id, column->type, span);
  };
}

bool Binder::bind_steps(const ast::Scan& scan, const std::vector<Column>& declared, RowSteps& steps, Span span) {
  std::vector<Extend::Column> pending;
  const auto is_stored = [&](ColumnId id) {
    return std::any_of(steps.stored.begin(), steps.stored.end(),
                       [&](const RowSteps::Stored& each) { return each.id == id; });
  };
  bool good = true;
  for (size_t i = 0; i < scan.steps.size(); ++i) {
    const ast::ScanStep& step = scan.steps[i];
    if (std::any_of(scan.steps.begin(), scan.steps.begin() + static_cast<std::ptrdiff_t>(i),
                    [&](const ast::ScanStep& other) { return other.name == step.name; })) {
      sink_.report(kDuplicateName, step.span, fmt::format("there are two steps `{}`", step.name));
      good = false;
    }
    RowSteps::Step made{step.name, RowSteps::Output::All, step.optional, nullptr, {}};
    if (step.output == "last") made.output = RowSteps::Output::Last;
    if (step.output == "none") made.output = RowSteps::Output::None;
    show_steps(scan, i, declared, steps);
    made.condition = bind_as_bool(*step.condition, "a step");
    if (made.condition) made.condition = hoisted(made.condition, pending, is_stored);
    good = good && made.condition != nullptr;
    for (const ast::Assignment& assignment : step.assignments) {
      const auto target = std::find_if(declared.begin(), declared.end(),
                                       [&](const Column& column) { return column.name == assignment.names.front(); });
      if (target == declared.end()) {
        sink_.report(kUnknownColumn, assignment.name_span,
                     fmt::format("`{}` is not a declared column", assignment.names.front()),
                     fmt::format("declare it: scan declare ({}: …)", assignment.names.front()));
        good = false;
        continue;
      }
      ExprPtr value = bind(*assignment.value);
      if (value) value = hoisted(converted(std::move(value), target->type, assignment.value->span), pending, is_stored);
      good = good && value != nullptr;
      if (value) made.assignments.push_back({static_cast<size_t>(target - declared.begin()), std::move(value)});
    }
    qualified_ = nullptr;
    steps.steps.push_back(std::move(made));
  }
  flush(pending, span);
  return good;
}

void Binder::bind(const ast::Reduce& reduce, Span span) {
  TextPatterns patterns;
  const std::string kind = property(reduce.properties, "kind");
  const std::string threshold = property(reduce.properties, "threshold");
  patterns.separators = property(reduce.properties, "characters");
  patterns.keeps_rows = kind == "source";
  ExprPtr value = reduce.by ? bind(*reduce.by) : nullptr;
  if (!kind.empty() && !patterns.keeps_rows)
    sink_.report(kSyntax, span, fmt::format("there is no kind `{}` of reduce", kind), "the only kind is source");
  if (!threshold.empty()) {
    const auto [end, error] =
        std::from_chars(threshold.data(), threshold.data() + threshold.size(), patterns.threshold);
    if (error != std::errc{} || end != threshold.data() + threshold.size() || !(patterns.threshold >= 0) ||
        patterns.threshold > 1)
      sink_.report(kSyntax, span, fmt::format("the threshold is a number between 0 and 1, not `{}`", threshold));
  }
  if (!value || !relation_.partition.empty()) {
    if (value) refuse_operator("reduce within mv-apply", span);
    relation_.open = true;
    return;
  }
  std::vector<Extend::Column> pending;
  const ColumnId text = *column_of(converted(std::move(value), Type::String, span), "text", pending)->id;
  flush(pending, span);
  Compute compute;
  Compute::Source source;
  if (patterns.keeps_rows) source = rows_read();
  source.columns.insert(source.columns.begin(), text);
  compute.sources.push_back(std::move(source));
  std::vector<Column> made{{"Pattern", Type::String, plan_.add_column("Pattern", Type::String)}};
  if (patterns.keeps_rows) {
    compute.columns = rows_renewed();
    compute.columns.insert(compute.columns.begin(), plan_.add_column("text", Type::String));
  } else {
    made.push_back({"Count", Type::Long, plan_.add_column("Count", Type::Long)});
    made.push_back({"Representative", Type::String, plan_.add_column("Representative", Type::String)});
    relation_.columns.clear();
    relation_.inferred = relation_.listed = false;
  }
  for (const Column& column : made) compute.columns.push_back(*column.id);
  compute.routine = std::make_shared<const Routine>(Routine{std::move(patterns)});
  add_node(std::move(compute), span);
  for (Column& column : made) add_column(std::move(column));
}

void Binder::bind(const ast::Scan& scan, Span span) {
  if (!property(scan.properties, "kind").empty()) return refuse_operator("scan kind=", span);
  if (scan.steps.empty()) {
    sink_.report(kSyntax, span, "`scan` has no step", "write: with (step name: condition;)");
    relation_.open = true;
    return;
  }
  if (!scan.order.empty()) bind_sort(scan.order, span);
  RowSteps steps;
  std::vector<Column> declared;
  bool good = bind_declared(scan, steps, declared);
  // `partition by`: sequences of each combination of values by themselves.
  std::vector<Extend::Column> pending;
  std::vector<ColumnId> keys = relation_.partition;
  for (const ast::Assignment& by : scan.partition) {
    const auto key = bind_column(by, column_name(by, {}), pending);
    good = good && key && !key->broken;
    if (key && key->id) keys.push_back(*key->id);
  }
  flush(pending, span);
  good = bind_steps(scan, declared, steps, span) && good;
  if (!good) {
    relation_.open = true;
    return;
  }
  Compute compute;
  Compute::Source source = rows_read();
  const size_t own = source.columns.size();
  // Keys, and what the steps' expressions read of columns that are not shown.
  std::vector<ColumnId> others = keys;
  collect_read(steps, others);
  for (const ColumnId id : others) {
    if (std::find(source.columns.begin(), source.columns.end(), id) == source.columns.end())
      source.columns.push_back(id);
  }
  const size_t width = source.columns.size();
  for (RowSteps::Stored& stored : steps.stored) {
    if (stored.column >= own) stored.column += width - own;
  }
  for (const ColumnId key : keys)
    steps.keys.push_back(
        static_cast<size_t>(std::find(source.columns.begin(), source.columns.end(), key) - source.columns.begin()));
  for (const ColumnId id : source.columns) steps.types.push_back(plan_.column(id).type);
  for (const Column& column : declared) steps.types.push_back(column.type);
  const std::vector<ColumnId> read(source.columns.begin() + static_cast<std::ptrdiff_t>(own), source.columns.end());
  compute.sources.push_back(std::move(source));
  compute.columns = rows_renewed();
  for (const ColumnId id : read) compute.columns.push_back(plan_.add_column("value", plan_.column(id).type));
  for (Column& column : declared) {
    column.id = plan_.add_column(column.name, column.type);
    compute.columns.push_back(*column.id);
  }
  const std::string match = property(scan.properties, "with_match_id");
  if (!match.empty()) {
    declared.push_back({match, Type::Long, plan_.add_column(match, Type::Long)});
    compute.columns.push_back(*declared.back().id);
    steps.match_id = true;
  }
  compute.routine = std::make_shared<const Routine>(Routine{std::move(steps)});
  add_node(std::move(compute), span);
  for (Column& column : declared) add_column(std::move(column));
}

}  // namespace hecate::kql
