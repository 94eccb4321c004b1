#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/expr.h"
#include "synthesis/chooser.h"

namespace hecate::synthesis {

/// What a value of an expression should be.
struct Wish {
  enum class Kind : uint8_t {
    Text,     // all of `exact`, or `prefix`, `inside` in any order and `suffix`
    Number,   // between `least` and `most`
    Length,   // a text of so many characters
    Present,  // anything
    Absent,
    Varied,   // another value in every event
    Grouped,  // another value in every group of events
  };
  Kind kind = Kind::Present;
  std::optional<std::string> exact;
  std::string prefix, suffix;
  std::vector<std::string> inside;
  std::optional<double> least, most;
  bool above = false, below = false;  // the bound itself does not count

  static Wish of(Kind kind) {
    Wish wish;
    wish.kind = kind;
    return wish;
  }
  static Wish text(std::string text) {
    Wish wish = of(Kind::Text);
    wish.exact = std::move(text);
    return wish;
  }
  static Wish ending(std::string text) {
    Wish wish = of(Kind::Text);
    wish.suffix = std::move(text);
    return wish;
  }
  static Wish holding(std::string text) {
    Wish wish = of(Kind::Text);
    wish.inside.push_back(std::move(text));
    return wish;
  }
};

/// A text that meets a wish for one: its pieces with something between them.
[[nodiscard]] std::string filled(const Wish& wish, Chooser& choose);
/// A number that meets a wish for one: a whole one where there is one.
[[nodiscard]] double number_in(const Wish& wish);
/// Whether a value that is known meets a wish; texts are compared without regard to case.
[[nodiscard]] bool meets(const Wish& wish, const Value& value);

/// What a pattern asks of a text. Nothing for expressions that are not understood.
[[nodiscard]] std::optional<Wish> wish_of(const Match& match, const std::string& pattern, Chooser& choose);
/// A canonical glob's pieces.
[[nodiscard]] Wish wish_of_glob(std::string_view glob);
[[nodiscard]] std::optional<Wish> wish_of_regex(std::string_view pattern, Chooser& choose);

}  // namespace hecate::synthesis
