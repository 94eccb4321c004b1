// The fast lane changes nothing: random lines, good and bad, with and without it, on one thread and on several.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "../temporary_folder.h"
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

constexpr std::string_view kAudit = R"(title: of the audit log
id: 00000000-0000-0000-0000-000000000007
logsource: {product: linux, service: auditd}
detection:
  call: {type: SYSCALL, SYSCALL: execve, comm|startswith: ca}
  path: {type: PATH, name|contains: cmd}
  condition: call or path
level: high
)";

class Lines {
 public:
  /// With a time most objects have one: events without are the reader's.
  explicit Lines(uint32_t seed, bool timed = false) : random_(seed), timed_(timed) {}

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
                 "<EventData><Data Name='CommandLine'>whoami</Data></EventData>",
                 "\\u003cEventData><Data Name='CommandLine'>whoami</Data></EventData>",
                 "C:\\\\\\\\whoami",
                 "\\\""});
  }
  std::string scalar() {
    return pick({"7", "1", "4688", "-0", "1.5e3", "01", "true", "false", "null", "nul", "1.", "+1", "NaN"});
  }
  std::string key() {
    return pick({"Image",  "User",        "EventID",       "Channel",  "a",     "a.b",
                 "b",      "CommandLine", "TimeCreated",   "event",    "host",  "time",
                 "fields", "Im\\u0061ge", "Records",       "records",  "value", "kind",
                 "x",      "SourceName",  "Provider_Name", "Hostname", "Event", "System",
                 "data",   "win",         "eventdata",     "hits",     "took",  "results",
                 "result", "_source",     "_index",        "preview",  "_raw",  "EventData"});
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
    const size_t members = below(6);
    if (timed_ && depth == 0)
      out += fmt::format(R"("@timestamp":"2020-10-18T10:56:18.799Z"{})", members > 0 ? "," : "");
    for (size_t i = members; i > 0; --i)
      out += space + '"' + key() + '"' + space + ':' + space + value(depth) + (i > 1 ? "," : "");
    return out + space + "}";
  }
  std::string sysmon() {
    return fmt::format(
        R"({{"EventID":{},"Channel":"Microsoft-Windows-Sysmon/Operational","SourceName":"Microsoft-Windows-Sysmon","TimeCreated":"2020-10-1{} 10:56:18.799","Hostname":"h","CommandLine":"{}","Image":"{}"}})",
        pick({"1", "3", "11"}), below(10), string(), string());
  }
  std::string xml_text() {
    return pick({"", "1", " ", "root", "C:\\Windows\\cmd.exe", "&quot;C:\\x\\CMD.EXE&quot;", "&lt;Mimikatz&gt;",
                 "lsadump::sam", "caf\xC3\xA9", "\xFF", "&none;", "&#10;whoami /all", "a\nb", "<![CDATA[whoami]]>",
                 "a\tb", "<!-- c -->", "<x/>y", "2020-10-18 10:56:18.799", "\xE2\x84\xAA"});
  }
  std::string xml() {
    std::string event = fmt::format(
        R"(<Event{}><System><Provider Name="{}"/><EventID>{}</EventID><TimeCreated SystemTime="2020-10-1{}T10:56:18.7Z"/><Channel>{}</Channel><Computer>{}</Computer></System><EventData>)",
        pick({"", " xmlns='u'", " xmlns:e='u'"}), pick({"Linux-Sysmon", "Microsoft-Windows-Sysmon", "x", "&amp;"}),
        pick({"1", "1", "3", "11", "&#49;"}), below(10),
        pick({"Linux-Sysmon/Operational", "Microsoft-Windows-Sysmon/Operational", "Security"}), xml_text());
    for (size_t i = below(5); i > 0; --i) {
      event +=
          fmt::format(R"(<Data Name="{}">{}</Data>)",
                      pick({"CommandLine", "CommandLine", "Image", "User", "UtcTime", "a.b", "", "&amp;"}), xml_text());
    }
    event +=
        pick({"</EventData></Event>", "</EventData></Event>", "</EventData></Event>", "</EventData><Event/></Event>",
              "</EventData>", "</EventData></Event>x", "</EventData></Event><Event></Event>"});
    if (below(8) == 0) event.erase(below(event.size()), 1);
    return pick({"", "", "", "", " ", "Oct 11 22:14:15 host sysmon: ", "<Events>"}) + event;
  }
  std::string audit() {
    // A few events at a time, in any order; times that go on by steps and now and then by leaps.
    serial_ += below(3);
    if (below(10) == 0) serial_ += 100 * below(40);
    const size_t serial = serial_ - std::min<size_t>(below(3) * below(2), serial_);
    const std::string id = fmt::format("msg=audit({}.{:03}:{}): ", 1600000000 + serial / 10, serial % 7, serial);
    const std::string node = pick({"", "", "", "", "node=n ", "Oct 11 22:14:15 host audispd: "});
    switch (below(8)) {
      case 0:
      case 1:
        return node + "type=SYSCALL " + id +
               fmt::format(R"(arch={} syscall={} success=yes a0=1 items=2 pid=7 comm={} exe="/bin/cat"{})",
                           pick({"c000003e", "c000003e", "40000003"}), pick({"59", "257", "x"}),
                           pick({"\"cat\"", "6361", "\"sh\"", "\"mimikatz\""}),
                           pick({"",
                                 "\x1D"
                                 "ARCH=x86_64 SYSCALL=execve"}));
      case 2:
        return node + "type=EXECVE " + id +
               pick({"argc=2 a0=\"cat\" a1=7768", "argc=1 a0=\"x", "argc=1 a0[0]=61 a0[1]=62"});
      case 3: return node + "type=CWD " + id + "cwd=\"/root\"";
      case 4:
      case 5:
        return node + "type=PATH " + id +
               fmt::format(R"(item={} name={} nametype={})", below(2),
                           pick({"\"/bin/cmd\"", "2F636D64", "\"/etc\"", "(null)"}),
                           pick({"NORMAL", "CREATE", "DELETE"}));
      case 6: return node + "type=PROCTITLE " + id + "proctitle=" + pick({"6361740061", "\"cat\"", "FF"});
      default:
        return node + pick({"type=EOE ", "type=1320 ", "type=USER_LOGIN "}) + id +
               pick({"", "pid=1 msg='op=login acct=\"x\"'"});
    }
  }
  std::string wrapped() {
    const std::string event = sysmon();
    switch (below(7)) {
      case 0: return R"({"_index":"a","_id":"b","_source":)" + event + "}";
      case 1: return R"({"preview":false,"result":)" + event + "}";
      case 2: return R"({"took":5,"hits":{"total":{"value":2},"hits":[{"_index":"a","_source":)" + event + "}]}}";
      case 3: return R"({"preview":false,"fields":[{"name":"a"}],"results":[)" + event + "," + event + "]}";
      case 4: return R"({"_time":"2020-10-18T10:56:18.799Z","_raw":"{\"EventID\":1}","sourcetype":"x"})";
      case 5:
        return R"({"data":{"win":{"system":{"eventID":"1","channel":"Microsoft-Windows-Sysmon/Operational"},"eventdata":{"image":")" +
               string() + R"(","commandLine":")" + string() + "\"}}}}";
      default:
        return R"({"EventLog":"Microsoft-Windows-Sysmon/Operational","EventID":1,"EventData":")" + string() + "\"}";
    }
  }
  std::string line() {
    switch (below(18)) {
      case 16:
      case 17: return wrapped();
      case 10:
      case 11:
      case 12: return xml();
      case 13:
      case 14:
      case 15: return audit();
      case 0:
        return pick({"plain text", "Oct 11 22:14:15 host su: failed mimikatz", "<Event><System/></Event>",
                     "[{\"a\":1},", "{", "}", "]", "  ", "{}", "{\"a\":1}{\"a\":2}"});
      case 1: {
        std::string cut = object(0);
        return cut.substr(0, below(cut.size() + 1));
      }
      case 2:
        // What follows is then its message, up to the next of its kind.
        if (below(30) == 0) return "12/06/2025 09:11:02 PM\nLogName=Security\nEventCode=4688\nMessage=" + string();
        return " " + object(0);
      case 3: return "{\"event\":" + value(1) + ",\"time\":1}";
      case 4:
      case 5: return sysmon();
      default: return object(0);
    }
  }

  std::mt19937 random_;
  bool timed_;
  size_t serial_ = 0;
};

