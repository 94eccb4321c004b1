#include "store/write_ahead_log.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>

#include "store/codes.h"

namespace hecate::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kExtension = ".wal";

std::string segment_name(uint64_t sequence, uint64_t event) {
  return fmt::format("{:020}-{:020}{}", sequence, event, kExtension);
}

std::optional<WriteAheadLog::Segment> segment_from(const fs::path& path) {
  const std::string name = path.filename().native();
  WriteAheadLog::Segment segment;
  const char* end = name.data() + name.size();
  const auto first = std::from_chars(name.data(), end, segment.sequence);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '-') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, segment.event);
  if (second.ec != std::errc() || name != segment_name(segment.sequence, segment.event)) return std::nullopt;
  segment.path = path.native();
  return segment;
}

std::string last_error() { return std::strerror(errno); }  // NOLINT(concurrency-mt-unsafe): glibc's is safe

/// About when the last record was received.
Ticks time_of_change(const std::string& path) {
  std::error_code error;
  const auto changed = fs::last_write_time(path, error);
  if (error) return clock_time();
  const auto since = std::chrono::file_clock::to_sys(changed).time_since_epoch();
  return std::chrono::duration_cast<std::chrono::duration<Ticks, std::ratio<1, kTicksPerSecond>>>(since).count();
}

}  // namespace

Result<std::unique_ptr<WriteAheadLog>> WriteAheadLog::open(const LogOptions& options, DiagnosticSink& sink) {
  std::unique_ptr<WriteAheadLog> log(new WriteAheadLog(options));
  if (!log->recover(sink)) return already_reported();
  if (options.read_only) {
    log->stopping_ = true;
    return log;
  }
  log->thread_ = std::thread([raw = log.get()] { raw->run(); });
  return log;
}

WriteAheadLog::~WriteAheadLog() { stop(); }

bool WriteAheadLog::recover(DiagnosticSink& sink) {
  std::error_code error;
  if (!options_.read_only) fs::create_directories(options_.folder, error);
  // A range would throw where the folder cannot be read on.
  fs::directory_iterator at(options_.folder, error);
  while (!error && at != fs::directory_iterator()) {
    if (auto segment = segment_from(at->path())) segments_.push_back(std::move(*segment));
    at.increment(error);
  }
  if (error) {
    sink.report(kStateUnusable, {}, fmt::format("{}: {}", options_.folder, error.message()));
    return false;
  }
  std::sort(segments_.begin(), segments_.end(),
            [](const Segment& a, const Segment& b) { return a.sequence < b.sequence; });
  for (Segment& segment : segments_) {
    segment.bytes = fs::file_size(segment.path, error);
    segment.latest = time_of_change(segment.path);
  }
  if (!segments_.empty() && !recover_last(segments_.back(), sink)) return false;
  durable_ = next_sequence_ - 1;
  if (!options_.read_only) recover_keys();
  return true;
}

bool WriteAheadLog::recover_last(Segment& segment, DiagnosticSink& sink) {
  next_sequence_ = segment.sequence;
  next_event_ = segment.event;
  File file = File::open(segment.path, options_.read_only ? O_RDONLY : O_RDWR);
  if (!file.is_open()) {
    sink.report(kStateUnusable, {}, fmt::format("{}: {}", segment.path, last_error()));
    return false;
  }
  SegmentScanner scanner(File::open(segment.path, O_RDONLY));
  while (scanner.next()) {
    // Who reads the records says it then.
    if (scanner.damaged() > 0 && !options_.read_only) {
      report_damage(sink, segment.path, scanner.begin() - scanner.damaged(), scanner.damaged());
    }
    next_sequence_ = std::max(next_sequence_, scanner.header().sequence + 1);
    next_event_ = std::max(next_event_, scanner.header().first_event + scanner.header().events);
  }
  size_ = scanner.offset();
  segment.bytes = size_;
  if (options_.read_only) return true;
  if (const uint64_t torn = file.size() - size_; torn > 0) {
    sink.report(kTornLog, {}, fmt::format("{}: {} bytes at {}", segment.path, torn, size_));
    if (!file.truncate(size_) || !file.sync()) {
      sink.report(kStateUnusable, {}, fmt::format("{}: {}", segment.path, last_error()));
      return false;
    }
  }
  file_ = std::move(file);
  return true;
}

