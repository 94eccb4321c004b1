// Records inside other records, as search engines and other products export them.
#include "support.h"

namespace hecate::ingest::test {
namespace {

/// The values at a path, joined.
std::string values_at(std::string_view text, std::string_view path) {
  PathSet wanted;
  const size_t slot = wanted.add(path);
  std::string out;
  ReadStats stats;
  DiagnosticSink sink;
  const Visit visit = [&](const Record& record) {
    FieldValues values;
    values.reset(wanted.slots());
    record.document->read(wanted, values);
    std::vector<RawValue> all;
    values.all(slot, all);
    for (const RawValue& value : all) out += (out.empty() ? "" : "|") + std::string(value.text);
  };
  read_text(text, "test", {}, visit, stats, sink);
  return out;
}

// elastic.co, "Search API", response body; elasticdump writes the hits one a line.
TEST(Wrapper, HitsOfASearchEngine) {
  const Outcome lines = read(R"({"_index":"winlogbeat-1","_id":"x","_score":1.0,"_source":{"winlog":{"event_id":"1"}}})"
                             "\n"
                             R"({"_index":"a","_source":"no object"})"
                             "\n"
                             R"({"_source":{"alone":1}})");
  EXPECT_EQ(lines.raws(), (Strings{R"({"winlog":{"event_id":"1"}})", R"({"_index":"a","_source":"no object"})",
                                   R"({"_source":{"alone":1}})"}));
  EXPECT_EQ(lines.records[0].at("winlog.event_id"), "1");
  const Outcome answer = read(
      R"({"took":5,"timed_out":false,"_shards":{"total":5,"failures":[{"reason":"a \"b\""}]},"hits":{"total":{"value":2,"relation":"eq"},"max_score":null,"hits":[{"_index":"a","_id":"1","_source":{"n":1}},
{"_index":"a","_id":"2","_source":{"n":2},"sort":[1]}]},"aggregations":{"x":{"buckets":[]}}}
{"n":3}
{"hits":{"hits":[{"n":4}]}}
)");
  EXPECT_EQ(answer.raws(), (Strings{R"({"n":1})", R"({"n":2})", R"({"n":3})", R"({"hits":{"hits":[{"n":4}]}})"}));
  EXPECT_EQ(answer.stats.malformed, 0);
  const Outcome pretty = read(
      "{\n  \"took\" : 5,\n  \"hits\" : {\n    \"total\" : 1,\n    \"hits\" : [\n      {\n        \"_index\" : \"a\",\n"
      "        \"_source\" : {\"n\" : 1}\n      }\n    ]\n  }\n}\n{\"n\":2}\n");
  EXPECT_EQ(pretty.raws(), (Strings{"{\"n\" : 1}", "{\"n\":2}"}));
  EXPECT_EQ(pretty.stats.malformed, 0);
}

// docs.splunk.com, REST API, search/v2/jobs/export with output_mode=json, and search/jobs/<id>/results.
TEST(Wrapper, RowsOfSplunk) {
  const Outcome lines = read(
      R"({"preview":false,"offset":0,"result":{"_time":"2024-01-02T03:04:05.000+00:00","host":"h1","source":"s","sourcetype":"st","index":"i","_raw":"{\"a\":\"x\"}","a":"x"}})"
      "\n"
      R"({"preview":false,"offset":1,"lastrow":true,"result":{"user":"alice","count":"3"}})"
      "\n"
      R"({"preview":true})"
      "\n"
      R"({"preview":false,"offset":2,"result":{"_raw":"who knows","sourcetype":"st","user":"bob"}})");
  ASSERT_EQ(lines.records.size(), 4U);
  EXPECT_EQ(lines.records[0].raw, R"({"a":"x"})");
  EXPECT_EQ(lines.records[0].scalars, (std::vector<std::pair<std::string, std::string>>{{"a", "x"}}));
  EXPECT_EQ(lines.records[0].host, "h1");
  EXPECT_EQ(lines.records[0].source, "s");
  EXPECT_EQ(lines.records[0].sourcetype, "st");
  EXPECT_EQ(lines.records[0].index, "i");
  EXPECT_EQ(lines.records[0].time, 17'041'646'450'000'000);
  EXPECT_EQ(lines.records[1].at("count"), "3");
  EXPECT_EQ(lines.records[2].raw, R"({"preview":true})");
  EXPECT_EQ(lines.records[3].raw, "who knows");
  EXPECT_EQ(lines.records[3].shape, Shape::Text);
  EXPECT_EQ(lines.records[3].at("user"), "bob");
  const Outcome answer = read(
      R"({"preview":false,"init_offset":0,"messages":[{"type":"INFO","text":"x"}],"fields":[{"name":"_raw"}],"results":[{"_raw":"<Event><System><EventID>1</EventID></System></Event>","_time":"1704164645"},{"n":"2"}],"highlighted":{}})");
  ASSERT_EQ(answer.records.size(), 2U);
  EXPECT_EQ(answer.records[0].shape, Shape::Xml);
  EXPECT_EQ(answer.records[0].at("Event.System.EventID"), "1");
  EXPECT_EQ(answer.records[1].at("n"), "2");
}

