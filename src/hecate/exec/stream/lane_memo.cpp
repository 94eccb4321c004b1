#include "exec/stream/lane_memo.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace hecate::stream {

uint64_t TextNumbers::hash_of(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

uint32_t TextNumbers::find(std::string_view text) const {
  if (entries_.empty()) return kMissing;
  const uint64_t hash = hash_of(text);
  for (size_t at = hash & (kSlots - 1);; at = (at + 1) & (kSlots - 1)) {
    const Entry& entry = entries_[at];
    if (entry.number == kMissing) return kMissing;
    if (entry.hash == hash && entry.text == text) return entry.number;
  }
}

bool TextNumbers::insert(std::string_view text, uint32_t number) {
  if (used_ == kMost || (used_ > 0 && bytes_ + text.size() > kMostBytes)) return false;
  if (entries_.empty()) entries_.resize(kSlots);
  const uint64_t hash = hash_of(text);
  size_t at = hash & (kSlots - 1);
  while (entries_[at].number != kMissing) at = (at + 1) & (kSlots - 1);
  entries_[at] = {hash, std::string(text), number};
  ++used_;
  bytes_ += text.size();
  return true;
}

void TextNumbers::clear() {
  entries_.clear();
  used_ = bytes_ = 0;
}

KindMemo::Alike& KindMemo::alike(std::string_view places) {
  const uint32_t known = places_.find(places);
  if (known != kMissing) return alike_[known];
  if (!places_.insert(places, static_cast<uint32_t>(alike_.size()))) {
    // The numbers are given out anew.
    clear();
    (void)places_.insert(places, 0);
  }
  return alike_.emplace_back(Alike{static_cast<uint32_t>(alike_.size()), {}});
}

void KindMemo::insert(std::string_view key, uint32_t kind) {
  if (kinds_.insert(key, kind)) return;
  kinds_.clear();
  (void)kinds_.insert(key, kind);
}

void KindMemo::clear() {
  ++generation_;
  places_.clear();
  alike_.clear();
  kinds_.clear();
}

}  // namespace hecate::stream
