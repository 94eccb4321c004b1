#pragma once

#include <span>
#include <string_view>

#include "base/diagnostic.h"
#include "base/result.h"
#include "lang/sigma/ast.h"
#include "yaml/yaml.h"

namespace hecate::sigma {

/// Reads a `detection:` mapping (of a filter: its `filter:`), with the keys in `reserved` left to the
/// caller. Modifiers and the types of values are checked; names in the condition are not yet.
[[nodiscard]] Result<ast::Detection> parse_detection(const yaml::Node& mapping,
                                                     std::span<const std::string_view> reserved, DiagnosticSink& sink);

}  // namespace hecate::sigma
