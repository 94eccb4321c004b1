#include <fmt/format.h>

#include <algorithm>

#include "lang/kql/binder.h"

// mv-expand, mv-apply: https://learn.microsoft.com/kusto/query/mv-expand-operator, mv-apply-operator
namespace hecate::kql {

/// The expanded columns, under the names that they have from here on. Dynamic values stay dynamic unless `to typeof`
/// says otherwise.
std::vector<Binder::Column> Binder::expand(const std::vector<ast::ExpandColumn>& columns,
                                           const std::vector<ast::Property>& properties,
                                           const ast::ExpressionPtr& limit, bool old, Span span) {
  Expand node;
  const std::string shape = property(properties, "bagexpansion") + property(properties, "kind");
  node.pairs = shape == "array";
  node.limit = old ? 128 : 0;  // mvexpand's own default
  if (limit) {
    const auto rows = constant_count(*limit);
    if (rows) node.limit = static_cast<uint64_t>(*rows);
  }
  std::vector<Extend::Column> pending;
  std::vector<Column> expanded;
  std::vector<std::pair<size_t, Type>> conversions;
  unnamed_ = 0;
  for (const ast::ExpandColumn& each : columns) {
    std::string name = column_name(each.column, {});
    ExprPtr value = bind(*each.column.value);
    if (value && value->type != Type::Dynamic) {
      // A text may be an array's JSON for all that is known; a number is no array.
      if (value->type != Type::String) {
        sink_.report(kArgumentType, each.column.value->span,
                     fmt::format("mv-expand takes dynamic values, and {}", describe(*value, plan_)));
        value = nullptr;
      } else {
        value = make_call("kql.todynamic_text", {value}, Type::Dynamic, value->span);
      }
    }
    Column column{std::move(name), Type::Dynamic};
    column.broken = value == nullptr;
    if (value) {
      const auto input = column_of(std::move(value), column.name, pending);
      column.id = plan_.add_column(column.name, Type::Dynamic);
      if (uncertain_.contains(*input->id)) uncertain_.insert(*column.id);
      node.columns.push_back({*column.id, *input->id});
      if (each.to && *each.to != Type::Dynamic) conversions.emplace_back(expanded.size(), *each.to);
    }
    expanded.push_back(std::move(column));
  }
  flush(pending, span);
  const std::string index = property(properties, "with_itemindex");
  if (!index.empty()) node.index = plan_.add_column(index, Type::Long);
  const auto index_id = node.index;
  if (!node.columns.empty()) add_node(std::move(node), span);
  for (const auto& [at, type] : conversions) {
    Column& column = expanded[at];
    ExprPtr value = converted(make_column(*column.id, Type::Dynamic, span), type, span);
    column.type = type;
    column.id = plan_.add_column(column.name, type);
    pending.push_back({*column.id, std::move(value)});
  }
  flush(pending, span);
  if (index_id) expanded.push_back({index, Type::Long, index_id});
  return expanded;
}

void Binder::bind(const ast::MvExpand& expand, Span span) {
  std::vector<Column> expanded = this->expand(expand.columns, expand.properties, expand.limit, expand.old, span);
  for (Column& column : expanded) add_column(std::move(column));
}

/// The query of mv-apply runs for each row by itself: rows are numbered, and what the query groups, limits or orders is
/// within one number.
void Binder::bind(const ast::MvApply& apply, Span span) {
  const ColumnId row = plan_.add_column("row", Type::Long);
  RowFunctions number;
  number.items.push_back(
      {row, "kql.row_number", {make_literal(OwnedValue(Value::integer(1)), Type::Long), make_bool(false)}, span});
  add_node(std::move(number), span);
  std::vector<Column> expanded = expand(apply.columns, apply.properties, apply.limit, false, span);
  Relation outside = std::move(relation_);
  relation_ = Relation();
  relation_.open = outside.open;
  relation_.inferred = outside.inferred;
  relation_.context = std::move(outside.context);
  const size_t context = relation_.context.size();
  for (Column& column : outside.columns) {
    const bool hidden =
        std::any_of(expanded.begin(), expanded.end(), [&](const Column& other) { return other.name == column.name; });
    if (!hidden) relation_.context.push_back(std::move(column));
  }
  relation_.columns = std::move(expanded);
  relation_.partition = outside.partition;
  relation_.partition.push_back(row);
  if (apply.query) bind_operators(*apply.query, 0, SIZE_MAX);
  Relation inside = std::move(relation_);
  relation_ = Relation();
  relation_.open = inside.open;
  relation_.inferred = outside.inferred;
  relation_.partition.assign(inside.partition.begin(), inside.partition.end() - 1);
  for (size_t i = 0; i < inside.context.size(); ++i)
    (i < context ? relation_.context : relation_.columns).push_back(std::move(inside.context[i]));
  for (Column& column : inside.columns) add_column(std::move(column));
}

}  // namespace hecate::kql
