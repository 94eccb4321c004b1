#include "http/client.h"

#include "base/text.h"
#include "http/beast.h"

namespace hecate::http {

std::optional<Url> Url::parse(std::string_view text) {
  Url url;
  url.tls = text.starts_with("https://");
  if (!url.tls && !text.starts_with("http://")) return std::nullopt;
  text.remove_prefix(url.tls ? 8 : 7);
  const size_t slash = std::min(text.find('/'), text.size());
  url.path = text.substr(slash);
  while (url.path.ends_with('/')) url.path.pop_back();
  std::string_view place = text.substr(0, slash);
  if (place.find('@') != std::string_view::npos) return std::nullopt;
  const size_t bracket = place.starts_with('[') ? place.find(']') : 0;
  if (bracket == std::string_view::npos) return std::nullopt;
  const size_t colon = place.find(':', bracket);
  url.port = colon == std::string_view::npos ? (url.tls ? "443" : "80") : std::string(place.substr(colon + 1));
  url.host = place.substr(0, colon);
  if (url.host.starts_with('[')) url.host = url.host.substr(1, url.host.size() - 2);
  const bool digits = std::all_of(url.port.begin(), url.port.end(), is_ascii_digit);
  if (url.host.empty() || url.port.empty() || !digits) return std::nullopt;
  return url;
}

class Client::Impl {
 public:
  Impl(Url url, ClientOptions options) : url_(std::move(url)), options_(std::move(options)) {}

  std::optional<Response> send(const Request& request, std::string& failure) {
    if (!open_ && !connect(failure)) return std::nullopt;
    beast::http::request<beast::http::string_body> message;
    message.version(11);
    message.method_string({request.method.data(), request.method.size()});
    message.target(url_.path + request.path + (request.query.empty() ? "" : "?" + request.query));
    message.set(beast::http::field::host, url_.host + ":" + url_.port);
    message.set(beast::http::field::user_agent, "hecate");
    for (const auto& [name, value] : request.headers) message.set(name, value);
    message.body() = request.body;
    message.prepare_payload();

    Error error = exchange(message);
    if (error) {
      failure = error.message();
      close();
      return std::nullopt;
    }
    const auto& answer = parser_->get();
    Response response;
    response.status = answer.result_int();
    response.body = answer.body();
    for (const auto& field : answer) {
      response.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    }
    if (!answer.keep_alive()) close();
    return response;
  }

 private:
  template <typename Begin>
  Error run(Begin begin) {
    Error result = beast::error::timeout;
    beast::get_lowest_layer(*stream_).expires_after(options_.timeout);
    begin([&result](Error error, auto&&...) { result = error; });
    context_.restart();
    context_.run();
    return result;
  }

  template <typename Message>
  Error exchange(Message& message) {
    parser_.emplace();
    parser_->body_limit(uint64_t{64} << 20U);
    // A server may answer, and close, before it has read all: its answer counts, not that writing failed.
    const Error wrote = run([&](auto done) {
      if (url_.tls) {
        beast::http::async_write(*stream_, message, done);
      } else {
        beast::http::async_write(stream_->next_layer(), message, done);
      }
    });
    const Error read = run([&](auto done) {
      if (url_.tls) {
        beast::http::async_read(*stream_, buffer_, *parser_, done);
      } else {
        beast::http::async_read(stream_->next_layer(), buffer_, *parser_, done);
      }
    });
    return read && wrote ? wrote : read;
  }

  bool connect(std::string& failure) {
    Error error;
    if (url_.tls && !prepare_tls(failure)) return false;
    buffer_.clear();
    stream_.emplace(context_, tls_);
    tcp::resolver resolver(context_);
    const auto places = resolver.resolve(url_.host, url_.port, error);
    if (!error) error = run([&](auto done) { beast::get_lowest_layer(*stream_).async_connect(places, done); });
    if (!error && url_.tls) {
      if (!options_.insecure) stream_->set_verify_callback(asio::ssl::host_name_verification(url_.host), error);
      // What the macro SSL_set_tlsext_host_name does, whose casts are C's.
      SSL_ctrl(stream_->native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, url_.host.data());
      if (!error) error = run([&](auto done) { stream_->async_handshake(asio::ssl::stream_base::client, done); });
    }
    if (error) {
      failure = url_.host + ":" + url_.port + ": " + error.message();
      return false;
    }
    Error ignored;
    beast::get_lowest_layer(*stream_).socket().set_option(tcp::no_delay(true), ignored);
    return open_ = true;
  }

  bool prepare_tls(std::string& failure) {
    Error error;
    tls_.set_verify_mode(options_.insecure ? asio::ssl::verify_none : asio::ssl::verify_peer, error);
    if (options_.insecure) return true;
    if (options_.authorities.empty()) {
      tls_.set_default_verify_paths(error);
    } else {
      tls_.load_verify_file(options_.authorities, error);
    }
    if (error) failure = options_.authorities + ": " + error.message();
    return !error;
  }

  void close() {
    open_ = false;
    Error ignored;
    if (stream_) beast::get_lowest_layer(*stream_).socket().close(ignored);
  }

  Url url_;
  ClientOptions options_;
  asio::io_context context_;
  asio::ssl::context tls_{asio::ssl::context::tls_client};
  // Without TLS its inner layer alone is used.
  std::optional<beast::ssl_stream<beast::tcp_stream>> stream_;
  beast::flat_buffer buffer_;
  std::optional<beast::http::response_parser<beast::http::string_body>> parser_;
  bool open_ = false;
};

Client::Client(Url url, ClientOptions options) : impl_(std::make_unique<Impl>(std::move(url), std::move(options))) {}
Client::~Client() = default;
std::optional<Response> Client::send(const Request& request, std::string& failure) {
  return impl_->send(request, failure);
}

}  // namespace hecate::http