/// The newest first, as far as they are remembered; then the other way round, as they came.
void WriteAheadLog::recover_keys() {
  std::vector<std::pair<RequestKey, uint64_t>> found;
  for (auto segment = segments_.rbegin(); segment != segments_.rend() && found.size() < options_.request_keys;
       ++segment) {
    std::vector<std::pair<RequestKey, uint64_t>> inside;
    SegmentScanner scanner(File::open(segment->path, O_RDONLY));
    while (scanner.next(SegmentScanner::Payloads::Skip)) {
      if (!scanner.header().request.empty()) inside.emplace_back(scanner.header().request, scanner.header().sequence);
    }
    found.insert(found.end(), inside.rbegin(), inside.rend());
  }
  for (auto key = found.rbegin(); key != found.rend(); ++key) remember(key->first, key->second);
  forget_behind(options_.request_keys);
}

bool WriteAheadLog::append(Batch batch, OnAppended on_appended) {
  {
    const std::lock_guard lock(mutex_);
    // One batch alone always fits.
    const bool full = queued_bytes_ > 0 && queued_bytes_ + batch.payload.size() > options_.queue_bytes;
    if (full || stopping_) {
      ++stats_.refused;
      return false;
    }
    queued_bytes_ += batch.payload.size();
    queue_.push_back({std::move(batch), std::move(on_appended)});
  }
  queued_.notify_one();
  return true;
}

void WriteAheadLog::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  queued_.notify_one();
  if (thread_.joinable()) thread_.join();
  wake_up();
}

void WriteAheadLog::wait(uint64_t after, std::chrono::milliseconds longest) const {
  std::unique_lock lock(mutex_);
  if (durable() > after) return;
  written_.wait_for(lock, longest);
}

void WriteAheadLog::wake_up() const {
  const std::lock_guard lock(mutex_);
  written_.notify_all();
}

bool WriteAheadLog::has_room() const {
  const std::lock_guard lock(mutex_);
  return !stopping_ && stats_.failure.empty() && queued_bytes_ < options_.queue_bytes;
}

LogStats WriteAheadLog::stats() const {
  const std::lock_guard lock(mutex_);
  LogStats stats = stats_;
  stats.queued_bytes = queued_bytes_;
  stats.segments = segments_.size();
  for (const Segment& segment : segments_) stats.segment_bytes += segment.bytes;
  return stats;
}

void WriteAheadLog::run() {
  std::vector<Waiting> group;
  while (true) {
    uint64_t bytes = 0;
    {
      std::unique_lock lock(mutex_);
      queued_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      group.swap(queue_);
    }
    for (const Waiting& waiting : group) bytes += waiting.batch.payload.size();
    write(group);
    group.clear();
    // Until here the bytes take memory.
    const std::lock_guard lock(mutex_);
    queued_bytes_ -= bytes;
  }
}

void WriteAheadLog::encode(const Batch& batch) {
  RecordHeader header;
  header.payload_size = static_cast<uint32_t>(batch.payload.size());
  header.sequence = next_sequence_++;
  header.first_event = next_event_;
  header.events = batch.events;
  header.received = batch.received;
  header.request = batch.request;
  header.payload_hash = hash_of_payload(batch.payload);
  header.append_to(bytes_);
  bytes_ += batch.payload;
  next_event_ += batch.events;
}

