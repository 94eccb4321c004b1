#include <fmt/format.h>

#include <algorithm>

#include "lang/kql/binder.h"

// https://learn.microsoft.com/kusto/query/rows-near-plugin, preview-plugin, dcount-intersect-plugin,
// sequence-detect-plugin
namespace hecate::kql {
namespace {

/// Inputs, too: two plans may not share one, for filters are moved into it.
Plan copy_of(const Plan& plan) {
  Plan copy = plan;
  for (PlanInput& input : copy.inputs) input.plan = std::make_shared<Plan>(copy_of(*input.plan));
  return copy;
}

ExprPtr number(int64_t value, Span span) { return make_literal(OwnedValue(Value::integer(value)), Type::Long, span); }

}  // namespace

/// Within mv-apply and partition a query is run for each value at once, which what sees all rows cannot be.
bool Binder::within_rows(const ast::Invocation& call) {
  if (relation_.partition.empty()) return false;
  refuse_operator(fmt::format("evaluate {}", call.function), call.name_span, "not within mv-apply or partition");
  return true;
}

void Binder::bind_identity(const ast::Evaluate& /*evaluate*/, const ast::Invocation& call, Span span) {
  static_cast<void>(check_arity(call.function, 0, 0, call.arguments.size(), span));
}

/// rows_near(condition, before [, behind]): conditions are counted along the rows, and the count moves within the rows
/// around each that is kept.
void Binder::bind_rows_near(const ast::Evaluate& /*evaluate*/, const ast::Invocation& call, Span span) {
  if (!check_arity(call.function, 2, 3, call.arguments.size(), span)) return;
  ExprPtr condition = bind_as_bool(*call.arguments[0].value, "`rows_near`");
  const auto before = constant_count(*call.arguments[1].value);
  const auto behind = call.arguments.size() == 3 ? constant_count(*call.arguments[2].value) : before;
  constexpr int64_t kMost = 1'000'000'000;
  if (!condition || !before || !behind) return;
  std::vector<Extend::Column> pending;
  const auto hit = column_of(
      make_call("kql.iff", {std::move(condition), number(1, span), number(0, span)}, Type::Long, span), "hit", pending);
  flush(pending, span);
  const auto hits = plan_.add_column("hits", Type::Long);
  const auto total = plan_.add_column("total", Type::Long);
  const ExprPtr own = make_column(*hit->id, Type::Long, span);
  Window all;
  all.keys = relation_.partition;
  all.items.push_back({total, "kql.sum", {own}, span});
  add_node(std::move(all), span);
  const auto along = [&](ColumnId id, std::string function, std::vector<ExprPtr> arguments) {
    RowFunctions functions;
    functions.keys = relation_.partition;
    functions.items.push_back({id, std::move(function), std::move(arguments), span});
    add_node(std::move(functions), span);
    return make_column(id, Type::Long, span);
  };
  const ExprPtr count = along(hits, "kql.row_cumsum", {own, make_bool(false, span)});
  const ExprPtr last = along(plan_.add_column("until", Type::Long), "kql.next",
                             {count, number(std::min(*before, kMost), span), make_column(total, Type::Long, span)});
  const ExprPtr first = along(plan_.add_column("since", Type::Long), "kql.prev",
                              {count, number(std::min(*behind, kMost) + 1, span), number(0, span)});
  add_node(Filter{make_call("kql.gt", {last, first}, Type::Bool, span)}, span);
}

/// Kusto gives two results, the first rows and how many there are; here they are one, as a union's.
void Binder::bind_preview(const ast::Evaluate& /*evaluate*/, const ast::Invocation& call, Span span) {
  if (!check_arity(call.function, 1, 1, call.arguments.size(), span)) return;
  const auto rows = constant_count(*call.arguments.front().value);
  if (!rows || within_rows(call)) return;
  Building given = finish_building();
  Building again = given;
  again.plan = copy_of(given.plan);
  const auto read = [&](Building building, const auto& then) {
    return bind_apart([&] {
      std::vector<Leg> legs;
      legs.push_back({add_input(std::move(building), call.function, span), {}});
      unite(std::move(legs), false, "", span);
      then();
    });
  };
  Building first = read(std::move(given), [&] { add_node(Limit{static_cast<uint64_t>(*rows)}, span); });
  Building count = read(std::move(again), [&] { bind(ast::Count{}, span); });
  begin_plan();
  std::vector<Leg> legs;
  legs.push_back({add_input(std::move(first), call.function, span), {}});
  legs.push_back({add_input(std::move(count), call.function, span), {}});
  unite(std::move(legs), false, "", span);
}

/// s0 is the number of the first set, s1 of what it and the second have in common, and so on.
void Binder::bind_dcount_intersect(const ast::Evaluate& /*evaluate*/, const ast::Invocation& call, Span span) {
  if (!check_arity(call.function, 2, 16, call.arguments.size(), span)) return;
  std::vector<Extend::Column> pending;
  std::vector<Column> counts;
  ExprPtr common;
  for (const ast::Argument& argument : call.arguments) {
    ExprPtr set = bind(*argument.value);
    if (!set) continue;
    if (set->type != Type::Dynamic) {
      sink_.report(kArgumentType, set->span,
                   fmt::format("dcount_intersect takes results of hll(), and {}", describe(*set, plan_)));
      continue;
    }
    common = common ? make_call("kql.set_intersect", {common, std::move(set)}, Type::Dynamic, span) : std::move(set);
    counts.push_back(*column_of(make_call("kql.array_length", {common}, Type::Long, span),
                                fmt::format("s{}", counts.size()), pending));
  }
  flush(pending, span);
  for (Column& column : counts) add_column(std::move(column));
}

/// sequence_detect(time, step, span, conditions…, dimensions…): all rows of each dimension in order of time, with a bit
/// for each condition that is true, go through one function.
void Binder::bind_sequence_detect(const ast::Evaluate& /*evaluate*/, const ast::Invocation& call, Span span) {
  constexpr size_t kMostSteps = 32;
  if (!check_arity(call.function, 4, -1, call.arguments.size(), span)) return;
  std::vector<Extend::Column> pending;
  std::vector<Column> columns;
  const auto refuse = [&](const ast::Argument& argument, std::string message) {
    sink_.report(kArgumentType, argument.value->span, std::move(message));
    relation_.open = true;
  };
  ExprPtr time = bind(*call.arguments[0].value);
  if (!time) return;
  if (is_uncertain(*time)) time = converted(std::move(time), Type::Datetime, span);
  const Type timeline = time->type;
  if (timeline != Type::Datetime && timeline != Type::Timespan && timeline != Type::Long)
    return refuse(call.arguments[0],
                  fmt::format("the timeline must be a datetime, timespan or long, and {}", describe(*time, plan_)));
  const std::string time_name = automatic_name(*call.arguments[0].value);
  columns.push_back(*column_of(std::move(time), "__time", pending));
  const auto names = new_scope({});
  names->outer = names_;
  for (size_t i = 1; i < 3; ++i) {
    ExprPtr length = bind(*call.arguments[i].value);
    if (!length) return;
    if (length->type != (timeline == Type::Long ? Type::Long : Type::Timespan))
      return refuse(call.arguments[i],
                    "the longest step and span are lengths of time, as 1h, or longs where the timeline is one");
    Binding binding;
    binding.bound = true;
    binding.value = std::move(length);
    names->bindings.emplace(i == 1 ? "__step" : "__span", std::move(binding));
  }
  std::vector<std::string> steps;
  std::vector<std::string> dimensions;
  ExprPtr mask = number(0, span);
  for (size_t i = 3; i < call.arguments.size(); ++i) {
    const ast::Argument& argument = call.arguments[i];
    ExprPtr value = bind(*argument.value);
    if (!value) return;
    std::string name = argument.name.empty() ? automatic_name(*argument.value) : argument.name;
    if (value->type == Type::Bool && dimensions.empty()) {
      if (steps.size() == kMostSteps)
        return refuse(argument, fmt::format("a sequence has at most {} steps", kMostSteps));
      ExprPtr bit = make_call("kql.iff", {std::move(value), number(int64_t{1} << steps.size(), span), number(0, span)},
                              Type::Long, span);
      mask = make_call("kql.add", {std::move(mask), std::move(bit)}, Type::Long, span);
      steps.push_back(name.empty() ? fmt::format("Expr{}", steps.size() + 1) : std::move(name));
      continue;
    }
    if (is_uncertain(*value)) value = converted(std::move(value), Type::String, span);
    columns.push_back(*column_of(std::move(value), fmt::format("__d{}", dimensions.size()), pending));
    dimensions.push_back(name.empty() ? fmt::format("Column{}", dimensions.size() + 1) : std::move(name));
  }
  if (steps.empty()) return refuse(call.arguments[3], "a sequence needs conditions before its dimensions");
  columns.push_back(*column_of(std::move(mask), "__mask", pending));
  flush(pending, span);
  relation_.columns = std::move(columns);
  relation_.whole_event = relation_.inferred = relation_.listed = false;
  std::string by;
  std::string shown;
  std::string order;
  std::string times;
  const auto moment = [&](size_t i) {
    const std::string ticks = fmt::format("tolong(__found[{}])", i);
    if (timeline == Type::Long) return ticks;
    return (timeline == Type::Datetime ? "datetime(1970-01-01) + 1tick * " : "1tick * ") + ticks;
  };
  for (size_t i = 0; i < dimensions.size(); ++i) {
    by += fmt::format("{} __d{}", i == 0 ? " by" : ",", i);
    shown += fmt::format("__d{}, ", i);
  }
  for (size_t i = 0; i < steps.size(); ++i) {
    times += fmt::format("{}__e{} = {}", i == 0 ? "" : ", ", i, moment(i));
    shown += fmt::format("__e{}, ", i);
    order += fmt::format("{}__e{} asc", i == 0 ? "" : ", ", i);
  }
  run_plugin_query(
      fmt::format(
          "| where __mask > 0 | sort by __time asc | extend __ticks = __plugin_ticks(__time)"
          "| summarize __t = make_list(__ticks), __m = make_list(__mask){}"
          "| mv-expand __found = __plugin_sequences(__t, __m, {}, __plugin_ticks(__step), __plugin_ticks(__span))"
          "| extend {} | sort by {} | project {}Duration = __e{} - __e0",
          by, steps.size(), times, order, shown, steps.size() - 1),
      names, span);
  if (relation_.columns.size() != dimensions.size() + steps.size() + 1) return;
  for (size_t i = 0; i < dimensions.size(); ++i) relation_.columns[i].name = dimensions[i];
  for (size_t i = 0; i < steps.size(); ++i)
    relation_.columns[dimensions.size() + i].name = fmt::format("{}_{}", steps[i], time_name);
}

}  // namespace hecate::kql
