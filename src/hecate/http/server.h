#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "http/message.h"

namespace hecate::http {

struct ServerOptions {
  std::string host = "127.0.0.1";
  uint16_t port = 8088;  // 0: any free one
  size_t threads = 1;
  size_t most_connections = 1024;           // more wait to be accepted
  uint64_t largest_body = 64U << 20U;       // of one request, as sent
  uint64_t all_bodies = 256U << 20U;        // of all requests that are being received
  std::chrono::seconds idle{75};            // between requests
  std::chrono::seconds stalled{20};         // between two reads of one request
  std::chrono::seconds whole_request{300};  // from its first byte to its last
  std::string certificate, key;             // PEM files; TLS where both are given
};

struct ServerStats {
  uint64_t connections = 0, accepted = 0, requests = 0;
  uint64_t bad_requests = 0, too_large = 0, timeouts = 0, overloaded = 0;
};

/// What the server itself answers, without asking the handler. Bodies are the endpoint's own language.
struct Refusals {
  Response too_large;   // a body beyond the limit
  Response overloaded;  // too much is being received
};

/// HTTP/1.1 with keep-alive and pipelining, over TCP or TLS. Answers go out in the order of their requests.
class Server {
 public:
  using Handler = std::function<void(Request&&, Respond)>;

  Server(ServerOptions options, Refusals refusals, Handler handler);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Listens and serves, with threads of its own. What is wrong, or nothing.
  [[nodiscard]] std::optional<std::string> start();
  [[nodiscard]] uint16_t port() const;
  /// Accepts no more; requests that were read are answered, for `longest` at most, and connections closed.
  void stop(std::chrono::milliseconds longest);
  [[nodiscard]] ServerStats stats() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace hecate::http
