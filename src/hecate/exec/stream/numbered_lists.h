#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace hecate::stream {

/// Lists of numbers, each different one known by a number of its own. All of them lie in one piece of memory: most are
/// short, and new ones come while events flow.
class NumberedLists {
 public:
  [[nodiscard]] size_t size() const { return lists_.size(); }
  [[nodiscard]] std::span<const uint32_t> operator[](uint32_t number) const {
    return {words_.data() + lists_[number].begin, lists_[number].count};
  }
  /// The number of an equal list; a new one where there is none.
  uint32_t number_of(std::span<const uint32_t> list);
  void clear();

 private:
  struct List {
    uint64_t hash = 0;
    uint32_t begin = 0;  // in words_
    uint32_t count = 0;
  };
  static constexpr uint32_t kNone = UINT32_MAX;
  void grow();
  [[nodiscard]] size_t slot_of(uint64_t hash, std::span<const uint32_t> list) const;

  std::vector<List> lists_;
  std::vector<uint32_t> words_;
  std::vector<uint32_t> slots_;  // numbers by hash, open addressing
};

}  // namespace hecate::stream
