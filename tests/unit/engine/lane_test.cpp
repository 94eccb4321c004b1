// The fast lane changes nothing: random lines, good and bad, with and without it, on one thread and on several.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "engine/hunt.h"

namespace hecate::engine {
namespace {

constexpr std::string_view kProcess = R"(title: by field
id: 00000000-0000-0000-0000-000000000005
logsource: {product: windows, category: process_creation}
detection:
  sel: {CommandLine|contains: whoami}
  none: {User: null}
  condition: sel and none
level: high
)";
constexpr std::string_view kKeywords = R"(title: by keyword
id: 00000000-0000-0000-0000-000000000006
logsource: {product: windows}
detection:
  words: [mimikatz, 'lsadump::sam']
  condition: words
level: high
)";

class Lines {
 public:
  explicit Lines(uint32_t seed) : random_(seed) {}

  std::string text(size_t lines) {
    std::string out;
    for (size_t i = 0; i < lines; ++i) out += line() + pick({"\n", "\n", "\n", "\r\n", " \n", "\n\n", "\r\n\n"});
    if (below(4) == 0) out += line();
    return out;
  }

 private:
  size_t below(size_t bound) { return random_() % bound; }
  std::string pick(const std::vector<std::string>& of) { return of[below(of.size())]; }

  std::string string() {
    return pick({"root",
                 "C:\\\\Windows\\\\cmd.exe",
                 "\\\\CMD.EXE",
                 "x",
                 "",
                 "Mimikatz",
                 "lsadump::sam",
                 "caf\xC3\xA9",
                 "\\u0072oot",
                 "\\u00",
                 "\\q",
                 "tab\there",
                 "\xFF",
                 "7",
                 "Zz",
                 "null",
                 "2020-10-18 10:56:18.799",
                 "whoami /all",
                 "Security",
                 "Microsoft-Windows-Sysmon/Operational",
                 "\xE2\x84\xAA",
                 "{",
                 "}",
                 "a,b",
                 "\\\""});
  }
  std::string scalar() {
    return pick({"7", "1", "4688", "-0", "1.5e3", "01", "true", "false", "null", "nul", "1.", "+1", "NaN"});
  }
  std::string key() {
    return pick({"Image",  "User",        "EventID",       "Channel",  "a",     "a.b",
                 "b",      "CommandLine", "TimeCreated",   "event",    "host",  "time",
                 "fields", "Im\\u0061ge", "Records",       "records",  "value", "kind",
                 "x",      "SourceName",  "Provider_Name", "Hostname", "Event", "System"});
  }
  std::string value(int depth) {
    const size_t choice = below(depth > 3 ? 6 : 9);
    if (choice < 4) return '"' + string() + '"';
    if (choice < 6) return scalar();
    if (choice < 8) return object(depth + 1);
    std::string out = "[";
    for (size_t i = below(4); i > 0; --i) out += value(depth + 1) + (i > 1 ? "," : "");
    return out + "]";
  }
  std::string object(int depth) {
    const std::string space = pick({"", "", "", " "});
    std::string out = "{";
    for (size_t i = below(6); i > 0; --i)
      out += space + '"' + key() + '"' + space + ':' + space + value(depth) + (i > 1 ? "," : "");
    return out + space + "}";
  }
  std::string sysmon() {
    return fmt::format(
        R"({{"EventID":{},"Channel":"Microsoft-Windows-Sysmon/Operational","SourceName":"Microsoft-Windows-Sysmon","TimeCreated":"2020-10-1{} 10:56:18.799","Hostname":"h","CommandLine":"{}","Image":"{}"}})",
        pick({"1", "3", "11"}), below(10), string(), string());
  }
  std::string line() {
    switch (below(10)) {
      case 0:
        return pick({"plain text", "Oct 11 22:14:15 host su: failed mimikatz", "<Event><System/></Event>",
                     "[{\"a\":1},", "{", "}", "]", "  ", "{}", "{\"a\":1}{\"a\":2}"});
      case 1: {
        std::string cut = object(0);
        return cut.substr(0, below(cut.size() + 1));
      }
      case 2: return " " + object(0);
      case 3: return "{\"event\":" + value(1) + ",\"time\":1}";
      case 4:
      case 5: return sysmon();
      default: return object(0);
    }
  }

