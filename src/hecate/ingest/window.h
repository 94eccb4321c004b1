#pragma once

#include <cstring>
#include <functional>
#include <string_view>
#include <vector>

#include "ingest/byte_source.h"

namespace hecate::ingest {

/// The part of a source that is being looked at: grows at its end by chunks, is consumed from its front.
class Window {
 public:
  /// Called after each chunk; false stops the reading as if the source had ended.
  using OnChunk = std::function<bool(size_t bytes)>;

  Window(ByteSource& source, size_t chunk, OnChunk on_chunk)
      : source_(source), chunk_(chunk == 0 ? 1 : chunk), on_chunk_(std::move(on_chunk)) {}

  /// All that is here. Valid until more() or consume().
  [[nodiscard]] std::string_view view() const { return {bytes_.data() + begin_, end_ - begin_}; }
  [[nodiscard]] size_t size() const { return end_ - begin_; }
  [[nodiscard]] char operator[](size_t at) const { return bytes_[begin_ + at]; }
  /// Of the front, in the source.
  [[nodiscard]] uint64_t offset() const { return offset_; }
  void consume(size_t count) {
    begin_ += count;
    offset_ += count;
  }

  /// Reads another chunk; false at the end of the source. Views move.
  bool more() {
    if (ended_) return false;
    make_room();
    const size_t count = source_.read(bytes_.data() + end_, chunk_);
    end_ += count;
    ended_ = count == 0 || !on_chunk_(count);
    return count > 0;
  }
  /// Whether the byte at `at` is here or can be fetched.
  bool has(size_t at) {
    while (size() <= at) {
      if (!more()) return false;
    }
    return true;
  }

 private:
  void make_room() {
    if (bytes_.size() - end_ >= chunk_) return;
    if (begin_ > 0) {
      std::memmove(bytes_.data(), bytes_.data() + begin_, size());
      end_ -= begin_;
      begin_ = 0;
    }
    if (bytes_.size() - end_ < chunk_) bytes_.resize((end_ + chunk_) * 2);
  }

  ByteSource& source_;
  size_t chunk_;
  OnChunk on_chunk_;
  std::vector<char> bytes_;
  size_t begin_ = 0;
  size_t end_ = 0;
  uint64_t offset_ = 0;
  bool ended_ = false;
};

}  // namespace hecate::ingest
