#include "exec/stream/value_cache.h"

#include <algorithm>
#include <utility>

namespace hecate::stream {
namespace {

constexpr size_t kFirstSlots = 64;
// A table of this size holds more values than one field of one kind of event repeats.
constexpr size_t kMostSlots = size_t{1} << 18;

bool full(size_t used, size_t slots) { return used * 4 >= slots * 3; }

}  // namespace

ValueCache::ValueCache(ValueCache&& other) noexcept
    : budget_(other.budget_), slots_(std::exchange(other.slots_, {})), used_(std::exchange(other.used_, 0)) {}

void ValueCache::insert(const Key& key, uint32_t value) {
  if (slots_.empty() || full(used_, slots_.size())) {
    if (!grow()) {
      if (slots_.empty()) return;
      std::fill(slots_.begin(), slots_.end(), Slot{});
      used_ = 0;
      ++budget_->evictions;
    }
  }
  put({key.digest.low, key.digest.high, shape(key), value});
  ++used_;
}

void ValueCache::replace(const Key& key, uint32_t value) {
  if (slots_.empty()) return;
  Slot& slot = slots_[place(key)];
  if (slot.value != kMissing) slot.value = value;
}

void ValueCache::put(const Slot& slot) {
  size_t at = index({{slot.low, slot.high}, 0, 0});
  while (slots_[at].value != kMissing) at = (at + 1) & mask();
  slots_[at] = slot;
}

bool ValueCache::grow() {
  const size_t wanted = slots_.empty() ? kFirstSlots : slots_.size() * 2;
  const size_t added = (wanted - slots_.size()) * sizeof(Slot);
  if (wanted > kMostSlots || budget_->used + added > budget_->limit) return false;
  budget_->used += added;
  std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(wanted));
  for (const Slot& slot : old) {
    if (slot.value != kMissing) put(slot);
  }
  return true;
}

void ValueCache::clear() {
  release();
  slots_ = std::vector<Slot>();  // `= {}` would keep the memory
  used_ = 0;
}

void ValueCache::release() { budget_->used -= slots_.size() * sizeof(Slot); }

uint64_t TupleCache::hash(std::span<const uint32_t> tuple) const {
  const std::string_view bytes(reinterpret_cast<const char*>(tuple.data()), tuple.size_bytes());
  return budget_->hash(bytes.substr(0, KeyedHash::kLongest)).slot();
}

uint32_t TupleCache::find(std::span<const uint32_t> tuple, uint64_t hash) const {
  if (slots_.empty()) return kMissing;
  const size_t mask = slots_.size() - 1;
  for (size_t at = hash >> 20 & mask;; at = (at + 1) & mask) {
    const Slot& slot = slots_[at];
    if (slot.value == kMissing) return kMissing;
    if (slot.hash != hash) continue;
    const uint32_t* known = tuples_.data() + slot.tuple * tuple.size();
    uint32_t difference = 0;  // tuples are short: a call of memcmp would cost more
    for (size_t i = 0; i < tuple.size(); ++i) difference |= tuple[i] ^ known[i];
    if (difference == 0) return slot.value;
  }
}

void TupleCache::insert(std::span<const uint32_t> tuple, uint64_t hash, uint32_t value) {
  if (slots_.empty() || full(used_, slots_.size())) {
    if (!grow()) {
      if (slots_.empty()) return;
      std::fill(slots_.begin(), slots_.end(), Slot{});
      tuples_.clear();
      used_ = 0;
      ++budget_->evictions;
    }
  }
  const size_t mask = slots_.size() - 1;
  size_t at = hash >> 20 & mask;
  while (slots_[at].value != kMissing) at = (at + 1) & mask;
  slots_[at] = {hash, static_cast<uint32_t>(used_++), value};
  const size_t before = bytes();
  tuples_.insert(tuples_.end(), tuple.begin(), tuple.end());
  budget_->used += bytes() - before;
}

bool TupleCache::grow() {
  const size_t wanted = slots_.empty() ? kFirstSlots : slots_.size() * 2;
  const size_t added = (wanted - slots_.size()) * sizeof(Slot);
  if (wanted > kMostSlots || budget_->used + added > budget_->limit) return false;
  budget_->used += added;
  std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(wanted));
  for (const Slot& slot : old) {
    if (slot.value == kMissing) continue;
    size_t at = slot.hash >> 20 & (wanted - 1);
    while (slots_[at].value != kMissing) at = (at + 1) & (wanted - 1);
    slots_[at] = slot;
  }
  return true;
}

void TupleCache::clear() {
  budget_->used -= bytes();
  slots_ = std::vector<Slot>();
  tuples_ = std::vector<uint32_t>();
  used_ = 0;
}

}  // namespace hecate::stream
