#include "base/diagnostic.h"

#include <gtest/gtest.h>

namespace hecate {
namespace {

constexpr DiagnosticCode kBad{"TST001", Severity::Error, "Something is wrong."};
constexpr DiagnosticCode kOdd{"TST002", Severity::Warning, "Something is odd."};
constexpr DiagnosticCode kFyi{"TST003", Severity::Note, "Something is so."};

class RenderTest : public ::testing::Test {
 protected:
  std::string rendered(std::string text, uint32_t begin, uint32_t end, std::string label = {}) {
    const FileId file = sources.add("f.yml", std::move(text));
    return render({&kBad, "it is wrong", {{file, begin, end}, std::move(label)}, {}, {}}, sources);
  }
  SourceMap sources;
};

TEST_F(RenderTest, CaretsStandBelowTheMarkedText) {
  EXPECT_EQ(rendered("one\nindex=xx y\n", 10, 12, "here"),
            "error[TST001]: it is wrong\n"
            " --> f.yml:2:7\n"
            "  |\n"
            "2 | index=xx y\n"
            "  |       ^^ here\n");
}

TEST_F(RenderTest, AnEmptySpanGetsOneCaret) {
  EXPECT_EQ(rendered("abc", 3, 3), "error[TST001]: it is wrong\n --> f.yml:1:4\n  |\n1 | abc\n  |    ^\n");
  EXPECT_EQ(rendered("", 0, 0), "error[TST001]: it is wrong\n --> f.yml:1:1\n  |\n1 | \n  | ^\n");
}

TEST_F(RenderTest, ASpanOverSeveralLinesIsMarkedToTheEndOfTheFirst) {
  EXPECT_EQ(rendered("ab\ncd\nef", 1, 7), "error[TST001]: it is wrong\n --> f.yml:1:2\n  |\n1 | ab\n  |  ^\n");
}

TEST_F(RenderTest, CodePointsNotBytesAreCounted) {
  EXPECT_EQ(rendered("\xC3\xA4\xC3\xB6 x\xC3\xBC", 5, 8),
            "error[TST001]: it is wrong\n --> f.yml:1:4\n  |\n1 | \xC3\xA4\xC3\xB6 x\xC3\xBC\n  |    ^^\n");
}

TEST_F(RenderTest, ATabIsOneColumn) {
  EXPECT_EQ(rendered("\tx", 1, 2), "error[TST001]: it is wrong\n --> f.yml:1:2\n  |\n1 |  x\n  |  ^\n");
}

TEST_F(RenderTest, OfALongLineOnlyTheNeighbourhoodIsShown) {
  const std::string out = rendered(std::string(100'000, 'a') + "XY" + std::string(100'000, 'b'), 100'000, 100'002);
  EXPECT_LT(out.size(), 500U);
  const size_t caret = out.find('^');
  const size_t caret_column = caret - out.rfind('\n', caret);
  const size_t mark = out.find("XY");
  EXPECT_EQ(mark - out.rfind('\n', mark), caret_column);
  EXPECT_NE(out.find("^^\n"), std::string::npos);
}

TEST_F(RenderTest, ALongLineIsNotCutWithinACharacter) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "\xE2\x82\xAC";  // the euro sign, three bytes
  for (const uint32_t at : {0U, 3U, 300U, 1500U, 2997U}) {
    const std::string out = rendered(text, at, at + 3);
    size_t bytes = 0;
    for (const char c : out) bytes += static_cast<unsigned char>(c) >= 0x80 ? 1 : 0;
    EXPECT_EQ(bytes % 3, 0U) << at;
    EXPECT_NE(out.find("^\n"), std::string::npos) << at;
  }
}

TEST_F(RenderTest, ControlCharactersNeverReachTheTerminal) {
  const FileId file = sources.add("f", "a\x1b[31mb\xC2\x9B\x7F\xFF");
  const std::string out =
      render({&kBad, "no key `\x1b[2J`", {{file, 0, 1}, "la\x1b]bel"}, {}, "did you mean `\x07`?"}, sources);
  EXPECT_EQ(out.find('\x1b'), std::string::npos);
  EXPECT_EQ(out.find('\x07'), std::string::npos);
  EXPECT_EQ(out.find('\x7F'), std::string::npos);
  EXPECT_EQ(out.find("\xC2\x9B"), std::string::npos) << "CSI as one C1 character";
  EXPECT_EQ(out.find("\xFF"), std::string::npos);
}

TEST_F(RenderTest, SecondaryLabelsAndHintFollow) {
  const FileId a = sources.add("a.yml", "id: 1\n");
  const FileId b = sources.add("b.yml", "x\nid: 1\n");
  const Diagnostic diagnostic{
      &kOdd, "twice", {{b, 2, 7}, {}}, {{{a, 0, 5}, "the first"}, {{}, "no place"}}, "rename it"};
  EXPECT_EQ(render(diagnostic, sources),
            "warning[TST002]: twice\n"
            " --> b.yml:2:1\n"
            "  |\n"
            "2 | id: 1\n"
            "  | ^^^^^\n"
            " ::: a.yml:1:1\n"
            "  |\n"
            "1 | id: 1\n"
            "  | ----- the first\n"
            " = hint: rename it\n");
}

TEST_F(RenderTest, WithoutAPlaceThereIsNoSnippet) {
  EXPECT_EQ(render({&kFyi, "so it is", {}, {}, {}}, sources), "note[TST003]: so it is\n");
}

TEST_F(RenderTest, ColoursAreOnlyAddedWhenAskedFor) {
  const FileId file = sources.add("f", "abc");
  const Diagnostic diagnostic{&kBad, "m", {{file, 0, 1}, {}}, {}, {}};
  EXPECT_EQ(render(diagnostic, sources).find('\x1b'), std::string::npos);
  EXPECT_NE(render(diagnostic, sources, {true}).find("\x1b[1;31merror[TST001]\x1b[0m"), std::string::npos);
}

TEST_F(RenderTest, JsonHasEveryKeyOnOneLine) {
  const FileId file = sources.add("f.yml", "ab\n\"c\"\n");
  const Diagnostic full{&kBad, "a \"quoted\"\nmessage", {{file, 3, 6}, "this"}, {{{file, 0, 2}, "first"}}, "mend it"};
  EXPECT_EQ(
      render_json(full, sources),
      R"({"severity":"error","code":"TST001","message":"a \"quoted\"\nmessage","file":"f.yml","line":2,"column":1,)"
      R"("end_line":2,"end_column":4,"label":"this","related":[{"file":"f.yml","line":1,"column":1,"end_line":1,)"
      R"("end_column":3,"label":"first"}],"hint":"mend it"})");
  EXPECT_EQ(
      render_json({&kOdd, "m", {}, {}, {}}, sources),
      R"({"severity":"warning","code":"TST002","message":"m","file":null,"line":null,"column":null,"end_line":null,)"
      R"("end_column":null,"label":"","related":[],"hint":null})");
}

