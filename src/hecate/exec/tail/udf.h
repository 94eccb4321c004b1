#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exec/functions/function.h"
#include "exec/tail/database.h"
#include "plan/expr.h"

namespace hecate::tail {

/// Gives DuckDB the functions of one tail: each distinct (function, argument types) and each distinct Match
/// becomes a scalar UDF with a generated name, so that SQL computes with the very code that heads run.
class UdfRegistry {
 public:
  /// `tail` makes the names unique in the database; `run` must outlive the queries.
  UdfRegistry(const Connection& connection, std::string_view tail, const RunParameters& run);

  /// The SQL name of a function for these static types.
  std::string function(const Function& function, const std::vector<Type>& arguments, Type result);
  /// The SQL name of a test for an operand of this type.
  std::string match(const Match& match, Type operand);

 private:
  std::string register_udf(const std::string& key, std::vector<Type> arguments, Type result, const Function* function,
                           const Match* match);

  const Connection& connection_;
  std::string prefix_;
  const RunParameters& run_;
  std::vector<std::pair<std::string, std::string>> names_;  // key -> SQL name
};

}  // namespace hecate::tail
