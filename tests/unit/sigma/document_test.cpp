#include <gtest/gtest.h>

#include "lang/sigma/codes.h"
#include "support.h"

namespace hecate::sigma {
namespace {

using test::Compiled;

constexpr std::string_view kDetection = "detection:\n    s:\n        A: 1\n    condition: s\n";
constexpr std::string_view kLogsource = "logsource:\n    product: linux\n";

std::string reported(std::string_view text) { return Compiled(std::string(text)).diagnostics(); }

TEST(SigmaDocument, CronFilesCompile) {
  const Compiled compiled(R"(title: Persistence Via Cron Files
id: 6c4e2f43-d94d-4ead-b64d-97e53fa2bd05
status: test
description: Detects creation of cron file or files in Cron directories which could indicates potential persistence.
references:
    - https://github.com/microsoft/MSTIC-Sysmon/blob/f1477c0512b0747c1455283069c21faec758e29d/linux/configs/attack-based/persistence/T1053.003_Cron_Activity.xml
author: Roberto Rodriguez (Cyb3rWard0g), OTR (Open Threat Research), MSTIC
date: 2021-10-15
modified: 2022-12-31
tags:
    - attack.privilege-escalation
    - attack.execution
    - attack.persistence
    - attack.t1053.003
logsource:
    product: linux
    category: file_event
detection:
    selection1:
        TargetFilename|startswith:
            - '/etc/cron.d/'
            - '/etc/cron.daily/'
            - '/etc/cron.hourly/'
            - '/etc/cron.monthly/'
            - '/etc/cron.weekly/'
            - '/var/spool/cron/crontabs/'
    selection2:
        TargetFilename|contains:
            - '/etc/cron.allow'
            - '/etc/cron.deny'
            - '/etc/crontab'
    condition: 1 of selection*
falsepositives:
    - Any legitimate cron file.
level: medium
)");
  ASSERT_TRUE(compiled.rule) << compiled.diagnostics();
  EXPECT_EQ(compiled.diagnostics(), "");
  EXPECT_EQ(dump(compiled.rule->plan),
            "n0 scan sigma(product=linux category=file_event service=) c0=TargetFilename:many\n"
            "n1 <n0 filter (or (match startswith ci c0 \"/etc/cron.d/\" \"/etc/cron.daily/\" \"/etc/cron.hourly/\" "
            "\"/etc/cron.monthly/\" \"/etc/cron.weekly/\" \"/var/spool/cron/crontabs/\") "
            "(match contains ci c0 \"/etc/cron.allow\" \"/etc/cron.deny\" \"/etc/crontab\"))\n"
            "output +whole-event\n");
  EXPECT_EQ(verify(compiled.rule->plan), std::nullopt);
  const Metadata& metadata = compiled.rule->metadata;
  EXPECT_EQ(metadata.id, "6c4e2f43-d94d-4ead-b64d-97e53fa2bd05");
  EXPECT_EQ(metadata.title, "Persistence Via Cron Files");
  EXPECT_EQ(metadata.status, "test");
  EXPECT_EQ(metadata.level, "medium");
  EXPECT_EQ(metadata.tags.size(), 4U);
  EXPECT_EQ(metadata.references.size(), 1U);
  EXPECT_EQ(metadata.false_positives, std::vector<std::string>{"Any legitimate cron file."});
  EXPECT_EQ(metadata.logsource, (SigmaLogsource{"linux", "file_event", ""}));
}

// Rules Specification 2.1, "Components": title, logsource, detection and condition are mandatory.
TEST(SigmaDocument, MandatoryParts) {
  EXPECT_EQ(reported(fmt::format("id: x\n{}{}", kLogsource, kDetection)), "SIG002 1:1 `id`");
  EXPECT_EQ(reported(fmt::format("title: T\n{}", kDetection)), "SIG002 1:1 `title`");
  EXPECT_EQ(reported(fmt::format("title: T\n{}", kLogsource)), "SIG002 1:1 `title`");
  EXPECT_EQ(reported(fmt::format("title: T\n{}detection:\n    s: {{A: 1}}\n", kLogsource)).substr(0, 10), "SIG002 5:5");
  EXPECT_EQ(reported(fmt::format("title: T\nlogsource:\n    definition: x\n{}", kDetection)), "SIG002 2:1 `logsource`");
}

TEST(SigmaDocument, WrongShapes) {
  EXPECT_EQ(reported(fmt::format("title: [T]\n{}{}", kLogsource, kDetection)), "SIG003 1:1 `title`");
  EXPECT_EQ(reported(fmt::format("title: T\nlogsource: linux\n{}", kDetection)), "SIG003 2:1 `logsource`");
  EXPECT_EQ(reported(fmt::format("title: T\nlogsource:\n    product: [a]\n{}", kDetection)), "SIG003 3:5 `product`");
  EXPECT_EQ(reported(fmt::format("title: T\n{}detection: x\n", kLogsource)), "SIG003 4:1 `detection`");
  EXPECT_EQ(reported("- a\n- b\n").substr(0, 6), "SIG001");
}

TEST(SigmaDocument, Words) {
  const Compiled compiled(fmt::format("title: T\nlevel: hihg\n{}{}", kLogsource, kDetection));
  EXPECT_EQ(compiled.diagnostics(), "SIG004 2:8 `hihg`");
  EXPECT_EQ(compiled.hint(), "did you mean `high`?");
  EXPECT_FALSE(compiled.rule);
  const Compiled status(fmt::format("title: T\nstatus: beta\n{}{}", kLogsource, kDetection));
  EXPECT_EQ(status.diagnostics(), "SIG005 2:9 `beta`");
  EXPECT_TRUE(status.rule);
}

TEST(SigmaDocument, EmptySearches) {
  const auto with = [](std::string_view search) {
    return reported(fmt::format("title: T\n{}detection:\n    s: {}\n    condition: s\n", kLogsource, search));
  };
  EXPECT_EQ(with("{}"), "SIG010 5:5 `s`");
  EXPECT_EQ(with("[]"), "SIG010 5:5 `s`");
  EXPECT_EQ(with(""), "SIG010 5:5 `s`");
  EXPECT_EQ(with("[a, {}]").substr(0, 6), "SIG010");
  EXPECT_EQ(with("word"), "");  // pySigma: one keyword
}

TEST(SigmaDocument, WhatIsNotSupportedIsRefusedByName) {
  EXPECT_EQ(reported(fmt::format("action: global\ntitle: T\n{}{}", kLogsource, kDetection)), "SIG006 1:1 `action`");
  EXPECT_EQ(reported(fmt::format("title: T\ntaxonomy: ecs\n{}{}", kLogsource, kDetection)), "SIG007 2:1 `taxonomy`");
  EXPECT_EQ(reported("title: T\ncorrelation: {type: event_count}\n"), "SIG006 2:1 `correlation`");
  EXPECT_EQ(reported(fmt::format("title: T\n{}detection:\n    s: {{A: 1}}\n    timeframe: 5m\n    condition: s\n",
                                 kLogsource)),
            "SIG019 6:5 `timeframe: 5m`");
}

TEST(SigmaDocument, Kinds) {
  const auto kind = [](std::string text) {
    SourceMap sources;
    DiagnosticSink sink;
    const FileId file = sources.add("x", std::move(text));
    return document_kind(*yaml::parse(file, sources, sink).roots.front());
  };
  EXPECT_EQ(kind("title: T\ndetection: {}\n"), DocumentKind::Rule);
  EXPECT_EQ(kind("title: T\nlogsource: {}\n"), DocumentKind::Rule);
  EXPECT_EQ(kind("action: global\n"), DocumentKind::Rule);
  EXPECT_EQ(kind("title: T\nlogsource: {}\nfilter: {rules: any}\n"), DocumentKind::Filter);
  EXPECT_EQ(kind("title: T\ncorrelation: {}\n"), DocumentKind::Correlation);
  EXPECT_EQ(kind("name: T\nsearch: index=x\n"), DocumentKind::None);
  EXPECT_EQ(kind("[a]\n"), DocumentKind::None);
}

// Rules Specification 2.1, "Name": what may stand for the id in references.
TEST(SigmaDocument, Name) {
  const Compiled compiled(fmt::format("title: T\nname: my_rule\n{}{}", kLogsource, kDetection));
  ASSERT_TRUE(compiled.rule);
  EXPECT_EQ(compiled.rule->metadata.name, "my_rule");
}

// Sigma Filters Specification 2.0.0, "Global Filter".
std::string filter_with(std::string_view lines) { return fmt::format("title: F\n{}filter:\n{}", kLogsource, lines); }

TEST(SigmaFilter, Compiles) {
  const Compiled compiled(
      filter_with("    rules:\n        - 6f3e2987-db24-4c78-a860-b4f4095a7095\n        - other_rule\n"
                  "    selection:\n        User|startswith: 'adm_'\n    condition: not selection\n"));
  ASSERT_TRUE(compiled.filter) << compiled.diagnostics();
  EXPECT_EQ(compiled.diagnostics(), "");
  EXPECT_EQ(compiled.filter->rules, (std::vector<std::string>{"6f3e2987-db24-4c78-a860-b4f4095a7095", "other_rule"}));
  EXPECT_FALSE(compiled.filter->any_rule);
  EXPECT_EQ(dump(compiled.filter->plan),
            "n0 scan sigma(product=linux category= service=) c0=User:many\n"
            "n1 <n0 filter (not (match startswith ci c0 \"adm_\"))\n"
            "output +whole-event\n");
}

TEST(SigmaFilter, AnyRule) {
  const Compiled compiled(filter_with("    rules: any\n    s:\n        A: 1\n    condition: not s\n"));
  ASSERT_TRUE(compiled.filter);
  EXPECT_TRUE(compiled.filter->any_rule);
  EXPECT_TRUE(compiled.filter->rules.empty());
}

// The specification's example says `condition: selection` and means "suppress"; tools AND it as it is written.
TEST(SigmaFilter, WithoutNotItKeepsAndWarns) {
  const Compiled compiled(filter_with("    rules: any\n    selection:\n        A: 1\n    condition: selection\n"));
  ASSERT_TRUE(compiled.filter);
  EXPECT_EQ(compiled.diagnostics(), "SIG030 8:16 `selection`");
  EXPECT_EQ(compiled.hint(), "write `not selection` (or `not (...)`) to suppress what it names");
}

TEST(SigmaFilter, Mistakes) {
  EXPECT_EQ(reported(filter_with("    s:\n        A: 1\n    condition: not s\n")).substr(0, 6), "SIG002");
  EXPECT_EQ(reported(filter_with("    rules: []\n    s:\n        A: 1\n    condition: not s\n")), "SIG010 5:5 `rules`");
  EXPECT_EQ(reported(filter_with("    rules: [[a]]\n    s:\n        A: 1\n    condition: not s\n")).substr(0, 6),
            "SIG003");
  EXPECT_EQ(reported(filter_with("    rules: any\n    s:\n        A|nope: 1\n    condition: not s\n")),
            "SIG011 7:11 `nope`");
}

TEST(SigmaCodes, AreSortedAndUnique) {
  for (size_t i = 1; i < kCodes.size(); ++i) EXPECT_LT(kCodes[i - 1]->id, kCodes[i]->id);
  for (const DiagnosticCode* code : kCodes) EXPECT_TRUE(code->meaning.ends_with('.')) << code->id;
}

}  // namespace
}  // namespace hecate::sigma
