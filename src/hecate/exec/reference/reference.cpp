#include "exec/reference/reference.h"

#include <algorithm>

#include "base/text.h"
#include "exec/functions/match.h"

namespace hecate::reference {
namespace {

/// The definition of a canonical glob, by recursion over pattern and text.
bool glob_matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    const std::string_view rest = pattern.substr(1);
    for (size_t skip = 0; skip <= text.size(); ++skip) {
      if (glob_matches(rest, text.substr(skip))) return true;
    }
    return false;
  }
  if (text.empty()) return false;
  if (pattern[0] == '?') {
    size_t length = 1;
    while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) ++length;
    return glob_matches(pattern.substr(1), text.substr(length));
  }
  const size_t literal = pattern[0] == '\\' && pattern.size() > 1 ? 1 : 0;
  return pattern[literal] == text[0] && glob_matches(pattern.substr(literal + 1), text.substr(1));
}

struct Evaluator {
  const Bindings& bindings;
  EvalContext& context;

  Value operator()(const Literal& literal) const { return literal.value.get(); }
  Value operator()(const ColumnRef& ref) const { return bindings.column(ref.column); }
  Value operator()(const RawField& field) const { return bindings.raw_field(field.path); }

  Value operator()(const Call& call) const {
    if (call.function.starts_with("meta.")) return bindings.metadata(call.function);
    if (is_run_dependent(call.function) && !context.run.now) return Value::undecided();
    std::vector<Value> arguments;
    for (const ExprPtr& argument : call.arguments) arguments.push_back(evaluate(*argument, bindings, context));
    const Function* function = find_function(call.function);
    return function == nullptr ? Value::null() : hecate::call(*function, arguments, context);
  }

  Value operator()(const Match& match) const {
    const Value operand = evaluate(*match.operand, bindings, context);
    if (operand.is_undecided()) return operand;
    if (operand.is_null()) return Value::boolean(false);
    const Value single[] = {operand};
    const std::span<const Value> elements =
        operand.kind() == Kind::Many ? operand.as_list() : std::span<const Value>(single);
    const auto found = [&](const std::string& pattern) {
      return std::any_of(elements.begin(), elements.end(), [&](const Value& element) {
        const bool text = !element.is_null() && element.kind() != Kind::Dynamic;
        return text && matches(match, pattern, value_text(element));
      });
    };
    const bool all = match.quantifier == Quantifier::All;
    return Value::boolean(all ? std::all_of(match.patterns.begin(), match.patterns.end(), found)
                              : std::any_of(match.patterns.begin(), match.patterns.end(), found));
  }

  Value operator()(const And& all) const { return junction(all.operands, false); }
  Value operator()(const Or& any) const { return junction(any.operands, true); }

  Value operator()(const Not& negation) const {
    const Value value = evaluate(*negation.operand, bindings, context);
    return value.kind() == Kind::Bool ? Value::boolean(!value.as_bool()) : value.is_undecided() ? value : Value::null();
  }

  /// Kleene: the `decisive` value wins over everything, then "undecided", then null.
  Value junction(const std::vector<ExprPtr>& operands, bool decisive) const {
    Value result = Value::boolean(!decisive);
    for (const ExprPtr& operand : operands) {
      const Value value = evaluate(*operand, bindings, context);
      if (value.kind() == Kind::Bool && value.as_bool() == decisive) return value;
      if (value.is_undecided() || (value.kind() != Kind::Bool && !result.is_undecided())) {
        result = value.is_undecided() ? value : Value::null();
      }
    }
    return result;
  }
};

}  // namespace

bool matches(const Match& match, std::string_view pattern, std::string_view text) {
  if (match.op == MatchOp::Regex) {
    std::string error;
    const auto regex = Regex::compile(pattern, match.dialect, match.casing, error);
    return regex && regex->search(text);
  }
  const bool fold = match.casing == Casing::Insensitive;
  const std::string needle = fold ? fold_case(pattern) : std::string(pattern);
  const std::string hay = fold ? fold_case(text) : std::string(text);
  switch (match.op) {
    case MatchOp::Equals: return hay == needle;
    case MatchOp::Contains: return hay.find(needle) != std::string::npos;
    case MatchOp::StartsWith: return hay.substr(0, needle.size()) == needle;
    case MatchOp::EndsWith: return hay.size() >= needle.size() && hay.substr(hay.size() - needle.size()) == needle;
    case MatchOp::Wildcard: return glob_matches(needle, hay);
    case MatchOp::Has: return has_term(hay, needle, true, true);
    case MatchOp::HasPrefix: return has_term(hay, needle, true, false);
    case MatchOp::HasSuffix: return has_term(hay, needle, false, true);
    case MatchOp::Regex: break;
  }
  return false;
}

Value evaluate(const Expr& expr, const Bindings& bindings, EvalContext& context) {
  return std::visit(Evaluator{bindings, context}, expr.node);
}

}  // namespace hecate::reference
