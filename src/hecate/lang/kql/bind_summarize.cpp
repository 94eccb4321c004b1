#include <fmt/format.h>

#include <algorithm>

#include "lang/kql/binder.h"
#include "lang/kql/codes.h"

namespace hecate::kql {
namespace {

const AggregateInfo* aggregate_of(const ast::Assignment& assignment) {
  const auto* call = std::get_if<ast::Invocation>(&assignment.value->node);
  return call == nullptr ? nullptr : find_aggregate(call->function);
}

/// arg_max, take_any and percentiles give several columns when they stand alone.
bool gives_columns(const AggregateInfo* info) {
  return info != nullptr && (info->kind == AggregateKind::Arg || info->kind == AggregateKind::TakeAny ||
                             info->kind == AggregateKind::Percentiles);
}

/// A rank as it stands in a column's name: 99.9 is 99_9.
std::string rank_name(std::string rank) {
  std::replace(rank.begin(), rank.end(), '.', '_');
  return rank;
}

bool fits(Operand operand, Type type) {
  switch (operand) {
    case Operand::Any: return true;
    case Operand::Number: return is_number(type) || type == Type::Timespan;
    case Operand::Summable: return is_number(type) || type == Type::Timespan || type == Type::Datetime;
    case Operand::Ordered: return type != Type::Dynamic;
    case Operand::Whole: return type == Type::Long;
    case Operand::Dynamic: return type == Type::Dynamic;
    case Operand::Scalar: return type != Type::Dynamic;
  }
  return false;
}
std::string_view name_of(Operand operand) {
  switch (operand) {
    case Operand::Any: return "a value";
    case Operand::Number: return "a number";
    case Operand::Summable: return "a number, timespan or datetime";
    case Operand::Ordered: return "a number, time or string";
    case Operand::Whole: return "a long";
    case Operand::Dynamic: return "a dynamic value";
    case Operand::Scalar: return "a value that is not dynamic";
  }
  return "";
}

}  // namespace

void Binder::bind(const ast::Summarize& summarize, Span span) {
  Aggregation aggregation;
  std::vector<Column> output;
  unnamed_ = 0;
  bind_keys(summarize.by, aggregation, output, span);
  std::vector<Extend::Column> after;
  aggregation_ = &aggregation;
  bool whole = false;
  for (const ast::Assignment& assignment : summarize.aggregates) {
    bind_item(assignment, aggregation, output, after);
    if (const auto* call = std::get_if<ast::Invocation>(&assignment.value->node)) {
      whole |= std::any_of(call->arguments.begin(), call->arguments.end(), [](const ast::Argument& argument) {
        return std::holds_alternative<ast::Star>(argument.value->node);
      });
    }
  }
  aggregation_ = nullptr;
  carry_context(aggregation.aggregate, span);
  add_node(std::move(aggregation.aggregate), span);
  flush(after, span);
  relation_.columns = std::move(output);
  // arg_max(x, *) keeps columns that nothing is known of.
  relation_.inferred &= whole;
  relation_.listed &= whole;
}

void Binder::bind_keys(const std::vector<ast::Assignment>& by, Aggregation& aggregation, std::vector<Column>& output,
                       Span span) {
  std::vector<Extend::Column> pending;
  for (const ast::Assignment& assignment : by) {
    std::string name = column_name(assignment, output);
    if (aggregate_of(assignment) != nullptr) {
      sink_.report(kAggregateHere, assignment.value->span, "an aggregate cannot be grouped by");
      continue;
    }
    ExprPtr value = bind(*assignment.value);
    if (value && is_uncertain(*value)) value = converted(std::move(value), Type::String, assignment.value->span);
    std::optional<Column> column;
    if (value) {
      column = column_of(std::move(value), name, pending);
    } else {
      column = Column{name, Type::Dynamic};
      column->broken = true;
    }
    if (!column->broken) {
      const ColumnId input = *column->id;
      if (column->type == Type::Dynamic) {
        sink_.report(kArgumentType, assignment.value->span, "rows cannot be grouped by a dynamic value",
                     "convert it with tostring()");
      }
      column->id = plan_.add_column(name, column->type);
      if (const auto rule = column_rules_.find(input); rule != column_rules_.end())
        column_rules_[*column->id] = rule->second;
      aggregation.aggregate.keys.push_back({*column->id, input, assignment.value->span});
    }
    output.push_back(std::move(*column));
  }
  flush(pending, span);
}

std::string Binder::aggregate_name(const ast::Assignment& assignment) {
  const AggregateInfo* info = aggregate_of(assignment);
  if (info == nullptr) {
    std::string name = automatic_name(*assignment.value);
    return name.empty() ? fmt::format("Column{}", ++unnamed_) : name;
  }
  const auto& arguments = std::get<ast::Invocation>(assignment.value->node).arguments;
  std::string name(info->prefix);
  if (!arguments.empty() && info->name != "countif") name += automatic_name(arguments.front());
  if (info->kind == AggregateKind::Percentile && !arguments.empty()) {
    if (const auto* rank = std::get_if<ast::Constant>(&arguments.back().value->node))
      name += "_" + rank_name(value_text(rank->value.get()));
  }
  return name;
}

void Binder::bind_item(const ast::Assignment& assignment, Aggregation& aggregation, std::vector<Column>& output,
                       std::vector<Extend::Column>& after) {
  const bool several = gives_columns(aggregate_of(assignment));
  if (assignment.names.size() > 1 && !several) {
    sink_.report(kUnsupported, assignment.name_span, "assigning several columns at once is not supported");
    return;
  }
  aggregation.extra_names.clear();
  aggregation.extra_ids.clear();
  ExprPtr value = bind(*assignment.value);
  if (!value) {
    const bool named = !assignment.names.empty();
    Column broken{named ? assignment.names.front() : aggregate_name(assignment), Type::Dynamic};
    broken.broken = true;
    output.push_back(std::move(broken));
    return;
  }
  if (several) {
    for (size_t i = 0; i < aggregation.extra_ids.size(); ++i) {
      const bool named = i < assignment.names.size();
      std::string name = named ? assignment.names[i] : unique_name(aggregation.extra_names[i], output);
      const ColumnId id = aggregation.extra_ids[i];
      output.push_back({std::move(name), plan_.column(id).type, id});
    }
    return;
  }
  std::string name =
      assignment.names.empty() ? unique_name(aggregate_name(assignment), output) : assignment.names.front();
  if (!assignment.names.empty() && unique_name(name, output) != name) {
    sink_.report(kDuplicateName, assignment.name_span, fmt::format("the column `{}` is given twice", name));
  }
  if (const auto* ref = std::get_if<ColumnRef>(&value->node))
    plan_.columns[static_cast<size_t>(ref->column)].name = name;
  if (auto column = column_of(std::move(value), std::move(name), after)) output.push_back(std::move(*column));
}

ExprPtr Binder::add_item(const AggregateInfo& info, std::vector<ExprPtr> arguments, Type type, std::string name,
                         Span span) {
  const ColumnId id = plan_.add_column(std::move(name), type);
  if (type == Type::Dynamic && !arguments.empty() && is_uncertain(*arguments.front())) uncertain_.insert(id);
  aggregation_->aggregate.items.push_back({id, std::string(info.lowered), std::move(arguments), span});
  return make_column(id, type, span);
}

ExprPtr Binder::bind_aggregate(const AggregateInfo& info, const ast::Invocation& node, Span span) {
  if (aggregation_ == nullptr || in_aggregate_) {
    sink_.report(kAggregateHere, span,
                 fmt::format("the aggregate `{}` stands {}", info.name,
                             in_aggregate_ ? "inside of another" : "outside of `summarize`"));
    return nullptr;
  }
  if (!check_arity(info.name, info.min_arguments, info.max_arguments, node.arguments.size(), span)) return nullptr;
  if (info.kind == AggregateKind::Arg) return bind_arg(info, node, span);
  if (info.kind == AggregateKind::TakeAny) return bind_take_any(info, node, span);
  in_aggregate_ = true;
  std::vector<ExprPtr> arguments;
  bool failed = false;
  for (const ast::Argument& argument : node.arguments) {
    arguments.push_back(bind(*argument.value));
    failed |= arguments.back() == nullptr;
  }
  in_aggregate_ = false;
  if (failed) return nullptr;
  // count(x) counts all rows, unless x is a condition.
  if ((info.name == "count" || info.name == "cnt") && !arguments.empty()) {
    const bool condition = arguments.front()->type == Type::Bool;
    const AggregateInfo& meant = condition ? *find_aggregate("countif") : info;
    if (!condition) arguments.clear();
    return add_item(meant, std::move(arguments), Type::Long, std::string(info.name), span);
  }
  if (!check_aggregate_types(info, node, arguments)) return nullptr;
  if (info.kind == AggregateKind::Percentiles || info.kind == AggregateKind::Ranks)
    return bind_percentiles(info, node, std::move(arguments), span);
  Type type = Type::Long;
  if (info.type == AggregateType::Dynamic) type = Type::Dynamic;
  if (info.type == AggregateType::Real) type = Type::Real;
  if (info.type == AggregateType::First || info.type == AggregateType::Sum) type = arguments.front()->type;
  if (info.type == AggregateType::Average)
    type = is_number(arguments.front()->type) ? Type::Real : arguments.front()->type;
  return add_item(info, std::move(arguments), type, std::string(info.name), span);
}

bool Binder::check_aggregate_types(const AggregateInfo& info, const ast::Invocation& node,
                                   std::vector<ExprPtr>& arguments) {
  const auto refuse = [&](size_t index, std::string_view wanted, std::string hint) {
    sink_.report(kArgumentType, node.arguments[index].value->span,
                 fmt::format("argument {} of `{}` must be {}, and {}", index + 1, info.name, wanted,
                             describe(*arguments[index], plan_)),
                 std::move(hint));
    return false;
  };
  const auto constant_number = [&](size_t index) {
    const auto* literal = std::get_if<Literal>(&arguments[index]->node);
    return literal != nullptr && is_number(arguments[index]->type);
  };
  const auto values = static_cast<size_t>(info.values);
  for (size_t i = 0; i < values; ++i) {
    if (is_uncertain(*arguments[i])) {
      if (info.operand == Operand::Number || info.operand == Operand::Summable)
        arguments[i] = converted(arguments[i], Type::Real, arguments[i]->span);
      if (info.operand == Operand::Whole) arguments[i] = converted(arguments[i], Type::Long, arguments[i]->span);
      continue;
    }
    if (fits(info.operand, arguments[i]->type)) continue;
    const bool number = info.operand != Operand::Ordered && info.operand != Operand::Scalar;
    return refuse(i, name_of(info.operand),
                  info.operand == Operand::Dynamic ? "read it as JSON with parse_json()"
                  : number                         ? "convert it with tolong() or toreal()"
                                                   : "convert it with tostring() or tolong()");
  }
  if (info.filtered && arguments[values]->type == Type::Dynamic) {
    arguments[values] = make_call("kql.tobool", {arguments[values]}, Type::Bool, arguments[values]->span);
  }
  if (info.filtered && arguments[values]->type != Type::Bool) return refuse(values, "a bool", "");
  const size_t more = values + (info.filtered ? 1 : 0);
  if (info.kind == AggregateKind::Percentile && !constant_number(more)) return refuse(more, "a constant number", "");
  if (info.kind == AggregateKind::Collect) {
    if (arguments.size() == more)
      arguments.push_back(make_literal(OwnedValue(Value::integer(info.default_limit)), Type::Long));
    if (!constant_number(more)) return refuse(more, "a constant number", "");
    // The predicate stands last.
    if (info.filtered) std::swap(arguments[values], arguments[more]);
    return true;
  }
  // How well Kusto estimates is of no use here: Hecate counts exactly.
  if (info.kind == AggregateKind::Plain) arguments.resize(std::min(arguments.size(), more));
  return true;
}

/// Constants, or one constant array of numbers.
std::optional<std::vector<double>> Binder::bind_ranks(const AggregateInfo& info,
                                                      const std::vector<ExprPtr>& arguments) {
  std::vector<double> ranks;
  for (size_t i = static_cast<size_t>(info.values); i < arguments.size(); ++i) {
    const auto* literal = std::get_if<Literal>(&arguments[i]->node);
    const auto texts =
        literal != nullptr && arguments[i]->type == Type::Dynamic ? constant_texts(*arguments[i]) : std::nullopt;
    if (literal != nullptr && is_number(arguments[i]->type)) {
      ranks.push_back(literal->value.get().as_real());
    } else if (texts && info.kind == AggregateKind::Ranks) {
      for (const std::string& text : *texts) ranks.push_back(std::strtod(text.c_str(), nullptr));
    } else {
      sink_.report(kNotConstant, arguments[i]->span,
                   fmt::format("argument {} of `{}` must be a constant number", i + 1, info.name));
      return std::nullopt;
    }
  }
  return ranks;
}

ExprPtr Binder::bind_percentiles(const AggregateInfo& info, const ast::Invocation& node, std::vector<ExprPtr> arguments,
                                 Span span) {
  constexpr size_t kMost = 1'000;
  const auto ranks = bind_ranks(info, arguments);
  if (!ranks) return nullptr;
  if (ranks->empty() || ranks->size() > kMost) {
    sink_.report(kArity, span, fmt::format("`{}` takes 1 to {} percentiles", info.name, kMost));
    return nullptr;
  }
  const Type type = arguments.front()->type;
  const auto literal = [](double rank) { return make_literal(OwnedValue(Value::real(rank)), Type::Real); };
  arguments.resize(static_cast<size_t>(info.values));
  if (info.kind == AggregateKind::Ranks) {
    for (const double rank : *ranks) arguments.push_back(literal(rank));
    return add_item(info, std::move(arguments), Type::Dynamic, std::string(info.name), span);
  }
  ExprPtr first;
  for (const double rank : *ranks) {
    std::vector<ExprPtr> each = arguments;
    each.push_back(literal(rank));
    std::string name =
        std::string(info.prefix) + automatic_name(node.arguments.front()) + "_" + rank_name(number_text(rank));
    ExprPtr item = add_item(info, std::move(each), type, name, span);
    aggregation_->extra_names.push_back(std::move(name));
    aggregation_->extra_ids.push_back(std::get<ColumnRef>(item->node).column);
    if (!first) first = std::move(item);
  }
  return first;
}

/// arg_max(order, a, b): one item for each column it gives; the first is the order itself. The names of the
/// columns are kept (arg-max-aggregation-function).
ExprPtr Binder::bind_arg(const AggregateInfo& info, const ast::Invocation& node, Span span) {
  in_aggregate_ = true;
  const ExprPtr order = bind(*node.arguments.front().value);
  std::vector<std::pair<std::string, ExprPtr>> values;
  if (!order) {
    in_aggregate_ = false;
    return nullptr;
  }
  bool failed = false;
  const auto add = [&](std::string name, ExprPtr value) {
    failed |= value == nullptr;
    values.emplace_back(std::move(name), std::move(value));
  };
  add(automatic_name(node.arguments.front()), order);
  const bool old = !info.prefix.empty();  // argmax: max_x, max_x_y
  const std::string base = values.front().first;
  if (old || base.empty())
    values.front().first = fmt::format("{}_{}", info.lowered.ends_with("max") ? "max" : "min", base);
  for (size_t i = 1; i < node.arguments.size(); ++i) {
    const ast::Expression& argument = *node.arguments[i].value;
    if (!std::holds_alternative<ast::Star>(argument.node)) {
      std::string name = automatic_name(node.arguments[i]);
      add(name.empty() ? fmt::format("Column{}", ++unnamed_) : std::move(name), bind(argument));
      continue;
    }
    for (Column& column : relation_.columns) {
      if (column.broken) continue;
      const ColumnId id = id_of(column);
      const auto is_key = [&](const Aggregate::Key& key) { return key.input == id; };
      const auto& keys = aggregation_->aggregate.keys;
      if (std::any_of(keys.begin(), keys.end(), is_key) || column.name == base) continue;
      add(column.name, make_column(id, column.type, argument.span));
    }
  }
  in_aggregate_ = false;
  if (failed) return nullptr;
  if (order->type == Type::Dynamic && !is_uncertain(*order)) {
    sink_.report(kArgumentType, order->span, fmt::format("`{}` cannot order a dynamic value", info.name),
                 "convert it with tostring() or tolong()");
    return nullptr;
  }
  ExprPtr first;
  for (auto& [name, value] : values) {
    const Type type = value->type;
    ExprPtr item = add_item(info, {std::move(value), order}, type, name, span);
    const bool ordered = aggregation_->extra_names.empty() || !old;
    aggregation_->extra_names.push_back(ordered ? name : fmt::format("{}_{}", values.front().first, name));
    aggregation_->extra_ids.push_back(std::get<ColumnRef>(item->node).column);
    if (!first) first = std::move(item);
  }
  return first;
}

ExprPtr Binder::bind_take_any(const AggregateInfo& info, const ast::Invocation& node, Span span) {
  ExprPtr first;
  // Several columns are those of one row; of one column any value will do that is not empty.
  const bool several = node.arguments.size() > 1 || std::holds_alternative<ast::Star>(node.arguments[0].value->node);
  AggregateInfo lowered = info;
  if (several) lowered.lowered = "kql.take_row";
  const auto add = [&](std::string name, ExprPtr value) {
    if (!value) return false;
    const Type type = value->type;
    ExprPtr item = add_item(lowered, {std::move(value)}, type, name, span);
    aggregation_->extra_names.push_back(std::string(info.prefix) + name);
    aggregation_->extra_ids.push_back(std::get<ColumnRef>(item->node).column);
    if (!first) first = std::move(item);
    return true;
  };
  bool good = true;
  in_aggregate_ = true;
  for (const ast::Argument& argument : node.arguments) {
    if (std::holds_alternative<ast::Star>(argument.value->node)) {
      for (Column& column : relation_.columns) {
        if (column.broken) continue;
        const ColumnId id = id_of(column);
        const auto& keys = aggregation_->aggregate.keys;
        if (std::any_of(keys.begin(), keys.end(), [&](const Aggregate::Key& key) { return key.input == id; })) continue;
        good &= add(column.name, make_column(id, column.type, argument.value->span));
      }
    } else {
      std::string name = automatic_name(argument);
      good &= add(name.empty() ? fmt::format("Column{}", ++unnamed_) : std::move(name), bind(*argument.value));
    }
  }
  in_aggregate_ = false;
  return good ? first : nullptr;
}

}  // namespace hecate::kql
