#include "ingest/find_time.h"

#include <gtest/gtest.h>

#include <string>

namespace hecate::ingest {
namespace {

std::string found(std::string_view text) {
  const auto time = find_time(text);
  return time ? format_rfc3339(*time) : "none";
}

// What Splunk's timestamp processor takes for a time (Getting Data In, "Configure timestamp recognition").
TEST(FindTime, ReadsTheUsualForms) {
  EXPECT_EQ(found("a 2024-05-14T17:36:21.859+02:00 b"), "2024-05-14T15:36:21.859Z");
  EXPECT_EQ(found("2024/05/14 17:36:21 x"), "2024-05-14T17:36:21Z");
  EXPECT_EQ(found("SESSION|05/14/2024 17:36:21.859|[HTTPS"), "2024-05-14T17:36:21.859Z");
  EXPECT_EQ(found("05/14/2024 05:36:21 PM"), "2024-05-14T17:36:21Z");
  EXPECT_EQ(found("12/31/2024 12:00:01 AM"), "2024-12-31T00:00:01Z");
  EXPECT_EQ(found("[14/May/2024:17:36:21 -0700]"), "2024-05-15T00:36:21Z");
  EXPECT_EQ(found("at May 14, 2024 17:36:21 UTC"), "2024-05-14T17:36:21Z");
  EXPECT_EQ(found("14 May 2024 17:36:21, it"), "2024-05-14T17:36:21Z");
  EXPECT_EQ(found("05/14/2024 02:15:30 PM +0200"), "2024-05-14T12:15:30Z");
  EXPECT_EQ(found("2024-05-14 12:00:00,123 +0200 x"), "2024-05-14T10:00:00.123Z");
  EXPECT_EQ(found("2024-05-14 12:00:00,10.1.2.3"), "2024-05-14T12:00:00Z");
}

TEST(FindTime, TheFirstInTheFirst128Characters) {
  EXPECT_EQ(found("2024-05-14 01:00:00 2023-01-01 00:00:00"), "2024-05-14T01:00:00Z");
  EXPECT_EQ(found(std::string(120, '.') + "2024-05-14 01:00:00"), "none");
}

TEST(FindTime, WhatIsNone) {
  for (const std::string_view text : {"", "2024-05-14", "17:36:21", "13/45/2024 17:36:21", "2024-06-31 01:00:00",
                                      "2024-05-14 25:00:00", "10.1.2.3:80", "x2024-05-14 01:00:00", "1/2/3 4:5:6"}) {
    EXPECT_EQ(found(text), "none") << text;
  }
}

}  // namespace
}  // namespace hecate::ingest
