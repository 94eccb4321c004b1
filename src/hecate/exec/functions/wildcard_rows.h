#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace hecate {

/// Which rows of a lookup may match a text, where a column holds wildcards. Lists of domains and names have tens of
/// thousands of `*.example.com`: those with one `*` at an end are found by their literal, not one by one.
class WildcardRows {
 public:
  /// `cell` is the text of the row's column, folded as the texts to come; only `*` is a wildcard. Rows come in order.
  void add(uint32_t row, std::string_view cell);
  /// In the rows' order; all that match are among them.
  [[nodiscard]] std::vector<uint32_t> candidates(std::string_view text) const;

 private:
  /// Rows by the literal at one end of a text; `lengths` are those of the literals, each once.
  struct Literals {
    std::unordered_map<std::string, std::vector<uint32_t>> rows;
    std::vector<size_t> lengths;

    void add(std::string_view literal, uint32_t row);
    void find(std::string_view literal, std::vector<uint32_t>& out) const;
  };

  Literals whole_, starts_, ends_;
  std::vector<uint32_t> others_;
};

}  // namespace hecate
