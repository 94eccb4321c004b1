#pragma once

#include "base/diagnostic.h"
#include "base/mapped_text.h"
#include "base/result.h"
#include "lang/sigma/ast.h"

namespace hecate::sigma {

/// Parses one condition; everything wrong is reported at its place in the condition.
[[nodiscard]] Result<ast::ConditionPtr> parse_condition(const MappedText& text, DiagnosticSink& sink);

/// Whether a name matches a pattern of `1 of pattern`, where `*` stands for any characters. Names that begin
/// with `_` are matched only by patterns that do ("excluded by convention").
[[nodiscard]] bool selects(std::string_view pattern, std::string_view name);

/// Whether a `not` stands anywhere in the condition.
[[nodiscard]] bool has_negation(const ast::Condition& condition);

}  // namespace hecate::sigma
