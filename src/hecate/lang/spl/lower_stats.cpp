#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/text.h"
#include "lang/spl/codes.h"
#include "lang/spl/functions.h"
#include "lang/spl/lower.h"

namespace hecate::spl {
namespace {

const StatsFunction* find_stats_function(std::string_view name) {
  while (!name.empty() && (is_ascii_digit(name.back()) || name.back() == '.')) name.remove_suffix(1);
  const auto rows = stats_functions();
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const StatsFunction& each) { return each.name == name; });
  return row == rows.end() ? nullptr : &*row;
}

/// Those that look at the time or at a number beside it are not given late.
bool takes_value_alone(const StatsFunction& function) {
  return !function.item.starts_with("spl.earliest") && !function.item.starts_with("spl.latest") &&
         function.item != "spl.perc" && function.item != "spl.rate";
}

Type result_type(const StatsFunction& function, Type input) {
  switch (function.result) {
    case AggregateResult::Long: return Type::Long;
    case AggregateResult::Real: return Type::Real;
    case AggregateResult::String: return Type::String;
    case AggregateResult::Many: return Type::Many;
    case AggregateResult::OfInput: return input == Type::Real || input == Type::Long ? input : Type::String;
  }
  return Type::String;
}

}  // namespace

Result<Aggregate::Item> Lowering::aggregate_item(const StatsCommand::Item& item, const std::optional<Word>& name,
                                                 Type& type) {
  const StatsFunction* function = find_stats_function(item.function.text);
  if (function == nullptr) return already_reported();  // the parser has seen to it
  const Span span = source_->span(item.range);
  Aggregate::Item result{ColumnId{}, std::string(function->item), {}, span};
  type = result_type(*function, Type::String);
  if (!name && !item.eval && item.sparkline) {
    return sparkline_item(item, whole_number(1, span), type);
  }
  if (!name && !item.eval) {
    result.function = "count";
    return result;
  }
  ExprPtr argument;
  if (item.eval) {
    Result<ExprPtr> value = lower_eval(*this, *item.eval);
    if (!value) return already_reported();
    argument = *value;
    // count(eval(condition)) counts the rows for which it is true (Search Reference, "Aggregate functions").
    if (argument->type == Type::Bool) {
      const ExprPtr one = whole_number(1, span);
      argument = make_call("spl.if", {argument, one, promote(null_literal(span), Type::Long)}, Type::Long, span);
    }
  } else {
    argument = field(*name);
  }
  if (item.sparkline) return sparkline_item(item, argument, type);
  if (item.function.text.starts_with("per_")) {
    argument = rated(item, argument);
    if (!argument) return already_reported();
  }
  type = result_type(*function, argument->type);
  result.arguments.push_back(argument);
  const bool timed = function->item.starts_with("spl.earliest") || function->item.starts_with("spl.latest");
  if (timed || function->item == "spl.rate") {
    result.arguments.push_back(field({"_time", item.range, false}));
  }
  if (function->item == "spl.perc") {
    const double p = std::strtod(item.function.text.c_str() + function->name.size(), nullptr);
    result.arguments.push_back(make_literal(OwnedValue(Value::real(p)), Type::Real, span));
  }
  return result;
}

Aggregate::Item Lowering::sparkline_item(const StatsCommand::Item& item, const ExprPtr& value, Type& type) {
  const Span span = source_->span(item.range);
  type = Type::Many;
  const ExprPtr time = promote(field({"_time", item.range, false}), Type::Real);
  const std::string function = item.function.text == "c"                ? "count"
                               : item.function.text == "distinct_count" ? "dc"
                                                                        : item.function.text;
  return {ColumnId{},
          "spl.sparkline",
          {value, time, make_string(function, span), whole_number(item.sparkline.value_or(0), span)},
          span};
}

/// per_hour and its kin are sums, for each hour that a span of timechart is long. Nullptr where it has none.
ExprPtr Lowering::rated(const StatsCommand::Item& item, const ExprPtr& value) {
  const std::string& name = item.function.text;
  const double seconds = name == "per_day" ? 86400 : name == "per_hour" ? 3600 : name == "per_minute" ? 60 : 1;
  if (span_ <= 0) {
    source_->report(kUnsupportedFunction, item.function.range, fmt::format("`{}` is a function of `timechart`", name),
                    "divide a sum by the time that it covers");
    return nullptr;
  }
  const ExprPtr factor = make_literal(OwnedValue(Value::real(seconds / span_)), Type::Real);
  return make_call("spl.mul", {promote(value, Type::Real), factor}, Type::Real, source_->span(item.range));
}

