// The engine as a whole, on a few events: the end-to-end scenarios cover the rest.
#include "engine/hunt.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace hecate::engine {
namespace {

constexpr std::string_view kEvents = R"({"user":"root","cmd":"crontab -l","n":1}
{"user":"bob","cmd":"crontab -e","n":2}
{"user":"root","cmd":"ls","n":3}
{"user":"eve","cmd":"crontab x","n":4}
)";

/// Rules over events that no source of the catalog recognises.
class HuntTest : public ::testing::Test {
 protected:
  void load(std::string path, std::string text) {
    content::load_text(std::move(path), std::move(text), content, sources, sink);
  }
  void compile() {
    CompileOptions options;
    options.file_tables = [] { return std::vector{infer_events()}; };
    rules = std::make_unique<Ruleset>(std::move(content), catalog, options, sink);
    for (const Diagnostic& d : sink.all()) {
      if (d.code->severity == Severity::Error) ADD_FAILURE() << render(d, sources);
    }
  }
  static kql::TableSchema infer_events() {
    return {"events", {{"user", Type::String, {}}, {"cmd", Type::String, {}}, {"n", Type::Long, {}}}};
  }

  /// Filters speak of a source's events: take ours for Linux's.
  void take_for_linux() {
    auto loaded = Catalog::load(std::string(HECATE_SOURCE_DIR) + "/catalogs", sources, sink);
    ASSERT_TRUE(loaded.ok());
    catalog = std::move(*loaded);
    assume = catalog.find("sysmon_linux.file_create");
    ASSERT_TRUE(assume.has_value());
  }

  std::vector<Finding> run(HuntOptions options = {}) {
    if (!rules) compile();
    options.assume = assume;
    options.text = &events;
    std::vector<Finding> findings;
    report = hunt(*rules, options, [&](Finding&& finding) { findings.push_back(std::move(finding)); }, sink);
    return findings;
  }
  static std::string summary(const std::vector<Finding>& findings) {
    std::string out;
    for (const Finding& f : findings) {
      out += fmt::format("{}{}#{}{}", out.empty() ? "" : " ", f.detection->id, f.source ? f.source->record : 0,
                         f.suppressed_by.empty() ? "" : "!" + f.suppressed_by);
    }
    return out;
  }

  std::string events{kEvents};
  SourceMap sources;
  DiagnosticSink sink;
  Catalog catalog;
  content::Content content;
  std::unique_ptr<Ruleset> rules;
  HuntReport report;
  std::optional<RecordType> assume;
};

TEST_F(HuntTest, FindsByHeadsAndByTails) {
  load("head.spl", "cmd=\"crontab*\"");
  load("tail.spl", "cmd=\"crontab*\" | stats count by user | where count > 0");
  const auto findings = run();
  EXPECT_EQ(summary(findings), "head#1 head#2 head#4 tail#2 tail#4 tail#1")
      << "tails in the order of their rows: bob, eve, root";
  EXPECT_EQ(report.findings, 6U);
  EXPECT_EQ(report.rules, 2U);
  EXPECT_EQ(report.failed, 0U);
  EXPECT_EQ(report.candidates, 3U);
  EXPECT_EQ(report.read.parsed, 4U);
}

// Splunk ES gives each entity of a finding a message of its own; tables for eyes show what such a message needs.
TEST_F(HuntTest, FieldsOfAnEntitysOwnMessageAreKeyFields) {
  load("found.yml", R"(name: found
id: found
search: cmd="crontab*"
finding:
  title: title
  entity: {field: user, type: user, score: 50}
intermediate_findings:
  entities:
  - {field: user, type: user, score: 50, message: "entry $n$ of $user$"}
)");
  const auto findings = run();
  ASSERT_FALSE(findings.empty());
  ASSERT_FALSE(findings.front().risk.empty());
  EXPECT_EQ(findings.front().risk.front().message, "entry 1 of root");
  const auto& result = findings.front().result;
  const auto n = std::find_if(result.begin(), result.end(), [](const ResultField& field) { return field.name == "n"; });
  ASSERT_NE(n, result.end());
  EXPECT_TRUE(n->key);
}

TEST_F(HuntTest, IsTheSameInEveryRun) {
  load("head.spl", "cmd=\"crontab*\"");
  load("tail.spl", "cmd=* | stats values(cmd) as c, count by user");
  load("q.kql", "events | summarize count() by user");
  const auto ids = [](const std::vector<Finding>& findings) {
    std::vector<std::string> result;
    for (const Finding& finding : findings) result.push_back(finding.id);
    return result;
  };
  const auto first = ids(run());
  EXPECT_EQ(ids(run()), first);
  EXPECT_EQ(std::set<std::string>(first.begin(), first.end()).size(), first.size()) << "no id twice";
  HuntOptions shuffled;
  shuffled.shuffle_candidates = true;
  EXPECT_EQ(ids(run(shuffled)), first);
  HuntOptions slow;
  slow.evaluation = stream::Evaluation::Reference;
  EXPECT_EQ(ids(run(slow)), first);
}

