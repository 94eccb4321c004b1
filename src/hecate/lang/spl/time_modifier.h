#pragma once

#include <string_view>

#include "plan/expr.h"

namespace hecate::spl {

/// Whether a search reads `name=` as a bound of its time range and not as a field.
[[nodiscard]] bool is_time_modifier(std::string_view name);

/// What `earliest=` and `latest=` stand for, in seconds since 1970: a number, `now`, `-24h@h`, `@d`, or
/// `10/27/2026:00:00:00` in the zone of the run (Search Manual, "Specify time modifiers in your search"). Null where
/// the text is none of them.
[[nodiscard]] ExprPtr time_bound(std::string_view text, Span span);

}  // namespace hecate::spl
