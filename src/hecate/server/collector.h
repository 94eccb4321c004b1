#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "http/message.h"
#include "http/server.h"
#include "server/hec_events.h"
#include "server/metrics.h"
#include "server/tokens.h"
#include "store/write_ahead_log.h"

namespace hecate::server {

struct CollectorOptions {
  uint64_t largest_body = 64U << 20U;  // after unpacking
  bool query_authorization = false;    // a token as `?token=`, which ends in the logs of proxies
};

/// What the endpoints share.
struct Collector {
  CollectorOptions options;
  store::WriteAheadLog& log;
  Metrics& metrics;
  std::atomic<std::shared_ptr<const Tokens>> tokens{std::make_shared<const Tokens>()};  // others while it runs, too
  std::atomic<bool> stopping{false};
  /// Of the transport, for /metrics; not set in tests.
  std::function<http::ServerStats()> transport = {};
};

/// Of a request that may send: its token and channel, checked.
struct Sender {
  std::shared_ptr<const Token> token;
  std::string channel;  // empty: none
};
/// `required` is whether the request needs a channel where its token wants acknowledgements.
enum class Channel : uint8_t { AsTokenSays, Required };
[[nodiscard]] std::optional<Hec> authorize(const Collector& collector, const http::Request& request, Channel channel,
                                           Sender& sender);
/// The token alone.
[[nodiscard]] std::optional<Hec> find_token(const Collector& collector, const http::Request& request,
                                            std::shared_ptr<const Token>& token);

/// What the request's query and then its token say of its events.
[[nodiscard]] EventDefaults defaults_of(const http::Request& request, const Token& token);
/// Unpacks a body; what is wrong with it.
[[nodiscard]] std::optional<HecFault> unpack(const Collector& collector, http::Request& request);
/// Lets in a request that brings events, and unpacks its body; what is wrong with it.
[[nodiscard]] std::optional<HecFault> receive(Collector& collector, http::Request& request, Sender& sender);
/// Puts the events into the log and answers when they are on the disk.
void take(Collector& collector, const http::Request& request, const Sender& sender, EventLines&& lines,
          const http::Respond& respond);
/// Answers, and counts the answer.
void answer(Collector& collector, const HecFault& fault, const http::Respond& respond);

}  // namespace hecate::server
