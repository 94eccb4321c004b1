#include "server/live_worker.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "output/output.h"
#include "server/codes.h"
#include "store/codes.h"

namespace hecate::server {
namespace {

/// Matched at once: many small requests cost less together, and findings of the first wait for the last.
constexpr size_t kMostAtOnce = size_t{1} << 20U;

}  // namespace

LiveWorker::LiveWorker(engine::Live& live, const store::WriteAheadLog& log, Metrics& metrics, LiveWorkerOptions options,
                       DiagnosticSink& sink)
    : live_(live), log_(log), metrics_(metrics), options_(std::move(options)), sink_(sink) {}

LiveWorker::~LiveWorker() { stop(std::chrono::milliseconds(0)); }

bool LiveWorker::start() {
  const std::string path = options_.folder + "/live.position";
  if (!position_.open(path)) {
    sink_.report(store::kStateUnusable, {}, fmt::format("{}: {}", path, std::strerror(errno)));  // NOLINT
    return false;
  }
  store::Position position = position_.position();
  // A log that was taken away begins anew.
  if (position.sequence > log_.durable()) position.sequence = log_.durable();
  if (!findings_.open(options_.folder + "/findings.ndjson", position.output, sink_)) return false;
  done_ = position.sequence;
  metrics_.matched_sequence = position.sequence;
  thread_ = std::thread([this] { run(); });
  return true;
}

void LiveWorker::stop(std::chrono::milliseconds longest) {
  end_ = (std::chrono::steady_clock::now() + longest).time_since_epoch().count();
  stopping_ = true;
  log_.wake_up();
  if (thread_.joinable()) thread_.join();
}

bool LiveWorker::must_end() const {
  return stopping_ && std::chrono::steady_clock::now().time_since_epoch().count() >= end_;
}

void LiveWorker::run() {
  store::LogCursor cursor(log_, done_, [this](const std::string& segment, uint64_t offset, uint64_t bytes) {
    metrics_.damaged_bytes += bytes;
    store::report_damage(sink_, segment, offset, bytes);
  });
  constexpr std::chrono::milliseconds kLongestWait{200};
  while (!must_end()) {
    if (!gather(cursor)) {
      if (cursor.last() > done_ && !commit(cursor.last())) break;
      if (stopping_) break;
      if (options_.on_reports) options_.on_reports();
      log_.wait(cursor.last(), kLongestWait);
      continue;
    }
    match();
    if (!commit(cursor.last())) break;
    if (options_.on_reports) options_.on_reports();
  }
  (void)position_.sync();
}

/// The next requests; false where there are none.
bool LiveWorker::gather(store::LogCursor& cursor) {
  text_.clear();
  pieces_.clear();
  while (text_.size() < kMostAtOnce && cursor.next()) {
    text_ += cursor.payload();
    pieces_.push_back({cursor.header().first_event, cursor.header().events, cursor.header().received});
  }
  return !pieces_.empty();
}

void LiveWorker::match() {
  found_.clear();
  const uint64_t before = live_.events();
  live_.run(text_, pieces_, [this](Finding&& finding, const engine::Live::Piece& piece) {
    const bool suppressed = !finding.suppressed_by.empty();
    ++(suppressed ? metrics_.suppressed : metrics_.findings);
    if (suppressed && !options_.show_suppressed) return;
    if (findings_.add(finding.id, output::to_ndjson(finding))) found_.push_back(piece.received);
  });
  metrics_.matched_events += live_.events() - before;
}

/// What was found is on the disk, and then that it need not be looked for again. Waits while the disk is full; false
/// where the server stops meanwhile.
bool LiveWorker::commit(uint64_t sequence) {
  const std::string lines = options_.on_findings ? findings_.pending() : std::string();
  std::string failure;
  for (bool said = false; !findings_.flush(failure); said = true) {
    if (!said) sink_.report(kFindingsUnwritable, {}, fmt::format("{}: {}", options_.folder, failure));
    if (options_.on_reports) options_.on_reports();
    if (stopping_) return false;
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
  if (!lines.empty()) options_.on_findings(lines);
  const Ticks now = clock_time();
  for (const Ticks received : found_) metrics_.found.add(static_cast<double>(now - received) / kTicksPerSecond);
  found_.clear();
  // Where this fails, the same events are matched again after a restart, and nothing is written twice.
  if (position_.write({sequence, findings_.size()})) findings_.forget();
  done_ = sequence;
  metrics_.matched_sequence = sequence;
  return true;
}

}  // namespace hecate::server
