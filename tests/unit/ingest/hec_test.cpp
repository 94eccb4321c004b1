// https://docs.splunk.com/Documentation/Splunk/latest/Data/FormateventsforHTTPEventCollector
#include "samples.h"
#include "support.h"

namespace hecate::ingest::test {
namespace {

TEST(Hec, AnObjectIsTakenOut) {
  const Outcome got = read(
      R"({"time":1755204167.459945,"host":"h","source":"s","sourcetype":"cisco:isovalent:processExec","index":"i","event": {"a": {"b":1.50}} })");
  ASSERT_EQ(got.records.size(), 1U);
  const Kept& record = got.records[0];
  EXPECT_EQ(record.raw, R"({"a": {"b":1.50}})");
  EXPECT_EQ(record.shape, Shape::Json);
  EXPECT_EQ(record.at("a.b"), "1.50");
  EXPECT_EQ(record.time, 17'552'041'674'599'450);
  EXPECT_EQ(record.host, "h");
  EXPECT_EQ(record.source, "s");
  EXPECT_EQ(record.sourcetype, "cisco:isovalent:processExec");
  EXPECT_EQ(record.index, "i");
  EXPECT_EQ(record.json, R"({"a":{"b":1.50}})");
}

TEST(Hec, TimeMayBeText) {
  EXPECT_EQ(read(R"({"time":"1426279439.5","event":"x"})").records[0].time, 14'262'794'395'000'000);
  EXPECT_EQ(read(R"({"time":1.5e3,"event":"x"})").records[0].time, 15'000'000'000);
  EXPECT_EQ(read(R"({"time":null,"event":"x"})").records[0].time, std::nullopt);
}

TEST(Hec, AStringIsParsedAsWhatItIs) {
  const Outcome json = read(R"({"event":"{\"a\":\"\\u0041\"}"})");
  ASSERT_EQ(json.records.size(), 1U);
  EXPECT_EQ(json.records[0].raw, R"({"a":"\u0041"})");
  EXPECT_EQ(json.records[0].at("a"), "A");
  const Outcome xml = read(R"({"host":"envelope","event":"<Event><System><EventID>1</EventID></System></Event>"})");
  EXPECT_EQ(xml.records[0].shape, Shape::Xml);
  EXPECT_EQ(xml.records[0].at("Event.System.EventID"), "1");
  EXPECT_EQ(xml.records[0].host, "envelope");
  const Outcome syslog = read(R"({"event":"2022-08-09T10:42:47Z inner app: hi","source":"s"})");
  EXPECT_EQ(syslog.records[0].at("syslog.app"), "app");
  EXPECT_EQ(syslog.records[0].host, "inner");
  EXPECT_TRUE(syslog.records[0].time);
  const Outcome text = read(R"({"event":"Hello,\n{world}"})");
  EXPECT_EQ(text.records[0].shape, Shape::Text);
  EXPECT_EQ(text.records[0].raw, "Hello,\n{world}");
  EXPECT_EQ(read(R"({"event":"{broken"})").records[0].shape, Shape::Text);
}

TEST(Hec, TheEnvelopeWinsOverSyslog) {
  const Outcome got = read(R"({"time":1,"host":"outer","event":"2022-08-09T10:42:47Z inner app: hi"})");
  EXPECT_EQ(got.records[0].host, "outer");
  EXPECT_EQ(got.records[0].time, kTicksPerSecond);
}

TEST(Hec, FieldsStandAtTheTop) {
  const Outcome got = read(R"({"event":{"a":1,"dc":"own"},"fields":{"dc":"eu","tags":["x","y"]}})");
  ASSERT_EQ(got.records.size(), 1U);
  const std::vector<std::pair<std::string, std::string>> want{
      {"a", "1"}, {"dc", "own"}, {"dc", "eu"}, {"tags{}", "x"}, {"tags{}", "y"}};
  EXPECT_EQ(got.records[0].scalars, want);
  EXPECT_EQ(read(R"({"event":"text","fields":{"dc":"eu"}})").records[0].at("dc"), "eu");
}

TEST(Hec, BatchesAreConcatenated) {
  const std::string one = R"({"time":1,"event":{"a":1}})";
  const std::string two = R"({"time":2,"event":"two"})";
  const Outcome got = read(one + two + one + "\n" + two + "\n");
  EXPECT_EQ(got.raws(), (Strings{R"({"a":1})", "two", R"({"a":1})", "two"}));
  EXPECT_EQ(read("[" + one + "," + two + "]").raws(), (Strings{R"({"a":1})", "two"}));
}

TEST(Hec, OtherObjectsAreEventsThemselves) {
  for (const std::string_view text :
       {R"({"event":"x","other":1})", R"({"time":1,"host":"h"})", R"({"time":"2022-08-09T10:42:47Z","event":"login"})",
        R"({"event":"x","host":{"name":"h"}})", R"({"event":"x","fields":"f"})", R"({"Event":"x"})"}) {
    const Outcome got = read(text);
    ASSERT_EQ(got.records.size(), 1U) << text;
    EXPECT_EQ(got.records[0].raw, text);
  }
}

TEST(Hec, AnEmptyEventIsMalformed) {
  const Outcome got = read("{\"event\":null}\n{\"event\":\"\"}\n{\"event\":5}\n");
  EXPECT_EQ(got.raws(), (Strings{"5"}));
  EXPECT_EQ(got.stats.malformed, 2U);
  EXPECT_EQ(got.codes(), (Strings{"ING011"}));
}

TEST(Hec, NestedEnvelopesAreNotOpened) {
  EXPECT_EQ(read(R"({"event":{"event":"x"}})").raws(), (Strings{R"({"event":"x"})"}));
}

}  // namespace
}  // namespace hecate::ingest::test
