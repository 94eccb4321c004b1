#include "exec/stream/edge_index.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>

namespace hecate::stream {

void EdgeIndex::build(std::span<const std::string> literals) {
  std::vector<uint32_t> order(literals.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return before(literals[a], literals[b]); });
  for (const uint32_t number : order) {
    const std::string& literal = literals[number];
    uint32_t within = entries_.empty() ? kNone : static_cast<uint32_t>(entries_.size() - 1);
    while (within != kNone && !stands_at_edge(text_of(entries_[within]), literal)) within = entries_[within].within;
    keys_.push_back(key_of(literal));
    entries_.push_back({static_cast<uint32_t>(texts_.size()), static_cast<uint32_t>(literal.size()), number, within});
    texts_ += literal;
  }
}

void EdgeIndex::find(std::string_view text, std::vector<uint32_t>& out) const {
  if (entries_.empty()) return;
  uint32_t at = last_not_behind(text);
  while (at != kNone && !stands_at_edge(text_of(entries_[at]), text)) at = entries_[at].within;
  for (; at != kNone; at = entries_[at].within) out.push_back(entries_[at].number);
}

void EdgeIndex::find_whole(std::string_view text, std::vector<uint32_t>& out) const {
  const uint32_t at = last_not_behind(text);
  if (at != kNone && text_of(entries_[at]) == text) out.push_back(entries_[at].number);
}

uint32_t EdgeIndex::last_not_behind(std::string_view text) const {
  const auto [first, last] = std::equal_range(keys_.begin(), keys_.end(), key_of(text));
  const auto begin = entries_.begin() + (first - keys_.begin());
  const auto end = entries_.begin() + (last - keys_.begin());
  const auto behind = std::upper_bound(
      begin, end, text, [this](std::string_view wanted, const Entry& entry) { return before(wanted, text_of(entry)); });
  return behind == entries_.begin() ? kNone : static_cast<uint32_t>(behind - entries_.begin() - 1);
}

/// The first eight bytes from the edge on as a number that sorts as they do. What is missing counts as zero.
uint64_t EdgeIndex::key_of(std::string_view text) const {
  constexpr size_t kWord = sizeof(uint64_t);
  if constexpr (std::endian::native == std::endian::little) {
    if (text.size() >= kWord) {
      uint64_t word = 0;
      std::memcpy(&word, edge_ == Edge::Front ? text.data() : text.data() + text.size() - kWord, kWord);
      return edge_ == Edge::Front ? __builtin_bswap64(word) : word;
    }
  }
  const size_t size = std::min(text.size(), kWord);
  uint64_t key = 0;
  for (size_t i = 0; i < size; ++i) {
    key = key << 8 | static_cast<unsigned char>(edge_ == Edge::Front ? text[i] : text[text.size() - 1 - i]);
  }
  return size == 0 ? 0 : key << (8 * (kWord - size));
}

bool EdgeIndex::before(std::string_view a, std::string_view b) const {
  if (edge_ == Edge::Front) return a < b;
  return std::lexicographical_compare(a.rbegin(), a.rend(), b.rbegin(), b.rend(), [](char x, char y) {
    return static_cast<unsigned char>(x) < static_cast<unsigned char>(y);
  });
}

}  // namespace hecate::stream
