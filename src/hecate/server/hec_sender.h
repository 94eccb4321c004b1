#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "http/client.h"

namespace hecate::server {

struct HecSenderOptions {
  http::Url url;
  http::ClientOptions client;
  std::string token;
  std::string channel;  // of acknowledgements; empty: none
  std::string run;      // what the ids of its requests begin with; empty: they have none
  bool gzip = true;
  size_t retries = 10;  // of one request, one after the other
  std::chrono::milliseconds first_wait{100}, longest_wait{5000};
};

/// Sends events to a HEC, request by request, each until it is taken: a request that may have been taken before its
/// answer was lost has the same id again.
class HecSender {
 public:
  enum class Sent : uint8_t { Taken, Refused, Unreachable };

  explicit HecSender(HecSenderOptions options);
  /// Envelopes, a line each. What was answered, or why nothing was, stands in failure().
  [[nodiscard]] Sent send(const std::string& lines);
  [[nodiscard]] const std::string& failure() const { return failure_; }
  [[nodiscard]] uint64_t requests() const { return requests_; }
  [[nodiscard]] uint64_t retries() const { return retries_; }

 private:
  HecSenderOptions options_;
  http::Client client_;
  std::string failure_;
  uint64_t requests_ = 0, retries_ = 0;
};

}  // namespace hecate::server
