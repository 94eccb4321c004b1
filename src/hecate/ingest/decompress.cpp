#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "ingest/archive.h"
#include "ingest/byte_source.h"

namespace hecate::ingest {
namespace {

constexpr size_t kInput = size_t{128} << 10;
constexpr std::string_view kGzipMagic{"\x1F\x8B", 2};
constexpr std::string_view kZstdMagic{"\x28\xB5\x2F\xFD", 4};

/// The first bytes, looked at and then given back.
class PlainSource final : public ByteSource {
 public:
  PlainSource(ByteSource& source, std::string_view head) : source_(source), head_(head) {}
  PlainSource(ByteSource& source, std::string_view head, std::optional<std::string_view> whole)
      : source_(source), head_(head), whole_(whole) {}

  size_t read(char* to, size_t size) override {
    if (used_ == head_.size()) return source_.read(to, size);
    const size_t count = std::min(size, head_.size() - used_);
    std::memcpy(to, head_.data() + used_, count);
    used_ += count;
    return count;
  }
  [[nodiscard]] std::string_view failure() const override { return source_.failure(); }
  [[nodiscard]] bool ready() const override { return used_ < head_.size() || source_.ready(); }
  [[nodiscard]] std::optional<std::string_view> whole() const override { return whole_; }

 private:
  ByteSource& source_;
  std::string head_;
  size_t used_ = 0;
  std::optional<std::string_view> whole_;
};

/// Compressed bytes in a buffer, refilled when they run out.
class Input {
 public:
  Input(ByteSource& source, std::string_view head) : plain_(source, head), bytes_(kInput) {}

  /// False at the end.
  bool fill() {
    begin_ = 0;
    end_ = plain_.read(bytes_.data(), bytes_.size());
    return end_ > 0;
  }
  [[nodiscard]] bool empty() const { return begin_ == end_; }
  [[nodiscard]] char* data() { return bytes_.data() + begin_; }
  [[nodiscard]] size_t size() const { return end_ - begin_; }
  void consume(size_t count) { begin_ += count; }
  [[nodiscard]] std::string_view failure() const { return plain_.failure(); }
  [[nodiscard]] bool ready() const { return !empty() || plain_.ready(); }

 private:
  PlainSource plain_;
  std::vector<char> bytes_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

class GzipSource final : public ByteSource {
 public:
  GzipSource(ByteSource& source, std::string_view head) : input_(source, head) {
    constexpr int kGzipWindow = 15 + 16;
    if (inflateInit2(&stream_, kGzipWindow) != Z_OK) fail("out of memory");
  }
  ~GzipSource() override { inflateEnd(&stream_); }
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;

  size_t read(char* to, size_t size) override {
    while (!done_) {
      if (input_.empty() && !pending_ && !refill()) return 0;
      if (!in_member_ && !next_member()) return 0;
      const size_t count = inflate_some(to, size);
      if (count > 0) return count;
    }
    return 0;
  }
  [[nodiscard]] std::string_view failure() const override { return failure_; }
  [[nodiscard]] bool ready() const override { return input_.ready(); }

 private:
  void fail(std::string why) {
    failure_ = std::move(why);
    done_ = true;
  }

  bool refill() {
    if (input_.fill()) return true;
    if (!input_.failure().empty()) {
      fail(std::string(input_.failure()));
    } else if (in_member_) {
      fail("the gzip stream ends too early");
    }
    done_ = true;
    return false;
  }

  /// RFC 1952 section 2.2: a file is a series of members. gzip itself passes over zeros behind the last one
  /// (tapes are padded so).
  bool next_member() {
    while (!input_.empty() && *input_.data() == '\0') {
      input_.consume(1);
      if (input_.empty() && !refill()) return false;
    }
    inflateReset(&stream_);
    in_member_ = true;
    return true;
  }

  size_t inflate_some(char* to, size_t size) {
    constexpr size_t kMost = size_t{1} << 30;
    stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
    stream_.avail_in = static_cast<uInt>(input_.size());
    stream_.next_out = reinterpret_cast<Bytef*>(to);
    const size_t room = std::min(size, kMost);
    stream_.avail_out = static_cast<uInt>(room);
    const int result = inflate(&stream_, Z_NO_FLUSH);
    input_.consume(input_.size() - stream_.avail_in);
    const size_t count = room - stream_.avail_out;
    // All input may be taken in while decoded text still waits inside; it must not be lost with a truncated end.
    pending_ = result == Z_OK && stream_.avail_out == 0;
    if (result == Z_STREAM_END) {
      in_member_ = false;
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      fail(stream_.msg != nullptr ? "the gzip stream is corrupt: " + std::string(stream_.msg)
                                  : "the gzip stream is corrupt");
    }
    return count;
  }

