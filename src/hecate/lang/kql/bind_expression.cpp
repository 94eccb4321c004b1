#include <fmt/format.h>

#include <algorithm>

#include "lang/kql/binder.h"
#include "lang/kql/codes.h"

namespace hecate::kql {
namespace {

using ast::BinaryOp;

std::string_view spelling(BinaryOp op) {
  static constexpr std::string_view kSpellings[] = {"+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">="};
  return kSpellings[static_cast<size_t>(op)];
}
std::string_view function_of(BinaryOp op) {
  static constexpr std::string_view kFunctions[] = {"kql.add", "kql.sub", "kql.mul", "kql.div", "kql.mod", "kql.eq",
                                                    "kql.ne",  "kql.lt",  "kql.le",  "kql.gt",  "kql.ge"};
  return kFunctions[static_cast<size_t>(op)];
}

/// The type of `left op right`, or nothing where there is none. Numerical operators, and datetime / timespan
/// arithmetic: https://learn.microsoft.com/kusto/query/datetime-timespan-arithmetic
std::optional<Type> arithmetic_type(BinaryOp op, Type left, Type right) {
  const bool adds = op == BinaryOp::Add || op == BinaryOp::Subtract;
  if (is_number(left) && is_number(right)) return left == Type::Long && right == Type::Long ? Type::Long : Type::Real;
  if (left == Type::Timespan && right == Type::Timespan) {
    if (op == BinaryOp::Divide) return Type::Real;
    return op == BinaryOp::Multiply ? std::nullopt : std::optional(Type::Timespan);
  }
  if (left == Type::Datetime && right == Type::Timespan && adds) return Type::Datetime;
  if (left == Type::Timespan && right == Type::Datetime && op == BinaryOp::Add) return Type::Datetime;
  if (left == Type::Datetime && right == Type::Datetime && op == BinaryOp::Subtract) return Type::Timespan;
  if (left == Type::Timespan && is_number(right) && (op == BinaryOp::Multiply || op == BinaryOp::Divide))
    return Type::Timespan;
  if (is_number(left) && right == Type::Timespan && op == BinaryOp::Multiply) return Type::Timespan;
  return std::nullopt;
}

bool is_null_literal(const Expr& expr) {
  const auto* literal = std::get_if<Literal>(&expr.node);
  return literal != nullptr && literal->value.get().is_null();
}

BinaryOp mirrored(BinaryOp op) {
  switch (op) {
    case BinaryOp::Less: return BinaryOp::Greater;
    case BinaryOp::LessEqual: return BinaryOp::GreaterEqual;
    case BinaryOp::Greater: return BinaryOp::Less;
    case BinaryOp::GreaterEqual: return BinaryOp::LessEqual;
    default: return op;
  }
}

}  // namespace

bool is_number(Type type) { return type == Type::Long || type == Type::Real || type == Type::Decimal; }

std::string describe(const Expr& expr, const Plan& plan) {
  if (const auto* ref = std::get_if<ColumnRef>(&expr.node)) {
    return fmt::format("`{}` is {}", plan.column(ref->column).name, kusto_name(expr.type));
  }
  return fmt::format("this is {}", kusto_name(expr.type));
}

std::string automatic_name(const ast::Expression& expression) {
  if (const auto* name = std::get_if<ast::Name>(&expression.node)) return name->text;
  if (const auto* member = std::get_if<ast::Member>(&expression.node)) {
    const std::string base = automatic_name(*member->base);
    return base.empty() ? "" : base + "_" + member->name;
  }
  if (const auto* index = std::get_if<ast::Index>(&expression.node)) {
    const std::string base = automatic_name(*index->base);
    const auto* constant = std::get_if<ast::Constant>(&index->index->node);
    return base.empty() || constant == nullptr ? base : base + "_" + value_text(constant->value.get());
  }
  if (const auto* call = std::get_if<ast::Invocation>(&expression.node); call != nullptr && !call->arguments.empty()) {
    const FunctionInfo* info = find_function_info(call->function);
    if (info != nullptr && info->naming == Naming::First) return automatic_name(call->arguments.front());
    if (info != nullptr && info->naming == Naming::Prefixed)
      return std::string(prefix_of(*info)) + automatic_name(call->arguments.front());
  }
  return "";
}

std::string automatic_name(const ast::Argument& argument) {
  return argument.name.empty() ? automatic_name(*argument.value) : argument.name;
}

ExprPtr Binder::bind(const ast::Expression& expression) {
  // `let` copies what it names, so that a few lines can mean an expression of any size.
  constexpr size_t kLargest = 1'000'000;
  if (++size_ > kLargest) {
    if (!large_reported_) sink_.report(kTooDeep, expression.span, "the query is too large");
    large_reported_ = true;
    return nullptr;
  }
  return std::visit([&](const auto& node) { return bind_node(node, expression); }, expression.node);
}

ExprPtr Binder::bind_as_bool(const ast::Expression& expression, std::string_view what) {
  // search: a text alone is a term of any column.
  const auto* constant = std::get_if<ast::Constant>(&expression.node);
  if (search_ != nullptr && constant != nullptr && constant->type == Type::String) {
    const bool exact = property(search_->properties, "kind") == "case_sensitive";
    return search_term(value_text(constant->value.get()), exact, nullptr, expression.span);
  }
  if (search_ != nullptr && std::holds_alternative<ast::Star>(expression.node)) return make_bool(true, expression.span);
  ExprPtr value = bind(expression);
  if (value) value = adapt(std::move(value), Type::Bool);
  if (!value || value->type == Type::Bool) return value;
  sink_.report(kArgumentType, expression.span, fmt::format("{} needs a bool, and {}", what, describe(*value, plan_)),
               value->type == Type::Dynamic ? "convert it with tobool()" : "");
  return nullptr;
}

ExprPtr Binder::bind_node(const ast::Constant& node, const ast::Expression& whole) {
  // Decimals are doubles here: what a double cannot hold exactly is not what it was.
  if (node.type == Type::Decimal)
    return make_call("kql.toreal", {make_string(value_text(node.value.get()), whole.span)}, Type::Decimal, whole.span);
  return make_literal(node.value, node.type, whole.span);
}

ExprPtr Binder::bind_node(const ast::Name& node, const ast::Expression& whole) {
  if (Column* column = find_column(node.text)) {
    if (column->broken) return nullptr;
    if (aggregation_ != nullptr && !in_aggregate_) {
      sink_.report(kAggregateHere, whole.span, fmt::format("`{}` stands outside of an aggregate", node.text),
                   fmt::format("group by it, or take one of its values: take_any({})", node.text));
      return nullptr;
    }
    return read(*column, whole.span);
  }
  if (Binding* binding = find_name(node.text)) {
    if (!binding->tabular && binding->function == nullptr) return value_of(*binding, node.text, whole.span);
    sink_.report(kArgumentType, whole.span,
                 fmt::format("`{}` is a {}, and a value is needed here", node.text,
                             binding->function != nullptr ? "function" : "table"),
                 binding->function != nullptr ? "" : fmt::format("take one value of it: toscalar({})", node.text));
    return nullptr;
  }
  if (node.text == "null") {
    sink_.report(kSyntax, whole.span, "KQL has no bare `null`",
                 "test with isnull(), or write a typed null: long(null)");
    return nullptr;
  }
  for (Column& column : relation_.columns) {
    // The columns of a bag are those that its rows have.
    if (!column.bag || !node.text.starts_with(column.prefix)) continue;
    return make_call("kql.member",
                     {read(column, whole.span), make_string(node.text.substr(column.prefix.size()), whole.span)},
                     Type::Dynamic, whole.span);
  }
  if (relation_.inferred) return null_of(likely_type(node.text), whole.span);
  if (const auto standard = standard_column(node.text); standard && !table_.empty())
    return null_of(*standard, whole.span);
  if (ExprPtr free = asim_parameter(node.text, whole.span)) return free;
  return unlisted_column(node.text, whole.span);
}

ExprPtr Binder::bind_node(const ast::Star& /*node*/, const ast::Expression& whole) {
  sink_.report(kUnsupported, whole.span, "`*` for every column is not supported here");
  return nullptr;
}

ExprPtr Binder::bind_node(const ast::Member& node, const ast::Expression& whole) {
  if (const auto* name = std::get_if<ast::Name>(&node.base->node); name != nullptr && qualified_) {
    if (auto column = qualified_(name->text, node.name, whole.span)) return std::move(*column);
  }
  if (const auto* name = std::get_if<ast::Name>(&node.base->node);
      name != nullptr && find_column(name->text) == nullptr) {
    const Binding* entity = find_name(name->text);
    if (entity != nullptr && entity->entity != nullptr) return entity_name(*entity->entity, node.name, whole.span);
  }
  ExprPtr base = bind(*node.base);
  if (!base) return nullptr;
  if (base->type != Type::Dynamic) {
    sink_.report(kArgumentType, node.base->span,
                 fmt::format("`.{}` needs a dynamic value, and {}", node.name, describe(*base, plan_)),
                 base->type == Type::String ? "read it as JSON with parse_json()" : "");
    return nullptr;
  }
  return make_call("kql.member", {std::move(base), make_string(node.name, whole.span)}, Type::Dynamic, whole.span);
}

ExprPtr Binder::bind_node(const ast::MemberCall& /*node*/, const ast::Expression& whole) {
  sink_.report(kSyntax, whole.span, "a value has no functions of its own");
  return nullptr;
}

ExprPtr Binder::bind_node(const ast::Index& node, const ast::Expression& whole) {
  ExprPtr base = bind(*node.base);
  ExprPtr index = bind(*node.index);
  if (!base || !index) return nullptr;
  if (base->type != Type::Dynamic) {
    sink_.report(kArgumentType, node.base->span,
                 fmt::format("`[…]` needs a dynamic value, and {}", describe(*base, plan_)),
                 base->type == Type::String ? "read it as JSON with parse_json()" : "");
    return nullptr;
  }
  if (index->type != Type::Long && index->type != Type::String) {
    sink_.report(kArgumentType, node.index->span,
                 fmt::format("an index is a long or a string, and {}", describe(*index, plan_)));
    return nullptr;
  }
  const std::string_view function = index->type == Type::String ? "kql.member" : "kql.element";
  return make_call(function, {std::move(base), std::move(index)}, Type::Dynamic, whole.span);
}

ExprPtr Binder::bind_node(const ast::Negation& node, const ast::Expression& whole) {
  ExprPtr operand = bind(*node.operand);
  if (!operand) return nullptr;
  if (!is_number(operand->type) && operand->type != Type::Timespan) {
    sink_.report(kArgumentType, node.operand->span,
                 fmt::format("`-` needs a number or a timespan, and {}", describe(*operand, plan_)));
    return nullptr;
  }
  if (const auto* literal = std::get_if<Literal>(&operand->node)) {
    const Value value = literal->value.get();
    if (value.kind() == Kind::Long)
      return make_literal(OwnedValue(Value::integer(-value.as_integer())), Type::Long, whole.span);
    if (value.kind() == Kind::Real)
      return make_literal(OwnedValue(Value::real(-value.as_real())), Type::Real, whole.span);
    if (value.kind() == Kind::Timespan)
      return make_literal(OwnedValue(Value::timespan(-value.as_ticks())), Type::Timespan, whole.span);
  }
  const Type type = operand->type;
  return make_call("kql.negate", {std::move(operand)}, type, whole.span);
}

ExprPtr Binder::bind_node(const ast::Binary& node, const ast::Expression& whole) {
  ExprPtr left = bind(*node.left);
  ExprPtr right = bind(*node.right);
  if (!left || !right) return nullptr;
  if (node.op < BinaryOp::Equal) return bind_arithmetic(node.op, std::move(left), std::move(right), whole.span);
  return bind_comparison(node.op, std::move(left), std::move(right), whole.span);
}

ExprPtr Binder::bind_arithmetic(BinaryOp op, ExprPtr left, ExprPtr right, Span span) {
  // What type a dynamic value has only the run knows: it is taken for what fits the other.
  const auto fit = [&](ExprPtr& value, const Expr& other, bool second) {
    if (value->type != Type::Dynamic) return;
    const bool time = other.type == Type::Datetime;
    const bool whole = other.type == Type::Long || other.type == Type::Dynamic || other.type == Type::String;
    value = converted(value,
                      whole || is_number(other.type)               ? Type::Real
                      : time && second && op == BinaryOp::Subtract ? Type::Datetime
                      : time                                       ? Type::Timespan
                                                                   : other.type,
                      span);
  };
  fit(left, *right, false);
  fit(right, *left, true);
  const auto type = arithmetic_type(op, left->type, right->type);
  if (type) return make_call(function_of(op), {std::move(left), std::move(right)}, *type, span);
  const bool text = left->type == Type::String || right->type == Type::String;
  const bool dynamic = left->type == Type::Dynamic || right->type == Type::Dynamic;
  sink_.report(
      kArgumentType, span,
      fmt::format("`{}` does not take {} and {}", spelling(op), kusto_name(left->type), kusto_name(right->type)),
      text      ? "join texts with strcat(), or convert with tolong()"
      : dynamic ? "convert the dynamic value with tolong(), toreal(), …"
                : "");
  return nullptr;
}

/// https://learn.microsoft.com/kusto/query/numerical-operators and scalar-data-types/dynamic
bool Binder::comparable(const Expr& left, const Expr& right, Span span) {
  const Type a = left.type;
  const Type b = right.type;
  if ((a == b && a != Type::Dynamic) || (is_number(a) && is_number(b))) return true;
  if ((a == Type::Dynamic) != (b == Type::Dynamic)) return true;
  if (a == Type::Dynamic && (is_uncertain(left) || is_uncertain(right))) return true;
  if (a == Type::Dynamic && (is_null_literal(left) || is_null_literal(right))) return true;
  std::string hint;
  if (a == Type::Dynamic)
    hint = "convert one of them with tostring()";
  else if (a == Type::String && is_number(b))
    hint = "convert with tolong(), or write the number as a string";
  else if (is_number(a) && b == Type::String)
    hint = "write the number without quotes, or convert with tostring()";
  else if (a == Type::Datetime || b == Type::Datetime)
    hint = "convert with todatetime(), or write datetime(…)";
  sink_.report(kIncomparable, span,
               fmt::format("{} cannot be compared with {}: {}", kusto_name(a), kusto_name(b), describe(left, plan_)),
               std::move(hint));
  return false;
}

/// Rules compare `ResultType == 0` where the column is a string, and `EventID == "4624"` where it is a long: the engine
/// takes the constant for what the column is, and so does this, with a warning. False where nothing fits.
bool Binder::meet(ExprPtr& value, ExprPtr& constant, Span span) {
  const auto* literal = std::get_if<Literal>(&constant->node);
  if (literal == nullptr || value->type == constant->type) return false;
  const bool text = constant->type == Type::String;
  if (value->type == Type::Bool && constant->type == Type::Long) {  // IsAdmin == 1
    constant = make_bool(literal->value.get().as_integer() != 0, constant->span);
    return true;
  }
  if (!text && !(value->type == Type::String && (is_number(constant->type) || constant->type == Type::Bool)))
    return false;
  if (text && !is_number(value->type) && value->type != Type::Bool && value->type != Type::Datetime &&
      value->type != Type::Timespan)
    return false;
  const std::string written = value_text(literal->value.get());
  if (text && is_number(value->type)) {
    const std::string_view digits = written;
    const bool number = !digits.empty() && digits.find_first_not_of("0123456789.-") == std::string_view::npos;
    if (!number) return false;
  }
  sink_.report(kMixedComparison, span,
               fmt::format("{} is compared with {}: {}", kusto_name(value->type), kusto_name(constant->type),
                           describe(*value, plan_)),
               !text                                                            ? "write the constant in quotes"
               : value->type == Type::Datetime || value->type == Type::Timespan ? "write datetime(…) or a timespan"
                                                                                : "write the constant without quotes");
  constant = text ? converted(constant, value->type, constant->span) : make_string(written, constant->span);
  return true;
}

ExprPtr Binder::bind_comparison(BinaryOp op, ExprPtr left, ExprPtr right, Span span) {
  // A text has no order among numbers: which of the two was meant cannot be told.
  const bool ordered = op != BinaryOp::Equal && op != BinaryOp::NotEqual;
  const bool text = left->type == Type::String || right->type == Type::String;
  const bool whole = is_number(left->type) || is_number(right->type);
  if (!(ordered && text && whole) && !meet(left, right, span)) meet(right, left, span);
  if (!comparable(*left, *right, span)) return nullptr;
  if (std::holds_alternative<Literal>(left->node) && !std::holds_alternative<Literal>(right->node)) {
    std::swap(left, right);
    op = mirrored(op);
  }
  const bool equality = op == BinaryOp::Equal || op == BinaryOp::NotEqual;
  const auto pattern = constant_text(*right);
  const bool constant_left = std::holds_alternative<Literal>(left->node);
  // An absent dynamic is null, not "": only its comparison with "" must see the difference.
  const bool as_text = left->type == Type::String || (left->type == Type::Dynamic && pattern && !pattern->empty());
  if (!equality || !pattern || !as_text || constant_left) {
    return make_call(function_of(op), {std::move(left), std::move(right)}, Type::Bool, span);
  }
  lint_path(*left, MatchOp::Equals, {*pattern}, span);
  lint_values(*left, Casing::Sensitive, {*pattern}, span);
  if (left->type == Type::Dynamic) left = make_call("kql.tostring", {std::move(left)}, Type::String, left->span);
  ExprPtr match = make_match(
      {std::move(left), MatchOp::Equals, Casing::Sensitive, Quantifier::Any, RegexDialect::Re2, {*pattern}}, span);
  return op == BinaryOp::Equal ? match : make_not(std::move(match), span);
}

ExprPtr Binder::bind_node(const ast::Junction& node, const ast::Expression& whole) {
  std::vector<ExprPtr> operands;
  bool failed = false;
  for (const ast::ExpressionPtr& operand : node.operands) {
    operands.push_back(bind_as_bool(*operand, node.all ? "`and`" : "`or`"));
    failed |= operands.back() == nullptr;
  }
  if (failed) return nullptr;
  return node.all ? make_and(std::move(operands), whole.span) : make_or(std::move(operands), whole.span);
}

ExprPtr Binder::bind_node(const ast::Between& node, const ast::Expression& whole) {
  ExprPtr value = bind(*node.value);
  ExprPtr low = bind(*node.low);
  ExprPtr high = bind(*node.high);
  if (!value || !low || !high) return nullptr;
  // `datetime between (datetime .. timespan)`: the timespan counts from the lower bound (between-operator).
  if (value->type == Type::Datetime && low->type == Type::Datetime && high->type == Type::Timespan) {
    high = make_call("kql.add", {low, high}, Type::Datetime, node.high->span);
  }
  for (const Type type : {value->type, low->type, high->type}) {
    if (is_number(type) || type == Type::Datetime || type == Type::Timespan || type == Type::Dynamic) continue;
    sink_.report(kArgumentType, whole.span, fmt::format("`between` takes numbers and times, not {}", kusto_name(type)));
    return nullptr;
  }
  if (!comparable(*value, *low, node.low->span) || !comparable(*value, *high, node.high->span)) return nullptr;
  ExprPtr inside = make_and({make_call("kql.ge", {value, std::move(low)}, Type::Bool, whole.span),
                             make_call("kql.le", {value, std::move(high)}, Type::Bool, whole.span)},
                            whole.span);
  return node.negated ? make_not(std::move(inside), whole.span) : inside;
}

ExprPtr Binder::bind_node(const ast::Subquery& node, const ast::Expression& whole) {
  // A value in parentheses.
  if (node.query->operators.empty() && node.query->source && !is_tabular(*node.query->source))
    return bind(*node.query->source);
  sink_.report(kArgumentType, whole.span, "a table stands where a value is needed",
               "take one value of it: toscalar(…)");
  return nullptr;
}

ExprPtr Binder::bind_node(const ast::TypeOf& /*node*/, const ast::Expression& whole) {
  sink_.report(kSyntax, whole.span, "a type stands where a value is needed");
  return nullptr;
}
ExprPtr Binder::bind_node(const ast::Datatable& /*node*/, const ast::Expression& whole) {
  sink_.report(kArgumentType, whole.span, "a table stands where a value is needed",
               "take one value of it: toscalar(…)");
  return nullptr;
}
ExprPtr Binder::bind_node(const ast::Externaldata& /*node*/, const ast::Expression& whole) {
  sink_.report(kArgumentType, whole.span, "a table stands where a value is needed",
               "take one value of it: toscalar(…)");
  return nullptr;
}
ExprPtr Binder::bind_node(const ast::Lambda& /*node*/, const ast::Expression& whole) {
  sink_.report(kSyntax, whole.span, "a function is defined by `let`, and called by its name");
  return nullptr;
}

ExprPtr Binder::bind_node(const ast::Foreign& node, const ast::Expression& whole) {
  sink_.report(kUnsupported, whole.span, fmt::format("{} is not supported", node.what));
  return nullptr;
}

/// A name that the rows lack. Of a table that is known by its published columns alone, it may be one that was left out
/// there: then it is null, with a warning; but not where it looks like a slip of the pen.
ExprPtr Binder::unlisted_column(const std::string& name, Span span) {
  std::vector<std::string_view> names;
  for (const Column& column : relation_.columns) names.push_back(column.name);
  for (const Column& column : relation_.context) names.push_back(column.name);
  const std::string_view near = nearest(name, names);
  if (!relation_.listed || relation_.open || (!near.empty() && is_slip(name, near))) {
    unknown_column(name, span);
    return nullptr;
  }
  sink_.report(kUnlistedColumn, span,
               fmt::format("no published column of the table is called `{}`: it is null here", name),
               near.empty() ? std::string() : fmt::format("did you mean `{}`?", near));
  return null_of(likely_type(name), span);
}

/// Whether two names differ by one letter, or by case alone.
bool is_slip(std::string_view written, std::string_view meant) {
  const auto same = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
  if (written.size() == meant.size() && std::equal(written.begin(), written.end(), meant.begin(), same)) return true;
  size_t front = 0;
  const size_t shorter = std::min(written.size(), meant.size());
  while (front < shorter && written[front] == meant[front]) ++front;
  size_t back = 0;
  while (back < shorter - front && written[written.size() - 1 - back] == meant[meant.size() - 1 - back]) ++back;
  const std::string_view a = written.substr(front, written.size() - front - back);
  const std::string_view b = meant.substr(front, meant.size() - front - back);
  const auto letters = [](std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; });
  };
  const bool swapped = a.size() == 2 && b.size() == 2 && a[0] == b[1] && a[1] == b[0];
  return letters(a) && letters(b) && (swapped || (a.size() <= 1 && b.size() <= 1)) && written.size() > 4;
}

