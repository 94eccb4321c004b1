#pragma once

#include <cstdint>
#include <string_view>

#include "base/mapped_text.h"

namespace hecate::yaml {

struct MappedScalar {
  MappedText text;
  Span span;
};

/// Finds, for a scalar that yaml-cpp has read from `file_text` at `mark`, where each byte of its value
/// stands in the file. yaml-cpp tells only where the scalar begins; the value is aligned with the text from
/// there on, in whatever style it is written (plain, single or double quoted, literal, folded).
[[nodiscard]] MappedScalar map_scalar(std::string_view file_text, FileId file, uint32_t mark, std::string_view value);

}  // namespace hecate::yaml
