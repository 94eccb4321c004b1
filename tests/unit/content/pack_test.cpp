// pack.yml and tests, as docs/packs.md describes them.
#include "support.h"

namespace hecate::content {
namespace {

using namespace test;

constexpr std::string_view kRule = "title: R\nid: r1\ndetection: {}\ntags: [attack.persistence]\n";

TEST(Pack, EveryKeyIsUnderstood) {
  Folder folder;
  folder.file("pack.yml", R"(pack: cron
title: Cron files
version: 1.2.0
description: D
license: MIT
attribution: [Someone]
references: [https://example.org]
derived_fields:
  FileName: basename(TargetFilename)
field_aliases:
  FileEvent: {TargetFileName: TargetFilePath}
schedule: {cron: '0 * * * *', earliest: -1h, latest: now, window: 5m}
disabled: true
attack: {tactics: [Persistence, Privilege Escalation], techniques: [t1053.003]}
false_positives:
  - {scenario: Packages are installed, filter: f1}
  - {scenario: Backups}
detections:
  - id: r1
    disabled: false
    entities: [{type: host, field: Computer}]
    attack: {techniques: [T1547]}
    risk:
      message: m $Computer$
      objects: [{field: Computer, type: system, score: 40}]
      threat_objects: [{field: Image, type: process}]
)");
  folder.file("rules/a.yml", kRule).file("rules/b.yml", "title: S\nid: r2\ndetection: {}\n");
  const LoadedFolder loaded({folder.path()});
  EXPECT_EQ(loaded.codes(), "");
  ASSERT_EQ(loaded.content.packs.size(), 1U);
  const Pack& pack = loaded.content.packs[0];
  EXPECT_EQ(pack.name, "cron");
  EXPECT_EQ(pack.title, "Cron files");
  EXPECT_EQ(pack.version, "1.2.0");
  EXPECT_EQ(pack.folder, folder.path());
  EXPECT_EQ(pack.derived_fields.at("FileName").expression, "basename(TargetFilename)");
  EXPECT_EQ(loaded.sources
                .position(pack.derived_fields.at("FileName").span.file, pack.derived_fields.at("FileName").span.begin)
                .line,
            9U);
  EXPECT_EQ(pack.field_aliases.at("FileEvent").at("TargetFileName"), "TargetFilePath");
  const Detection& own = *loaded.find("r1");
  EXPECT_EQ(own.pack, 0U);
  EXPECT_FALSE(own.disabled) << "the detection's own word";
  ASSERT_TRUE(own.schedule.has_value());
  EXPECT_EQ(own.schedule->cron, "0 * * * *");
  EXPECT_EQ(own.schedule->earliest, "-1h");
  EXPECT_EQ(own.schedule->latest, "now");
  EXPECT_EQ(own.schedule->window, "5m");
  EXPECT_EQ(own.attack.tactics, (Texts{"persistence", "privilege-escalation"})) << "no tactic twice";
  EXPECT_EQ(own.attack.techniques, (Texts{"T1053.003", "T1547"}));
  EXPECT_EQ(own.entities.at(0).field, "Computer");
  EXPECT_EQ(own.risk.objects.at(0).score, 40);
  EXPECT_EQ(own.risk.threat_objects.at(0).type, "process");
  EXPECT_EQ(own.false_positives, (Texts{"Packages are installed", "Backups"}));
  EXPECT_TRUE(loaded.find("r2")->disabled) << "the pack's word";
  EXPECT_TRUE(loaded.find("r2")->risk.objects.empty());
}

TEST(Pack, UnknownKeysGetAHint) {
  const Loaded top("pack: p\nscheduel: {cron: x}\n", "pack.yml");
  EXPECT_EQ(top.codes(), "CNT005 2:1");
  EXPECT_EQ(top.hint(), "did you mean `schedule`?");
  Folder folder;
  folder.file("a.yml", kRule).file("pack.yml", R"(pack: p
schedule: {corn: x, cron: y}
attack: {tactic: z}
false_positives: [{scenaro: s}]
detections:
  - id: r1
    entites: []
    risk: {mesage: m}
)");
  EXPECT_EQ(LoadedFolder({folder.path()}).codes(), "CNT005 4:20; CNT005 2:12; CNT005 3:10; CNT005 7:5; CNT005 8:12");
}

TEST(Pack, MistakesAreNamed) {
  const auto codes_of = [](std::string_view pack) {
    Folder folder;
    folder.file("a.yml", kRule).file("pack.yml", pack);
    return LoadedFolder({folder.path()}).codes();
  };
  EXPECT_EQ(codes_of("pack: [a]\n"), "CNT004 1:7");
  EXPECT_EQ(codes_of("pack: p\ndisabled: maybe\n"), "CNT004 2:11");
  EXPECT_EQ(codes_of("pack: p\nschedule: {earliest: -1h}\n"), "CNT003 2:11");
  EXPECT_EQ(codes_of("pack: p\ndetections: [{id: nobody}]\n"), "CNT007 2:14");
  EXPECT_EQ(codes_of("pack: p\ndetections: [{disabled: true}]\n"), "CNT003 2:14");
}

TEST(Pack, ValuesOfTheWrongShapeAreNotIgnored) {
  const auto codes_of = [](std::string_view pack) {
    Folder folder;
    folder.file("a.yml", kRule).file("pack.yml", pack);
    return LoadedFolder({folder.path()}).codes();
  };
  EXPECT_EQ(codes_of("pack: p\ndetections: {id: r1}\n"), "CNT004 2:13");
  EXPECT_EQ(codes_of("pack: p\ndetections: [r1]\n"), "CNT004 2:14");
  EXPECT_EQ(codes_of("pack: p\nderived_fields: [a]\n"), "CNT004 2:17");
  EXPECT_EQ(codes_of("pack: p\nderived_fields: {a: [b]}\n"), "CNT004 2:21");
  EXPECT_EQ(codes_of("pack: p\nfield_aliases: {T: x}\n"), "CNT004 2:20");
  EXPECT_EQ(codes_of("pack: p\nfalse_positives: none\n"), "CNT004 2:18");
  EXPECT_EQ(codes_of("pack: p\nschedule: hourly\n"), "CNT004 2:11");
  EXPECT_EQ(codes_of("pack: p\nattack: T1053\n"), "CNT004 2:9");
  EXPECT_EQ(codes_of("pack: p\ndetections: [{id: r1, entities: host}]\n"), "CNT004 2:33");
  EXPECT_EQ(codes_of("pack: p\ndetections: [{id: r1, risk: [1]}]\n"), "CNT004 2:29");
}

TEST(Pack, AMistakeIsSaidOnceHoweverManyDetectionsThereAre) {
  Folder folder;
  folder.file("a.spl", "x")
      .file("b.spl", "y")
      .file("c.spl", "z")
      .file("pack.yml", "pack: p\nschedule: {corn: a, cron: b}\ndisabled: maybe\n");
  EXPECT_EQ(LoadedFolder({folder.path()}).codes(), "CNT005 2:12; CNT004 3:11");
}

TEST(Pack, TheInnermostWins) {
  Folder folder;
  folder.file("pack.yml", "pack: outer\ndisabled: true\n").file("a.yml", "title: A\nid: a\ndetection: {}\n");
  folder.file("inner/pack.yml", "pack: inner\n").file("inner/deep/b.yml", "title: B\nid: b\ndetection: {}\n");
  folder.file("inner2/c.spl", "index=x");
  const LoadedFolder loaded({folder.path()});
  EXPECT_EQ(loaded.codes(), "");
  EXPECT_EQ(loaded.content.packs.at(*loaded.find("a")->pack).name, "outer");
  EXPECT_EQ(loaded.content.packs.at(*loaded.find("b")->pack).name, "inner");
  EXPECT_EQ(loaded.content.packs.at(*loaded.find("c")->pack).name, "outer") << "a longer name is another folder";
  EXPECT_TRUE(loaded.find("a")->disabled);
  EXPECT_FALSE(loaded.find("b")->disabled) << "the outer pack does not reach into the inner";
}

TEST(Pack, WithoutAPackThereIsNone) { EXPECT_EQ(Loaded(std::string(kRule)).detection().pack, std::nullopt); }

TEST(Tests, EveryKeyIsUnderstood) {
  const Loaded loaded(R"(tests:
  - name: one
    description: D
    events: |
      {"a":1}
    expect:
      - detection: r1
        findings: 2
        suppressed: {f1: 1}
        results:
          - {a: 1, m: [x, y]}
          - {}
        messages: [m1]
        risk: [{object: h, type: system, score: 5}]
      - detection: r2
        findings: 0
  - name: two
    file: ../logs/x.json
    expect: [{detection: r1, findings: 1}]
)",
                      "packs/p/tests/t.yml");
  EXPECT_EQ(loaded.codes(), "");
  ASSERT_EQ(loaded.content.tests.size(), 2U);
  const TestCase& one = loaded.content.tests[0];
  EXPECT_EQ(one.name, "one");
  EXPECT_EQ(one.events, "{\"a\":1}\n");
  ASSERT_EQ(one.expectations.size(), 2U);
  const Expectation& first = one.expectations[0];
  EXPECT_EQ(first.findings, 2);
  EXPECT_EQ(first.suppressed.at("f1"), 1);
  ASSERT_EQ(first.results.size(), 2U);
  EXPECT_EQ(first.results[0].at("m"), "x\ny");
  EXPECT_EQ(first.messages, Texts{"m1"});
  EXPECT_EQ(first.risk.at(0).score, 5);
  EXPECT_EQ(loaded.content.tests[1].events_file, "packs/p/logs/x.json");
}

TEST(Tests, AnEmptyFirstValueOfSeveralCounts) {
  const Loaded loaded(
      "tests:\n  - {name: n, events: e, expect: [{detection: d, findings: 1, results: [{m: ['', b]}]}]}\n");
  EXPECT_EQ(loaded.content.tests.at(0).expectations.at(0).results.at(0).at("m"), "\nb");
}

TEST(Tests, MistakesAreNamed) {
  EXPECT_EQ(Loaded("tests:\n  - {name: n, events: e}\n").codes(), "CNT003 2:5");
  EXPECT_EQ(Loaded("tests:\n  - {name: n, expect: [{detection: d, findings: 1}]}\n").codes(), "CNT003 2:5");
  EXPECT_EQ(Loaded("tests:\n  - {name: n, events: e, expect: [{detection: d}]}\n").codes(), "CNT003 2:35");
  EXPECT_EQ(Loaded("tests:\n  - {name: n, events: e, expect: [{detection: d, findings: many}]}\n").codes(),
            "CNT004 2:60");
  EXPECT_EQ(Loaded("tests:\n  - {name: n, event: e, events: x, expect: [{detection: d, findings: 1}]}\n").codes(),
            "CNT005 2:15");
  EXPECT_EQ(Loaded("tests:\n  - {name: n, events: x, expect: [{detection: d, findings: 1, suppress: {}}]}\n").hint(),
            "did you mean `suppressed`?");
  EXPECT_EQ(Loaded("tests: one\n").codes(), "CNT004 1:8");
  EXPECT_EQ(Loaded("tests: [one]\n").codes(), "CNT004 1:9");
}

}  // namespace
}  // namespace hecate::content
