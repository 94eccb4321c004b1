#include "ingest/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/text.h"

namespace hecate::ingest {
namespace {

constexpr size_t kInput = size_t{128} << 10;

std::string_view name_of(Packing packing) {
  constexpr std::array<std::string_view, 5> kNames{"", "xz stream", "bzip2 stream", "lz4 stream", "zip archive"};
  return kNames[static_cast<size_t>(packing)];
}

class ArchiveSource final : public ByteSource {
 public:
  ArchiveSource(ByteSource& source, Packing packing)
      : source_(source), packing_(packing), input_(kInput), archive_(archive_read_new()) {
    if (archive_) begin();
    if (!archive_) fail("out of memory");
  }
  ArchiveSource(const ArchiveSource&) = delete;
  ArchiveSource& operator=(const ArchiveSource&) = delete;

  size_t read(char* to, size_t size) override {
    while (block_.empty() && open_) next_block();
    const size_t count = std::min(size, block_.size());
    block_.copy(to, count);
    block_.remove_prefix(count);
    return count;
  }

  /// Nothing but regular files; what macOS adds about them (`__MACOSX/`) is left out.
  [[nodiscard]] std::optional<File> next_file() override {
    while (!ended_ && next_entry()) {
      const char* name = archive_entry_pathname_utf8(entry_);
      if (name == nullptr) name = archive_entry_pathname(entry_);
      const std::string_view path = name == nullptr ? std::string_view("?") : std::string_view(name);
      if (archive_entry_filetype(entry_) != AE_IFREG || path.starts_with("__MACOSX/")) continue;
      open_ = true;
      File file{valid_utf8(path) == path ? std::string(path) : std::string("?"), std::nullopt};
      constexpr time_t kLatest = time_t{1} << 37;  // some thousand years, which fit into ticks
      const time_t modified = archive_entry_mtime_is_set(entry_) != 0 ? archive_entry_mtime(entry_) : 0;
      if (modified > 0 && modified < kLatest) file.modified = modified * kTicksPerSecond;
      return file;
    }
    return std::nullopt;
  }

  [[nodiscard]] bool is_archive() const override { return packing_ == Packing::Zip; }
  [[nodiscard]] std::string_view failure() const override { return failure_; }
  [[nodiscard]] bool ready() const override { return source_.ready(); }

 private:
  struct Free {
    void operator()(archive* reader) const { archive_read_free(reader); }
  };

  void begin() {
    choose();
    const int opened = archive_read_open(archive_.get(), this, nullptr, fetch, nullptr);
    // A stream is an archive of one file to the library.
    if (!failed(opened) && packing_ != Packing::Zip) open_ = next_entry();
  }

  /// Only what the magic says: nothing of an archive's inside is taken for another packing.
  void choose() {
    if (packing_ == Packing::Zip) {
      // The directory at the end of the archive is not needed, so that it may come through a pipe.
      archive_read_support_format_zip_streamable(archive_.get());
      return;
    }
    archive_read_support_format_raw(archive_.get());
    const int filter = packing_ == Packing::Xz      ? ARCHIVE_FILTER_XZ
                       : packing_ == Packing::Bzip2 ? ARCHIVE_FILTER_BZIP2
                                                    : ARCHIVE_FILTER_LZ4;
    // Not only allowed: what is no such stream after all would pass as it is.
    archive_read_append_filter(archive_.get(), filter);
  }

  static la_ssize_t fetch(archive*, void* self, const void** bytes) {
    auto& source = *static_cast<ArchiveSource*>(self);
    *bytes = source.input_.data();
    return static_cast<la_ssize_t>(source.source_.read(source.input_.data(), source.input_.size()));
  }

  /// Block by block: archive_read_data() loses what stands before a fault, more or less of it by what is asked for.
  void next_block() {
    const void* bytes = nullptr;
    size_t size = 0;
    la_int64_t offset = 0;
    const int result = archive_read_data_block(archive_.get(), &bytes, &size, &offset);
    open_ = result == ARCHIVE_OK || result == ARCHIVE_WARN;
    if (open_) {
      block_ = {static_cast<const char*>(bytes), size};
    } else if (result != ARCHIVE_EOF) {
      (void)failed(result);
    }
  }

  bool next_entry() {
    block_ = {};
    const int result = archive_read_next_header(archive_.get(), &entry_);
    if (result == ARCHIVE_EOF) ended_ = true;
    return !ended_ && !failed(result);
  }

  /// Notes the first failure; only some of them end the archive.
  bool failed(int result) {
    if (result == ARCHIVE_OK || result == ARCHIVE_WARN) return false;
    if (result == ARCHIVE_FATAL || packing_ != Packing::Zip) ended_ = true;
    const char* why = archive_error_string(archive_.get());
    fail(fmt::format("the {} is corrupt or ends too early: {}", name_of(packing_), why == nullptr ? "unknown" : why));
    return true;
  }
  void fail(std::string why) {
    if (failure_.empty()) failure_ = std::move(why);
    if (!archive_) ended_ = true;
  }

  ByteSource& source_;
  Packing packing_;
  std::vector<char> input_;
  std::unique_ptr<archive, Free> archive_;
  archive_entry* entry_ = nullptr;
  std::string_view block_;  // of the open file, until the next
  bool open_ = false;
  bool ended_ = false;
  std::string failure_;
};

}  // namespace

Packing packing_of(std::string_view head) {
  constexpr std::string_view kXz{
      "\xFD"
      "7zXZ\0",
      6};
  if (head.starts_with(kXz)) return Packing::Xz;
  // Bzip2's magic goes on with the size of its blocks and the signature of the first one, or of the stream's end.
  const bool bzip2 = head.starts_with("BZh") && head.size() >= kPackingMagic && head[3] >= '1' && head[3] <= '9';
  if (bzip2 && (head.substr(4, 2) == "1A" || head.substr(4, 2) == "\x17r")) return Packing::Bzip2;
  if (head.starts_with("\x04\x22\x4D\x18")) return Packing::Lz4;
  if (head.starts_with("PK\x03\x04") || head.starts_with("PK\x05\x06")) return Packing::Zip;
  return Packing::None;
}

std::unique_ptr<ByteSource> unpack(ByteSource& source, Packing packing) {
  return std::make_unique<ArchiveSource>(source, packing);
}

}  // namespace hecate::ingest
