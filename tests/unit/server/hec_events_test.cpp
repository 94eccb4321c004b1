// Splunk, "Format events for HTTP Event Collector".
#include "server/hec_events.h"

#include <gtest/gtest.h>

namespace hecate::server {
namespace {

class HecEventsTest : public ::testing::Test {
 protected:
  /// The lines, or what is wrong: `6@1` is code 6 of event 1.
  std::string read(std::string_view body) {
    EventLines out;
    const auto fault = events.read_envelopes(body, defaults, token, out);
    if (!fault) return out.text;
    return (fault->too_large ? "large" : std::to_string(static_cast<int>(fault->code))) +
           (fault->event ? "@" + std::to_string(*fault->event) : "");
  }

  HecEvents events;
  EventDefaults defaults{"", "", "", "main", std::nullopt};
  Token token;
};

TEST_F(HecEventsTest, OneEventIsALine) {
  EXPECT_EQ(read(R"({"event":"text"})"), "{\"index\":\"main\",\"event\":\"text\"}\n");
  EXPECT_EQ(read(R"({"event":{"a":1.50,"b":[1,{}]},"time":1433188255.500,"host":"h","source":"s","sourcetype":"t",
                     "index":"linux","fields":{"x":["a","b"],"y":1}})"),
            "{\"time\":1433188255.5000000,\"host\":\"h\",\"source\":\"s\",\"sourcetype\":\"t\",\"index\":\"linux\","
            "\"fields\":{\"x\":[\"a\",\"b\"],\"y\":1},\"event\":{\"a\":1.50,\"b\":[1,{}]}}\n");
}

TEST_F(HecEventsTest, BatchesAreStackedOrAnArray) {
  const std::string two = "{\"index\":\"main\",\"event\":1}\n{\"index\":\"main\",\"event\":true}\n";
  EXPECT_EQ(read(R"({"event":1}{"event":true})"), two);
  EXPECT_EQ(read("  {\"event\":1}\r\n\r\n{\"event\":true}  \n"), two);
  EXPECT_EQ(read("{\"event\":\n1}\n{\n\"event\"\n:true\n}"), two);
  EXPECT_EQ(read(R"({"event":1} {"event":true})"), two);
  EXPECT_EQ(read(R"([{"event":1},{"event":true}])"), two);
  EXPECT_EQ(read("{\"event\":1}{\"event\":true}\n{\"event\":1}{\"event\":true}"), two + two);
}

TEST_F(HecEventsTest, TimesAreNumbersOrTexts) {
  const auto time = [&](std::string_view text) {
    const std::string line = read("{\"event\":1,\"time\":" + std::string(text) + "}");
    return line.starts_with("{\"time\":") ? line.substr(8, line.find(',') - 8) : line.substr(0, line.find('\n'));
  };
  EXPECT_EQ(time("1433188255"), "1433188255.0000000");
  EXPECT_EQ(time("\"1433188255.1234567\""), "1433188255.1234567");
  EXPECT_EQ(time("1.433188255e9"), "1433188255.0000000");
  EXPECT_EQ(time("\" 5 \""), "5.0000000");
  EXPECT_EQ(time("\"yesterday\""), "6@0");
  EXPECT_EQ(time("true"), "6@0");
  EXPECT_EQ(time("{}"), "6@0");
  EXPECT_EQ(time("null"), "{\"index\":\"main\",\"event\":1}");
  EXPECT_EQ(time("\"\""), "{\"index\":\"main\",\"event\":1}");
  defaults.time = -15'000'000;
  EXPECT_EQ(time("null"), "-1.5000000");
}

TEST_F(HecEventsTest, DefaultsFillWhatIsMissing) {
  defaults = {"dh", "ds", "dt", "main", 10'000'000};
  EXPECT_EQ(read(R"({"event":"e","host":"","source":null,"sourcetype":"own"})"),
            "{\"time\":1.0000000,\"host\":\"dh\",\"source\":\"ds\",\"sourcetype\":\"own\",\"index\":\"main\","
            "\"event\":\"e\"}\n");
}

TEST_F(HecEventsTest, FaultsNameTheirEvent) {
  EXPECT_EQ(read(""), "5");
  EXPECT_EQ(read(" \n "), "5");
  EXPECT_EQ(read("[]"), "5");
  EXPECT_EQ(read("text"), "6@0");
  EXPECT_EQ(read(R"({"event":1}x)"), "6@1");
  EXPECT_EQ(read(R"({"event":1}{"event":)"), "6@1");
  EXPECT_EQ(read(R"([{"event":1},2])"), "6@1");
  EXPECT_EQ(read(R"({"event":1}{"time":1})"), "12@1");
  EXPECT_EQ(read(R"({"event":null})"), "12@0");
  EXPECT_EQ(read(R"({"event":1}{"event":1}{"event":""})"), "13@2");
  EXPECT_EQ(read(R"({"event":1,"fields":[]})"), "6@0");
  EXPECT_EQ(read(R"({"event":1,"fields":{"a":{"b":1}}})"), "15@0");
  EXPECT_EQ(read(R"({"event":1,"fields":{"a":[[1]]}})"), "15@0");
  EXPECT_EQ(read(R"({"event":1,"host":{}})"), "6@0");
  EXPECT_EQ(read(R"({"event":1,"index":"NO"})"), "7@0");
  EXPECT_EQ(read("{\"event\":\"\xff\"}"), "6@0");
  token.indexes = {"main", "other"};
  EXPECT_EQ(read(R"({"event":1,"index":"other"}{"event":1,"index":"secret"})"), "7@1");
}

TEST_F(HecEventsTest, DeepAndLargeEventsAreRefused) {
  const std::string deep = "{\"event\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  EXPECT_EQ(read(deep), "6@0");
  EXPECT_EQ(read(R"({"event":1}{"event":")" + std::string(kLargestEvent, 'x') + "\"}"), "large@1");
}