/// The type of a column that nothing is known of, by its name: custom tables end their names in _s, _d, _t, …
/// (https://learn.microsoft.com/azure/azure-monitor/logs/custom-logs-migrate).
Type likely_type(std::string_view name) {
  if (name == "TimeGenerated" || name == "Timestamp" || name == "ReceivedTime" || name.ends_with("_t"))
    return Type::Datetime;
  return Type::Dynamic;
}

/// Columns that every table of a workspace has, whatever its page lists
/// (https://learn.microsoft.com/azure/azure-monitor/logs/log-standard-columns).
std::optional<Type> standard_column(std::string_view name) {
  static constexpr std::pair<std::string_view, Type> kColumns[] = {
      {"MG", Type::String},          {"ManagementGroupName", Type::String}, {"SourceSystem", Type::String},
      {"TenantId", Type::String},    {"TimeGenerated", Type::Datetime},     {"Type", Type::String},
      {"_BilledSize", Type::Real},   {"_IsBillable", Type::String},         {"_ItemId", Type::String},
      {"_ResourceId", Type::String}, {"_SubscriptionId", Type::String},     {"_TimeReceived", Type::Datetime}};
  for (const auto& [known, type] : kColumns) {
    if (known == name) return type;
  }
  return std::nullopt;
}

// --- values whose type only the run knows ---

