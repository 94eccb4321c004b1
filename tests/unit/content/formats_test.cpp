// Each ecosystem's own format into one Detection.
#include "support.h"

namespace hecate::content {
namespace {

using namespace test;

// sigma-rules-specification, version 2.
TEST(Formats, SigmaRule) {
  const Loaded loaded(R"(title: Cron File
id: 11111111-2222-3333-4444-555555555555
status: test
description: About cron.
author: A. Author
level: high
logsource: {product: linux, category: file_event}
detection: {s: {TargetFilename: /etc/crontab}, condition: s}
tags: [attack.persistence, attack.privilege_escalation, attack.t1053.003, attack.T1547, attack.g0016, attack.s0002, cve.2021-44228, attack.command-and-control]
falsepositives: [Administrators, Package managers]
references: [https://example.org/a]
)");
  EXPECT_EQ(loaded.codes(), "");
  const Detection& d = loaded.detection();
  EXPECT_EQ(d.language, Language::Sigma);
  EXPECT_EQ(d.id, "11111111-2222-3333-4444-555555555555");
  EXPECT_EQ(d.title, "Cron File");
  EXPECT_EQ(d.status, "test");
  EXPECT_EQ(d.author, "A. Author");
  EXPECT_EQ(d.description, "About cron.");
  EXPECT_EQ(d.level, Level::High);
  EXPECT_EQ(d.attack.tactics, (Texts{"persistence", "privilege-escalation", "command-and-control"}));
  EXPECT_EQ(d.attack.techniques, (Texts{"T1053.003", "T1547"}));
  EXPECT_EQ(d.false_positives.size(), 2U);
  EXPECT_EQ(d.references, Texts{"https://example.org/a"});
  ASSERT_NE(d.document, nullptr);
  EXPECT_EQ(loaded.sources.text(d.span.file).substr(d.span.begin, d.span.end - d.span.begin), "Cron File");
}

TEST(Formats, ASigmaRuleWithoutIdGoesByItsTitle) {
  EXPECT_EQ(Loaded("title: T\nlogsource: {}\ndetection: {}\n").detection().id, "T");
  EXPECT_EQ(Loaded("title: T\ndetection: {}\nlevel: info\n").detection().level, Level::Informational);
  EXPECT_EQ(Loaded("title: T\ndetection: {}\n").detection().level, Level::Medium) << "where none is given";
}

TEST(Formats, SigmaFilter) {
  const Loaded loaded(
      "title: F\nlogsource: {product: linux}\nfilter:\n  rules: [abc]\n  s: {Image: /usr/bin/dpkg}\n  condition: not "
      "s\n");
  EXPECT_EQ(loaded.codes(), "");
  EXPECT_TRUE(loaded.content.detections.empty());
  ASSERT_EQ(loaded.content.filters.size(), 1U);
  EXPECT_EQ(loaded.content.filters[0].document->text_of("title"), "F");
}

constexpr std::string_view kEscuHead = R"(name: Linux Cron
id: abc
author: Team
status: production
description: D
search: '| tstats count from datamodel=Endpoint.Processes'
known_false_positives: Admins.
references: [https://example.org]
)";

// The oldest generation: observables in `tags`, one score for all.
TEST(Formats, EscuWithObservables) {
  const Loaded loaded(std::string(kEscuHead) + R"(tags:
  mitre_attack_id: [T1053.003, t1059]
  message: cron on $dest$
  risk_score: 56
  observable:
    - {name: dest, type: Hostname, role: [Victim]}
    - {name: process_name, type: Process, role: [Attacker]}
)");
  EXPECT_EQ(loaded.codes(), "");
  const Detection& d = loaded.detection();
  EXPECT_EQ(d.language, Language::Spl);
  EXPECT_EQ(d.id, "abc");
  EXPECT_EQ(d.title, "Linux Cron");
  EXPECT_EQ(d.query.view(), "| tstats count from datamodel=Endpoint.Processes");
  EXPECT_EQ(d.attack.techniques, (Texts{"T1053.003", "T1059"}));
  EXPECT_EQ(d.risk.message, "cron on $dest$");
  ASSERT_EQ(d.risk.objects.size(), 1U);
  EXPECT_EQ(d.risk.objects[0].field, "dest");
  EXPECT_EQ(d.risk.objects[0].type, "Hostname");
  EXPECT_EQ(d.risk.objects[0].score, 56);
  ASSERT_EQ(d.risk.threat_objects.size(), 1U);
  EXPECT_EQ(d.risk.threat_objects[0].field, "process_name");
  EXPECT_EQ(d.level, Level::Medium) << "56 of 100";
  EXPECT_EQ(d.false_positives, Texts{"Admins."});
}

TEST(Formats, EscuWithRba) {
  const Loaded loaded(std::string(kEscuHead) + R"(tags: {mitre_attack_id: [T1053.003]}
rba:
  message: m $dest$
  risk_objects:
    - {field: dest, type: system, score: 25}
    - {field: user, type: user, score: 90}
  threat_objects:
    - {field: process, type: process_name}
)");
  EXPECT_EQ(loaded.codes(), "");
  const Detection& d = loaded.detection();
  ASSERT_EQ(d.risk.objects.size(), 2U);
  EXPECT_EQ(d.risk.objects[1].field, "user");
  EXPECT_EQ(d.risk.objects[1].score, 90);
  ASSERT_EQ(d.risk.threat_objects.size(), 1U);
  EXPECT_EQ(d.risk.threat_objects[0].type, "process_name");
  EXPECT_EQ(d.level, Level::Critical) << "the highest score counts";
}

// ESCU 6: the finding's own entity is at risk, too, and no entity twice.
TEST(Formats, EscuWithAFinding) {
  const Loaded loaded(std::string(kEscuHead) + R"(analytic_story: [S]
finding:
  title: cron as $user$
  entity: {field: user, type: user, score: 50}
intermediate_findings:
  entities:
    - {field: dest, type: system, score: 20, message: seen on $dest$}
    - {field: user, type: user, score: 30, message: again}
)");
  EXPECT_EQ(loaded.codes(), "");
  const Detection& d = loaded.detection();
  EXPECT_EQ(d.risk.message, "cron as $user$");
  EXPECT_EQ(d.stories, Texts{"S"});
  ASSERT_EQ(d.risk.objects.size(), 2U);
  EXPECT_EQ(d.risk.objects[0].message, "seen on $dest$");
  EXPECT_EQ(d.risk.objects[1].message, "again");
  const Loaded alone(std::string(kEscuHead) + R"(finding:
  title: cron as $user$
  entity: {field: user, type: user, score: 50}
)");
  ASSERT_EQ(alone.detection().risk.objects.size(), 1U);
  EXPECT_EQ(alone.detection().risk.objects[0].score, 50);
  EXPECT_EQ(alone.detection().risk.objects[0].message, "cron as $user$");
}

TEST(Formats, RiskFactor) {
  const Loaded loaded(R"(risk_factor: admins
search: risk_object=admin*
add: 5
multiply: 1.5
)");
  EXPECT_EQ(loaded.codes(), "");
  ASSERT_EQ(loaded.content.risk_factors.size(), 1U);
  EXPECT_EQ(loaded.content.risk_factors[0].search.query.view(), "search index=risk risk_object=admin*");
  EXPECT_EQ(loaded.content.risk_factors[0].add, 5);
  EXPECT_EQ(loaded.content.risk_factors[0].multiply, 1.5);
  EXPECT_EQ(Loaded("risk_factor: x\nadd: 5\n").codes(), "CNT003 1:1");
  EXPECT_EQ(Loaded("risk_factor: x\nsearch: a=1\nadd: five\n").codes(), "CNT004 3:6");
  EXPECT_EQ(Loaded("risk_factor: x\nsearch: a=1\nsubtract: 5\n").codes(), "CNT005 3:1");
}

TEST(Formats, EscuWithIntermediateFindings) {
  const Loaded loaded(std::string(kEscuHead) + R"(mitre_attack_id: [T1053.003]
intermediate_findings:
  entities:
    - {field: dest, type: system, score: 20, message: seen on $dest$}
threat_objects:
  - {field: process, type: process_name}
)");
  EXPECT_EQ(loaded.codes(), "");
  const Detection& d = loaded.detection();
  EXPECT_EQ(d.attack.techniques, Texts{"T1053.003"});
  EXPECT_EQ(d.risk.message, "seen on $dest$");
  ASSERT_EQ(d.risk.objects.size(), 1U);
  EXPECT_EQ(d.risk.objects[0].score, 20);
  EXPECT_EQ(d.risk.threat_objects.size(), 1U);
  EXPECT_EQ(d.level, Level::Informational);
}

TEST(Formats, EscuMistakes) {
  EXPECT_EQ(Loaded("name: n\nsearch: [a]\n").codes(), "CNT004 1:1");
  EXPECT_EQ(Loaded(std::string(kEscuHead) + "rba:\n  risk_objects:\n    - {field: dest, type: system}\n").codes(),
            "CNT004 11:7")
      << "no score";
  EXPECT_EQ(Loaded(std::string(kEscuHead) + "rba:\n  risk_objects:\n    - {type: system, score: 1}\n").codes(),
            "CNT003 11:7")
      << "no field";
}

TEST(Formats, EscuMacro) {
  const Loaded loaded("name: security_content_ctime\narguments: [field]\ndefinition: 'convert ctime($field$)'\n");
  EXPECT_EQ(loaded.codes(), "");
  ASSERT_EQ(loaded.content.macros.size(), 1U);
  EXPECT_EQ(loaded.content.macros[0].name, "security_content_ctime");
  EXPECT_EQ(loaded.content.macros[0].arguments, Texts{"field"});
  EXPECT_EQ(loaded.content.macros[0].definition.view(), "convert ctime($field$)");
  EXPECT_EQ(loaded.content.macros[0].definition.span(0, 7).begin, 61U) << "inside the quotes";
  EXPECT_EQ(Loaded("name: m\ndefinition: [a]\n").codes(), "CNT004 2:13");
}

// Azure-Sentinel, Detections/…: "Query style guide".
TEST(Formats, SentinelRule) {
  const Loaded loaded(R"(id: 3fb65cc4-f32b-4d16-a1c8-863dff1c9022
name: Cron
description: D
severity: High
queryFrequency: 1h
queryPeriod: PT2H
triggerOperator: GreaterThan
triggerThreshold: 3
tactics: [PrivilegeEscalation, Persistence]
relevantTechniques: [T1053.003]
query: |
  imFileEvent
  | where x == 1
entityMappings:
  - entityType: Host
    fieldMappings:
      - {identifier: HostName, columnName: DvcHostname}
  - entityType: Account
    fieldMappings:
      - {identifier: Name, columnName: User}
      - {identifier: Sid, columnName: Sid}
kind: Scheduled
)");
  EXPECT_EQ(loaded.codes(), "");
  const Detection& d = loaded.detection();
  EXPECT_EQ(d.language, Language::Kql);
  EXPECT_EQ(d.level, Level::High);
  EXPECT_EQ(d.query.view(), "imFileEvent\n| where x == 1\n");
  EXPECT_EQ(d.attack.tactics, (Texts{"privilege-escalation", "persistence"}));
  ASSERT_EQ(d.entities.size(), 2U);
  EXPECT_EQ(d.entities[0].type, "host");
  EXPECT_EQ(d.entities[0].field, "DvcHostname");
  EXPECT_EQ(d.entities[1].identifier, "Name");
  ASSERT_EQ(d.entities[1].others.size(), 1U);
  EXPECT_EQ(d.entities[1].others[0].field, "Sid");
  ASSERT_TRUE(d.schedule.has_value());
  EXPECT_EQ(d.schedule->every_seconds, 3600);
  EXPECT_EQ(d.schedule->earliest, "-2h");
  ASSERT_NE(d.alert, nullptr);
  EXPECT_FALSE(d.alert->triggers(3));
  EXPECT_TRUE(d.alert->triggers(4));
}

TEST(Formats, ALevelThatDoesNotExist) {
  const Loaded loaded("id: d\nname: n\nquery: T\nseverity: Sever\n");
  EXPECT_EQ(loaded.codes(), "CNT008 4:11");
  EXPECT_EQ(loaded.detection().level, Level::Medium);
  EXPECT_EQ(level_by_name("CRITICAL"), Level::Critical);
  EXPECT_EQ(level_by_name("severe"), std::nullopt);
}

TEST(Formats, ScoresGiveLevels) {
  const std::pair<int64_t, Level> cases[] = {
      {-5, Level::Informational}, {0, Level::Informational}, {20, Level::Informational}, {21, Level::Low},
      {40, Level::Low},           {41, Level::Medium},       {60, Level::Medium},        {61, Level::High},
      {80, Level::High},          {81, Level::Critical}};
  for (const auto& [score, level] : cases)
    EXPECT_EQ(level_by_risk({"", {{"user", "user", score}}, {}}), level) << score;
}

TEST(Formats, BareQueriesAreDetections) {
  const Loaded spl("index=x | stats count", "dir/my_search.spl");
  EXPECT_EQ(spl.detection().id, "my_search");
  EXPECT_EQ(spl.detection().language, Language::Spl);
  EXPECT_EQ(spl.detection().query.view(), "index=x | stats count");
  const Loaded kql("T | take 1", "q.kql");
  EXPECT_EQ(kql.detection().language, Language::Kql);
  EXPECT_EQ(kql.detection().query.span(4, 8).begin, 4U);
}

TEST(Formats, WhatNeedsNoLoadingIsSilentAndWhatIsUnknownIsNot) {
  EXPECT_EQ(Loaded("name: Sysmon\nsource: x\nsourcetype: y\n").codes(), "") << "an ESCU data source";
  EXPECT_EQ(Loaded("name: Story\nnarrative: long\n").codes(), "") << "an ESCU story";
  EXPECT_EQ(Loaded("---\n").codes(), "") << "an empty document";
  EXPECT_EQ(Loaded("something: else\n").codes(), "CNT002 1:1");
  EXPECT_EQ(Loaded("- a\n- b\n").codes(), "CNT002 1:1");
  EXPECT_EQ(Loaded("text\n").codes(), "CNT002 1:1");
}

TEST(Formats, OneFileMayHoldSeveralDocuments) {
  const Loaded loaded(
      "title: A\ndetection: {}\n---\nname: b\nid: b\nquery: T\n---\nname: m\ndefinition: x\n---\nodd: 1\n");
  EXPECT_EQ(loaded.content.detections.size(), 2U);
  EXPECT_EQ(loaded.content.macros.size(), 1U);
  EXPECT_EQ(loaded.codes(), "CNT002 11:1");
  EXPECT_EQ(loaded.content.files, 1U);
}

}  // namespace
}  // namespace hecate::content