// learn.microsoft.com, Azure Monitor Logs, table Event.
TEST(Wrapper, XmlInATextIsEntered) {
  const std::string_view event =
      R"({"EventData":"<DataItem type=\"System.XmlData\" time=\"t\"><EventData xmlns=\"http://x\"><Data Name=\"Image\">C:\\a &amp; b</Data><Data Name=\"Empty\"></Data><Data>one</Data><Data>two</Data></EventData></DataItem>"})";
  EXPECT_EQ(values_at(event, "EventData.Image"), "C:\\a & b");
  EXPECT_EQ(values_at(event, "EventData.Data"), "one|two");
  EXPECT_EQ(
      values_at(
          R"({"EventData":"\u003cEventData\u003e\u003cData Name='F'\u003ev\u003c/Data\u003e\u003c/EventData\u003e"})",
          "EventData.F"),
      "v");
  EXPECT_EQ(
      values_at(
          R"({"EventData":"<UserData><LogFileCleared xmlns='x'><SubjectUserName>a</SubjectUserName></LogFileCleared></UserData>"})",
          "EventData.SubjectUserName"),
      "a");
  EXPECT_EQ(values_at(R"({"EventData":"<broken><Data Name='F'>v</Data>"})", "EventData.F"), "");
  EXPECT_EQ(values_at(event, "EventData").substr(0, 9), "<DataItem");
}

// What Wazuh's manager writes; a text is left alone unless all of the event's say that it was escaped twice.
TEST(Wrapper, EscapesThatWereDoubled) {
  const auto image = [](std::string_view data) {
    return values_at(R"({"data":{"win":{"system":{"eventID":"1"},"eventdata":{)" + std::string(data) + "}}}}",
                     "data.win.eventdata.image");
  };
  EXPECT_EQ(image(R"("image":"C:\\\\Windows\\\\cmd.exe","commandLine":"\\\"C:\\\\a\\\" b")"), "C:\\Windows\\cmd.exe");
  EXPECT_EQ(image(R"("image":"\\\"a\\\"")"), "\"a\"");
  EXPECT_EQ(image(R"("image":"C:\\Windows\\cmd.exe")"), "C:\\Windows\\cmd.exe");
  EXPECT_EQ(image(R"("image":"C:\\\\Windows","user":"A\\b")"), "C:\\\\Windows");
  EXPECT_EQ(image(R"("image":"a\tb \"c\"")"), "a\tb \"c\"");
  EXPECT_EQ(values_at(R"({"win":{"eventdata":{"image":"C:\\\\a"}}})", "win.eventdata.image"), "C:\\a");
  EXPECT_EQ(values_at(R"({"x":{"win":{"eventdata":{"image":"C:\\\\a"}}}})", "x.win.eventdata.image"), "C:\\\\a");
}

}  // namespace
}  // namespace hecate::ingest::test
