#pragma once

#include <cstddef>
#include <functional>

namespace hecate::engine {

/// Work that may be done at the same time, and whose results are wanted in its order.
struct OrderedJobs {
  size_t count = 0;
  /// Done by any thread.
  std::function<void(size_t job)> work;
  /// Called by the calling thread, in the order of the jobs, each after its work.
  std::function<void(size_t job)> finish;
  /// Whether a job's work must wait until an earlier one is finished.
  std::function<bool(size_t job, size_t earlier)> waits_for;
};

/// With one thread: each job's work and finish, one after the other. Not many more jobs are worked on than finished, so
/// that few results are kept.
void run_in_order(const OrderedJobs& jobs, size_t threads);

}  // namespace hecate::engine
