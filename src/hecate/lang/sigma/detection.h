#pragma once

#include <optional>
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

/// Reads one search as it stands under a search identifier; `name` is where to say that there is none.
[[nodiscard]] Result<ast::Group> parse_search(const yaml::Node& node, Span name, DiagnosticSink& sink);

/// A scalar (or null) by YAML's core schema, as the values of a search are read.
[[nodiscard]] decltype(ast::Value::node) scalar_value(const yaml::Node& node);
/// A decimal number, whole or not; "inf" and "nan" are words.
[[nodiscard]] std::optional<ast::Number> number_of(std::string_view text);

}  // namespace hecate::sigma
