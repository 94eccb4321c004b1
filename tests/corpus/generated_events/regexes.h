#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "lang/sigma/ast.h"

namespace hecate::corpus {

/// PCRE2 itself, by Sigma's modifiers `i`, `m` and `s`.
class Regexes {
 public:
  Regexes();
  ~Regexes();
  Regexes(const Regexes&) = delete;
  Regexes& operator=(const Regexes&) = delete;
  [[nodiscard]] bool matches(const sigma::ast::Item& item, std::string_view pattern, std::string_view text);

 private:
  struct Compiled;
  std::unordered_map<std::string, std::unique_ptr<Compiled>> known_;
};

}  // namespace hecate::corpus
