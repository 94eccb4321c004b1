#include "exec/functions/wildcard_rows.h"

#include <algorithm>
#include <optional>

namespace hecate {
namespace {

constexpr size_t kGram = 3;

uint32_t gram_at(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(text[at + i])); };
  return byte(0) << 16 | byte(1) << 8 | byte(2);
}

template <typename Visit>
void for_each_gram(std::string_view text, const Visit& visit) {
  for (size_t at = 0; at + kGram <= text.size(); ++at) {
    if (text.substr(at, kGram).find('*') == std::string_view::npos) visit(gram_at(text, at));
  }
}

}  // namespace

WildcardRows::WildcardRows(const std::vector<std::string>& cells) {
  std::unordered_map<uint32_t, uint32_t> counts;
  for (const std::string& cell : cells) for_each_gram(cell, [&](uint32_t gram) { ++counts[gram]; });
  for (uint32_t row = 0; row < cells.size(); ++row) {
    std::optional<uint32_t> rarest;
    for_each_gram(cells[row], [&](uint32_t gram) {
      if (!rarest || counts[gram] < counts[*rarest]) rarest = gram;
    });
    (rarest ? by_gram_[*rarest] : others_).push_back(row);
  }
}

std::vector<uint32_t> WildcardRows::candidates(std::string_view text) const {
  // Each gram once, however often a text repeats it.
  std::vector<uint32_t> grams;
  for (size_t at = 0; at + kGram <= text.size(); ++at) grams.push_back(gram_at(text, at));
  std::sort(grams.begin(), grams.end());
  grams.erase(std::unique(grams.begin(), grams.end()), grams.end());
  std::vector<uint32_t> rows = others_;
  for (const uint32_t gram : grams) {
    const auto found = by_gram_.find(gram);
    if (found != by_gram_.end()) rows.insert(rows.end(), found->second.begin(), found->second.end());
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

}  // namespace hecate
