#pragma once

#include <cstdint>
#include <string_view>

namespace hecate::kql {

/// Where a word of the language may stand as a name without brackets: `['where']` may stand everywhere.
enum class WordUse : uint8_t {
  Name,      // not a word of the language, or one that may be any name (count, step, database)
  NewName,   // may be the name of a new column or parameter: `by = …`, but not of one that is read
  PathName,  // may be read, but not made: kind
  Reserved,  // neither: where, on, and
};

[[nodiscard]] WordUse word_use(std::string_view word);

}  // namespace hecate::kql
