#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"
#include "store/segment.h"

namespace hecate::store {

struct LogOptions {
  std::string folder;
  uint64_t segment_bytes = uint64_t{64} << 20;
  /// Of payloads that wait to be written. What does not fit is refused: the sender comes again.
  uint64_t queue_bytes = uint64_t{64} << 20;
  /// How many request keys are remembered, the latest.
  size_t request_keys = 200'000;
  /// Only to be read, also while another process writes it: nothing is cut off, and nothing can be appended.
  bool read_only = false;
};

/// The events of one request.
struct Batch {
  std::string payload;  // UTF-8
  uint32_t events = 0;
  Ticks received = 0;
  RequestKey request;
};

struct AppendResult {
  enum class Kind : uint8_t { Written, Repeated, Failed };
  Kind kind = Kind::Failed;
  uint64_t sequence = 0;  // of its record; where it was repeated, of the first one's
  std::string failure;    // why nothing was written
};

struct LogStats {
  uint64_t records = 0, events = 0, bytes = 0;  // written since the start
  uint64_t repeated = 0, failed = 0, refused = 0;
  uint64_t syncs = 0;
  uint64_t queued_bytes = 0;
  uint64_t segments = 0, segment_bytes = 0;  // on disk
  std::string failure;                       // of the latest write; empty where it succeeded
};

/// The log of all events that a server took: what append() has called back for survives the end of the process and of
/// the power. A thread of its own writes all that waits at once and waits for the disk once for all of it.
///
/// Segments are `<sequence>-<event>.wal`, by what their first record has. The last may end within a record, which is
/// cut off when the log is opened; damage anywhere else is gone over and said.
class WriteAheadLog {
 public:
  using OnAppended = std::function<void(const AppendResult&)>;

  static Result<std::unique_ptr<WriteAheadLog>> open(const LogOptions& options, DiagnosticSink& sink);
  /// Writes what waits.
  ~WriteAheadLog();
  WriteAheadLog(const WriteAheadLog&) = delete;
  WriteAheadLog& operator=(const WriteAheadLog&) = delete;

  /// `on_appended` is called by the log's thread, and must not wait for it. False, without a call, where the queue is
  /// full or the log is stopping.
  [[nodiscard]] bool append(Batch batch, OnAppended on_appended);
  /// Waits for what append() took.
  void stop();

  /// The last record that is on the disk.
  [[nodiscard]] uint64_t durable() const { return durable_.load(std::memory_order_acquire); }
  /// Until records behind that one are durable, or the time is over, or wake_up() is called.
  void wait(uint64_t after, std::chrono::milliseconds longest) const;
  void wake_up() const;
  /// Whether there is room in the queue, and writing does not fail.
  [[nodiscard]] bool has_room() const;

  /// A record behind which all are that were received from then on; 0 where that is not known of any.
  [[nodiscard]] uint64_t before(Ticks received) const;
  /// Removes whole segments, the oldest first, whose records are all at most `done`: those received before `oldest`,
  /// and more until all take at most `most_bytes` (0: any number).
  void retain(uint64_t done, Ticks oldest, uint64_t most_bytes);

  [[nodiscard]] LogStats stats() const;

  struct Segment {
    uint64_t sequence = 0, event = 0;  // of the first record
    std::string path;
    uint64_t bytes = 0;
    Ticks latest = 0;  // when its last record was received
  };

 private:
  friend class LogCursor;
  struct Waiting {
    Batch batch;
    OnAppended on_appended;
  };
  struct KeyHash {
    size_t operator()(const RequestKey& key) const { return static_cast<size_t>(key.low ^ (key.high * 31)); }
  };

  explicit WriteAheadLog(LogOptions options) : options_(std::move(options)) {}
  [[nodiscard]] bool recover(DiagnosticSink& sink);
  [[nodiscard]] bool recover_last(Segment& segment, DiagnosticSink& sink);
  void recover_keys();
  void run();
  void write(std::vector<Waiting>& group);
  [[nodiscard]] bool ensure_segment(uint64_t first_event, std::string& failure);
  [[nodiscard]] bool put_on_disk(uint64_t first_event, std::string& failure);
  void encode(const Batch& batch);
  void remember(const RequestKey& key, uint64_t sequence);
  void forget_behind(size_t keys);
  /// The segment that a record is in, or the first behind it; nothing where there is none.
  [[nodiscard]] std::optional<Segment> segment_of(uint64_t sequence) const;
  /// Of the first record of the segment behind it; 0 where it is the last.
  [[nodiscard]] uint64_t sequence_behind(const Segment& segment) const;

  LogOptions options_;
  std::atomic<uint64_t> durable_{0};

  mutable std::mutex mutex_;
  mutable std::condition_variable written_;
  std::condition_variable queued_;
  std::vector<Waiting> queue_;
  uint64_t queued_bytes_ = 0;
  bool stopping_ = false;
  std::vector<Segment> segments_;
  LogStats stats_;

  // The log's thread's:
  File file_;
  uint64_t size_ = 0;  // of the file, as far as it is good
  bool torn_ = false;  // bytes behind it may be anything
  uint64_t next_sequence_ = 1;
  uint64_t next_event_ = 1;
  std::string bytes_;
  std::unordered_map<RequestKey, uint64_t, KeyHash> keys_;
  std::deque<RequestKey> key_order_;

  std::thread thread_;
};

/// Reads the log behind a record, as far as it is durable.
class LogCursor {
 public:
  /// Told of bytes that should have been records.
  using OnDamage = std::function<void(const std::string& segment, uint64_t offset, uint64_t bytes)>;

  LogCursor(const WriteAheadLog& log, uint64_t after, OnDamage on_damage)
      : log_(log), last_(after), on_damage_(std::move(on_damage)) {}

  /// False where all was read.
  [[nodiscard]] bool next();
  [[nodiscard]] const RecordHeader& header() const { return scanner_->header(); }
  /// Until the next call.
  [[nodiscard]] std::string_view payload() const { return scanner_->payload(); }
  /// The record that was read last, or skipped since it is lost.
  [[nodiscard]] uint64_t last() const { return last_; }

 private:
  [[nodiscard]] bool open_segment();
  [[nodiscard]] bool read_until(uint64_t end);
  void report(uint64_t offset, uint64_t bytes) const;

  const WriteAheadLog& log_;
  uint64_t last_;
  OnDamage on_damage_;
  std::unique_ptr<SegmentScanner> scanner_;
  WriteAheadLog::Segment segment_;
};

/// That so many bytes of a segment are no records: around them all was read.
void report_damage(DiagnosticSink& sink, const std::string& segment, uint64_t offset, uint64_t bytes);

}  // namespace hecate::store
