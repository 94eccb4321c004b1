// What hostile or broken files may do: be refused, at their place.
#include "support.h"

namespace hecate::yaml {
namespace {

using test::Parsed;

TEST(BrokenYaml, KeepsTheDocumentsBeforeIt) {
  const Parsed parsed("a: 1\n---\nb: 2\n---\nc: [1, 2\nd: }\n---\ne: 5\n");
  ASSERT_EQ(parsed.documents.roots.size(), 2U);
  EXPECT_EQ(parsed.documents.roots[1]->text_of("b"), "2");
  EXPECT_FALSE(parsed.documents.complete);
  ASSERT_EQ(parsed.sink.errors(), 1U);
  EXPECT_EQ(parsed.sink.all()[0].code->id, "YML001");
  EXPECT_GE(parsed.sources.position(parsed.file, parsed.sink.all()[0].primary.span.begin).line, 5U);
}

TEST(BrokenYaml, IsReportedOnceEach) {
  for (const std::string_view text :
       {"a: b: c\n", "'open", "\"open", "[a, b", "{a: 1", "a: 1\n b: 2\n", "*unknown", "%BAD\n---\na", "- a\nb: 1\n",
        "k: \"\\q\"", "a: |\n  x\n y\n", "!<", "&", "? ", ",", "a: \"\\U00110000\"", "]", "- - - ]"}) {
    const Parsed parsed{std::string(text)};
    EXPECT_LE(parsed.sink.errors(), 1U) << text;
    EXPECT_EQ(parsed.documents.complete, parsed.sink.errors() == 0) << text;
  }
}

TEST(BrokenYaml, TabsGetAHint) {
  const Parsed parsed("a:\n\tb: 1\n");
  ASSERT_EQ(parsed.sink.errors(), 1U);
  EXPECT_NE(parsed.sink.all()[0].hint.find("tabs"), std::string::npos) << parsed.sink.all()[0].hint;
}

TEST(Bounds, DeepNestingIsRefused) {
  for (const char open : {'[', '{'}) {
    const Parsed parsed(std::string(100'000, open));
    EXPECT_EQ(parsed.sink.errors(), 1U);
    EXPECT_FALSE(parsed.documents.complete);
  }
  std::string blocks;
  for (size_t i = 0; i < 1000; ++i) blocks += std::string(i, ' ') + "a:\n";
  EXPECT_EQ(Parsed(blocks).sink.errors(), 1U);
  EXPECT_EQ(Parsed("k: " + std::string(150, '[') + std::string(150, ']')).sink.errors(), 0U);
}

TEST(Bounds, AnAliasBombIsRefused) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 30; ++i) {
    bomb += fmt::format("a{0}: &a{0} [", i);
    for (int k = 0; k < 10; ++k) bomb += fmt::format("{}*a{}", k == 0 ? "" : ", ", i - 1);
    bomb += "]\n";
  }
  const Parsed parsed(bomb);
  EXPECT_EQ(parsed.sink.errors(), 1U) << "nodes are shared, but whoever walks them would never come to an end";
  EXPECT_EQ(parsed.sink.all()[0].code->id, "YML003");
}

TEST(Bounds, HonestAliasesAreNoBomb) {
  std::string text = "list: &l [a, b, c]\nuses:\n";
  for (int i = 0; i < 10'000; ++i) text += "  - *l\n";
  const Parsed parsed(text);
  EXPECT_EQ(parsed.codes(), "");
  EXPECT_EQ(parsed.at("uses").items.size(), 10'000U);
}

TEST(Bounds, AnAliasInsideItsOwnAnchorIsRefused) {
  const Parsed parsed("a: &x [1, *x]\n");
  EXPECT_EQ(parsed.sink.errors(), 1U) << "a cycle would never end";
  EXPECT_FALSE(parsed.documents.complete);
}

TEST(Bounds, StrayBytesNeverHang) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  const Parsed parsed(all);
  EXPECT_LE(parsed.sink.errors(), 1U);
  for (int c = 0; c < 256; ++c) {
    const std::string byte(1, static_cast<char>(c));
    EXPECT_LE(Parsed(byte).sink.errors(), 1U) << c;
    EXPECT_LE(Parsed("a: " + byte + "\nb: 1\n").sink.errors(), 1U) << c;
    EXPECT_LE(Parsed("a: |\n  " + byte + "\n").sink.errors(), 1U) << c;
  }
}

}  // namespace
}  // namespace hecate::yaml
