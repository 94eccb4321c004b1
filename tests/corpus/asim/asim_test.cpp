// Microsoft's ASIM parsers for Sysmon for Linux as published, run over events: they must give the rows of the catalog's
// own view, which parses no text.
#include <gtest/gtest.h>

#include <algorithm>

#include "../public_rules.h"
#include "engine/hunt.h"

namespace hecate::engine {
namespace {

constexpr std::string_view kColumns =
    " | where EventType in ('FileCreated', 'FileDeleted') | project TimeGenerated, EventType, TargetFilePath, "
    "ActingProcessName, ActingProcessId, ActorUsername, DvcHostname, EventOriginalUid, EventProduct";

class Asim : public testing::Test {
 protected:
  void SetUp() override {
    parsers_ = corpus::find_shared("corpora", "asim");
    if (!parsers_) GTEST_SKIP() << "no ASIM parsers: set HECATE_SHARED";
    Result<Catalog> loaded = Catalog::load(HECATE_SOURCE_DIR "/catalogs", sources_, sink_);
    ASSERT_TRUE(loaded.ok());
    catalog_ = std::move(*loaded);
  }

  /// The rows of a source of file events, sorted.
  std::vector<std::string> rows(const std::string& source, const std::vector<std::string>& files) {
    std::vector<std::string> paths;
    for (const std::string& file : files) paths.push_back(*parsers_ / file);
    content::Content content = content::load(paths, sources_, sink_);
    content::load_text("query.kql", source + std::string(kColumns), content, sources_, sink_);
    const Ruleset rules(std::move(content), *catalog_, {}, sink_);
    HuntOptions options;
    options.files = {HECATE_SOURCE_DIR "/examples/logs/sysmon_linux.log"};
    std::vector<std::string> result;
    const auto take = [&](const Finding& finding) {
      std::string& row = result.emplace_back();
      for (const ResultField& field : finding.result) row += field.name + "=" + value_text(field.value.get()) + " ";
    };
    hunt(rules, options, take, sink_);
    EXPECT_EQ(sink_.errors(), 0U) << (sink_.all().empty() ? "" : sink_.all().back().message);
    std::sort(result.begin(), result.end());
    return result;
  }

  std::optional<std::filesystem::path> parsers_;
  SourceMap sources_;
  DiagnosticSink sink_;
  std::optional<Catalog> catalog_;
};

TEST_F(Asim, ExecutedAndCompiledGiveTheSameRows) {
  const auto compiled = rows("imFileEvent", {});
  EXPECT_GT(compiled.size(), 600U);
  const auto has_deleted = [](const std::string& row) { return row.find("FileDeleted") != std::string::npos; };
  EXPECT_TRUE(std::any_of(compiled.begin(), compiled.end(), has_deleted));
  const std::vector<std::string> unfiltered{"ASimFileEventLinuxSysmonFileCreated.yaml",
                                            "ASimFileEventLinuxSysmonFileDeleted.yaml"};
  EXPECT_EQ(rows("union ASimFileEventLinuxSysmonFileCreated, ASimFileEventLinuxSysmonFileDeleted", unfiltered),
            compiled);
  EXPECT_EQ(rows("union _ASim_FileEvent_LinuxSysmonFileCreated(disabled=false), "
                 "_ASim_FileEvent_LinuxSysmonFileDeleted(false)",
                 unfiltered),
            compiled);
  EXPECT_TRUE(rows("ASimFileEventLinuxSysmonFileCreated(true)", unfiltered).empty()) << "disabled";
}

/// The unifying parser of that time calls the others by name. The catalog serves these events as DeviceFileEvents, too,
/// so that they are rows of Defender's parser besides.
TEST_F(Asim, AUnifyingParserOfTheContentGoesBeforeTheView) {
  const std::string source = "imFileEvent | where EventProduct == 'Sysmon for Linux' | extend ActingProcessId = ''";
  const auto compiled = rows(source, {});
  EXPECT_GT(compiled.size(), 600U);
  EXPECT_EQ(rows(source, {"snapshot_2022-02/ASimFileEvent"}), compiled);
}

}  // namespace
}  // namespace hecate::engine
