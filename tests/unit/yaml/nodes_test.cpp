#include "support.h"

namespace hecate::yaml {
namespace {

using test::Parsed;

TEST(Nodes, EmptyFilesAreNoError) {
  for (const std::string_view text :
       {"", "\n\n", "# only a comment\n", "---\n", "--- # nothing\n...\n", "\xEF\xBB\xBF"}) {
    const Parsed parsed{std::string(text)};
    EXPECT_EQ(parsed.codes(), "") << text;
    EXPECT_TRUE(parsed.documents.complete) << text;
    for (const NodePtr& root : parsed.documents.roots) EXPECT_TRUE(root->is_null()) << text;
  }
}

// YAML 1.2.2, 10.3.2: the core schema's nulls; quoted they are texts.
TEST(Nodes, NullIsSpeltInFiveWays) {
  const Parsed parsed("a: ~\nb: null\nc: Null\nd: NULL\ne:\nf: 'null'\ng: nUll\nh: \"~\"\ni: !!str null\n");
  for (const std::string_view key : {"a", "b", "c", "d", "e"}) EXPECT_TRUE(parsed.at(key).is_null()) << key;
  for (const std::string_view key : {"f", "g", "h", "i"}) EXPECT_TRUE(parsed.at(key).is_scalar()) << key;
  EXPECT_EQ(parsed.at("h").text(), "~");
}

TEST(Nodes, OnlyPlainScalarsAreMoreThanText) {
  const Parsed parsed(
      "a: 4625\nb: '4625'\nc: |\n  4625\nd: True\ne: \"true\"\nf: -3\ng: 1.5\nh: 0x10\ni: 99999999999999999999\nj: "
      "yes\n");
  EXPECT_EQ(parsed.at("a").as_integer(), 4625);
  EXPECT_EQ(parsed.at("b").as_integer(), std::nullopt);
  EXPECT_EQ(parsed.at("c").as_integer(), std::nullopt);
  EXPECT_EQ(parsed.at("d").as_bool(), true);
  EXPECT_EQ(parsed.at("e").as_bool(), std::nullopt);
  EXPECT_EQ(parsed.at("f").as_integer(), -3);
  EXPECT_EQ(parsed.at("g").as_integer(), std::nullopt);
  EXPECT_EQ(parsed.at("g").as_number(), 1.5);
  EXPECT_EQ(parsed.at("h").as_integer(), std::nullopt) << "only decimal";
  EXPECT_EQ(parsed.at("i").as_integer(), std::nullopt) << "too large";
  EXPECT_EQ(parsed.at("j").as_bool(), std::nullopt) << "YAML 1.2 has no yes";
}

TEST(Nodes, LookUpByKey) {
  const Parsed parsed("a: 1\nb: [x, {c: d}, z]\n? [k]\n: v\n");
  EXPECT_EQ(parsed.root().find("nothing"), nullptr);
  EXPECT_EQ(parsed.root().text_of("a"), "1");
  EXPECT_EQ(parsed.root().text_of("b"), "");
  EXPECT_EQ(parsed.at("b").texts(), (std::vector<std::string_view>{"x", "z"}));
  EXPECT_EQ(parsed.at("a").texts(), (std::vector<std::string_view>{"1"}));
  EXPECT_TRUE(parsed.root().texts().empty());
}

TEST(Nodes, AnAliasIsTheSameNodeAgain) {
  const Parsed parsed("a: &x\n  k: v\nb: *x\nc: &s text\nd: *s\n");
  EXPECT_EQ(&parsed.at("a"), &parsed.at("b"));
  EXPECT_EQ(parsed.at("d").text(), "text");
}

TEST(Nodes, AnchorsEndWithTheirDocument) {
  const Parsed parsed("a: &x 1\n---\nb: *x\n");
  EXPECT_FALSE(parsed.documents.complete);
  EXPECT_EQ(parsed.documents.roots.size(), 1U);
}

TEST(Nodes, ADuplicateKeyIsReportedAndTheFirstStays) {
  const Parsed parsed("a: 1\nb: 2\na: 3\nn: {x: 1, x: 2}\n");
  EXPECT_EQ(parsed.codes(), "YML002 3:1; YML002 4:11");
  EXPECT_EQ(parsed.at("a").text(), "1");
  ASSERT_EQ(parsed.sink.all()[0].secondary.size(), 1U);
  EXPECT_EQ(parsed.sources.position(parsed.file, parsed.sink.all()[0].secondary[0].span.begin).line, 1U);
  EXPECT_TRUE(parsed.documents.complete);
}

TEST(Nodes, SeveralDocuments) {
  const Parsed parsed("a: 1\n---\nb: 2\n---\n- c\n...\n");
  ASSERT_EQ(parsed.documents.roots.size(), 3U);
  EXPECT_EQ(parsed.documents.roots[1]->text_of("b"), "2");
  EXPECT_TRUE(parsed.documents.roots[2]->is_sequence());
}

}  // namespace
}  // namespace hecate::yaml
