#include <algorithm>
#include <array>
#include <vector>

#include "exec/functions/function.h"

namespace hecate {
// text_event.cpp: the rest of text.*.
[[nodiscard]] std::span<const Function> event_functions();

namespace {

std::vector<const Function*> sorted_functions() {
  std::vector<const Function*> all;
  for (const auto family : {convert_functions(), kql_functions(), sigma_functions(), spl_functions(), text_functions(),
                            event_functions()}) {
    for (const Function& function : family) all.push_back(&function);
  }
  std::sort(all.begin(), all.end(), [](const Function* a, const Function* b) { return a->name < b->name; });
  return all;
}

}  // namespace

std::span<const Function* const> all_functions() {
  static const std::vector<const Function*> all = sorted_functions();
  return all;
}

const Function* find_function(std::string_view name) {
  const auto all = all_functions();
  const auto found =
      std::lower_bound(all.begin(), all.end(), name,
                       [](const Function* function, std::string_view wanted) { return function->name < wanted; });
  return found != all.end() && (*found)->name == name ? *found : nullptr;
}

Value call(const Function& function, std::span<const Value> arguments, EvalContext& context) {
  bool any_null = false;
  for (const Value& argument : arguments) {
    if (argument.is_undecided()) return Value::undecided();
    any_null |= argument.is_null();
  }
  if (any_null && !function.sees_null) return Value::null();
  return function.evaluate(arguments, context);
}

}  // namespace hecate
