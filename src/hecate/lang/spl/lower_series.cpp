#include <fmt/format.h>

#include <algorithm>

#include "lang/spl/codes.h"
#include "lang/spl/lower.h"

// Tables whose columns are values: which there are is known when the search has run, so that a column is one of the
// plan where the search names it.
namespace hecate::spl {
namespace {

Word named(std::string_view name, Range range) { return {std::string(name), range, true}; }

}  // namespace

ExprPtr Lowering::binned(const Word& name, const BinSpan& span) {
  const ExprPtr value = field(name);
  const Span where = source_->span(name.range);
  const ExprPtr size = make_literal(OwnedValue(Value::real(span.size)), Type::Real, where);
  if (name.text != "_time") {
    // Of other fields it makes ranges: "10-20" (Search Reference, bin).
    return make_call("spl.bin_range", {value, size}, Type::String, where);
  }
  if (!span.snap.empty())
    return make_call("spl.relative_time", {value, make_string(span.snap, where)}, Type::Real, where);
  if (span.alignment == 0) return make_call("spl.bin_time", {value, size}, Type::Real, where);
  const ExprPtr from = make_literal(OwnedValue(Value::real(span.alignment)), Type::Real, where);
  const ExprPtr moved = make_call("spl.sub", {value, from}, Type::Real, where);
  return make_call("spl.add", {make_call("spl.bin_time", {moved, size}, Type::Real, where), from}, Type::Real, where);
}

bool Lowering::operator()(const BinCommand& command) {
  assign(command.as ? command.as->text : command.field.text, binned(command.field, command.span));
  return true;
}

// --- chart, timechart --------------------------------------------------------------------------------

namespace {

/// How long a span of time is that can be filled up; 0 where it has no fixed length.
uint64_t filled_span(const ChartCommand& command) {
  if (!command.fills || !command.span || !command.span->snap.empty() || command.span->size < 1) return 0;
  return static_cast<uint64_t>(command.span->size);
}

}  // namespace

bool Lowering::operator()(const ChartCommand& command) {
  if (command.row && command.span) assign(command.row->text, binned(*command.row, *command.span));
  if (command.series && command.series_span)
    assign(command.series->text, binned(*command.series, *command.series_span));
  span_ = command.time ? command.span->size : 0;
  const bool sound = command.series ? split_chart(command) : plain_chart(command);
  span_ = 0;
  return sound;
}

bool Lowering::split_chart(const ChartCommand& command) {
  Pivot pivot;
  pivot.span = filled_span(command);
  pivot.most = command.most;
  pivot.least = command.least;
  pivot.others = command.others;
  pivot.nulls = command.nulls;
  pivot.others_name = command.others_name;
  pivot.nulls_name = command.nulls_name;
  const auto items = expand_items(command.stats);
  if (!items) return false;
  for (const auto& [item, field_name, name] : *items) {
    Type type = Type::String;
    Result<Aggregate::Item> lowered = aggregate_item(*item, field_name, type);
    if (!lowered) return false;
    lowered->id = plan_->add_column(name, type);
    pivot.items.push_back(std::move(*lowered));
  }
  return push_pivot(std::move(pivot), *command.row, *command.series);
}

/// Without a split it is a stats by the row, with rows for empty spans of time.
bool Lowering::plain_chart(const ChartCommand& command) {
  std::vector<Word> by;
  if (command.row) by.push_back(*command.row);
  if (!aggregate(command.stats, by)) return false;
  const uint64_t span = filled_span(command);
  if (span == 0) return true;
  const ColumnId binned_time = column_of("_time", field(*command.row));
  const ColumnId all = plan_->add_column("_time", Type::Real);
  push(Gaps{all, binned_time, static_cast<int64_t>(span)});
  scope_.bind("_time", make_column(all, Type::Real), true);
  // An empty span counts nothing; other aggregates have no value there.
  for (const StatsCommand::Item& item : command.stats.items) {
    const std::string& function = item.function.text;
    const bool counts = function == "count" || function == "c" || function == "dc" || function == "distinct_count";
    if (!counts || item.sparkline) continue;
    const ExprPtr value = field({item.name, item.range, true});
    assign(item.name, make_call("spl.coalesce", {value, whole_number(0)}, Type::Long));
  }
  return true;
}

/// A field of which each value counts: rows of it, one for each.
ExprPtr Lowering::unnested(const Word& name) {
  ExprPtr value = field(name);
  if (value->type != Type::Many) return value;
  const ColumnId input = column_of(name.text, value);
  const ColumnId id = plan_->add_column(name.text, Type::String);
  push(Unnest{id, input, 0});
  value = make_column(id, Type::String, source_->span(name.range));
  scope_.bind(name.text, value, true);
  return value;
}

bool Lowering::push_pivot(Pivot pivot, const Word& row, const Word& series) {
  (void)unnested(row);
  const ExprPtr column = promote(unnested(series), Type::String);
  pivot.series = column_of(series.text, column);
  pivot.keys.push_back(aggregate_key(row));
  const ColumnId key = pivot.keys.front().id;
  push(std::move(pivot));
  const size_t node = plan_->nodes.size() - 1;
  scope_.clear();
  scope_.close();
  scope_.pivot();
  overlay([this, node](std::string_view name, ExprPtr before) { return pivot_column(node, name, std::move(before)); });
  scope_.bind(row.text, make_column(key, plan_->column(key).type), true);
  return true;
}

/// What a name means behind a pivot: a series, or "item: series" where there are several items.
ExprPtr Lowering::pivot_column(size_t node, std::string_view name, ExprPtr before) {
  if (name.starts_with('_')) return before;
  auto& pivot = std::get<Pivot>(plan_->nodes[node].op);
  for (size_t i = 0; i < pivot.items.size(); ++i) {
    std::string_view series = name;
    if (pivot.items.size() > 1) {
      const std::string prefix = plan_->column(pivot.items[i].id).name + ": ";
      if (!name.starts_with(prefix)) continue;
      series.remove_prefix(prefix.size());
    }
    const Type type = plan_->column(pivot.items[i].id).type;
    const auto known = std::find_if(pivot.columns.begin(), pivot.columns.end(), [&](const Pivot::Column& column) {
      return column.item == i && column.series == series;
    });
    if (known != pivot.columns.end()) return make_column(known->id, type);
    const ColumnId id = plan_->add_column(std::string(name), type);
    pivot.columns.push_back({id, i, std::string(series)});
    return make_column(id, type);
  }
  return before;
}

// --- xyseries, untable, transpose --------------------------------------------------------------------

bool Lowering::operator()(const XyseriesCommand& command) {
  Pivot pivot;
  pivot.ordered = false;
  pivot.nulls = false;
  for (const Word& name : command.values) {
    const ExprPtr value = field(name);
    const Type type = value->type;
    pivot.items.push_back({plan_->add_column(name.text, type), "spl.last", {value}, source_->span(name.range)});
  }
  return push_pivot(std::move(pivot), command.row, command.series);
}

/// A row for each of the fields that a row has: their names in one column, their values in another.
bool Lowering::unpivot(const std::vector<std::string>& names, const Word& name_column, const Word& value_column) {
  std::vector<ExprPtr> present;
  std::vector<ExprPtr> values;
  for (const std::string& name : names) {
    const ExprPtr value = field(named(name, command_));
    if (is_null_literal(value)) continue;
    const ExprPtr exists = make_call("spl.isnotnull", {value}, Type::Bool);
    present.push_back(
        make_call("spl.if", {exists, make_string(name), promote(null_literal(), Type::String)}, Type::String));
    values.push_back(value);
  }
  const ColumnId all =
      std::get<ColumnRef>(extend("names", make_call("spl.mvappend", std::move(present), Type::Many))->node).column;
  const ColumnId id = plan_->add_column(name_column.text, Type::String);
  push(Unnest{id, all, 0});
  const ExprPtr name = make_column(id, Type::String);
  push(Filter{make_call("spl.isnotnull", {name}, Type::Bool)});
  const Type type = common_type(values);
  std::vector<ExprPtr> choice;
  size_t at = 0;
  for (const std::string& each : names) {
    if (at >= values.size()) break;
    const ExprPtr value = field(named(each, command_));
    if (is_null_literal(value)) continue;
    choice.push_back(make_call("spl.eq", {name, make_string(each)}, Type::Bool));
    choice.push_back(promote(values[at++], type));
  }
  const ExprPtr value = extend(value_column.text, make_call("spl.case", std::move(choice), type));
  scope_.bind(name_column.text, name, true);
  scope_.bind(value_column.text, value, true);
  return true;
}

bool Lowering::operator()(const UntableCommand& command) {
  if (scope_.unnamed()) return refuse_open_wildcard({"*", command_, false});
  const ExprPtr row = field(command.row);
  std::vector<std::string> names = shown_names();
  std::erase_if(names, [&](const std::string& name) { return name == command.row.text || name.starts_with('_'); });
  if (names.empty()) return keep({command.row}, false);
  if (!unpivot(names, command.series, command.value)) return false;
  scope_.bind(command.row.text, row, true);
  return keep({command.row, command.series, command.value}, false);
}

bool Lowering::operator()(const TransposeCommand& command) {
  if (scope_.unnamed()) return refuse_open_wildcard({"*", command_, false});
  if (command.most != 0) push(Limit{command.most});
  const Word header{"the rows' names", command_, true};
  if (command.header) {
    scope_.bind(header.text, promote(field(*command.header), Type::String), true);
  } else {
    const ExprPtr row = make_call("spl.to_text", {row_number()}, Type::String);
    assign(header.text, make_call("spl.concat", {make_string("row "), row}, Type::String));
  }
  std::vector<std::string> names = shown_names();
  std::erase_if(names, [&](const std::string& name) {
    return name == header.text || name.starts_with('_') || (command.header && name == command.header->text);
  });
  const Word column = named(command.column, command_);
  const Word value{"the rows' values", command_, true};
  if (names.empty()) return keep({column}, false);
  if (!unpivot(names, column, value)) return false;
  return (*this)(XyseriesCommand{column, header, {value}});
}

// --- makecontinuous ----------------------------------------------------------------------------------

bool Lowering::operator()(const MakecontinuousCommand& command) {
  const bool fixed = command.span.snap.empty() && command.span.size >= 1;
  if (command.field.text != "_time" || !fixed) {
    source_->report(kUnsupportedOption, command.field.range,
                    "`makecontinuous` is supported of _time and by spans of seconds, minutes, hours, days or weeks");
    return false;
  }
  assign("_time", binned(command.field, command.span));
  const ColumnId time = column_of("_time", field(command.field));
  const ColumnId all = plan_->add_column("_time", Type::Real);
  push(Gaps{all, time, static_cast<int64_t>(command.span.size)});
  scope_.bind("_time", make_column(all, Type::Real), true);
  return true;
}

}  // namespace hecate::spl
