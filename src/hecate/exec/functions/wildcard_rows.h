#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace hecate {

/// Which rows of a lookup may match a text, where a column holds wildcards. Lists of domains and names have tens of
/// thousands of rows: each is filed under the rarest three characters that a text must hold to match it.
class WildcardRows {
 public:
  WildcardRows() = default;
  /// `cells` by row, folded as the texts to come; only `*` is a wildcard.
  explicit WildcardRows(const std::vector<std::string>& cells);
  /// In the rows' order; all that match are among them.
  [[nodiscard]] std::vector<uint32_t> candidates(std::string_view text) const;

 private:
  std::unordered_map<uint32_t, std::vector<uint32_t>> by_gram_;
  std::vector<uint32_t> others_;  // without three characters in a row
};

}  // namespace hecate
