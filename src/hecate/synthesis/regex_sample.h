#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace hecate::synthesis {

struct Sample {
  std::string text;
  bool at_begin = false, at_end = false;  // nothing may stand before it, or behind
};

/// A text that a regular expression may match: literals, classes, groups, alternatives, quantifiers; whatever looks
/// ahead or behind is passed over, so the caller has to try. Nothing for what it does not know. `choose(n)` says which
/// of n possibilities.
[[nodiscard]] std::optional<Sample> sample_of(std::string_view pattern, const std::function<size_t(size_t)>& choose);

}  // namespace hecate::synthesis
