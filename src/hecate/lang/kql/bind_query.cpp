#include <fmt/format.h>

#include <algorithm>

#include "lang/kql/binder.h"
#include "lang/kql/operators.h"

// Columns, and the operators that choose, compute and order.
namespace hecate::kql {

bool name_matches(std::string_view pattern, std::string_view name) {
  size_t p = 0, n = 0, star = std::string_view::npos, mark = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = n;
    } else if (p < pattern.size() && pattern[p] == name[n]) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::string property(const std::vector<ast::Property>& properties, std::string_view name) {
  for (const ast::Property& each : properties) {
    if (each.name != name || !each.value) continue;
    if (const auto* word = std::get_if<ast::Name>(&each.value->node)) return word->text;
    if (const auto* constant = std::get_if<ast::Constant>(&each.value->node)) return value_text(constant->value.get());
  }
  return {};
}

void Binder::add_node(decltype(Node::op) op, Span span) {
  if (plan_.nodes.empty()) plan_.add({Rows{0}, {}, {}});
  const bool same_rows = std::holds_alternative<Filter>(op) || std::holds_alternative<hecate::Extend>(op) ||
                         std::holds_alternative<hecate::Sort>(op) || std::holds_alternative<Limit>(op) ||
                         std::holds_alternative<hecate::Distinct>(op);
  if (!same_rows) relation_.whole_event = false;
  const auto input = static_cast<NodeId>(plan_.nodes.size() - 1);
  plan_.add({std::move(op), {input}, span});
}

// --- columns ---

Binder::Column* Binder::own_column(std::string_view name) {
  const auto named = [&](const Column& column) { return column.name == name && !column.bag; };
  const auto found = std::find_if(relation_.columns.begin(), relation_.columns.end(), named);
  return found == relation_.columns.end() ? nullptr : &*found;
}

Binder::Column* Binder::find_column(std::string_view name) {
  if (Column* own = own_column(name)) return own;
  const auto named = [&](const Column& column) { return column.name == name && !column.bag; };
  const auto outside = std::find_if(relation_.context.begin(), relation_.context.end(), named);
  return outside == relation_.context.end() ? nullptr : &*outside;
}

void Binder::unknown_column(std::string_view name, Span span) {
  if (relation_.open) return;
  std::vector<std::string_view> names;
  for (const Column& column : relation_.columns) names.push_back(column.name);
  for (const Column& column : relation_.context) names.push_back(column.name);
  for (const NamesAt* place = &names_; place->names; place = &place->names->outer) {
    for (const auto& [let, binding] : place->names->bindings) {
      if (!binding.tabular && binding.index < place->visible) names.push_back(let);
    }
  }
  const std::string_view near = nearest(name, names);
  sink_.report(kUnknownColumn, span, fmt::format("unknown column `{}`", name),
               near.empty() ? std::string() : fmt::format("did you mean `{}`?", near));
}

ColumnId Binder::id_of(Column& column) {
  if (column.id) return *column.id;
  const auto known = scan_ids_.find(column.field);
  if (known != scan_ids_.end()) {
    column.id = known->second;
    return *column.id;
  }
  const ColumnId id = plan_.add_column(column.name, column.type);
  plan_.scan().columns.push_back({id, column.field});
  scan_ids_.emplace(column.field, id);
  if (column.schema != nullptr) column_rules_[id] = {column.schema, table_};
  column.id = id;
  return id;
}

ExprPtr Binder::read(Column& column, Span span) { return make_column(id_of(column), column.type, span); }

std::string Binder::unique_name(std::string name, const std::vector<Column>& others) {
  const auto taken = [&](std::string_view wanted) {
    return std::any_of(others.begin(), others.end(), [&](const Column& column) { return column.name == wanted; });
  };
  if (!taken(name)) return name;
  for (size_t i = 1;; ++i) {
    std::string numbered = fmt::format("{}{}", name, i);
    if (!taken(numbered)) return numbered;
  }
}

std::string Binder::column_name(const ast::Assignment& assignment, const std::vector<Column>& others) {
  if (!assignment.names.empty()) return assignment.names.front();
  std::string name = automatic_name(*assignment.value);
  if (name.empty()) name = fmt::format("Column{}", ++unnamed_);
  return unique_name(std::move(name), others);
}

std::optional<Binder::Column> Binder::column_of(ExprPtr value, std::string name, std::vector<Extend::Column>& pending) {
  if (!value) return std::nullopt;
  Column column{std::move(name), value->type};
  if (const auto* ref = std::get_if<ColumnRef>(&value->node)) {
    column.id = ref->column;
    return column;
  }
  column.id = plan_.add_column(column.name, value->type);
  if (is_uncertain(*value)) uncertain_.insert(*column.id);
  pending.push_back({*column.id, std::move(value)});
  return column;
}

std::optional<Binder::Column> Binder::bind_column(const ast::Assignment& assignment, std::string name,
                                                  std::vector<Extend::Column>& pending) {
  ExprPtr value = bind(*assignment.value);
  if (!value) {
    Column broken{std::move(name), Type::Dynamic};
    broken.broken = true;
    return broken;
  }
  return column_of(std::move(value), std::move(name), pending);
}

/// A function that gives several columns, with their names; empty: another expression.
std::vector<OutputColumn> Binder::columns_given(const ast::Assignment& assignment) {
  const auto* call = std::get_if<ast::Invocation>(&assignment.value->node);
  const FunctionInfo* info = call == nullptr ? nullptr : find_function_info(call->function);
  if (info == nullptr || (info->outputs.empty() && !info->name.starts_with("array_sort_"))) return {};
  // One array sorted is one column, named as any other.
  std::vector<std::string> names;
  for (const ast::Argument& argument : call->arguments) {
    const auto* constant = std::get_if<ast::Constant>(&argument.value->node);
    if (constant == nullptr || constant->type != Type::Bool) names.push_back(automatic_name(*argument.value));
  }
  if (info->outputs.empty() && names.size() < 2) return {};
  return outputs_of(*info, names);
}

/// `(a, b) = f(x)`: of an array its elements, of an object the values of its keys, in order. A function that gives
/// several columns gives all of them; those that are not named here have names of their own.
void Binder::assign_tuple(const ast::Assignment& assignment, std::vector<Column>& out,
                          std::vector<Extend::Column>& pending) {
  const std::vector<OutputColumn> given = columns_given(assignment);
  ExprPtr value = bind(*assignment.value);
  if (value && value->type != Type::Dynamic) {
    sink_.report(kArgumentType, assignment.value->span,
                 fmt::format("several columns are taken of a dynamic value, and {}", describe(*value, plan_)));
    value = nullptr;
  }
  for (size_t i = 0; i < std::max(assignment.names.size(), given.size()); ++i) {
    const std::string name = i < assignment.names.size() ? assignment.names[i] : given[i].name;
    Column column{name, Type::Dynamic};
    column.broken = value == nullptr;
    if (value) {
      ExprPtr element = make_call(
          "kql.value_at", {value, make_literal(OwnedValue(Value::integer(static_cast<int64_t>(i))), Type::Long)},
          Type::Dynamic, assignment.name_span);
      if (i < given.size()) element = converted(std::move(element), given[i].type, assignment.name_span);
      column = *column_of(std::move(element), name, pending);
    }
    out.push_back(std::move(column));
  }
}

void Binder::flush(std::vector<Extend::Column>& pending, Span span) {
  if (!pending.empty()) add_node(hecate::Extend{std::move(pending)}, span);
  pending.clear();
}

/// Puts a column in the place of the one of its name, or behind all.
void Binder::add_column(Column column) {
  if (Column* old = own_column(column.name)) {
    *old = std::move(column);
  } else {
    relation_.columns.push_back(std::move(column));
  }
}

// --- operators ---

void Binder::bind_operator(const ast::Operator& op, const ast::Pipeline& pipeline, size_t index) {
  if (const auto* call = std::get_if<ast::Invoke>(&op.node)) {
    const auto* function = call->function ? std::get_if<ast::Invocation>(&call->function->node) : nullptr;
    if (function != nullptr) invoke(*function, op.span, pipeline, index);
    return;
  }
  if (const auto* as = std::get_if<ast::As>(&op.node)) {
    Binding rows;
    rows.tabular = true;
    rows.prefix = &pipeline;
    rows.operators = index;
    rows.names = names_;
    // In a nested pipeline they begin with rows of the one outside.
    if (!pipeline.source && inner_rows_) rows.rows = inner_rows_;
    names_ = {new_scope(names_), 0};
    define(as->name, as->name_span, std::move(rows));
    return;
  }
  if (relation_.graph && !op.name.empty() && !op.name.starts_with("graph-")) {
    sink_.report(kArgumentType, op.name_span, fmt::format("`{}` reads rows, and this is a graph", op.name),
                 "make rows of it: graph-match, graph-to-table");
    relation_.graph = nullptr;
    relation_.open = true;
    return;
  }
  if (bind_with_pipeline(op, pipeline, index)) return;
  std::visit([&](const auto& node) { bind(node, op.span); }, op.node);
  if (std::holds_alternative<ast::Other>(op.node) && !op.name.empty()) {
    std::vector<std::string_view> names;
    for (const OperatorInfo& info : operators()) names.push_back(info.name);
    if (find_operator(op.name) != nullptr) return refuse_operator(op.name, op.name_span);
    const std::string_view near = nearest(op.name, names);
    sink_.report(kUnknownOperator, op.name_span, fmt::format("unknown operator `{}`", op.name),
                 near.empty() ? std::string() : fmt::format("did you mean `{}`?", near));
  }
}

void Binder::refuse_operator(std::string_view name, Span span, std::string hint) {
  relation_.open = true;
  sink_.report(kUnsupportedOperator, span, fmt::format("the operator `{}` is not supported", name), std::move(hint));
}

void Binder::bind(const ast::Other& /*other*/, Span /*span*/) { relation_.open = true; }

void Binder::bind(const ast::Where& where, Span span) {
  ExprPtr predicate = bind_as_bool(*where.predicate, "`where`");
  if (predicate) add_node(Filter{std::move(predicate)}, span);
}

void Binder::bind(const ast::Project& project, Span span) { project_columns(project.columns, span, "Column"); }

void Binder::project_columns(const std::vector<ast::Assignment>& columns, Span span, std::string_view unnamed) {
  std::vector<Column> output;
  std::vector<Extend::Column> pending;
  unnamed_ = 0;
  for (const ast::Assignment& assignment : columns) {
    if (assignment.names.size() > 1 || !columns_given(assignment).empty()) {
      assign_tuple(assignment, output, pending);
      continue;
    }
    // `print` numbers its columns by their places, from 0.
    std::string name = unnamed == "print_" && assignment.names.empty() ? fmt::format("print_{}", output.size())
                                                                       : column_name(assignment, output);
    if (!assignment.names.empty() && unique_name(name, output) != name) {
      sink_.report(kDuplicateName, assignment.name_span, fmt::format("the column `{}` is given twice", name));
    }
    if (auto column = bind_column(assignment, std::move(name), pending)) output.push_back(std::move(*column));
  }
  flush(pending, span);
  relation_.columns = std::move(output);
  relation_.inferred = relation_.listed = relation_.whole_event = false;
}

void Binder::bind(const ast::Extend& extend, Span span) {
  std::vector<Column> added;
  std::vector<Extend::Column> pending;
  unnamed_ = 0;
  for (const ast::Assignment& assignment : extend.columns) {
    if (assignment.names.size() > 1 || !columns_given(assignment).empty()) {
      assign_tuple(assignment, added, pending);
      continue;
    }
    // Every value sees the columns before this extend (extend-operator; one that names its neighbour is an error).
    const bool plain = std::holds_alternative<ast::Name>(assignment.value->node);
    std::vector<Column> others;
    if (!plain && assignment.names.empty()) {
      others = relation_.columns;
      others.insert(others.end(), added.begin(), added.end());
    }
    std::string name = column_name(assignment, others);
    if (auto column = bind_column(assignment, std::move(name), pending)) added.push_back(std::move(*column));
  }
  flush(pending, span);
  for (Column& column : added) add_column(std::move(column));
}

void Binder::bind(const ast::Serialize& serialize, Span span) {
  if (!serialize.columns.empty()) {
    std::vector<Column> added;
    std::vector<Extend::Column> pending;
    unnamed_ = 0;
    for (const ast::Assignment& assignment : serialize.columns) {
      if (auto column = bind_column(assignment, column_name(assignment, relation_.columns), pending))
        added.push_back(std::move(*column));
    }
    flush(pending, span);
    for (Column& column : added) add_column(std::move(column));
  }
}

std::vector<size_t> Binder::select_columns(const ast::NamePattern& pattern) {
  std::vector<size_t> found;
  for (size_t i = 0; i < relation_.columns.size(); ++i) {
    if (name_matches(pattern.text, relation_.columns[i].name)) found.push_back(i);
  }
  if (found.empty() && pattern.text.find('*') == std::string::npos && !relation_.inferred) {
    const bool bag = std::any_of(relation_.columns.begin(), relation_.columns.end(),
                                 [](const Column& column) { return column.bag; });
    if (!bag) unknown_column(pattern.text, pattern.span);
  }
  return found;
}

void Binder::bind(const ast::Select& select, Span /*span*/) {
  std::vector<size_t> chosen;
  for (const ast::NamePattern& pattern : select.patterns) {
    std::vector<size_t> found = select_columns(pattern);
    using enum ast::NameOrder;
    if (pattern.order != AsWritten) {
      std::stable_sort(found.begin(), found.end(),
                       [&](size_t a, size_t b) { return relation_.columns[a].name < relation_.columns[b].name; });
      if (pattern.order == Descending || pattern.order == GrannyDescending) std::reverse(found.begin(), found.end());
    }
    for (const size_t index : found) {
      if (std::find(chosen.begin(), chosen.end(), index) == chosen.end()) chosen.push_back(index);
    }
  }
  std::vector<Column> output;
  if (select.kind == ast::Selection::Reorder) {
    for (const size_t index : chosen) output.push_back(relation_.columns[index]);
  }
  for (size_t i = 0; i < relation_.columns.size(); ++i) {
    const bool is_chosen = std::find(chosen.begin(), chosen.end(), i) != chosen.end();
    if (is_chosen == (select.kind == ast::Selection::Keep)) output.push_back(relation_.columns[i]);
  }
  relation_.columns = std::move(output);
  relation_.whole_event = false;
}

void Binder::bind(const ast::Rename& rename, Span span) {
  relation_.whole_event = false;
  std::vector<std::pair<size_t, std::string>> changes;
  for (const ast::Assignment& assignment : rename.columns) {
    const auto* name = std::get_if<ast::Name>(&assignment.value->node);
    if (assignment.names.size() != 1 || name == nullptr) {
      sink_.report(kSyntax, assignment.value->span, "`project-rename` takes `New = Old`");
      continue;
    }
    Column* column = own_column(name->text);
    if (column == nullptr) {
      // A column of a bag, or of a table that nothing is known of, becomes one of its own.
      std::vector<Extend::Column> pending;
      auto named = bind_column(assignment, assignment.names.front(), pending);
      flush(pending, span);
      if (named) add_column(std::move(*named));
      continue;
    }
    if (own_column(assignment.names.front()) != nullptr && name->text != assignment.names.front()) {
      sink_.report(kDuplicateName, assignment.name_span,
                   fmt::format("there is a column `{}` already", assignment.names.front()));
      continue;
    }
    changes.emplace_back(static_cast<size_t>(column - relation_.columns.data()), assignment.names.front());
  }
  for (auto& [index, name] : changes) relation_.columns[index].name = std::move(name);
}

void Binder::bind(const ast::Count& /*count*/, Span span) {
  const ColumnId id = plan_.add_column("Count", Type::Long);
  Aggregate aggregate;
  aggregate.items.push_back({id, "count", {}, span});
  carry_context(aggregate, span);
  add_node(std::move(aggregate), span);
  relation_.columns = {Column{"Count", Type::Long, id}};
  relation_.inferred = relation_.listed = false;
}

/// Within mv-apply and partition an aggregate is one for each row outside: its keys go along, and what the row outside
/// has besides is the same in all of the group.
void Binder::carry_context(Aggregate& aggregate, Span span) {
  for (ColumnId& key : relation_.partition) {
    const ColumnId renewed = plan_.add_column(plan_.column(key).name, plan_.column(key).type);
    aggregate.keys.push_back({renewed, key, span});
    key = renewed;
  }
  for (Column& column : relation_.context) {
    if (column.broken) continue;
    const ColumnId renewed = plan_.add_column(column.name, column.type);
    aggregate.items.push_back({renewed, "kql.take_any", {read(column, span)}, span});
    if (uncertain_.contains(*column.id)) uncertain_.insert(renewed);
    column.id = renewed;
    column.field.clear();
  }
}

void Binder::bind(const ast::Distinct& distinct, Span span) {
  if (!distinct.star) project_columns(distinct.columns, span, "Column");
  if (distinct.star && relation_.whole_event && relation_.partition.empty()) return add_node(hecate::Distinct{}, span);
  hecate::Distinct node;
  node.columns = relation_.partition;
  for (Column& column : relation_.columns) {
    if (!column.broken) node.columns.push_back(id_of(column));
  }
  if (node.columns.empty()) return;
  add_node(std::move(node), span);
}

std::vector<hecate::Sort::Key> Binder::sort_keys(const std::vector<ast::OrderKey>& keys, Span span) {
  std::vector<hecate::Sort::Key> found;
  std::vector<Extend::Column> pending;
  for (const ast::OrderKey& key : keys) {
    ExprPtr value = bind(*key.value);
    if (value && is_uncertain(*value)) value = make_call("kql.sort_key", {value}, Type::String, value->span);
    if (value && value->type == Type::Dynamic) {
      sink_.report(kArgumentType, key.value->span, "rows cannot be sorted by a dynamic value",
                   "convert it with tostring() or tolong()");
      continue;
    }
    if (const auto column = column_of(std::move(value), automatic_name(*key.value), pending)) {
      found.push_back({*column->id, key.descending, key.nulls_first, ""});
    }
  }
  flush(pending, span);
  return found;
}

void Binder::bind_sort(const std::vector<ast::OrderKey>& keys, Span span) {
  // Within mv-apply and partition the groups keep their order, and each is ordered by itself.
  hecate::Sort sort;
  for (const ColumnId key : relation_.partition) sort.keys.push_back({key, false, true, ""});
  for (hecate::Sort::Key& key : sort_keys(keys, span)) sort.keys.push_back(std::move(key));
  add_node(std::move(sort), span);
}

std::optional<int64_t> Binder::constant_count(const ast::Expression& count) {
  const ExprPtr value = bind(count);
  if (!value) return std::nullopt;
  const auto* literal = std::get_if<Literal>(&value->node);
  if (literal == nullptr || literal->value.get().kind() != Kind::Long || literal->value.get().as_integer() < 0) {
    sink_.report(kNotConstant, count.span, "the number of rows must be a constant that is not negative");
    return std::nullopt;
  }
  return literal->value.get().as_integer();
}

void Binder::bind_limit(const ast::Expression& count, Span span) {
  const auto rows = constant_count(count);
  if (rows) add_node(Limit{static_cast<uint64_t>(*rows), {}, relation_.partition}, span);
}

void Binder::bind(const ast::Sort& sort, Span span) { bind_sort(sort.keys, span); }

void Binder::bind(const ast::Top& top, Span span) {
  bind_sort(top.keys, span);
  bind_limit(*top.count, span);
}

void Binder::bind(const ast::Take& take, Span span) { bind_limit(*take.count, span); }
void Binder::bind(const ast::Sample& sample, Span span) { bind_limit(*sample.count, span); }
void Binder::bind(const ast::Consume& /*consume*/, Span span) { add_node(Limit{0}, span); }

/// How the result is to be drawn changes no row.
void Binder::bind(const ast::Render& /*render*/, Span /*span*/) {}

// --- the result ---

void Binder::finish() {
  if (relation_.graph) {
    sink_.report(kArgumentType, {}, "the query ends with a graph", "make rows of it: graph-match, graph-to-table");
    relation_.graph = nullptr;
  }
  if (plan_.nodes.empty()) {
    fail_source();
    return report_path_lints();
  }
  plan_.whole_event = relation_.whole_event && plan_.scans();
  std::vector<std::pair<ColumnId, std::string>> bags;
  for (Column& column : relation_.columns) {
    if (column.broken || (relation_.whole_event && !column.field.empty())) continue;
    if (column.bag) {
      bags.emplace_back(id_of(column), column.prefix);
    } else {
      plan_.output.push_back({column.name, id_of(column)});
    }
  }
  for (const auto& [id, prefix] : bags) {
    add_node(ShowKeys{id, prefix}, {});
    plan_.open_row = true;
  }
  report_path_lints();
}

}  // namespace hecate::kql
