#include "finding/finding.h"

#include <gtest/gtest.h>

#include <set>

namespace hecate {
namespace {

content::Detection detection() {
  content::Detection d;
  d.id = "det";
  d.language = Language::Spl;
  return d;
}

Finding finding_of(const content::Detection& d, std::vector<ResultField> result) {
  Finding finding;
  finding.detection = &d;
  finding.result = std::move(result);
  return finding;
}

ResultField field(std::string name, std::string value) {
  return {std::move(name), OwnedValue::string(std::move(value)), true};
}

struct TemplateCase {
  std::string_view text, filled;
};

TEST(FillTemplate, ReplacesWhatTheRowHas) {
  const content::Detection d = detection();
  const Finding finding = finding_of(d, {field("user", "root"),
                                         {"hosts", OwnedValue::many({"a", "b"}), true},
                                         field("empty", ""),
                                         {"null", OwnedValue(), true},
                                         {"n", OwnedValue(Value::real(0.5)), true},
                                         field("my field", "x"),
                                         field("price", "$user$")});
  const TemplateCase cases[] = {
      {"", ""},
      {"plain", "plain"},
      {"by $user$.", "by root."},
      {"$user$$user$", "rootroot"},
      {"on $hosts$", "on a, b"},  // a multivalue field, its values in order
      {"[$empty$]", "[]"},
      {"$n$ of $my field$", "0.5 of x"},
      {"$missing$", "$missing$"},  // what is missing stays, so that a reader sees it
      {"$null$", "$null$"},
      {"$User$", "$User$"},  // names are case-sensitive
      {"costs $5 to $user$", "costs $5 to root"},
      {"$missing$user$", "$missingroot"},  // the second `$` may open a name
      {"100$", "100$"},
      {"$", "$"},
      {"$$", "$$"},
      {"$$user$$", "$root$"},
      {"$price$", "$user$"},  // a value is not filled again
  };
  for (const TemplateCase& c : cases) EXPECT_EQ(fill_template(c.text, finding), c.filled) << c.text;
}

TEST(TemplateFields, AreTheNamesThatMayBeFilled) {
  using Names = std::vector<std::string_view>;
  EXPECT_EQ(template_fields("$user$ ran $process.name$"), (Names{"user", "process.name"}));
  EXPECT_EQ(template_fields("costs $5 to $user$"), (Names{"user"}));
  EXPECT_EQ(template_fields("100$ and $$"), Names{});
}

TEST(Describe, TakesEntitiesRiskAndThreatsFromTheRow) {
  content::Detection d = detection();
  d.entities = {{"host", "dest"}, {"account", "user"}, {"host", "other"}, {"ip", "missing"}};
  d.risk.message = "cron on $dest$";
  d.risk.objects = {{"dest", "system", 40}, {"user", "user", 20}, {"missing", "system", 9}};
  d.risk.threat_objects = {{"process", "process_name"}};
  Finding finding = finding_of(d, {{"dest", OwnedValue::many({"h1", "h2", "h1"}), true},
                                   field("user", "u"),
                                   field("other", "h2"),
                                   field("process", "crontab")});
  describe(finding);
  ASSERT_EQ(finding.entities.size(), 3U) << "each entity once";
  EXPECT_EQ(finding.entities[0].value, "h1");
  EXPECT_EQ(finding.entities[1].value, "h2");
  EXPECT_EQ(finding.entities[2].type, "account");
  ASSERT_EQ(finding.risk.size(), 3U) << "risk for each object once";
  EXPECT_EQ(finding.risk[1].object, "h2");
  EXPECT_EQ(finding.risk[1].score, 40);
  EXPECT_EQ(finding.risk[2].type, "user");
  ASSERT_EQ(finding.threat_objects.size(), 1U);
  EXPECT_EQ(finding.threat_objects[0].field, "process");
  EXPECT_EQ(finding.threat_objects[0].value, "crontab");
  EXPECT_EQ(finding.message, "cron on h1, h2, h1");
}

TEST(Describe, AnEmptyTextIsNobody) {
  content::Detection d = detection();
  d.entities = {{"host", "dest"}};
  d.risk.objects = {{"dest", "system", 40}};
  d.risk.threat_objects = {{"dest", "x"}};
  Finding finding = finding_of(d, {field("dest", "")});
  describe(finding);
  EXPECT_TRUE(finding.entities.empty());
  EXPECT_TRUE(finding.risk.empty()) << "KQL's absent text";
  EXPECT_TRUE(finding.threat_objects.empty());
  EXPECT_EQ(finding.message, "");
}

// Downstream tools keep these ids to recognise a finding that they have seen. This one was computed once (XXH3,
// 128 bits) and is pinned on purpose: when it changes, every stored id is orphaned.
TEST(FindingId, IsPinned) {
  EXPECT_EQ(finding_id(detection(), "2022-08-09", "host=a"), "90ac8fb2a88ac1b884ddc3ea68a566c0");
}

TEST(FindingId, DependsOnEachPartAndOnNothingElse) {
  content::Detection d = detection();
  const std::string base = finding_id(d, "w", "k");
  EXPECT_EQ(base.size(), 32U);
  EXPECT_EQ(base.find_first_not_of("0123456789abcdef"), std::string::npos);
  std::set<std::string> ids{base,
                            finding_id(d, "w", "K"),
                            finding_id(d, "W", "k"),
                            finding_id(d, "", "wk"),
                            finding_id(d, "wk", ""),
                            finding_id(d, "w", "")};
  d.language = Language::Kql;
  ids.insert(finding_id(d, "w", "k"));
  d.language = Language::Spl;
  d.id = "other";
  ids.insert(finding_id(d, "w", "k"));
  EXPECT_EQ(ids.size(), 8U);
  d = detection();
  d.title = "another title";
  d.level = content::Level::Critical;
  EXPECT_EQ(finding_id(d, "w", "k"), base);
}

}  // namespace
}  // namespace hecate
