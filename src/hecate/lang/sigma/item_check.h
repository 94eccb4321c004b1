#pragma once

#include "base/diagnostic.h"
#include "base/mapped_text.h"
#include "lang/sigma/ast.h"

namespace hecate::sigma {

/// Splits `field|modifier|...` and looks up the modifiers. False where one is unknown or out of place
/// (reported); the field is set in any case.
[[nodiscard]] bool parse_item_key(const MappedText& key, ast::Item& item, DiagnosticSink& sink);

/// Checks each value's type against the modifiers.
[[nodiscard]] bool check_item(const ast::Item& item, DiagnosticSink& sink);
/// The same once a pipeline has changed values: what it says of modifiers alone has been said before.
[[nodiscard]] bool check_values(const ast::Item& item, DiagnosticSink& sink);

}  // namespace hecate::sigma
