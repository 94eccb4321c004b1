// Requests as senders make them, against a log on the disk. Splunk, "Troubleshoot HTTP Event Collector" (codes) and
// "About HTTP Event Collector Indexer Acknowledgment".
#include "server/collector.h"

#include <gtest/gtest.h>

#include <future>

#include "../temporary_folder.h"
#include "server/endpoints.h"
#include "server/inflate.h"

namespace hecate::server {
namespace {

constexpr std::string_view kChannel = "FE0ECFAD-13D5-401B-847D-77833BD77131";

class CollectorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    open();
    std::string text = "tokens:\n";
    text += to_yaml({"plain", sha256_hex("plain-token"), "main", {}, "", "", "", false, false});
    text += to_yaml({"acks", sha256_hex("ack-token"), "linux", {"linux", "main"}, "st", "src", "hst", true, false});
    text += to_yaml({"off", sha256_hex("off-token"), "main", {}, "", "", "", false, true});
    SourceMap sources;
    auto tokens = Tokens::load(folder.write("tokens.yml", text), sources, sink);
    ASSERT_TRUE(tokens);
    collector->tokens = std::make_shared<const Tokens>(std::move(*tokens));
  }
  void open() {
    auto opened = store::WriteAheadLog::open({folder.path("log")}, sink);
    ASSERT_TRUE(opened);
    log = std::move(*opened);
    std::shared_ptr<const Tokens> tokens;
    if (collector) tokens = collector->tokens;
    collector = std::make_unique<Collector>(CollectorOptions{1000}, *log, metrics);
    if (tokens) collector->tokens = tokens;
  }

  http::Response ask(http::Request request) {
    std::promise<http::Response> promise;
    route(*collector, std::move(request), [&](http::Response response) { promise.set_value(std::move(response)); });
    return promise.get_future().get();
  }
  /// `200 {…}`
  std::string post(std::string_view path, std::string body, std::string_view token = "plain-token",
                   http::Headers headers = {}) {
    if (!token.empty()) headers.emplace_back("Authorization", "Splunk " + std::string(token));
    const size_t question = std::min(path.find('?'), path.size());
    const auto response = ask({"POST", "/services/collector" + std::string(path.substr(0, question)),
                               std::string(path.substr(std::min(path.size(), question + 1))), std::move(headers),
                               std::move(body), "9.9.9.9"});
    return std::to_string(response.status) + " " + response.body;
  }
  std::string get(std::string path, http::Headers headers = {}) {
    const auto response = ask({"GET", std::move(path), "", std::move(headers), "", ""});
    return std::to_string(response.status) + " " + response.body;
  }
  std::string logged() {
    std::string all;
    store::LogCursor cursor(*log, 0, nullptr);
    while (cursor.next()) all += cursor.payload();
    return all;
  }

  test::Folder folder;
  DiagnosticSink sink;
  Metrics metrics;
  std::unique_ptr<store::WriteAheadLog> log;
  std::unique_ptr<Collector> collector;
};

constexpr const char* kSuccess = R"(200 {"text":"Success","code":0})";

TEST_F(CollectorTest, WhatIsAcknowledgedIsInTheLog) {
  EXPECT_EQ(post("/event", R"({"event":"a","time":1}{"event":"b","time":2,"host":"h"})"), kSuccess);
  EXPECT_EQ(logged(),
            "{\"time\":1.0000000,\"host\":\"9.9.9.9\",\"index\":\"main\",\"event\":\"a\"}\n"
            "{\"time\":2.0000000,\"host\":\"h\",\"index\":\"main\",\"event\":\"b\"}\n");
  for (const char* path : {"", "/1.0", "/event/1.0", "/event/"}) EXPECT_EQ(post(path, R"({"event":1})"), kSuccess);
  EXPECT_EQ(metrics.events, 6);
}

