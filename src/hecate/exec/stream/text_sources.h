#pragma once

#include <optional>
#include <vector>

#include "exec/stream/program.h"

namespace hecate::stream {

/// What an expression's text is made of.
struct TextSources {
  std::vector<Program::Index> leaves;     // Op::Raw, Op::Metadata
  std::vector<Program::Index> constants;  // texts that stand for what is absent, above all
  /// JSON or XML is read or written on the way: only such texts as `plain_part()` gives stand in the leaves as they
  /// stand in the value, and those only where no leaf `may_hold_encoded` ones.
  bool decoded = false;
};

/// The longest part of a literal that reading and writing JSON and XML leaves as it is; empty where that is no more
/// than what any such text may hold: a name of its structure, or what a number can look like.
[[nodiscard]] std::string_view plain_part(std::string_view literal);
/// Whether what such a part looks like may be written in another way: `\u0041`, or what stands in markup.
[[nodiscard]] bool may_hold_encoded(std::string_view text);

/// Where all of an expression's text stands, up to its case: what is in none of the leaves and none of the constants is
/// not in its value. Nothing where the value may hold anything else, as a sum, or has no leaf.
[[nodiscard]] std::optional<TextSources> text_sources(const Program& program, Program::Index node);

}  // namespace hecate::stream
