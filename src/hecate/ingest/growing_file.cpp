#include "ingest/growing_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace hecate::ingest {

StopSignal::StopSignal() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

StopSignal::~StopSignal() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void StopSignal::request() {
  requested_ = true;
  const uint64_t one = 1;
  // Who waits looks at the flag again after a while.
  [[maybe_unused]] const ssize_t written = ::write(descriptor_, &one, sizeof one);
}

FileWatch::FileWatch(const std::string& path, const StopSignal& stop)
    : stop_(stop), descriptor_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
  // Of the folder: a name that comes and goes is seen there, and so is what happens to the file.
  std::string folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  if (descriptor_ >= 0)
    (void)::inotify_add_watch(descriptor_, folder.c_str(), IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM);
}

FileWatch::~FileWatch() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void FileWatch::wait() const {
  constexpr int kWatched = 1'000, kPolled = 250;  // milliseconds
  std::array<struct pollfd, 2> waiting{{{stop_.descriptor(), POLLIN, 0}, {descriptor_, POLLIN, 0}}};
  ::poll(waiting.data(), waiting.size(), descriptor_ >= 0 ? kWatched : kPolled);
  // What exactly happened does not matter: the file is looked at.
  std::array<char, 4096> events{};
  while (descriptor_ >= 0 && ::read(descriptor_, events.data(), events.size()) > 0) {
  }
}

std::unique_ptr<GrowingFile> GrowingFile::open(const std::string& path, const FileWatch& watch, const StopSignal& stop,
                                               bool finite) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (descriptor < 0) return nullptr;
  return std::make_unique<GrowingFile>(descriptor, path, watch, stop, finite);
}

GrowingFile::GrowingFile(int descriptor, std::string path, const FileWatch& watch, const StopSignal& stop, bool finite)
    : descriptor_(descriptor),
      path_(std::move(path)),
      watch_(watch),
      stop_(stop),
      finite_(finite),
      fingerprint_(Fingerprint::of(descriptor)) {}

GrowingFile::~GrowingFile() { ::close(descriptor_); }

void GrowingFile::resume(uint64_t offset, std::string head) {
  begun_ = at_ = offset;
  head_ = std::move(head);
  head_size_ = head_.size();
}

bool GrowingFile::ready() const {
  struct stat status{};
  return !head_.empty() || (::fstat(descriptor_, &status) == 0 && status.st_size > static_cast<off_t>(at_)) || finite_;
}

size_t GrowingFile::finish(End end) {
  end_ = end;
  return 0;
}

size_t GrowingFile::read(char* to, size_t size) {
  if (end_ != End::None) return 0;
  for (;; watch_.wait()) {
    if (stop_.requested()) return finish(End::Stopped);
    if (!head_.empty()) {
      const size_t count = std::min(size, head_.size());
      std::memcpy(to, head_.data(), count);
      head_.erase(0, count);
      return count;
    }
    if (begins_anew()) return finish(End::Truncated);
    // Before the last look at this file: what comes to it until then is read.
    const bool last = !finite_ && is_replaced();
    const ssize_t count = ::pread(descriptor_, to, size, static_cast<off_t>(at_));
    if (count > 0) {
      at_ += static_cast<uint64_t>(count);
      if (fingerprint_.bytes < Fingerprint::kMost) fingerprint_ = Fingerprint::of(descriptor_);
      return static_cast<size_t>(count);
    }
    if (count < 0 && errno != EINTR) {
      failure_ = std::generic_category().message(errno);
      return finish(End::Finished);
    }
    if (last) return finish(End::Replaced);
    if (finite_) return finish(End::Finished);
  }
}

/// Somebody cut the file off and writes to its beginning.
bool GrowingFile::begins_anew() {
  struct stat status{};
  if (finite_ || ::fstat(descriptor_, &status) != 0) return false;
  return status.st_size < static_cast<off_t>(at_) || Fingerprint::of(descriptor_, fingerprint_.bytes) != fingerprint_;
}

/// Its name is another file's by now, and nobody will write to this one any more.
bool GrowingFile::is_replaced() {
  struct stat own{}, named{};
  if (::fstat(descriptor_, &own) != 0 || ::stat(path_.c_str(), &named) != 0) return false;
  if (own.st_dev == named.st_dev && own.st_ino == named.st_ino) return false;
  const auto now = std::chrono::steady_clock::now();
  if (!nameless_since_) nameless_since_ = now;
  return named.st_size > 0 || now - *nameless_since_ > kGrace;
}

}  // namespace hecate::ingest