TEST_F(CollectorTest, TokensAreAskedFor) {
  const std::string event = R"({"event":1})";
  EXPECT_EQ(post("", event, ""), R"(401 {"text":"Token is required","code":2})");
  EXPECT_EQ(post("", event, "", {{"Authorization", "Bearer plain-token"}}),
            R"(401 {"text":"Invalid authorization","code":3})");
  EXPECT_EQ(post("", event, "", {{"Authorization", "Splunk"}}), R"(401 {"text":"Invalid authorization","code":3})");
  EXPECT_EQ(post("", event, "wrong"), R"(403 {"text":"Invalid token","code":4})");
  EXPECT_EQ(post("", event, "off-token"), R"(403 {"text":"Token disabled","code":1})");
  // `x:plain-token`
  EXPECT_EQ(post("", event, "", {{"Authorization", "Basic eDpwbGFpbi10b2tlbg=="}}), kSuccess);
  EXPECT_EQ(post("?token=plain-token", event, ""),
            R"(400 {"text":"Query string authorization is not enabled","code":16})");
  EXPECT_EQ(post("?token=wrong", event, ""), R"(403 {"text":"Invalid token","code":4})");
  collector->options.query_authorization = true;
  EXPECT_EQ(post("?token=plain-token", event, ""), kSuccess);
}

TEST_F(CollectorTest, EventsThatAreWrongAreNumbered) {
  EXPECT_EQ(post("", ""), R"(400 {"text":"No data","code":5})");
  EXPECT_EQ(post("", R"({"event":1}{"event":""})"),
            R"(400 {"text":"Event field cannot be blank","code":13,"invalid-event-number":1})");
  EXPECT_EQ(logged(), "") << "of a request with a bad event nothing is taken";
}

TEST_F(CollectorTest, TokensSayWhatEventsDoNot) {
  EXPECT_EQ(post("/raw?channel=" + std::string(kChannel), "{\"a\":1}", "ack-token"),
            R"(200 {"text":"Success","code":0,"ackId":1})");
  EXPECT_EQ(
      logged(),
      "{\"host\":\"hst\",\"source\":\"src\",\"sourcetype\":\"st\",\"index\":\"linux\",\"event\":\"{\\\"a\\\":1}\"}\n");
  EXPECT_EQ(post("/raw?index=secret&channel=" + std::string(kChannel), "line", "ack-token"),
            R"(400 {"text":"Incorrect index","code":7})");
}

TEST_F(CollectorTest, RawLinesTakeWhatTheQuerySays) {
  EXPECT_EQ(post("/raw/1.0?host=h&source=a%20b&sourcetype=st&index=i&time=5.5", "one\ntwo\n"), kSuccess);
  const std::string begin = R"({"time":5.5000000,"host":"h","source":"a b","sourcetype":"st","index":"i","event":)";
  EXPECT_EQ(logged(), begin + "\"one\"}\n" + begin + "\"two\"}\n");
  EXPECT_EQ(post("/raw?time=soon", "x"), R"(400 {"text":"Invalid data format","code":6})");
}

TEST_F(CollectorTest, AcknowledgementsHoldAfterARestart) {
  const http::Headers channel{{"X-Splunk-Request-Channel", std::string(kChannel)}};
  EXPECT_EQ(post("", R"({"event":1})", "ack-token"), R"(400 {"text":"Data channel is missing","code":10})");
  EXPECT_EQ(post("", R"({"event":1})", "ack-token", {{"X-Splunk-Request-Channel", "one"}}),
            R"(400 {"text":"Invalid data channel","code":11})");
  EXPECT_EQ(post("", R"({"event":1})", "ack-token", channel), R"(200 {"text":"Success","code":0,"ackId":1})");
  const std::string acks = R"(200 {"acks":{"1":true,"2":false}})";
  EXPECT_EQ(post("/ack", R"({"acks":[1,2]})", "ack-token", channel), acks);
  log.reset();
  open();
  EXPECT_EQ(post("/ack?channel=" + std::string(kChannel), R"({"acks":[1,2]})", "ack-token"), acks);
  EXPECT_EQ(post("/ack", R"({"acks":[1]})", "ack-token"), R"(400 {"text":"Data channel is missing","code":10})");
  EXPECT_EQ(post("/ack", R"({"acks":[1]})", "plain-token", channel), R"(400 {"text":"ACK is disabled","code":14})");
  for (const char* bad : {"{}", "[1]", R"({"acks":1})", R"({"acks":["1"]})", R"({"acks":[-1]})", "x"}) {
    EXPECT_EQ(post("/ack", bad, "ack-token", channel), R"(400 {"text":"Invalid data format","code":6})") << bad;
  }
}

