#include "exec/stream/lane_keys.h"

#include <bit>
#include <cstring>

#include "ingest/hec.h"
#include "ingest/json_wrapper.h"
#include "ingest/path_walk.h"

namespace hecate::stream {
namespace {

constexpr size_t kWords = 24;

uint64_t load(const char* from) {
  uint64_t word = 0;
  std::memcpy(&word, from, sizeof(word));
  return word;
}

}  // namespace

KeyTable::Words KeyTable::words_of(std::string_view key, const char* end) {
  const char* at = key.data();
  const size_t size = key.size();
  if (size < 8) {
    if (end - at >= 8) {
      if constexpr (std::endian::native == std::endian::little) {
        return {size == 0 ? 0 : load(at) << (64 - 8 * size), 0, 0};
      }
    }
    char bytes[8] = {};
    if (size > 0) std::memcpy(bytes + 8 - size, at, size);
    return {load(bytes), 0, 0};
  }
  return {load(at), size > 16 ? load(at + 8) : 0, load(at + size - 8)};
}

KeyTable::Step KeyTable::step(const ingest::PathSet& paths, uint32_t node, std::string_view key, const char* end) {
  if (entries_.empty()) entries_.resize(kSlots);
  const Words words = words_of(key, end);
  constexpr uint64_t kMix = 0x9E3779B97F4A7C15U;
  uint64_t hash = (words.first ^ (words.last << 1 | words.last >> 63)) * kMix;
  hash = (hash ^ hash >> 29 ^ words.middle ^ key.size() ^ uint64_t{node} << 32) * kMix;
  for (size_t at = hash >> 40 & (kSlots - 1);; at = (at + 1) & (kSlots - 1)) {
    Entry& entry = entries_[at];
    if (entry.words == words && entry.size == key.size() && entry.node == node &&
        (key.size() <= kWords || entry.whole == key)) {
      return entry.step;
    }
    if (entry.node != kNothing) continue;
    const Step found = find(paths, node, key);
    // Keys with escapes are never remembered as plain ones: a known key has none.
    if (used_ < kMost) {
      ++used_;
      entry = {words, node, static_cast<uint32_t>(key.size()), found, key.size() > kWords ? std::string(key) : ""};
    }
    return found;
  }
}

KeyTable::Step KeyTable::find(const ingest::PathSet& paths, uint32_t node, std::string_view key) {
  using What = Step::What;
  if (key.find('\\') != std::string_view::npos) return {kNothing, -1, What::Unclear};
  Step step;
  if (const uint32_t child = ingest::descend(paths, node, key); child != 0) {
    if (!paths.nodes()[child].more_slots.empty()) return {kNothing, -1, What::Unclear};
    step.slot = paths.nodes()[child].slot;
    if (!paths.nodes()[child].children.empty()) step.node = child;
  }
  if (node != 0) return step;
  if (ingest::is_hec_key(key)) step.what = key == "event" ? What::Event : What::Envelope;
  if (ingest::is_records_key(key)) step.what = What::Wrapper;
  return step;
}

void KeyTable::forget() {
  entries_.clear();
  used_ = 0;
}

}  // namespace hecate::stream
