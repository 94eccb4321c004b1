#include "exec/correlate/measures.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "exec/correlate/sequence.h"

namespace hecate::correlate {
namespace {

TEST(Distinct, ForgetsAValueWithItsLastOccurrence) {
  Distinct distinct;
  const auto* a = distinct.add("a");
  EXPECT_EQ(distinct.add("a"), a);
  const auto* b = distinct.add("b");
  EXPECT_EQ(distinct.size(), 2U);
  distinct.remove(a);
  EXPECT_EQ(distinct.size(), 2U);
  distinct.remove(a);
  distinct.remove(b);
  EXPECT_EQ(distinct.size(), 0U);
  EXPECT_EQ(distinct.bytes(), 0U);
}

// The usual definition of a percentile with linear interpolation (NIST's R7, as in spreadsheets).
double percentile_of(std::vector<double> numbers, double percentile) {
  std::sort(numbers.begin(), numbers.end());
  const double rank = percentile / 100 * static_cast<double>(numbers.size() - 1);
  const auto below = static_cast<size_t>(std::floor(rank));
  const double fraction = rank - std::floor(rank);
  return fraction == 0 ? numbers[below] : numbers[below] + fraction * (numbers[below + 1] - numbers[below]);
}

TEST(Quantile, IsExactUnderAdditionsAndRemovals) {
  std::mt19937 random(7);
  for (const double percentile : {0.0, 10.0, 50.0, 90.0, 99.0, 100.0}) {
    Quantile quantile(percentile);
    std::vector<double> numbers;
    for (int step = 0; step < 500; ++step) {
      if (numbers.empty() || random() % 3 != 0) {
        numbers.push_back(static_cast<double>(random() % 50));
        quantile.add(numbers.back());
      } else {
        const size_t at = random() % numbers.size();
        quantile.remove(numbers[at]);
        numbers.erase(numbers.begin() + static_cast<std::ptrdiff_t>(at));
      }
      ASSERT_EQ(quantile.size(), numbers.size());
      if (numbers.empty()) continue;
      ASSERT_DOUBLE_EQ(quantile.value(), percentile_of(numbers, percentile));
    }
  }
}

TEST(Quantile, MedianOfAnEvenNumberIsBetweenTheMiddleTwo) {
  Quantile median(50);
  for (const double number : {1.0, 9.0, 4.0, 2.0}) median.add(number);
  EXPECT_DOUBLE_EQ(median.value(), 3);
}

TEST(Sequence, KnowsTheLatestBeginning) {
  const std::vector<size_t> rules{0, 1};
  Sequence sequence(rules);
  sequence.add(1, 1);
  EXPECT_EQ(sequence.start(), kNever);
  sequence.add(0, 2);
  sequence.add(0, 5);
  sequence.add(1, 6);
  EXPECT_EQ(sequence.start(), 5);
}

TEST(Sequence, EventsOfOneMomentAreInAnyOrder) {
  const std::vector<size_t> rules{0, 1, 2};
  Sequence sequence(rules);
  sequence.add(2, 4);
  sequence.add(1, 4);
  sequence.add(0, 4);
  EXPECT_EQ(sequence.start(), 4);
}

TEST(Sequence, LongestChain) {
  EXPECT_EQ(longest_chain({{0, 2}, {1, 1}, {2, 0}}, 3), 1U);
  EXPECT_EQ(longest_chain({{0, 0}, {1, 2}, {2, 1}, {3, 2}}, 3), 3U);
  EXPECT_EQ(longest_chain({}, 3), 0U);
}

}  // namespace
}  // namespace hecate::correlate
