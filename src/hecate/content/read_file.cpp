#include "content/read_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace hecate::content {
namespace {

/// Closes a descriptor at the end.
struct Descriptor {
  int number;
  explicit Descriptor(int descriptor) : number(descriptor) {}
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
};

}  // namespace

std::optional<std::string> read_file(const std::string& path, size_t most, size_t* too_large) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status{};
  if (file.number < 0 || ::fstat(file.number, &status) != 0 || S_ISDIR(status.st_mode)) return std::nullopt;
  size_t expected = S_ISREG(status.st_mode) ? static_cast<size_t>(status.st_size) : 0;
  std::string text;
  size_t filled = 0;
  while (expected <= most) {
    // One byte more than the file is said to have: a short read is its end.
    text.resize(expected + 1);
    const ssize_t got = ::read(file.number, text.data() + filled, text.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    filled += static_cast<size_t>(got);
    if (got == 0 || (S_ISREG(status.st_mode) && filled < text.size())) {
      text.resize(filled);
      return text;
    }
    if (filled > most) expected = filled;
    if (filled <= most && filled == text.size()) expected = std::min(filled * 2, most);
  }
  if (too_large != nullptr) *too_large = expected;
  return std::nullopt;
}

}  // namespace hecate::content
