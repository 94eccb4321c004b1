#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "exec/tail/database.h"

namespace hecate::tail {

/// Interrupts what runs on a connection when its time is over, and whatever is begun on it after that, until it goes.
class Deadline {
 public:
  /// Without a time (0) nothing is interrupted.
  Deadline(const Connection& connection, std::chrono::milliseconds time);
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  [[nodiscard]] bool passed();

 private:
  void watch(std::chrono::steady_clock::time_point end);

  const Connection& connection_;
  std::mutex mutex_;
  std::condition_variable done_;
  bool over_ = false;
  bool passed_ = false;
  std::thread watch_;
};

}  // namespace hecate::tail
