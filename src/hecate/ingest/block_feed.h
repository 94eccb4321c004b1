#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "ingest/byte_source.h"
#include "ingest/skim.h"

namespace hecate::ingest {

/// A piece of a source that ends, where it can, behind a line break.
struct Block {
  std::string_view bytes;
  uint64_t offset = 0;           // in the source
  std::vector<SkimmedRun> runs;  // positions in the source
};

/// Reads a source in blocks, has them skimmed, and gives them out in order. With several skimmers there are as many
/// threads, the calling one among them: blocks are read ahead and skimmed while the caller looks at what is left.
class BlockFeed {
 public:
  /// One skimmer for each thread; the first is the calling thread's. They must outlive the feed.
  BlockFeed(std::span<Skimmer* const> skimmers, size_t block_size, size_t largest_record);
  ~BlockFeed();
  BlockFeed(const BlockFeed&) = delete;
  BlockFeed& operator=(const BlockFeed&) = delete;

  /// A new source; what was read ahead of the one before is dropped.
  void begin(ByteSource& source, std::string_view file);
  /// Null at the end. Valid until the next call.
  [[nodiscard]] const Block* next();
  void passed(const SkimmedRun& run, uint64_t before) { skimmers_.front()->passed({run, before, file_}); }

 private:
  enum class State : uint8_t { Queued, Taken, Done };
  struct Slot {
    Block block;
    std::vector<char> storage;
    std::string_view lines;  // the part of the bytes that is whole lines
    State state = State::Done;
  };

  void work(Skimmer& skimmer);
  void skim(Slot& slot, Skimmer& skimmer) const;
  void read_ahead();
  bool read_block(Slot& slot);
  void cut(Slot& slot, std::string_view bytes);
  Slot* take_queued();
  void wait_for(Slot& slot);
  void drop();

  std::span<Skimmer* const> skimmers_;
  size_t block_size_;
  size_t largest_record_;

  // Of the calling thread alone:
  ByteSource* source_ = nullptr;
  std::string file_;
  std::string_view whole_;  // the source's, where it is in memory
  std::string carry_;       // the beginning of a line whose rest is not read yet
  uint64_t offset_ = 0;
  bool ended_ = true;
  bool mid_line_ = false;
  std::vector<std::unique_ptr<Slot>> free_;
  std::deque<std::unique_ptr<Slot>> ahead_;  // in order
  std::unique_ptr<Slot> current_;

  // Shared:
  std::mutex mutex_;
  std::condition_variable queued_cv_, done_cv_;
  std::deque<Slot*> queued_;
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace hecate::ingest
