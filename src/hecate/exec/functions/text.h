#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hecate {

/// What is wrong with a pattern of `text.regex`, or nullopt where it compiles and has that many groups
/// (group 0 is the whole match).
[[nodiscard]] std::optional<std::string> regex_problem(std::string_view pattern, int64_t group);

}  // namespace hecate
