#include <fmt/format.h>

#include <algorithm>

#include "lang/kql/binder.h"
#include "lang/kql/codes.h"
#include "lang/kql/operators.h"

namespace hecate::kql {
namespace {

/// Names in queries are case-sensitive; patterns of names (`Src*`) are too.
bool matches(std::string_view pattern, std::string_view name) {
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

}  // namespace

Plan Binder::bind(const ast::Query& query) {
  define_lets(query);
  visible_lets_ = query.lets.size();
  if (query.body.source || !query.body.operators.empty()) bind_pipeline(query.body);
  finish();
  return std::move(plan_);
}

// --- let ---

void Binder::define_lets(const ast::Query& query) {
  for (size_t i = 0; i < query.lets.size(); ++i) {
    const ast::Let& let = query.lets[i];
    visible_lets_ = i;
    LetBinding binding{&let, i, is_tabular(let.value), nullptr, 0, 0};
    if (lets_.contains(let.name)) {
      sink_.report(kDuplicateName, let.name_span, fmt::format("`{}` is defined twice", let.name));
      continue;
    }
    const bool foreign = let.value.source && (std::holds_alternative<ast::Foreign>(let.value.source->node) ||
                                              std::holds_alternative<ast::Lambda>(let.value.source->node));
    if (!binding.tabular && !foreign && let.value.source) {
      const size_t before = size_;
      let_depth_ = 0;
      binding.value = bind(*let.value.source);
      binding.size = size_ - before;
      binding.depth = let_depth_ + let.value.source->depth;
    }
    lets_.emplace(let.name, std::move(binding));
  }
}

const Binder::LetBinding* Binder::find_let(std::string_view name) const {
  const auto found = lets_.find(name);
  return found != lets_.end() && found->second.index < visible_lets_ ? &found->second : nullptr;
}

bool Binder::is_tabular(const ast::Pipeline& pipeline) const {
  if (!pipeline.operators.empty() || !pipeline.source) return true;
  const auto& node = pipeline.source->node;
  if (std::holds_alternative<ast::Subquery>(node)) return true;
  if (std::holds_alternative<ast::Datatable>(node) || std::holds_alternative<ast::Externaldata>(node)) return true;
  if (const auto* call = std::get_if<ast::Invocation>(&node)) {
    return call->function == "materialize" || call->function == "table" ||
           (find_function_info(call->function) == nullptr && environment_.find_table(call->function) != nullptr);
  }
  const auto* name = std::get_if<ast::Name>(&node);
  if (name == nullptr) return false;
  if (const LetBinding* let = find_let(name->text)) return let->tabular;
  return environment_.find_table(name->text) != nullptr;
}

// --- sources ---

void Binder::bind_pipeline(const ast::Pipeline& pipeline) {
  const DepthGuard guard(depth_);
  if (guard.exceeded()) {
    sink_.report(kTooDeep, pipeline.span, "the query is nested too deeply");
    return fail_source();
  }
  if (pipeline.source) {
    bind_source(*pipeline.source);
  } else {
    fail_source();
  }
  for (const ast::Operator& op : pipeline.operators) bind_operator(op);
}

/// Something has been reported; the rest of the query is still looked at.
void Binder::fail_source() {
  if (plan_.nodes.empty()) plan_.add({Scan{KustoTable{}, {}}, {}, {}});
  relation_.open = true;
}

void Binder::bind_source(const ast::Expression& source) {
  if (const auto* subquery = std::get_if<ast::Subquery>(&source.node)) return bind_pipeline(*subquery->query);
  if (const auto* name = std::get_if<ast::Name>(&source.node)) return bind_named_source(name->text, source.span);
  if (const auto* foreign = std::get_if<ast::Foreign>(&source.node)) {
    sink_.report(kUnsupported, source.span, fmt::format("{} is not supported", foreign->what));
    return fail_source();
  }
  const bool datatable = std::holds_alternative<ast::Datatable>(source.node);
  if (datatable || std::holds_alternative<ast::Externaldata>(source.node)) {
    sink_.report(kUnsupported, source.span,
                 fmt::format("`{}` is not supported", datatable ? "datatable" : "externaldata"));
    return fail_source();
  }
  const auto* call = std::get_if<ast::Invocation>(&source.node);
  if (call == nullptr) {
    sink_.report(kSyntax, source.span, "a query begins with a table, and this is a value");
    return fail_source();
  }
  if (call->function == "materialize" && call->arguments.size() == 1)
    return bind_source(*call->arguments.front().value);
  if (const LetBinding* let = find_let(call->function); let != nullptr && call->arguments.empty()) {
    return bind_named_source(call->function, source.span);
  }
  const TableSchema* schema = environment_.find_table(call->function);
  if (schema == nullptr) return unknown_source(call->function, call->name_span);
  if (!call->arguments.empty()) {
    const ast::Argument& first = call->arguments.front();
    sink_.report(kViewArguments, first.value->span, fmt::format("`{}` with arguments is not supported", call->function),
                 "filter with `| where …` instead");
    return fail_source();
  }
  bind_table(*schema, source.span);
}

void Binder::bind_named_source(const std::string& name, Span span) {
  if (const LetBinding* let = find_let(name)) {
    if (!let->tabular) {
      const auto* foreign = let->let->value.source ? std::get_if<ast::Foreign>(&let->let->value.source->node) : nullptr;
      if (foreign != nullptr) {
        sink_.report(kUnsupported, span, fmt::format("`{}` is {}, which is not supported", name, foreign->what));
      } else {
        sink_.report(kUnknownTable, span, fmt::format("`{}` is a value, not a table", name));
      }
      return fail_source();
    }
    const size_t visible = visible_lets_;
    visible_lets_ = let->index;  // a let sees only those before it, so that no chain of them is a circle
    bind_pipeline(let->let->value);
    visible_lets_ = visible;
    return;
  }
  const TableSchema* schema = environment_.find_table(name);
  if (schema == nullptr) return unknown_source(name, span);
  bind_table(*schema, span);
}

void Binder::unknown_source(const std::string& name, Span span) {
  fail_source();
  if (is_unsupported_function(name)) {
    sink_.report(kUnsupportedFunction, span, fmt::format("`{}` is not supported", name));
    return;
  }
  std::vector<std::string_view> names = environment_.table_names;
  for (const auto& [let, binding] : lets_) {
    if (binding.tabular && binding.index < visible_lets_) names.push_back(let);
  }
  const std::string_view near = nearest(name, names);
  sink_.report(kUnknownTable, span, fmt::format("unknown table `{}`", name),
               near.empty() ? std::string() : fmt::format("did you mean `{}`?", near));
}

void Binder::bind_table(const TableSchema& schema, Span span) {
  table_ = schema.name;
  plan_.add({Scan{KustoTable{schema.name}, {}}, {}, span});
  const auto aliases = environment_.field_aliases.find(schema.name);
  for (const ColumnSchema& column : schema.columns) {
    Column visible{column.name, column.type, std::nullopt, column.name, column.path_column, false, false};
    if (aliases != environment_.field_aliases.end()) {
      const auto alias = aliases->second.find(column.name);
      const auto target = alias == aliases->second.end()
                              ? schema.columns.end()
                              : std::find_if(schema.columns.begin(), schema.columns.end(),
                                             [&](const ColumnSchema& other) { return other.name == alias->second; });
      if (target != schema.columns.end()) {
        visible.field = target->name;
        visible.type = target->type;
        visible.path_column = target->path_column;
      } else if (alias != aliases->second.end()) {
        sink_.report(kBadAlias, span,
                     fmt::format("the pack's field alias `{}: {}` of `{}` names an unknown column", alias->first,
                                 alias->second, schema.name));
      }
    }
    relation_.columns.push_back(std::move(visible));
  }
}

void Binder::add_node(decltype(Node::op) op, Span span) {
  const auto input = static_cast<NodeId>(plan_.nodes.size() - 1);
  plan_.add({std::move(op), {input}, span});
}

// --- columns ---

Binder::Column* Binder::find_column(std::string_view name) {
  const auto found = std::find_if(relation_.columns.begin(), relation_.columns.end(),
                                  [&](const Column& column) { return column.name == name; });
  return found == relation_.columns.end() ? nullptr : &*found;
}

void Binder::unknown_column(std::string_view name, Span span) {
  if (relation_.open) return;
  std::vector<std::string_view> names;
  for (const Column& column : relation_.columns) names.push_back(column.name);
  for (const auto& [let, binding] : lets_) {
    if (!binding.tabular && binding.index < visible_lets_) names.push_back(let);
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
  if (!column.path_column.empty()) path_rules_[id] = {column.field, column.path_column, table_};
  column.id = id;
  return id;
}

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
  Column column{std::move(name), value->type, std::nullopt, "", "", true, false};
  if (const auto* ref = std::get_if<ColumnRef>(&value->node)) {
    column.id = ref->column;
    return column;
  }
  column.id = plan_.add_column(column.name, value->type);
  pending.push_back({*column.id, std::move(value)});
  return column;
}

std::optional<Binder::Column> Binder::bind_column(const ast::Assignment& assignment, std::string name,
                                                  std::vector<Extend::Column>& pending) {
  if (assignment.names.size() > 1) {
    sink_.report(kUnsupported, assignment.name_span, "assigning several columns at once is not supported");
    return Column{std::move(name), Type::Dynamic, std::nullopt, "", "", true, true};
  }
  ExprPtr value = bind(*assignment.value);
  if (!value) return Column{std::move(name), Type::Dynamic, std::nullopt, "", "", true, true};
  return column_of(std::move(value), std::move(name), pending);
}

void Binder::flush(std::vector<Extend::Column>& pending, Span span) {
  if (!pending.empty()) add_node(Extend{std::move(pending)}, span);
  pending.clear();
}

// --- operators ---

void Binder::bind_operator(const ast::Operator& op) {
  if (const auto* other = std::get_if<ast::Other>(&op.node)) {
    relation_.open = true;
    if (op.name.empty()) return;  // reported by the parser
    if (other->known) {
      sink_.report(kUnsupportedOperator, op.name_span, fmt::format("the operator `{}` is not supported", op.name));
      return;
    }
    std::vector<std::string_view> names;
    for (const OperatorInfo& info : operators()) names.push_back(info.name);
    const std::string_view near = nearest(op.name, names);
    sink_.report(kUnknownOperator, op.name_span, fmt::format("unknown operator `{}`", op.name),
                 near.empty() ? std::string() : fmt::format("did you mean `{}`?", near));
    return;
  }
  if (const OperatorInfo* info = find_operator(op.name); info != nullptr && !info->supported) {
    sink_.report(kUnsupportedOperator, op.name_span, fmt::format("the operator `{}` is not supported", op.name));
    relation_.open = true;
    return;
  }
  std::visit([&](const auto& node) { bind(node, op.span); }, op.node);
}

void Binder::bind(const ast::Other& /*other*/, Span /*span*/) {}

void Binder::bind(const ast::Where& where, Span span) {
  ExprPtr predicate = bind_as_bool(*where.predicate, "`where`");
  if (predicate) add_node(Filter{std::move(predicate)}, span);
}

void Binder::bind(const ast::Project& project, Span span) { project_columns(project.columns, span); }

void Binder::project_columns(const std::vector<ast::Assignment>& columns, Span span) {
  std::vector<Column> output;
  std::vector<Extend::Column> pending;
  unnamed_ = 0;
  for (const ast::Assignment& assignment : columns) {
    std::string name = column_name(assignment, output);
    if (!assignment.names.empty() && unique_name(name, output) != name) {
      sink_.report(kDuplicateName, assignment.name_span, fmt::format("the column `{}` is given twice", name));
    }
    if (auto column = bind_column(assignment, std::move(name), pending)) output.push_back(std::move(*column));
  }
  flush(pending, span);
  relation_.columns = std::move(output);
  relation_.whole_event = false;
}

void Binder::bind(const ast::Extend& extend, Span span) {
  std::vector<Column> added;
  std::vector<Extend::Column> pending;
  unnamed_ = 0;
  for (const ast::Assignment& assignment : extend.columns) {
    // Every value sees the columns before this extend (extend-operator; one that names its neighbour is an error).
    const bool plain = std::holds_alternative<ast::Name>(assignment.value->node);
    std::vector<Column> others = relation_.columns;
    others.insert(others.end(), added.begin(), added.end());
    std::string name = column_name(assignment, plain ? std::vector<Column>{} : others);
    if (auto column = bind_column(assignment, std::move(name), pending)) added.push_back(std::move(*column));
  }
  flush(pending, span);
  for (Column& column : added) {
    if (Column* old = find_column(column.name)) {
      *old = std::move(column);
    } else {
      relation_.columns.push_back(std::move(column));
    }
  }
}

std::vector<size_t> Binder::select_columns(const ast::NamePattern& pattern) {
  std::vector<size_t> found;
  for (size_t i = 0; i < relation_.columns.size(); ++i) {
    if (matches(pattern.text, relation_.columns[i].name)) found.push_back(i);
  }
  if (found.empty() && pattern.text.find('*') == std::string::npos) unknown_column(pattern.text, pattern.span);
  return found;
}

void Binder::bind(const ast::Select& select, Span /*span*/) {
  std::vector<size_t> chosen;
  for (const ast::NamePattern& pattern : select.patterns) {
    for (const size_t index : select_columns(pattern)) {
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

void Binder::bind(const ast::Rename& rename, Span /*span*/) {
  std::vector<std::pair<size_t, std::string>> changes;
  for (const ast::Assignment& assignment : rename.columns) {
    const auto* name = std::get_if<ast::Name>(&assignment.value->node);
    if (assignment.names.size() != 1 || name == nullptr) {
      sink_.report(kSyntax, assignment.value->span, "`project-rename` takes `New = Old`");
      continue;
    }
    const Column* column = find_column(name->text);
    if (column == nullptr) {
      unknown_column(name->text, assignment.value->span);
      continue;
    }
    if (find_column(assignment.names.front()) != nullptr) {
      sink_.report(kDuplicateName, assignment.name_span,
                   fmt::format("there is a column `{}` already", assignment.names.front()));
      continue;
    }
    changes.emplace_back(static_cast<size_t>(column - relation_.columns.data()), assignment.names.front());
  }
  for (auto& [index, name] : changes) relation_.columns[index].name = std::move(name);
  relation_.whole_event = false;
}

void Binder::bind(const ast::Count& /*count*/, Span span) {
  const ColumnId id = plan_.add_column("Count", Type::Long);
  Aggregate aggregate;
  aggregate.items.push_back({id, "count", {}, span});
  add_node(std::move(aggregate), span);
  relation_.columns = {Column{"Count", Type::Long, id, "", "", true, false}};
  relation_.whole_event = false;
}

void Binder::bind(const ast::Distinct& distinct, Span span) {
  if (distinct.star) return add_node(hecate::Distinct{}, span);
  project_columns(distinct.columns, span);
  hecate::Distinct node;
  for (Column& column : relation_.columns) {
    if (!column.broken) node.columns.push_back(id_of(column));
  }
  add_node(std::move(node), span);
}

void Binder::bind_sort(const std::vector<ast::OrderKey>& keys, Span span) {
  hecate::Sort sort;
  std::vector<Extend::Column> pending;
  for (const ast::OrderKey& key : keys) {
    ExprPtr value = bind(*key.value);
    if (value && value->type == Type::Dynamic) {
      sink_.report(kArgumentType, key.value->span, "rows cannot be sorted by a dynamic value",
                   "convert it with tostring() or tolong()");
      continue;
    }
    if (const auto column = column_of(std::move(value), automatic_name(*key.value), pending)) {
      sort.keys.push_back({*column->id, key.descending, key.nulls_first, ""});
    }
  }
  flush(pending, span);
  add_node(std::move(sort), span);
}

void Binder::bind_limit(const ast::Expression& count, Span span) {
  const ExprPtr value = bind(count);
  if (!value) return;
  const auto* literal = std::get_if<Literal>(&value->node);
  if (literal == nullptr || literal->value.get().kind() != Kind::Long || literal->value.get().as_integer() < 0) {
    sink_.report(kNotConstant, count.span, "the number of rows must be a constant that is not negative");
    return;
  }
  add_node(Limit{static_cast<uint64_t>(literal->value.get().as_integer())}, span);
}

void Binder::bind(const ast::Sort& sort, Span span) { bind_sort(sort.keys, span); }

void Binder::bind(const ast::Top& top, Span span) {
  bind_sort(top.keys, span);
  bind_limit(*top.count, span);
}

void Binder::bind(const ast::Take& take, Span span) { bind_limit(*take.count, span); }

// --- the result ---

void Binder::finish() {
  plan_.whole_event = relation_.whole_event;
  if (plan_.nodes.empty()) return;
  for (Column& column : relation_.columns) {
    if (column.broken || (relation_.whole_event && !column.computed)) continue;
    plan_.output.push_back({column.name, id_of(column)});
  }
  report_path_lints();
}

}  // namespace hecate::kql
