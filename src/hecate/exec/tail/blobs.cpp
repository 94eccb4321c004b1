#include "exec/tail/blobs.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace hecate::tail {

const char* Blobs::add(std::string_view bytes) {
  if (bytes.empty()) return "";
  if (blocks_.empty() || used_ + bytes.size() > blocks_.back().size) {
    blocks_.push_back(block(std::max(kBlock, bytes.size())));
    used_ = 0;
  }
  char* at = blocks_.back().bytes + used_;
  std::memcpy(at, bytes.data(), bytes.size());
  used_ += bytes.size();
  return at;
}

Blobs::Block Blobs::block(size_t size) {
  if (!folder_.empty() && held_ + size > memory_) {
    constexpr size_t kPage = 4096;
    const size_t whole = (size + kPage - 1) / kPage * kPage;
    if (char* mapped = map(whole)) return {mapped, whole, true};
  }
  held_ += size;
  return {std::make_unique_for_overwrite<char[]>(size).release(), size, false};
}

char* Blobs::map(size_t size) {
  if (file_ < 0) file_ = ::open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  // Space is taken now: a full disk would otherwise end the process when the page is written.
  if (file_ < 0 || posix_fallocate(file_, static_cast<off_t>(file_size_), static_cast<off_t>(size)) != 0)
    return nullptr;
  void* at = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file_, static_cast<off_t>(file_size_));
  if (at == MAP_FAILED) return nullptr;
  file_size_ += size;
  return static_cast<char*>(at);
}

void Blobs::clear() {
  for (const Block& block : blocks_) {
    if (block.mapped) {
      munmap(block.bytes, block.size);
    } else {
      const std::unique_ptr<char[]> freed(block.bytes);
    }
  }
  blocks_.clear();
  used_ = held_ = file_size_ = 0;
  if (file_ >= 0) ::close(file_);
  file_ = -1;
}

}  // namespace hecate::tail
