#include <fmt/format.h>

#include <algorithm>

#include "lang/kql/binder.h"
#include "lang/kql/function_store.h"

// Functions of the query and of the environment:
// https://learn.microsoft.com/kusto/query/functions/user-defined-functions
namespace hecate::kql {
namespace {

/// Functions may call others, but none itself; this many in one another is a circle among stored functions.
constexpr size_t kDeepestCalls = 40;

}  // namespace

bool Binder::calls_itself(const ast::Lambda& function, Span span) {
  const bool circle = std::find(calls_.begin(), calls_.end(), &function) != calls_.end();
  if (!circle && calls_.size() < kDeepestCalls) return false;
  sink_.report(kTooDeep, span, circle ? "a function calls itself" : "calls of functions are nested too deeply");
  return true;
}

std::optional<Binding> Binder::stored_function(std::string_view name) {
  if (environment_.functions == nullptr) return std::nullopt;
  const auto& functions = environment_.functions->store().functions;
  const auto found = functions.find(name);
  if (found == functions.end()) return std::nullopt;
  Binding binding;
  binding.function = &found->second->lambda;
  const auto known = stored_tabular_.find(binding.function);
  if (known == stored_tabular_.end()) {
    stored_tabular_[binding.function] = true;  // while its own names are looked at
    stored_tabular_[binding.function] = is_tabular(*binding.function, {});
  }
  binding.tabular = stored_tabular_[binding.function];
  // It sees what stands in the environment, not the names of the place where it is called.
  binding.names = {};
  return binding;
}

/// The scope of a call: each parameter with what it was given, by name or by place, or with its default.
std::shared_ptr<Names> Binder::bind_arguments(const Binding& function, const ast::Invocation* call, Span span) {
  auto scope = new_scope(function.names);
  const auto& parameters = function.function->parameters;
  static const std::vector<ast::Argument> kNone;
  const std::vector<ast::Argument>& arguments = call == nullptr ? kNone : call->arguments;
  std::vector<const ast::Expression*> given(parameters.size(), nullptr);
  size_t place = 0;
  for (const ast::Argument& argument : arguments) {
    size_t at = place++;
    if (!argument.name.empty()) {
      const auto named = std::find_if(parameters.begin(), parameters.end(),
                                      [&](const ast::Parameter& parameter) { return parameter.name == argument.name; });
      at = static_cast<size_t>(named - parameters.begin());
    }
    if (at >= parameters.size()) {
      std::vector<std::string_view> names;
      for (const ast::Parameter& parameter : parameters) names.push_back(parameter.name);
      const std::string_view near = argument.name.empty() ? std::string_view() : nearest(argument.name, names);
      sink_.report(kArity, argument.value->span,
                   argument.name.empty() ? fmt::format("the function takes {} arguments", parameters.size())
                                         : fmt::format("the function has no parameter `{}`", argument.name),
                   near.empty() ? "" : fmt::format("did you mean `{}`?", near));
      return nullptr;
    }
    given[at] = argument.value.get();
  }
  for (size_t i = 0; i < parameters.size(); ++i) {
    const ast::Parameter& parameter = parameters[i];
    Binding binding;
    binding.index = i;
    binding.tabular = parameter.tabular;
    binding.names = names_;
    if (parameter.tabular) {
      binding.table = given[i];
      binding.calls = calls_.size();
      if (given[i] == nullptr) {
        sink_.report(kArity, span, fmt::format("the table for the parameter `{}` is missing", parameter.name));
        return nullptr;
      }
    } else {
      if (given[i] == nullptr && !parameter.default_value) {
        sink_.report(kArity, span, fmt::format("the value for the parameter `{}` is missing", parameter.name));
        return nullptr;
      }
      const size_t before = size_;
      binding.bound = true;
      // A table where a list is wanted: f(T | project x)
      if (given[i] != nullptr && parameter.type == Type::Dynamic && is_tabular(*given[i])) {
        binding.value = list_of(*given[i], "argument", given[i]->span);
      } else {
        binding.value = bind(given[i] != nullptr ? *given[i] : *parameter.default_value);
      }
      if (!binding.value) return nullptr;
      binding.value = converted(binding.value, parameter.type, binding.value->span);
      binding.size = size_ - before;
    }
    scope->bindings.emplace(parameter.name, std::move(binding));
  }
  return scope;
}

ExprPtr Binder::call_scalar(const Binding& function, const ast::Invocation& call, Span span) {
  if (calls_itself(*function.function, span)) return nullptr;
  const auto scope = bind_arguments(function, &call, span);
  if (!scope) return nullptr;
  const NamesAt saved = names_;
  calls_.push_back(function.function);
  names_ = {new_scope({scope, function.function->parameters.size()}), 0};
  const ast::Query& body = *function.function->body;
  define_lets(body.lets);
  ExprPtr value;
  if (body.body.source && body.body.operators.empty()) {
    value = bind(*body.body.source);
  } else {
    sink_.report(kUnknownTable, span, fmt::format("`{}` gives a table, and a value is needed here", call.function));
  }
  calls_.pop_back();
  names_ = saved;
  return value;
}

void Binder::call_tabular(const Binding& function, const ast::Invocation* call, Span span) {
  const std::string name = call == nullptr ? "the function" : "`" + call->function + "`";
  if (calls_itself(*function.function, span)) return fail_source();
  if (!function.tabular) {
    sink_.report(kUnknownTable, span, fmt::format("{} gives a value, not a table", name));
    return fail_source();
  }
  const auto scope = bind_arguments(function, call, span);
  if (!scope) return fail_source();
  const NamesAt saved = names_;
  calls_.push_back(function.function);
  names_ = {scope, function.function->parameters.size()};
  bind_statements(*function.function->body);
  if (plan_.nodes.empty()) fail_source();
  calls_.pop_back();
  names_ = saved;
}

/// `T | invoke f(a)`: the rows are the function's first argument (invoke-operator).
void Binder::invoke(const ast::Invocation& call, Span span, const ast::Pipeline& pipeline, size_t operators) {
  const Binding* named = find_name(call.function);
  std::optional<Binding> function = named != nullptr ? std::optional<Binding>(*named) : stored_function(call.function);
  if (!function) {
    // Functions of Defender (FileProfile and its like) add columns that only Microsoft can fill.
    sink_.report(kInferredTable, span,
                 fmt::format("the function `{}` is not known: what it adds to the rows is empty here", call.function));
    relation_.inferred = true;
    return;
  }
  if (function->function == nullptr || function->function->parameters.empty() ||
      !function->function->parameters.front().tabular) {
    sink_.report(kArgumentType, span, fmt::format("the first parameter of `{}` is no table", call.function),
                 "invoke gives it the rows: (T: (*)) { T | … }");
    return fail_source();
  }
  // Its other arguments, then the rows as what its first parameter names.
  Binding rows;
  rows.tabular = true;
  rows.prefix = &pipeline;
  rows.operators = operators;
  rows.names = names_;
  rows.calls = calls_.size();
  const auto& parameters = function->function->parameters;
  const auto scope = new_scope(function->names);
  scope->bindings.emplace(parameters.front().name, std::move(rows));
  for (size_t i = 1; i < parameters.size(); ++i) {
    const auto by_name = std::find_if(call.arguments.begin(), call.arguments.end(), [&](const ast::Argument& argument) {
      return argument.name == parameters[i].name;
    });
    const ast::Expression* given = by_name != call.arguments.end() ? by_name->value.get()
                                   : i <= call.arguments.size() && call.arguments[i - 1].name.empty()
                                       ? call.arguments[i - 1].value.get()
                                       : parameters[i].default_value.get();
    if (given == nullptr) {
      sink_.report(kArity, span, fmt::format("the value for the parameter `{}` is missing", parameters[i].name));
      return fail_source();
    }
    Binding binding;
    binding.index = i;
    binding.names = names_;
    binding.tabular = parameters[i].tabular;
    if (parameters[i].tabular) {
      binding.table = given;
      binding.calls = calls_.size();
    } else {
      binding.bound = true;
      // Arguments of invoke see no column of the rows.
      binding.value = bind(*given);
      if (!binding.value) return fail_source();
      binding.value = converted(binding.value, parameters[i].type, given->span);
    }
    scope->bindings.emplace(parameters[i].name, std::move(binding));
  }
  // The function reads the rows as often as it likes: they are bound again where it names them.
  begin_plan();
  const NamesAt saved = names_;
  names_ = {scope, parameters.size()};
  if (!calls_itself(*function->function, span)) {
    calls_.push_back(function->function);
    bind_statements(*function->function->body);
    calls_.pop_back();
  }
  if (plan_.nodes.empty()) fail_source();
  names_ = saved;
}

/// What a name of a value means. A value that reads another plan belongs to the plan that it was bound in, so that it
/// is bound again where it is used in another.
ExprPtr Binder::value_of(Binding& binding, const std::string& name, Span span) {
  if (binding.bound) {
    size_ += binding.size;
    let_depth_ = std::max(let_depth_, binding.depth);
    if (binding.depth > DepthGuard::kDeepest) {
      sink_.report(kTooDeep, span, fmt::format("`{}` is nested too deeply", name));
      return nullptr;
    }
    return binding.value;
  }
  if (binding.value && binding.plan == number_) return binding.value;
  if (binding.pipeline == nullptr || !binding.pipeline->source) return nullptr;
  const ast::Expression& source = *binding.pipeline->source;
  const NamesAt saved = std::exchange(names_, binding.names);
  const size_t size = size_;
  const int depth = std::exchange(let_depth_, 0);
  const size_t inputs = plan_.inputs.size();
  Relation rows = std::exchange(relation_, Relation());
  ExprPtr value = bind(source);
  relation_ = std::move(rows);
  names_ = saved;
  binding.value = value;
  binding.plan = number_;
  if (plan_.inputs.size() == inputs) {
    binding.bound = true;
    binding.size = size_ - size;
    binding.depth = let_depth_ + source.depth;
  }
  let_depth_ = std::max(depth, binding.depth);
  return value;
}

}  // namespace hecate::kql
