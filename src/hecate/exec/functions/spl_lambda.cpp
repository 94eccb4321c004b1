#include <charconv>
#include <string>
#include <vector>

#include "base/depth_guard.h"
#include "base/text.h"
#include "exec/functions/spl_functions.h"

// mvfilter and mvmap: an expression for each value of a field. The expression comes as text, for functions take values
// and nothing else:
//
//   expression := "(" name { expression } ")" | "@" number | "#" number | "'" length ":" bytes | "true" | "false" |
//   "null"
//
// A name is a function of the library, or `and`, `or`, `not`; @0 is the element, @1… are the arguments behind.
namespace hecate::spl {
namespace {

class Lambda {
 public:
  Lambda(std::string_view text, std::span<const Value> values, EvalContext& context)
      : text_(text), values_(values), context_(context) {}

  /// { "=" number expression }
  void assign(std::vector<Value>& states, size_t count) {
    for (skip_blank(); text_.starts_with('='); skip_blank()) {
      text_.remove_prefix(1);
      const auto state = static_cast<size_t>(number());
      const Value value = evaluate();
      if (state > 0 && state <= count) states[state] = value;
    }
  }

  Value evaluate() {
    const DepthGuard guard(depth_);
    skip_blank();
    if (guard.exceeded() || text_.empty()) return Value::null();
    const char c = text_.front();
    if (c == '(') return call();
    text_.remove_prefix(1);
    if (c == '@') return argument(static_cast<size_t>(number()));
    if (c == '#') return Value::real(number());
    if (c == '\'') return literal();
    // true, false, null by their first letters.
    const std::string_view rest = text_.substr(0, std::min(text_.find_first_of(" )"), text_.size()));
    text_.remove_prefix(rest.size());
    if (c == 't' || c == 'f') return Value::boolean(c == 't');
    return Value::null();
  }

 private:
  void skip_blank() {
    while (text_.starts_with(' ')) text_.remove_prefix(1);
  }
  double number() {
    double value = 0;
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    text_.remove_prefix(static_cast<size_t>(end - text_.data()));
    return error == std::errc() ? value : 0;
  }
  Value argument(size_t index) { return index < values_.size() ? values_[index] : Value::null(); }
  Value literal() {
    const auto size = static_cast<size_t>(number());
    if (text_.size() < size + 1) return Value::null();
    const std::string_view bytes = text_.substr(1, size);
    text_.remove_prefix(size + 1);
    return Value::string(bytes);
  }

  Value call() {
    text_.remove_prefix(1);
    const std::string_view name = text_.substr(0, std::min(text_.find_first_of(" )"), text_.size()));
    text_.remove_prefix(name.size());
    std::vector<Value> arguments;
    for (skip_blank(); !text_.empty() && text_.front() != ')'; skip_blank()) arguments.push_back(evaluate());
    if (!text_.empty()) text_.remove_prefix(1);
    if (name == "and" || name == "or") return junction(arguments, name == "and");
    if (name == "not") {
      const bool known = arguments.size() == 1 && arguments[0].kind() == Kind::Bool;
      return known ? Value::boolean(!arguments[0].as_bool()) : Value::null();
    }
    const Function* function = find_function(name);
    return function == nullptr ? Value::null() : hecate::call(*function, arguments, context_);
  }

  static Value junction(const std::vector<Value>& operands, bool all) {
    bool known = true;
    for (const Value& operand : operands) {
      if (operand.kind() != Kind::Bool) {
        known = false;
      } else if (operand.as_bool() != all) {
        return Value::boolean(!all);
      }
    }
    return known ? Value::boolean(all) : Value::null();
  }

  std::string_view text_;
  std::span<const Value> values_;
  EvalContext& context_;
  int depth_ = 0;
};

template <typename Visit>
Value for_elements(Arguments arguments, EvalContext& context, Visit visit) {
  std::vector<Value> values(arguments.begin() + 1, arguments.end());
  const std::string_view text = value_text(arguments[0], context.arena);
  std::vector<Value> kept;
  for (const Value& element : elements(arguments[1])) {
    values[0] = element;
    visit(element, Lambda(text, values, context).evaluate(), kept);
  }
  const std::span<Value> copy = context.arena.allocate_array<Value>(kept.size());
  std::copy(kept.begin(), kept.end(), copy.begin());
  return many_of(copy);
}

}  // namespace

Value mvfilter(Arguments arguments, EvalContext& context) {
  return for_elements(arguments, context, [](const Value& element, const Value& keeps, std::vector<Value>& kept) {
    if (keeps.is_true()) kept.push_back(element);
  });
}

Value mvmap(Arguments arguments, EvalContext& context) {
  return for_elements(arguments, context, [&](const Value&, const Value& result, std::vector<Value>& kept) {
    for (const Value& each : elements(result)) kept.push_back(Value::string(value_text(each, context.arena)));
  });
}

/// The program is "=<state> expression" for each assignment. What one gives is seen by those behind it, and by all for
/// the next value.
Value fold(Arguments arguments, EvalContext& context) {
  const auto count = static_cast<size_t>(arguments[1].as_integer());
  const auto which = static_cast<size_t>(arguments[2].as_integer());
  if (arguments.size() < count + 4 || which == 0 || which > count) return Value::null();
  std::vector<Value> values{Value::null()};
  values.insert(values.end(), arguments.begin() + 4, arguments.end());
  for (const Value& element : elements(arguments[3])) {
    values[0] = element;
    Lambda(value_text(arguments[0], context.arena), values, context).assign(values, count);
  }
  return values[which];
}

}  // namespace hecate::spl
