#pragma once

#include <map>
#include <memory>
#include <string>

#include "lang/kql/ast.h"
#include "lang/kql/kql.h"

namespace hecate::kql {

/// The trees of stored functions. They own all that they say; their spans point into the texts of the content.
struct Functions::Store {
  struct Entry {
    ast::Lambda lambda;
  };
  std::map<std::string, std::unique_ptr<Entry>, std::less<>> functions;
};

}  // namespace hecate::kql
