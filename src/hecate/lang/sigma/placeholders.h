#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hecate::sigma {

/// A part of a value under `expand`: the name of a placeholder, or text between placeholders as it is written.
struct PlaceholderPiece {
  std::string text;
  bool placeholder = false;
  size_t begin = 0;
  size_t end = 0;
};

/// Splits a value at its placeholders, `%name%`. A backslash before a percent sign makes it plain; two backslashes
/// are one (Rules Specification, "Placeholders", "Escaping").
[[nodiscard]] std::vector<PlaceholderPiece> split_placeholders(std::string_view text);
[[nodiscard]] bool has_placeholder(std::string_view text);

/// Text between placeholders once none is left: `\%` is `%`.
[[nodiscard]] std::string unescape_percent(std::string_view text);

}  // namespace hecate::sigma
