#include <fmt/format.h>

#include <algorithm>

#include "lang/kql/binder.h"

// top-nested, top-hitters, sample-distinct: https://learn.microsoft.com/kusto/query/top-nested-operator,
// top-hitters-operator, sample-distinct-operator
namespace hecate::kql {

void Binder::bind(const ast::SampleDistinct& sample, Span span) {
  std::vector<Column> output;
  std::vector<Extend::Column> pending;
  if (auto column = bind_column(sample.of, column_name(sample.of, {}), pending)) output.push_back(std::move(*column));
  flush(pending, span);
  relation_.columns = std::move(output);
  relation_.inferred = relation_.listed = false;
  bind(ast::Distinct{true, {}}, span);
  bind_limit(*sample.count, span);
}

/// The most frequent values, or those with the largest sums; counted exactly.
void Binder::bind(const ast::TopHitters& hitters, Span span) {
  Aggregation aggregation;
  std::vector<Column> output;
  std::vector<Extend::Column> pending;
  auto value = bind_column(hitters.of, column_name(hitters.of, {}), pending);
  ExprPtr weight = hitters.by ? bind(*hitters.by) : nullptr;
  const std::string by = hitters.by ? automatic_name(*hitters.by) : value->name;
  flush(pending, span);
  if (value->broken || (hitters.by && !weight)) {
    relation_.open = true;
    return;
  }
  if (weight && !is_number(weight->type)) weight = converted(std::move(weight), Type::Real, span);
  Column key = *value;
  key.id = plan_.add_column(value->name, value->type);
  aggregation.aggregate.keys.push_back({*key.id, *value->id, span});
  Column rank{weight ? "approximate_sum_" + by : "approximate_count_" + by, weight ? weight->type : Type::Long};
  rank.id = plan_.add_column(rank.name, rank.type);
  if (weight) {
    aggregation.aggregate.items.push_back({*rank.id, "kql.sum", {weight}, span});
  } else {
    aggregation.aggregate.items.push_back({*rank.id, "count", {}, span});
  }
  carry_context(aggregation.aggregate, span);
  add_node(std::move(aggregation.aggregate), span);
  add_node(hecate::Sort{{{*rank.id, true, false, ""}}}, span);
  relation_.columns = {std::move(key), std::move(rank)};
  relation_.inferred = relation_.listed = false;
  bind_limit(*hitters.count, span);
}

/// What rows are grouped by where a column's value is: null is a value like others.
ColumnId Binder::grouping_key(const Column& column, Span span) {
  if (column.type == Type::String) return *column.id;
  std::vector<Extend::Column> pending;
  ExprPtr text = converted(make_column(*column.id, column.type, span), Type::String, span);
  const ColumnId key = *column_of(std::move(text), column.name, pending)->id;
  flush(pending, span);
  return key;
}

/// The level's aggregate for each combination of keys, on every row.
std::optional<Binder::Column> Binder::bind_level(const ast::TopNested::Level& level, const Column& value,
                                                 const std::vector<ColumnId>& keys, const std::vector<Column>& output,
                                                 Span span) {
  Aggregation aggregation;
  std::vector<Column> items;
  std::vector<Extend::Column> after;
  aggregation_ = &aggregation;
  bind_item(level.by, aggregation, items, after);
  aggregation_ = nullptr;
  if (items.empty() || items.front().broken) return std::nullopt;
  Window window;
  window.keys = keys;
  window.items = std::move(aggregation.aggregate.items);
  add_node(std::move(window), span);
  flush(after, span);
  Column rank = items.front();
  if (level.by.names.empty()) rank.name = "aggregated_" + value.name;
  rank.name = unique_name(rank.name, output);
  return rank;
}

/// Levels, each the first values by an aggregate within those of the level above. Rows of values that are not among
/// them are gone, or are counted together under one name; levels below of such rows have one value alone.
void Binder::bind(const ast::TopNested& nested, Span span) {
  std::vector<ColumnId> keys = relation_.partition;
  std::vector<Column> output;
  std::vector<hecate::Sort::Key> order;
  std::vector<Extend::Column> pending;
  ExprPtr other;  // whether the row is among what a level above has put together
  for (const ast::TopNested::Level& level : nested.levels) {
    unnamed_ = 0;
    auto value = bind_column(level.of, column_name(level.of, output), pending);
    const auto rows = level.count ? constant_count(*level.count) : std::nullopt;
    ExprPtr label = level.others ? bind(*level.others) : nullptr;
    flush(pending, span);
    if (!value || value->broken || (level.others && !label) || (level.count && !rows)) {
      relation_.open = true;
      return;
    }
    label = label ? converted(std::move(label), value->type, span) : null_of(value->type, span);
    const auto put_together = [&] {
      const ExprPtr own = make_column(*value->id, value->type, span);
      value = column_of(make_call("kql.iff", {other, label, own}, value->type, span), value->name, pending);
      flush(pending, span);
    };
    if (other) put_together();
    keys.push_back(grouping_key(*value, span));
    auto rank = bind_level(level, *value, keys, output, span);
    if (!rank) {
      relation_.open = true;
      return;
    }
    if (rows) {
      // A value's place among those of its group: rows of one value share it.
      add_node(hecate::Sort{{{*rank->id, level.descending, false, ""}, {keys.back(), false, false, ""}}}, span);
      RowFunctions place;
      place.keys.assign(keys.begin(), keys.end() - 1);
      const ColumnId number = plan_.add_column("place", Type::Long);
      place.items.push_back({number,
                             "kql.row_rank_dense",
                             {make_column(keys.back(), plan_.column(keys.back()).type, span), make_bool(false)},
                             span});
      add_node(std::move(place), span);
      const ExprPtr most = make_literal(OwnedValue(Value::integer(*rows)), Type::Long);
      const ExprPtr at = make_column(number, Type::Long, span);
      if (level.others) {
        ExprPtr behind = make_call("kql.gt", {at, most}, Type::Bool, span);
        if (other) behind = make_or({other, std::move(behind)}, span);
        const auto flag = column_of(std::move(behind), "other", pending);
        flush(pending, span);
        other = make_column(*flag->id, Type::Bool, span);
        put_together();
        keys.back() = grouping_key(*value, span);
        rank = bind_level(level, *value, keys, output, span);
      } else {
        ExprPtr first = make_call("kql.le", {at, most}, Type::Bool, span);
        add_node(Filter{other ? make_or({other, std::move(first)}, span) : std::move(first)}, span);
      }
    }
    order.push_back({*rank->id, level.descending, false, ""});
    order.push_back({keys.back(), false, false, ""});
    output.push_back(*value);
    output.push_back(*rank);
  }
  add_node(hecate::Sort{std::move(order)}, span);
  relation_.columns = std::move(output);
  relation_.inferred = relation_.listed = false;
  bind(ast::Distinct{true, {}}, span);
}

}  // namespace hecate::kql
