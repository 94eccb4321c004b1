#pragma once

#include <optional>
#include <vector>

#include "exec/stream/program.h"

namespace hecate::stream {

/// The leaves (Op::Raw, Op::Metadata) in whose texts all of an expression's text stands, up to its case: what is not
/// in any of them is not in its value. Nothing where the value may hold anything else, as a constant or a sum.
[[nodiscard]] std::optional<std::vector<Program::Index>> text_sources(const Program& program, Program::Index node);

}  // namespace hecate::stream