  std::mt19937 random_;
};

struct Outcome {
  std::vector<std::string> findings;
  std::string counts;
};

class LaneTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto loaded = Catalog::load(std::string(HECATE_SOURCE_DIR) + "/catalogs", sources_, sink_);
    ASSERT_TRUE(loaded.ok());
    catalog_ = std::move(*loaded);
    content::Content content;
    const std::vector<std::pair<std::string, std::string_view>> files{
        {"field.spl", R"(Image="*\\cmd.exe" User=root)"},
        {"words.spl", R"(mimikatz OR "lsadump::sam")"},
        {"absent.spl", "EventID=7 NOT Image=*"},
        {"nested.spl", R"(a.b="*Zz*")"},
        {"process.yml", kProcess},
        {"keywords.yml", kKeywords},
    };
    for (const auto& [name, text] : files) content::load_text(name, std::string(text), content, sources_, sink_);
    rules_ = std::make_unique<Ruleset>(std::move(content), catalog_, CompileOptions{}, sink_);
    for (const Diagnostic& d : sink_.all()) ADD_FAILURE() << render(d, sources_);
    ASSERT_EQ(rules_->detections().size(), 6U);
  }

  Outcome run(const std::string& text, size_t threads, size_t block = 512) {
    HuntOptions options;
    options.text = &text;
    options.threads = threads;
    options.read.block = block;
    options.read.largest_record = 2000;
    Outcome outcome;
    DiagnosticSink sink;
    const HuntReport report = hunt(
        *rules_, options,
        [&](Finding&& finding) {
          outcome.findings.push_back(
              fmt::format("{} {} {}", finding.id, finding.detection->id, finding.source->record));
        },
        sink);
    std::string by_type;
    for (const uint64_t count : report.match.by_type) by_type += fmt::format(" {}", count);
    outcome.counts = fmt::format(
        "records {} parsed {} malformed {} oversized {} bytes {} events {} recognized {} now {} by type{}",
        report.read.records, report.read.parsed, report.read.malformed, report.read.oversized, report.read.bytes,
        report.match.events, report.match.recognized, report.now ? format_rfc3339(*report.now) : "-", by_type);
    for (const Diagnostic& diagnostic : sink.all()) outcome.counts += "\n" + diagnostic.message;
    return outcome;
  }

  SourceMap sources_;
  DiagnosticSink sink_;
  Catalog catalog_;
  std::unique_ptr<Ruleset> rules_;
};

TEST_F(LaneTest, ChangesNothing) {
  constexpr size_t kWhole = size_t{256} << 10;
  for (uint32_t seed = 0; seed < 12; ++seed) {
    const std::string text = Lines(seed).text(200);
    const Outcome expected = run(text, 0);
    for (const auto& [threads, block] :
         {std::pair<size_t, size_t>{1, kWhole}, {1, 64 + seed}, {2, 700 + seed * 50}, {3, 64}}) {
      const Outcome found = run(text, threads, block);
      EXPECT_EQ(found.counts, expected.counts) << "seed " << seed << ", threads " << threads << ", block " << block;
      EXPECT_EQ(found.findings, expected.findings) << "seed " << seed << ", threads " << threads << ", block " << block;
    }
    if (HasFailure()) break;
  }
}

TEST_F(LaneTest, FindsTheNeedle) {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += fmt::format("{{\"Image\":\"C:\\\\a{}.exe\",\"User\":\"root\"}}\n", i % 50);
  text += R"({"Image":"C:\\cmd.exe","User":"root"})"
          "\n";
  text += "{\"x\":\"MimiKATZ\"}\n";
  for (const size_t threads : {size_t{0}, size_t{1}, size_t{2}}) {
    const Outcome found = run(text, threads, size_t{64} << 10);
    ASSERT_EQ(found.findings.size(), 2U) << threads;
    EXPECT_TRUE(found.findings[0].ends_with(" 20001"));
    EXPECT_TRUE(found.findings[1].ends_with(" 20002"));
  }
}

}  // namespace
}  // namespace hecate::engine
