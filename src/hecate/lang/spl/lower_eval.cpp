#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "lang/spl/codes.h"
#include "lang/spl/functions.h"
#include "lang/spl/lower.h"
#include "lang/spl/parse.h"
#include "lang/spl/spl.h"

namespace hecate::spl {
namespace {

bool is_numeric(Type type) { return type == Type::Long || type == Type::Real; }

std::string_view comparison_function(Comparison op) {
  switch (op) {
    case Comparison::Equal: return "spl.eq";
    case Comparison::NotEqual: return "spl.ne";
    case Comparison::Less: return "spl.lt";
    case Comparison::LessEqual: return "spl.le";
    case Comparison::Greater: return "spl.gt";
    case Comparison::GreaterEqual: return "spl.ge";
  }
  return {};
}

Type type_of(ResultRule rule, const std::vector<ExprPtr>& arguments) {
  switch (rule) {
    case ResultRule::Bool: return Type::Bool;
    case ResultRule::Long: return Type::Long;
    case ResultRule::Real: return Type::Real;
    case ResultRule::String: return Type::String;
    case ResultRule::Many: return Type::Many;
    case ResultRule::OfArguments: return common_type(arguments);
  }
  return Type::String;
}

class EvalLowering {
 public:
  explicit EvalLowering(Lowering& lowering) : lowering_(lowering) {}

  Result<ExprPtr> lower(const EvalExpr& expr) {
    const Span span = lowering_.source().span(expr.range);
    return std::visit([&](const auto& node) { return visit(node, expr, span); }, expr.node);
  }

  Result<ExprPtr> condition(const EvalExpr& expr) {
    Result<ExprPtr> result = lower(expr);
    if (!result || (*result)->type == Type::Bool) return result;
    lowering_.source().report(kNotBoolean, expr.range, "this is a value, where a condition is needed",
                              "compare it with something, or write isnotnull(…)");
    return already_reported();
  }

  Result<ExprPtr> value(const EvalExpr& expr) {
    Result<ExprPtr> result = lower(expr);
    if (!result || (*result)->type != Type::Bool) return result;
    lowering_.source().report(kBooleanValue, expr.range, "this is true or false, where a value is needed",
                              "write if(…, \"true\", \"false\")");
    return already_reported();
  }

 private:
  Result<ExprPtr> visit(const FieldName& field, const EvalExpr& expr, Span) {
    return lowering_.field({field.name, expr.range, false});
  }
  Result<ExprPtr> visit(const StringLiteral& literal, const EvalExpr&, Span span) {
    if (ExprPtr text = lowering_.has_tokens() ? lowering_.text_with_tokens(literal.text, span) : nullptr) return text;
    return make_string(literal.text, span);
  }
  Result<ExprPtr> visit(const NumberLiteral& literal, const EvalExpr&, Span span) {
    if (literal.integer) return whole_number(static_cast<int64_t>(literal.value), span);
    return make_literal(OwnedValue(Value::real(literal.value)), Type::Real, span);
  }
  Result<ExprPtr> visit(const Negation& negation, const EvalExpr&, Span span) {
    Result<ExprPtr> operand = value(*negation.operand);
    if (!operand) return operand;
    return make_call("spl.neg", {*operand}, Type::Real, span);
  }

  Result<ExprPtr> visit(const Arithmetic& arithmetic, const EvalExpr&, Span span) {
    Result<ExprPtr> left = value(*arithmetic.left);
    Result<ExprPtr> right = value(*arithmetic.right);
    if (!left || !right) return already_reported();
    std::vector<ExprPtr> both{*left, *right};
    switch (arithmetic.op) {
      case '.': return make_call("spl.concat", std::move(both), Type::String, span);
      case '-': return make_call("spl.sub", std::move(both), Type::Real, span);
      case '*': return make_call("spl.mul", std::move(both), Type::Real, span);
      case '/': return make_call("spl.div", std::move(both), Type::Real, span);
      case '%': return make_call("spl.mod", std::move(both), Type::Real, span);
      default: break;
    }
    // A plus adds numbers and joins texts (Search Reference, eval); what fields hold is only known at run time.
    const bool numbers = is_numeric((*left)->type) && is_numeric((*right)->type);
    return make_call(numbers ? "spl.add" : "spl.plus", std::move(both), numbers ? Type::Real : Type::String, span);
  }

  Result<ExprPtr> visit(const EvalComparison& comparison, const EvalExpr&, Span span) {
    Result<ExprPtr> left = lower(*comparison.left);
    Result<ExprPtr> right = lower(*comparison.right);
    if (!left || !right) return already_reported();
    return make_call(comparison_function(comparison.op), {*left, *right}, Type::Bool, span);
  }

