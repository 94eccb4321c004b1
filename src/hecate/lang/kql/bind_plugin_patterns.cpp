#include <fmt/format.h>

#include <algorithm>

#include "lang/kql/binder.h"

// Patterns: what values rows share. https://learn.microsoft.com/kusto/query/basket-plugin, autocluster-plugin,
// diffpatterns-plugin. Rows that are equal become one with a weight, all of them go through one function
// (exec/functions/kql_patterns.cpp), and what it finds are rows again.
namespace hecate::kql {

struct Binder::PatternOptions {
  std::string split;   // diffpatterns: the column, and the values of either side
  std::string weight;  // a column; empty: each row counts as one
  ExprPtr degree;      // the threshold, or the weight of the size
  ExprPtr most;        // dimensions, or seeds
  std::vector<ExprPtr> wildcards = {};
};

namespace {

/// The value that says: the default.
bool is_tilde(const ast::Expression& expression) {
  const auto* constant = std::get_if<ast::Constant>(&expression.node);
  return constant != nullptr && constant->type == Type::String && value_text(constant->value.get()) == "~";
}

}  // namespace

bool Binder::bind_pattern_options(const ast::Invocation& call, size_t first, PatternOptions& out) {
  const bool diff = call.function == "diffpatterns";
  const auto refuse = [&](size_t i, std::string_view what) {
    sink_.report(kArgumentType, call.arguments[i].value->span,
                 fmt::format("argument {} of `{}` must be {}, or \"~\" for the default", i + 1, call.function, what));
    return false;
  };
  const size_t weight = diff ? first : first + 1;
  const size_t degree = diff ? first + 1 : first;
  for (size_t i = first; i < call.arguments.size(); ++i) {
    const ast::Expression& written = *call.arguments[i].value;
    if (is_tilde(written)) continue;
    if (i == weight) {
      const auto* name = std::get_if<ast::Name>(&written.node);
      const Column* column = name == nullptr ? nullptr : own_column(name->text);
      if (column == nullptr || !is_number(column->type)) return refuse(i, "a column of numbers");
      out.weight = name->text;
      continue;
    }
    ExprPtr value = bind(written);
    if (!value) return false;
    const auto* literal = std::get_if<Literal>(&value->node);
    if (i > first + 2) {
      if (literal == nullptr) return refuse(i, "a constant");
      out.wildcards.push_back(std::move(value));
      continue;
    }
    const double number = literal != nullptr && is_number(value->type) ? literal->value.get().as_real() : -1;
    if (i == degree) {
      if (number < 0 || number > 1) return refuse(i, "a number from 0 to 1");
      out.degree = converted(std::move(value), Type::Real, written.span);
    } else {
      if (number < 1) return refuse(i, "a whole number above zero");
      out.most = converted(std::move(value), Type::Long, written.span);
    }
  }
  return true;
}

void Binder::bind_patterns(const ast::Evaluate& /*evaluate*/, const ast::Invocation& call, Span span) {
  const bool diff = call.function == "diffpatterns";
  if (within_rows(call)) return;
  PatternOptions options;
  const auto number = [&](double value) { return make_literal(OwnedValue(Value::real(value)), Type::Real, span); };
  const auto whole = [&](int64_t value) { return make_literal(OwnedValue(Value::integer(value)), Type::Long, span); };
  options.degree = number(call.function == "autocluster" ? 0.5 : 0.05);
  options.most = whole(diff ? 64 : call.function == "basket" ? 5 : 25);
  const size_t first = diff ? 3 : 0;
  relation_.whole_event = false;
  const auto give_up = [&] { relation_.open = true; };
  if (!check_arity(call.function, static_cast<int>(first), -1, call.arguments.size(), span) ||
      !bind_pattern_options(call, first, options))
    return give_up();
  std::vector<Extend::Column> pending;
  std::vector<ExprPtr> packed;
  Aggregate alike;
  const auto group_by = [&](ExprPtr value, std::string name) {
    const Type type = value->type;
    const auto input = column_of(std::move(value), name, pending);
    const ColumnId key = plan_.add_column(std::move(name), type);
    alike.keys.push_back({key, *input->id, span});
    packed.push_back(make_column(key, type, span));
  };
  ExprPtr side = whole(0);
  if (diff) {
    const auto* name = std::get_if<ast::Name>(&call.arguments[0].value->node);
    ExprPtr split = bind(*call.arguments[0].value);
    ExprPtr one = bind(*call.arguments[1].value);
    ExprPtr other = bind(*call.arguments[2].value);
    if (!split || !one || !other) return give_up();
    if (name != nullptr) options.split = name->text;
    for (ExprPtr* text : {&split, &one, &other}) *text = converted(std::move(*text), Type::String, span);
    const auto is = [&](const ExprPtr& value) { return make_call("kql.eq", {split, value}, Type::Bool, span); };
    add_node(Filter{make_or({is(one), is(other)})}, span);
    side = make_call("kql.iff", {is(one), whole(0), whole(1)}, Type::Long, span);
  }
  group_by(std::move(side), "side");
  ExprPtr weight = whole(1);
  if (Column* column = options.weight.empty() ? nullptr : own_column(options.weight)) weight = read(*column, span);
  std::vector<Column> columns;
  for (Column& column : relation_.columns) {
    if (column.broken || column.bag || column.name == options.split || column.name == options.weight) continue;
    ExprPtr value = read(column, span);
    if (value->type == Type::Dynamic) value = converted(std::move(value), Type::String, span);
    columns.push_back({column.name, value->type});
    group_by(std::move(value), column.name);
  }
  flush(pending, span);
  const ColumnId weights = plan_.add_column("weight", Type::Real);
  alike.items.push_back({weights, "kql.sum", {converted(std::move(weight), Type::Real, span)}, span});
  add_node(std::move(alike), span);
  packed.insert(packed.begin(), make_column(weights, Type::Real, span));
  const auto row = column_of(make_call("kql.pack_array", std::move(packed), Type::Dynamic, span), "row", pending);
  flush(pending, span);
  const ColumnId rows = plan_.add_column("rows", Type::Dynamic);
  Aggregate all;
  all.items.push_back({rows, "kql.list_rows", {make_column(*row->id, Type::Dynamic, span), whole(1'048'576)}, span});
  add_node(std::move(all), span);
  const auto found = column_of(make_call("kql.plugin_patterns",
                                         {make_column(rows, Type::Dynamic, span), make_string(call.function, span),
                                          options.degree, options.most},
                                         Type::Dynamic, span),
                               "patterns", pending);
  flush(pending, span);
  show_patterns(*found->id, std::move(columns), options, diff, span);
}

/// Each pattern is an array: numbers, then a value for each column, or null.
void Binder::show_patterns(ColumnId found, std::vector<Column> columns, const PatternOptions& options, bool diff,
                           Span span) {
  Expand expand;
  const ColumnId pattern = plan_.add_column("pattern", Type::Dynamic);
  const ColumnId segment = plan_.add_column("SegmentId", Type::Long);
  expand.columns.push_back({pattern, found});
  expand.index = segment;
  add_node(std::move(expand), span);
  std::vector<Extend::Column> pending;
  std::vector<Column> output{{"SegmentId", Type::Long, segment}};
  int64_t place = 0;
  const auto next = [&] {
    return make_call(
        "kql.element",
        {make_column(pattern, Type::Dynamic, span), make_literal(OwnedValue(Value::integer(place++)), Type::Long)},
        Type::Dynamic, span);
  };
  const auto figure = [&](std::string_view name, Type type) {
    output.push_back(*column_of(converted(next(), type, span), std::string(name), pending));
  };
  if (diff) {
    figure("CountA", Type::Long);
    figure("CountB", Type::Long);
    for (const std::string_view name : {"PercentA", "PercentB", "PercentDiffAB"}) figure(name, Type::Real);
  } else {
    figure("Count", Type::Long);
    figure("Percent", Type::Real);
  }
  for (const Column& column : columns) {
    ExprPtr wildcard = null_of(column.type, span);
    for (const ExprPtr& given : options.wildcards) {
      if (given->type == column.type) wildcard = given;
    }
    const ExprPtr value = next();
    ExprPtr shown = make_call(
        "kql.iff",
        {make_call("kql.isnull", {value}, Type::Bool, span), std::move(wildcard), converted(value, column.type, span)},
        column.type, span);
    output.push_back(*column_of(std::move(shown), unique_name(column.name, output), pending));
  }
  flush(pending, span);
  relation_.columns = std::move(output);
  relation_.inferred = relation_.listed = false;
}

}  // namespace hecate::kql
