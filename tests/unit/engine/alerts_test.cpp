// https://learn.microsoft.com/azure/sentinel/create-analytics-rules, "Alert threshold" and "Event grouping"
#include "engine/alerts.h"

#include <gtest/gtest.h>

namespace hecate::engine {
namespace {

using content::AlertRule;

/// How many rows each alert of so many rows has.
std::vector<int64_t> alerts_of(int rows, const AlertRule& alert, bool as_service = false,
                               const char* type = "Scheduled") {
  content::Detection detection;
  detection.id = detection.title = "d";
  detection.type = type;
  detection.alert = std::make_shared<const AlertRule>(alert);
  std::vector<int64_t> counts;
  Alerts alerts(as_service, [&](Finding&& finding) { counts.push_back(finding.count); });
  for (int i = 0; i < rows; ++i) {
    Finding row;
    row.detection = &detection;
    row.id = std::to_string(i);
    row.result.push_back({"n", OwnedValue::string(std::to_string(i))});
    alerts.add(std::move(row));
  }
  alerts.finish(detection);
  return counts;
}

AlertRule rule(AlertRule::Trigger trigger, int64_t threshold, AlertRule::Grouping grouping) {
  AlertRule result;
  result.trigger = trigger;
  result.threshold = threshold;
  result.grouping = grouping;
  return result;
}

using Trigger = AlertRule::Trigger;
using Grouping = AlertRule::Grouping;
using Counts = std::vector<int64_t>;

TEST(Alerts, OneARow) {
  const auto each = Grouping::AlertPerResult;
  EXPECT_EQ(alerts_of(3, rule(Trigger::Above, 0, each)), (Counts{1, 1, 1}));
  EXPECT_EQ(alerts_of(3, rule(Trigger::Above, 2, each)), (Counts{1, 1, 1}));
  EXPECT_EQ(alerts_of(3, rule(Trigger::Above, 3, each)), Counts{});
  EXPECT_EQ(alerts_of(3, rule(Trigger::Below, 4, each)), (Counts{1, 1, 1}));
  EXPECT_EQ(alerts_of(3, rule(Trigger::Below, 3, each)), Counts{});
  EXPECT_EQ(alerts_of(3, rule(Trigger::Equal, 3, each)), (Counts{1, 1, 1}));
  EXPECT_EQ(alerts_of(4, rule(Trigger::Equal, 3, each)), Counts{});
  EXPECT_EQ(alerts_of(3, rule(Trigger::NotEqual, 3, each)), Counts{});
  EXPECT_EQ(alerts_of(2, rule(Trigger::NotEqual, 3, each)), (Counts{1, 1}));
  EXPECT_EQ(alerts_of(4, rule(Trigger::NotEqual, 3, each)), (Counts{1, 1, 1, 1}));
}

TEST(Alerts, OneOfAllRows) {
  const auto single = Grouping::SingleAlert;
  EXPECT_EQ(alerts_of(3, rule(Trigger::Above, 0, single)), Counts{3});
  EXPECT_EQ(alerts_of(1000, rule(Trigger::Above, 0, single)), Counts{1000});
  EXPECT_EQ(alerts_of(3, rule(Trigger::Above, 3, single)), Counts{});
  EXPECT_EQ(alerts_of(3, rule(Trigger::Below, 3, single)), Counts{});
  EXPECT_EQ(alerts_of(3, rule(Trigger::Equal, 3, single)), Counts{3});
}

TEST(Alerts, TheDefaultIsTheServicesWhereItRunsAsOne) {
  EXPECT_EQ(alerts_of(2, rule(Trigger::Above, 0, Grouping::Default)), (Counts{1, 1}));
  EXPECT_EQ(alerts_of(2, rule(Trigger::Above, 0, Grouping::Default), true), Counts{2});
}

TEST(Alerts, OfNoRows) {
  EXPECT_EQ(alerts_of(0, rule(Trigger::Above, 0, Grouping::SingleAlert)), Counts{});
  EXPECT_EQ(alerts_of(0, rule(Trigger::Below, 1, Grouping::SingleAlert)), Counts{0});
  EXPECT_EQ(alerts_of(0, rule(Trigger::Equal, 0, Grouping::AlertPerResult)), Counts{0});
  EXPECT_EQ(alerts_of(0, rule(Trigger::Below, 1, Grouping::SingleAlert), false, ""), Counts{}) << "a hunting query";
}

}  // namespace
}  // namespace hecate::engine
