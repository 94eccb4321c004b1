#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace hecate::sigma {

enum class Modifier : uint8_t {
  All,
  Neq,
  Cased,
  Contains,
  StartsWith,
  EndsWith,
  Windash,
  Base64,
  Base64Offset,
  Utf16Le,
  Utf16Be,
  Utf16,
  Expand,
  Re,
  ReIgnoreCase,
  ReMultiline,
  ReDotAll,
  Cidr,
  Lt,
  Lte,
  Gt,
  Gte,
  Minute,
  Hour,
  Day,
  Week,
  Month,
  Year,
  Exists,
  FieldRef,
};

/// What a modifier does; which modifiers may be combined is said by kind.
enum class ModifierKind : uint8_t {
  All,
  Negate,
  Cased,
  Position,
  Dash,
  Encode,
  Expand,
  Regex,
  RegexFlag,
  Network,
  Compare,
  TimePart,
  Exists,
  FieldReference,
};

/// The values that a modifier may stand on.
enum class Accepts : uint8_t {
  Anything,  // texts, numbers, booleans and null
  Scalar,    // texts, numbers and booleans, as their text
  Text,
  Number,
  Boolean,
};

/// One row of the table of modifiers (Sigma Modifiers Appendix 2.1.0), from which the parser, completion and
/// the reference are made.
struct ModifierRow {
  std::string_view name;
  Modifier id;
  ModifierKind kind;
  Accepts accepts;
  uint32_t after;    // bits of the kinds that may stand somewhere before it
  bool needs_regex;  // only directly behind `re` or another of its flags
  bool keyword;      // may be used without a field
  std::string_view doc;
  std::string_view alias_of;  // not in the specification, or a second name: the usual one
};

[[nodiscard]] constexpr uint32_t bit(ModifierKind kind) { return 1U << static_cast<uint32_t>(kind); }

/// Every modifier, in the order of the specification.
[[nodiscard]] std::span<const ModifierRow> modifiers();
/// nullptr where there is no such modifier. Names are lower case.
[[nodiscard]] const ModifierRow* find_modifier(std::string_view name);
/// The name to suggest for a misspelt one, or empty.
[[nodiscard]] std::string_view nearest_modifier(std::string_view name);

}  // namespace hecate::sigma