TEST_F(HuntTest, OnlyRunsWhatIsAskedFor) {
  load("a.spl", "user=root");
  load("b.spl", "user=bob");
  compile();
  HuntOptions options;
  options.only = {rules->find("b")};
  EXPECT_EQ(summary(run(options)), "b#2");
  EXPECT_EQ(report.rules, 1U);
  EXPECT_EQ(rules->find("nobody"), nullptr);
}

TEST_F(HuntTest, AnEventThatAFilterKnowsIsSuppressedAndCounted) {
  take_for_linux();
  load("by_id.spl", "cmd=\"crontab*\"");
  load("f.yml",
       "title: Bob may\nid: f1\nlogsource: {product: linux}\nfilter:\n  rules: [by_id]\n  s: {user: bob}\n  condition: "
       "not s\n");
  const auto findings = run();
  EXPECT_EQ(summary(findings), "by_id#1 by_id#2!f1 by_id#4");
  EXPECT_EQ(findings.at(1).suppressed_by_title, "Bob may");
  EXPECT_EQ(report.findings, 2U);
  EXPECT_EQ(report.suppressed, 1U);
}

TEST_F(HuntTest, FiltersAttachByTitleAndToAnySigmaRule) {
  take_for_linux();
  load("a.yml",
       "name: A long title\nid: a\nsearch: cmd=\"crontab -e\"\n---\ntitle: Other\nid: b\nlogsource: {product: "
       "linux}\ndetection: {s: {user: root}, condition: s}\n");
  load("f.yml",
       "title: F\nid: f1\nlogsource: {product: linux}\nfilter:\n  rules: [A long title]\n  s: {user: bob}\n  "
       "condition: not s\n---\n"
       "title: G\nid: f2\nlogsource: {product: linux}\nfilter:\n  rules: any\n  s: {cmd: ls}\n  condition: not s\n");
  EXPECT_EQ(summary(run()), "b#1 a#2!f1 b#3!f2");
}

TEST_F(HuntTest, ATailNeverSeesWhatAFilterKnows) {
  take_for_linux();
  load("t.spl", "cmd=\"crontab*\" | stats count");
  load("f.yml",
       "title: F\nid: f1\nlogsource: {product: linux}\nfilter:\n  rules: [t]\n  s: {user: bob}\n  condition: not s\n");
  const auto findings = run();
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].count, 2);
  EXPECT_EQ(report.suppressed, 1U);
}

TEST_F(HuntTest, NoEventsNoFindings) {
  load("a.spl", "user=* | stats count by user");
  events.clear();
  EXPECT_EQ(summary(run()), "");
  EXPECT_EQ(report.read.records, 0U);
}

// limits.conf: what Splunk takes of a subsearch and what `sort` keeps, with a warning where there is more.
class LimitsTest : public HuntTest {
 protected:
  /// The messages of the one code about limits.
  std::string cut(const std::string& search) {
    load("search.spl", search);
    (void)run();
    std::string out;
    for (const Diagnostic& diagnostic : sink.all()) {
      if (diagnostic.code->id == std::string_view("TAI003")) out += diagnostic.message + "\n";
    }
    return out;
  }
};

TEST_F(LimitsTest, OfASubsearchThatIsACondition) {
  EXPECT_EQ(cut("[| makeresults count=10001 | streamstats count as n | fields n] | stats count"),
            "search: the subsearch of `search` gives 10001 rows, of which the first 10000 are taken\n");
}

TEST_F(LimitsTest, NothingIsSaidWhereTheLimitIsReached) {
  EXPECT_EQ(cut("[| makeresults count=10000 | streamstats count as n | fields n] | stats count"), "");
}

TEST_F(LimitsTest, OfAppend) {
  EXPECT_EQ(cut("cmd=* | append maxout=3 [| makeresults count=5 | eval user=\"x\" | fields user] | stats count"),
            "search: the subsearch of `append` gives 5 rows, of which the first 3 are taken\n");
}

TEST_F(LimitsTest, OfJoin) {
  EXPECT_EQ(cut("cmd=* | join user [| makeresults count=50001 | eval user=\"bob\" | fields user] | stats count"),
            "search: the subsearch of `join` gives 50001 rows, of which the first 50000 are taken\n");
}

TEST_F(LimitsTest, OfSort) {
  EXPECT_EQ(cut("| makeresults count=10001 | streamstats count as n | sort n | stats count"),
            "search: `sort` keeps the first 10000 of 10001 rows\n");
}

TEST_F(LimitsTest, OfSortThatWasAskedFor) {
  EXPECT_EQ(cut("| makeresults count=10001 | streamstats count as n | sort 5 n | sort 0 n | stats count"), "");
}

TEST_F(LimitsTest, OfMap) {
  EXPECT_EQ(cut("| makeresults count=12 | map search=\"| makeresults\" | stats count"),
            "search: `map` runs for the first 10 of 12 rows\n");
}

}  // namespace
}  // namespace hecate::engine
