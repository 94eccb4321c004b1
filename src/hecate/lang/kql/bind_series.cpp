#include <fmt/format.h>

#include <algorithm>

#include "lang/kql/binder.h"

// make-series, range, print: https://learn.microsoft.com/kusto/query/make-series-operator, range-operator,
// print-operator
namespace hecate::kql {
namespace {

ExprPtr number(int64_t value) { return make_literal(OwnedValue(Value::integer(value)), Type::Long); }

}  // namespace

/// An operator that begins a query stands behind rows.
bool Binder::has_rows(std::string_view name, Span span) {
  if (plan_.nodes.empty()) return false;
  sink_.report(kSyntax, span, fmt::format("`{}` begins a query, and reads no rows", name));
  relation_.open = true;
  return true;
}

void Binder::bind(const ast::Print& print, Span span) {
  if (has_rows("print", span)) return;
  plan_.add({Rows{1}, {}, span});
  project_columns(print.columns, span, "print_");
}

void Binder::bind(const ast::Range& range, Span span) {
  if (has_rows("range", span)) return;
  ExprPtr from = range.from ? bind(*range.from) : nullptr;
  ExprPtr to = range.to ? bind(*range.to) : nullptr;
  ExprPtr step = range.step ? bind(*range.step) : nullptr;
  plan_.add({Rows{1}, {}, span});
  Column column{range.column, Type::Dynamic};
  column.broken = !from || !to || !step;
  if (!column.broken) {
    const bool real = from->type == Type::Real || to->type == Type::Real || step->type == Type::Real;
    const Type type = real ? Type::Real : from->type;
    const bool time = from->type == Type::Datetime && to->type == Type::Datetime && step->type == Type::Timespan;
    const bool same = (is_number(from->type) && is_number(to->type) && is_number(step->type)) ||
                      (from->type == Type::Timespan && to->type == Type::Timespan && step->type == Type::Timespan);
    if (!time && !same) {
      sink_.report(kArgumentType, span,
                   fmt::format("a range from {} to {} has no steps of {}", kusto_name(from->type), kusto_name(to->type),
                               kusto_name(step->type)));
      column.broken = true;
    } else {
      std::vector<Extend::Column> pending;
      const auto values =
          column_of(make_call("kql.steps", {std::move(from), std::move(to), std::move(step)}, Type::Dynamic, span),
                    "steps", pending);
      // A range of nothing has no row, where mv-expand of null has one.
      flush(pending, span);
      add_node(Filter{make_call("kql.isnotnull", {make_column(*values->id, Type::Dynamic, span)}, Type::Bool, span)},
               span);
      const ColumnId element = plan_.add_column(range.column, Type::Dynamic);
      add_node(Expand{{{element, *values->id}}, std::nullopt, 0, false}, span);
      column = *column_of(converted(make_column(element, Type::Dynamic, span), type, span), range.column, pending);
      flush(pending, span);
    }
  }
  relation_.columns = {std::move(column)};
}

/// Rows are put into bins of the axis and aggregated there; the aggregates of a group's bins then become arrays with a
/// value for every bin from `from` to `to`.
void Binder::bind(const ast::MakeSeries& series, Span span) {
  const bool nonempty = property(series.properties, "kind") == "nonempty";
  if (!nonempty && !property(series.properties, "kind").empty())
    return refuse_operator("make-series kind=" + property(series.properties, "kind"), span);
  if (nonempty && !series.by.empty()) return refuse_operator("make-series kind=nonempty … by", span);
  ExprPtr axis = bind(*series.on.value);
  ExprPtr step = series.step ? bind(*series.step) : nullptr;
  ExprPtr from = series.from ? bind(*series.from) : nullptr;
  ExprPtr to = series.to ? bind(*series.to) : nullptr;
  const bool failed = !axis || !step || (series.from && !from) || (series.to && !to);
  if (failed) {
    relation_.open = true;
    return;
  }
  if (is_uncertain(*axis))
    axis = converted(std::move(axis), step->type == Type::Timespan ? Type::Datetime : Type::Long, span);
  const std::string axis_name = !series.on.names.empty() ? series.on.names.front() : automatic_name(*series.on.value);
  std::vector<Extend::Column> pending;
  const auto axis_column = column_of(axis, axis_name, pending);
  flush(pending, span);
  // Without `from` or `to` the axis is as long as the values of all groups reach.
  Window ends;
  const auto end_of = [&](ExprPtr& given, std::string_view function) {
    if (given) return;
    const ColumnId id = plan_.add_column(std::string(function), axis->type);
    ends.items.push_back({id, std::string(function), {make_column(*axis_column->id, axis->type, span)}, span});
    given = make_column(id, axis->type, span);
  };
  const bool own_start = !from;
  const bool own_end = !to;
  end_of(from, "kql.min");
  end_of(to, "kql.max");
  if (!ends.items.empty()) add_node(std::move(ends), span);
  if (own_start) from = make_call("kql.bin", {from, step}, axis->type, span);
  // The last value is within the last bin, where a given end is not.
  if (own_end) {
    const Type type = axis->type;
    to = make_call("kql.add",
                   {to, type == Type::Datetime || type == Type::Timespan
                            ? make_literal(OwnedValue(Value::timespan(1)), Type::Timespan)
                        : type == Type::Long ? number(1)
                                             : step},
                   type, span);
  }
  const auto start = column_of(from, "from", pending);
  const auto count = column_of(make_call("kql.bin_count", {from, to, step}, Type::Long, span), "count", pending);
  const auto bin = column_of(
      make_call("kql.bin_index", {make_column(*axis_column->id, axis->type, span), from, step}, Type::Long, span),
      "bin", pending);
  flush(pending, span);
  const auto of = [&](const std::optional<Column>& column) { return make_column(*column->id, column->type, span); };
  add_node(Filter{make_and({make_call("kql.ge", {of(bin), number(0)}, Type::Bool, span),
                            make_call("kql.lt", {of(bin), of(count)}, Type::Bool, span)})},
           span);

  // The first aggregation: by the groups and the bin.
  Aggregation aggregation;
  std::vector<Column> keys;
  unnamed_ = 0;
  bind_keys(series.by, aggregation, keys, span);
  const auto add_key = [&](const std::optional<Column>& column) {
    Column key = *column;
    key.id = plan_.add_column(column->name, column->type);
    aggregation.aggregate.keys.push_back({*key.id, *column->id, span});
    return key;
  };
  const Column bin_key = add_key(bin);
  const Column count_key = add_key(count);
  const Column start_key = add_key(start);
  std::vector<Column> values;
  std::vector<ExprPtr> defaults;
  std::vector<Extend::Column> after;
  aggregation_ = &aggregation;
  for (const ast::MakeSeries::Item& item : series.items) {
    const size_t before = values.size();
    bind_item(item.value, aggregation, values, after);
    for (size_t i = before; i < values.size(); ++i) defaults.push_back(nullptr);
  }
  aggregation_ = nullptr;
  size_t at = 0;
  for (const ast::MakeSeries::Item& item : series.items) {
    if (at >= defaults.size()) break;
    // Without a default a bin without rows holds 0 (make-series-operator).
    ExprPtr value = item.default_value ? bind(*item.default_value) : number(0);
    defaults[at++] = value ? value : number(0);
  }
  carry_context(aggregation.aggregate, span);
  add_node(std::move(aggregation.aggregate), span);
  flush(after, span);

  // The second: the groups' bins as arrays.
  Aggregate arrays;
  std::vector<Column> output;
  for (Column& key : keys) {
    if (key.broken) continue;
    const ColumnId id = plan_.add_column(key.name, key.type);
    arrays.keys.push_back({id, *key.id, span});
    key.id = id;
    output.push_back(key);
  }
  // kind=nonempty: a row where there is none to aggregate, too; it is as long as the axis that was asked for.
  const auto key_again = [&](const Column& column, const ExprPtr& asked) {
    const ColumnId id = plan_.add_column(column.name, column.type);
    const ExprPtr again = make_column(id, column.type, span);
    if (!nonempty) {
      arrays.keys.push_back({id, *column.id, span});
      return again;
    }
    arrays.items.push_back({id, "kql.max", {make_column(*column.id, column.type, span)}, span});
    return own_start || own_end ? again : make_call("kql.coalesce", {again, asked}, column.type, span);
  };
  const ExprPtr length = key_again(count_key, make_call("kql.bin_count", {from, to, step}, Type::Long, span));
  const ExprPtr begin = key_again(start_key, from);
  const ExprPtr most = number(1'048'576);
  const auto list = [&](const Column& column, std::string_view function) {
    const ColumnId id = plan_.add_column(column.name, Type::Dynamic);
    arrays.items.push_back({id, std::string(function), {make_column(*column.id, column.type, span), most}, span});
    return make_column(id, Type::Dynamic, span);
  };
  const ExprPtr bins = list(bin_key, "kql.make_list");
  std::vector<std::pair<Column, ExprPtr>> lists;
  for (const Column& value : values) {
    if (value.broken) continue;
    lists.emplace_back(value, list(value, "kql.make_list_with_nulls"));
  }
  carry_context(arrays, span);
  add_node(std::move(arrays), span);
  for (size_t i = 0; i < lists.size(); ++i) {
    auto& [value, texts] = lists[i];
    ExprPtr filled = make_call("kql.bin_values", {bins, texts, length, defaults[i]}, Type::Dynamic, span);
    output.push_back(*column_of(std::move(filled), value.name, pending));
  }
  output.push_back(
      *column_of(make_call("kql.bin_starts", {begin, step, length}, Type::Dynamic, span), axis_name, pending));
  flush(pending, span);
  relation_.columns = std::move(output);
  relation_.inferred = relation_.listed = false;
}

}  // namespace hecate::kql
