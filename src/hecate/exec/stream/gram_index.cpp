#include "exec/stream/gram_index.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <unordered_map>

namespace hecate::stream {
namespace {

// The table of bits is small enough to stay in the first cache beside the text, and sparse enough that few bytes of
// a text that hold no anchor seem to.
constexpr unsigned kLeastBits = 13;
constexpr unsigned kMostBits = 18;
constexpr size_t kBitsForAnchor = 32;
constexpr size_t kMostFound = 4096;

/// How common a byte is in the texts of logs, folded, roughly: what matters is that anchors are rare.
unsigned commonness(char c) {
  constexpr std::string_view kCommon = " etaoinsrl\\.";
  constexpr std::string_view kLessCommon = "cdmpuwhfgy-/:=0123";
  constexpr std::string_view kRare = "bkvxzjq456789,;\"'_(){}";
  if (kCommon.find(c) != std::string_view::npos) return 8;
  if (kLessCommon.find(c) != std::string_view::npos) return 5;
  return kRare.find(c) != std::string_view::npos ? 3 : 1;
}

}  // namespace

void drop_repeated(std::vector<uint32_t>& numbers, size_t first) {
  const auto begin = numbers.begin() + static_cast<ptrdiff_t>(first);
  std::sort(begin, numbers.end());
  numbers.erase(std::unique(begin, numbers.end()), numbers.end());
}

void GramIndex::build(std::span<const std::string_view> literals) {
  if (literals.empty()) return;
  // What stands in many literals, stands in many texts, and makes long lists to compare.
  std::unordered_map<uint32_t, uint32_t> uses;
  for (const std::string_view literal : literals) {
    for (size_t at = 0; at + kGram <= literal.size(); ++at) ++uses[gram_at(literal.data() + at)];
  }
  std::vector<uint64_t> costs;  // by place: of its gram
  for (uint32_t number = 0; number < literals.size(); ++number) {
    const std::string_view literal = literals[number];
    costs.clear();
    for (size_t at = 0; at + kGram <= literal.size(); ++at) {
      const uint64_t used = uint64_t{8} * uses.at(gram_at(literal.data() + at));
      costs.push_back(used + commonness(literal[at]) + commonness(literal[at + kGram - 1]));
    }
    size_t best = 0;
    uint64_t least = UINT64_MAX;
    for (size_t at = 0; at + step_ <= costs.size(); ++at) {
      const auto first = costs.begin() + static_cast<ptrdiff_t>(at);
      const uint64_t cost = std::accumulate(first, first + static_cast<ptrdiff_t>(step_), uint64_t{0});
      if (cost < least) least = cost, best = at;
    }
    add_anchors(literal, number, best);
  }
  add_slots();
}

void GramIndex::add_anchors(std::string_view literal, uint32_t number, size_t at) {
  for (size_t i = at; i < at + step_; ++i) {
    anchors_.push_back({gram_at(literal.data() + i), static_cast<uint32_t>(i), static_cast<uint32_t>(texts_.size()),
                        static_cast<uint32_t>(literal.size()), number,
                        gram_at(literal.data() + literal.size() - kGram)});
  }
  texts_ += literal;
}

void GramIndex::add_slots() {
  std::sort(anchors_.begin(), anchors_.end(), [](const Anchor& a, const Anchor& b) { return a.gram < b.gram; });
  const auto wanted = static_cast<unsigned>(std::bit_width(anchors_.size() * kBitsForAnchor));
  const unsigned width = std::clamp(wanted, kLeastBits, kMostBits);
  shift_ = 32 - width;
  bits_.assign((size_t{1} << width) / 64, 0);
  more_bits_ = bits_;
  slots_.assign(std::bit_ceil(anchors_.size() * 2), {});
  for (uint32_t first = 0; first < anchors_.size();) {
    const uint32_t gram = anchors_[first].gram;
    uint32_t end = first;
    while (end < anchors_.size() && anchors_[end].gram == gram) ++end;
    const uint32_t bit = mix(gram) >> shift_;
    bits_[bit / 64] |= uint64_t{1} << (bit % 64);
    const uint32_t other = mix(gram ^ gram >> 15) >> shift_;
    more_bits_[other / 64] |= uint64_t{1} << (other % 64);
    size_t at = mix(gram) & (slots_.size() - 1);
    while (slots_[at].count != 0) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = {gram, first, end - first};
    first = end;
  }
}

void GramIndex::find(std::string_view text, std::vector<uint32_t>& out) const {
  if (anchors_.empty() || text.size() < kGram) return;
  const size_t before = out.size();
  size_t compact_at = before + kMostFound;
  const size_t last = text.size() - kGram;
  const uint64_t* bits = bits_.data();
  const auto maybe = [bits, shift = shift_, text](size_t at) {
    const uint32_t bit = mix(gram_at(text.data() + at)) >> shift;
    return bits[bit / 64] >> (bit % 64);
  };
  const auto look = [&](size_t at) {
    if ((maybe(at) & 1) == 0) return;
    compare(text, at, out);
    if (out.size() < compact_at) return;
    // A text may repeat a literal without end.
    drop_repeated(out, before);
    compact_at = out.size() + kMostFound;
  };
  size_t at = 0;
  // Most often there is none at any of four places: one branch for all of them.
  for (const size_t step = step_; at + 3 * step <= last; at += 4 * step) {
    const uint64_t any = maybe(at) | maybe(at + step) | maybe(at + 2 * step) | maybe(at + 3 * step);
    if ((any & 1) == 0) [[likely]]
      continue;
    for (size_t i = 0; i < 4; ++i) look(at + i * step);
  }
  for (; at <= last; at += step_) look(at);
}

void GramIndex::compare(std::string_view text, size_t at, std::vector<uint32_t>& out) const {
  const uint32_t gram = gram_at(text.data() + at);
  if (!may_be_slot(gram)) return;
  size_t slot = mix(gram) & (slots_.size() - 1);
  while (slots_[slot].count != 0 && slots_[slot].gram != gram) slot = (slot + 1) & (slots_.size() - 1);
  const Slot& found = slots_[slot];
  for (uint32_t i = found.first; i < found.first + found.count; ++i) {
    const Anchor& anchor = anchors_[i];
    if (at < anchor.offset || text.size() - (at - anchor.offset) < anchor.size) continue;
    const char* begin = text.data() + at - anchor.offset;
    if (gram_at(begin + anchor.size - kGram) != anchor.tail) continue;
    if (std::memcmp(begin, texts_.data() + anchor.begin, anchor.size) == 0) {
      out.push_back(anchor.number);
    }
  }
}

}  // namespace hecate::stream
