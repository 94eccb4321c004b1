#include "http/session.h"

namespace hecate::http {
namespace {

using Parser = beast::http::request_parser<beast::http::string_body>;
using Message = beast::http::response<beast::http::string_body>;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

constexpr uint32_t kLargestHeader = 16U << 10U;
constexpr size_t kReadAtOnce = size_t{32} << 10U;

std::string text_of(boost::string_view view) { return {view.data(), view.size()}; }

/// Bytes of bodies that are in memory for a connection, counted among those of all.
class BodyShare {
 public:
  explicit BodyShare(std::atomic<uint64_t>& all) : all_(all) {}
  ~BodyShare() { set(0); }
  BodyShare(const BodyShare&) = delete;
  BodyShare& operator=(const BodyShare&) = delete;
  /// What all have now.
  uint64_t set(uint64_t bytes) {
    const uint64_t before = std::exchange(mine_, bytes);
    return all_.fetch_add(bytes - before) + bytes - before;
  }

 private:
  std::atomic<uint64_t>& all_;
  uint64_t mine_ = 0;
};

template <typename Stream>
class Session : public std::enable_shared_from_this<Session<Stream>> {
 public:
  template <typename... Arguments>
  Session(std::shared_ptr<Shared> shared, std::string remote, Arguments&&... arguments)
      : shared_(std::move(shared)),
        stream_(std::forward<Arguments>(arguments)...),
        remote_(std::move(remote)),
        share_(shared_->body_bytes) {
    buffer_.reserve(kReadAtOnce);
  }
  ~Session() {
    --shared_->connections;
    if (shared_->on_closed) shared_->on_closed();
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void start() {
    asio::dispatch(stream_.get_executor(), [self = this->shared_from_this()] { self->open(); });
  }

 private:
  void open() {
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      lowest().expires_after(shared_->options.stalled);
      stream_.async_handshake(asio::ssl::stream_base::server, [self = this->shared_from_this()](Error error) {
        if (!error) self->await_request();
      });
    } else {
      await_request();
    }
  }

  beast::tcp_stream& lowest() { return beast::get_lowest_layer(stream_); }

  void await_request() {
    if (shared_->stopping) return close();
    parser_.emplace();
    parser_->header_limit(kLargestHeader);
    parser_->body_limit(shared_->options.largest_body);
    share_.set(0);
    began_ = {};
    header_seen_ = false;
    if (buffer_.size() > 0) return begin_request();
    lowest().expires_after(shared_->options.idle);
    stream_.async_read_some(buffer_.prepare(kReadAtOnce), [self = this->shared_from_this()](Error error, size_t size) {
      if (error) return self->fail(error);
      self->buffer_.commit(size);
      self->begin_request();
    });
  }

  void begin_request() {
    began_ = std::chrono::steady_clock::now();
    read_more();
  }

  /// Gives the whole header, or a piece of the body: a client that sends byte by byte has a limit for either.
  void read_more() {
    lowest().expires_after(shared_->options.stalled);
    beast::http::async_read_some(stream_, buffer_, *parser_,
                                 [self = this->shared_from_this()](Error error, size_t) { self->on_read(error); });
  }

  void on_read(Error error) {
    if (error) return fail(error);
    const auto takes = std::chrono::steady_clock::now() - began_;
    if (takes > shared_->options.whole_request) return fail(beast::error::timeout);
    if (parser_->is_header_done() && !header_seen_) {
      header_seen_ = true;
      // Known in advance, it is refused before it is sent.
      const auto length = parser_->content_length();
      if (length && overloads(*length)) return refuse(shared_->overloaded, shared_->refusals.overloaded);
      if (beast::iequals(parser_->get()[beast::http::field::expect], "100-continue")) return send_continue();
    }
    proceed();
  }

  void proceed() {
    if (parser_->is_done()) return handle();
    if (header_seen_ && overloads(parser_->get().body().size())) {
      return refuse(shared_->overloaded, shared_->refusals.overloaded);
    }
    read_more();
  }

  bool overloads(uint64_t bytes) {
    const uint64_t least = parser_->content_length().value_or(0);
    return share_.set(std::max<uint64_t>(bytes, least)) > shared_->options.all_bodies;
  }

  void send_continue() {
    interim_ = beast::http::response<beast::http::empty_body>(beast::http::status::continue_, 11);
    beast::http::async_write(stream_, interim_, [self = this->shared_from_this()](Error error, size_t) {
      if (!error) self->proceed();
    });
  }