  Input input_;
  z_stream stream_{};
  bool in_member_ = true;
  bool pending_ = false;
  bool done_ = false;
  std::string failure_;
};

class ZstdSource final : public ByteSource {
 public:
  ZstdSource(ByteSource& source, std::string_view head) : input_(source, head), stream_(ZSTD_createDStream()) {
    if (!stream_) fail("out of memory");
  }

  size_t read(char* to, size_t size) override {
    while (!done_) {
      // A frame's last bytes may all be taken in while decoded text still waits inside the decoder.
      if (input_.empty() && !pending_ && !refill()) return 0;
      ZSTD_outBuffer out{to, size, 0};
      // No more than the decoder asks for: a call that meets a corrupt block forgets what it decoded before it, so
      // that with larger bites the text in front of the corruption would depend on the size of the buffers.
      ZSTD_inBuffer in{input_.data(), pending_ ? 0 : std::min(input_.size(), step_), 0};
      const size_t hint = ZSTD_decompressStream(stream_.get(), &out, &in);
      input_.consume(in.pos);
      if (ZSTD_isError(hint) != 0) {
        fail("the zstd stream is corrupt: " + std::string(ZSTD_getErrorName(hint)));
      } else {
        in_frame_ = hint != 0;
        // The hint counts the next block's header in, which may be the corrupt one: leave it for the next call.
        step_ = !in_frame_ ? kFrameStart : hint > kBlockHeader ? hint - kBlockHeader : hint;
        pending_ = in_frame_ && out.pos == out.size;
      }
      if (out.pos > 0) return out.pos;
    }
    return 0;
  }
  [[nodiscard]] std::string_view failure() const override { return failure_; }
  [[nodiscard]] bool ready() const override { return input_.ready(); }

 private:
  struct Free {
    void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
  };

  void fail(std::string why) {
    failure_ = std::move(why);
    done_ = true;
  }

  bool refill() {
    if (input_.fill()) return true;
    if (!input_.failure().empty()) {
      fail(std::string(input_.failure()));
    } else if (in_frame_) {
      fail("the zstd stream ends too early");
    }
    done_ = true;
    return false;
  }

  static constexpr size_t kBlockHeader = 3;
  static constexpr size_t kFrameStart = 5;  // ZSTD_FRAMEHEADERSIZE_MIN: magic and descriptor

  Input input_;
  std::unique_ptr<ZSTD_DStream, Free> stream_;
  size_t step_ = kFrameStart;
  bool in_frame_ = true;
  bool pending_ = false;
  bool done_ = false;
  std::string failure_;
};

/// What libarchive reads, from its first byte.
class ArchivedSource final : public ByteSource {
 public:
  ArchivedSource(ByteSource& source, std::string_view head, Packing packing)
      : plain_(source, head), unpacked_(unpack(plain_, packing)) {}

  size_t read(char* to, size_t size) override { return unpacked_->read(to, size); }
  [[nodiscard]] std::string_view failure() const override {
    return plain_.failure().empty() ? unpacked_->failure() : plain_.failure();
  }
  [[nodiscard]] bool ready() const override { return unpacked_->ready(); }
  [[nodiscard]] bool is_archive() const override { return unpacked_->is_archive(); }
  [[nodiscard]] std::optional<File> next_file() override { return unpacked_->next_file(); }

 private:
  PlainSource plain_;
  std::unique_ptr<ByteSource> unpacked_;
};

}  // namespace

std::unique_ptr<ByteSource> decompress(ByteSource& source) {
  const auto whole = source.whole();
  std::array<char, kPackingMagic> head{};
  size_t size = 0;
  while (size < head.size()) {
    const size_t count = source.read(head.data() + size, head.size() - size);
    if (count == 0) break;
    size += count;
  }
  const std::string_view magic(head.data(), size);
  if (magic.starts_with(kGzipMagic)) return std::make_unique<GzipSource>(source, magic);
  if (magic.starts_with(kZstdMagic)) return std::make_unique<ZstdSource>(source, magic);
  if (const Packing packing = packing_of(magic); packing != Packing::None) {
    return std::make_unique<ArchivedSource>(source, magic, packing);
  }
  return std::make_unique<PlainSource>(source, magic, whole);
}

}  // namespace hecate::ingest
