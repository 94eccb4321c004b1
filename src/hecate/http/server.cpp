#include "http/server.h"

#include <thread>
#include <vector>

#include "http/session.h"

namespace hecate::http {

/// What waits in its context refers to it plainly: the context is its own, and goes first.
class Server::Impl : public std::enable_shared_from_this<Server::Impl> {
 public:
  Impl(ServerOptions options, Refusals refusals, Handler handler)
      : shared_(std::make_shared<Shared>()), acceptor_(asio::make_strand(context_)), retry_(acceptor_.get_executor()) {
    shared_->options = std::move(options);
    shared_->refusals = std::move(refusals);
    shared_->handler = std::move(handler);
  }

  std::optional<std::string> start() {
    if (auto wrong = prepare_tls()) return wrong;
    Error error;
    tcp::resolver resolver(context_);
    const auto found = resolver.resolve(options().host, std::to_string(options().port), error);
    if (error) return options().host + ": " + error.message();
    const tcp::endpoint endpoint = *found.begin();
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) return options().host + ":" + std::to_string(options().port) + ": " + error.message();
    port_ = acceptor_.local_endpoint(error).port();
    shared_->on_closed = [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->on_closed();
    };
    accept();
    for (size_t i = 0; i < std::max<size_t>(1, options().threads); ++i) {
      threads_.emplace_back([this] { context_.run(); });
    }
    return std::nullopt;
  }

  void stop(std::chrono::milliseconds longest) {
    if (shared_->stopping.exchange(true)) return;
    asio::post(acceptor_.get_executor(), [this] {
      Error ignored;
      acceptor_.close(ignored);
    });
    const auto end = std::chrono::steady_clock::now() + longest;
    while (shared_->answering > 0 && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    // What was answered a moment ago may still be on its way.
    constexpr std::chrono::milliseconds kLast{50};
    std::this_thread::sleep_for(std::min(kLast, longest));
    context_.stop();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  [[nodiscard]] uint16_t port() const { return port_; }

  [[nodiscard]] ServerStats stats() const {
    return {shared_->connections, shared_->accepted, shared_->requests,  shared_->bad_requests,
            shared_->too_large,   shared_->timeouts, shared_->overloaded};
  }

 private:
  [[nodiscard]] const ServerOptions& options() const { return shared_->options; }

  std::optional<std::string> prepare_tls() {
    if (options().certificate.empty() && options().key.empty()) return std::nullopt;
    Error error;
    tls_.emplace(asio::ssl::context::tls_server);
    tls_->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv2 |
                          asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1,
                      error);
    if (!error) tls_->use_certificate_chain_file(options().certificate, error);
    if (error) return options().certificate + ": " + error.message();
    tls_->use_private_key_file(options().key, asio::ssl::context::pem, error);
    if (error) return options().key + ": " + error.message();
    return std::nullopt;
  }

  void accept() {
    accepting_ = true;
    acceptor_.async_accept(asio::make_strand(context_),
                           [this](Error error, tcp::socket socket) { on_accepted(error, std::move(socket)); });
  }

  void on_accepted(Error error, tcp::socket socket) {
    if (shared_->stopping || error == asio::error::operation_aborted) return;
    if (error) {
      // Out of descriptors, most likely: what is open goes on.
      retry_.expires_after(std::chrono::milliseconds(100));
      retry_.async_wait([this](Error wrong) {
        if (!wrong) accept();
      });
      return;
    }
    Error ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    ++shared_->accepted;
    const bool full = ++shared_->connections >= options().most_connections;
    accepting_ = !full;
    if (tls_) {
      serve_tls(shared_, std::move(socket), *tls_);
    } else {
      serve_plain(shared_, std::move(socket));
    }
    // One may have gone just now, and seen that nobody waits for it yet.
    if (!full) {
      accept();
    } else if (shared_->connections < options().most_connections) {
      on_closed();
    }
  }

  void on_closed() {
    if (shared_->stopping || accepting_.exchange(true)) return;
    asio::post(acceptor_.get_executor(), [this] { accept(); });
  }

  std::shared_ptr<Shared> shared_;
  std::optional<asio::ssl::context> tls_;
  asio::io_context context_;
  // A request that waits for its answer is no work that Asio knows of.
  asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
  tcp::acceptor acceptor_;
  asio::steady_timer retry_;
  uint16_t port_ = 0;
  std::atomic<bool> accepting_{false};
  std::vector<std::thread> threads_;
};

Server::Server(ServerOptions options, Refusals refusals, Handler handler)
    : impl_(std::make_shared<Impl>(std::move(options), std::move(refusals), std::move(handler))) {}
Server::~Server() { stop(std::chrono::milliseconds(0)); }
std::optional<std::string> Server::start() { return impl_->start(); }
uint16_t Server::port() const { return impl_->port(); }
void Server::stop(std::chrono::milliseconds longest) { impl_->stop(longest); }
ServerStats Server::stats() const { return impl_->stats(); }

}  // namespace hecate::http
