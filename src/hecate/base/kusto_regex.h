#pragma once

#include <string>
#include <string_view>

namespace hecate {

/// A regular expression of Kusto's dialect (https://learn.microsoft.com/kusto/query/regex) in the words of RE2.
struct KustoRegex {
  std::string pattern;           ///< as RE2 reads it
  std::string_view unsupported;  ///< the part of the source that RE2 cannot say; empty where all can be said
  /// Whether the start or end of a word is written `\<` or `\>`, which who means the characters does not expect.
  bool angle_boundary = false;
};

/// `(?<name>…)` is `(?P<name>…)`. RE2 has no starts and ends of words (`\<`, `\>`, `\b{start}`, `\b{end}`): such a
/// boundary is `\b` where the character beside it is surely one of a word, and matches nothing where it surely is not;
/// elsewhere it is unsupported. What stands in a class is left alone.
[[nodiscard]] KustoRegex kusto_regex(std::string_view pattern);

/// The pattern of it, with what RE2 cannot say as plain boundaries: for patterns that are not known beforehand.
[[nodiscard]] std::string re2_pattern(std::string_view pattern);

}  // namespace hecate
