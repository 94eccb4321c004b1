#include <gtest/gtest.h>

#include <fstream>

#include "../temporary_folder.h"
#include "risk/risk_event.h"
#include "risk/risk_table.h"

namespace hecate::risk {
namespace {

class RiskTest : public ::testing::Test {
 protected:
  RiskTest() {
    std::ofstream(folder_.path() + "/tactics.tsv") << "TA0002\texecution\nTA0003\tpersistence\n";
    std::ofstream(folder_.path() + "/techniques.tsv") << "T1053\tScheduled Task/Job\texecution persistence\n"
                                                         "T1053.003\tCron\tpersistence\n";
    attack_ = Attack::load(folder_.path());
    detection_.title = R"(Cron "jobs")";
    detection_.attack.techniques = {"T1053.003"};
    finding_.id = "f1";
    finding_.detection = &detection_;
    finding_.message = "of all";
    finding_.risk = {{"Host-1", "system", 40, "dest", ""}, {"ann", "user", 20, "user", "of ann"}};
  }

  test::Folder folder_;
  Attack attack_;
  content::Detection detection_;
  Finding finding_;
};

std::vector<std::string> names(const std::vector<Tactic>& tactics) {
  std::vector<std::string> result;
  for (const Tactic& tactic : tactics) result.push_back(tactic.id + " " + tactic.name);
  return result;
}
using Texts = std::vector<std::string>;

TEST_F(RiskTest, TacticsOfTechniques) {
  EXPECT_EQ(names(attack_.tactics_of("T1053.003")), Texts{"TA0003 persistence"});
  EXPECT_EQ(names(attack_.tactics_of("T1053.999")), (Texts{"TA0002 execution", "TA0003 persistence"}))
      << "an unknown sub-technique serves what its technique does";
  EXPECT_TRUE(attack_.tactics_of("T9999").empty());
  EXPECT_EQ(attack_.tactic("stealth").id, "") << "newer than the table";
  EXPECT_TRUE(Attack::load("/no such folder").tactics_of("T1053").empty());
}

TEST_F(RiskTest, AnEventForEachObject) {
  const auto events = risk_events(finding_, attack_, 7);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].object, "Host-1");
  EXPECT_EQ(events[0].message, "of all");
  EXPECT_EQ(events[1].message, "of ann") << "its own message goes before the detection's";
  EXPECT_EQ(events[1].score, 20);
  EXPECT_EQ(events[0].time, 7) << "a finding of the whole window happened when the search ran";
  EXPECT_EQ(events[0].contributing_events_search, R"(| savedsearch "Cron \"jobs\"" | search dest="Host-1")");
}

TEST_F(RiskTest, TimeIsTheFindings) {
  finding_.last_time = 5;
  EXPECT_EQ(risk_events(finding_, attack_, 7)[0].time, 5);
  finding_.time = 3;
  EXPECT_EQ(risk_events(finding_, attack_, 7)[0].time, 3);
}

TEST_F(RiskTest, TacticsThatAreNamedAndThoseOfTechniquesOnce) {
  detection_.attack.tactics = {"persistence", "stealth"};
  detection_.attack.techniques = {"T1053"};
  EXPECT_EQ(names(risk_events(finding_, attack_, {})[0].tactics),
            (Texts{"TA0003 persistence", " stealth", "TA0002 execution"}));
}

TEST_F(RiskTest, HecLine) {
  detection_.stories = {"Linux Persistence"};
  detection_.attack.tactics = {"stealth"};
  finding_.threat_objects = {{"process", "process_name", "crontab"}};
  RiskEvent event = risk_events(finding_, attack_, kTicksPerSecond)[0];
  event.calculated_score = 52.5;
  std::string line;
  append_hec_line(event, line);
  EXPECT_EQ(line,
            R"({"time":1.000000,"index":"risk","sourcetype":"stash","source":"Cron \"jobs\"","event":{)"
            R"("search_name":"Cron \"jobs\"","orig_sid":"f1","risk_object":"Host-1","risk_object_type":"system",)"
            R"("normalized_risk_object":"host-1","risk_score":40,"calculated_risk_score":52.5,"risk_message":"of all",)"
            R"("threat_object":["crontab"],"threat_object_type":["process_name"],"contributing_events_search":)"
            R"("| savedsearch \"Cron \\\"jobs\\\"\" | search dest=\"Host-1\"","analyticstories":["Linux Persistence"],)"
            R"("annotations":{"mitre_attack":{"mitre_technique_id":["T1053.003"],)"
            R"("mitre_tactic":["stealth","persistence"],"mitre_tactic_id":["TA0003"]}}}})"
            "\n");
}

TEST_F(RiskTest, TableSumsByObjectAndType) {
  RiskTable table;
  finding_.risk = {{"a", "system", 10, "f", ""}, {"b", "system", 30, "f", ""}, {"a", "user", 15, "f", ""}};
  for (const Ticks time : {5, 3}) {
    for (const RiskEvent& event : risk_events(finding_, attack_, time)) table.add(event);
  }
  const auto objects = table.by_score();
  ASSERT_EQ(objects.size(), 3U);
  EXPECT_EQ(objects[0]->object, "b");
  EXPECT_EQ(objects[0]->score, 60);
  EXPECT_EQ(objects[1]->type, "user");
  EXPECT_EQ(objects[2]->events, 2U);
  EXPECT_EQ(objects[2]->first_time, 3);
  EXPECT_EQ(objects[2]->last_time, 5);
  EXPECT_EQ(objects[2]->detections.at(&detection_), 2U);
}

}  // namespace
}  // namespace hecate::risk
