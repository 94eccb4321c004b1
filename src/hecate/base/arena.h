#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace hecate {

/// Bump allocation for what lives as long as one event or one batch. reset() keeps the blocks.
class Arena {
 public:
  [[nodiscard]] char* allocate(size_t size, size_t alignment = 1) {
    size_t at = (used_ + alignment - 1) & ~(alignment - 1);
    if (block_ >= blocks_.size() || at + size > blocks_[block_].size) {
      next_block(size + alignment);
      at = (used_ + alignment - 1) & ~(alignment - 1);
    }
    used_ = at + size;
    return blocks_[block_].bytes.get() + at;
  }

  [[nodiscard]] std::string_view copy(std::string_view text) {
    if (text.empty()) return {"", 0};
    char* to = allocate(text.size());
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }

  template <typename T>
  [[nodiscard]] std::span<T> allocate_array(size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    if (count == 0) return {};
    return {new (allocate(count * sizeof(T), alignof(T))) T[count](), count};
  }

  void reset() {
    block_ = 0;
    used_ = 0;
    // One huge event must not keep its memory for ever.
    while (blocks_.size() > 1 && blocks_.back().size > kKeptBlock) blocks_.pop_back();
  }

 private:
  static constexpr size_t kBlock = size_t{64} << 10;
  static constexpr size_t kKeptBlock = size_t{1} << 20;
  struct Block {
    std::unique_ptr<char[]> bytes;
    size_t size;
  };

  void next_block(size_t at_least) {
    if (!blocks_.empty()) ++block_;
    while (block_ < blocks_.size() && blocks_[block_].size < at_least) ++block_;
    if (block_ >= blocks_.size()) {
      const size_t size = at_least > kBlock ? at_least : kBlock;
      blocks_.push_back({std::make_unique_for_overwrite<char[]>(size), size});
      block_ = blocks_.size() - 1;
    }
    used_ = 0;
  }

  std::vector<Block> blocks_;
  size_t block_ = 0;
  size_t used_ = 0;
};

}  // namespace hecate