  void fail(Error error) {
    if (error == beast::http::error::body_limit) return refuse(shared_->too_large, shared_->refusals.too_large);
    if (error == beast::error::timeout) {
      // Between requests this is how connections end.
      if (began_ != std::chrono::steady_clock::time_point{}) ++shared_->timeouts;
      return;
    }
    const bool malformed = error.category() == make_error_code(beast::http::error::bad_method).category();
    if (error == beast::http::error::end_of_stream || error == beast::http::error::partial_message || !malformed) {
      return close();
    }
    refuse(shared_->bad_requests, {400, R"({"text":"Bad request","code":6})"});
  }

  void refuse(std::atomic<uint64_t>& count, Response response) {
    ++count;
    response.close = true;
    version_ = 11;
    keep_alive_ = false;
    discard_ = true;
    write(std::move(response));
  }

  void handle() {
    ++shared_->requests;
    ++shared_->answering;
    Parser::value_type message = parser_->release();
    version_ = message.version();
    keep_alive_ = message.keep_alive();
    Request request;
    request.method = text_of(message.method_string());
    const std::string target = text_of(message.target());
    const size_t question = std::min(target.find('?'), target.size());
    request.path = target.substr(0, question);
    request.query = target.substr(std::min(target.size(), question + 1));
    for (const auto& field : message) {
      request.headers.emplace_back(text_of(field.name_string()), text_of(field.value()));
    }
    request.body = std::move(message.body());
    request.remote = remote_;
    head_ = message.method() == beast::http::verb::head;
    // The answer takes as long as the handler wants; a client that leaves is found out when it is written.
    lowest().expires_never();
    shared_->handler(std::move(request), [self = this->shared_from_this()](Response response) {
      asio::post(self->stream_.get_executor(), [self, response = std::move(response)]() mutable {
        --self->shared_->answering;
        self->write(std::move(response));
      });
    });
  }

  void write(Response response) {
    message_ = Message(static_cast<beast::http::status>(response.status), version_);
    message_.set(beast::http::field::server, "hecate");
    message_.set(beast::http::field::content_type, response.content_type);
    message_.set("X-Content-Type-Options", "nosniff");
    for (const auto& [name, value] : response.headers) message_.set(name, value);
    message_.keep_alive(keep_alive_ && !response.close && !shared_->stopping);
    message_.body() = std::move(response.body);
    message_.prepare_payload();
    if (head_) message_.body().clear();
    lowest().expires_after(shared_->options.stalled);
    beast::http::async_write(stream_, message_,
                             [self = this->shared_from_this()](Error error, size_t) { self->on_written(error); });
  }

  void on_written(Error error) {
    if (error) return;
    if (message_.need_eof() || !message_.keep_alive()) return close();
    await_request();
  }

  void close() {
    lowest().expires_after(std::chrono::seconds(2));
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      stream_.async_shutdown([self = this->shared_from_this()](Error) {});
    } else {
      Error ignored;
      lowest().socket().shutdown(tcp::socket::shutdown_send, ignored);
      // A client that is still sending would take a reset for a failure, and never read why it was refused.
      if (discard_) read_away();
    }
  }

  void read_away() {
    rest_.resize(kReadAtOnce);
    stream_.async_read_some(asio::buffer(rest_), [self = this->shared_from_this()](Error error, size_t size) {
      self->thrown_away_ += size;
      constexpr uint64_t kMost = 64U << 20U;
      if (!error && self->thrown_away_ < kMost) self->read_away();
    });
  }

  std::shared_ptr<Shared> shared_;
  Stream stream_;
  std::string remote_;
  BodyShare share_;
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  beast::http::response<beast::http::empty_body> interim_;
  Message message_;
  std::chrono::steady_clock::time_point began_{};
  std::vector<char> rest_;
  uint64_t thrown_away_ = 0;
  unsigned version_ = 11;
  bool keep_alive_ = true;
  bool head_ = false;
  bool header_seen_ = false;
  bool discard_ = false;
};

std::string address_of(const tcp::socket& socket) {
  Error error;
  const auto endpoint = socket.remote_endpoint(error);
  return error ? std::string() : endpoint.address().to_string();
}

}  // namespace

void serve_plain(std::shared_ptr<Shared> shared, tcp::socket socket) {
  std::string remote = address_of(socket);
  std::make_shared<Session<beast::tcp_stream>>(std::move(shared), std::move(remote), std::move(socket))->start();
}

void serve_tls(std::shared_ptr<Shared> shared, tcp::socket socket, asio::ssl::context& context) {
  std::string remote = address_of(socket);
  std::make_shared<Session<TlsStream>>(std::move(shared), std::move(remote), std::move(socket), context)->start();
}

}  // namespace hecate::http
