#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "http/message.h"

namespace hecate::http {

/// `http://host:8088/path` or https; the path may be missing.
struct Url {
  bool tls = false;
  std::string host, port, path;

  [[nodiscard]] static std::optional<Url> parse(std::string_view text);
};

struct ClientOptions {
  std::chrono::seconds timeout{60};  // of a connection, and of one request with its answer
  std::string authorities;           // a PEM file; empty: the system's
  bool insecure = false;             // any certificate will do
};

/// One connection to one server, kept open between requests.
class Client {
 public:
  Client(Url url, ClientOptions options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Sends and waits. Nothing where no answer came; `failure` then says why, and whether the server took the request
  /// is not known.
  [[nodiscard]] std::optional<Response> send(const Request& request, std::string& failure);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hecate::http