void WriteAheadLog::write(std::vector<Waiting>& group) {
  std::vector<AppendResult> results(group.size());
  std::string failure;
  const uint64_t sequence = next_sequence_;
  const uint64_t event = next_event_;
  const size_t keys = key_order_.size();
  bytes_.clear();
  uint64_t repeated = 0;
  Ticks latest = 0;
  for (size_t i = 0; i < group.size(); ++i) {
    const Batch& batch = group[i].batch;
    const auto known = batch.request.empty() ? keys_.end() : keys_.find(batch.request);
    if (known != keys_.end()) {
      // Perhaps of this very group: it, too, is told when all is on the disk.
      results[i] = {AppendResult::Kind::Repeated, known->second, {}};
      ++repeated;
      continue;
    }
    results[i] = {AppendResult::Kind::Written, next_sequence_, {}};
    remember(batch.request, next_sequence_);
    encode(batch);
    latest = std::max(latest, batch.received);
  }
  const bool good = bytes_.empty() || put_on_disk(event, failure);
  if (good) {
    forget_behind(options_.request_keys);
  } else {
    while (key_order_.size() > keys) {
      keys_.erase(key_order_.back());
      key_order_.pop_back();
    }
    next_sequence_ = sequence;
    next_event_ = event;
    for (AppendResult& result : results) {
      // What was written before this group is safe whatever happened now.
      if (result.kind == AppendResult::Kind::Written || result.sequence >= sequence)
        result = {AppendResult::Kind::Failed, 0, failure};
    }
  }
  {
    const std::lock_guard lock(mutex_);
    stats_.failure = failure;
    stats_.repeated += repeated;
    if (good) {
      stats_.records += next_sequence_ - sequence;
      stats_.events += next_event_ - event;
      stats_.bytes += bytes_.size();
      stats_.syncs += bytes_.empty() ? 0 : 1;
      if (!bytes_.empty()) {
        segments_.back().bytes = size_;
        segments_.back().latest = latest;
      }
      durable_.store(next_sequence_ - 1, std::memory_order_release);
      written_.notify_all();
    } else {
      stats_.failed += group.size();
    }
  }
  for (size_t i = 0; i < group.size(); ++i) group[i].on_appended(results[i]);
}

bool WriteAheadLog::put_on_disk(uint64_t first_event, std::string& failure) {
  if (!ensure_segment(first_event, failure)) return false;
  if (file_.write_at(size_, bytes_)) {
    if (file_.sync()) {
      size_ += bytes_.size();
      return true;
    }
    failure = last_error();
    // The kernel may have dropped the pages and forgotten that they are not on the disk: this file is not
    // written any more.
    (void)file_.truncate(size_);
    file_ = File();
    return false;
  }
  failure = last_error();
  torn_ = !file_.truncate(size_);
  return false;
}

bool WriteAheadLog::ensure_segment(uint64_t first_event, std::string& failure) {
  if (file_.is_open() && torn_) {
    torn_ = !file_.truncate(size_);
    if (torn_) {
      failure = last_error();
      return false;
    }
  }
  if (file_.is_open() && size_ < options_.segment_bytes) return true;
  // The numbers of the group are given out already: the segment begins before them.
  Segment segment;
  segment.sequence = durable() + 1;
  segment.event = first_event;
  segment.path = (fs::path(options_.folder) / segment_name(segment.sequence, segment.event)).native();
  File file = File::open(segment.path, O_RDWR | O_CREAT | O_TRUNC);
  if (!file.is_open() || !sync_folder(options_.folder)) {
    failure = last_error();
    return false;
  }
  file_ = std::move(file);
  size_ = 0;
  torn_ = false;
  const std::lock_guard lock(mutex_);
  // One of the same name is one whose first group could not be written.
  if (!segments_.empty() && segments_.back().path == segment.path) segments_.pop_back();
  segments_.push_back(std::move(segment));
  return true;
}

void WriteAheadLog::remember(const RequestKey& key, uint64_t sequence) {
  if (key.empty() || !keys_.emplace(key, sequence).second) return;
  key_order_.push_back(key);
}

void WriteAheadLog::forget_behind(size_t keys) {
  while (key_order_.size() > keys) {
    keys_.erase(key_order_.front());
    key_order_.pop_front();
  }
}

