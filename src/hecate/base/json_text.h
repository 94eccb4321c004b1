#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace hecate {

/// A JSON string literal, quotes included. Malformed UTF-8 becomes U+FFFD.
[[nodiscard]] std::string json_quote(std::string_view text);
void append_json_quoted(std::string_view text, std::string& out);

/// A JSON array of strings: `text(item)` is what stands for an item.
template <typename Items, typename Text>
[[nodiscard]] std::string json_list(const Items& items, const Text& text) {
  std::string out = "[";
  for (const auto& item : items) {
    if (out.size() > 1) out += ',';
    append_json_quoted(text(item), out);
  }
  return out + "]";
}

template <typename Texts>
[[nodiscard]] std::string json_list(const Texts& texts) {
  return json_list(texts, [](const auto& text) -> std::string_view { return text; });
}

/// A time as a JSON string in RFC 3339, or null.
[[nodiscard]] std::string json_time(const std::optional<Ticks>& time);

}  // namespace hecate
