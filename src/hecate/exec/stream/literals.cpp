#include "exec/stream/literals.h"

#include <hs/hs.h>

#include <algorithm>
#include <cstring>
#include <numeric>

namespace hecate::stream {
namespace {

// Below this many literals looking for one after the other is cheaper than starting Vectorscan.
constexpr size_t kFewLiterals = 4;
constexpr uint32_t kFewEdges = 8;

uint16_t pair_at(std::string_view text, size_t at) {
  return static_cast<uint16_t>(static_cast<unsigned char>(text[at]) | static_cast<unsigned char>(text[at + 1]) << 8);
}

int on_match(unsigned id, unsigned long long /*from*/, unsigned long long /*to*/, unsigned /*flags*/, void* found) {
  static_cast<std::vector<uint32_t>*>(found)->push_back(id);
  return 0;
}

}  // namespace

LiteralScratch::~LiteralScratch() { hs_free_scratch(scratch_); }

hs_scratch* LiteralScratch::prepare(const hs_database* database) {
  // hs_alloc_scratch takes microseconds even where the memory suffices, and fields take turns with every event.
  if (known_.contains(database)) return scratch_;
  if (hs_alloc_scratch(database, &scratch_) != HS_SUCCESS) return nullptr;
  known_.insert(database);
  return scratch_;
}

void Trie::build(const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  std::vector<uint32_t> order(texts.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return texts[a] < texts[b]; });
  // Breadth first: each node is a range of the sorted texts that agree up to its depth.
  struct Range {
    uint32_t first, last, depth;
  };
  std::vector<Range> ranges{{0, static_cast<uint32_t>(texts.size()), 0}};
  nodes_.emplace_back();
  for (size_t node = 0; node < ranges.size(); ++node) {
    auto [first, last, depth] = ranges[node];
    if (texts[order[first]].size() == depth) nodes_[node].text = order[first++];
    nodes_[node].edges = static_cast<uint32_t>(labels_.size());
    while (first < last) {
      const char label = texts[order[first]][depth];
      uint32_t end = first;
      while (end < last && texts[order[end]][depth] == label) ++end;
      labels_ += label;
      targets_.push_back(static_cast<uint32_t>(nodes_.size()));
      nodes_.emplace_back();
      ranges.push_back({first, end, depth + 1});
      ++nodes_[node].count;
      first = end;
    }
  }
}

uint32_t Trie::child(uint32_t node, char label) const {
  const Node& at = nodes_[node];
  // Below the root nearly every node has one edge or a few.
  if (at.count > kFewEdges) {
    const std::string_view labels(labels_.data() + at.edges, at.count);
    const size_t found = labels.find(label);
    return found == std::string_view::npos ? 0 : targets_[at.edges + found];
  }
  for (uint32_t edge = at.edges; edge < at.edges + at.count; ++edge) {
    if (labels_[edge] == label) return targets_[edge];
  }
  return 0;
}

void Trie::find_prefixes(std::string_view text, std::vector<uint32_t>& out) const {
  if (nodes_.empty()) return;
  uint32_t node = 0;
  if (nodes_[node].text != UINT32_MAX) out.push_back(nodes_[node].text);
  for (const char c : text) {
    node = child(node, c);
    if (node == 0) return;
    if (nodes_[node].text != UINT32_MAX) out.push_back(nodes_[node].text);
  }
}

void Trie::find_suffixes(std::string_view text, std::vector<uint32_t>& out) const {
  if (nodes_.empty()) return;
  uint32_t node = 0;
  if (nodes_[node].text != UINT32_MAX) out.push_back(nodes_[node].text);
  for (size_t at = text.size(); at-- > 0;) {
    node = child(node, text[at]);
    if (node == 0) return;
    if (nodes_[node].text != UINT32_MAX) out.push_back(nodes_[node].text);
  }
}

LiteralIndex::~LiteralIndex() { hs_free_database(database_); }

void LiteralIndex::add(Where where, std::string_view literal, uint32_t id) {
  Family& family = families_[static_cast<size_t>(where)];
  const auto [at, added] = family.known.emplace(literal, static_cast<uint32_t>(family.texts.size()));
  if (added) {
    family.texts.emplace_back(literal);
    family.ids.emplace_back();
    ++size_;
  }
  std::vector<uint32_t>& ids = family.ids[at->second];
  if (ids.empty() || ids.back() != id) ids.push_back(id);
}

