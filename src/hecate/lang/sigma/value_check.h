#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/diagnostic.h"
#include "base/mapped_text.h"
#include "lang/sigma/ast.h"

namespace hecate::sigma {

/// Compiles `flags` ("(?im)" or nothing) and the pattern as the engines do: PCRE2 with UTF-8. `origin` maps the
/// pattern to the file for the exact place of an error; null where it has been rewritten.
[[nodiscard]] bool check_regex(std::string_view flags, std::string_view pattern, const MappedText* origin, Span span,
                               DiagnosticSink& sink);

/// An IPv4 or IPv6 address, with a prefix length or without.
[[nodiscard]] bool check_network(std::string_view text, Span span, DiagnosticSink& sink);

/// Whether the number can be that part of a time at all.
[[nodiscard]] bool check_time_part(const ast::AppliedModifier& part, const ast::Number& number, Span span,
                                   DiagnosticSink& sink);

/// The text of an `expand` value with `\%` resolved. Each placeholder is reported, and gives nothing:
/// "If the tool isn't able to handle placeholders, it must reject the rule" (Rules Specification).
[[nodiscard]] std::optional<std::string> without_placeholders(const MappedText& text, DiagnosticSink& sink);

}  // namespace hecate::sigma
