#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hecate::stream {

/// From the written values that tell what kind an event is, put into one text, to the number of that kind. Compares the
/// texts themselves; bounded: a flood of made-up values empties it and costs time.
class KindMemo {
 public:
  static constexpr uint32_t kMissing = UINT32_MAX;

  [[nodiscard]] uint32_t find(std::string_view key) const;
  void insert(std::string_view key, uint32_t kind);
  void clear();

 private:
  static constexpr size_t kSlots = size_t{1} << 13;
  static constexpr size_t kMost = kSlots / 2;
  static constexpr size_t kMostBytes = size_t{2} << 20;

  struct Entry {
    uint64_t hash = 0;
    std::string key;
    uint32_t kind = kMissing;
  };
  static uint64_t hash_of(std::string_view key);

  std::vector<Entry> entries_;
  size_t used_ = 0;
  size_t bytes_ = 0;
};

}  // namespace hecate::stream
