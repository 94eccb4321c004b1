#pragma once

#include <functional>
#include <memory>
#include <optional>
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

struct Sample {
  std::string text;
  bool at_begin = false, at_end = false;  // nothing may stand before it, or behind
};

/// A text that a regular expression may match: literals, classes, groups, alternatives, quantifiers; whatever looks
/// ahead or behind is passed over, so the caller has to try. Nothing for what it does not know.
[[nodiscard]] std::optional<Sample> sample_of(std::string_view pattern, const std::function<size_t(size_t)>& choose);

}  // namespace hecate::corpus
