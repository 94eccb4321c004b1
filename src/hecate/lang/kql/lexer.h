#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/mapped_text.h"
#include "lang/kql/words.h"
#include "plan/types.h"
#include "plan/value.h"

namespace hecate::kql {

enum class TokenKind : uint8_t { End, Name, Constant, RawGuid, Punctuation };

struct Token {
  TokenKind kind = TokenKind::End;
  WordUse use = WordUse::Name;  // of a name
  Type type = Type::String;     // of a constant
  uint32_t begin = 0;           // offsets into the query's text
  uint32_t end = 0;
  /// How many brackets are open around it; a bracket counts as outside of itself. Where brackets do not match, a guess
  /// that is good enough to go on behind an error.
  uint32_t nesting = 0;
  uint32_t constant = 0;  // which of the constants
  std::string_view text;  // as it stands in the query
};

struct Tokens {
  std::vector<Token> list;            // the last is End
  std::vector<OwnedValue> constants;  // already decoded
};

/// Longer queries are refused: no query that people or programs write comes near it.
inline constexpr size_t kLargestQuery = size_t{4} << 20;

/// The query as tokens. What cannot be read is reported, and lexing goes on after it. The tokens point into the query.
[[nodiscard]] Tokens lex(const MappedText& query, DiagnosticSink& sink);

/// `1.02:03:04.5`, `02:03:04`, `2` (days), `-1d`, `100ms`: what may stand in `timespan(…)`.
[[nodiscard]] std::optional<Ticks> parse_timespan(std::string_view text);
/// What may stand in `datetime(…)`: ISO 8601, a year, a year and a month, `M/D/YYYY`.
[[nodiscard]] std::optional<Ticks> parse_datetime(std::string_view text);

}  // namespace hecate::kql
