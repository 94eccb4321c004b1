#pragma once

#include <cstddef>
#include <optional>

#include "http/message.h"

namespace hecate::server {

/// Splunk, "Troubleshoot HTTP Event Collector", possible error codes.
enum class Hec : int {
  Success = 0,
  TokenDisabled = 1,
  TokenRequired = 2,
  InvalidAuthorization = 3,
  InvalidToken = 4,
  NoData = 5,
  InvalidData = 6,
  IncorrectIndex = 7,
  InternalError = 8,
  Busy = 9,
  ChannelMissing = 10,
  InvalidChannel = 11,
  EventRequired = 12,
  EventBlank = 13,
  AckDisabled = 14,
  IndexedFields = 15,
  QueryAuthorization = 16,
  Healthy = 17,
  QueuesFull = 18,
  HealthInvalidToken = 21,
  HealthTokenDisabled = 22,
  ShuttingDown = 23,
};
constexpr size_t kHecCodes = 24;

/// What is wrong with a request, and with which of its events, from 0.
struct HecFault {
  Hec code = Hec::InvalidData;
  std::optional<size_t> event;
  bool too_large = false;
};

[[nodiscard]] http::Response reply(Hec code);
[[nodiscard]] http::Response reply(const HecFault& fault);
[[nodiscard]] http::Response too_large();

}  // namespace hecate::server
