// Collections of rules as pySigma merges them (SigmaCollection.from_dicts); the specification has none.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/source_map.h"
#include "content/content.h"

namespace hecate::content {
namespace {

struct Loaded {
  SourceMap sources;
  DiagnosticSink sink;
  Content content;

  explicit Loaded(std::string text) { load_text("rules.yml", std::move(text), content, sources, sink); }

  /// "id title level" of each rule, or the codes of what is wrong.
  [[nodiscard]] std::string text() const {
    std::string out;
    for (const Diagnostic& diagnostic : sink.all()) {
      const Span span = diagnostic.primary.span;
      out += fmt::format("{} `{}`; ", diagnostic.code->id,
                         sources.text(span.file).substr(span.begin, span.end - span.begin));
    }
    for (const Detection& detection : content.detections) {
      out += fmt::format("{} {} {}; ", detection.id, detection.title, to_string(detection.level));
    }
    return out;
  }
};

constexpr std::string_view kRule = "logsource: {product: windows}\ndetection: {s: {F: 1}, condition: s}\n";

TEST(Collection, GlobalPartsWinUntilReset) {
  const Loaded loaded(
      fmt::format("action: global\nlevel: high\n---\nid: a\ntitle: A\nlevel: low\n{0}---\nid: b\ntitle: B\n{0}---\n"
                  "action: reset\n---\nid: c\ntitle: C\n{0}",
                  kRule));
  EXPECT_EQ(loaded.text(), "a A high; b B high; c C medium; ");
}

TEST(Collection, RepeatIsTheRuleBeforeItWithChanges) {
  const Loaded loaded(fmt::format(
      "id: a\ntitle: A\nlevel: low\n{}---\naction: repeat\nid: b\nlevel: high\ndetection: {{s: {{G: 2}}}}\n", kRule));
  ASSERT_EQ(loaded.text(), "a A low; b A high; ");
  const yaml::Node& detection = *loaded.content.detections[1].document->find("detection");
  EXPECT_EQ(detection.find("s")->text_of("F"), "1");
  EXPECT_EQ(detection.find("s")->text_of("G"), "2");
  EXPECT_EQ(detection.text_of("condition"), "s");
  EXPECT_EQ(loaded.content.detections[1].document->find("action"), nullptr);
  const Span place = detection.find("s")->find("G")->span;
  EXPECT_EQ(loaded.sources.position(place.file, place.begin).line, 10U) << "where it is written";
  EXPECT_EQ(loaded.content.detections[0].document->find("detection")->find("s")->find("G"), nullptr);
}

TEST(Collection, SharedIdsAreNumbered) {
  const Loaded loaded(
      fmt::format("action: global\nid: x\ntitle: T\n---\n{0}---\n{0}---\naction: repeat\nlevel: low\n", kRule));
  EXPECT_EQ(loaded.text(), "x T medium; x:2 T medium; x:3 T low; ");
  const Loaded without(fmt::format("title: T\n{}---\naction: repeat\nlevel: low\n", kRule));
  EXPECT_EQ(without.text(), "T T medium; T:2 T low; ");
}

TEST(Collection, FiltersAndCorrelationsHaveNoGlobalParts) {
  const Loaded loaded(fmt::format(
      "action: global\nlevel: high\n---\nid: a\ntitle: A\n{}---\ntitle: C\nid: c\ncorrelation: {{type: x}}\n", kRule));
  EXPECT_EQ(loaded.text(), "a A high; c C medium; ");
}

TEST(Collection, ActionsThatDoNothing) {
  EXPECT_EQ(Loaded(fmt::format("action: repeat\ntitle: T\n{}", kRule)).text(), "CNT013 `repeat`; ");
  EXPECT_EQ(Loaded(fmt::format("action: global\ntitle: T\n{}", kRule)).text(), "CNT013 `global`; ");
  EXPECT_EQ(Loaded(fmt::format("action: gobal\ntitle: T\n{}", kRule)).text(), "CNT013 `gobal`; ");
}

TEST(Collection, RepetitionIsBounded) {
  std::string text = "id: x\ntitle: T\nlogsource: {product: windows}\ndetection:\n  condition: s\n";
  for (int i = 0; i < 2'000; ++i) text += fmt::format("  s{}: {{F: 1}}\n", i);
  for (int i = 0; i < 2'000; ++i) text += "---\naction: repeat\nlevel: low\ndetection: {s: {F: 1}}\n";
  const Loaded loaded(std::move(text));
  EXPECT_EQ(loaded.sink.errors(), 1U);
  EXPECT_LT(loaded.content.detections.size(), 1'000U);
}

}  // namespace
}  // namespace hecate::content
