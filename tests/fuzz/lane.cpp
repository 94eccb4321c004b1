// Arbitrary lines through the fast lane and without it: the same findings and the same counts, however the bytes are
// cut into blocks. The first two bytes pick the size of the blocks and how many threads look at them.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "engine/hunt.h"

namespace {

using namespace hecate;

constexpr std::pair<const char*, const char*> kRules[] = {
    {"process.yml", R"(title: by field
id: 00000000-0000-0000-0000-000000000005
logsource: {product: windows, category: process_creation}
detection:
  sel: {CommandLine|contains: whoami}
  none: {User: null}
  condition: sel and none
level: high
)"},
    {"keywords.yml", R"(title: by keyword
id: 00000000-0000-0000-0000-000000000006
logsource: {product: windows}
detection:
  words: [mimikatz, 'lsadump::sam']
  condition: words
level: high
)"},
    {"audit.yml", R"(title: by type
id: 00000000-0000-0000-0000-000000000007
logsource: {product: linux, service: auditd}
detection:
  sel: {type: EXECVE, a0: cat}
  condition: sel
level: high
)"},
    {"field.spl", R"(Image="*\\cmd.exe" User=root)"},
    {"absent.spl", "EventID=7 NOT Image=*"},
};

/// Loaded once, for all inputs.
struct Rules {
  Rules() {
    auto loaded = Catalog::load(std::string(HECATE_SOURCE_DIR) + "/catalogs", sources, sink);
    if (!loaded) std::abort();
    catalog = std::move(*loaded);
    content::Content content;
    for (const auto& [name, text] : kRules) content::load_text(name, text, content, sources, sink);
    ruleset = std::make_unique<engine::Ruleset>(std::move(content), catalog, engine::CompileOptions{}, sink);
    if (!sink.all().empty()) std::abort();
  }
  SourceMap sources;
  DiagnosticSink sink;
  Catalog catalog;
  std::unique_ptr<engine::Ruleset> ruleset;
};

struct Outcome {
  std::string findings;
  uint64_t records = 0, parsed = 0, malformed = 0, oversized = 0, events = 0, recognized = 0;
  std::vector<uint64_t> by_type;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome hunt(const engine::Ruleset& rules, const std::string& text, size_t threads, size_t block) {
  engine::HuntOptions options;
  options.text = &text;
  options.threads = threads;
  options.read.block = block;
  options.read.largest_record = 2000;
  Outcome outcome;
  DiagnosticSink sink;
  const engine::HuntReport report = engine::hunt(
      rules, options,
      [&](Finding&& finding) {
        outcome.findings += finding.detection->id + " " + std::to_string(finding.source->record) + "\n";
      },
      sink);
  outcome.records = report.read.records;
  outcome.parsed = report.read.parsed;
  outcome.malformed = report.read.malformed;
  outcome.oversized = report.read.oversized;
  outcome.events = report.match.events;
  outcome.recognized = report.match.recognized;
  outcome.by_type = report.match.by_type;
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Rules rules;
  if (size < 2) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 2, size - 2);
  const Outcome without = hunt(*rules.ruleset, text, 0, 4096);
  const Outcome with = hunt(*rules.ruleset, text, 1 + data[1] % 2, size_t{64} + size_t{16} * data[0]);
  if (without != with) std::abort();
  return 0;
}
