#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hecate::stream {

/// Literals, folded, of which at least one stands in every folded ASCII text that the regular expression
/// (PCRE2's syntax) matches; nothing where there are none of at least three bytes. Understands the common
/// constructs; with all others it gives up, which only costs time.
[[nodiscard]] std::optional<std::vector<std::string>> required_by_regex(std::string_view pattern);

/// The longest literal of a canonical glob, as written; empty where it has none.
[[nodiscard]] std::string required_by_glob(std::string_view glob);

}  // namespace hecate::stream
