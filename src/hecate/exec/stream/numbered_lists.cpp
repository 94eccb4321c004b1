#include "exec/stream/numbered_lists.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>

namespace hecate::stream {

uint32_t NumberedLists::number_of(std::span<const uint32_t> list) {
  if (lists_.size() * 2 >= slots_.size()) grow();
  const uint64_t hash = XXH3_64bits(list.data(), list.size_bytes());
  uint32_t& slot = slots_[slot_of(hash, list)];
  if (slot == kNone) {
    slot = static_cast<uint32_t>(lists_.size());
    lists_.push_back({hash, static_cast<uint32_t>(words_.size()), static_cast<uint32_t>(list.size())});
    words_.insert(words_.end(), list.begin(), list.end());
  }
  return slot;
}

/// Where the list's number is, or would be.
size_t NumberedLists::slot_of(uint64_t hash, std::span<const uint32_t> list) const {
  const size_t mask = slots_.size() - 1;
  size_t at = hash & mask;
  for (; slots_[at] != kNone; at = (at + 1) & mask) {
    const std::span<const uint32_t> known = (*this)[slots_[at]];
    if (lists_[slots_[at]].hash == hash && std::equal(list.begin(), list.end(), known.begin(), known.end())) break;
  }
  return at;
}

void NumberedLists::grow() {
  constexpr size_t kFirstSlots = 16;
  slots_.assign(std::max(kFirstSlots, slots_.size() * 2), kNone);
  const size_t mask = slots_.size() - 1;
  for (uint32_t number = 0; number < lists_.size(); ++number) {
    size_t at = lists_[number].hash & mask;
    while (slots_[at] != kNone) at = (at + 1) & mask;
    slots_[at] = number;
  }
}

void NumberedLists::clear() { *this = NumberedLists(); }

}  // namespace hecate::stream
