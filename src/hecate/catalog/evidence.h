#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/text_hash.h"
#include "catalog/model.h"

namespace hecate::catalog {

/// Whether a value satisfies an Equals, EqualsAnyCase, Prefix, Contains, Matches or AnyBit condition.
[[nodiscard]] bool matches(const Condition& condition, const ingest::RawValue& value);

/// What the conditions of all sources can tell of an event: for each slot that they look at whether it is there and
/// how its value does in the tests of that slot, however many different values there are. Events of which the same
/// can be told are of the same type.
class Evidence {
 public:
  enum class Use : uint8_t { None, Presence, Value };
  struct Trait {
    uint32_t slot = 0;
    uint64_t what = 0;
    friend bool operator==(const Trait&, const Trait&) = default;
  };
  using Traits = std::vector<Trait>;

  explicit Evidence(const Catalog::Impl& catalog);

  [[nodiscard]] Use use(size_t slot) const { return slots_[slot].use; }
  /// Of all slots but one, perhaps. False where they cannot be told in short: a slot has several values, or too many
  /// tests.
  [[nodiscard]] bool traits(const ingest::FieldValues& values, Traits& out, size_t except = SIZE_MAX) const;
  [[nodiscard]] static uint64_t hash(ingest::Shape shape, const Traits& traits);

 private:
  struct Slot {
    Use use = Use::None;
    std::unordered_map<std::string, uint64_t, TextHash, std::equal_to<>> equals;  // values that are asked for
    std::unordered_map<std::string, uint64_t, TextHash, std::equal_to<>> folded;  // whatever their case
    std::vector<const Condition*> tests;                                          // all others
  };

  void collect(const std::vector<Condition>& conditions);
  static uint64_t trait_of(const Slot& slot, const ingest::RawValue& value);

  std::vector<Slot> slots_;
};

/// What was concluded from the traits of events that were seen; bounded, and only ever saves work.
template <typename Conclusion>
class TraitMemo {
 public:
  [[nodiscard]] const Conclusion* find(ingest::Shape shape, const Evidence::Traits& traits) const {
    const auto bucket = entries_.find(Evidence::hash(shape, traits));
    if (bucket == entries_.end()) return nullptr;
    for (const Entry& entry : bucket->second) {
      if (entry.shape == shape && entry.traits == traits) return &entry.conclusion;
    }
    return nullptr;
  }

  void insert(ingest::Shape shape, const Evidence::Traits& traits, const Conclusion& conclusion) {
    if (size_ == kMost) {
      entries_.clear();
      size_ = 0;
    }
    entries_[Evidence::hash(shape, traits)].push_back({shape, traits, conclusion});
    ++size_;
  }

 private:
  static constexpr size_t kMost = 4096;
  struct Entry {
    ingest::Shape shape;
    Evidence::Traits traits;
    Conclusion conclusion;
  };
  std::unordered_map<uint64_t, std::vector<Entry>> entries_;
  size_t size_ = 0;
};

}  // namespace hecate::catalog
