#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/mapped_text.h"
#include "plan/types.h"
#include "plan/value.h"

namespace hecate::kql {

enum class TokenKind : uint8_t { End, Name, Constant, Punctuation };

struct Token {
  TokenKind kind = TokenKind::End;
  uint32_t begin = 0;  // offsets into the query's text
  uint32_t end = 0;
  std::string text;  // of a name or punctuation
  OwnedValue value;  // of a constant, already decoded
  Type type = Type::String;
};

/// The query as tokens; the last is End. What cannot be read is reported, and lexing goes on after it.
[[nodiscard]] std::vector<Token> lex(const MappedText& query, DiagnosticSink& sink);

/// `1.02:03:04.5`, `02:03:04`, `2` (days), `-1d`, `100ms`: what may stand in `timespan(…)`.
[[nodiscard]] std::optional<Ticks> parse_timespan(std::string_view text);
/// What may stand in `datetime(…)`: ISO 8601, a year, a year and a month, `M/D/YYYY`.
[[nodiscard]] std::optional<Ticks> parse_datetime(std::string_view text);

}  // namespace hecate::kql