bool Binder::is_uncertain(const Expr& expr) const {
  if (expr.type != Type::Dynamic) return false;
  if (const auto* ref = std::get_if<ColumnRef>(&expr.node)) return uncertain_.contains(ref->column);
  if (is_null_literal(expr)) return true;
  const auto* call = std::get_if<Call>(&expr.node);
  if (call == nullptr || (call->function != "kql.member" && call->function != "kql.element")) return false;
  if (is_uncertain(*call->arguments.front())) return true;
  const auto* base = std::get_if<ColumnRef>(&call->arguments.front()->node);
  return base != nullptr && std::any_of(relation_.columns.begin(), relation_.columns.end(),
                                        [&](const Column& column) { return column.bag && column.id == base->column; });
}

ExprPtr Binder::adapt(ExprPtr value, Type type) const {
  return is_uncertain(*value) ? converted(value, type, value->span) : value;
}

ExprPtr null_of(Type type, Span span) {
  if (type == Type::String) return make_string("", span);
  return make_literal(OwnedValue(), type, span);
}

std::string_view conversion_to(Type type) {
  switch (type) {
    case Type::String: return "kql.tostring";
    case Type::Long: return "kql.tolong";
    case Type::Real: return "kql.toreal";
    case Type::Bool: return "kql.tobool";
    case Type::Datetime: return "kql.todatetime";
    case Type::Timespan: return "kql.totimespan";
    case Type::Guid: return "kql.toguid";
    case Type::Decimal: return "kql.toreal";
    case Type::Dynamic: return "kql.todynamic";
    default: return "";
  }
}

ExprPtr converted(ExprPtr value, Type type, Span span) {
  if (value->type == type) return value;
  if (is_null_literal(*value)) return null_of(type, span);
  // A value of another type is a dynamic one as it is; a text as a text, not as JSON.
  const std::string_view function = type == Type::Dynamic ? "kql.pack_value" : conversion_to(type);
  return make_call(function, {std::move(value)}, type, span);
}

}  // namespace hecate::kql
