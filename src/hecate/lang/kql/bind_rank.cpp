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

/// Levels, each the first values by an aggregate within those of the level above. Rows of values that are not among
/// them are gone, or are counted together under one name.
void Binder::bind(const ast::TopNested& nested, Span span) {
  std::vector<Column> keys;  // of the levels so far, as columns of the rows
  std::vector<Column> output;
  const std::vector<ColumnId> outside = relation_.partition;
  for (const ast::TopNested::Level& level : nested.levels) {
    unnamed_ = 0;
    std::vector<Extend::Column> pending;
    auto value = bind_column(level.of, column_name(level.of, output), pending);
    flush(pending, span);
    if (!value || value->broken) {
      relation_.open = true;
      return;
    }
    // The level's aggregate for each value within those above, on every row.
    Aggregation aggregation;
    std::vector<Column> items;
    std::vector<Extend::Column> after;
    aggregation_ = &aggregation;
    bind_item(level.by, aggregation, items, after);
    aggregation_ = nullptr;
    if (items.empty() || items.front().broken || !after.empty()) {
      if (!after.empty()) sink_.report(kUnsupported, span, "top-nested ranks by one aggregate alone");
      relation_.open = true;
      return;
    }
    Column rank = items.front();
    if (level.by.names.empty()) rank.name = "aggregated_" + value->name;
    rank.name = unique_name(rank.name, output);
    Window window;
    window.items = std::move(aggregation.aggregate.items);
    const auto rows = level.count ? constant_count(*level.count) : std::nullopt;
    if (level.others) {
      // Which values are among the first has to be known before the others are put together.
      return refuse_operator("top-nested … with others", span);
    }
    for (const Column& key : keys) window.keys.push_back(*key.id);
    window.keys.push_back(*value->id);
    add_node(std::move(window), span);
    keys.push_back(*value);
    output.push_back(*value);
    output.push_back(rank);
    if (rows) {
      // A value's place among those of its group: rows of one value share it.
      RowFunctions place;
      place.keys = outside;
      for (size_t i = 0; i + 1 < keys.size(); ++i) place.keys.push_back(*keys[i].id);
      add_node(hecate::Sort{{{*rank.id, level.descending, false, ""}, {*value->id, false, false, ""}}}, span);
      const ColumnId number = plan_.add_column("place", Type::Long);
      place.items.push_back(
          {number, "kql.row_rank_dense", {make_column(*value->id, value->type, span), make_bool(false)}, span});
      add_node(std::move(place), span);
      add_node(Filter{make_call(
                   "kql.le",
                   {make_column(number, Type::Long, span), make_literal(OwnedValue(Value::integer(*rows)), Type::Long)},
                   Type::Bool, span)},
               span);
    }
  }
  relation_.columns = std::move(output);
  relation_.inferred = relation_.listed = false;
  bind(ast::Distinct{true, {}}, span);
}

}  // namespace hecate::kql
