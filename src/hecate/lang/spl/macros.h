#pragma once

#include "base/result.h"
#include "lang/spl/source.h"
#include "lang/spl/spl.h"

namespace hecate::spl {

/// Takes ```comments``` out and puts the text of each macro in the place of its call, recursively. Bounded in
/// depth, in calls and in bytes.
[[nodiscard]] Result<Expanded> expand(const MappedText& search, const MacroTable& macros, DiagnosticSink& sink);

}  // namespace hecate::spl
