#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "base/diagnostic.h"
#include "engine/live.h"
#include "server/findings_file.h"
#include "server/metrics.h"
#include "store/position.h"
#include "store/write_ahead_log.h"

namespace hecate::server {

struct LiveWorkerOptions {
  std::string folder;  // where findings and the position are kept
  bool show_suppressed = false;
  /// Told of new findings, a line each, when they are on the disk.
  std::function<void(std::string_view lines)> on_findings = {};
  /// Told, by the worker, that something may have been reported.
  std::function<void()> on_reports = {};
};

/// Reads the log behind what was read before, and writes what the detections find. A server that dies between the two
/// reads some events again after its start, and writes none of their findings twice.
class LiveWorker {
 public:
  LiveWorker(engine::Live& live, const store::WriteAheadLog& log, Metrics& metrics, LiveWorkerOptions options,
             DiagnosticSink& sink);
  ~LiveWorker();
  LiveWorker(const LiveWorker&) = delete;
  LiveWorker& operator=(const LiveWorker&) = delete;

  /// False where the folder cannot be used; reported.
  [[nodiscard]] bool start();
  /// Reads what is there, for `longest` at most; what is left is read after the next start.
  void stop(std::chrono::milliseconds longest);
  /// The last record whose findings are on the disk; any thread may ask.
  [[nodiscard]] uint64_t done() const { return done_; }

 private:
  void run();
  [[nodiscard]] bool gather(store::LogCursor& cursor);
  void match();
  [[nodiscard]] bool commit(uint64_t sequence);
  [[nodiscard]] bool must_end() const;

  engine::Live& live_;
  const store::WriteAheadLog& log_;
  Metrics& metrics_;
  LiveWorkerOptions options_;
  DiagnosticSink& sink_;
  store::PositionFile position_;
  FindingsFile findings_;
  std::string text_;
  std::vector<engine::Live::Piece> pieces_;
  std::vector<Ticks> found_;  // when the events of the pending findings were received
  std::atomic<uint64_t> done_{0};
  std::atomic<bool> stopping_{false};
  std::atomic<std::chrono::steady_clock::rep> end_{0};
  std::thread thread_;
};

}  // namespace hecate::server
