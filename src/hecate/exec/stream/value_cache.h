#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "exec/stream/keyed_hash.h"

namespace hecate::stream {

/// What the caches of one thread may hold together.
struct CacheBudget {
  size_t limit = size_t{32} << 20;
  size_t used = 0;
  uint64_t evictions = 0;  // CacheStats::evictions
  KeyedHash hash;
};

/// Counters for --stats: how much work the caches saved.
struct CacheStats {
  uint64_t value_lookups = 0;
  uint64_t value_hits = 0;
  uint64_t tuple_lookups = 0;
  uint64_t tuple_hits = 0;
  uint64_t evictions = 0;  // tables that started over because they were full

  CacheStats& operator+=(const CacheStats& other) {
    value_lookups += other.value_lookups;
    value_hits += other.value_hits;
    tuple_lookups += other.tuple_lookups;
    tuple_hits += other.tuple_hits;
    evictions += other.evictions;
    return *this;
  }
};

/// From a value's bytes to a number: values that were seen before need not be looked at again. Only ever saves
/// work. Holds lengths and keyed hashes, no texts. When it is full and may not grow it starts over.
class ValueCache {
 public:
  struct Key {
    KeyedHash::Digest digest;
    uint32_t size = 0;
    /// Escaped and plain spellings are different values.
    uint32_t form = 0;
  };
  static constexpr uint32_t kMissing = UINT32_MAX;

  explicit ValueCache(CacheBudget& budget) : budget_(&budget) {}
  ValueCache(const ValueCache&) = delete;
  ValueCache& operator=(const ValueCache&) = delete;
  ValueCache(ValueCache&& other) noexcept;
  ~ValueCache() { release(); }

  /// Brings the slot of a key near, for a find() soon.
  void prefetch(const Key& key) const {
    if (!slots_.empty()) __builtin_prefetch(&slots_[index(key)]);
  }
  [[nodiscard]] uint32_t find(const Key& key) const { return slots_.empty() ? kMissing : slots_[place(key)].value; }
  void insert(const Key& key, uint32_t value);
  /// Nothing where the key is not known any more.
  void replace(const Key& key, uint32_t value);
  void clear();

 private:
  struct Slot {
    uint64_t low = 0;
    uint64_t high = 0;
    uint32_t shape = 0;  // size and form
    uint32_t value = kMissing;
  };
  static uint32_t shape(const Key& key) { return key.size << 1 | key.form; }
  [[nodiscard]] size_t mask() const { return slots_.size() - 1; }
  [[nodiscard]] size_t index(const Key& key) const { return key.digest.slot() >> 20 & mask(); }
  /// The key's slot, or the empty one where it would be.
  [[nodiscard]] size_t place(const Key& key) const {
    for (size_t at = index(key);; at = (at + 1) & mask()) {
      const Slot& slot = slots_[at];
      if (slot.value == kMissing) return at;
      if (slot.low == key.digest.low && slot.high == key.digest.high && slot.shape == shape(key)) return at;
    }
  }
  bool grow();
  void put(const Slot& slot);
  void release();

  CacheBudget* budget_;
  std::vector<Slot> slots_;
  size_t used_ = 0;
};

/// From a tuple of numbers to a number, comparing the tuples themselves.
class TupleCache {
 public:
  static constexpr uint32_t kMissing = UINT32_MAX;

  explicit TupleCache(CacheBudget& budget) : budget_(&budget) {}
  TupleCache(const TupleCache&) = delete;
  TupleCache& operator=(const TupleCache&) = delete;
  ~TupleCache() { budget_->used -= bytes(); }

  /// All tuples have one length.
  [[nodiscard]] uint32_t find(std::span<const uint32_t> tuple, uint64_t hash) const;
  void insert(std::span<const uint32_t> tuple, uint64_t hash, uint32_t value);
  [[nodiscard]] uint64_t hash(std::span<const uint32_t> tuple) const;
  void clear();

 private:
  struct Slot {
    uint64_t hash = 0;
    uint32_t tuple = 0;  // its place in tuples_, divided by its length
    uint32_t value = kMissing;
  };
  [[nodiscard]] size_t bytes() const { return slots_.size() * sizeof(Slot) + tuples_.capacity() * sizeof(uint32_t); }
  bool grow();

  CacheBudget* budget_;
  std::vector<Slot> slots_;
  std::vector<uint32_t> tuples_;
  size_t used_ = 0;
};

}  // namespace hecate::stream
