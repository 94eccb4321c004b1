#include "ingest/xml_tree.h"
#include "samples.h"
#include "support.h"

namespace hecate::ingest::test {
namespace {

TEST(Xml, PathsAreThoseOfTheJsonRendering) {
  const Outcome got = read(kSysmonXml);
  ASSERT_EQ(got.records.size(), 1U);
  const Kept& event = got.records[0];
  EXPECT_EQ(event.shape, Shape::Xml);
  EXPECT_EQ(event.raw, kSysmonXml);
  const std::vector<std::pair<std::string, std::string>> want{
      {"Event.System.Provider.Name", "Linux-Sysmon"},
      {"Event.System.Provider.Guid", "{ff032593-a8d3-4f13-b0d6-01fc615a0f97}"},
      {"Event.System.EventID", "11"},
      {"Event.System.Version", "2"},
      {"Event.System.TimeCreated.SystemTime", "2022-08-09T10:42:47.757325000Z"},
      {"Event.System.Correlation", ""},
      {"Event.System.Execution.ProcessID", "1234"},
      {"Event.System.Execution.ThreadID", "1234"},
      {"Event.System.Computer", "ubuntu"},
      {"Event.System.Security.UserId", "0"},
      {"Event.EventData.RuleName", "-"},
      {"Event.EventData.Image", "/usr/bin/crontab"},
      {"Event.EventData.TargetFilename", "/var/spool/cron/crontabs/tmp.a<b"},
      {"Event.EventData.Data", "loose"}};
  EXPECT_EQ(event.scalars, want);
}

std::string values(std::string_view xml, std::string_view path) {
  XmlTree tree;
  EXPECT_TRUE(tree.parse(xml));
  PathSet paths;
  const size_t slot = paths.add(path);
  FieldValues found;
  found.reset(paths.slots());
  tree.read(paths, found);
  std::vector<RawValue> all;
  found.all(slot, all);
  std::string text;
  for (const RawValue& value : all) text += std::string(text.empty() ? "" : "|") + std::string(value.text);
  return text;
}

TEST(Xml, ReadsTheWantedPaths) {
  EXPECT_EQ(values(kSysmonXml, "Event.EventData.TargetFilename"), "/var/spool/cron/crontabs/tmp.a<b");
  EXPECT_EQ(values(kSysmonXml, "Event.System.TimeCreated.SystemTime"), "2022-08-09T10:42:47.757325000Z");
  EXPECT_EQ(values(kSysmonXml, "Event.EventData.targetfilename"), "");
  EXPECT_EQ(values("<Event><EventData><Data>a</Data><Data>b</Data></EventData></Event>", "Event.EventData.Data"),
            "a|b");
  EXPECT_EQ(values("<Event><EventData><Data Name='a.b'>1</Data></EventData></Event>", "Event.EventData.a.b"), "1");
  EXPECT_EQ(values("<e:Event xmlns:e='u'><e:System e:x='1'>2</e:System></e:Event>", "Event.System.x"), "1");
  EXPECT_EQ(values("<Event><a>x<!-- c -->y<![CDATA[<z>]]></a></Event>", "Event.a"), "xy<z>");
  EXPECT_EQ(values("<Event><a>&#65;&amp;&unknown;</a></Event>", "Event.a"), "A&&unknown;");
}

TEST(Xml, WritesJson) {
  XmlTree tree;
  ASSERT_TRUE(tree.parse("<Event xmlns='u'><S a='1'>t</S><D><Data>x</Data><Data>y</Data><Data Name='N'/></D></Event>"));
  std::string out;
  EXPECT_TRUE(tree.write_at("Event", out));
  EXPECT_EQ(out, R"({"S":{"a":"1","#text":"t"},"D":{"Data":["x","y"],"N":""}})");
  out.clear();
  EXPECT_TRUE(tree.write_at("Event.S.a", out));
  EXPECT_EQ(out, R"("1")");
  EXPECT_FALSE(tree.write_at("Event.X", out));
  EXPECT_FALSE(tree.write_at("Even", out));
}

// A DOCTYPE's entities must not be expanded ("billion laughs").
TEST(Xml, EntitiesOfADoctypeAreNotExpanded) {
  XmlTree tree;
  ASSERT_TRUE(tree.parse("<!DOCTYPE E [<!ENTITY a 'aaaa'>]><Event><x>&a;</x></Event>"));
  EXPECT_EQ(values("<!DOCTYPE E [<!ENTITY a 'aaaa'>]><Event><x>&a;</x></Event>", "Event.x"), "&a;");
}

TEST(Xml, BrokenTextIsRefused) {
  XmlTree tree;
  EXPECT_FALSE(tree.parse(""));
  EXPECT_FALSE(tree.parse("<Event>"));
  EXPECT_FALSE(tree.parse("<Event><a></b></Event>"));
  EXPECT_FALSE(tree.parse("<Event a=1></Event>"));
  EXPECT_FALSE(tree.parse("<Other></Other>"));
  EXPECT_FALSE(tree.parse(std::string_view("<Event>\0</Event>", 16)));
}

TEST(Xml, DepthIsBounded) {
  const auto nested = [](int depth) {
    std::string text = "<Event>";
    for (int i = 0; i < depth; ++i) text += "<a>";
    for (int i = 0; i < depth; ++i) text += "</a>";
    return text + "</Event>";
  };
  XmlTree tree;
  EXPECT_TRUE(tree.parse(nested(XmlTree::kDeepest - 1)));
  EXPECT_FALSE(tree.parse(nested(XmlTree::kDeepest)));
  EXPECT_FALSE(tree.parse(nested(100'000)));
  EXPECT_TRUE(tree.parse("<Event/>"));
}

TEST(Xml, EventsStandOnLinesOverLinesAndTogether) {
  const std::string one(kSysmonXml);
  const std::string over = "<Event xmlns='urn:x'>\n  <System>\n    <EventID>1</EventID>\n  </System>\n</Event>";
  EXPECT_EQ(read(one + "\n" + one + "\r\n").raws(), (Strings{one, one}));
  EXPECT_EQ(read(one + one + " " + one).raws(), (Strings{one, one, one}));
  EXPECT_EQ(read(over + "\n" + over).raws(), (Strings{over, over}));
  EXPECT_EQ(
      read("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Events xmlns='x'>\n" + over + "\n" + one + "\n</Events>\n")
          .raws(),
      (Strings{over, one}));
  EXPECT_EQ(read("<?xml version='1.0'?><Events><Event><a>1</a></Event><!-- c --></Events>").raws(),
            (Strings{"<Event><a>1</a></Event>"}));
  EXPECT_EQ(read("<Events></Events>").stats.records, 0U);
  EXPECT_EQ(read("<Events/>\n<Event/>").raws(), (Strings{"<Event/>"}));
}

TEST(Xml, UserDataMayHoldAnElementOfThatName) {
  const std::string event = "<Event><UserData><Event a=\"1\"><x>1</x></Event></UserData></Event>";
  EXPECT_EQ(read(event + "\n" + event).raws(), (Strings{event, event}));
  const std::string data = "<Event><a><![CDATA[</Event><Event>]]></a></Event>";
  EXPECT_EQ(read(data + "\n" + data).raws(), (Strings{data, data}));
}

TEST(Xml, ABrokenEventCostsOnlyItself) {
  const std::string one(kSysmonXml);
  for (size_t cut = 8; cut < one.size(); cut += 7) {
    const Outcome got = read(one + "\n" + one.substr(0, cut) + "\n" + one + "\n");
    EXPECT_EQ(got.raws(), (Strings{one, one})) << cut;
    EXPECT_EQ(got.numbers(), (Numbers{1, 3})) << cut;
    EXPECT_EQ(got.codes(), (Strings{"ING007"})) << cut;
  }
  const std::string over = "<Event>\n  <System>\n    <EventID>1</EventID>\n  </System>\n</Event>";
  const Outcome got = read("<Events>\n" + over.substr(0, 30) + "\n" + over + "\n</Events>\n");
  EXPECT_EQ(got.raws(), (Strings{over}));
  EXPECT_EQ(got.stats.malformed, 1U);
  const Outcome text = read("<Event><a>\nplain text\n");
  EXPECT_EQ(text.raws(), (Strings{"plain text"}));
  EXPECT_EQ(text.stats.malformed, 1U);
  EXPECT_EQ(read("<Event><a></b></Event>\n" + one).raws(), (Strings{one}));
}

TEST(Xml, OtherMarkupIsText) {
  const Outcome got = read("<EventLog>x</EventLog>\n<html>\n");
  EXPECT_EQ(got.raws(), (Strings{"<EventLog>x</EventLog>", "<html>"}));
  EXPECT_EQ(got.records[0].shape, Shape::Text);
}

}  // namespace
}  // namespace hecate::ingest::test