  Result<ExprPtr> visit(const Junction& junction, const EvalExpr&, Span span) {
    std::vector<ExprPtr> operands;
    bool sound = true;
    for (const EvalPtr& operand : junction.operands) {
      Result<ExprPtr> lowered = condition(*operand);
      if (lowered) operands.push_back(*lowered);
      sound = sound && lowered.ok();
    }
    if (!sound) return already_reported();
    return junction.all ? make_and(std::move(operands), span) : make_or(std::move(operands), span);
  }
  Result<ExprPtr> visit(const ExclusiveOr& either, const EvalExpr&, Span span) {
    Result<ExprPtr> left = condition(*either.left);
    Result<ExprPtr> right = condition(*either.right);
    if (!left || !right) return already_reported();
    return make_call("spl.xor", {*left, *right}, Type::Bool, span);
  }
  Result<ExprPtr> visit(const LogicalNot& negation, const EvalExpr&, Span span) {
    Result<ExprPtr> operand = condition(*negation.operand);
    if (!operand) return operand;
    return make_not(*operand, span);
  }

  Result<ExprPtr> visit(const FunctionCall& call, const EvalExpr& expr, Span span) {
    const EvalFunction* row = find(call, expr);
    if (row == nullptr) return already_reported();
    if (row->name == "true" || row->name == "false") return make_bool(row->name == "true", span);
    if (row->name == "null") return null_literal(span);
    if (row->name == "isbool") return is_boolean(call, span);
    if (row->name == "searchmatch") return lowering_.search_match(call);
    if (row->name == "lookup") return lowering_.looked_up(call, span);
    if (row->name == "mvfilter" || row->name == "mvmap") return lowering_.each_value(call, span);
    if (row->name == "if" || row->name == "case" || row->name == "validate") return choice(call, span);
    std::vector<ExprPtr> arguments;
    bool sound = true;
    const bool any_type = row->name == "tostring" || row->name == "isnull" || row->name == "isnotnull";
    for (const EvalPtr& argument : call.arguments) {
      Result<ExprPtr> lowered = any_type ? lower(*argument) : value(*argument);
      if (lowered) arguments.push_back(*lowered);
      sound = sound && lowered.ok();
    }
    if (!sound) return already_reported();
    return finish(*row, std::move(arguments), call, span);
  }

  Result<ExprPtr> finish(const EvalFunction& row, std::vector<ExprPtr> arguments, const FunctionCall& call, Span span) {
    if (row.name == "in") return membership(arguments, span);
    const Type type = type_of(row.result, arguments);
    if (row.result == ResultRule::OfArguments) {
      for (ExprPtr& argument : arguments) argument = promote(argument, type);
    }
    if (row.name == "match" || row.name == "mvfind" || row.name == "replace") {
      if (!check_pattern(*arguments[1], call.arguments[1]->range)) return already_reported();
    }
    return make_call(row.call, std::move(arguments), type, span);
  }

  /// What a field holds is never true or false: only expressions are.
  Result<ExprPtr> is_boolean(const FunctionCall& call, Span span) {
    Result<ExprPtr> argument = lower(*call.arguments.front());
    if (!argument) return argument;
    return make_bool((*argument)->type == Type::Bool, span);
  }

  static ExprPtr membership(const std::vector<ExprPtr>& arguments, Span span) {
    std::vector<ExprPtr> any;
    for (size_t i = 1; i < arguments.size(); ++i)
      any.push_back(make_call("spl.eq", {arguments[0], arguments[i]}, Type::Bool, span));
    return make_or(std::move(any), span);
  }

  bool check_pattern(const Expr& pattern, Range range) {
    const auto* literal = std::get_if<Literal>(&pattern.node);
    if (literal == nullptr || literal->value.get().kind() != Kind::String) return true;
    const bool quoted = lowering_.source().text(range).starts_with('"');
    return check_regex(lowering_.source(), {std::string(literal->value.get().as_text()), range, quoted}).ok();
  }

