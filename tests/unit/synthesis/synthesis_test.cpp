#include "synthesis/synthesis.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/hunt.h"

namespace hecate::synthesis {
namespace {

struct Case {
  std::string_view name;
  std::string_view search;
  std::string_view has;  // what the events must hold; by what the search asks for, whatever else they hold
};

void PrintTo(const Case& each, std::ostream* out) { *out << each.name; }

class SynthesisTest : public ::testing::TestWithParam<Case> {
 protected:
  /// A hunt of its own, not the one that the synthesis made.
  uint64_t findings(const engine::Ruleset& rules, const std::string& events) {
    engine::HuntOptions options;
    options.text = &events;
    uint64_t count = 0;
    engine::hunt(rules, options, [&](Finding&&) { ++count; }, sink);
    return count;
  }

  SourceMap sources;
  DiagnosticSink sink;
};

TEST_P(SynthesisTest, FindsItsEventsAndNoNearMiss) {
  auto catalog = Catalog::load(HECATE_SOURCE_DIR "/catalogs", sources, sink);
  ASSERT_TRUE(catalog.ok());
  content::Content content;
  content::load_text("search.spl", std::string(GetParam().search), content, sources, sink);
  Table table;
  table.name = "known_tools";
  table.columns = {"tool", "isTool"};
  table.rows = {{"rclone.exe", "true"}, {"notepad.exe", "false"}};
  content.tables.push_back(table);
  const engine::Ruleset rules(std::move(content), *catalog, {}, sink);
  ASSERT_EQ(rules.detections().size(), 1U) << (sink.all().empty() ? "" : render(sink.all().front(), sources));
  const Synthesis made = synthesise(rules, *rules.detections().front(), {});
  ASSERT_FALSE(made.events.empty()) << made.trouble << "\n" << made.silent;
  EXPECT_NE(made.events.find(GetParam().has), std::string::npos) << made.events;
  EXPECT_EQ(findings(rules, made.events), made.findings);
  EXPECT_EQ(made.disagreement, "");
  ASSERT_FALSE(made.near_miss.empty()) << made.near_trouble;
  EXPECT_EQ(findings(rules, made.near_miss), 0U);
}

constexpr Case kCases[] = {
    {"Equality", "search sourcetype=app action=login user=root", R"("action":"login")"},
    {"Wildcards", R"(search sourcetype=app path="*\\temp\\*.exe" path="*evil*")", "evil"},
    {"In", "search sourcetype=app code IN (4, 5, 6*)", R"("code":"4")"},
    {"Negation", "search sourcetype=app command=*curl* NOT command=*curl", "curl"},
    {"Network", "search sourcetype=app | where cidrmatch(\"10.1.2.0/24\", src)", "10.1.2."},
    {"Number", "search sourcetype=app bytes>1000 bytes<1003", R"("bytes":1001)"},
    {"Regex", R"(search sourcetype=app | regex cmd="^net\s+user\s+\w{3}$")", "net"},
    {"Like", R"(search sourcetype=app | where like(cmd, "%mimi_atz%"))", "mimi"},
    {"Extraction", R"(search sourcetype=app | rex field=url "//(?<domain>[^/]+)/" | where domain="evil.example")",
     "//evil.example/"},
    {"Choice", R"(search sourcetype=app | eval kind=case(code=1, "a", code=2, "b") | where kind="b")", R"("code":2)"},
    {"Coalesce", R"(search sourcetype=app | eval who=coalesce(user, account) | where lower(who)="root")", "root"},
    {"Length", "search sourcetype=app | where len(query) > 100", "xxxxxxxxxx"},
    {"Threshold", "search sourcetype=app action=fail | stats count by user | where count >= 12", R"("action":"fail")"},
    {"Distinct", "search sourcetype=app action=fail | stats dc(user) as users by src | where users > 4", "v4"},
    {"Lookup", "search sourcetype=app | lookup known_tools tool as process OUTPUT isTool | where isTool=\"true\"",
     "rclone.exe"},
    {"Outlier",
     "search sourcetype=app | stats count by user | eventstats avg(count) as mean stdev(count) as deviation "
     "| where count > mean + 3 * deviation",
     "\"user\":"},
    {"Join", "search sourcetype=app action=start | join id [search sourcetype=net port=4444] | table id port", "4444"},
    {"Subsearch", "search sourcetype=app [search sourcetype=list bad=yes | fields host_name]", R"("bad":"yes")"},
    {"DataModel",
     "| tstats count from datamodel=Endpoint.Processes where Processes.process_name=rclone.exe "
     "Processes.parent_process_name=cmd.exe by Processes.dest Processes.user",
     "rclone.exe"},
    {"Document", R"(search sourcetype=app | spath input=body path=user.name output=who | where who="root")",
     R"(\"name\":\"root\")"},
};

INSTANTIATE_TEST_SUITE_P(Spl, SynthesisTest, ::testing::ValuesIn(kCases),
                         [](const auto& of) { return std::string(of.param.name); });

TEST(Synthesis, OfASigmaRule) {
  SourceMap sources;
  DiagnosticSink sink;
  auto catalog = Catalog::load(HECATE_SOURCE_DIR "/catalogs", sources, sink);
  ASSERT_TRUE(catalog.ok());
  content::Content content;
  content::load_text("rule.yml", R"(title: A tool
id: 5ff1ebb2-3f8b-4b8c-9f4c-0c3ffb9c5f11
logsource: {product: windows, category: process_creation}
detection:
  selection:
    Image|endswith: '\rclone.exe'
    CommandLine|contains|all: [' copy ', '--config']
  filter:
    User|startswith: 'backup'
  condition: selection and not filter
)",
                     content, sources, sink);
  const engine::Ruleset rules(std::move(content), *catalog, {}, sink);
  ASSERT_EQ(rules.detections().size(), 1U);
  const Synthesis made = synthesise(rules, *rules.detections().front(), {});
  ASSERT_FALSE(made.events.empty()) << made.trouble;
  EXPECT_NE(made.events.find(R"(\\rclone.exe)"), std::string::npos) << made.events;
  EXPECT_FALSE(made.near_miss.empty()) << made.near_trouble;
  EXPECT_EQ(made.findings, 1U);
}

TEST(Synthesis, SaysWhyThereIsNone) {
  SourceMap sources;
  DiagnosticSink sink;
  auto catalog = Catalog::load(HECATE_SOURCE_DIR "/catalogs", sources, sink);
  ASSERT_TRUE(catalog.ok());
  content::Content content;
  content::load_text("search.spl", "search sourcetype=app a=1 a=2 | where 1=2", content, sources, sink);
  const engine::Ruleset rules(std::move(content), *catalog, {}, sink);
  const Synthesis made = synthesise(rules, *rules.detections().front(), {});
  EXPECT_EQ(made.events, "");
  EXPECT_NE(made.trouble, "");
}

}  // namespace
}  // namespace hecate::synthesis
