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
    case Param::AsText:
    case Param::Regex: return type == Type::String;
    case Param::Long: return type == Type::Long;
    case Param::Number: return is_number(type);
    case Param::Datetime: return type == Type::Datetime;
    case Param::Timespan: return type == Type::Timespan;
    case Param::TimeOrNumber: return is_number(type) || type == Type::Datetime || type == Type::Timespan;
    case Param::Ordered: return type != Type::Dynamic;
    case Param::Dynamic: return type == Type::Dynamic;
    case Param::Bool: return type == Type::Bool;
  }
  return false;
}

std::string_view name_of(Param param) {
  switch (param) {
    case Param::Any:
    case Param::AsText: return "a value";
    case Param::Text: return "a string";
    case Param::Regex: return "a regular expression";
    case Param::Long: return "a long";
    case Param::Number: return "a number";
    case Param::Datetime: return "a datetime";
    case Param::Timespan: return "a timespan";
    case Param::TimeOrNumber: return "a number, datetime or timespan";
    case Param::Ordered: return "a number, time or string";
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
    case Returns::Decimal: return Type::Decimal;
    default: return std::nullopt;
  }
}

/// A value as one of another type: what cannot be converted is null.
ExprPtr converted(const ExprPtr& value, Type to) {
  if (value->type == to) return value;
  const auto call = [&](std::string_view function) { return make_call(function, {value}, to, value->span); };
  switch (to) {
    case Type::Bool: return call("kql.tobool");
    case Type::Long: return call("kql.tolong");
    case Type::Decimal:
    case Type::Real: return call("kql.toreal");
    case Type::Datetime: return call("kql.todatetime");
    case Type::Timespan: return call("kql.totimespan");
    case Type::Dynamic: return call("kql.todynamic");
    case Type::Guid: return make_call("kql.toguid", {converted(value, Type::String)}, Type::Guid, value->span);
    case Type::String:
    case Type::Many: return call("kql.tostring");
  }
  return value;
}

/// What `typeof(…)` names, or nothing.
std::optional<Type> named_type(const ast::Expression& expression) {
  static constexpr std::pair<std::string_view, Type> kTypes[] = {
      {"string", Type::String},   {"long", Type::Long},         {"int", Type::Long},      {"real", Type::Real},
      {"double", Type::Real},     {"bool", Type::Bool},         {"boolean", Type::Bool},  {"datetime", Type::Datetime},
      {"date", Type::Datetime},   {"timespan", Type::Timespan}, {"time", Type::Timespan}, {"guid", Type::Guid},
      {"decimal", Type::Decimal}, {"dynamic", Type::Dynamic}};
  if (const auto* type = std::get_if<ast::TypeOf>(&expression.node)) return type->type;
  const auto* call = std::get_if<ast::Invocation>(&expression.node);
  if (call == nullptr || call->function != "typeof" || call->arguments.size() != 1) return std::nullopt;
  const auto* name = std::get_if<ast::Name>(&call->arguments.front().value->node);
  for (const auto& [spelt, type] : kTypes) {
    if (name != nullptr && name->text == spelt) return type;
  }
  return std::nullopt;
}

/// Functions whose last argument may be a type, with how many arguments they then have.
std::optional<size_t> typed_arity(std::string_view name) {
  if (name == "extract") return 4;
  if (name == "extract_json" || name == "extractjson" || name == "percentile_tdigest") return 3;
  return std::nullopt;
}
/// What a converter makes of a text.
ExprPtr typed_text(ExprPtr text, Type to) {
  if (to == Type::Dynamic) return make_call("kql.parse_json", {text}, Type::Dynamic, text->span);
  return converted(text, to);
}

}  // namespace

