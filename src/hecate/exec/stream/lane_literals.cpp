#include "exec/stream/lane_literals.h"

#include <algorithm>
#include <bitset>
#include <unordered_map>

#include "base/text.h"

namespace hecate::stream {
namespace {

constexpr size_t kBuckets = 8;

uint32_t fragment_at(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) {
    return static_cast<uint32_t>(static_cast<unsigned char>(ascii_lower(text[at + i])));
  };
  return byte(0) | byte(1) << 8 | byte(2) << 16;
}

size_t filter_bit(uint32_t fragment) { return fragment * 0x9E3779B1U >> 18; }

std::unordered_map<uint32_t, uint32_t> count_fragments(std::string_view sample,
                                                       const std::vector<std::string>& literals) {
  std::unordered_map<uint32_t, uint32_t> counts;
  std::bitset<size_t{1} << 14> wanted;  // most of the sample is found out to be nothing here
  for (const std::string& literal : literals) {
    for (size_t at = 0; at + 3 <= literal.size(); ++at) {
      const uint32_t fragment = fragment_at(literal, at);
      counts[fragment] = 0;
      wanted.set(filter_bit(fragment));
    }
  }
  uint32_t fragment = 0;
  for (size_t at = 0; at < sample.size(); ++at) {
    fragment = fragment >> 8 | static_cast<uint32_t>(static_cast<unsigned char>(ascii_lower(sample[at]))) << 16;
    if (at < 2 || !wanted[filter_bit(fragment)]) continue;
    const auto known = counts.find(fragment);
    if (known != counts.end()) ++known->second;
  }
  return counts;
}

bool fits(const std::vector<std::string>& literals) {
  return std::all_of(literals.begin(), literals.end(), [](const std::string& literal) {
    return literal.size() >= LiteralScreen::kShortest &&
           std::all_of(literal.begin(), literal.end(), [](char c) { return c > 0; });
  });
}

}  // namespace

bool LiteralScreen::build(std::vector<std::string> literals, std::string_view sample) {
  literals_.clear();
  anchors_.clear();
  tables_ = {};
  known_ = {};
  if (!fits(literals)) return false;
  for (std::string& literal : literals) std::transform(literal.begin(), literal.end(), literal.begin(), ascii_lower);
  std::sort(literals.begin(), literals.end());
  literals.erase(std::unique(literals.begin(), literals.end()), literals.end());

  const auto counts = count_fragments(sample, literals);
  std::vector<uint32_t> chosen;
  std::vector<Anchor> anchors;
  for (size_t i = 0; i < literals.size(); ++i) {
    Anchor best{0, static_cast<uint32_t>(i), 0};
    uint64_t best_cost = UINT64_MAX;
    for (size_t at = 0; at + 3 <= literals[i].size(); ++at) {
      const uint32_t fragment = fragment_at(literals[i], at);
      // One that is looked for already costs nothing.
      const bool known = std::find(chosen.begin(), chosen.end(), fragment) != chosen.end();
      const uint64_t cost = known ? 0 : uint64_t{1} + counts.at(fragment);
      if (cost >= best_cost) continue;
      best_cost = cost;
      best.fragment = fragment;
      best.offset = static_cast<uint32_t>(at);
    }
    if (best_cost > 0) chosen.push_back(best.fragment);
    anchors.push_back(best);
  }
  if (chosen.size() > kMostFragments) return false;
  literals_ = std::move(literals);
  anchors_ = std::move(anchors);
  fill(chosen);
  return true;
}

void LiteralScreen::fill(const std::vector<uint32_t>& fragments) {
  tables_.empty = fragments.empty();
  for (const uint32_t fragment : fragments) {
    const size_t bit = bit_of(fragment | 0x202020U);
    known_[bit / 64] |= uint64_t{1} << (bit % 64);
  }
  for (size_t i = 0; i < fragments.size(); ++i) {
    const auto bit = static_cast<uint8_t>(1U << (i % kBuckets));
    for (size_t place = 0; place < 3; ++place) {
      const auto lower = static_cast<uint8_t>(fragments[i] >> (8 * place) & 0x7F);
      const bool letter = lower >= 'a' && lower <= 'z';
      for (const uint8_t byte : {lower, static_cast<uint8_t>(letter ? lower - 'a' + 'A' : lower)}) {
        tables_.by_byte[place][byte] |= bit;
        tables_.by_low[place][byte & 15] |= bit;
        tables_.by_high[place][byte >> 4] |= bit;
      }
    }
  }
}

bool LiteralScreen::covers(const std::vector<std::string>& literals) const {
  return std::all_of(literals.begin(), literals.end(), [this](std::string literal) {
    std::transform(literal.begin(), literal.end(), literal.begin(), ascii_lower);
    return std::binary_search(literals_.begin(), literals_.end(), literal);
  });
}

bool LiteralScreen::stands_at(std::string_view text, size_t hit) const {
  const uint32_t fragment = fragment_at(text, hit);
  return std::any_of(anchors_.begin(), anchors_.end(), [&](const Anchor& anchor) {
    const std::string& literal = literals_[anchor.literal];
    if (anchor.fragment != fragment || hit < anchor.offset) return false;
    const size_t begin = hit - anchor.offset;
    if (text.size() - begin < literal.size()) return false;
    return std::equal(literal.begin(), literal.end(), text.begin() + static_cast<std::ptrdiff_t>(begin),
                      [](char wanted, char c) { return wanted == ascii_lower(c); });
  });
}

}  // namespace hecate::stream