Aggregate::Key Lowering::aggregate_key(const Word& name) {
  const ExprPtr value = field(name);
  const ColumnId input = column_of(name.text, value);
  const bool keeps = value->type == Type::Real || value->type == Type::Long;
  return {plan_->add_column(name.text, keeps ? value->type : Type::String), input, source_->span(name.range)};
}

/// values(*) as * over the fields that are known. `late`: those of which the fields are not, where they may come later.
std::optional<std::vector<Lowering::NamedItem>> Lowering::expand_items(const StatsCommand& command,
                                                                       std::vector<LateItem>* late) {
  std::vector<NamedItem> items;
  for (const StatsCommand::Item& item : command.items) {
    if (!item.field || !has_wildcard(item.field->text)) {
      items.push_back({&item, item.field, item.name});
      continue;
    }
    const StatsFunction* function = find_stats_function(item.function.text);
    if (scope_.unnamed() && late != nullptr && function != nullptr && takes_value_alone(*function) && !item.sparkline) {
      late->push_back({std::string(function->item), function, item.field->text, item.name, item.range});
      continue;
    }
    if (scope_.unnamed()) {
      refuse_open_wildcard(*item.field);
      return std::nullopt;
    }
    for (const std::string& name : scope_.matching(item.field->text)) {
      const bool key =
          std::any_of(command.by.begin(), command.by.end(), [&](const Word& each) { return each.text == name; });
      const auto texts = match_name(item.field->text, name);
      // Without "as" the result is called f(name): the pattern stands in the written name too.
      if (!key && texts) items.push_back({&item, Word{name, item.field->range, false}, fill_name(item.name, *texts)});
    }
  }
  return items;
}

/// Which fields `values(X.*) as Y.*` gives over events is not known: each is aggregated where the search names it.
void Lowering::aggregate_late(const LateItem& item, const std::shared_ptr<Scope>& above) {
  source_->report(kLateFields, item.range,
                  fmt::format("which fields `{}` means is not known before the run", item.pattern),
                  "those that the search names later are given; name the others here");
  const size_t node = plan_->nodes.size() - 1;
  overlay([this, item, above, node](std::string_view name, ExprPtr before) -> ExprPtr {
    const auto texts = match_name(item.name, name);
    if (before || !texts || name.starts_with('_')) return before;
    const ExprPtr value = value_in(*above, fill_name(item.pattern, *texts));
    if (!value || is_null_literal(value)) return before;
    const Type type = result_type(*item.function, value->type);
    const ColumnId id = plan_->add_column(std::string(name), type);
    std::get<Aggregate>(plan_->nodes[node].op)
        .items.push_back({id, item.aggregate, {value}, source_->span(item.range)});
    return make_column(id, type);
  });
}

bool Lowering::operator()(const StatsCommand& command) { return aggregate(command, command.by); }

bool Lowering::aggregate(const StatsCommand& command, const std::vector<Word>& keys) {
  Aggregate aggregate{{}, {}, NullKeys::Drop, true, true};
  std::vector<std::pair<std::string, ColumnId>> bound;
  Result<std::vector<Word>> by = expand_names(keys);
  if (!by) return false;
  for (const Word& name : *by) {
    const bool repeated =
        std::any_of(bound.begin(), bound.end(), [&](const auto& each) { return each.first == name.text; });
    if (repeated) continue;
    aggregate.keys.push_back(aggregate_key(name));
    bound.emplace_back(name.text, aggregate.keys.back().id);
  }
  std::vector<LateItem> late;
  const auto items = expand_items(command, &late);
  if (!items) return false;
  for (const auto& [item, field_name, name] : *items) {
    Type type = Type::String;
    Result<Aggregate::Item> lowered = aggregate_item(*item, field_name, type);
    if (!lowered) return false;
    lowered->id = plan_->add_column(name, type);
    bound.emplace_back(name, lowered->id);
    aggregate.items.push_back(std::move(*lowered));
  }
  push(std::move(aggregate));
  const auto above = std::make_shared<Scope>(scope_);
  scope_.clear();
  scope_.close();
  for (const LateItem& item : late) aggregate_late(item, above);
  for (const auto& [name, id] : bound) scope_.bind(name, make_column(id, plan_->column(id).type), true);
  return true;
}

}  // namespace hecate::spl
