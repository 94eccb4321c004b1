#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hecate::tail {

/// Bytes that stay where they are until clear(). Up to a limit in memory; beyond it in a file without a name, which
/// the system writes out when memory is short.
class Blobs {
 public:
  /// No limit where the folder is empty.
  Blobs(std::string folder, size_t memory) : folder_(std::move(folder)), memory_(memory) {}
  ~Blobs() { clear(); }
  Blobs(const Blobs&) = delete;
  Blobs& operator=(const Blobs&) = delete;

  [[nodiscard]] const char* add(std::string_view bytes);
  void clear();

 private:
  static constexpr size_t kBlock = size_t{4} << 20;
  struct Block {
    char* bytes;
    size_t size;
    bool mapped;
  };
  /// Falls back to memory where there is no file.
  [[nodiscard]] Block block(size_t size);
  [[nodiscard]] char* map(size_t size);

  std::string folder_;
  size_t memory_;
  size_t held_ = 0;  // bytes of blocks in memory
  int file_ = -1;
  size_t file_size_ = 0;
  std::vector<Block> blocks_;
  size_t used_ = 0;  // of the last block
};

}  // namespace hecate::tail
