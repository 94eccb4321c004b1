#pragma once

#include <string>
#include <string_view>

namespace hecate {

/// A regular expression of Kusto's dialect as RE2 reads it: `(?<name>…)` is `(?P<name>…)`; `\<`, `\>`, `\b{start}`
/// and `\b{end}` are word boundaries. What stands in a class or behind a backslash is left alone.
[[nodiscard]] std::string re2_pattern(std::string_view pattern);

}  // namespace hecate
