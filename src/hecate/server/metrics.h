#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/hec_reply.h"

namespace hecate::server {

/// How long something took, in buckets.
class Histogram {
 public:
  void add(double seconds);
  /// As Prometheus reads it.
  void append_to(std::string_view name, std::string& out) const;

 private:
  static constexpr std::array<double, 14> kBounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                  0.25,  0.5,    1,     2.5,  5,     10,   60};
  std::array<std::atomic<uint64_t>, kBounds.size() + 1> counts_{};
  std::atomic<uint64_t> microseconds_{0};
};

/// What a server counts. Any thread may add.
struct Metrics {
  std::array<std::atomic<uint64_t>, kHecCodes> replies{};  // by Hec
  std::atomic<uint64_t> events{0};                         // acknowledged
  std::atomic<uint64_t> body_bytes{0};                     // of requests, as sent
  std::atomic<uint64_t> matched_events{0};                 // that rules were asked about
  std::atomic<uint64_t> matched_sequence{0};  // the last record that was matched and whose findings are kept
  std::atomic<uint64_t> findings{0}, suppressed{0};
  std::atomic<uint64_t> schedule_runs{0}, schedule_failures{0};
  std::atomic<uint64_t> schedule_lag_seconds{0};  // of the latest run, from its instant to its findings on the disk
  std::atomic<uint64_t> damaged_bytes{0};         // of the log
  Histogram acknowledged;                         // from the last byte of a request to its answer
  Histogram found;                                // from the last byte of a request to its findings on the disk

  void count(Hec code) { ++replies[static_cast<size_t>(code)]; }
};

/// One sample without labels, with its type.
void append_metric(std::string_view name, std::string_view type, std::string_view help, uint64_t value,
                   std::string& out);

}  // namespace hecate::server
