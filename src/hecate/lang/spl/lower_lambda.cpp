#include <fmt/format.h>

#include <algorithm>

#include "lang/spl/codes.h"
#include "lang/spl/lower.h"

// mvfilter and mvmap: an expression that is evaluated for each value of one field.
namespace hecate::spl {
namespace {

/// In the place of the field while its expression is lowered.
constexpr auto kElement = static_cast<ColumnId>(0xFFFFFFFFU);

void collect_fields(const EvalExpr& expr, std::vector<Word>& names);

struct FieldCollector {
  const EvalExpr& expr;
  std::vector<Word>& names;
  void operator()(const FieldName& field) const {
    const bool known =
        std::any_of(names.begin(), names.end(), [&](const Word& name) { return name.text == field.name; });
    if (!known) names.push_back({field.name, expr.range, true});
  }
  void operator()(const StringLiteral& /*literal*/) const {}
  void operator()(const NumberLiteral& /*literal*/) const {}
  void operator()(const Negation& negation) const { collect_fields(*negation.operand, names); }
  void operator()(const LogicalNot& negation) const { collect_fields(*negation.operand, names); }
  void operator()(const Arithmetic& both) const { pair(both); }
  void operator()(const EvalComparison& both) const { pair(both); }
  void operator()(const ExclusiveOr& both) const { pair(both); }
  void operator()(const Junction& junction) const { all(junction.operands); }
  void operator()(const FunctionCall& call) const { all(call.arguments); }
  template <typename Both>
  void pair(const Both& both) const {
    collect_fields(*both.left, names);
    collect_fields(*both.right, names);
  }
  void all(const std::vector<EvalPtr>& operands) const {
    for (const EvalPtr& operand : operands) collect_fields(*operand, names);
  }
};

void collect_fields(const EvalExpr& expr, std::vector<Word>& names) {
  std::visit(FieldCollector{expr, names}, expr.node);
}

/// The text that exec/functions evaluates (spl_lambda.cpp); `others` gathers the columns besides the element.
void write(const Expr& expr, std::vector<ExprPtr>& others, std::string& out);

void write_call(std::string_view name, const std::vector<ExprPtr>& operands, std::vector<ExprPtr>& others,
                std::string& out) {
  out += fmt::format("({}", name);
  for (const ExprPtr& operand : operands) {
    out += ' ';
    write(*operand, others, out);
  }
  out += ')';
}

void write_literal(const Value& value, std::string& out) {
  if (value.is_null()) {
    out += "null";
  } else if (value.kind() == Kind::Bool) {
    out += value.as_bool() ? "true" : "false";
  } else if (value.kind() == Kind::Long || value.kind() == Kind::Real) {
    out += fmt::format("#{}", value.as_real());
  } else {
    const std::string text = value_text(value);
    out += fmt::format("'{}:{}", text.size(), text);
  }
}

void write(const Expr& expr, std::vector<ExprPtr>& others, std::string& out) {
  if (const auto* literal = std::get_if<Literal>(&expr.node)) return write_literal(literal->value.get(), out);
  if (const auto* ref = std::get_if<ColumnRef>(&expr.node)) {
    if (ref->column == kElement) {
      out += "@0";
      return;
    }
    others.push_back(make_column(ref->column, expr.type));
    out += fmt::format("@{}", others.size());
    return;
  }
  if (const auto* call = std::get_if<Call>(&expr.node)) return write_call(call->function, call->arguments, others, out);
  if (const auto* all = std::get_if<And>(&expr.node)) return write_call("and", all->operands, others, out);
  if (const auto* any = std::get_if<Or>(&expr.node)) return write_call("or", any->operands, others, out);
  if (const auto* negation = std::get_if<Not>(&expr.node)) return write_call("not", {negation->operand}, others, out);
  out += "null";
}

}  // namespace

Result<ExprPtr> Lowering::each_value(const FunctionCall& call, Span span) {
  const bool filters = call.arguments.size() == 1;
  const EvalExpr& body = *call.arguments.back();
  std::vector<Word> names;
  collect_fields(*call.arguments.front(), names);
  if (names.empty() || (filters && names.size() > 1)) {
    source_->report(kWrongArity, body.range, fmt::format("`{}` works on the values of one field", call.name.text),
                    "name one field and no other");
    return already_reported();
  }
  const ExprPtr values = field(names.front());
  const Scope saved = scope_;
  scope_.bind(names.front().text, make_column(kElement, Type::String), true);
  Result<ExprPtr> lowered = filters ? lower_condition(*this, body) : lower_value(*this, body);
  // Fields that were named for the first time stay known.
  const Scope after = std::exchange(scope_, saved);
  for (const Scope::Entry& entry : after.entries()) {
    if (entry.name != names.front().text && scope_.find(entry.name) == nullptr && entry.value)
      scope_.bind(entry.name, entry.value, entry.computed);
  }
  if (!lowered) return already_reported();
  std::vector<ExprPtr> others;
  std::string text;
  write(**lowered, others, text);
  std::vector<ExprPtr> arguments{make_string(std::move(text), span), values};
  arguments.insert(arguments.end(), others.begin(), others.end());
  return make_call(filters ? "spl.mvfilter" : "spl.mvmap", std::move(arguments), Type::Many, span);
}

}  // namespace hecate::spl