struct Outcome {
  std::vector<std::string> findings;
  std::string counts;
  uint64_t visited = 0;
  uint64_t sighted = 0;
};

class LaneTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto loaded = Catalog::load(std::string(HECATE_SOURCE_DIR) + "/catalogs", sources_, sink_);
    ASSERT_TRUE(loaded.ok());
    catalog_ = std::move(*loaded);
    load({
        {"field.spl", R"(Image="*\\cmd.exe" User=root)"},
        {"words.spl", R"(mimikatz OR "lsadump::sam")"},
        {"absent.spl", "EventID=7 NOT Image=*"},
        {"nested.spl", R"(a.b="*Zz*")"},
        {"process.yml", kProcess},
        {"keywords.yml", kKeywords},
        {"audit.yml", kAudit},
    });
  }

  void load(const std::vector<std::pair<std::string, std::string_view>>& files) {
    content::Content content;
    for (const auto& [name, text] : files) content::load_text(name, std::string(text), content, sources_, sink_);
    rules_ = std::make_unique<Ruleset>(std::move(content), catalog_, CompileOptions{}, sink_);
    for (const Diagnostic& d : sink_.all()) ADD_FAILURE() << render(d, sources_);
    ASSERT_EQ(rules_->detections().size(), files.size());
  }

  Outcome run(const std::string& text, size_t threads, size_t block = 512) {
    HuntOptions options;
    options.text = &text;
    return run(std::move(options), threads, block);
  }

  Outcome run_files(const std::vector<std::string>& files, size_t threads, size_t block) {
    HuntOptions options;
    options.files = files;
    return run(std::move(options), threads, block);
  }

  Outcome run(HuntOptions options, size_t threads, size_t block) {
    options.threads = threads;
    options.read.block = block;
    options.read.largest_record = 2000;
    Outcome outcome;
    DiagnosticSink sink;
    const HuntReport report = hunt(
        *rules_, options,
        [&](Finding&& finding) {
          std::string text = fmt::format("{} {} {} {} {}", finding.id, finding.detection->id, finding.source->file,
                                         finding.source->record, finding.count);
          for (const auto& time : {finding.first_time, finding.last_time})
            text += time ? " " + format_rfc3339(*time) : " -";
          for (const ResultField& field : finding.result)
            text += fmt::format(" {}={}", field.name, value_text(field.value.get()));
          outcome.findings.push_back(std::move(text));
        },
        sink);
    outcome.visited = report.visited;
    outcome.sighted = report.sighted;
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

// Other sources look at the message's text: where they are not asked it is nothing to the lane, however it reads.
TEST_F(LaneTest, ManyMessagesAreOfOneKind) {
  std::string text;
  for (int i = 0; i < 300; ++i) {
    text += fmt::format(
        R"({{"winlog":{{"channel":"Microsoft-Windows-Sysmon/Operational","provider_name":"Microsoft-Windows-Sysmon","event_id":"1","event_data":{{"Image":"C:\\a.exe","CommandLine":"a {}"}}}},"event":{{"code":"1","kind":"event"}},"message":"Process Create:\r\nImage: {}"}})",
        i, i);
    text += '\n';
  }
  const Outcome expected = run(text, 0);
  const Outcome found = run(text, 1);
  EXPECT_EQ(found.counts, expected.counts);
  EXPECT_EQ(found.findings, expected.findings);
  EXPECT_LE(found.visited, 2U);
}

TEST_F(LaneTest, AnyKeyIsWalked) {
  std::string text;
  for (int i = 0; i < 300; ++i) {
    text += fmt::format(
        R"({{"Event":{{"System":{{"Provider":{{"#attributes":{{"Name":"p"}}}},"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational"}},"UserData":{{"E{}":{{"CommandLine":"{}"}}}}}}}})",
        i % 3, i % 50 == 7 ? "whoami" : "a");
    text += '\n';
  }
  const Outcome expected = run(text, 0);
  const Outcome found = run(text, 1);
  EXPECT_EQ(expected.findings.size(), 6U);
  EXPECT_EQ(found.counts, expected.counts);
  EXPECT_EQ(found.findings, expected.findings);
  EXPECT_LE(found.visited, 8U);
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
    EXPECT_NE(found.findings[0].find(" 20001 "), std::string::npos);
    EXPECT_NE(found.findings[1].find(" 20002 "), std::string::npos);
  }
}

