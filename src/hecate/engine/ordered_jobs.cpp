#include "engine/ordered_jobs.h"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace hecate::engine {
namespace {

// So many jobs of each thread may have results that are not finished.
constexpr size_t kAhead = 8;

class Runner {
 public:
  Runner(const OrderedJobs& jobs, size_t threads) : jobs_(jobs), ahead_(kAhead * threads), state_(jobs.count) {
    for (size_t i = 0; i < threads; ++i) workers_.emplace_back([this] { work(); });
  }

  void finish_all() {
    for (size_t job = 0; job < jobs_.count; ++job) {
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return state_[job] == State::Worked; });
      }
      jobs_.finish(job);
      const std::lock_guard lock(mutex_);
      finished_ = job + 1;
      changed_.notify_all();
    }
  }

 private:
  enum class State : uint8_t { Waiting, Working, Worked };

  /// The first job that may be worked on now; `count` where there is none.
  [[nodiscard]] size_t next() const {
    const size_t end = std::min(jobs_.count, finished_ + ahead_);
    for (size_t job = finished_; job < end; ++job) {
      if (state_[job] == State::Waiting && may_begin(job)) return job;
    }
    return jobs_.count;
  }
  [[nodiscard]] bool may_begin(size_t job) const {
    for (size_t earlier = finished_; earlier < job; ++earlier) {
      if (jobs_.waits_for(job, earlier)) return false;
    }
    return true;
  }
  [[nodiscard]] bool all_begun() const {
    return std::none_of(state_.begin(), state_.end(), [](State state) { return state == State::Waiting; });
  }

  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      size_t job = jobs_.count;
      changed_.wait(lock, [&] { return (job = next()) != jobs_.count || all_begun(); });
      if (job == jobs_.count) return;
      state_[job] = State::Working;
      lock.unlock();
      jobs_.work(job);
      lock.lock();
      state_[job] = State::Worked;
      changed_.notify_all();
    }
  }

  const OrderedJobs& jobs_;
  size_t ahead_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<State> state_;
  size_t finished_ = 0;
  std::vector<std::jthread> workers_;  // last: they end before what they use
};

}  // namespace

void run_in_order(const OrderedJobs& jobs, size_t threads) {
  if (threads > 1 && jobs.count > 1) {
    Runner(jobs, threads).finish_all();
    return;
  }
  for (size_t job = 0; job < jobs.count; ++job) {
    jobs.work(job);
    jobs.finish(job);
  }
}

}  // namespace hecate::engine
