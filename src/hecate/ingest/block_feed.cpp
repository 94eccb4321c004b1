#include "ingest/block_feed.h"

#include <algorithm>
#include <cstring>

namespace hecate::ingest {
namespace {

size_t last_line_break(std::string_view bytes) {
#if defined(__GLIBC__)
  // The library's rfind looks at one byte at a time, and lines are long.
  const void* found = bytes.empty() ? nullptr : ::memrchr(bytes.data(), '\n', bytes.size());
  if (found == nullptr) return std::string_view::npos;
  return static_cast<size_t>(static_cast<const char*>(found) - bytes.data());
#else
  return bytes.rfind('\n');
#endif
}

}  // namespace

BlockFeed::BlockFeed(std::span<Skimmer* const> skimmers, size_t block_size, size_t largest_record)
    : skimmers_(skimmers), block_size_(std::max<size_t>(block_size, 1)), largest_record_(largest_record) {
  // Enough that no thread waits for another, also while the calling one looks at records: each has a block in hand and
  // some to come.
  const size_t slots = skimmers.size() == 1 ? 1 : 4 * skimmers.size() + 2;
  for (size_t i = 0; i < slots; ++i) free_.push_back(std::make_unique<Slot>());
  for (size_t i = 1; i < skimmers.size(); ++i) threads_.emplace_back([this, i] { work(*skimmers_[i]); });
}

BlockFeed::~BlockFeed() {
  drop();
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  queued_cv_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void BlockFeed::begin(ByteSource& source, std::string_view file) {
  drop();
  source_ = &source;
  file_ = file;
  whole_ = source.whole().value_or(std::string_view());
  carry_.clear();
  offset_ = 0;
  ended_ = mid_line_ = false;
}

/// Nobody works on a slot any more afterwards.
void BlockFeed::drop() {
  for (const auto& slot : ahead_) wait_for(*slot);
  for (auto& slot : ahead_) free_.push_back(std::move(slot));
  ahead_.clear();
  if (current_) free_.push_back(std::move(current_));
}

const Block* BlockFeed::next() {
  if (current_) free_.push_back(std::move(current_));
  read_ahead();
  if (ahead_.empty()) return nullptr;
  wait_for(*ahead_.front());
  current_ = std::move(ahead_.front());
  ahead_.pop_front();
  return &current_->block;
}

void BlockFeed::read_ahead() {
  // What comes slowly (a pipe) is looked at as it comes.
  while (!ended_ && !free_.empty() && (ahead_.empty() || source_->ready())) {
    std::unique_ptr<Slot> slot = std::move(free_.back());
    free_.pop_back();
    if (!read_block(*slot)) {
      free_.push_back(std::move(slot));
      continue;
    }
    slot->state = State::Queued;
    ahead_.push_back(std::move(slot));
    {
      const std::lock_guard lock(mutex_);
      queued_.push_back(ahead_.back().get());
    }
    queued_cv_.notify_one();
  }
}

/// False where no byte came.
bool BlockFeed::read_block(Slot& slot) {
  if (source_->whole()) {
    size_t size = std::min(block_size_, whole_.size());
    ended_ = size == whole_.size();
    if (!ended_) {
      const size_t line_break = last_line_break(whole_.substr(0, size));
      if (line_break != std::string_view::npos) size = line_break + 1;
    }
    cut(slot, whole_.substr(0, size));
    whole_.remove_prefix(size);
    return size > 0;
  }
  slot.storage.resize(carry_.size() + block_size_);
  std::copy(carry_.begin(), carry_.end(), slot.storage.begin());
  const size_t count = source_->read(slot.storage.data() + carry_.size(), block_size_);
  std::string_view bytes(slot.storage.data(), carry_.size() + count);
  carry_.clear();
  ended_ = count == 0;
  const size_t line_break = last_line_break(bytes);
  if (!ended_ && line_break != std::string_view::npos) {
    carry_ = bytes.substr(line_break + 1);
    bytes = bytes.substr(0, line_break + 1);
  }
  cut(slot, bytes);
  return !bytes.empty();
}

void BlockFeed::cut(Slot& slot, std::string_view bytes) {
  slot.block.bytes = bytes;
  slot.block.offset = offset_;
  slot.block.runs.clear();
  offset_ += bytes.size();
  const bool inside = mid_line_;  // a line goes on that began in an earlier block
  if (!bytes.empty()) mid_line_ = bytes.back() != '\n';
  slot.lines = {};
  const size_t last = last_line_break(bytes);
  if (last == std::string_view::npos) return;
  const size_t begin = inside ? bytes.find('\n') + 1 : 0;
  slot.lines = bytes.substr(begin, last + 1 - begin);
}

void BlockFeed::skim(Slot& slot, Skimmer& skimmer) const {
  if (slot.lines.empty()) return;
  skimmer.skim({slot.lines, file_, largest_record_}, slot.block.runs);
  const uint64_t base = slot.block.offset + static_cast<uint64_t>(slot.lines.data() - slot.block.bytes.data());
  for (SkimmedRun& run : slot.block.runs) {
    run.begin += base;
    run.end += base;
  }
}

BlockFeed::Slot* BlockFeed::take_queued() {
  if (queued_.empty()) return nullptr;
  Slot* slot = queued_.front();
  queued_.pop_front();
  slot->state = State::Taken;
  return slot;
}

/// Works on whatever is queued until this one is done.
void BlockFeed::wait_for(Slot& slot) {
  std::unique_lock lock(mutex_);
  while (slot.state != State::Done) {
    if (Slot* mine = take_queued()) {
      lock.unlock();
      skim(*mine, *skimmers_.front());
      lock.lock();
      mine->state = State::Done;
    } else {
      done_cv_.wait(lock);
    }
  }
}

void BlockFeed::work(Skimmer& skimmer) {
  std::unique_lock lock(mutex_);
  for (;;) {
    queued_cv_.wait(lock, [this] { return stop_ || !queued_.empty(); });
    if (stop_) return;
    Slot* slot = take_queued();
    lock.unlock();
    skim(*slot, skimmer);
    lock.lock();
    slot->state = State::Done;
    done_cv_.notify_one();
  }
}

}  // namespace hecate::ingest
