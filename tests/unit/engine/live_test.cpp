// Events as they arrive, against a hunt over the same events.
#include "engine/live.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/hunt.h"
#include "output/output.h"

namespace hecate::engine {
namespace {

constexpr std::string_view kRule = R"(title: Cron
id: 5f0a7c1e-2b7e-4a63-9a3b-3a1f2f9c0001
status: test
logsource: {product: linux, category: file_event}
detection:
  selection: {TargetFilename|startswith: /etc/cron}
  condition: selection
level: medium
)";

class LiveTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto loaded = Catalog::load(std::string(HECATE_SOURCE_DIR) + "/catalogs", sources, sink);
    ASSERT_TRUE(loaded.ok());
    catalog = std::move(*loaded);
    content::load_text("rule.yml", std::string(kRule), content, sources, sink);
    content::load_text("count.spl", "index=main | stats count by host", content, sources, sink);
    rules = std::make_unique<Ruleset>(std::move(content), catalog, CompileOptions{}, sink);
  }

  static std::string event(int n, bool with_time) {
    return fmt::format(
        "{{{}\"host\":\"h\",\"index\":\"main\",\"event\":\"<Event><System><Provider Name=\\\"Linux-Sysmon\\\"/>"
        "<EventID>11</EventID><Channel>Linux-Sysmon/Operational</Channel><Computer>c</Computer></System><EventData>"
        "<Data Name=\\\"Image\\\">/bin/sh</Data><Data "
        "Name=\\\"TargetFilename\\\">/{}/{}</Data></EventData></Event>\"}}\n",
        with_time ? fmt::format("\"time\":{},", 1000 + n) : "", n % 2 == 0 ? "etc/cron.d" : "tmp", n);
  }

  [[nodiscard]] std::vector<const CompiledDetection*> detections() const {
    std::vector<const CompiledDetection*> all;
    for (const auto& compiled : rules->detections()) all.push_back(compiled.get());
    return all;
  }

  SourceMap sources;
  DiagnosticSink sink;
  Catalog catalog;
  content::Content content;
  std::unique_ptr<Ruleset> rules;
};

TEST_F(LiveTest, HowEventsCameTogetherDoesNotMatter) {
  std::string all;
  for (int n = 1; n <= 10; ++n) all += event(n, true);
  HuntOptions options;
  options.text = &all;
  options.text_name = "hec";
  options.only = {rules->detections().front().get()};
  std::vector<std::string> hunted;
  (void)hunt(*rules, options, [&](Finding&& finding) { hunted.push_back(output::to_ndjson(finding)); }, sink);
  ASSERT_EQ(hunted.size(), 5);

  for (const uint32_t size : {1U, 3U, 10U}) {
    Live live(*rules, {detections(), "UTC", nullptr, "hec"}, sink);
    EXPECT_EQ(live.running(), 1);
    EXPECT_EQ(live.searches(), 1);
    std::vector<std::string> found;
    for (uint32_t first = 1; first <= 10; first += size) {
      std::string text;
      const uint32_t last = std::min(10U, first + size - 1);
      for (uint32_t n = first; n <= last; ++n) text += event(static_cast<int>(n), true);
      const std::array pieces{Live::Piece{first, last - first + 1, 0}};
      live.run(text, pieces,
               [&](Finding&& finding, const Live::Piece&) { found.push_back(output::to_ndjson(finding)); });
    }
    EXPECT_EQ(found, hunted) << "by " << size;
    EXPECT_EQ(live.events(), 10);
  }
}

TEST_F(LiveTest, PiecesKnowTheirNumbersAndTimes) {
  Live live(*rules, {detections(), "UTC", nullptr, "hec"}, sink);
  const std::array pieces{Live::Piece{100, 1, 7 * kTicksPerSecond}, Live::Piece{0, 0, 0},
                          Live::Piece{500, 3, 9 * kTicksPerSecond}};
  std::string text;
  for (const int n : {2, 1, 4, 6}) text += event(n, false);
  std::vector<std::string> found;
  live.run(text, pieces, [&](Finding&& finding, const Live::Piece& piece) {
    found.push_back(
        fmt::format("{} {} of {}", finding.source->record, format_rfc3339(*finding.time), piece.first_event));
  });
  EXPECT_EQ(found, (std::vector<std::string>{"100 1970-01-01T00:00:07Z of 100", "501 1970-01-01T00:00:09Z of 500",
                                             "502 1970-01-01T00:00:09Z of 500"}));
}

}  // namespace
}  // namespace hecate::engine