TEST_F(CollectorTest, ARepeatedRequestIsTakenOnce) {
  const auto send = [&](std::string id, std::string channel, std::string_view token) {
    http::Headers headers{{"X-Hecate-Request-Id", std::move(id)}};
    if (!channel.empty()) headers.emplace_back("X-Splunk-Request-Channel", std::move(channel));
    return post("", R"({"event":1})", token, std::move(headers));
  };
  const std::string other = "00000000-0000-0000-0000-000000000000";
  EXPECT_EQ(send("1", std::string(kChannel), "ack-token"), R"(200 {"text":"Success","code":0,"ackId":1})");
  EXPECT_EQ(send("1", std::string(kChannel), "ack-token"), R"(200 {"text":"Success","code":0,"ackId":1})");
  EXPECT_EQ(send("1", other, "ack-token"), R"(200 {"text":"Success","code":0,"ackId":2})");
  EXPECT_EQ(send("2", other, "ack-token"), R"(200 {"text":"Success","code":0,"ackId":3})");
  EXPECT_EQ(send("2", other, "plain-token"), kSuccess);
  EXPECT_EQ(log->durable(), 4);
  EXPECT_EQ(metrics.events, 4);
  EXPECT_EQ(send(std::string(257, 'x'), "", "plain-token"), R"(400 {"text":"Invalid data format","code":6})");
}

TEST_F(CollectorTest, BodiesMayBePacked) {
  const http::Headers gzip{{"Content-Encoding", "gzip"}};
  EXPECT_EQ(post("", deflate(R"({"event":1})"), "plain-token", gzip), kSuccess);
  EXPECT_EQ(post("", "not packed", "plain-token", gzip), R"(400 {"text":"Invalid data format","code":6})");
  EXPECT_EQ(post("", deflate(std::string(2000, ' ')), "plain-token", gzip),
            R"(413 {"text":"Request entity too large","code":6})");
  EXPECT_EQ(post("", std::string(2000, ' ')), R"(413 {"text":"Request entity too large","code":6})");
  EXPECT_EQ(post("", "x", "plain-token", {{"Content-Encoding", "br"}}),
            R"(400 {"text":"Invalid data format","code":6})");
}

TEST_F(CollectorTest, HealthSaysWhetherEventsAreTaken) {
  const std::string path = "/services/collector/health";
  EXPECT_EQ(get(path), R"(200 {"text":"HEC is healthy","code":17})");
  EXPECT_EQ(get(path, {{"Authorization", "Splunk wrong"}}), R"(400 {"text":"Invalid token","code":21})");
  EXPECT_EQ(get(path, {{"Authorization", "Splunk off-token"}}), R"(400 {"text":"Token disabled","code":22})");
  EXPECT_EQ(get("/healthz"), R"(200 {"status":"ok","failure":null,"durable":0,"matched":0})");
  collector->stopping = true;
  EXPECT_EQ(get(path), R"(503 {"text":"Server is shutting down","code":23})");
  EXPECT_EQ(post("", R"({"event":1})"), R"(503 {"text":"Server is shutting down","code":23})");
}

TEST_F(CollectorTest, AFullQueueIsBusy) {
  log->stop();
  EXPECT_EQ(post("", R"({"event":1})"), R"(503 {"text":"Server is busy","code":9})");
  EXPECT_EQ(get("/services/collector/health/1.0"), R"(503 {"text":"HEC is unhealthy, queues are full","code":18})");
  EXPECT_TRUE(get("/healthz").starts_with(R"(503 {"status":"busy")"));
}

TEST_F(CollectorTest, OtherPathsAndMethodsAreRefused) {
  EXPECT_TRUE(get("/").starts_with("404"));
  EXPECT_TRUE(get("/services/collector/../../etc/passwd").starts_with("404"));
  EXPECT_TRUE(get("/services/collector").starts_with("405"));
}

TEST_F(CollectorTest, MetricsAreThere) {
  (void)post("", R"({"event":1})");
  const std::string page = get("/metrics");
  EXPECT_NE(page.find("\nhecate_hec_replies_total{code=\"0\"} 1\n"), std::string::npos);
  EXPECT_NE(page.find("\nhecate_hec_events_total 1\n"), std::string::npos);
  EXPECT_NE(page.find("\nhecate_hec_acknowledged_seconds_count 1\n"), std::string::npos);
}

}  // namespace
}  // namespace hecate::server
