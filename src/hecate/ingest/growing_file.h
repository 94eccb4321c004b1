#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "ingest/byte_source.h"
#include "ingest/position.h"

namespace hecate::ingest {

/// Tells readers that wait to stop, from any thread.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;
  void request();
  [[nodiscard]] bool requested() const { return requested_; }
  /// Becomes readable.
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  std::atomic<bool> requested_ = false;
  int descriptor_;
};

/// Waits for something to happen to a file or its name. Without inotify, or where it is silent (files on other
/// machines), waiting ends after a while all the same.
class FileWatch {
 public:
  FileWatch(const std::string& path, const StopSignal& stop);
  ~FileWatch();
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;
  void wait() const;

 private:
  const StopSignal& stop_;
  int descriptor_;
};

/// A file that somebody writes to: at its end reading waits for more. It ends where the file's name goes to another
/// file (rotation) or the file begins anew (copytruncate).
class GrowingFile final : public ByteSource {
 public:
  enum class End : uint8_t { None, Stopped, Replaced, Truncated, Finished };
  /// How long a file that has lost its name is still read where the new one has no bytes: writers open the new file
  /// late.
  static constexpr std::chrono::seconds kGrace{5};

  /// Null where it cannot be opened. With `finite` the file grows no more, and its end is the end.
  [[nodiscard]] static std::unique_ptr<GrowingFile> open(const std::string& path, const FileWatch& watch,
                                                         const StopSignal& stop, bool finite = false);
  GrowingFile(int descriptor, std::string path, const FileWatch& watch, const StopSignal& stop, bool finite);
  ~GrowingFile() override;
  GrowingFile(const GrowingFile&) = delete;
  GrowingFile& operator=(const GrowingFile&) = delete;

  size_t read(char* to, size_t size) override;
  [[nodiscard]] bool ready() const override;
  [[nodiscard]] std::string_view failure() const override { return failure_; }

  /// From there on, and before that some bytes that stand further up: what names the columns of a table.
  void resume(uint64_t offset, std::string head);
  /// Where a byte of what was read stands in the file.
  [[nodiscard]] uint64_t offset_of(uint64_t read) const { return read - head_size_ + begun_; }
  [[nodiscard]] End end() const { return end_; }
  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] Fingerprint fingerprint() const { return fingerprint_; }

 private:
  [[nodiscard]] bool begins_anew();
  [[nodiscard]] bool is_replaced();
  size_t finish(End end);

  int descriptor_;
  std::string path_;
  const FileWatch& watch_;
  const StopSignal& stop_;
  bool finite_;
  std::string head_;
  size_t head_size_ = 0;
  uint64_t begun_ = 0;
  uint64_t at_ = 0;
  Fingerprint fingerprint_;
  std::optional<std::chrono::steady_clock::time_point> nameless_since_;
  std::string failure_;
  End end_ = End::None;
};

}  // namespace hecate::ingest
