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
      const ExprPtr one = make_literal(OwnedValue(Value::integer(1)), Type::Long, span);
      argument = make_call("spl.if", {argument, one, promote(null_literal(span), Type::Long)}, Type::Long, span);
    }
  } else {
    argument = field(*name);
  }
  type = result_type(*function, argument->type);
  result.arguments.push_back(argument);
  if (function->item.starts_with("spl.earliest") || function->item.starts_with("spl.latest")) {
    result.arguments.push_back(field({"_time", item.range, false}));
  }
  if (function->item == "spl.perc") {
    const double p = std::strtod(item.function.text.c_str() + function->name.size(), nullptr);
    result.arguments.push_back(make_literal(OwnedValue(Value::real(p)), Type::Real, span));
  }
  return result;
}

Aggregate::Key Lowering::aggregate_key(const Word& name) {
  const ExprPtr value = field(name);
  const ColumnId input = column_of(name.text, value);
  const bool keeps = value->type == Type::Real || value->type == Type::Long;
  return {plan_->add_column(name.text, keeps ? value->type : Type::String), input, source_->span(name.range)};
}

/// values(*) as * over the fields that are known.
std::optional<std::vector<Lowering::NamedItem>> Lowering::expand_items(const StatsCommand& command) {
  std::vector<NamedItem> items;
  for (const StatsCommand::Item& item : command.items) {
    if (!item.field || !has_wildcard(item.field->text)) {
      items.push_back({&item, item.field, item.name});
      continue;
    }
    if (scope_.open()) {
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

bool Lowering::operator()(const StatsCommand& command) {
  Aggregate aggregate{{}, {}, NullKeys::Drop, true, true};
  std::vector<std::pair<std::string, ColumnId>> bound;
  Result<std::vector<Word>> by = expand_names(command.by);
  if (!by) return false;
  for (const Word& name : *by) {
    const bool repeated =
        std::any_of(bound.begin(), bound.end(), [&](const auto& each) { return each.first == name.text; });
    if (repeated) continue;
    aggregate.keys.push_back(aggregate_key(name));
    bound.emplace_back(name.text, aggregate.keys.back().id);
  }
  const auto items = expand_items(command);
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
  scope_.clear();
  scope_.close();
  for (const auto& [name, id] : bound) scope_.bind(name, make_column(id, plan_->column(id).type), true);
  return true;
}

}  // namespace hecate::spl
