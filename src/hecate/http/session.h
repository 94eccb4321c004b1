#pragma once

#include <atomic>
#include <memory>

#include "http/beast.h"
#include "http/server.h"

namespace hecate::http {

/// What all connections of a server share.
struct Shared {
  ServerOptions options;
  Refusals refusals;
  Server::Handler handler;
  std::function<void()> on_closed;  // a connection is gone

  std::atomic<bool> stopping{false};
  std::atomic<uint64_t> connections{0}, accepted{0}, requests{0}, answering{0};
  std::atomic<uint64_t> bad_requests{0}, too_large{0}, timeouts{0}, overloaded{0};
  std::atomic<uint64_t> body_bytes{0};
};

/// Serves one connection until it ends; it owns itself.
void serve_plain(std::shared_ptr<Shared> shared, tcp::socket socket);
void serve_tls(std::shared_ptr<Shared> shared, tcp::socket socket, asio::ssl::context& context);

}  // namespace hecate::http
