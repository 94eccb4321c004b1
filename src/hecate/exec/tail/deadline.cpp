#include "exec/tail/deadline.h"

namespace hecate::tail {

Deadline::Deadline(const Connection& connection, std::chrono::milliseconds time) : connection_(connection) {
  if (time.count() <= 0) return;
  watch_ = std::thread([this, end = std::chrono::steady_clock::now() + time] { watch(end); });
}

Deadline::~Deadline() {
  if (!watch_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  done_.notify_one();
  watch_.join();
}

bool Deadline::passed() {
  const std::lock_guard lock(mutex_);
  return passed_;
}

/// An interruption ends one statement only, and a tail may have many.
void Deadline::watch(std::chrono::steady_clock::time_point end) {
  constexpr std::chrono::milliseconds kAgain{20};
  std::unique_lock lock(mutex_);
  while (!done_.wait_until(lock, end, [this] { return over_; })) {
    passed_ = true;
    duckdb_interrupt(connection_.handle());
    end = std::chrono::steady_clock::now() + kAgain;
  }
}

}  // namespace hecate::tail
