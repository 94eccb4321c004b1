#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hecate::stream {

/// Numbers by texts. Compares the texts themselves.
class TextNumbers {
 public:
  static constexpr uint32_t kMissing = UINT32_MAX;

  [[nodiscard]] uint32_t find(std::string_view text) const;
  /// False where there is no room: then it must be cleared first.
  [[nodiscard]] bool insert(std::string_view text, uint32_t number);
  void clear();

 private:
  static constexpr size_t kSlots = size_t{1} << 13;
  static constexpr size_t kMost = kSlots / 2;
  static constexpr size_t kMostBytes = size_t{2} << 20;

  struct Entry {
    uint64_t hash = 0;
    std::string text;
    uint32_t number = kMissing;
  };
  static uint64_t hash_of(std::string_view text);

  std::vector<Entry> entries_;
  size_t used_ = 0;
  size_t bytes_ = 0;
};

/// From what tells the kind of an event to the number of that kind. Among events that have values at the same places
/// the kind depends on the values of a few of them, which are learnt: recognition says what it looked at. So a message
/// that some source would look at does not count where no such source is asked. Bounded: a flood of made-up events
/// empties it and costs time.
class KindMemo {
 public:
  static constexpr uint32_t kMissing = TextNumbers::kMissing;

  /// Events that have values at the same places.
  struct Alike {
    uint32_t number = 0;
    std::vector<uint32_t> slots;  // whose values were ever looked at; only grows
  };

  /// Those with these places. Valid until the next call.
  [[nodiscard]] Alike& alike(std::string_view places);
  /// By its number, as long as the generation is the same.
  [[nodiscard]] Alike& alike(uint32_t number) { return alike_[number]; }
  [[nodiscard]] uint64_t generation() const { return generation_; }
  /// By the number of those that are alike, the slots, and their values.
  [[nodiscard]] uint32_t find(std::string_view key) const { return kinds_.find(key); }
  void insert(std::string_view key, uint32_t kind);
  void clear();

 private:
  TextNumbers places_;
  std::vector<Alike> alike_;
  TextNumbers kinds_;
  uint64_t generation_ = 1;
};

}  // namespace hecate::stream
