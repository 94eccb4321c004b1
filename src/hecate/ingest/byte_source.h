#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace hecate::ingest {

/// Bytes that arrive in pieces.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Up to `size` (> 0) bytes; 0 at the end, which is also where a broken source ends.
  virtual size_t read(char* to, size_t size) = 0;
  /// Why the source ended before its time; empty where it did not.
  [[nodiscard]] virtual std::string_view failure() const { return {}; }
  /// Whether read() will not wait: false for a pipe into which nothing was written yet.
  [[nodiscard]] virtual bool ready() const { return true; }
  /// All that is still to be read, where it stands in memory already; read() may then be left alone.
  [[nodiscard]] virtual std::optional<std::string_view> whole() const { return std::nullopt; }

  /// One of the files of an archive.
  struct File {
    std::string name;
    std::optional<Ticks> modified;
  };
  /// An archive's bytes are those of the file that next_file() went on to, none before its first call.
  [[nodiscard]] virtual bool is_archive() const { return false; }
  [[nodiscard]] virtual std::optional<File> next_file() { return std::nullopt; }
};

/// A text in memory, which must outlive the source.
class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string_view text) : text_(text) {}
  size_t read(char* to, size_t size) override;
  [[nodiscard]] std::optional<std::string_view> whole() const override { return text_; }

 private:
  std::string_view text_;
};

/// A file, or standard input for "-".
class FileSource final : public ByteSource {
 public:
  /// Null where the file cannot be opened; `why` then says so.
  [[nodiscard]] static std::unique_ptr<FileSource> open(const std::string& path, std::string& why);
  /// An open descriptor; closed at the end where it is owned.
  FileSource(int descriptor, bool owned) : descriptor_(descriptor), owned_(owned) {}
  ~FileSource() override;
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  size_t read(char* to, size_t size) override;
  [[nodiscard]] std::string_view failure() const override { return failure_; }
  [[nodiscard]] bool ready() const override;
  [[nodiscard]] uint64_t bytes_read() const { return bytes_read_; }
  /// Of regular files.
  [[nodiscard]] std::optional<Ticks> modified() const { return modified_; }

 private:
  int descriptor_;
  bool owned_;
  uint64_t bytes_read_ = 0;
  std::optional<Ticks> modified_;
  std::string failure_;
};

/// Whatever the source is: plain text as it is; gzip (all members), zstd (all frames), xz, bzip2, lz4 and zip unpacked;
/// told by the first bytes. The source must outlive the result. A stream that ends too early or is corrupt gives
/// what could be unpacked, then its failure.
[[nodiscard]] std::unique_ptr<ByteSource> decompress(ByteSource& source);

}  // namespace hecate::ingest
