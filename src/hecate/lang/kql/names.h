#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "lang/kql/ast.h"

namespace hecate::kql {

struct Names;

/// A place in the chain of scopes: of the innermost one only what was defined before the place is seen, so that no
/// `let` sees itself and no chain of them is a circle.
struct NamesAt {
  std::shared_ptr<Names> names;
  size_t visible = 0;
};

/// What a name stands for that is not a column: one of these.
struct Binding {
  size_t index = 0;                         // in its scope
  const ast::Pipeline* pipeline = nullptr;  // of a `let`
  const ast::Expression* table = nullptr;   // what a tabular parameter was given
  const ast::Lambda* function = nullptr;
  /// invoke and `as`: the rows of a pipeline before its operator number `operators`.
  const ast::Pipeline* prefix = nullptr;
  size_t operators = 0;
  std::function<void()> rows;               // binds the rows itself; with `prefix`: those that it begins with
  const ast::Expression* entity = nullptr;  // of macro-expand: a database, as it was written
  ExprPtr value;                            // a scalar: already bound
  /// Of a table: how many calls stood in one another where it was given. It is bound as if it stood there still.
  size_t calls = SIZE_MAX;
  bool tabular = false;
  bool bound = false;  // a scalar: `value` is what it is, null where it is in error
  NamesAt names;       // in which the trees above are to be understood
  /// A value that reads another plan is of the plan with this number alone.
  uint64_t plan = 0;
  size_t size = 0;  // of the value, in nodes
  int depth = 0;
};

/// The names of one query, function body or call.
struct Names {
  NamesAt outer;
  std::map<std::string, Binding, std::less<>> bindings;

  /// The binding that is seen at a place, or nullptr.
  [[nodiscard]] static Binding* find(const NamesAt& at, std::string_view name) {
    for (const NamesAt* place = &at; place->names; place = &place->names->outer) {
      const auto found = place->names->bindings.find(name);
      if (found != place->names->bindings.end() && found->second.index < place->visible) return &found->second;
    }
    return nullptr;
  }
};

}  // namespace hecate::kql