void LiteralIndex::build() {
  for (const std::string& text : family(Where::Whole).texts) longest_whole_ = std::max(longest_whole_, text.size());
  prefixes_.build(family(Where::Prefix).texts);
  std::vector<std::string> reversed = family(Where::Suffix).texts;
  for (std::string& text : reversed) std::reverse(text.begin(), text.end());
  suffixes_.build(reversed);

  const Family& anywhere = family(Where::Anywhere);
  for (uint32_t i = 0; i < anywhere.texts.size(); ++i) {
    const std::string& text = anywhere.texts[i];
    if (text.empty()) {
      everywhere_ = anywhere.ids[i];
    } else if (text.size() == 1) {
      singles_.emplace_back(text[0], i);
    } else if (text.size() == 2) {
      pair_bits_.resize(65536 / 64);
      const uint16_t pair = pair_at(text, 0);
      pair_bits_[pair / 64] |= uint64_t{1} << (pair % 64);
      pairs_[pair] = i;
    } else {
      long_.push_back(i);
    }
  }
}

void LiteralIndex::find(std::string_view text, LiteralScratch& scratch, std::vector<uint32_t>& out) const {
  const Family& whole = family(Where::Whole);
  if (text.size() <= longest_whole_ && !whole.texts.empty()) {
    if (const auto found = whole.known.find(text); found != whole.known.end()) report(whole, found->second, out);
  }
  scratch.found.clear();
  prefixes_.find_prefixes(text, scratch.found);
  report(family(Where::Prefix), scratch.found, out);
  scratch.found.clear();
  suffixes_.find_suffixes(text, scratch.found);
  report(family(Where::Suffix), scratch.found, out);
  out.insert(out.end(), everywhere_.begin(), everywhere_.end());
  find_short(text, scratch, out);
  find_long(text, scratch, out);
}

void LiteralIndex::find_short(std::string_view text, LiteralScratch& scratch, std::vector<uint32_t>& out) const {
  const Family& anywhere = family(Where::Anywhere);
  for (const auto& [byte, literal] : singles_) {
    if (text.find(byte) != std::string_view::npos) report(anywhere, literal, out);
  }
  if (pair_bits_.empty()) return;
  scratch.found.clear();
  for (size_t at = 0; at + 1 < text.size(); ++at) {
    const uint16_t pair = pair_at(text, at);
    if ((pair_bits_[pair / 64] >> (pair % 64) & 1) != 0) scratch.found.push_back(pairs_.at(pair));
  }
  // The same two characters stand in a text many times, and many tests ask for them.
  std::sort(scratch.found.begin(), scratch.found.end());
  scratch.found.erase(std::unique(scratch.found.begin(), scratch.found.end()), scratch.found.end());
  report(anywhere, scratch.found, out);
}

void LiteralIndex::find_long(std::string_view text, LiteralScratch& scratch, std::vector<uint32_t>& out) const {
  if (long_.empty() || text.size() < 3) return;
  const Family& anywhere = family(Where::Anywhere);
  if (long_.size() > kFewLiterals) std::call_once(compiled_, [this] { compile(); });
  hs_scratch* memory = database_ == nullptr ? nullptr : scratch.prepare(database_);
  scratch.found.clear();
  if (memory != nullptr && text.size() <= UINT32_MAX &&
      hs_scan(database_, text.data(), static_cast<unsigned>(text.size()), 0, memory, on_match, &scratch.found) ==
          HS_SUCCESS) {
    report(anywhere, scratch.found, out);
    return;
  }
  for (const uint32_t literal : long_) {
    const std::string& wanted = anywhere.texts[literal];
    if (memmem(text.data(), text.size(), wanted.data(), wanted.size()) != nullptr) report(anywhere, literal, out);
  }
}

void LiteralIndex::compile() const {
  const Family& anywhere = family(Where::Anywhere);
  std::vector<const char*> texts;
  std::vector<unsigned> flags(long_.size(), HS_FLAG_SINGLEMATCH);
  std::vector<size_t> lengths;
  for (const uint32_t literal : long_) {
    texts.push_back(anywhere.texts[literal].data());
    lengths.push_back(anywhere.texts[literal].size());
  }
  hs_compile_error_t* error = nullptr;
  // A failure leaves no database; then the literals are looked for one by one.
  if (hs_compile_lit_multi(texts.data(), flags.data(), long_.data(), lengths.data(),
                           static_cast<unsigned>(texts.size()), HS_MODE_BLOCK, nullptr, &database_,
                           &error) != HS_SUCCESS) {
    hs_free_compile_error(error);
    database_ = nullptr;
  }
}

}  // namespace hecate::stream
