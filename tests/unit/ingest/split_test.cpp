// How a file's bytes become records: NDJSON, arrays, concatenated and pretty-printed objects, text, and
// what a broken one costs.
#include "samples.h"
#include "support.h"

namespace hecate::ingest::test {
namespace {

TEST(Split, NdjsonIsOneRecordALine) {
  const Outcome got = read("{\"a\":1}\n\n  {\"a\":2}  \r\n\t\n{\"a\":3}");
  EXPECT_EQ(got.raws(), (Strings{"{\"a\":1}", "{\"a\":2}", "{\"a\":3}"}));
  EXPECT_EQ(got.numbers(), (Numbers{1, 2, 3}));
  EXPECT_EQ(got.records[1].offset, 11U);
  EXPECT_EQ(got.stats.records, 3U);
  EXPECT_EQ(got.stats.parsed, 3U);
  EXPECT_EQ(got.stats.bytes, 31U);
  EXPECT_TRUE(got.sink.all().empty());
}

TEST(Split, ABrokenLineCostsThatLineOnly) {
  // Cut off at every place where a writer may have died.
  const std::string whole = R"({"a":{"b":[1,"x{"],"c":null},"d":"y"})";
  for (size_t cut = 1; cut < whole.size(); ++cut) {
    const std::string text = "{\"n\":1}\n" + whole.substr(0, cut) + "\n{\"n\":3}\n{\"n\":4}\n";
    const Outcome got = read(text);
    EXPECT_EQ(got.raws(), (Strings{"{\"n\":1}", "{\"n\":3}", "{\"n\":4}"})) << text;
    EXPECT_EQ(got.numbers(), (Numbers{1, 3, 4})) << text;
    EXPECT_EQ(got.stats.malformed, 1U) << text;
    EXPECT_EQ(got.codes(), (Strings{"ING006"})) << text;
  }
}

TEST(Split, ABrokenLastLineCostsThatLineOnly) {
  for (const std::string_view broken :
       {"{", "{\"a\":", "{\"a\":{", "{\"a\":[1,", "{\"a\":\"x", "{\"a\":1}x", "{\"a\":tru}"}) {
    const Outcome got = read("{\"n\":1}\n" + std::string(broken));
    EXPECT_EQ(got.raws(), (Strings{"{\"n\":1}"})) << broken;
    EXPECT_EQ(got.stats.malformed, 1U) << broken;
  }
}

TEST(Split, DiagnosticsNameTheFirstAndCountTheRest) {
  const Outcome got = read("{\"n\":1}\n{x}\n{x}\n{x}\n{x}\n{x}\n");
  ASSERT_EQ(got.sink.all().size(), 1U);
  EXPECT_EQ(got.sink.all()[0].message, "test: records 2, 3, 4 and 2 more: not valid JSON; skipped");
  EXPECT_EQ(got.stats.malformed, 5U);
  EXPECT_EQ(got.stats.records, 6U);
}

TEST(Split, AnArrayIsReadElementByElement) {
  const Strings want{"{\"a\":1}", "{\"a\":[{}]}", "{}"};
  EXPECT_EQ(read(R"([{"a":1},{"a":[{}]},{}])").raws(), want);
  EXPECT_EQ(read("[\n  {\"a\":1},\n  {\"a\":[{}]}\n  ,{}\n]\n").raws(), want);
  EXPECT_EQ(read(" [ {\"a\":1} , {\"a\":[{}]} , {} ] \n").stats.malformed, 0U);
  EXPECT_TRUE(read("[]").records.empty());
  EXPECT_EQ(read("[]").stats.records, 0U);
  EXPECT_EQ(read("[{\"a\":1}]\n[{\"a\":[{}]},\n{}]\n").raws(), want);
}

TEST(Split, ABrokenElementCostsOnlyItself) {
  const Outcome scalar = read("[{\"a\":1},{\"a\":tru},{\"a\":3}]");
  EXPECT_EQ(scalar.numbers(), (Numbers{1, 3}));
  EXPECT_EQ(scalar.stats.malformed, 1U);
  const Outcome lines = read(
      "[\n  {\n    \"a\":1\n  },\n  {\n    \"a\" \"b\",\n    \"c\":[\n      {}\n    ]\n  },\n  {\n    \"a\":3\n  }\n]");
  EXPECT_EQ(lines.numbers(), (Numbers{1, 3}));
  EXPECT_EQ(lines.stats.malformed, 1U);
}

TEST(Split, AnArrayThatIsNotClosedIsReported) {
  const Outcome open = read("[{\"a\":1},\n{\"a\":2}\n");
  EXPECT_EQ(open.numbers(), (Numbers{1, 2}));
  EXPECT_EQ(open.stats.malformed, 1U);
  const Outcome inside = read("[{\"a\":1},\n{\"a\":2");
  EXPECT_EQ(inside.numbers(), (Numbers{1}));
  EXPECT_EQ(inside.stats.malformed, 1U);
}

TEST(Split, ObjectsMaySpanLines) {
  const std::string pretty(kTetragonPretty);
  const Outcome got = read(pretty + "\n" + pretty + "\n\n" + pretty);
  EXPECT_EQ(got.raws(), (Strings{pretty, pretty, pretty}));
  EXPECT_EQ(got.records[0].at("process_exec.process.cap.permitted{}"), "CAP_CHOWN");
  EXPECT_EQ(got.stats.malformed, 0U);
}

TEST(Split, ObjectsMayTouch) {
  EXPECT_EQ(read(R"({"a":1}{"a":2} {"a":"}{"})").raws(), (Strings{R"({"a":1})", R"({"a":2})", R"({"a":"}{"})"}));
  EXPECT_EQ(read("{\n \"a\":1\n}{\n \"a\":2\n}{\"a\":3}\n{\"a\":4}").raws(),
            (Strings{"{\n \"a\":1\n}", "{\n \"a\":2\n}", "{\"a\":3}", "{\"a\":4}"}));
  EXPECT_EQ(read("{\"a\":1}{\n\"a\":2\n}\n").raws(), (Strings{"{\"a\":1}", "{\n\"a\":2\n}"}));
}

TEST(Split, ABrokenObjectOverLinesLosesItsInsideWithIt) {
  const std::string pretty(kTetragonPretty);
  // Cut after each of its lines; the next object must survive, and no piece may pass for text.
  for (size_t cut = pretty.find('\n'); cut != std::string::npos; cut = pretty.find('\n', cut + 1)) {
    const std::string text = pretty.substr(0, cut) + "\n" + pretty + "\n{\"n\":1}\n";
    const Outcome got = read(text);
    EXPECT_EQ(got.raws(), (Strings{pretty, "{\"n\":1}"})) << cut;
    EXPECT_EQ(got.stats.malformed, 1U) << cut;
    EXPECT_EQ(got.numbers(), (Numbers{2, 3})) << cut;
  }
  const Outcome last = read(pretty + "\n" + pretty.substr(0, 200));
  EXPECT_EQ(last.raws(), (Strings{pretty}));
  EXPECT_EQ(last.stats.malformed, 1U);
}

TEST(Split, TextAndJsonMayBeMixed) {
  const Outcome got = read("starting up\n{\"a\":1}\n[INFO] {\"no\":1}\n[{main}] x\n  indented\nlast");
  EXPECT_EQ(got.raws(), (Strings{"starting up", "{\"a\":1}", "[INFO] {\"no\":1}", "[{main}] x", "  indented", "last"}));
  EXPECT_EQ(got.records[0].shape, Shape::Text);
  EXPECT_EQ(got.records[1].shape, Shape::Json);
  EXPECT_EQ(got.stats.malformed, 0U);
}

TEST(Split, BinaryLinesAreNotText) {
  std::string text = "good\nbad\xFF\nnul";
  text += '\0';
  text += "x\n{\"a\":\"\xFE\"}\nalso good \xC3\xA9\n";
  const Outcome got = read(text);
  EXPECT_EQ(got.numbers(), (Numbers{1, 5}));
  EXPECT_EQ(got.stats.malformed, 3U);
  EXPECT_EQ(got.codes(), (Strings{"ING008"}));
  EXPECT_EQ(got.sink.all()[0].message, "test: records 2, 3, 4: not UTF-8 text; skipped");
}

TEST(Split, ByteOrderMarks) {
  EXPECT_EQ(read("\xEF\xBB\xBF{\"a\":1}\n").raws(), (Strings{"{\"a\":1}"}));
  EXPECT_EQ(read("\xEF\xBB\xBF").stats.records, 0U);
}

TEST(Split, EmptyInputsAreFine) {
  for (const std::string_view text : {"", "\n", " \r\n\t\n"}) {
    const Outcome got = read(text);
    EXPECT_EQ(got.stats.records, 0U);
    EXPECT_TRUE(got.sink.all().empty());
  }
}

// However the bytes arrive, the records are the same.
TEST(Split, ChunksDoNotShow) {
  const std::string pretty(kTetragonPretty);
  const std::string xml(kSysmonXml);
  const Strings texts{
      std::string(kTetragonLine) + "\n" + std::string(kTetragonExit) + "\r\n{\"a\":\n{\"broken\n{\"a\":1}{\"a\":2}\n",
      pretty + pretty + "\n" + pretty.substr(0, 300) + "\n" + pretty,
      "[" + pretty + ",\n" + std::string(kTetragonExit) + ", 5 ]\n[{\"a\":1}]",
      "<?xml version=\"1.0\"?>\n<Events xmlns=\"urn:x\">" + xml + "\n  " + xml + xml + "</Events>\n<!-- x -->" + xml,
      "<Event><broken>\n" + xml + "\n<Event>\n  <System>\n  </System>\n</Event>\n",
      "Nov 22 10:00:00 host sysmon[1]: " + xml + "\n<34>1 2022-08-09T10:42:47Z h a p m [x y=\"]\"] " +
          pretty.substr(0, 1) + "\ntext \xC3\xA9\n\xFF\n",
      R"({"time":1,"event":{"a":1}}{"time":"2.5","event":"x","fields":{"f":1}})"
      "\n",
      "\xEF\xBB\xBFtext\n",
      "\xEF\xBB\xBF" + std::string("ElfChnk\0M\ntext\n", 15)};
  for (const std::string& text : texts) {
    const Outcome want = read(text);
    EXPECT_GT(want.records.size(), 0U);
    for (size_t chunk = 1; chunk <= 64; ++chunk) {
      const Outcome got = read(text, {.chunk = chunk});
      EXPECT_EQ(got.records, want.records) << chunk << ": " << text;
      EXPECT_EQ(got.stats.malformed, want.stats.malformed) << chunk << ": " << text;
      EXPECT_EQ(got.stats.records, want.stats.records);
    }
  }
}

}  // namespace
}  // namespace hecate::ingest::test
