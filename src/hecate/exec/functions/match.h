#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "plan/expr.h"

namespace hecate {

/// A canonical glob cut at its wildcards.
class Glob {
 public:
  explicit Glob(std::string_view pattern);
  /// Whether the whole text matches. `*` runs over everything, `?` takes one code point.
  [[nodiscard]] bool matches(std::string_view text) const;

 private:
  /// What stands between two `*`: literals, with a `?` between each and the next.
  struct Piece {
    std::vector<std::string> literals;
  };
  /// Where the piece ends if it begins at `at`; npos where it does not stand there.
  static size_t match_at(const Piece& piece, std::string_view text, size_t at);
  /// Where the leftmost piece from `at` on ends; npos where there is none.
  static size_t find(const Piece& piece, std::string_view text, size_t at);
  static bool ends_with(const Piece& piece, std::string_view text, size_t from);

  std::vector<Piece> pieces_;  // one more than there are runs of `*`
};

/// One regular expression, compiled: PCRE2 with JIT and a match limit, or RE2.
class Regex {
 public:
  /// nullptr where the pattern is invalid; `error` then says why and, for PCRE2, at which byte.
  static std::unique_ptr<Regex> compile(std::string_view pattern, RegexDialect dialect, Casing casing,
                                        std::string& error);
  virtual ~Regex() = default;
  [[nodiscard]] virtual bool search(std::string_view text) const = 0;
  /// How often the match limit ended a search (which then counts as no match). Reported with the results.
  [[nodiscard]] virtual uint64_t limit_hits() const { return 0; }
};

/// A Match node made ready to run. Not shared between threads.
class CompiledMatch {
 public:
  explicit CompiledMatch(const Match& match);

  /// The operand folded, where `folds()`; as it is otherwise.
  [[nodiscard]] bool test(std::string_view text) const;
  /// Insensitive tests other than Regex want their operand folded by fold_case().
  [[nodiscard]] bool folds() const { return folds_; }
  /// The whole test over any value: Null never matches, of a Many any element may.
  [[nodiscard]] bool test(const Value& value, Arena& arena) const;
  [[nodiscard]] uint64_t limit_hits() const;

 private:
  [[nodiscard]] bool test_pattern(size_t index, std::string_view text) const;
  [[nodiscard]] bool test_element(const Value& value, size_t pattern, Arena& arena) const;

  MatchOp op_;
  Quantifier quantifier_;
  bool folds_;
  std::vector<std::string> patterns_;
  std::vector<Glob> globs_;
  std::vector<std::unique_ptr<Regex>> regexes_;
};

/// Kusto's term tests: a term is a maximal run of letters and digits; a boundary is asked for only where the
/// needle's edge is itself alphanumeric.
[[nodiscard]] bool has_term(std::string_view text, std::string_view needle, bool left_edge, bool right_edge);

}  // namespace hecate