std::string as_utf16(std::string_view ascii) {
  std::string out = "\xFF\xFE";
  for (const char c : ascii) {
    out += c;
    out += '\0';
  }
  return out;
}

// Files in memory, files that are read piece by piece (UTF-16 is rewritten as it comes), empty ones, ones that end
// within a line: each begins while threads may still be at work on the one before.
TEST_F(LaneTest, SeveralFilesOnSeveralThreads) {
  const test::Folder folder;
  std::vector<std::string> files;
  for (uint32_t i = 0; i < 8; ++i) {
    files.push_back(folder.write(fmt::format("random{}.log", i), Lines(100 + i).text(i == 3 ? 0 : 150)));
    std::string needles;
    for (uint32_t line = 0; line < 1500; ++line) {
      needles += fmt::format(
          R"({{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","SourceName":"Microsoft-Windows-Sysmon","CommandLine":"{} {}"}})"
          "\n",
          line % 97 == i ? "whoami" : "a", line % 50);
    }
    files.push_back(folder.write(fmt::format("needles{}.ndjson", i), i % 2 == 0 ? needles : as_utf16(needles)));
  }
  const Outcome expected = run_files(files, 0, 4096);
  EXPECT_GT(expected.findings.size(), 100U);
  for (const size_t threads : {size_t{1}, size_t{2}, size_t{3}, size_t{5}}) {
    for (const size_t block : {size_t{512}, size_t{16} << 10}) {
      const Outcome found = run_files(files, threads, block);
      EXPECT_EQ(found.counts, expected.counts) << "threads " << threads << ", block " << block;
      EXPECT_EQ(found.findings, expected.findings) << "threads " << threads << ", block " << block;
    }
  }
}

