#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/sigma/modifiers.h"
#include "plan/expr.h"

namespace hecate::sigma {

/// A Sigma string once its escapes are resolved: literal pieces, wildcards, and dashes that `windash` has
/// made interchangeable.
struct Segment {
  enum class Kind : uint8_t { Literal, AnyRun, AnyOne, AnyDash };
  Kind kind = Kind::Literal;
  std::string text;  // of a Literal
  friend bool operator==(const Segment&, const Segment&) = default;
};

/// How a record's format writes texts: attributes escape quotes, too.
enum class RawForm : uint8_t { Json, JsonAscii, JsonHtml, JsonPowerShell, JsonDotNet, Xml, XmlAttribute };
inline constexpr std::array kRawForms{RawForm::Json,           RawForm::JsonAscii,  RawForm::JsonHtml,
                                      RawForm::JsonPowerShell, RawForm::JsonDotNet, RawForm::Xml,
                                      RawForm::XmlAttribute};

class SigmaString {
 public:
  /// Resolves Sigma's escapes (Rules Specification, "Escaping"): a backslash escapes `*`, `?` and the
  /// backslash, before everything else it stands for itself.
  [[nodiscard]] static SigmaString parse(std::string_view text);

  void append_literal(std::string_view text);
  void append(Segment::Kind kind);

  [[nodiscard]] SigmaString wrapped(bool star_before, bool star_after) const;
  /// Every one of the five dashes of `windash` becomes AnyDash.
  [[nodiscard]] SigmaString with_dashes_free() const;
  [[nodiscard]] size_t free_dashes() const;
  /// One string for each way to write the free dashes: 5 to the power of their number.
  [[nodiscard]] std::vector<SigmaString> spelt_out() const;
  /// The text, where there are no wildcards and free dashes.
  [[nodiscard]] std::optional<std::string> literal() const;

  /// The string as the raw text of a record spells it, or nothing where that is no difference.
  [[nodiscard]] std::optional<SigmaString> escaped(RawForm form) const;
  /// A spelling that `parse` reads as this string. Free dashes become `-`.
  [[nodiscard]] std::string source() const;
  /// pySigma's `str()`: as `source`, but a backslash is always one.
  [[nodiscard]] std::string plain() const;
  [[nodiscard]] bool has_wildcard() const;
  friend bool operator==(const SigmaString&, const SigmaString&) = default;

  void append(const SigmaString& other);
  [[nodiscard]] const std::vector<Segment>& segments() const& { return segments_; }
  const std::vector<Segment>& segments() && = delete;  // it would dangle

 private:
  std::vector<Segment> segments_;
};

/// A test of plan/expr.h: an operation and its pattern in canonical form.
struct Pattern {
  MatchOp op = MatchOp::Equals;
  std::string text;
};

/// Beyond this many free dashes a string becomes one regular expression, not 5^n patterns.
constexpr size_t kMostSpeltDashes = 4;

/// The patterns of which any must match. A lone `*` is Contains "": any value, also an empty one, but not
/// an absent field ("`*` to replace an unbounded length wildcard": of length zero too).
[[nodiscard]] std::vector<Pattern> to_patterns(const SigmaString& string, Casing casing);

[[nodiscard]] std::string base64(std::string_view bytes);
/// The three texts that stand inside a Base64 text whatever bytes surround `bytes`, for the offsets 0, 1
/// and 2. Cut by the length in bytes, not in characters.
[[nodiscard]] std::vector<std::string> base64_offsets(std::string_view bytes);

/// The texts that a modifier of encoding (base64, base64offset, utf16…) makes of a literal.
[[nodiscard]] std::vector<std::string> encoded(Modifier modifier, const std::string& literal);

enum class Utf16 : uint8_t { Little, Big, Marked };
/// UTF-8 to the bytes of UTF-16; malformed bytes become U+FFFD.
[[nodiscard]] std::string utf16(std::string_view text, Utf16 form);

}  // namespace hecate::sigma
