#include <fmt/format.h>

#include <algorithm>

#include "lang/kql/binder.h"
#include "lang/kql/operators.h"

// ASIM's views with arguments: https://learn.microsoft.com/azure/sentinel/normalization-about-parsers
namespace hecate::kql {
namespace {

using Test = ViewParameter::Test;

/// Whether the argument filters at all: the defaults (null, "", "*", dynamic([])) let every row pass.
bool is_default(const Expr& value) {
  const auto* literal = std::get_if<Literal>(&value.node);
  if (literal == nullptr) return false;
  const Value held = literal->value.get();
  if (held.is_null()) return true;
  return held.is_text() && (held.as_text().empty() || held.as_text() == "*" || held.as_text() == "[]");
}

std::string_view operator_of(Test test) {
  switch (test) {
    case Test::Equals: return "=~";
    case Test::In: return "in~";
    case Test::HasAll: return "has_all";
    default: return "has_any";
  }
}

}  // namespace

void Binder::bind_view_arguments(const TableSchema& schema, const ast::Invocation& call) {
  size_t place = 0;
  for (const ast::Argument& argument : call.arguments) {
    size_t at = place++;
    const auto& parameters = schema.parameters;
    if (!argument.name.empty()) {
      const auto named = std::find_if(parameters.begin(), parameters.end(),
                                      [&](const ViewParameter& each) { return each.name == argument.name; });
      at = static_cast<size_t>(named - parameters.begin());
    }
    if (at >= parameters.size()) {
      std::vector<std::string_view> names;
      for (const ViewParameter& each : parameters) names.push_back(each.name);
      const std::string_view near = argument.name.empty() ? std::string_view() : nearest(argument.name, names);
      sink_.report(kViewArguments, argument.value->span,
                   argument.name.empty() ? fmt::format("`{}` has {} parameters", call.function, parameters.size())
                                         : fmt::format("`{}` has no parameter `{}`", call.function, argument.name),
                   near.empty() ? "filter with `| where …` instead" : fmt::format("did you mean `{}`?", near));
      continue;
    }
    const ViewParameter& parameter = parameters[at];
    // Arguments see no column of the view.
    Relation rows = std::exchange(relation_, Relation());
    const bool table = parameter.type == Type::Dynamic && is_tabular(*argument.value);
    ExprPtr value = table ? list_of(*argument.value, parameter.name, argument.value->span) : bind(*argument.value);
    relation_ = std::move(rows);
    if (!value || parameter.test == Test::None || is_default(*value)) continue;
    const Span span = argument.value->span;
    std::vector<ExprPtr> any;
    for (const std::string& name : parameter.columns) {
      Column* column = own_column(name);
      if (column == nullptr) continue;
      const ExprPtr field = read(*column, span);
      if (parameter.test == Test::AtLeast || parameter.test == Test::AtMost) {
        any.push_back(make_call(parameter.test == Test::AtLeast ? "kql.ge" : "kql.le",
                                {field, converted(value, field->type, span)}, Type::Bool, span));
      } else if (parameter.test == Test::HasAnyAddressPrefix) {
        any.push_back(
            make_call("kql.has_any_ipv4_prefix", {converted(field, Type::String, span), value}, Type::Bool, span));
      } else if (field->type != Type::String) {
        any.push_back(make_call("kql.in_values", {field, value}, Type::Bool, span));
      } else {
        const ast::TextOperatorRow& row = *find_text_operator(operator_of(parameter.test));
        const auto texts = constant_texts(*value);
        any.push_back(texts
                          ? make_text_match(row, field, *texts, span)
                          : make_call(row.function, {field, converted(value, Type::Dynamic, span)}, Type::Bool, span));
      }
    }
    // A list that only the run knows may be empty, and then filters nothing.
    if (value->type == Type::Dynamic && !std::holds_alternative<Literal>(value->node)) {
      any.push_back(make_call("kql.eq",
                              {make_call("kql.array_length", {value}, Type::Long, span),
                               make_literal(OwnedValue(Value::integer(0)), Type::Long)},
                              Type::Bool, span));
    }
    add_node(Filter{make_or(std::move(any), span)}, span);
  }
}

}  // namespace hecate::kql
