#include "exec/stream/literals.h"

#include <algorithm>
#include <span>

namespace hecate::stream {
namespace {

constexpr unsigned kTripleBits = 12;

uint32_t byte_at(std::string_view text, size_t at) { return static_cast<unsigned char>(text[at]); }

uint16_t pair_at(std::string_view text, size_t at) {
  return static_cast<uint16_t>(byte_at(text, at) | byte_at(text, at + 1) << 8);
}

uint32_t triple_at(std::string_view text, size_t at) {
  return byte_at(text, at) | byte_at(text, at + 1) << 8 | byte_at(text, at + 2) << 16;
}

size_t bit_of_triple(uint32_t triple) { return (triple * 0x9E3779B1U) >> (32 - kTripleBits); }

bool has_bit(const std::vector<uint64_t>& bits, size_t bit) { return (bits[bit / 64] >> (bit % 64) & 1) != 0; }
void set_bit(std::vector<uint64_t>& bits, size_t bit) { bits[bit / 64] |= uint64_t{1} << (bit % 64); }

}  // namespace

void LiteralIndex::add(Where where, std::string_view literal, uint32_t id) {
  Family& family = families_[static_cast<size_t>(where)];
  const auto [at, added] = family.known.emplace(literal, static_cast<uint32_t>(family.texts.size()));
  if (added) {
    family.texts.emplace_back(literal);
    family.ids_of.emplace_back();
    ++size_;
  }
  std::vector<uint32_t>& ids = family.ids_of[at->second];
  if (ids.empty() || ids.back() != id) ids.push_back(id);
}

void LiteralIndex::build() {
  for (const std::string& text : family(Where::Whole).texts) longest_whole_ = std::max(longest_whole_, text.size());
  wholes_.build(family(Where::Whole).texts);
  prefixes_.build(family(Where::Prefix).texts);
  suffixes_.build(family(Where::Suffix).texts);
  build_anywhere();
  for (Family& family : families_) seal(family);
}

void LiteralIndex::seal(Family& family) {
  for (const std::vector<uint32_t>& ids : family.ids_of) {
    family.begins.push_back(static_cast<uint32_t>(family.ids.size()));
    family.ids.insert(family.ids.end(), ids.begin(), ids.end());
  }
  family.begins.push_back(static_cast<uint32_t>(family.ids.size()));
  family.known = decltype(family.known)();
  family.texts = std::vector<std::string>();
  family.ids_of = std::vector<std::vector<uint32_t>>();
}

void LiteralIndex::build_anywhere() {
  const Family& anywhere = family(Where::Anywhere);
  std::array<std::vector<std::string_view>, 3> texts;
  for (uint32_t i = 0; i < anywhere.texts.size(); ++i) {
    const std::string& text = anywhere.texts[i];
    switch (text.size()) {
      case 0: everywhere_.push_back(i); break;
      case 1: singles_.emplace_back(text[0], i); break;
      case 2:
        pair_bits_.resize(65536 / 64);
        set_bit(pair_bits_, pair_at(text, 0));
        pairs_[pair_at(text, 0)] = i;
        break;
      case 3:
        triple_bits_.resize((size_t{1} << kTripleBits) / 64);
        set_bit(triple_bits_, bit_of_triple(triple_at(text, 0)));
        triples_[triple_at(text, 0)] = i;
        break;
      default: {
        // The longer a literal, the fewer places of a text need be looked at.
        const auto fits = [&](const Grams& grams) { return text.size() >= grams.index.shortest(); };
        const auto fit = std::find_if(grams_.begin(), grams_.end(), fits);
        texts[static_cast<size_t>(fit - grams_.begin())].push_back(text);
        fit->literals.push_back(i);
      }
    }
  }
  for (size_t i = 0; i < grams_.size(); ++i) grams_[i].index.build(texts[i]);
}

void LiteralIndex::report(const Family& family, const std::vector<uint32_t>& found, std::vector<uint32_t>& out) {
  for (const uint32_t literal : found) {
    for (uint32_t i = family.begins[literal]; i < family.begins[literal + 1]; ++i) out.push_back(family.ids[i]);
  }
}

void LiteralIndex::find(std::string_view text, std::vector<uint32_t>& found, std::vector<uint32_t>& out) const {
  if (text.size() <= longest_whole_ && !wholes_.empty()) {
    found.clear();
    wholes_.find_whole(text, found);
    report(family(Where::Whole), found, out);
  }
  if (!prefixes_.empty()) {
    found.clear();
    prefixes_.find(text, found);
    report(family(Where::Prefix), found, out);
  }
  if (!suffixes_.empty()) {
    found.clear();
    suffixes_.find(text, found);
    report(family(Where::Suffix), found, out);
  }
  found.clear();
  find_anywhere(text, found);
  report(family(Where::Anywhere), found, out);
}

void LiteralIndex::find_anywhere(std::string_view text, std::vector<uint32_t>& found) const {
  find_short(text, found);
  for (const Grams& grams : grams_) {
    const size_t first = found.size();
    grams.index.find(text, found);
    for (size_t i = first; i < found.size(); ++i) found[i] = grams.literals[found[i]];
  }
  // The same two characters stand in a text many times, and many tests ask for them.
  drop_repeated(found, 0);
}

void LiteralIndex::find_short(std::string_view text, std::vector<uint32_t>& found) const {
  const size_t before = found.size();
  found.insert(found.end(), everywhere_.begin(), everywhere_.end());
  for (const auto& [byte, literal] : singles_) {
    if (text.find(byte) != std::string_view::npos) found.push_back(literal);
  }
  const auto add = [&](uint32_t literal) {
    found.push_back(literal);
    if (found.size() - before > 2 * (pairs_.size() + triples_.size()) + 512) drop_repeated(found, before);
  };
  for (size_t at = 0; !pairs_.empty() && at + 2 <= text.size(); ++at) {
    if (has_bit(pair_bits_, pair_at(text, at))) add(pairs_.at(pair_at(text, at)));
  }
  for (size_t at = 0; !triples_.empty() && at + 3 <= text.size(); ++at) {
    if (!has_bit(triple_bits_, bit_of_triple(triple_at(text, at)))) continue;
    if (const auto known = triples_.find(triple_at(text, at)); known != triples_.end()) add(known->second);
  }
}

}  // namespace hecate::stream
