#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "plan/expr.h"

namespace hecate {

/// A PCRE2 pattern with room for one match: JIT, a match limit, and a retry on a larger stack. The one place of
/// Hecate that calls PCRE2 while events flow. Not shared between threads.
class Pcre2Pattern {
 public:
  explicit Pcre2Pattern(std::string_view pattern, Casing casing = Casing::Sensitive);
  ~Pcre2Pattern();
  Pcre2Pattern(const Pcre2Pattern&) = delete;
  Pcre2Pattern& operator=(const Pcre2Pattern&) = delete;

  /// Whether the pattern compiled; `error()` says why not, and at which byte.
  [[nodiscard]] bool valid() const;
  [[nodiscard]] const std::string& error() const { return error_; }

  /// The first match at or behind `at`; its groups are then in group(). False for an invalid pattern and where the
  /// limit ended the search.
  bool find(std::string_view text, size_t at = 0) const;

  struct Group {
    size_t begin, end;
  };
  /// Group 0 is the whole match; nullopt where the group took no part in it.
  [[nodiscard]] std::optional<Group> group(size_t number) const;
  [[nodiscard]] std::optional<size_t> group_number(const std::string& name) const;
  [[nodiscard]] size_t groups() const;
  /// Searches that the match limit ended; they counted as no match.
  [[nodiscard]] uint64_t limit_hits() const { return limit_hits_; }

 private:
  struct State;
  std::unique_ptr<State> state_;
  std::string error_;
  mutable uint64_t limit_hits_ = 0;
};

/// Compiled once for each thread: scalar functions are called row by row and have no place of their own to keep state.
/// It only saves work, and is emptied where hostile data makes ever new patterns.
[[nodiscard]] const Pcre2Pattern& cached_pattern(std::string_view pattern);

}  // namespace hecate
