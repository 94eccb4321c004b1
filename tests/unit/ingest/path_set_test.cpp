#include <gtest/gtest.h>

#include <algorithm>
#include <map>

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

/// The slots of all paths that lead to a key below a path of keys.
std::vector<uint32_t> slots_at(const PathSet& paths, std::string_view keys) {
  const PathSet::TrieNode& node = paths.nodes()[descend(paths, 0, keys)];
  std::vector<uint32_t> slots = node.more_slots;
  if (node.slot >= 0) slots.push_back(static_cast<uint32_t>(node.slot));
  std::sort(slots.begin(), slots.end());
  return slots;
}

TEST(PathSet, AnyKeyIsNamedOnesTooInWhateverOrderPathsAreAdded) {
  using Slots = std::vector<uint32_t>;
  std::vector<std::string_view> wanted{"a.*.x", "a.b.x", "a.b.y", "a.*.*", "a.*{}.z", "a{}.x", "*.b.x"};
  std::sort(wanted.begin(), wanted.end());
  do {
    PathSet paths;
    std::map<std::string_view, uint32_t> slot;
    for (const std::string_view path : wanted) slot[path] = static_cast<uint32_t>(paths.add(path));
    const auto of = [&](std::vector<std::string_view> leading) {
      Slots slots;
      for (const std::string_view path : leading) slots.push_back(slot.at(path));
      std::sort(slots.begin(), slots.end());
      return slots;
    };
    ASSERT_EQ(slots_at(paths, "a.b.x"), of({"a.*.x", "a.b.x", "a.*.*", "*.b.x"}));
    ASSERT_EQ(slots_at(paths, "a.b.y"), of({"a.b.y", "a.*.*"}));
    ASSERT_EQ(slots_at(paths, "a.c.x"), of({"a.*.x", "a.*.*"}));
    ASSERT_EQ(slots_at(paths, "a.c.q"), of({"a.*.*"}));
    ASSERT_EQ(slots_at(paths, "a.b.{}.z"), of({"a.*{}.z"}));
    ASSERT_EQ(slots_at(paths, "a.{}.x"), of({"a{}.x"}));
    ASSERT_EQ(slots_at(paths, "q.b.x"), of({"*.b.x"}));
    ASSERT_EQ(slots_at(paths, "a.b"), Slots());
  } while (std::next_permutation(wanted.begin(), wanted.end()));
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
