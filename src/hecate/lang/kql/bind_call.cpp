#include <fmt/format.h>

#include <algorithm>

#include "lang/kql/binder.h"
#include "lang/kql/codes.h"

namespace hecate::kql {
namespace {

bool accepts(Param param, Type type) {
  switch (param) {
    case Param::Any: return true;
    case Param::Text:
    case Param::Regex: return type == Type::String;
    case Param::Long: return type == Type::Long;
    case Param::Number: return is_number(type);
    case Param::Datetime: return type == Type::Datetime;
    case Param::Timespan: return type == Type::Timespan;
    case Param::TimeOrNumber: return is_number(type) || type == Type::Datetime || type == Type::Timespan;
    case Param::Dynamic: return type == Type::Dynamic;
    case Param::Bool: return type == Type::Bool;
  }
  return false;
}

std::string_view name_of(Param param) {
  switch (param) {
    case Param::Any: return "a value";
    case Param::Text: return "a string";
    case Param::Regex: return "a regular expression";
    case Param::Long: return "a long";
    case Param::Number: return "a number";
    case Param::Datetime: return "a datetime";
    case Param::Timespan: return "a timespan";
    case Param::TimeOrNumber: return "a number, datetime or timespan";
    case Param::Dynamic: return "a dynamic value";
    case Param::Bool: return "a bool";
  }
  return "";
}

std::string_view converter(Param param) {
  switch (param) {
    case Param::Text: return "convert it with tostring()";
    case Param::Long:
    case Param::Number:
    case Param::TimeOrNumber: return "convert it with tolong() or toreal()";
    case Param::Datetime: return "convert it with todatetime()";
    case Param::Timespan: return "convert it with totimespan()";
    case Param::Dynamic: return "read it as JSON with parse_json()";
    case Param::Bool: return "convert it with tobool()";
    default: return "";
  }
}

Param param_of(const FunctionInfo& info, size_t index) {
  if (info.name == "case") return Param::Any;
  return info.params[std::min<size_t>(index, info.params.size() - 1)];
}

std::optional<Type> fixed_type(Returns returns) {
  switch (returns) {
    case Returns::Text: return Type::String;
    case Returns::Long: return Type::Long;
    case Returns::Real: return Type::Real;
    case Returns::Bool: return Type::Bool;
    case Returns::Datetime: return Type::Datetime;
    case Returns::Timespan: return Type::Timespan;
    case Returns::Dynamic: return Type::Dynamic;
    case Returns::Guid: return Type::Guid;
    default: return std::nullopt;
  }
}

/// The function that converts to what `typeof(…)` names, or nothing.
struct Conversion {
  std::string_view name;
  std::string_view function;
  Type type;
};
constexpr Conversion kConversions[] = {{"string", "", Type::String},
                                       {"long", "kql.tolong", Type::Long},
                                       {"int", "kql.toint", Type::Long},
                                       {"real", "kql.toreal", Type::Real},
                                       {"double", "kql.toreal", Type::Real},
                                       {"bool", "kql.tobool", Type::Bool},
                                       {"boolean", "kql.tobool", Type::Bool},
                                       {"datetime", "kql.todatetime", Type::Datetime},
                                       {"date", "kql.todatetime", Type::Datetime},
                                       {"timespan", "kql.totimespan", Type::Timespan},
                                       {"time", "kql.totimespan", Type::Timespan},
                                       {"guid", "kql.toguid", Type::Guid}};

const Conversion* conversion_of(const ast::Expression& expression) {
  const auto* type = std::get_if<ast::TypeOf>(&expression.node);
  const auto found = std::find_if(std::begin(kConversions), std::end(kConversions),
                                  [&](const Conversion& row) { return type != nullptr && row.name == type->name; });
  return found == std::end(kConversions) ? nullptr : found;
}

}  // namespace

ExprPtr Binder::bind_node(const ast::Invocation& node, const ast::Expression& whole) {
  if (const Binding* binding = find_name(node.function); binding != nullptr && binding->function != nullptr)
    return call_scalar(Binding(*binding), node, whole.span);
  if (is_row_function(node.function)) return bind_row_function(node, whole.span);
  if (node.function == "toscalar") return bind_toscalar(node, whole.span);
  if (const AggregateInfo* aggregate = find_aggregate(node.function))
    return bind_aggregate(*aggregate, node, whole.span);
  if (const FunctionInfo* info = find_function_info(node.function)) return bind_function(*info, node, whole.span);
  unknown_function(node);
  return nullptr;
}

void Binder::unknown_function(const ast::Invocation& node) {
  if (find_name(node.function) != nullptr) {
    sink_.report(kArgumentType, node.name_span,
                 fmt::format("`{}` is defined by `let`, and is no function", node.function));
    return;
  }
  if (is_unsupported_function(node.function) || node.function.starts_with("series_") ||
      node.function.starts_with("geo_")) {
    sink_.report(kUnsupportedFunction, node.name_span,
                 fmt::format("the function `{}` is not supported", node.function));
    return;
  }
  const std::string_view near = nearest(node.function, function_names());
  sink_.report(kUnknownFunction, node.name_span, fmt::format("unknown function `{}`", node.function),
               near.empty() ? std::string() : fmt::format("did you mean `{}`?", near));
}

bool Binder::check_arity(std::string_view name, int least, int most, size_t given, Span span) {
  const auto count = static_cast<int>(given);
  if (count >= least && (most < 0 || count <= most)) return true;
  const std::string wanted = most < 0        ? fmt::format("at least {}", least)
                             : least == most ? fmt::format("{}", least)
                                             : fmt::format("{} to {}", least, most);
  sink_.report(kArity, span,
               fmt::format("`{}` takes {} argument{}, not {}", name, wanted,
                           wanted.ends_with(" 1") || wanted == "1" ? "" : "s", given));
  return false;
}

ExprPtr Binder::bind_function(const FunctionInfo& info, const ast::Invocation& node, Span span) {
  for (const ast::Argument& argument : node.arguments) {
    if (argument.name.empty()) continue;
    sink_.report(kUnsupported, argument.value->span, fmt::format("`{}` takes no named arguments", info.name));
    return nullptr;
  }
  if (!check_arity(info.name, info.min_arguments, info.max_arguments, node.arguments.size(), span)) return nullptr;
  if (info.lowered.empty()) return bind_special(info, node, span);
  // extract(regex, group, text, typeof(long)) (extract-function)
  const bool typed = info.name == "extract" && node.arguments.size() == 4;
  const Conversion* conversion = typed ? conversion_of(*node.arguments.back().value) : nullptr;
  if (typed && conversion == nullptr) {
    sink_.report(kNotConstant, node.arguments.back().value->span,
                 "argument 4 of `extract` must be a type: typeof(long)");
    return nullptr;
  }
  std::vector<ExprPtr> arguments;
  bool failed = false;
  for (size_t i = 0; i < node.arguments.size() - (typed ? 1 : 0); ++i) {
    ExprPtr argument = bind(*node.arguments[i].value);
    if (argument) argument = convert_argument(std::move(argument), param_of(info, i), info, i);
    failed |= argument == nullptr;
    arguments.push_back(std::move(argument));
  }
  if (failed) return nullptr;
  const auto type = result_type(info, arguments, span);
  if (!type) return nullptr;
  if (info.name == "tostring" && arguments.front()->type == Type::String) return arguments.front();
  ExprPtr call = make_call(info.lowered, std::move(arguments), *type, span);
  if (conversion == nullptr || conversion->function.empty()) return call;
  return make_call(conversion->function, {std::move(call)}, conversion->type, span);
}

ExprPtr Binder::bind_special(const FunctionInfo& info, const ast::Invocation& node, Span span) {
  if (info.name == "not") {
    ExprPtr operand = bind_as_bool(*node.arguments.front().value, "`not`");
    return operand ? make_not(std::move(operand), span) : nullptr;
  }
  // column_ifexists("Name", default): settled now, for the columns are known.
  const auto* name = std::get_if<ast::Constant>(&node.arguments[0].value->node);
  if (name == nullptr || name->type != Type::String) {
    sink_.report(kNotConstant, node.arguments[0].value->span,
                 fmt::format("`{}` needs the column's name as a constant", info.name));
    return nullptr;
  }
  const ast::Expression column{ast::Name{std::string(name->value.get().as_text())}, span, 1};
  if (find_column(name->value.get().as_text()) != nullptr) return bind(column);
  return bind(*node.arguments[1].value);
}

ExprPtr Binder::convert_argument(ExprPtr argument, Param param, const FunctionInfo& info, size_t index) {
  if (param == Param::Regex) {
    if (const auto pattern = constant_text(*argument); pattern && !check_regex(*pattern, argument->span))
      return nullptr;
  }
  if (accepts(param, argument->type)) return argument;
  if (is_uncertain(*argument)) {
    const auto wanted = [&]() -> std::optional<Type> {
      switch (param) {
        case Param::Text:
        case Param::Regex: return Type::String;
        case Param::Long: return Type::Long;
        case Param::Number:
        case Param::TimeOrNumber: return Type::Real;
        case Param::Datetime: return Type::Datetime;
        case Param::Timespan: return Type::Timespan;
        case Param::Bool: return Type::Bool;
        default: return std::nullopt;
      }
    }();
    if (wanted) return converted(std::move(argument), *wanted, argument->span);
  }
  const bool texts = param == Param::Text || param == Param::Regex;
  if (texts && (argument->type == Type::Dynamic || argument->type == Type::Guid)) {
    return make_call("kql.tostring", {argument}, Type::String, argument->span);
  }
  sink_.report(kArgumentType, argument->span,
               fmt::format("argument {} of `{}` must be {}, and {}", index + 1, info.name, name_of(param),
                           describe(*argument, plan_)),
               std::string(converter(param)));
  return nullptr;
}

std::optional<Type> Binder::common_type(std::string_view function, std::vector<ExprPtr>& arguments, size_t first,
                                        size_t step, Span span) {
  std::vector<size_t> places;
  for (size_t i = first; i < arguments.size(); i += step) places.push_back(i);
  if (function == "case") places.push_back(arguments.size() - 1);
  Type common = arguments[places.front()]->type;
  for (const size_t place : places) {
    if (!is_uncertain(*arguments[place])) common = arguments[place]->type;
  }
  for (const size_t place : places) arguments[place] = adapt(arguments[place], common);
  common = arguments[places.front()]->type;
  for (const size_t place : places) {
    const Type type = arguments[place]->type;
    if (type == common) continue;
    if (is_number(type) && is_number(common)) {
      common = Type::Real;
      continue;
    }
    sink_.report(kArgumentType, arguments[place]->span,
                 fmt::format("the values of `{}` must have one type, and {} while the first is {}", function,
                             describe(*arguments[place], plan_), kusto_name(common)),
                 common == Type::String || type == Type::String ? "convert with tostring()" : "");
    return std::nullopt;
  }
  static_cast<void>(span);
  for (const size_t place : places) {
    if (common == Type::Real && arguments[place]->type == Type::Long) {
      arguments[place] = make_call("kql.toreal", {arguments[place]}, Type::Real, arguments[place]->span);
    }
  }
  return common;
}

std::optional<Type> Binder::result_type(const FunctionInfo& info, std::vector<ExprPtr>& arguments, Span span) {
  if (const auto fixed = fixed_type(info.returns)) return fixed;
  if (info.name == "bin" || info.name == "floor") {
    // bin(datetime, timespan), bin(timespan, timespan), bin(number, number) (bin-function)
    const Type value = arguments[0]->type;
    const Type size = arguments[1]->type;
    const bool fits = is_number(value) ? is_number(size) : size == Type::Timespan;
    if (fits) return is_number(value) && size == Type::Real ? Type::Real : value;
    sink_.report(kArgumentType, arguments[1]->span,
                 fmt::format("`{}` rounds {} to a {}, and {}", info.name, kusto_name(value),
                             is_number(value) ? "number" : "timespan", describe(*arguments[1], plan_)));
    return std::nullopt;
  }
  if (info.returns == Returns::First) return arguments.front()->type;
  if (info.name == "iff" || info.name == "iif") return common_type(info.name, arguments, 1, 1, span);
  if (info.name != "case") return common_type(info.name, arguments, 0, 1, span);
  if (arguments.size() % 2 == 0) {
    sink_.report(kArity, span, "`case` takes conditions and values in pairs, and a last value");
    return std::nullopt;
  }
  for (size_t i = 0; i + 1 < arguments.size(); i += 2) {
    if (arguments[i]->type == Type::Bool) continue;
    sink_.report(kArgumentType, arguments[i]->span,
                 fmt::format("a condition of `case` must be a bool, and {}", describe(*arguments[i], plan_)));
    return std::nullopt;
  }
  return common_type("case", arguments, 1, 2, span);
}

}  // namespace hecate::kql
