#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace hecate::store {

/// A file descriptor that is closed with its owner.
class File {
 public:
  File() = default;
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() { close(); }
  File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  File& operator=(File&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  [[nodiscard]] static File open(const std::string& path, int flags);
  void close();

  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] uint64_t size() const;
  /// As many bytes as there are, up to `size`; -1 where the disk fails.
  [[nodiscard]] int64_t read_at(uint64_t offset, char* bytes, size_t size) const;
  /// False where not all could be written; errno then says why.
  [[nodiscard]] bool write_at(uint64_t offset, std::string_view bytes) const;
  [[nodiscard]] bool truncate(uint64_t size) const;
  /// Waits until the bytes are on the disk.
  [[nodiscard]] bool sync() const;
  /// Until it is closed nobody else has it; false where somebody has.
  [[nodiscard]] bool lock() const;

 private:
  int descriptor_ = -1;
};

/// The folder, for its own user only where it is made; false where it cannot be.
[[nodiscard]] bool make_private_folder(const std::string& path);
/// Makes the names of new, renamed and removed files of a folder survive a power cut.
[[nodiscard]] bool sync_folder(const std::string& folder);
/// Replaces the file, never leaving half of it; false where it cannot be written.
[[nodiscard]] bool replace_file(const std::string& path, std::string_view bytes);

}  // namespace hecate::store
