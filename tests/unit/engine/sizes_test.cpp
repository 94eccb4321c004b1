// Sizes that nobody has in mind: one field of 20 MB, one rule with 100,000 values, a search without end. Each test has
// the time of CTest's limit, in which nothing that grows with the square of either comes to an end.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/hunt.h"

namespace hecate::engine {
namespace {

class SizesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto loaded = Catalog::load(std::string(HECATE_SOURCE_DIR) + "/catalogs", sources_, sink_);
    ASSERT_TRUE(loaded.ok());
    catalog_ = std::move(*loaded);
  }
  void load(std::string name, std::string text) {
    content::load_text(std::move(name), std::move(text), content_, sources_, sink_);
  }
  void compile() {
    rules_ = std::make_unique<Ruleset>(std::move(content_), catalog_, CompileOptions{}, sink_);
    for (const Diagnostic& d : sink_.all()) ADD_FAILURE() << d.message;
  }

  /// The numbers of the records that are found.
  std::vector<uint64_t> run(const std::string& text, size_t threads, const ingest::ReadOptions& read = {}) {
    HuntOptions options;
    options.text = &text;
    options.threads = threads;
    options.read = read;
    std::vector<uint64_t> found;
    DiagnosticSink sink;
    diagnostics_.clear();
    report_ = hunt(*rules_, options, [&](Finding&& finding) { found.push_back(finding.source->record); }, sink);
    for (const Diagnostic& d : sink.all()) diagnostics_ += d.message + "\n";
    return found;
  }

  static std::string event(std::string_view command_line) {
    return fmt::format(
        R"({{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","SourceName":"Microsoft-Windows-Sysmon","CommandLine":"{}"}})"
        "\n",
        command_line);
  }

  SourceMap sources_;
  DiagnosticSink sink_;
  Catalog catalog_;
  content::Content content_;
  std::unique_ptr<Ruleset> rules_;
  HuntReport report_;
  std::string diagnostics_;
};

using Numbers = std::vector<uint64_t>;

TEST_F(SizesTest, AFieldOf20Megabytes) {
  load("one.yml",
       "title: one\nid: a\nlogsource: {product: windows, category: process_creation}\n"
       "detection: {sel: {CommandLine|endswith: whoami}, condition: sel}\n");
  compile();
  const std::string big(size_t{20} << 20, 'a');
  const std::string text = event("x whoami") + event(big + " whoami") + event(big) + event("y whoami");
  for (const size_t threads : {size_t{0}, size_t{1}, size_t{3}}) {
    EXPECT_EQ(run(text, threads), (Numbers{1, 4})) << threads;
    EXPECT_EQ(report_.read.oversized, 2U) << "said, not silently left out";
    EXPECT_EQ(run(text, threads, {.largest_record = size_t{32} << 20}), (Numbers{1, 2, 4})) << threads;
    EXPECT_EQ(report_.read.oversized, 0U);
  }
}

TEST_F(SizesTest, ARuleWith100000Values) {
  constexpr int kValues = 100'000;
  const auto value = [](int i) { return fmt::format("value{:07}", i * 37); };
  for (const std::string_view modifier : {"", "|contains", "|endswith"}) {
    std::string rule = fmt::format(
        "title: many\nid: 'a{}'\nlogsource: {{product: windows, category: process_creation}}\n"
        "detection:\n  condition: sel\n  sel:\n    CommandLine{}:\n",
        modifier, modifier);
    for (int i = 0; i < kValues; ++i) rule += fmt::format("      - {}\n", value(i));
    load(fmt::format("many{}.yml", modifier.size()), rule);
  }
  compile();
  std::string text;
  for (int i = 0; i < 500; ++i) text += event(fmt::format("nothing {}", i));
  text += event(value(0));
  text += event("in " + value(kValues - 1));
  text += event("in " + value(kValues / 2) + " in");
  for (const size_t threads : {size_t{1}, size_t{2}}) {
    EXPECT_EQ(run(text, threads), (Numbers{501, 501, 501, 502, 502, 503})) << threads;
  }
}

TEST_F(SizesTest, ASearchWithoutEnd) {
  load("slow.yml",
       "title: slow\nid: a\nlogsource: {product: windows, category: process_creation}\n"
       "detection: {sel: {CommandLine|re: '^(a+)+$'}, condition: sel}\n");
  compile();
  std::string text;
  for (int i = 0; i < 4; ++i) text += event(std::string(64, 'a') + "!") + event("nothing") + event("aaaa");
  for (const size_t threads : {size_t{0}, size_t{1}, size_t{3}}) {
    EXPECT_EQ(run(text, threads, {.block = 256}), (Numbers{3, 6, 9, 12})) << threads;
    EXPECT_EQ(diagnostics_, "searches by regular expressions hit their match limit and count as no match\n");
  }
}

}  // namespace
}  // namespace hecate::engine
