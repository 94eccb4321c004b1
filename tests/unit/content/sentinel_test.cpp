// Sentinel's and Defender's content: https://learn.microsoft.com/azure/sentinel/sentinel-analytic-rules-creation
#include "content/duration.h"
#include "content/entity_types.h"
#include "support.h"

namespace hecate::content::test {
namespace {

TEST(Durations, AsRulesWriteThem) {
  EXPECT_EQ(parse_duration("5m"), 300);
  EXPECT_EQ(parse_duration("14d"), 1'209'600);
  EXPECT_EQ(parse_duration("24H"), 86'400);
  EXPECT_EQ(parse_duration("PT5M"), 300);
  EXPECT_EQ(parse_duration("P1DT12H"), 129'600);
  EXPECT_EQ(parse_duration("P2W"), 1'209'600);
  EXPECT_EQ(parse_duration("1.00:30:00"), 88'200);
  EXPECT_EQ(parse_duration("00:05:00"), 300);
  EXPECT_EQ(parse_duration("0"), 0);
}

TEST(Durations, WhatIsNone) {
  for (const char* text : {"", "5", "m", "5x", "-5m", "PT", "P", "P5M", "PT5D", "1:2:3:4", "25:00:00", "9999999999d",
                           "99999999999999999999", "5m5", "1.x"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(Durations, ShortestText) {
  EXPECT_EQ(duration_text(1'209'600), "14d");
  EXPECT_EQ(duration_text(5'400), "90m");
  EXPECT_EQ(duration_text(45), "45s");
  EXPECT_EQ(duration_text(0), "0s");
}

// entities-reference: every required identifier is one of the type's.
TEST(EntityTypes, AreWhole) {
  for (const EntityType& type : entity_types()) {
    for (const std::string_view name : type.required) EXPECT_EQ(find_identifier(type, name), name) << type.name;
  }
  EXPECT_EQ(find_entity_type("ip")->kind, "ip");
  EXPECT_EQ(find_entity_type("FILEHASH")->kind, "file-hash");
  EXPECT_EQ(find_entity_type("Spaceship"), nullptr);
}

TEST(Parsers, BothNamesCallOne) {
  const Loaded loaded(R"(Parser: {Title: T}
ParserName: vimX
EquivalentBuiltInParser: _Im_X
ParserParams:
  - {Name: who, Type: string, Default: "*"}
  - {Name: list, Type: dynamic, Default: "[]"}
  - {Name: disabled, Type: bool, Default: false}
ParserQuery: Syslog | where not(disabled)
)");
  EXPECT_EQ(loaded.codes(), "");
  ASSERT_EQ(loaded.content.functions.size(), 2U);
  EXPECT_EQ(loaded.content.functions[0].name, "vimX");
  EXPECT_EQ(loaded.content.functions[1].name, "_Im_X");
  EXPECT_EQ(loaded.content.functions[1].parameters.view(),
            "who: string = '*', list: dynamic = dynamic([]), disabled: bool = false");
}

// https://learn.microsoft.com/kusto/management/create-alter-function
TEST(FunctionFiles, CommandsWithBracketsInTextsAndComments) {
  const Loaded loaded(
      "// two\n.create-or-alter function with (docstring = \"a ) in it\") A(x: string = '(') { T | where y == \"}\" // "
      "}\n }\n"
      ".create function B() { A }\n",
      "f.kql");
  EXPECT_EQ(loaded.codes(), "");
  ASSERT_EQ(loaded.content.functions.size(), 2U);
  EXPECT_EQ(loaded.content.functions[0].parameters.view(), "(x: string = '(')");
  EXPECT_EQ(loaded.content.functions[0].body.view(), " T | where y == \"}\" // }\n ");
  EXPECT_EQ(loaded.content.functions[1].body.view(), " A ");
  EXPECT_TRUE(loaded.content.detections.empty());
}

TEST(FunctionFiles, ThatAreCutShort) {
  for (const char* text : {".create function", ".create function A", ".create function A(", ".create function A() {",
                           ".create function A() { x } nonsense", ".create function with ("}) {
    EXPECT_EQ(Loaded(text, "f.kql").codes().substr(0, 6), "CNT004") << text;
  }
}

TEST(Watchlists, HaveASearchKey) {
  Folder folder;
  folder.file("watchlists/Hosts.csv", "Name,Owner\na,x\n").file("other/Hosts.csv", "no,watchlist\n");
  const LoadedFolder loaded({folder.path()});
  ASSERT_EQ(loaded.content.tables.size(), 1U);
  EXPECT_EQ(loaded.content.tables[0].name, "watchlist:Hosts");
  EXPECT_EQ(loaded.content.tables[0].columns, (Texts{"Name", "Owner", "SearchKey"}));
  EXPECT_EQ(loaded.content.tables[0].rows[0], (Texts{"a", "x", "a"}));
}

TEST(Azure, OnlyFilesThatHoldContentAreRead) {
  Folder folder;
  folder.file("log.json", R"({"properties": {}, "type": "event"})")
      .file("broken.json", "{\"alertRules\"")
      .file("rules.json", R"({"value": [{"type": "Microsoft.SecurityInsights/alertRules", "kind": "Scheduled",
"name": "3fb65cc4-f32b-4d16-a1c8-863dff1c9022", "properties": {"displayName": "N", "query": "T", "severity": "Low",
"queryFrequency": "PT1H", "queryPeriod": "PT1H", "triggerOperator": "LessThan", "triggerThreshold": 2}},
{"type": "Microsoft.SecurityInsights/alertRules", "kind": "Fusion", "name": "F", "properties": {}}]})");
  const LoadedFolder loaded({folder.path()});
  EXPECT_EQ(loaded.codes(), "");
  const Detection* rule = loaded.find("3fb65cc4-f32b-4d16-a1c8-863dff1c9022");
  ASSERT_NE(rule, nullptr);
  EXPECT_EQ(loaded.content.detections.size(), 1U);
  EXPECT_EQ(rule->alert->trigger, AlertRule::Trigger::Below);
}

// https://learn.microsoft.com/defender-xdr/custom-detection-rules, "Rule frequency"
TEST(Defender, FrequencyGivesTheTimeThatIsLookedAt) {
  const Loaded loaded(R"(displayName: N
id: 7
queryCondition: {queryText: DeviceProcessEvents}
schedule: {period: 1H}
detectionAction:
  alertTemplate:
    title: On {{DeviceName}}
    severity: high
    category: Persistence
    mitreTechniques: [T1053]
    impactedAssets:
      - {"@odata.type": "#microsoft.graph.security.impactedUserAsset", identifier: accountUpn}
)");
  EXPECT_EQ(loaded.codes(), "");
  const Detection& d = loaded.detection();
  EXPECT_EQ(d.schedule->every_seconds, 3'600);
  EXPECT_EQ(d.schedule->earliest, "-4h");
  EXPECT_EQ(d.alert->title, "On {{DeviceName}}");
  EXPECT_EQ(d.entities[0].type, "account");
  EXPECT_EQ(d.entities[0].field, "AccountUpn");
  EXPECT_EQ(Loaded("displayName: N\nqueryCondition: {queryText: T}\nschedule: {period: 2H}\n").codes(), "CNT029 3:20");
}

}  // namespace
}  // namespace hecate::content::test