  /// if(condition, value, value), case(condition, value, …) and validate: values get one type.
  Result<ExprPtr> choice(const FunctionCall& call, Span span) {
    const bool is_if = call.arguments.size() == 3 && fold_case(call.name.text) == "if";
    if (!is_if && call.arguments.size() % 2 != 0) {
      lowering_.source().report(kWrongArity, call.name.range,
                                fmt::format("`{}` needs a value after each condition", fold_case(call.name.text)));
      return already_reported();
    }
    const bool negates = fold_case(call.name.text) == "validate";  // the opposite of case (Search Reference, validate)
    std::vector<ExprPtr> arguments;
    std::vector<ExprPtr> values;
    bool sound = true;
    for (size_t i = 0; i < call.arguments.size(); ++i) {
      const bool is_condition = is_if ? i == 0 : i % 2 == 0;
      Result<ExprPtr> lowered = is_condition ? condition(*call.arguments[i]) : value(*call.arguments[i]);
      sound = sound && lowered.ok();
      if (!lowered) continue;
      arguments.push_back(is_condition && negates ? make_not(*lowered, span) : *lowered);
      if (!is_condition) values.push_back(*lowered);
    }
    if (!sound) return already_reported();
    const Type type = common_type(values);
    for (size_t i = 0; i < arguments.size(); ++i) {
      const bool is_condition = is_if ? i == 0 : i % 2 == 0;
      if (!is_condition) arguments[i] = promote(arguments[i], type);
    }
    return make_call(is_if ? "spl.if" : "spl.case", std::move(arguments), type, span);
  }

  const EvalFunction* find(const FunctionCall& call, const EvalExpr& expr) {
    const std::string name = fold_case(call.name.text);
    const auto rows = eval_functions();
    const auto row =
        std::find_if(rows.begin(), rows.end(), [&](const EvalFunction& each) { return each.name == name; });
    if (row == rows.end()) {
      report_unknown(call, name);
      return nullptr;
    }
    const auto count = static_cast<int>(call.arguments.size());
    if (count >= row->min_arguments && (row->max_arguments < 0 || count <= row->max_arguments)) return &*row;
    std::string wanted = fmt::format("{}", row->min_arguments);
    if (row->max_arguments < 0)
      wanted += " or more";
    else if (row->max_arguments != row->min_arguments)
      wanted += fmt::format(" to {}", row->max_arguments);
    lowering_.source().report(kWrongArity, expr.range,
                              fmt::format("`{}` takes {} argument(s), not {}", name, wanted, count),
                              fmt::format("for example {}", row->example));
    return nullptr;
  }

  void report_unknown(const FunctionCall& call, const std::string& name) {
    const auto later = unsupported_eval_functions();
    if (std::find(later.begin(), later.end(), name) != later.end()) {
      lowering_.source().report(kUnsupportedFunction, call.name.range,
                                fmt::format("the function `{}` is not supported yet", name));
    } else {
      lowering_.source().report(kUnknownFunction, call.name.range, fmt::format("unknown function `{}`", call.name.text),
                                did_you_mean(name, function_names()));
    }
  }

  Lowering& lowering_;
};

}  // namespace

Result<ExprPtr> lower_eval(Lowering& lowering, const EvalExpr& expr) { return EvalLowering(lowering).lower(expr); }
Result<ExprPtr> lower_condition(Lowering& lowering, const EvalExpr& expr) {
  return EvalLowering(lowering).condition(expr);
}
Result<ExprPtr> lower_value(Lowering& lowering, const EvalExpr& expr) { return EvalLowering(lowering).value(expr); }

ExprPtr null_literal(Span span) { return make_literal(OwnedValue(), Type::String, span); }
ExprPtr whole_number(int64_t value, Span span) {
  return make_literal(OwnedValue(Value::integer(value)), Type::Long, span);
}

bool is_null_literal(const ExprPtr& expr) {
  const auto* literal = std::get_if<Literal>(&expr->node);
  return literal != nullptr && literal->value.get().is_null();
}

ExprPtr promote(const ExprPtr& expr, Type type) {
  if (expr->type == type) return expr;
  if (is_null_literal(expr)) return make_literal(OwnedValue(), type, expr->span);
  const std::string_view function = type == Type::Real   ? "spl.to_real"
                                    : type == Type::Many ? "spl.to_many"
                                                         : "spl.to_text";
  return make_call(function, {expr}, type, expr->span);
}

Type common_type(const std::vector<ExprPtr>& exprs) {
  std::optional<Type> common;
  for (const ExprPtr& expr : exprs) {
    if (is_null_literal(expr)) continue;
    if (!common || *common == expr->type) {
      common = expr->type;
    } else if (is_numeric(*common) && is_numeric(expr->type)) {
      common = Type::Real;
    } else {
      common = *common == Type::Many || expr->type == Type::Many ? Type::Many : Type::String;
    }
  }
  return common.value_or(Type::String);
}

bool is_number_text(std::string_view text) {
  size_t at = 0;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  size_t digits = 0;
  for (; at < text.size() && is_ascii_digit(text[at]); ++at) ++digits;
  if (at < text.size() && text[at] == '.') {
    for (++at; at < text.size() && is_ascii_digit(text[at]); ++at) ++digits;
  }
  return digits > 0 && at == text.size();
}

}  // namespace hecate::spl
