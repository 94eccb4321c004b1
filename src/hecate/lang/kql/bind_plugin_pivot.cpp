#include <fmt/format.h>

#include <algorithm>

#include "lang/kql/binder.h"

// https://learn.microsoft.com/kusto/query/pivot-plugin, narrow-plugin
namespace hecate::kql {

/// pivot(column, aggregate, columns…): an aggregate for each value of the column, which are columns then.
void Binder::bind_pivot(const ast::Evaluate& evaluate, const ast::Invocation& call, Span span) {
  if (!check_arity("pivot", 1, -1, call.arguments.size(), span)) return;
  ExprPtr series = bind(*call.arguments.front().value);
  if (!series) {
    relation_.open = true;
    return;
  }
  const std::string series_name = automatic_name(*call.arguments.front().value);
  std::vector<Extend::Column> pending;
  const auto series_column = column_of(converted(std::move(series), Type::String, span), series_name, pending);
  flush(pending, span);
  Aggregation aggregation;
  std::vector<Column> keys;
  const auto add_key = [&](Column& column) {
    if (column.broken) return;
    const ColumnId input = id_of(column);
    Column key = column;
    key.id = plan_.add_column(column.name, column.type);
    key.field.clear();
    aggregation.aggregate.keys.push_back({*key.id, input, span});
    keys.push_back(std::move(key));
  };
  // What is aggregated is not grouped by, unless it is named.
  std::vector<std::string> aggregated{series_name};
  if (call.arguments.size() > 1) {
    if (const auto* aggregate = std::get_if<ast::Invocation>(&call.arguments[1].value->node)) {
      for (const ast::Argument& each : aggregate->arguments) aggregated.push_back(automatic_name(*each.value));
    }
  }
  for (size_t i = 2; i < call.arguments.size(); ++i) {
    const auto* name = std::get_if<ast::Name>(&call.arguments[i].value->node);
    Column* column = name == nullptr ? nullptr : own_column(name->text);
    if (column == nullptr) {
      if (name != nullptr) unknown_column(name->text, call.arguments[i].value->span);
      continue;
    }
    add_key(*column);
  }
  if (call.arguments.size() <= 2) {
    for (Column& column : relation_.columns) {
      if (std::find(aggregated.begin(), aggregated.end(), column.name) == aggregated.end()) add_key(column);
    }
  }
  const ColumnId value_name = plan_.add_column(series_name, Type::String);
  aggregation.aggregate.keys.push_back({value_name, *series_column->id, span});
  ExprPtr value;
  aggregation_ = &aggregation;
  if (call.arguments.size() > 1) {
    value = bind(*call.arguments[1].value);
  } else {
    const ColumnId count = plan_.add_column("count_", Type::Long);
    aggregation.aggregate.items.push_back({count, "count", {}, span});
    value = make_column(count, Type::Long, span);
  }
  aggregation_ = nullptr;
  if (!value) {
    relation_.open = true;
    return;
  }
  const bool counts = call.arguments.size() == 1 || [&] {
    const auto* aggregate = std::get_if<ast::Invocation>(&call.arguments[1].value->node);
    return aggregate != nullptr && aggregate->function.find("count") != std::string::npos;
  }();
  add_node(std::move(aggregation.aggregate), span);
  pending.push_back({plan_.add_column("pair", Type::Dynamic),
                     make_call("kql.bag_pack", {make_column(value_name, Type::String, span), std::move(value)},
                               Type::Dynamic, span)});
  const ColumnId pair = pending.back().id;
  flush(pending, span);
  // Which columns there are is the same for all rows: a row without a value in one shows 0 or nothing.
  const ColumnId all = plan_.add_column("all", Type::Dynamic);
  Window everything;
  everything.items.push_back({all, "kql.make_bag", {make_column(pair, Type::Dynamic, span)}, span});
  add_node(std::move(everything), span);
  Aggregate rows;
  std::vector<Column> output;
  for (Column& key : keys) {
    const ColumnId id = plan_.add_column(key.name, key.type);
    rows.keys.push_back({id, *key.id, span});
    key.id = id;
    output.push_back(key);
  }
  const ColumnId own = plan_.add_column("own", Type::Dynamic);
  rows.items.push_back({own, "kql.make_bag", {make_column(pair, Type::Dynamic, span)}, span});
  const ColumnId shown = plan_.add_column("all", Type::Dynamic);
  rows.items.push_back({shown, "kql.take_any", {make_column(all, Type::Dynamic, span)}, span});
  add_node(std::move(rows), span);
  const ColumnId bag = plan_.add_column("bag", Type::Dynamic);
  pending.push_back({bag, make_call("kql.pivot_row",
                                    {make_column(own, Type::Dynamic, span), make_column(shown, Type::Dynamic, span),
                                     make_bool(counts)},
                                    Type::Dynamic, span)});
  flush(pending, span);
  if (evaluate.schema) {
    for (const ast::ColumnDeclaration& declared : evaluate.schema->columns) {
      const bool known =
          std::any_of(output.begin(), output.end(), [&](const Column& column) { return column.name == declared.name; });
      if (known) continue;
      ExprPtr member = make_call("kql.member", {make_column(bag, Type::Dynamic, span), make_string(declared.name)},
                                 Type::Dynamic, span);
      output.push_back(*column_of(converted(std::move(member), declared.type, span), declared.name, pending));
    }
    flush(pending, span);
  }
  relation_.columns = std::move(output);
  relation_.inferred = relation_.listed = false;
  if (evaluate.schema && !evaluate.schema->star) return;
  Column column{"bag", Type::Dynamic, bag};
  column.bag = true;
  relation_.columns.push_back(std::move(column));
}

/// A row for each value: Row, Column, Value.
void Binder::bind_narrow(const ast::Evaluate& /*evaluate*/, const ast::Invocation& /*call*/, Span span) {
  std::vector<ExprPtr> pairs;
  for (Column& column : relation_.columns) {
    if (column.broken || column.bag) continue;
    pairs.push_back(make_string(column.name, span));
    pairs.push_back(converted(read(column, span), Type::String, span));
  }
  const ColumnId row = plan_.add_column("Row", Type::Long);
  RowFunctions number;
  number.items.push_back(
      {row, "kql.row_number", {make_literal(OwnedValue(Value::integer(0)), Type::Long), make_bool(false)}, span});
  add_node(std::move(number), span);
  std::vector<Extend::Column> pending;
  const auto bag = column_of(make_call("kql.bag_pack", std::move(pairs), Type::Dynamic, span), "pairs", pending);
  flush(pending, span);
  const ColumnId pair = plan_.add_column("pair", Type::Dynamic);
  add_node(Expand{{{pair, *bag->id}}, std::nullopt, 0, true}, span);
  const auto part = [&](int64_t place) {
    return converted(
        make_call("kql.element",
                  {make_column(pair, Type::Dynamic, span), make_literal(OwnedValue(Value::integer(place)), Type::Long)},
                  Type::Dynamic, span),
        Type::String, span);
  };
  relation_.columns = {Column{"Row", Type::Long, row}, *column_of(part(0), "Column", pending),
                       *column_of(part(1), "Value", pending)};
  flush(pending, span);
}

}  // namespace hecate::kql
