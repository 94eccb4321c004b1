#pragma once

#include <string>
#include <string_view>

namespace hecate {

/// SPL's wildcards as a canonical glob (plan/expr.h, make_glob_match): only `*` is one, and no backslash takes that
/// from it (Search Manual, "SPL and regular expressions").
[[nodiscard]] std::string glob_of_stars(std::string_view text);

}  // namespace hecate
