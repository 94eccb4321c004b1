#include "exec/tail/udf.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "exec/functions/match.h"
#include "exec/tail/vectors.h"
#include "plan/cut.h"

namespace hecate::tail {
namespace {

/// What a UDF's callback needs; owned by DuckDB through `delete_body`.
struct Body {
  const Function* function = nullptr;
  std::optional<CompiledMatch> match;
  std::vector<Type> arguments;
  Type result;
  const RunParameters* run;
  Arena arena;
  CellBuffer buffer;
};

void delete_body(void* body) { std::unique_ptr<Body>(static_cast<Body*>(body)).reset(); }

void run_udf(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
  Body& body = *static_cast<Body*>(duckdb_scalar_function_get_extra_info(info));
  const idx_t rows = duckdb_data_chunk_get_size(input);
  std::vector<Value> arguments(body.arguments.size());
  for (idx_t row = 0; row < rows; ++row) {
    body.arena.reset();
    for (size_t i = 0; i < arguments.size(); ++i) {
      arguments[i] = read_value(duckdb_data_chunk_get_vector(input, i), row, body.arguments[i], body.arena);
    }
    EvalContext context{body.arena, *body.run};
    const Value value = body.match ? Value::boolean(body.match->test(arguments[0], body.arena))
                                   : hecate::call(*body.function, arguments, context);
    write_value(output, row, body.result, value, body.buffer);
  }
}

std::string type_key(const std::vector<Type>& types) {
  std::string key;
  for (const Type type : types) key += fmt::format("/{}", to_string(type));
  return key;
}

}  // namespace

UdfRegistry::UdfRegistry(const Connection& connection, std::string_view tail, const RunParameters& run)
    : connection_(connection), prefix_(fmt::format("hecate_{}_", tail)), run_(run) {}

std::string UdfRegistry::function(const Function& function, const std::vector<Type>& arguments, Type result) {
  const std::string key = fmt::format("{}{}>{}", function.name, type_key(arguments), to_string(result));
  return register_udf(key, arguments, result, &function, nullptr);
}

std::string UdfRegistry::match(const Match& match, Type operand) {
  const std::string key = fmt::format("match {}{}", identity(match), type_key({operand}));
  return register_udf(key, {operand}, Type::Bool, nullptr, &match);
}

std::string UdfRegistry::register_udf(const std::string& key, std::vector<Type> arguments, Type result,
                                      const Function* function, const Match* match) {
  const auto known = std::find_if(names_.begin(), names_.end(), [&](const auto& entry) { return entry.first == key; });
  if (known != names_.end()) return known->second;
  std::string name = prefix_ + std::to_string(names_.size());
  duckdb_scalar_function udf = duckdb_create_scalar_function();
  duckdb_scalar_function_set_name(udf, name.c_str());
  for (const Type type : arguments.empty() ? std::vector{Type::Bool} : arguments) {
    duckdb_logical_type logical = logical_type(type);
    duckdb_scalar_function_add_parameter(udf, logical);
    duckdb_destroy_logical_type(&logical);
  }
  duckdb_logical_type returned = logical_type(result);
  duckdb_scalar_function_set_return_type(udf, returned);
  duckdb_destroy_logical_type(&returned);
  duckdb_scalar_function_set_special_handling(udf);  // our functions see NULLs themselves
  if (function != nullptr && is_random(function->name)) duckdb_scalar_function_set_volatile(udf);
  auto body = std::make_unique<Body>();
  body->function = function;
  if (match != nullptr) body->match.emplace(*match);
  body->arguments = std::move(arguments);
  body->result = result;
  body->run = &run_;
  duckdb_scalar_function_set_extra_info(udf, body.release(), delete_body);
  duckdb_scalar_function_set_function(udf, run_udf);
  duckdb_register_scalar_function(connection_.handle(), udf);
  duckdb_destroy_scalar_function(&udf);
  names_.emplace_back(key, name);
  return name;
}

}  // namespace hecate::tail
