#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hecate::sigma {

/// A regular expression of a pipeline, used as Python's `re` uses it. PCRE2 does the work; the few differences
/// of the dialects do not occur in field names and values.
class PythonRegex {
 public:
  struct Error {
    std::string message;
    size_t offset = 0;
  };
  struct Match {
    size_t begin = 0;
    size_t end = 0;
    std::vector<std::optional<std::string>> groups;  // 0 is the whole
  };

  /// Nothing where it does not compile; then `error` says why.
  [[nodiscard]] static std::shared_ptr<const PythonRegex> compile(std::string_view pattern, Error& error);

  /// re.match: at the beginning, not to the end.
  [[nodiscard]] std::optional<Match> match(std::string_view text) const;
  /// re.finditer. Stops early where a match limit is hit; `limited` then says so.
  [[nodiscard]] std::vector<Match> find_all(std::string_view text, bool& limited) const;
  /// Names of groups with their numbers, in the order of the numbers.
  [[nodiscard]] const std::vector<std::pair<std::string, size_t>>& names() const { return names_; }
  [[nodiscard]] size_t groups() const { return groups_; }

  ~PythonRegex();
  PythonRegex(const PythonRegex&) = delete;
  PythonRegex& operator=(const PythonRegex&) = delete;

 private:
  struct Code;
  explicit PythonRegex(std::unique_ptr<Code> code);
  [[nodiscard]] std::optional<Match> search(std::string_view text, size_t from, uint32_t options, bool& limited) const;

  std::unique_ptr<Code> code_;
  std::vector<std::pair<std::string, size_t>> names_;
  size_t groups_ = 0;
};

/// The replacement of re.sub: `\1`, `\g<name>`, `\n`.
class PythonTemplate {
 public:
  /// Nothing, and why, where the template names a group that the expression lacks or has a bad escape.
  [[nodiscard]] static std::optional<PythonTemplate> parse(std::string_view text, const PythonRegex& regex,
                                                           std::string& error);
  [[nodiscard]] std::string expand(const PythonRegex::Match& match) const;

 private:
  struct Piece {
    std::string text;
    std::optional<size_t> group;
  };
  class Reader;
  std::vector<Piece> pieces_;
};

}  // namespace hecate::sigma
