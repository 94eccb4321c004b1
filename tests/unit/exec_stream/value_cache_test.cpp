// Caches only ever save work: what they give is what was put in, however full they are.
#include "exec/stream/value_cache.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <set>
#include <string>

#include "exec/stream/numbered_lists.h"

namespace hecate::stream {
namespace {

ValueCache::Key key_of(const CacheBudget& budget, const std::string& text) {
  return {budget.hash(text), static_cast<uint32_t>(text.size()), 0};
}

TEST(KeyedHash, TellsTextsApartAndIsStable) {
  const KeyedHash hash;
  const KeyedHash other;
  std::string text;
  std::set<uint64_t> seen;
  for (int i = 0; i < 2000; ++i) {  // texts of one length: that is what the hash promises to tell apart
    text = std::to_string(100'000 + i) + " and what all of them share";
    EXPECT_EQ(hash(text), hash(std::string(text)));
    EXPECT_TRUE(seen.insert(hash(text).high ^ hash(text).low).second) << i;
  }
  EXPECT_NE(hash("command"), other("command")) << "each has a key of its own";
  for (size_t at = 0; at < text.size(); ++at) {  // every byte counts, the last ones of an odd length too
    std::string changed = text;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_NE(hash(text), hash(changed)) << at;
  }
}

TEST(ValueCache, GivesWhatWasPutIn) {
  CacheBudget budget;
  ValueCache cache(budget);
  const auto key = [&](int i) { return key_of(budget, "value " + std::to_string(i)); };
  for (uint32_t i = 0; i < 10'000; ++i) {
    EXPECT_EQ(cache.find(key(static_cast<int>(i))), ValueCache::kMissing);
    cache.insert(key(static_cast<int>(i)), i);
  }
  for (uint32_t i = 0; i < 10'000; ++i) EXPECT_EQ(cache.find(key(static_cast<int>(i))), i);
  ValueCache::Key escaped = key(1);
  escaped.form = 1;
  EXPECT_EQ(cache.find(escaped), ValueCache::kMissing) << "another spelling is another value";
  EXPECT_GT(budget.used, 10'000U * 16);
  cache.clear();
  EXPECT_EQ(budget.used, 0U);
  EXPECT_EQ(cache.find(key(1)), ValueCache::kMissing);
}

TEST(ValueCache, StartsOverWhenItMayNotGrow) {
  CacheBudget budget;
  budget.limit = 64 * 24;
  ValueCache cache(budget);
  ValueCache starved(budget);
  for (int i = 0; i < 1000; ++i) {
    const auto key = key_of(budget, std::to_string(i));
    cache.insert(key, static_cast<uint32_t>(i));
    EXPECT_EQ(cache.find(key), static_cast<uint32_t>(i));
    starved.insert(key, 1);  // no memory at all: nothing is remembered
    EXPECT_EQ(starved.find(key), ValueCache::kMissing);
  }
  EXPECT_LE(budget.used, budget.limit);
  EXPECT_GT(budget.evictions, 10U);
}

TEST(TupleCache, ComparesTheTuplesThemselves) {
  CacheBudget budget;
  TupleCache cache(budget);
  for (uint32_t i = 0; i < 5000; ++i) {
    const std::array<uint32_t, 3> tuple{i, i * 2, 7};
    EXPECT_EQ(cache.find(tuple, 42), TupleCache::kMissing) << "one hash for all";
    cache.insert(tuple, 42, i);
    if (i > 300) break;  // a chain as long as the table
  }
  for (uint32_t i = 0; i < 300; ++i) EXPECT_EQ(cache.find(std::array<uint32_t, 3>{i, i * 2, 7}, 42), i);
  EXPECT_EQ(cache.find(std::array<uint32_t, 3>{1, 2, 8}, 42), TupleCache::kMissing);
}

// A budget that counted less than is held would wrap around, and nothing would be remembered any more.
TEST(TupleCache, GivesItsBudgetBackWheneverItIsCleared) {
  CacheBudget budget;
  TupleCache cache(budget);
  for (int round = 0; round < 5; ++round) {
    for (uint32_t i = 0; i < 1000; ++i) {
      const std::array<uint32_t, 2> tuple{i, i};
      cache.insert(tuple, cache.hash(tuple), i);
    }
    EXPECT_GT(budget.used, 8000U);
    EXPECT_LT(budget.used, 200'000U);
    cache.clear();
    EXPECT_EQ(budget.used, 0U);
  }
}

TEST(ValueCache, ReplacesOnlyWhatItHolds) {
  CacheBudget budget;
  ValueCache cache(budget);
  cache.replace(key_of(budget, "a"), 1);
  EXPECT_EQ(cache.find(key_of(budget, "a")), ValueCache::kMissing);
  cache.insert(key_of(budget, "a"), 1);
  cache.replace(key_of(budget, "a"), 2);
  cache.replace(key_of(budget, "b"), 3);
  EXPECT_EQ(cache.find(key_of(budget, "a")), 2U);
  EXPECT_EQ(cache.find(key_of(budget, "b")), ValueCache::kMissing);
}

TEST(NumberedLists, GiveEachListOneNumber) {
  NumberedLists lists;
  std::map<std::vector<uint32_t>, uint32_t> expected;
  for (uint32_t i = 0; i < 3000; ++i) {
    std::vector<uint32_t> list;
    for (uint32_t k = 0; k < i % 7; ++k) list.push_back(i % 100 * k);
    const auto [at, added] = expected.emplace(list, static_cast<uint32_t>(lists.size()));
    EXPECT_EQ(lists.number_of(list), at->second);
  }
  EXPECT_EQ(lists.size(), expected.size());
  for (const auto& [list, number] : expected) {
    EXPECT_TRUE(std::equal(list.begin(), list.end(), lists[number].begin(), lists[number].end()));
  }
}

}  // namespace
}  // namespace hecate::stream
