#pragma once

#include <cstring>
#include <functional>
#include <string_view>
#include <vector>

#include "ingest/block_feed.h"
#include "ingest/byte_source.h"

namespace hecate::ingest {

/// The part of a source that is being looked at: grows at its end by chunks, is consumed from its front.
class Window {
 public:
  /// Called after each chunk; false stops the reading as if the source had ended.
  using OnChunk = std::function<bool(size_t bytes)>;

  /// With a feed, which has begun the source, its blocks are looked at where they stand.
  Window(ByteSource& source, size_t chunk, OnChunk on_chunk, BlockFeed* feed = nullptr)
      : source_(source), chunk_(chunk == 0 ? 1 : chunk), on_chunk_(std::move(on_chunk)), feed_(feed) {}

  /// All that is here. Valid until more() or consume().
  [[nodiscard]] std::string_view view() const { return {data_ + begin_, end_ - begin_}; }
  [[nodiscard]] size_t size() const { return end_ - begin_; }
  [[nodiscard]] char operator[](size_t at) const { return data_[begin_ + at]; }
  /// Of the front, in the source.
  [[nodiscard]] uint64_t offset() const { return offset_; }
  void consume(size_t count) {
    begin_ += count;
    offset_ += count;
  }

  /// Reads another chunk; false at the end of the source. Views move.
  bool more() {
    if (ended_) return false;
    const size_t count = feed_ != nullptr ? next_block() : next_chunk();
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

  /// Passes over the records that begin at the front and that need not be read; how many there were. `before` records
  /// of the file stand before them.
  [[nodiscard]] uint64_t skim(uint64_t before) {
    while (run_ < runs_.size() && runs_[run_].end <= offset_) ++run_;
    if (run_ == runs_.size() || runs_[run_].begin != offset_) return 0;
    consume(runs_[run_].end - offset_);
    feed_->passed(runs_[run_], before);
    return runs_[run_++].records;
  }
  [[nodiscard]] bool can_skim() const { return run_ < runs_.size(); }

 private:
  size_t next_chunk() {
    make_room();
    const size_t count = source_.read(bytes_.data() + end_, chunk_);
    data_ = bytes_.data();
    end_ += count;
    return count;
  }

  size_t next_block() {
    // The blocks' memory goes on to the next: what is left of the last one is kept here.
    const bool rest = size() > 0;
    if (rest) {
      if (data_ != bytes_.data())
        bytes_.assign(data_ + begin_, data_ + end_);
      else
        bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(begin_));
    }
    const Block* block = feed_->next();
    const std::string_view fresh = block == nullptr ? std::string_view() : block->bytes;
    const size_t left = rest ? end_ - begin_ : 0;
    begin_ = 0;
    end_ = left + fresh.size();
    if (rest) {
      bytes_.insert(bytes_.end(), fresh.begin(), fresh.end());
      data_ = bytes_.data();
    } else {
      data_ = fresh.data();
    }
    forget_block();
    if (block != nullptr) runs_.insert(runs_.end(), block->runs.begin(), block->runs.end());
    return fresh.size();
  }

  /// Runs that were not reached stay, but for those that refer to the bytes of the block that goes.
  void forget_block() {
    runs_.erase(runs_.begin(), runs_.begin() + static_cast<std::ptrdiff_t>(run_));
    std::erase_if(runs_, [](const SkimmedRun& run) { return run.sighting != nullptr; });
    run_ = 0;
  }

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
  BlockFeed* feed_;
  std::vector<char> bytes_;
  const char* data_ = nullptr;
  std::vector<SkimmedRun> runs_;
  size_t run_ = 0;
  size_t begin_ = 0;
  size_t end_ = 0;
  uint64_t offset_ = 0;
  bool ended_ = false;
};

}  // namespace hecate::ingest
