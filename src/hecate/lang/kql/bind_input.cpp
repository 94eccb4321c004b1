#include <fmt/format.h>

#include <algorithm>

#include "lang/kql/binder.h"

// Plans beside the plan: what is joined, united or asked for a value.
namespace hecate::kql {

void Binder::begin_plan() {
  plan_ = Plan();
  plan_.language = Language::Kql;
  relation_ = Relation();
  table_.clear();
  scan_ids_.clear();
  column_rules_.clear();
  uncertain_.clear();
  number_ = ++last_number_;
}

/// The plan as it stands, with all of its columns as output.
Binder::Building Binder::finish_building() {
  if (relation_.graph) {
    sink_.report(kArgumentType, {}, "rows are read here, and this is a graph",
                 "make rows of it: graph-match, graph-to-table");
    relation_.graph = nullptr;
  }
  if (plan_.nodes.empty()) fail_source();
  for (Column& column : relation_.context) relation_.columns.push_back(column);
  relation_.context.clear();
  relation_.partition.clear();
  for (Column& column : relation_.columns) {
    if (column.broken) continue;
    plan_.output.push_back({column.name, id_of(column)});
  }
  return {std::move(plan_),
          std::move(relation_),
          std::move(table_),
          std::move(scan_ids_),
          std::move(column_rules_),
          std::move(uncertain_),
          number_};
}

Binder::Input Binder::add_input(Building building, std::string command, Span span) {
  PlanInput input;
  input.plan = std::make_shared<Plan>(std::move(building.plan));
  input.command = std::move(command);
  input.span = span;
  plan_.inputs.push_back(std::move(input));
  relation_.open |= building.relation.open;
  return {plan_.inputs.size() - 1, std::move(building.relation), std::move(building.uncertain)};
}

Binder::Input Binder::bind_input(const ast::Expression& source, std::string command) {
  return add_input(bind_apart([&] { bind_source(source); }), std::move(command), source.span);
}

/// The rows so far become the first of a union's tables, and the plan begins anew.
void Binder::become_input(std::vector<Leg>& legs, const std::string& command, Span span) {
  Building rows = finish_building();
  const std::string name = rows.table;
  begin_plan();
  legs.push_back({add_input(std::move(rows), command, span), name});
}

/// The value of a plan's first row in its first column.
ExprPtr Binder::scalar_of(Building building, std::string command, Span span) {
  auto& columns = building.relation.columns;
  columns.erase(std::remove_if(columns.begin(), columns.end(), [](const Column& column) { return column.broken; }),
                columns.end());
  if (columns.empty()) {
    if (!building.relation.open)
      sink_.report(kArgumentType, span, fmt::format("what `{}` reads has no column", command));
    return nullptr;
  }
  const Column first = columns.front();
  building.plan.output = {{first.name, *first.id}};
  const Input input = add_input(std::move(building), std::move(command), span);
  return make_call("kql.scalar",
                   {make_literal(OwnedValue(Value::integer(static_cast<int64_t>(input.index))), Type::Long)},
                   first.type, span);
}

ExprPtr Binder::bind_toscalar(const ast::Invocation& node, Span span) {
  if (!check_arity("toscalar", 1, 1, node.arguments.size(), span)) return nullptr;
  const ast::Expression& argument = *node.arguments.front().value;
  if (const auto* name = std::get_if<ast::Name>(&argument.node)) {
    const auto key = partition_keys_.find(name->text);
    if (key != partition_keys_.end()) return key->second;
  }
  if (!is_tabular(argument)) return bind(argument);
  return scalar_of(bind_apart([&] { bind_source(argument); }), "toscalar", span);
}

/// The values of a table's first column as a dynamic array: `has_any (T)`.
ExprPtr Binder::list_of(const ast::Expression& source, std::string command, Span span) {
  Building building = bind_apart([&] {
    bind_source(source);
    if (plan_.nodes.empty() || relation_.columns.empty()) return;
    Column first = relation_.columns.front();
    if (first.broken) return;
    const ColumnId list = plan_.add_column("list", Type::Dynamic);
    Aggregate aggregate;
    aggregate.items.push_back(
        {list,
         "kql.make_list",
         {make_column(id_of(first), first.type, span), make_literal(OwnedValue(Value::integer(1'048'576)), Type::Long)},
         span});
    add_node(std::move(aggregate), span);
    relation_.columns = {Column{"list", Type::Dynamic, list}};
  });
  return scalar_of(std::move(building), std::move(command), span);
}

/// `x in (T | project y)`
ExprPtr Binder::bind_in_relation(const ast::TextTest& test, ExprPtr left, Span span) {
  Building building = bind_apart([&] { bind_source(*test.right.front()); });
  auto& columns = building.relation.columns;
  if (columns.empty() || columns.front().broken) {
    if (!building.relation.open && columns.empty())
      sink_.report(kArgumentType, test.right.front()->span, "the table has no column to compare with");
    return nullptr;
  }
  const Column first = columns.front();
  building.plan.output = {{first.name, *first.id}};
  left = adapt(std::move(left), first.type);
  if (is_uncertain(*left)) left = converted(std::move(left), first.type, span);
  const bool fold = test.op->casing == Casing::Insensitive;
  const bool texts = left->type == Type::String || left->type == Type::Dynamic;
  if (left->type == Type::Dynamic && first.type != Type::Dynamic) left = converted(std::move(left), first.type, span);
  const bool fits = left->type == first.type || (is_number(left->type) && is_number(first.type)) ||
                    first.type == Type::Dynamic || (texts && first.type == Type::Guid);
  if (!fits) {
    sink_.report(
        kIncomparable, span,
        fmt::format("{} is looked for among values of type {}", describe(*left, plan_), kusto_name(first.type)));
    return nullptr;
  }
  const Input input = add_input(std::move(building), std::string(test.op->spelling), span);
  ExprPtr member = make_call(
      "kql.in_relation",
      {std::move(left), make_literal(OwnedValue(Value::integer(static_cast<int64_t>(input.index))), Type::Long),
       make_bool(fold)},
      Type::Bool, span);
  return test.op->negated ? make_not(std::move(member), span) : member;
}

/// Columns of several tables by name; one that has two types in them becomes two, named after the types
/// (union-operator).
void Binder::unite(std::vector<Leg> legs, bool inner, const std::string& source_column, Span span) {
  hecate::Union all;
  std::vector<Column> columns;
  if (!source_column.empty()) {
    Column source{source_column, Type::String, plan_.add_column(source_column, Type::String)};
    all.source = source.id;
    columns.push_back(std::move(source));
  }
  const size_t first = columns.size();
  const auto types_of = [&](const std::string& name) {
    std::vector<Type> types;
    for (const Leg& leg : legs) {
      for (const Column& column : leg.input.relation.columns) {
        if (column.name == name && !column.broken && std::find(types.begin(), types.end(), column.type) == types.end())
          types.push_back(column.type);
      }
    }
    return types;
  };
  std::map<std::string, std::vector<Type>, std::less<>> known;
  bool inferred = false;
  bool listed = false;
  for (size_t l = 0; l < legs.size(); ++l) {
    all.inputs.push_back(legs[l].input.index);
    all.names.push_back(legs[l].name);
    relation_.open |= legs[l].input.relation.open;
    inferred |= legs[l].input.relation.inferred;
    listed |= legs[l].input.relation.listed;
    for (const Column& column : legs[l].input.relation.columns) {
      auto types = known.find(column.name);
      if (types == known.end()) types = known.emplace(column.name, types_of(column.name)).first;
      const std::string name =
          types->second.size() > 1 ? fmt::format("{}_{}", column.name, kusto_name(column.type)) : column.name;
      auto place = std::find_if(columns.begin() + static_cast<std::ptrdiff_t>(first), columns.end(),
                                [&](const Column& other) { return other.name == name; });
      if (place == columns.end()) {
        Column added{name, column.type};
        added.broken = column.broken;
        added.bag = column.bag;
        added.prefix = column.prefix;
        if (!column.broken) {
          added.id = plan_.add_column(name, column.type);
          all.columns.push_back({*added.id, std::vector<std::optional<ColumnId>>(legs.size())});
        }
        columns.push_back(std::move(added));
        place = columns.end() - 1;
      }
      if (column.broken || !place->id) continue;
      const auto united = std::find_if(all.columns.begin(), all.columns.end(),
                                       [&](const Union::Column& each) { return each.id == *place->id; });
      united->from[l] = column.id;
      if (legs[l].input.uncertain.contains(*column.id)) uncertain_.insert(united->id);
    }
  }
  if (inner) {
    const auto in_all = [&](const Column& column) {
      const auto united = std::find_if(all.columns.begin(), all.columns.end(),
                                       [&](const Union::Column& each) { return column.id && each.id == *column.id; });
      return united == all.columns.end() ||
             std::all_of(united->from.begin(), united->from.end(), [](const auto& from) { return from.has_value(); });
    };
    columns.erase(std::remove_if(columns.begin(), columns.end(), [&](const Column& each) { return !in_all(each); }),
                  columns.end());
  }
  plan_.nodes.clear();
  plan_.add({std::move(all), {}, span});
  relation_.columns = std::move(columns);
  relation_.inferred = inferred;
  relation_.listed = listed;
}

}  // namespace hecate::kql
