#include <fmt/format.h>

#include <algorithm>

#include "lang/spl/codes.h"
#include "lang/spl/lower.h"

// mvfilter and mvmap: an expression that is evaluated for each value of one field.
namespace hecate::spl {
namespace {

/// In the place of the field while its expression is lowered.
constexpr auto kElement = static_cast<ColumnId>(0xFFFFFFFFU);
/// In the place of what foreach assigns to: the one below for the first such field, and so on.
constexpr uint32_t kFirstState = 0xFFFFFFFEU;
constexpr size_t kMostStates = 64;

/// What the name of a value is while foreach runs over values; no field can be called so.
constexpr std::string_view kItem = "\x01item";

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

/// The text that exec/functions evaluates (spl_lambda.cpp); `others` gathers the columns besides the element, behind
/// the states of foreach.
struct Others {
  std::vector<ExprPtr> columns;
  size_t states = 0;
};
void write(const Expr& expr, Others& others, std::string& out);

void write_call(std::string_view name, const std::vector<ExprPtr>& operands, Others& others, std::string& out) {
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

void write(const Expr& expr, Others& others, std::string& out) {
  if (const auto* literal = std::get_if<Literal>(&expr.node)) return write_literal(literal->value.get(), out);
  if (const auto* ref = std::get_if<ColumnRef>(&expr.node)) {
    if (ref->column == kElement) {
      out += "@0";
      return;
    }
    const uint32_t state = kFirstState - static_cast<uint32_t>(ref->column);
    if (state < others.states) {
      out += fmt::format("@{}", state + 1);
      return;
    }
    others.columns.push_back(make_column(ref->column, expr.type));
    out += fmt::format("@{}", others.states + others.columns.size());
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
  Others others;
  std::string text;
  write(**lowered, others, text);
  std::vector<ExprPtr> arguments{make_string(std::move(text), span), values};
  arguments.insert(arguments.end(), others.columns.begin(), others.columns.end());
  return make_call(filters ? "spl.mvfilter" : "spl.mvmap", std::move(arguments), Type::Many, span);
}

namespace {

/// The body with the value's name in the place of `<<ITEM>>`, with or without quotes around it.
MappedText with_item(std::string_view body, const ForeachCommand& command, Span span) {
  MappedText text;
  size_t copied = 0;
  const std::string name = "'" + std::string(kItem) + "'";
  for (size_t at = body.find(command.item); !command.item.empty() && at != std::string_view::npos;
       at = body.find(command.item, copied)) {
    size_t end = at + command.item.size();
    const bool quoted =
        at > copied && end < body.size() && (body[at - 1] == '"' || body[at - 1] == '\'') && body[end] == body[at - 1];
    text.append_generated(body.substr(copied, at - copied - (quoted ? 1 : 0)), span);
    text.append_generated(name, span);
    copied = end + (quoted ? 1 : 0);
  }
  text.append_generated(body.substr(copied), span);
  return text;
}

}  // namespace

/// foreach mode=multivalue, mode=json_array: eval for each value of a field, one after the other. What it assigns to is
/// carried from value to value.
bool Lowering::fold_values(const ForeachCommand& command) {
  const Span span = source_->span(command.body);
  const ExprPtr of = field(command.fields.front());
  Text* text = parse_text(with_item(source_->text(command.body), command, span), false);
  if (text == nullptr) return false;
  const auto* eval = std::get_if<EvalCommand>(&text->pipeline.commands.front().node);
  if (eval == nullptr || text->pipeline.commands.size() != 1 || eval->assignments.size() > kMostStates) {
    source_->report(kUnsupportedOption, command.body, "this mode of `foreach` runs one `eval` for each value",
                    "write [eval name=…], with commas between several");
    return false;
  }
  if (is_null_literal(of)) return true;
  const bool json = command.mode == ForeachCommand::Mode::JsonArray;
  const ExprPtr values = json ? make_call("spl.json_array_to_mv", {of}, Type::Many, span) : of;
  std::vector<std::string> names;
  for (const EvalCommand::Assignment& each : eval->assignments) {
    if (std::find(names.begin(), names.end(), each.field.text) == names.end()) names.push_back(each.field.text);
  }
  // What they were before; a name that is no field yet begins without a value.
  std::vector<ExprPtr> states;
  for (const std::string& name : names) {
    const ExprPtr before = value_in(scope_, name);
    states.push_back(promote(before ? field({name, command.body, true}) : null_literal(span), Type::Many));
  }
  const Source* outer = std::exchange(source_, text->source.get());
  const Scope saved = scope_;
  scope_.bind(kItem, make_column(kElement, Type::String), true);
  for (size_t i = 0; i < names.size(); ++i)
    scope_.bind(names[i], make_column(static_cast<ColumnId>(kFirstState - i), Type::Many), true);
  Others others;
  others.states = names.size();
  std::string program;
  bool sound = true;
  for (const EvalCommand::Assignment& each : eval->assignments) {
    const Result<ExprPtr> value = lower_value(*this, *each.value);
    sound = sound && value.ok();
    if (!value) continue;
    const auto at = std::find(names.begin(), names.end(), each.field.text) - names.begin();
    program += fmt::format("={} ", at + 1);
    write(**value, others, program);
  }
  const Scope after = std::exchange(scope_, saved);
  source_ = outer;
  if (!sound) return false;
  std::vector<ExprPtr> arguments{make_string(program, span), whole_number(static_cast<int64_t>(names.size())),
                                 whole_number(0), values};
  arguments.insert(arguments.end(), states.begin(), states.end());
  arguments.insert(arguments.end(), others.columns.begin(), others.columns.end());
  std::vector<ExprPtr> results;
  for (size_t i = 0; i < names.size(); ++i) {
    arguments[2] = make_literal(OwnedValue(Value::integer(static_cast<int64_t>(i + 1))), Type::Long);
    results.push_back(extend(names[i], make_call("spl.fold", arguments, Type::Many, span)));
  }
  for (size_t i = 0; i < names.size(); ++i) scope_.bind(names[i], results[i], true);
  return true;
}

}  // namespace hecate::spl
