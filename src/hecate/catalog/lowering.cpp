#include "catalog/lowering.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "catalog/codes.h"
#include "exec/functions/text.h"

namespace hecate::catalog {
namespace {

using Arguments = std::vector<ExprPtr>;

const Value* literal_of(const ExprPtr& expr, Value& storage) {
  const auto* literal = std::get_if<Literal>(&expr->node);
  if (literal == nullptr) return nullptr;
  storage = literal->value.get();
  return &storage;
}

std::optional<std::string> literal_text(const ExprPtr& expr) {
  Value storage;
  const Value* value = literal_of(expr, storage);
  return value == nullptr ? std::nullopt : std::optional(value_text(*value));
}

bool is_logical(const ExprPtr& expr) { return expr->type == Type::Bool; }

ExprPtr wrong(const Expression& at, DiagnosticSink& sink, std::string message, std::string hint = {}) {
  sink.report(kArguments, at.span, std::move(message), std::move(hint));
  return nullptr;
}

/// Functions that work on each of several values.
ExprPtr each(const Expression& call, Arguments arguments, DiagnosticSink&) {
  const Type type = arguments.front()->type == Type::Many ? Type::Many : Type::String;
  return make_call("text." + call.text, std::move(arguments), type, call.span);
}

ExprPtr one_text(const Expression& call, Arguments arguments, DiagnosticSink&) {
  return make_call("text." + call.text, std::move(arguments), Type::String, call.span);
}

ExprPtr collect(const Expression& call, Arguments arguments, DiagnosticSink&) {
  return make_call("text.values", std::move(arguments), Type::Many, call.span);
}

/// The type that two branches share.
Type common_type(const ExprPtr& a, const ExprPtr& b) {
  if (a->type == b->type) return a->type;
  return Type::Many;
}

ExprPtr coalesce(const Expression& call, Arguments arguments, DiagnosticSink&) {
  Type type = arguments.front()->type;
  for (const ExprPtr& argument : arguments) type = argument->type == type ? type : Type::Many;
  return make_call("text.coalesce", std::move(arguments), type, call.span);
}

ExprPtr constant(const Expression& call, Arguments arguments, DiagnosticSink& sink) {
  if (!literal_text(arguments.front()))
    return wrong(call.arguments.front(), sink, "const() takes a string or a number");
  return arguments.front();
}

/// equals, startswith, endswith, contains: a Match where all patterns are constants.
template <MatchOp op>
ExprPtr text_test(const Expression& call, Arguments arguments, DiagnosticSink&) {
  Match match{arguments.front(), op, Casing::Sensitive, Quantifier::Any, RegexDialect::Pcre2, {}};
  for (size_t i = 1; i < arguments.size(); ++i) {
    const auto pattern = literal_text(arguments[i]);
    if (!pattern) return make_call("text." + call.text, std::move(arguments), Type::Bool, call.span);
    match.patterns.push_back(*pattern);
  }
  return make_match(std::move(match), call.span);
}

bool all_logical(const Expression& call, const Arguments& arguments, size_t count, DiagnosticSink& sink) {
  for (size_t i = 0; i < count; ++i) {
    if (is_logical(arguments[i])) continue;
    wrong(call.arguments[i], sink, fmt::format("{}() wants a test here, and this is a value", call.text),
          "write exists(x), equals(x, \"…\"), startswith(x, \"…\") or the like");
    return false;
  }
  return true;
}

ExprPtr all_of(const Expression& call, Arguments arguments, DiagnosticSink& sink) {
  return all_logical(call, arguments, arguments.size(), sink) ? make_and(std::move(arguments), call.span) : nullptr;
}
ExprPtr any_of(const Expression& call, Arguments arguments, DiagnosticSink& sink) {
  return all_logical(call, arguments, arguments.size(), sink) ? make_or(std::move(arguments), call.span) : nullptr;
}
ExprPtr none_of(const Expression& call, Arguments arguments, DiagnosticSink& sink) {
  return all_logical(call, arguments, 1, sink) ? make_not(std::move(arguments.front()), call.span) : nullptr;
}

ExprPtr exists(const Expression& call, Arguments arguments, DiagnosticSink&) {
  return make_call("text.exists", std::move(arguments), Type::Bool, call.span);
}

ExprPtr json(const Expression& call, Arguments arguments, DiagnosticSink&) {
  return make_call("text.json", std::move(arguments), Type::Many, call.span);
}

ExprPtr choose(const Expression& call, Arguments arguments, DiagnosticSink& sink) {
  if (!all_logical(call, arguments, 1, sink)) return nullptr;
  const Type type = common_type(arguments[1], arguments[2]);
  return make_call("text.if", std::move(arguments), type, call.span);
}

/// case(test, value, …, otherwise) is nested ifs.
ExprPtr choose_many(const Expression& call, Arguments arguments, DiagnosticSink& sink) {
  if (arguments.size() % 2 == 0)
    return wrong(call, sink, "case() lacks the value for when no test holds", "case(test, value, …, otherwise)");
  ExprPtr result = arguments.back();
  for (size_t i = arguments.size() - 1; i >= 2; i -= 2) {
    if (!is_logical(arguments[i - 2]))
      return wrong(call.arguments[i - 2], sink, "case() wants a test here, and this is a value");
    const Type type = common_type(arguments[i - 1], result);
    result = make_call("text.if", {arguments[i - 2], arguments[i - 1], result}, type, call.span);
  }
  return result;
}

ExprPtr map_values(const Expression& call, Arguments arguments, DiagnosticSink& sink) {
  if (arguments.size() % 2 != 0)
    return wrong(call, sink, "map() lacks the value for all other keys", "map(x, \"key\", \"value\", …, otherwise)");
  for (size_t i = 1; i + 1 < arguments.size(); ++i) {
    if (!literal_text(arguments[i]))
      return wrong(call.arguments[i], sink, "the keys and values of map() are constants");
  }
  return each(call, std::move(arguments), sink);
}

ExprPtr regex(const Expression& call, Arguments arguments, DiagnosticSink& sink) {
  const auto pattern = literal_text(arguments[1]);
  if (!pattern) return wrong(call.arguments[1], sink, "the pattern of regex() is a constant");
  int64_t group = 0;
  if (arguments.size() == 3) {
    Value storage;
    const Value* value = literal_of(arguments[2], storage);
    if (value == nullptr || value->kind() != Kind::Long)
      return wrong(call.arguments[2], sink, "the group of regex() is a whole number");
    group = value->as_integer();
  }
  if (const auto problem = regex_problem(*pattern, group)) {
    sink.report(kBadRegex, call.arguments[1].span, fmt::format("this regular expression does not do: {}", *problem));
    return nullptr;
  }
  if (call.text == "regex_all") return make_call("text.regex_all", std::move(arguments), Type::Many, call.span);
  return each(call, std::move(arguments), sink);
}

template <Type type>
ExprPtr metadata(const Expression& call, Arguments, DiagnosticSink&) {
  return make_call(call.text, {}, type, call.span);
}

template <Type type>
ExprPtr of_record(const Expression& call, Arguments arguments, DiagnosticSink&) {
  return make_call("text." + call.text, std::move(arguments), type, call.span);
}

ExprPtr object(const Expression& call, Arguments arguments, DiagnosticSink& sink) {
  if (arguments.size() % 2 != 0) return wrong(call, sink, "object() lacks a value", "object(\"Name\", value, …)");
  return make_call("text.object", std::move(arguments), Type::Dynamic, call.span);
}

ExprPtr sum(const Expression& call, Arguments arguments, DiagnosticSink&) {
  return make_call("text.add", std::move(arguments), Type::Many, call.span);
}

constexpr std::array kFunctions{
    FunctionRow{"add", 1, -1, sum, "The sum of the arguments that are numbers; absent where none is."},
    FunctionRow{"after_last", 2, 2, each, "What follows the last separator; the whole text where there is none."},
    FunctionRow{"and", 1, -1, all_of, "Whether all tests hold."},
    FunctionRow{"basename", 1, 1, each, "What follows the last `/`."},
    FunctionRow{"before_last", 2, 2, each, "What precedes the last separator; absent where there is none."},
    FunctionRow{"case", 3, -1, choose_many, "case(test, value, …, otherwise): the value of the first test that holds."},
    FunctionRow{"coalesce", 1, -1, coalesce, "The first argument that is neither absent nor empty."},
    FunctionRow{"concat", 1, -1, one_text, "The arguments joined; absent ones count as empty; absent where all are."},
    FunctionRow{"concat_ws", 2, -1, one_text, "Joined by the first argument; absent and empty parts are left out."},
    FunctionRow{"const", 1, 1, constant, "A constant."},
    FunctionRow{"contains", 2, -1, text_test<MatchOp::Contains>, "Whether the text holds one of the others."},
    FunctionRow{"dirname", 1, 1, each, "What precedes the last `/`."},
    FunctionRow{"endswith", 2, -1, text_test<MatchOp::EndsWith>, "Whether the text ends with one of the others."},
    FunctionRow{"equals", 2, -1, text_test<MatchOp::Equals>, "Whether the text is one of the others."},
    FunctionRow{"event_data", 1, 1, of_record<Type::Dynamic>,
                "The data of a Windows event, of meta.raw(), as an object."},
    FunctionRow{"event_data_xml", 1, 2, of_record<Type::String>, "The EventData element of a Windows event."},
    FunctionRow{"event_parameters", 1, 1, of_record<Type::String>, "The data of a Windows event as <Param> elements."},
    FunctionRow{"exists", 1, 1, exists, "Whether there is a value."},
    FunctionRow{"first", 1, 1, one_text, "The first of several values."},
    FunctionRow{"hash_part", 2, 2, each, "One algorithm's value of `SHA1=…,MD5=…`."},
    FunctionRow{"hex2dec", 1, 1, each, "A number like `0x1f4` in decimal; other texts as they are."},
    FunctionRow{"if", 3, 3, choose, "if(test, value, otherwise)."},
    FunctionRow{"join", 2, 2, one_text, "Several values joined by the first argument."},
    FunctionRow{"json", 1, 1, json, "Objects and arrays as their JSON text; other values as they are."},
    FunctionRow{"length", 1, 1, each, "The number of characters."},
    FunctionRow{"lower", 1, 1, each, "Case-folded."},
    FunctionRow{"map", 4, -1, map_values,
                "map(x, key, value, …, otherwise): the value beside the key that equals the text."},
    FunctionRow{"meta.host", 0, 0, metadata<Type::String>, "The record's host."},
    FunctionRow{"meta.index", 0, 0, metadata<Type::String>, "The record's index."},
    FunctionRow{"meta.raw", 0, 0, metadata<Type::String>, "The record as written."},
    FunctionRow{"meta.source", 0, 0, metadata<Type::String>, "The record's source."},
    FunctionRow{"meta.sourcetype", 0, 0, metadata<Type::String>, "The record's sourcetype."},
    FunctionRow{"meta.time", 0, 0, metadata<Type::Datetime>, "The record's time."},
    FunctionRow{"named", 2, 2, one_text,
                "The `value` of the object of a list whose `name` is the second argument, as in `[{name, value}]`."},
    FunctionRow{"not", 1, 1, none_of, "Whether the test does not hold."},
    FunctionRow{"nth", 2, 2, one_text, "The value of that number among several; they count from 1."},
    FunctionRow{"null_if", 2, -1, each, "The text, absent where it is one of the others."},
    FunctionRow{"object", 2, -1, object, "object(name, value, …): an object without the members that are absent."},
    FunctionRow{"or", 1, -1, any_of, "Whether one of the tests holds."},
    FunctionRow{"regex", 2, 3, regex, "A group (0: all) of the first match of a PCRE2 pattern."},
    FunctionRow{"regex_all", 2, 3, regex, "A group (0: all) of every match of a PCRE2 pattern."},
    FunctionRow{"startswith", 2, -1, text_test<MatchOp::StartsWith>, "Whether the text begins with one of the others."},
    FunctionRow{"strip_braces", 1, 1, each, "Without the braces around it."},
    FunctionRow{"trim", 1, 1, each, "Without the blanks around it."},
    FunctionRow{"upper", 1, 1, each, "In capitals (ASCII)."},
    FunctionRow{"values", 1, -1, collect, "The values of all arguments together."},
    FunctionRow{"win_basename", 1, 1, each, "What follows the last `\\` or `/`."},
};

const FunctionRow* find_row(std::string_view name) {
  const auto found =
      std::lower_bound(kFunctions.begin(), kFunctions.end(), name,
                       [](const FunctionRow& row, std::string_view wanted) { return row.name < wanted; });
  return found != kFunctions.end() && found->name == name ? &*found : nullptr;
}

Result<ExprPtr> lower_number(const Expression& number, DiagnosticSink& sink) {
  const char* begin = number.text.data();
  const char* end = begin + number.text.size();
  int64_t integer = 0;
  if (const auto parsed = std::from_chars(begin, end, integer); parsed.ec == std::errc() && parsed.ptr == end) {
    return make_literal(OwnedValue(Value::integer(integer)), Type::Long, number.span);
  }
  double real = 0;
  if (const auto parsed = std::from_chars(begin, end, real); parsed.ec == std::errc() && parsed.ptr == end) {
    return make_literal(OwnedValue(Value::real(real)), Type::Real, number.span);
  }
  sink.report(kExpression, number.span, fmt::format("`{}` is no number", number.text));
  return already_reported();
}

const FunctionRow* checked_row(const Expression& call, DiagnosticSink& sink) {
  const FunctionRow* row = find_row(call.text);
  if (row == nullptr) {
    std::vector<std::string_view> names;
    for (const FunctionRow& known : kFunctions) names.push_back(known.name);
    const std::string_view near = nearest(call.text, names);
    sink.report(kUnknownFunction, call.span, fmt::format("there is no function `{}`", call.text),
                near.empty() ? std::string() : fmt::format("did you mean `{}`?", near));
    return nullptr;
  }
  const auto count = static_cast<int>(call.arguments.size());
  if (count >= row->min_arguments && (row->max_arguments < 0 || count <= row->max_arguments)) return row;
  const std::string wanted = row->max_arguments == row->min_arguments ? fmt::format("{}", row->min_arguments)
                             : row->max_arguments < 0                 ? fmt::format("at least {}", row->min_arguments)
                                                      : fmt::format("{} to {}", row->min_arguments, row->max_arguments);
  sink.report(kArguments, call.span, fmt::format("{}() takes {} arguments, and is given {}", call.text, wanted, count));
  return nullptr;
}

}  // namespace

std::span<const FunctionRow> function_rows() { return kFunctions; }

Result<ExprPtr> lower(const Expression& expression, const ResolveName& resolve, DiagnosticSink& sink) {
  if (expression.kind == Expression::Kind::Text) return make_string(expression.text, expression.span);
  if (expression.kind == Expression::Kind::Number) return lower_number(expression, sink);
  if (expression.kind == Expression::Kind::Name) {
    ExprPtr resolved = resolve(expression);
    if (!resolved) return already_reported();
    return resolved;
  }
  const FunctionRow* row = checked_row(expression, sink);
  if (row == nullptr) return already_reported();
  Arguments arguments;
  for (const Expression& argument : expression.arguments) {
    Result<ExprPtr> lowered = lower(argument, resolve, sink);
    if (!lowered) return already_reported();
    arguments.push_back(std::move(*lowered));
  }
  ExprPtr result = row->lower(expression, std::move(arguments), sink);
  if (!result) return already_reported();
  return result;
}

}  // namespace hecate::catalog
