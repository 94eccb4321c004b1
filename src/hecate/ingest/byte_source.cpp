#include "ingest/byte_source.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace hecate::ingest {
namespace {

std::string reason(int error) { return std::generic_category().message(error); }

}  // namespace

size_t TextSource::read(char* to, size_t size) {
  const size_t count = std::min(size, text_.size());
  if (count > 0) std::memcpy(to, text_.data(), count);
  text_.remove_prefix(count);
  return count;
}

std::unique_ptr<FileSource> FileSource::open(const std::string& path, std::string& why) {
  const bool standard = path == "-";
  const int descriptor = standard ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (descriptor < 0) {
    why = reason(errno);
    return nullptr;
  }
  auto source = std::make_unique<FileSource>(descriptor, !standard);
  struct stat status{};
  if (::fstat(descriptor, &status) == 0) {
    if (S_ISDIR(status.st_mode)) {
      why = reason(EISDIR);
      return nullptr;
    }
    if (S_ISREG(status.st_mode)) {
      source->modified_ = status.st_mtim.tv_sec * kTicksPerSecond + status.st_mtim.tv_nsec / 100;
    }
  }
  return source;
}

FileSource::~FileSource() {
  if (owned_) ::close(descriptor_);
}

bool FileSource::ready() const {
  if (modified_) return true;  // a regular file
  struct pollfd waiting{descriptor_, POLLIN, 0};
  return ::poll(&waiting, 1, 0) > 0;
}

size_t FileSource::read(char* to, size_t size) {
  for (;;) {
    const ssize_t count = ::read(descriptor_, to, size);
    if (count >= 0) {
      bytes_read_ += static_cast<uint64_t>(count);
      return static_cast<size_t>(count);
    }
    if (errno == EINTR) continue;
    failure_ = reason(errno);
    return 0;
  }
}

}  // namespace hecate::ingest
