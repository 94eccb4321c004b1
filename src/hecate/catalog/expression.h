#pragma once

#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/mapped_text.h"
#include "base/result.h"

namespace hecate::catalog {

/// A catalog expression as it is written: `concat_ws(" ", process.binary, process.arguments)`.
struct Expression {
  enum class Kind { Name, Text, Number, Call };
  Kind kind = Kind::Name;
  std::string text;                   // the name, the string's value, the number's digits, the function
  std::vector<Expression> arguments;  // of a call
  Span span;
};

/// expression = call | name | string | number ;
/// call       = name "(" [ expression { "," expression } ] ")" ;
/// string     = '"' { character | "\" character } '"' | the same in single quotes ;
/// number     = [ "-" ] digit { digit } [ "." digit { digit } ] ;
/// name       = a run of anything but blanks, commas, parentheses and quotes that does not begin like a number.
[[nodiscard]] Result<Expression> parse_expression(const MappedText& text, DiagnosticSink& sink);

/// The text of an expression, normalised; for listings.
[[nodiscard]] std::string to_string(const Expression& expression);

}  // namespace hecate::catalog
