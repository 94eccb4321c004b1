#include <gtest/gtest.h>

#include "ingest/path_walk.h"
#include "ingest/record.h"

namespace hecate::ingest {
namespace {

TEST(PathSet, TheSamePathHasOneSlot) {
  PathSet paths;
  EXPECT_EQ(paths.add("a.b"), 0U);
  EXPECT_EQ(paths.add("a"), 1U);
  EXPECT_EQ(paths.add("a.b"), 0U);
  EXPECT_EQ(paths.add("a{}.b"), 2U);
  EXPECT_EQ(paths.slots(), 3U);
}

TEST(PathSet, KeysAreMatchedAsWholesAndWithTheirCase) {
  PathSet paths;
  paths.add("process.pid");
  EXPECT_NE(paths.child(0, "process"), 0U);
  EXPECT_EQ(paths.child(0, "Process"), 0U);
  EXPECT_EQ(paths.child(0, "proc"), 0U);
  EXPECT_EQ(paths.child(0, "process.pid"), 0U);
}

TEST(PathSet, AKeyWithDotsTakesSeveralSteps) {
  PathSet paths;
  paths.add("labels.app.kubernetes.io/name");
  const uint32_t labels = paths.child(0, "labels");
  const uint32_t name = descend(paths, labels, "app.kubernetes.io/name");
  ASSERT_NE(name, 0U);
  EXPECT_EQ(paths.nodes()[name].slot, 0);
  EXPECT_EQ(descend(paths, labels, "app.kubernetes"), paths.child(paths.child(labels, "app"), "kubernetes"));
  EXPECT_EQ(descend(paths, labels, "app..kubernetes"), 0U);
}

TEST(PathSet, OddPathsAreJustPaths) {
  PathSet paths;
  for (const std::string_view path : {"", ".", "..", "{}", "a.", ".a", "a{}{}", "{}.a", "a{", "a}"}) paths.add(path);
  EXPECT_EQ(paths.slots(), 10U);
}

TEST(FieldValues, KeepTheOrderOfTheDocument) {
  FieldValues values;
  values.reset(2);
  values.put(1, {RawKind::Number, "1"});
  values.put(0, {RawKind::Number, "2"});
  values.put(1, {RawKind::Number, "3"});
  std::vector<RawValue> all;
  values.all(1, all);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].text, "1");
  EXPECT_EQ(all[1].text, "3");
  EXPECT_EQ(values.first(1).text, "1");
  values.reset(2);
  EXPECT_EQ(values.count(1), 0U);
  EXPECT_EQ(values.first(1).kind, RawKind::Absent);
  all.clear();
  values.all(1, all);
  EXPECT_TRUE(all.empty());
}

}  // namespace
}  // namespace hecate::ingest
