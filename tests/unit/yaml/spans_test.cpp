// Where the bytes of a scalar stand in the file, in every style of YAML 1.2, chapters 7 and 8.
#include "support.h"

namespace hecate::yaml {
namespace {

using test::Parsed;

struct StyleCase {
  std::string_view name;
  std::string_view yaml;
  std::string_view text;    // as YAML reads it
  std::string_view source;  // what the node's span covers
};

TEST(ScalarSpan, CoversTheValueInEveryStyle) {
  const StyleCase cases[] = {
      {"plain", "k: value here\n", "value here", "value here"},
      {"plain before a comment", "k: value  # comment\n", "value", "value"},
      {"plain over lines", "k: one\n  two\n\n  three\n", "one two\nthree", "one\n  two\n\n  three"},
      {"single quotes", "k: 'it''s'\n", "it's", "it''s"},
      {"single quotes over lines", "k: 'one\n  two'\n", "one two", "one\n  two"},
      {"double quotes", "k: \"a b\"\n", "a b", "a b"},
      {"escapes", R"(k: "a\tb\\c\"d\x41\u00e4\U0001F41F")", "a\tb\\c\"dA\xC3\xA4\xF0\x9F\x90\x9F",
       R"(a\tb\\c\"d\x41\u00e4\U0001F41F)"},
      {"an escaped line break", "k: \"one\\\n   two\"\n", "onetwo", "one\\\n   two"},
      {"literal", "k: |\n  one\n  two\n", "one\ntwo\n", "one\n  two\n"},
      {"literal, stripped", "k: |-\n  one\n  two\n\n", "one\ntwo", "one\n  two"},
      {"literal, kept", "k: |+\n  one\n\nz: 1\n", "one\n\n", "one\n\n"},
      {"literal with an indentation", "k: |2\n    one\n  two\n", "  one\ntwo\n", " one\n  two\n"},
      {"literal with both", "k: |-2\n    one\n  two\n", "  one\ntwo", " one\n  two"},
      {"literal with a comment", "k: |  # a comment | with a bar\n  one\n", "one\n", "one\n"},
      {"folded", "k: >\n  one\n  two\n\n  three\n", "one two\nthree\n", "one\n  two\n\n  three\n"},
      {"folded, stripped", "k: >-\n  one\n  two\n", "one two", "one\n  two"},
      {"in a flow", "k: [a, 'b c', \"d\"]\n", "", ""},
  };
  for (const StyleCase& c : cases) {
    if (c.text.empty()) continue;
    const Parsed parsed{std::string(c.yaml)};
    const Node& node = parsed.at("k");
    EXPECT_EQ(node.text(), c.text) << c.name;
    EXPECT_TRUE(parsed.source(node.span).ends_with(c.source)) << c.name << ": " << parsed.source(node.span);
    EXPECT_EQ(parsed.codes(), "") << c.name;
  }
}

TEST(ScalarSpan, ItemsOfAFlowHaveTheirOwn) {
  const Parsed parsed("k: [a, 'b c', \"d\"]\n");
  const Node& list = parsed.at("k");
  ASSERT_EQ(list.items.size(), 3U);
  EXPECT_EQ(parsed.source(list.items[0]->span), "a");
  EXPECT_EQ(parsed.source(list.items[1]->span), "b c");
  EXPECT_EQ(parsed.source(list.items[2]->span), "d");
}

TEST(ScalarSpan, KeysHaveSpansToo) {
  const Parsed parsed("one: 1\n'two  keys': 2\n");
  EXPECT_EQ(parsed.source(parsed.root().find_key("one")->span), "one");
  EXPECT_EQ(parsed.source(parsed.root().find_key("two  keys")->span), "two  keys");
}

TEST(ScalarSpan, AnEmptyQuotedTextIsAtItsQuotes) {
  const Parsed parsed("a: ''\nb: \"\"\n");
  EXPECT_EQ(parsed.at("a").text(), "");
  EXPECT_TRUE(parsed.at("a").is_scalar());
  EXPECT_EQ(parsed.at("a").span.begin, 3U);
  EXPECT_EQ(parsed.at("b").span.begin, 9U);
}

TEST(ScalarMap, AnOffsetInASearchIsALineAndColumnOfTheFile) {
  const Parsed parsed(
      "name: x\n"
      "search: |\n"
      "  index=main sourcetype=syslog\n"
      "    process=cron\n"
      "\n"
      "  | stats count by host\n"
      "id: 7\n");
  const Node& search = parsed.at("search");
  EXPECT_EQ(parsed.place(search, "index"), "3:3");
  EXPECT_EQ(parsed.place(search, "syslog"), "3:25");
  EXPECT_EQ(parsed.place(search, "process"), "4:5");
  EXPECT_EQ(parsed.place(search, "| stats"), "6:3");
  EXPECT_EQ(parsed.place(search, "host"), "6:20");
  EXPECT_EQ(parsed.place(parsed.at("id"), "7"), "7:5");
}

TEST(ScalarMap, PlainAndFoldedTextKeepTheirLines) {
  const Parsed parsed("a: one\n   two three\nb: >-\n  four\n  five six\n");
  EXPECT_EQ(parsed.place(parsed.at("a"), "two"), "2:4");
  EXPECT_EQ(parsed.place(parsed.at("a"), "three"), "2:8");
  EXPECT_EQ(parsed.place(parsed.at("b"), "five"), "5:3");
  EXPECT_EQ(parsed.place(parsed.at("b"), "six"), "5:8");
}

TEST(ScalarMap, EscapesMapToTheirSpelling) {
  const Parsed parsed(R"(k: "a\tb \x41\u00e4 'q' \"z\" \N_end")");
  const Node& node = parsed.at("k");
  EXPECT_EQ(parsed.spelt(node, "\t"), "\\t");
  EXPECT_EQ(parsed.spelt(node, "A"), "\\x41");
  EXPECT_EQ(parsed.spelt(node, "\xC3\xA4"), "\\u00e4");
  EXPECT_EQ(parsed.spelt(node, "'q'"), "'q'");
  EXPECT_EQ(parsed.spelt(node, "\"z\""), "\\\"z\\\"");
  EXPECT_EQ(parsed.spelt(node, "_end"), "_end");
}

TEST(ScalarMap, DoubledQuotesStayInStep) {
  const Parsed parsed("k: 'set ''x'' and ''y'' end'\n");
  EXPECT_EQ(parsed.place(parsed.at("k"), "x"), "1:11");
  EXPECT_EQ(parsed.place(parsed.at("k"), "y"), "1:21");
  EXPECT_EQ(parsed.place(parsed.at("k"), "end"), "1:25");
}

TEST(ScalarMap, CrlfFilesKeepLinesAndColumns) {
  const Parsed parsed("a: 1\r\nsearch: |\r\n  one\r\n  two x\r\nb: 'p\r\n  q'\r\n");
  EXPECT_EQ(parsed.at("search").text(), "one\ntwo x\n");
  EXPECT_EQ(parsed.place(parsed.at("search"), "two"), "4:3");
  EXPECT_EQ(parsed.place(parsed.at("search"), "x"), "4:7");
  EXPECT_EQ(parsed.at("b").text(), "p q");
  EXPECT_EQ(parsed.place(parsed.at("b"), "q"), "6:3");
}

TEST(ScalarMap, AByteOrderMarkIsNoPartOfTheText) {
  const Parsed parsed("\xEF\xBB\xBFkey: value\nother: |\n  block\n");
  EXPECT_EQ(parsed.at("key").text(), "value");
  EXPECT_EQ(parsed.source(parsed.at("key").span), "value");
  EXPECT_EQ(parsed.source(parsed.root().find_key("key")->span), "key");
  EXPECT_EQ(parsed.place(parsed.at("other"), "block"), "3:3");
}

TEST(ScalarMap, MultiByteCharactersBeforeAScalarDoNotMoveIt) {
  const Parsed parsed("\xC3\xA4: \xC3\xB6\n# \xE2\x82\xAC\nkey: \xF0\x9F\x90\x9F fish\n");
  EXPECT_EQ(parsed.source(parsed.at("\xC3\xA4").span), "\xC3\xB6");
  EXPECT_EQ(parsed.source(parsed.at("key").span), "\xF0\x9F\x90\x9F fish");
  EXPECT_EQ(parsed.place(parsed.at("key"), "fish"), "3:8");
}

TEST(ScalarMap, AnAnchorOrTagBeforeAScalarIsNoPartOfIt) {
  const Parsed parsed(
      "a: &name value\n"
      "b: !!str 'quoted'\n"
      "c: &block |\n"
      "  one\n"
      "  two\n"
      "d: !<tag:x> &y \"esc\\taped\"\n"
      "e: &z  # a comment\n"
      "  below\n");
  EXPECT_EQ(parsed.source(parsed.at("a").span), "value");
  EXPECT_EQ(parsed.source(parsed.at("b").span), "quoted");
  EXPECT_EQ(parsed.place(parsed.at("c"), "two"), "5:3");
  EXPECT_EQ(parsed.spelt(parsed.at("d"), "\t"), "\\t");
  EXPECT_EQ(parsed.source(parsed.at("e").span), "below");
}

TEST(ScalarMap, InnerIndentationOfABlockIsVerbatim) {
  const Parsed parsed("k: |\n  a\n      b\n    c\n");
  const Node& node = parsed.at("k");
  EXPECT_EQ(node.text(), "a\n    b\n  c\n");
  EXPECT_EQ(parsed.place(node, "b"), "3:7");
  EXPECT_EQ(parsed.place(node, "c"), "4:5");
}

TEST(NodeSpan, OfAMappingCoversItsEntries) {
  const Parsed parsed("outer:\n  a: 1\n  b: [x, y]\nnext: 2\n");
  EXPECT_EQ(parsed.sources.position(parsed.file, parsed.at("outer").span.begin).line, 2U);
  EXPECT_TRUE(parsed.source(parsed.at("outer").span).ends_with("y"));
}

}  // namespace
}  // namespace hecate::yaml
