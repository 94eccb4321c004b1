// The NDJSON form is a contract: docs/findings or the README name these fields, downstream tools rely on them.
#include <gtest/gtest.h>
#include <simdjson.h>

#include "support.h"

namespace hecate::output {
namespace {

using namespace test;

content::Detection full_detection() {
  content::Detection d;
  d.id = "id-1";
  d.title = "A \"quoted\" title\n";
  d.language = Language::Kql;
  d.level = content::Level::High;
  d.attack = {{"persistence", "execution"}, {"T1053.003"}};
  return d;
}

Finding full_finding(const content::Detection& d) {
  Finding f;
  f.id = "0123456789abcdef0123456789abcdef";
  f.detection = &d;
  f.time = 5 * kTicksPerSecond;
  f.first_time = 0;
  f.last_time = 5 * kTicksPerSecond + 1;
  f.count = 3;
  f.entities = {{"host", "h1"}, {"account", "ro\xC3\xB6t"}};
  f.risk = {{"h1", "system", 40}};
  f.threat_objects = {{"Image", "process", "/usr/bin/x"}};
  f.message = "seen on h1";
  f.result = {field("text",
                    "a\x01"
                    "b"),
              {"many", OwnedValue::many({"x", ""}), true},
              {"none", OwnedValue(), true},
              {"n", OwnedValue(Value::integer(9007199254740993)), true},
              {"dyn", OwnedValue(Value::dynamic("{\"k\":[1]}")), true},
              field("key \"q\"", "")};
  f.source = Finding::Source{"logs/a.json", 7};
  f.suppressed_by = "filter-1";
  return f;
}

TEST(Ndjson, IsExactlyThisLine) {
  const content::Detection d = full_detection();
  EXPECT_EQ(
      to_ndjson(full_finding(d)),
      R"({"finding_id":"0123456789abcdef0123456789abcdef","detection_id":"id-1","title":"A \"quoted\" title\n","language":"kql","severity":"high",)"
      R"("time":"1970-01-01T00:00:05Z","first_time":"1970-01-01T00:00:00Z","last_time":"1970-01-01T00:00:05.0000001Z","count":3,)"
      R"("attack":{"tactics":["persistence","execution"],"techniques":["T1053.003"]},)"
      "\"entities\":[{\"type\":\"host\",\"value\":\"h1\"},{\"type\":\"account\",\"value\":\"ro\xC3\xB6t\"}],"
      R"("risk":[{"object":"h1","type":"system","score":40}],)"
      R"("threat_objects":[{"field":"Image","type":"process","value":"/usr/bin/x"}],)"
      R"("message":"seen on h1",)"
      R"("result":{"text":"a\u0001b","many":["x",""],"none":null,"n":9007199254740993,"dyn":{"k":[1]},"key \"q\"":""},)"
      R"("source":{"file":"logs/a.json","record":7},"suppressed_by":"filter-1"})");
}

TEST(Ndjson, ParsesBack) {
  const content::Detection d = full_detection();
  simdjson::dom::parser parser;
  const std::string line = to_ndjson(full_finding(d));
  simdjson::dom::element json;
  ASSERT_EQ(parser.parse(line).get(json), simdjson::SUCCESS);
  EXPECT_EQ(std::string_view(json["title"]), d.title);
  EXPECT_EQ(std::string_view(json["severity"]), "high");
  EXPECT_EQ(int64_t(json["count"]), 3);
  EXPECT_EQ(std::string_view(json["attack"]["techniques"].at(0)), "T1053.003");
  EXPECT_EQ(std::string_view(json["entities"].at(1)["value"]), "ro\xC3\xB6t");
  EXPECT_EQ(int64_t(json["risk"].at(0)["score"]), 40);
  EXPECT_EQ(std::string_view(json["threat_objects"].at(0)["value"]), "/usr/bin/x");
  EXPECT_EQ(std::string_view(json["result"]["text"]),
            "a\x01"
            "b");
  EXPECT_TRUE(json["result"]["none"].is_null());
  EXPECT_EQ(int64_t(json["source"]["record"]), 7);
  EXPECT_EQ(std::string_view(json["suppressed_by"]), "filter-1");
}

TEST(Ndjson, WhatIsAbsentIsNull) {
  content::Detection d;
  Finding f;
  f.detection = &d;
  simdjson::dom::parser parser;
  const std::string line = to_ndjson(f);
  simdjson::dom::element json;
  ASSERT_EQ(parser.parse(line).get(json), simdjson::SUCCESS);
  for (const std::string_view key : {"time", "first_time", "last_time", "message", "source", "suppressed_by"})
    EXPECT_TRUE(json[key].is_null()) << key;
  for (const std::string_view key : {"entities", "risk", "threat_objects"})
    EXPECT_EQ(json[key].get_array().size(), 0U) << key;
  EXPECT_EQ(json["result"].get_object().size(), 0U);
  EXPECT_EQ(json.get_object().size(), 17U) << "every field is always there";
}

TEST(Ndjson, HostileBytesStayOnOneValidLine) {
  content::Detection d;
  d.title = "\xFF\xC3";
  Finding f;
  f.detection = &d;
  f.message = "a\nb\r\xE2\x80\xA8";
  f.result = {field("\xFE\n", std::string("\0\x1b[31m", 6)),
              {"nan", OwnedValue(Value::real(std::numeric_limits<double>::quiet_NaN())), true}};
  f.source = Finding::Source{"dir\n/\xFF", 1};
  const std::string line = to_ndjson(f);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
  simdjson::dom::parser parser;
  EXPECT_EQ(parser.parse(line).error(), simdjson::SUCCESS) << line;
}

TEST(Ndjson, TheWriterPutsALineForEach) {
  const content::Detection d = full_detection();
  Finding f = full_finding(d);
  EXPECT_EQ(written([](std::FILE* out) { return make_ndjson_writer(out); }, {f, f}),
            to_ndjson(f) + "\n" + to_ndjson(f) + "\n");
  f.result = {field("a", "1"), {"b", OwnedValue::many({"x", "y"}), true}};
  EXPECT_EQ(written([](std::FILE* out) { return make_rows_ndjson_writer(out); }, {f}),
            "{\"a\":\"1\",\"b\":[\"x\",\"y\"]}\n");
}

}  // namespace
}  // namespace hecate::output