ExprPtr Binder::bind_node(const ast::Invocation& node, const ast::Expression& whole) {
  if (graph_call_) {
    if (auto value = graph_call_(node, whole.span)) return std::move(*value);
  }
  if (const Binding* binding = find_name(node.function); binding != nullptr && binding->function != nullptr)
    return call_scalar(Binding(*binding), node, whole.span);
  if (find_function_info(node.function) == nullptr && find_aggregate(node.function) == nullptr) {
    if (const auto stored = stored_function(node.function); stored && !stored->tabular)
      return call_scalar(*stored, node, whole.span);
  }
  if (in_plugin_ && node.function.starts_with("__plugin_")) return bind_plugin_function(node, whole.span);
  if (is_row_function(node.function)) return bind_row_function(node, whole.span);
  if (node.function == "toscalar") return bind_toscalar(node, whole.span);
  if (node.function == "pack_all") return bind_pack_all(node, whole.span);
  if (node.function == "column_names_of") return bind_column_names(node, whole.span);
  const AggregateInfo* aggregate = find_aggregate(node.function);
  const FunctionInfo* info = find_function_info(node.function);
  // hll_merge and tdigest_merge are both.
  const bool aggregates = aggregation_ != nullptr && !in_aggregate_;
  if (aggregate != nullptr && (aggregates || info == nullptr)) return bind_aggregate(*aggregate, node, whole.span);
  if (info != nullptr) return bind_function(*info, node, whole.span);
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

bool Binder::bind_arguments(const FunctionInfo& info, const ast::Invocation& node, size_t count,
                            std::vector<ExprPtr>& arguments) {
  bool failed = false;
  for (size_t i = 0; i < count; ++i) {
    const ast::Expression& written = *node.arguments[i].value;
    if (std::holds_alternative<ast::Star>(written.node) && param_of(info, i) == Param::Any) {
      for (Column& column : relation_.columns) {
        if (!column.broken) arguments.push_back(make_column(id_of(column), column.type, written.span));
      }
      continue;
    }
    ExprPtr argument = bind(written);
    if (argument) argument = convert_argument(std::move(argument), param_of(info, i), info, i);
    const bool constant = i < 8 && (info.constants >> i & 1) != 0;
    if (argument && constant && !std::holds_alternative<Literal>(argument->node)) {
      sink_.report(kNotConstant, argument->span,
                   fmt::format("argument {} of `{}` must be a constant", i + 1, info.name));
      argument = nullptr;
    }
    failed |= argument == nullptr;
    arguments.push_back(std::move(argument));
  }
  return !failed;
}

ExprPtr Binder::bind_function(const FunctionInfo& info, const ast::Invocation& node, Span span) {
  // Names of arguments only name columns: Kusto takes those of its own functions by their places (bin(roundTo=1d,
  // value=t) is an error of types to its parser).
  if (!check_arity(info.name, info.min_arguments, info.max_arguments, node.arguments.size(), span)) return nullptr;
  if (info.lowered.empty()) return bind_special(info, node, span);
  // extract(regex, group, text, typeof(long)) (extract-function)
  const bool typed = typed_arity(info.name) == node.arguments.size();
  const std::optional<Type> wanted = typed ? named_type(*node.arguments.back().value) : std::nullopt;
  if (typed && !wanted) {
    sink_.report(kNotConstant, node.arguments.back().value->span,
                 fmt::format("argument {} of `{}` must be a type: typeof(long)", node.arguments.size(), info.name));
    return nullptr;
  }
  std::vector<ExprPtr> arguments;
  if (!bind_arguments(info, node, node.arguments.size() - (typed ? 1 : 0), arguments)) return nullptr;
  const auto type = result_type(info, arguments, span);
  if (!type) return nullptr;
  if (info.name == "tostring" && arguments.front()->type == Type::String) return arguments.front();
  ExprPtr call = make_call(info.lowered, std::move(arguments), *type, span);
  if (!wanted) return call;
  return call->type == Type::String ? typed_text(std::move(call), *wanted) : converted(call, *wanted);
}

/// gettype(x): what the type says; of a dynamic value what it holds.
ExprPtr Binder::bind_type_name(const ast::Invocation& node, Span span) {
  const ExprPtr value = bind(*node.arguments.front().value);
  if (!value) return nullptr;
  if (value->type == Type::Dynamic) return make_call("kql.gettype", {value}, Type::String, span);
  return make_literal(OwnedValue::string(std::string(kusto_name(value->type))), Type::String, span);
}

/// bag_pack_columns(a, b): bag_pack("a", a, "b", b).
ExprPtr Binder::bind_packed_columns(const ast::Invocation& node, Span span) {
  std::vector<ExprPtr> arguments;
  const auto add = [&](const std::string& name, ExprPtr value) {
    arguments.push_back(make_literal(OwnedValue::string(name), Type::String, span));
    arguments.push_back(std::move(value));
  };
  for (const ast::Argument& argument : node.arguments) {
    const std::string name = automatic_name(argument);
    ExprPtr value = bind(*argument.value);
    if (!value) return nullptr;
    if (name.empty()) {
      sink_.report(kArgumentType, argument.value->span, "`bag_pack_columns` takes columns",
                   "name the value with extend first, or use bag_pack()");
      return nullptr;
    }
    add(name, std::move(value));
  }
  return make_call("kql.bag_pack", std::move(arguments), Type::Dynamic, span);
}

/// When a row came in is not known: its own time stands for it.
ExprPtr Binder::bind_ingestion_time(Span span) {
  for (const std::string_view name : {"TimeGenerated", "Timestamp", "timestamp"}) {
    Column* column = find_column(name);
    if (column != nullptr && !column->broken && column->type == Type::Datetime)
      return make_column(id_of(*column), Type::Datetime, span);
  }
  return make_literal(OwnedValue(Value::null()), Type::Datetime, span);
}

/// bin_auto(x): bin by `set query_bin_auto_size = 1h`, from `set query_bin_auto_at` on where that is given.
ExprPtr Binder::bind_bin_auto(const ast::Invocation& node, Span span) {
  const auto option = [&](std::string_view name) -> ExprPtr {
    if (options_ == nullptr) return nullptr;
    for (const ast::Property& each : *options_) {
      if (each.name == name && each.value) return bind(*each.value);
    }
    return nullptr;
  };
  std::vector<ExprPtr> arguments{bind(*node.arguments.front().value), option("query_bin_auto_size")};
  if (!arguments[0]) return nullptr;
  if (!arguments[1]) {
    sink_.report(kNotConstant, span, "`bin_auto` needs the size of its bins",
                 "write `set query_bin_auto_size=1h;` before the query");
    return nullptr;
  }
  if (ExprPtr at = option("query_bin_auto_at")) arguments.push_back(std::move(at));
  const FunctionInfo& bin = *find_function_info(arguments.size() == 3 ? "bin_at" : "bin");
  const auto type = result_type(bin, arguments, span);
  return type ? make_call(bin.lowered, std::move(arguments), *type, span) : nullptr;
}

ExprPtr Binder::bind_special(const FunctionInfo& info, const ast::Invocation& node, Span span) {
  if (info.name == "not") {
    ExprPtr operand = bind_as_bool(*node.arguments.front().value, "`not`");
    return operand ? make_not(std::move(operand), span) : nullptr;
  }
  if (info.name == "gettype") return bind_type_name(node, span);
  if (info.name == "bag_pack_columns") return bind_packed_columns(node, span);
  if (info.name == "ingestion_time") return bind_ingestion_time(span);
  if (info.name == "bin_auto") return bind_bin_auto(node, span);
  // column_ifexists("Name", default): settled now, for the columns are known.
  const ExprPtr name = bind(*node.arguments[0].value);
  const auto text = name ? constant_text(*name) : std::nullopt;
  if (!text) {
    if (name) {
      sink_.report(kNotConstant, name->span, fmt::format("`{}` needs the column's name as a constant", info.name));
    }
    return nullptr;
  }
  if (find_column(*text) != nullptr) return bind(ast::Expression{ast::Name{*text}, span, 1});
  return bind(*node.arguments[1].value);
}

ExprPtr Binder::convert_argument(ExprPtr argument, Param param, const FunctionInfo& info, size_t index) {
  if (param == Param::Regex) {
    if (const auto pattern = constant_text(*argument); pattern && !check_regex(*pattern, argument->span))
      return nullptr;
  }
  if (accepts(param, argument->type)) return argument;
  const bool texts = param == Param::Text || param == Param::Regex;
  if (param == Param::AsText || (texts && argument->type == Type::Guid)) return converted(argument, Type::String);
  // A dynamic value is taken for what is wanted.
  if (argument->type == Type::Dynamic) {
    switch (param) {
      case Param::Text:
      case Param::Regex: return converted(argument, Type::String);
      case Param::Long: return converted(argument, Type::Long);
      case Param::Number:
      case Param::Ordered:
      case Param::TimeOrNumber: return converted(argument, Type::Real);
      case Param::Datetime: return converted(argument, Type::Datetime);
      case Param::Timespan: return converted(argument, Type::Timespan);
      case Param::Bool: return converted(argument, Type::Bool);
      default: break;
    }
  }
  sink_.report(kArgumentType, argument->span,
               fmt::format("argument {} of `{}` must be {}, and {}", index + 1, info.name, name_of(param),
                           describe(*argument, plan_)),
               std::string(converter(param)));
  return nullptr;
}

/// The type that several values have in common; they are converted to it. A dynamic value is taken for what the others
/// are. Of iff and case, values of different types are dynamic ones; other functions want one type.
std::optional<Type> Binder::common_type(std::string_view function, std::vector<ExprPtr>& arguments, size_t first,
                                        size_t step, Span span) {
  std::vector<size_t> places;
  for (size_t i = first; i < arguments.size(); i += step) places.push_back(i);
  if (function == "case") places.push_back(arguments.size() - 1);
  const bool chooses = function == "case" || function == "iff" || function == "iif";
  std::optional<Type> common;
  for (const size_t place : places) {
    const Type type = arguments[place]->type;
    if (type == Type::Dynamic || common == type) continue;
    if (!common) {
      common = type;
    } else if (is_number(type) && is_number(*common)) {
      common = Type::Real;
    } else if (chooses) {
      common = Type::Dynamic;
      break;
    } else {
      sink_.report(kArgumentType, arguments[place]->span,
                   fmt::format("the values of `{}` must have one type, and {} while the first is {}", function,
                               describe(*arguments[place], plan_), kusto_name(*common)),
                   *common == Type::String || type == Type::String ? "convert with tostring()" : "");
      return std::nullopt;
    }
  }
  static_cast<void>(span);
  const Type result = common.value_or(Type::Dynamic);
  for (const size_t place : places) arguments[place] = converted(arguments[place], result);
  return result;
}

std::optional<Type> Binder::result_type(const FunctionInfo& info, std::vector<ExprPtr>& arguments, Span span) {
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
  if (info.name == "bin_at" || info.name == "around") {
    const Type value = arguments[0]->type;
    const Type second = info.name == "around" ? arguments[2]->type : arguments[1]->type;
    const Type point = info.name == "around" ? arguments[1]->type : arguments[2]->type;
    const bool numbers = is_number(value) && is_number(second) && is_number(point);
    if (!numbers && (is_number(value) || point != value || second == Type::Datetime)) {
      sink_.report(kArgumentType, span,
                   fmt::format("the arguments of `{}` do not fit: {}, {} and {}", info.name, kusto_name(value),
                               kusto_name(arguments[1]->type), kusto_name(arguments[2]->type)));
      return std::nullopt;
    }
    if (info.name == "around") return Type::Bool;
    const bool real = second == Type::Real || point == Type::Real;
    return numbers && real ? Type::Real : value;
  }
  if (info.name == "pack" || info.name == "bag_pack" || info.name == "pack_dictionary") {
    if (arguments.size() % 2 != 0) {
      sink_.report(kArity, span, fmt::format("`{}` takes keys and values in pairs", info.name));
      return std::nullopt;
    }
  }
  if (const auto fixed = fixed_type(info.returns)) return fixed;
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
