#include <fmt/format.h>

#include "lang/kql/binder.h"

// Functions over the rows before and behind: https://learn.microsoft.com/kusto/query/window-functions
namespace hecate::kql {

bool Binder::is_row_function(std::string_view name) {
  return name == "row_number" || name == "prev" || name == "next" || name == "row_cumsum" || name == "row_rank" ||
         name == "row_rank_dense" || name == "row_rank_min" || name == "row_window_session";
}

/// The value is a column of its own, made before the operator that asks for it.
ExprPtr Binder::bind_row_function(const ast::Invocation& node, Span span) {
  std::vector<ExprPtr> arguments;
  for (const ast::Argument& argument : node.arguments) {
    arguments.push_back(bind(*argument.value));
    if (!arguments.back()) return nullptr;
  }
  const auto number = [&](int64_t value) { return make_literal(OwnedValue(Value::integer(value)), Type::Long, span); };
  const std::string& name = node.function;
  Type type = Type::Long;
  if (name == "row_number") {
    if (!check_arity(name, 0, 2, arguments.size(), span)) return nullptr;
    if (arguments.empty()) arguments.push_back(number(1));
    if (arguments.size() == 1) arguments.push_back(make_bool(false, span));
  } else if (name == "prev" || name == "next") {
    if (!check_arity(name, 1, 3, arguments.size(), span)) return nullptr;
    type = arguments[0]->type;
    if (arguments.size() == 1) arguments.push_back(number(1));
    if (arguments.size() == 2) arguments.push_back(null_of(type, span));
    arguments[2] = converted(arguments[2], type, span);
  } else if (name == "row_cumsum") {
    if (!check_arity(name, 1, 2, arguments.size(), span)) return nullptr;
    type = arguments[0]->type;
    if (arguments.size() == 1) arguments.push_back(make_bool(false, span));
  } else if (name == "row_window_session") {
    if (!check_arity(name, 3, 4, arguments.size(), span)) return nullptr;
    type = Type::Datetime;
    if (arguments.size() == 3) arguments.push_back(make_bool(false, span));
  } else {
    if (!check_arity(name, 1, 2, arguments.size(), span)) return nullptr;
    if (arguments.size() == 1) arguments.push_back(make_bool(false, span));
  }
  RowFunctions functions;
  functions.keys = relation_.partition;
  const ColumnId id = plan_.add_column(name, type);
  // row_rank is the old name of row_rank_dense.
  functions.items.push_back(
      {id, name == "row_rank" ? "kql.row_rank_dense" : "kql." + name, std::move(arguments), span});
  add_node(std::move(functions), span);
  return make_column(id, type, span);
}

}  // namespace hecate::kql