TEST(DiagnosticSink, CountsAllButKeepsOnlyTheFirst) {
  DiagnosticSink sink(3);
  for (int i = 0; i < 10; ++i) sink.report(i % 2 == 0 ? kBad : kOdd, {}, "message " + std::to_string(i));
  sink.report(kFyi, {}, "note");
  EXPECT_EQ(sink.errors(), 5U);
  EXPECT_EQ(sink.warnings(), 5U);
  EXPECT_EQ(sink.all().size(), 3U);
  EXPECT_EQ(sink.dropped(), 8U);
  EXPECT_EQ(sink.all().back().message, "message 2");
  sink.clear();
  EXPECT_EQ(sink.errors() + sink.warnings() + sink.dropped() + sink.all().size(), 0U);
}

TEST(Nearest, FindsTheTypo) {
  const std::string_view names[] = {"selection", "condition", "timeframe", "detection", "id"};
  EXPECT_EQ(nearest("selectoin", names), "selection") << "two letters swapped are one mistake";
  EXPECT_EQ(nearest("SELECTION", names), "selection");
  EXPECT_EQ(nearest("conditon", names), "condition");
  EXPECT_EQ(nearest("i", names), "id");
  EXPECT_EQ(nearest("", names), "");
  EXPECT_EQ(nearest("unrelated_word", names), "");
  EXPECT_EQ(nearest("selxxxxxx", names), "") << "more than a third is wrong";
  EXPECT_EQ(nearest("x", {}), "");
  EXPECT_EQ(nearest(std::string(1'000'000, 'a'), names), "") << "no quadratic work over hostile names";
}

TEST(Nearest, OfEquallyNearNamesTheFirstWins) {
  const std::string_view names[] = {"cat", "bat"};
  EXPECT_EQ(nearest("rat", names), "cat");
}

}  // namespace
}  // namespace hecate
