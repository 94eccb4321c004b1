#pragma once

#include <string>
#include <string_view>

namespace hecate {

[[nodiscard]] constexpr char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
[[nodiscard]] constexpr bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool is_ascii_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
[[nodiscard]] constexpr bool is_ascii_alnum(char c) { return is_ascii_digit(c) || is_ascii_alpha(c); }

[[nodiscard]] bool is_ascii(std::string_view text);
/// Unicode code points in a UTF-8 text; a malformed byte counts as one.
[[nodiscard]] size_t code_points(std::string_view text);

/// THE case folding of Hecate, for all three languages and for every engine (head, reference, SQL):
/// Unicode simple lower-casing, code point by code point. Malformed bytes stay as they are.
[[nodiscard]] std::string fold_case(std::string_view text);
/// Appends the folded text to `out`; the form that does not allocate for a reused buffer.
void fold_case_to(std::string_view text, std::string& out);

/// Whether a character that is not ASCII may be an ASCII letter for one that ignores case: U+0130 and U+212A, whose
/// lower cases are i and k, U+017F, which regular expressions take for an s, and U+0131, which some take for an i.
/// Without any, ASCII literals stand in a text and in its folded form at the same characters.
[[nodiscard]] bool may_hold_ascii_in_disguise(std::string_view text);

/// Where a literal stands in a text from `from` on; npos where it does not. As std::string_view::find, but made for
/// literals whose first characters are everywhere.
[[nodiscard]] size_t find_text(std::string_view text, std::string_view literal, size_t from = 0);

[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b);
[[nodiscard]] std::string_view trim(std::string_view text);

/// Replaces malformed UTF-8 by U+FFFD, so that the result is always valid.
[[nodiscard]] std::string valid_utf8(std::string_view text);

/// For a terminal: valid UTF-8 in which each control character (C0, DEL, C1) is a blank, so that what stands
/// in a log or a rule cannot drive the terminal. `keep_lines` leaves line breaks as they are.
[[nodiscard]] std::string printable(std::string_view text, bool keep_lines = false);

}  // namespace hecate
