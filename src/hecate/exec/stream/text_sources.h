#pragma once

#include <optional>
#include <vector>

#include "exec/stream/program.h"

namespace hecate::stream {

/// What an expression's text is made of.
struct TextSources {
  std::vector<Program::Index> leaves;     // Op::Raw, Op::Metadata
  std::vector<Program::Index> constants;  // texts that stand for what is absent, above all
};

/// Where all of an expression's text stands, up to its case: what is in none of the leaves and none of the constants is
/// not in its value. Nothing where the value may hold anything else, as a sum, or has no leaf.
[[nodiscard]] std::optional<TextSources> text_sources(const Program& program, Program::Index node);

}  // namespace hecate::stream
