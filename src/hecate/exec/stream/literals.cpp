#include "exec/stream/literals.h"

#include <algorithm>
#include <span>

namespace hecate::stream {
namespace {

uint32_t byte_at(std::string_view text, size_t at) { return static_cast<unsigned char>(text[at]); }

uint16_t pair_at(std::string_view text, size_t at) {
  return static_cast<uint16_t>(byte_at(text, at) | byte_at(text, at + 1) << 8);
}

uint32_t triple_at(std::string_view text, size_t at) {
  return byte_at(text, at) | byte_at(text, at + 1) << 8 | byte_at(text, at + 2) << 16;
}

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
        starts_.resize(65536 / 64);
        set_bit(starts_, pair_at(text, 0));
        pairs_[pair_at(text, 0)] = i;
        break;
      case 3:
        starts_.resize(65536 / 64);
        set_bit(starts_, pair_at(text, 0));
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
  found.insert(found.end(), everywhere_.begin(), everywhere_.end());
  for (const auto& [byte, literal] : singles_) {
    if (text.find(byte) != std::string_view::npos) found.push_back(literal);
  }
  if (!starts_.empty()) find_pairs_and_triples(text, found);
}

void LiteralIndex::find_pairs_and_triples(std::string_view text, std::vector<uint32_t>& found) const {
  const size_t before = found.size();
  const auto add = [&](uint32_t literal) {
    found.push_back(literal);
    if (found.size() - before > 2 * (pairs_.size() + triples_.size()) + 512) drop_repeated(found, before);
  };
  const auto look = [&](size_t at) {
    if (const auto known = pairs_.find(pair_at(text, at)); known != pairs_.end()) add(known->second);
    if (at + 3 > text.size()) return;
    if (const auto known = triples_.find(triple_at(text, at)); known != triples_.end()) add(known->second);
  };
  const auto starts = [bits = starts_.data(), text](size_t at) {
    const uint16_t pair = pair_at(text, at);
    return bits[pair / 64] >> (pair % 64) & 1;
  };
  size_t at = 0;
  // Most often none begins at any of four places: one branch for all of them.
  for (; at + 5 <= text.size(); at += 4) {
    if ((starts(at) | starts(at + 1) | starts(at + 2) | starts(at + 3)) == 0) [[likely]]
      continue;
    for (size_t i = at; i < at + 4; ++i) {
      if (starts(i) != 0) look(i);
    }
  }
  for (; at + 2 <= text.size(); ++at) {
    if (starts(at) != 0) look(at);
  }
}

}  // namespace hecate::stream
