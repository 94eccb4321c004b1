#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/sigma/ast.h"

// The meaning of Sigma's texts and networks, written once more from the specification and shared with nothing of
// Hecate: the tests hold the engines to it.
namespace hecate::corpus {

struct Token {
  enum class Kind { Byte, Star, Question, Dash };
  Kind kind = Kind::Byte;
  char byte = 0;
};
using Tokens = std::vector<Token>;

/// A Sigma text: a backslash escapes `*`, `?` and itself.
[[nodiscard]] Tokens tokens_of(std::string_view text);
[[nodiscard]] Tokens literal_tokens(std::string_view text);

/// Whether the tokens stand for all of the text.
[[nodiscard]] bool matches(const Tokens& tokens, std::string_view text, bool cased);

/// What one value of an item with modifiers for texts stands for: any of these.
[[nodiscard]] std::vector<Tokens> texts_of(const sigma::ast::Item& item, std::string_view value);

/// A text that the tokens match. `choose(n)` says which of n possibilities.
[[nodiscard]] std::string fill(const Tokens& tokens, const std::function<size_t(size_t)>& choose);

[[nodiscard]] bool in_network(std::string_view network, std::string_view address);
[[nodiscard]] std::optional<std::string> address_in(std::string_view network);

}  // namespace hecate::corpus