// Searches that want most events: the lane reads what they need, and makes no records.
class SightingTest : public LaneTest {
 protected:
  void SetUp() override {
    LaneTest::SetUp();
    load({
        {"all.spl", "* | stats count list(EventID) values(User) by sourcetype source"},
        {"hosts.spl", "EventID=* | stats count first(Image) last(Image) min(_time) max(_time) by host index"},
        {"deep.spl", "* NOT user=nobody | stats dc(a.b) count by x"},
        {"whole.spl", R"(Image="*\cmd.exe" User=root)"},
        {"process.yml", kProcess},
        {"keywords.yml", kKeywords},
    });
  }
};

TEST_F(SightingTest, ChangesNothing) {
  uint64_t sighted = 0;
  for (uint32_t seed = 50; seed < 58; ++seed) {
    const std::string text = Lines(seed, true).text(1200);
    const Outcome expected = run(text, 0);
    for (const auto& [threads, block] : {std::pair<size_t, size_t>{1, size_t{256} << 10}, {1, 64 + seed}, {2, 4096}}) {
      const Outcome found = run(text, threads, block);
      EXPECT_EQ(found.counts, expected.counts) << "seed " << seed << ", threads " << threads << ", block " << block;
      EXPECT_EQ(found.findings, expected.findings) << "seed " << seed << ", threads " << threads << ", block " << block;
      sighted += found.sighted;
    }
    if (HasFailure()) break;
  }
  EXPECT_GT(sighted, 100U);
}

TEST_F(SightingTest, MakesNoRecordsOfWhatManySearchesWant) {
  std::string text;
  for (int i = 0; i < 2000; ++i) {
    text += fmt::format(
        R"({{"EventID":{},"Channel":"Microsoft-Windows-Sysmon/Operational","SourceName":"Microsoft-Windows-Sysmon","TimeCreated":"2020-10-18 10:{:02}:18.799","Hostname":"h{}"{},"CommandLine":"{}","Image":"C:\\{}.exe","x":{}}})",
        i % 3, i % 60, i % 7, i % 19 == 3 ? R"(,"Hostname":"again")" : "", i % 50 == 7 ? "whoami" : "a", i % 11,
        i % 13 == 0 ? "[1,2]" : "3");
    text += i % 17 == 0 ? "\r\n\n" : "\n";
  }
  const Outcome expected = run(text, 0);
  for (const size_t threads : {size_t{1}, size_t{2}}) {
    const Outcome found = run(text, threads, 8192);
    EXPECT_EQ(found.counts, expected.counts);
    EXPECT_EQ(found.findings, expected.findings);
    // Records are made of those with arrays, and of some dozens of each kind before all that they show is read.
    EXPECT_GT(found.sighted, 1200U);
  }
}

TEST_F(SightingTest, SeveralFilesOnSeveralThreads) {
  const test::Folder folder;
  std::vector<std::string> files;
  for (uint32_t i = 0; i < 4; ++i) {
    const std::string text = Lines(200 + i, true).text(600);
    files.push_back(folder.write(fmt::format("random{}.log", i), text));
    files.push_back(folder.write(fmt::format("utf16{}.log", i), as_utf16(text)));
  }
  const Outcome expected = run_files(files, 0, 4096);
  for (const size_t threads : {size_t{1}, size_t{3}}) {
    for (const size_t block : {size_t{512}, size_t{16} << 10}) {
      const Outcome found = run_files(files, threads, block);
      EXPECT_EQ(found.counts, expected.counts) << "threads " << threads << ", block " << block;
      EXPECT_EQ(found.findings, expected.findings) << "threads " << threads << ", block " << block;
    }
  }
}

}  // namespace
}  // namespace hecate::engine