TEST_F(HecEventsTest, WhatEventsBecomeHasALimit) {
  defaults.host = std::string(10'000, 'h');
  std::string body;
  for (int i = 0; i < 30'000; ++i) body += R"({"event":1})";
  EXPECT_TRUE(read(body).starts_with("large@2"));
  EXPECT_TRUE(read("[" + body.substr(0, 11) + "]").starts_with("{\"host\""));
  EventLines out;
  const auto fault = HecEvents::read_lines(std::string(60'000, 'x').replace(1, 1, "\n"), defaults, 0, out);
  EXPECT_FALSE(fault);
  std::string lines;
  for (int i = 0; i < 30'000; ++i) lines += "x\n";
  EventLines more;
  ASSERT_TRUE(HecEvents::read_lines(lines, defaults, 0, more));
  EXPECT_LT(more.text.size(), kLargestRequest + 20'000);
}

TEST_F(HecEventsTest, ABodyWithoutLineBreaksIsReadOnce) {
  // A megabyte of small events: were each line tried again and again, this would take minutes.
  std::string body;
  while (body.size() < 4'000'000) body += R"({"event":{"a":1}})";
  EventLines out;
  EXPECT_FALSE(events.read_envelopes(body, defaults, token, out));
  EXPECT_EQ(out.events, body.size() / 17);
}

TEST(HecLines, AreEventsEach) {
  const EventDefaults defaults{"h", "", "t", "main", std::nullopt};
  EventLines out;
  EXPECT_FALSE(HecEvents::read_lines("one \"1\"\r\n\n \t \ntwo\xff\n{\"a\":1}", defaults, 20'000'000, out));
  EXPECT_EQ(out.events, 3);
  const std::string begin = R"({"host":"h","sourcetype":"t","index":"main","event":)";
  const std::string timed = "{\"time\":2.0000000," + begin.substr(1);
  EXPECT_EQ(out.text,
            timed + "\"one \\\"1\\\"\"}\n" + timed + "\"two\xEF\xBF\xBD\"}\n" + begin + "\"{\\\"a\\\":1}\"}\n");
  EventLines none;
  const auto fault = HecEvents::read_lines("\n\r\n", defaults, 0, none);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->code, Hec::NoData);
}

TEST(HecLines, ThatSayTheirTimeKeepIt) {
  for (const char* line :
       {"2024-05-14T17:36:21Z started", "<13>May 14 17:36:21 host sshd[1]: x", "May 14 17:36:21 host sshd[1]: x",
        "type=SYSCALL msg=audit(1364481363.243:24287): arch=c000003e", "{\"ts\":1}", "<Event/>",
        "CEF:0|v|p|1|id|name|5|rt=1364481363243"}) {
    EventLines out;
    EXPECT_FALSE(HecEvents::read_lines(line, {"", "", "", "main", std::nullopt}, 20'000'000, out));
    EXPECT_EQ(out.text.find("\"time\":"), std::string::npos) << out.text;
  }
}

}  // namespace
}  // namespace hecate::server
