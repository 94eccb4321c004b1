#include "store/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace hecate::store {

File File::open(const std::string& path, int flags) {
  // What a server keeps is for its own user: logs hold secrets.
  constexpr int kMode = 0600;
  return File(::open(path.c_str(), flags | O_CLOEXEC, kMode));
}

void File::close() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

uint64_t File::size() const {
  struct stat status{};
  return ::fstat(descriptor_, &status) == 0 ? static_cast<uint64_t>(status.st_size) : 0;
}

int64_t File::read_at(uint64_t offset, char* bytes, size_t size) const {
  size_t done = 0;
  while (done < size) {
    const ssize_t got = ::pread(descriptor_, bytes + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -1;
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  return static_cast<int64_t>(done);
}

bool File::write_at(uint64_t offset, std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
    offset += static_cast<uint64_t>(written);
  }
  return true;
}

bool File::truncate(uint64_t size) const { return ::ftruncate(descriptor_, static_cast<off_t>(size)) == 0; }
bool File::sync() const { return ::fdatasync(descriptor_) == 0; }
bool File::lock() const { return ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0; }

bool make_private_folder(const std::string& path) {
  std::error_code error;
  if (std::filesystem::create_directories(path, error)) {
    std::filesystem::permissions(path, std::filesystem::perms::owner_all, error);
  }
  return !error;
}

bool sync_folder(const std::string& folder) {
  const File file = File::open(folder, O_RDONLY | O_DIRECTORY);
  return file.is_open() && ::fsync(file.descriptor()) == 0;
}

bool replace_file(const std::string& path, std::string_view bytes) {
  const std::string part = path + ".part";
  File file = File::open(part, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file.is_open() || !file.write_at(0, bytes) || !file.sync()) return false;
  file.close();
  if (std::rename(part.c_str(), path.c_str()) != 0) return false;
  const std::string folder = std::filesystem::path(path).parent_path().native();
  return sync_folder(folder.empty() ? "." : folder);
}

}  // namespace hecate::store
