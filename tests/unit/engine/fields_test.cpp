// Fields of an event, their way through the candidate table's `rest`, and schemas inferred from files.
#include <gtest/gtest.h>

#include "engine/event_fields.h"
#include "engine/file_tables.h"
#include "ingest/reader.h"

namespace hecate::engine {
namespace {

/// "name=value" for each field, several values joined by `|`.
std::vector<std::string> show(const std::vector<ResultField>& fields) {
  std::vector<std::string> result;
  for (const ResultField& field : fields) {
    std::string text = field.name + "=";
    const Value value = field.value.get();
    if (value.kind() != Kind::Many) {
      text += value_text(value);
    } else {
      for (const Value& element : value.as_list()) text += value_text(element) + "|";
    }
    result.push_back(std::move(text));
  }
  return result;
}

std::vector<ResultField> fields_of(std::string_view event, const Metadata& metadata = {}) {
  std::vector<ResultField> fields;
  ingest::ReadStats stats;
  DiagnosticSink sink;
  ingest::read_text(
      event, "e", {}, [&](const ingest::Record& record) { fields = event_fields(record, metadata); }, stats, sink);
  EXPECT_EQ(stats.parsed, 1U);
  return fields;
}

using Texts = std::vector<std::string>;

TEST(EventFields, AreTheMetadataThenEveryRawField) {
  const Metadata metadata{15 * kTicksPerSecond / 10, {}, "h", "", "st", ""};
  EXPECT_EQ(show(fields_of(R"({"a":1,"b":{"c":"x","d":[1,2]},"n":null,"t":true})", metadata)),
            (Texts{"_time=1.5", "host=h", "sourcetype=st", R"(_raw={"a":1,"b":{"c":"x","d":[1,2]},"n":null,"t":true})",
                   "a=1", "b.c=x", "b.d{}=1|2|", "n=null", "t=true"}));
}

TEST(EventFields, ARepeatedPathIsOneField) {
  const Texts fields = show(fields_of(R"({"p":[{"x":1},{"x":2,"y":3}],"q":""})"));
  EXPECT_EQ((Texts{fields.begin() + 1, fields.end()}), (Texts{"p{}.x=1|2|", "p{}.y=3", "q="}));
}

TEST(EventFields, SurviveTheWayThroughJson) {
  for (const std::string_view event :
       {R"({"a":"x","b":{"c":["1","2"]},"p":[{"x":1},{"x":2}]})",
        R"({"one":["x"],"many":["x","y"],"deep":[["a"],["b"]],"mixed":[{"k":["v"]}]})",
        R"({"a.b":"dot","a":{"b":"nested"},"":"empty","q\"uote":"\n\u0000","{}":"braces","x{}":"y"})",
        R"({"text":"","zero":0,"big":12345678901234567890,"e":1e5})"}) {
    const std::vector<ResultField> fields = fields_of(event);
    EXPECT_EQ(show(fields_from_json(fields_to_json(fields))), show(fields)) << event;
  }
}

std::string schema(const std::string& events) {
  std::string out;
  for (const kql::ColumnSchema& column : infer_table(events, "T").columns) {
    out += (out.empty() ? "" : " ") + column.name + ":" + std::string(to_string(column.type));
  }
  return out;
}

TEST(InferTable, UnitesTheTypesOfAllRecords) {
  EXPECT_EQ(schema(R"({"l":1,"r":1.5,"s":"x","b":true,"o":{"k":1},"a":[1],"e":1e3,"n":null})"),
            "l:long r:real s:string b:bool o:dynamic a:dynamic e:real n:string");
  EXPECT_EQ(schema("{\"x\":1}\n{\"x\":2.5}\n"), "x:real");
  EXPECT_EQ(schema("{\"x\":1}\n{\"x\":\"a\"}\n"), "x:string");
  EXPECT_EQ(schema("{\"x\":true}\n{\"x\":1}\n"), "x:string");
  EXPECT_EQ(schema("{\"x\":null}\n{\"x\":1}\n{\"y\":2}\n"), "x:long y:long");
  EXPECT_EQ(schema(""), "");
}

TEST(InferTable, NumbersThatNoLongHoldsAreReal) {
  EXPECT_EQ(schema("{\"x\":9223372036854775807}\n"), "x:long");
  EXPECT_EQ(schema("{\"x\":12345678901234567890}\n"), "x:real");
}

}  // namespace
}  // namespace hecate::engine