uint64_t WriteAheadLog::before(Ticks received) const {
  // File times are a second's, at worst; clocks may have been put back by a little.
  constexpr Ticks kRough = kTicksPerSecond * 60;
  const std::lock_guard lock(mutex_);
  uint64_t found = 0;
  for (size_t i = 1; i < segments_.size(); ++i) {
    if (segments_[i - 1].latest + kRough >= received) break;
    found = segments_[i].sequence - 1;
  }
  return found;
}

void WriteAheadLog::retain(uint64_t done, Ticks oldest, uint64_t most_bytes) {
  std::vector<std::string> gone;
  {
    const std::lock_guard lock(mutex_);
    uint64_t bytes = 0;
    for (const Segment& segment : segments_) bytes += segment.bytes;
    // The last one is written to.
    while (segments_.size() > 1) {
      const Segment& first = segments_.front();
      const bool used = segments_[1].sequence > done + 1;
      const bool wanted = first.latest >= oldest && (most_bytes == 0 || bytes <= most_bytes);
      if (used || wanted) break;
      bytes -= first.bytes;
      gone.push_back(first.path);
      segments_.erase(segments_.begin());
    }
  }
  std::error_code ignored;
  for (const std::string& path : gone) fs::remove(path, ignored);
}

std::optional<WriteAheadLog::Segment> WriteAheadLog::segment_of(uint64_t sequence) const {
  const std::lock_guard lock(mutex_);
  if (segments_.empty()) return std::nullopt;
  auto behind = std::upper_bound(segments_.begin(), segments_.end(), sequence,
                                 [](uint64_t wanted, const Segment& segment) { return wanted < segment.sequence; });
  return behind == segments_.begin() ? *behind : *std::prev(behind);
}

uint64_t WriteAheadLog::sequence_behind(const Segment& segment) const {
  const std::lock_guard lock(mutex_);
  for (const Segment& other : segments_) {
    if (other.sequence > segment.sequence) return other.sequence;
  }
  return 0;
}

bool LogCursor::next() {
  while (true) {
    const uint64_t durable = log_.durable();
    if (last_ >= durable || (!scanner_ && !open_segment())) return false;
    // A write that failed may have left records behind whose numbers were given to others, in the next segment.
    const uint64_t behind = log_.sequence_behind(segment_);
    const uint64_t end = behind == 0 ? durable : std::min(durable, behind - 1);
    if (last_ < end && read_until(end)) return true;
    last_ = std::max(last_, end);
    if (behind == 0) return false;
    scanner_.reset();
  }
}

bool LogCursor::read_until(uint64_t end) {
  while (scanner_->next()) {
    const uint64_t sequence = scanner_->header().sequence;
    if (scanner_->damaged() > 0) report(scanner_->begin() - scanner_->damaged(), scanner_->damaged());
    if (sequence <= last_) continue;
    if (sequence > end) {
      scanner_->skip_to(scanner_->begin());
      return false;
    }
    last_ = sequence;
    return true;
  }
  const uint64_t size = scanner_->file().size();
  if (size > scanner_->offset()) report(scanner_->offset(), size - scanner_->offset());
  return false;
}

bool LogCursor::open_segment() {
  const auto segment = log_.segment_of(last_ + 1);
  if (!segment) return false;
  segment_ = *segment;
  File file = File::open(segment_.path, O_RDONLY);
  // It may just have been removed, for its age: the next call finds the one behind it.
  if (!file.is_open()) return false;
  scanner_ = std::make_unique<SegmentScanner>(std::move(file));
  return true;
}

void LogCursor::report(uint64_t offset, uint64_t bytes) const {
  if (on_damage_) on_damage_(segment_.path, offset, bytes);
}

void report_damage(DiagnosticSink& sink, const std::string& segment, uint64_t offset, uint64_t bytes) {
  sink.report(kDamagedLog, {}, fmt::format("{}: {} bytes at {} are no records", segment, bytes, offset));
}

}  // namespace hecate::store
