// The server as its clients see it: bytes over a real connection.
#include "http/server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "http/client.h"

namespace hecate::http {
namespace {

class Connection {
 public:
  explicit Connection(uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval longest{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &longest, sizeof longest);
    open_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  ~Connection() { ::close(socket_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] bool is_open() const { return open_; }
  void send(std::string_view bytes) const { (void)::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }
  /// All until the server closes.
  [[nodiscard]] std::string rest() const {
    std::string all;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::recv(socket_, buffer, sizeof buffer, 0)) > 0;) all.append(buffer, got);
    return all;
  }
  /// Until the text has come.
  [[nodiscard]] std::string until(std::string_view end) const {
    std::string all;
    char c = 0;
    while (!all.ends_with(end) && ::recv(socket_, &c, 1, 0) == 1) all += c;
    return all;
  }

 private:
  int socket_;
  bool open_ = false;
};

size_t count(std::string_view text, std::string_view what) {
  size_t found = 0;
  for (size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

class ServerTest : public ::testing::Test {
 protected:
  void start(ServerOptions options = {}) {
    options.port = 0;
    options.threads = 2;
    server = std::make_unique<Server>(
        options, Refusals{{413, "too large"}, {503, "overloaded"}}, [](Request&& request, const Respond& respond) {
          Response response{200, request.method + " " + request.path + " " + request.body};
          // From another thread, as the log does.
          std::thread([respond, response] { respond(response); }).detach();
        });
    ASSERT_EQ(server->start(), std::nullopt);
  }
  [[nodiscard]] Connection connect() const { return Connection(server->port()); }

  std::unique_ptr<Server> server;
};

TEST_F(ServerTest, AnswersAndKeepsTheConnection) {
  start();
  Client client(*Url::parse("http://127.0.0.1:" + std::to_string(server->port())), {});
  std::string failure;
  for (int i = 0; i < 3; ++i) {
    const auto response = client.send({"POST", "/a", "b=1", {}, "body", ""}, failure);
    ASSERT_TRUE(response) << failure;
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body, "POST /a body");
  }
  EXPECT_EQ(server->stats().accepted, 1);
  EXPECT_EQ(server->stats().requests, 3);
}

TEST_F(ServerTest, PipelinedRequestsAreAnsweredInOrder) {
  start();
  const Connection connection = connect();
  connection.send(
      "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nPOST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
      "GET /3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string all = connection.rest();
  EXPECT_EQ(count(all, "HTTP/1.1 200 OK"), 3);
  EXPECT_LT(all.find("GET /1"), all.find("POST /2 abc"));
  EXPECT_LT(all.find("POST /2 abc"), all.find("GET /3"));
}

TEST_F(ServerTest, TakesChunksAndExpectations) {
  start();
  const Connection connection = connect();
  connection.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_TRUE(connection.until("\r\n\r\n").starts_with("HTTP/1.1 100 Continue"));
  connection.send("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_NE(connection.until("abcde").find("200 OK"), std::string::npos);
}

TEST_F(ServerTest, RefusesWhatIsTooLargeBeforeItIsSent) {
  ServerOptions options;
  options.largest_body = 10;
  start(options);
  const Connection announced = connect();
  announced.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n");
  const std::string first = announced.until("too large");
  EXPECT_TRUE(first.starts_with("HTTP/1.1 413")) << first;
  EXPECT_NE(first.find("Connection: close"), std::string::npos);
  const Connection chunked = connect();
  chunked.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n");
  EXPECT_TRUE(chunked.until("too large").starts_with("HTTP/1.1 413"));
  EXPECT_EQ(server->stats().too_large, 2);
}

TEST_F(ServerTest, AllBodiesTogetherHaveALimit) {
  ServerOptions options;
  options.all_bodies = 100;
  start(options);
  const Connection first = connect();
  first.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 80\r\n\r\n");
  while (server->stats().accepted < 1) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const Connection second = connect();
  second.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 80\r\n\r\n");
  EXPECT_TRUE(second.until("overloaded").starts_with("HTTP/1.1 503"));
  first.send(std::string(80, 'x'));
  EXPECT_NE(first.until("xxx").find("200 OK"), std::string::npos);
  const Connection third = connect();
  third.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc");
  EXPECT_NE(third.rest().find("200 OK"), std::string::npos);
}

TEST_F(ServerTest, WhatIsNoHttpIsRefused) {
  start();
  for (const std::string& bad :
       {std::string("\x16\x03\x01\x02"
                    "nonsense\r\n\r\n"),
        std::string("GET / HTTP/9.9\r\n\r\n"), "GET / HTTP/1.1\r\nX: " + std::string(100'000, 'y') + "\r\n\r\n",
        std::string("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n")}) {
    const Connection connection = connect();
    connection.send(bad);
    EXPECT_TRUE(connection.rest().starts_with("HTTP/1.1 400")) << bad.substr(0, 20);
  }
  EXPECT_EQ(server->stats().bad_requests, 4);
}

TEST_F(ServerTest, SlowClientsAreLeft) {
  ServerOptions options;
  options.stalled = std::chrono::seconds(1);
  start(options);
  const auto begin = std::chrono::steady_clock::now();
  const Connection header = connect();
  const Connection body = connect();
  header.send("POST / HTTP/1.1\r\nHo");
  body.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_EQ(header.rest(), "");
  EXPECT_EQ(body.rest(), "");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(6));
  while (server->stats().connections > 0) std::this_thread::yield();
  EXPECT_EQ(server->stats().timeouts, 2);
}

TEST_F(ServerTest, MoreConnectionsWaitForOthersToEnd) {
  ServerOptions options;
  options.most_connections = 2;
  start(options);
  auto first = std::make_unique<Connection>(server->port());
  const Connection second = connect();
  const Connection third = connect();
  third.send("GET /third HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  while (server->stats().accepted < 2) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_EQ(server->stats().accepted, 2);
  first.reset();
  EXPECT_NE(third.rest().find("GET /third"), std::string::npos);
}

TEST_F(ServerTest, AStoppedServerHasAnswered) {
  start();
  const Connection connection = connect();
  connection.send("GET /last HTTP/1.1\r\nHost: x\r\n\r\n");
  while (server->stats().requests < 1) std::this_thread::yield();
  server->stop(std::chrono::seconds(5));
  EXPECT_NE(connection.rest().find("GET /last"), std::string::npos);
  EXPECT_FALSE(Connection(server->port()).is_open());
}

TEST_F(ServerTest, APortThatIsTakenIsSaid) {
  start();
  ServerOptions options;
  options.port = server->port();
  Server other(options, {}, {});
  const auto wrong = other.start();
  ASSERT_TRUE(wrong);
  EXPECT_NE(wrong->find("in use"), std::string::npos) << *wrong;
}

}  // namespace
}  // namespace hecate::http
