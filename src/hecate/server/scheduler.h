#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/diagnostic.h"
#include "engine/ruleset.h"
#include "engine/schedules.h"
#include "finding/finding.h"
#include "schedule/time_zone.h"
#include "server/findings_file.h"
#include "server/metrics.h"
#include "store/write_ahead_log.h"

namespace hecate::server {

struct SchedulerOptions {
  std::string folder;
  std::string timezone = "UTC";
  bool show_suppressed = false;
  uint64_t memory_limit_bytes = 0;       // of a run
  std::chrono::milliseconds timeout{0};  // of one search
  std::function<void(std::string_view lines)> on_findings = {};
  std::function<void(const DiagnosticSink&)> on_reports = {};
};

/// Runs searches when their schedules say so, over the events of the log that their windows hold, one instant after the
/// other. Each instant is run once: after a downtime those that were missed are made up for, in order.
class Scheduler {
 public:
  Scheduler(const engine::Ruleset& rules, const std::vector<const engine::CompiledDetection*>& wanted,
            const store::WriteAheadLog& log, Metrics& metrics, SchedulerOptions options);
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  /// False where the folder cannot be used; reported.
  [[nodiscard]] bool start(DiagnosticSink& sink);
  /// A run that is on its way is given up, and made again after the next start.
  void stop();

  [[nodiscard]] size_t scheduled() const { return jobs_.size(); }
  [[nodiscard]] size_t unscheduled() const { return unscheduled_; }

 private:
  struct Job {
    const engine::CompiledDetection* compiled = nullptr;
    const content::Schedule* schedule = nullptr;
    std::string key;
    int64_t last = 0, next = 0;  // seconds since 1970
  };
  /// The events of a run's windows, in a file of their own.
  struct Excerpt {
    std::string path;
    std::vector<std::pair<uint64_t, uint64_t>> numbers;  // of records in it, and of events in the log
  };

  void plan(Job& job, int64_t after);
  void run();
  [[nodiscard]] bool run_at(int64_t instant, const std::vector<Job*>& due);
  [[nodiscard]] bool write_excerpt(int64_t instant, const std::vector<Job*>& due, Excerpt& excerpt,
                                   DiagnosticSink& sink) const;
  void take(Finding finding, int64_t instant, const Excerpt& excerpt);
  [[nodiscard]] bool read_state(DiagnosticSink& sink);
  [[nodiscard]] bool commit(DiagnosticSink& sink);
  [[nodiscard]] bool pause(std::chrono::milliseconds longest);

  const engine::Ruleset& rules_;
  const store::WriteAheadLog& log_;
  Metrics& metrics_;
  SchedulerOptions options_;
  schedule::TimeZone zone_;
  std::vector<Job> jobs_;
  size_t unscheduled_ = 0;
  FindingsFile findings_;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::thread thread_;
};

}  // namespace hecate::server
