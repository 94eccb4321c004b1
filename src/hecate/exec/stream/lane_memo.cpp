#include "exec/stream/lane_memo.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace hecate::stream {

uint64_t KindMemo::hash_of(std::string_view key) { return XXH3_64bits(key.data(), key.size()); }

uint32_t KindMemo::find(std::string_view key) const {
  if (entries_.empty()) return kMissing;
  const uint64_t hash = hash_of(key);
  for (size_t at = hash & (kSlots - 1);; at = (at + 1) & (kSlots - 1)) {
    const Entry& entry = entries_[at];
    if (entry.kind == kMissing) return kMissing;
    if (entry.hash == hash && entry.key == key) return entry.kind;
  }
}

void KindMemo::insert(std::string_view key, uint32_t kind) {
  if (used_ == kMost || bytes_ + key.size() > kMostBytes) clear();
  if (entries_.empty()) entries_.resize(kSlots);
  const uint64_t hash = hash_of(key);
  size_t at = hash & (kSlots - 1);
  while (entries_[at].kind != kMissing) at = (at + 1) & (kSlots - 1);
  entries_[at] = {hash, std::string(key), kind};
  ++used_;
  bytes_ += key.size();
}

void KindMemo::clear() {
  entries_.clear();
  used_ = bytes_ = 0;
}

}  // namespace hecate::stream
