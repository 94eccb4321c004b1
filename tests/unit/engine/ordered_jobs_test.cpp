#include "engine/ordered_jobs.h"

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <vector>

namespace hecate::engine {
namespace {

class OrderedJobsTest : public ::testing::TestWithParam<size_t> {};

TEST_P(OrderedJobsTest, ResultsComeInOrderEachAfterItsWork) {
  constexpr size_t kJobs = 500;
  std::vector<std::atomic<bool>> worked(kJobs);
  std::vector<size_t> finished;
  const auto finish = [&](size_t job) {
    EXPECT_TRUE(worked[job]) << job;
    finished.push_back(job);
  };
  run_in_order({kJobs, [&](size_t job) { worked[job] = true; }, finish, [](size_t, size_t) { return false; }},
               GetParam());
  std::vector<size_t> all(kJobs);
  std::iota(all.begin(), all.end(), size_t{0});
  EXPECT_EQ(finished, all);
}

TEST_P(OrderedJobsTest, AJobSeesWhatThoseDidThatItWaitsFor) {
  // Every fifth writes; the others read what the last writer before them left.
  constexpr size_t kJobs = 300;
  size_t written = 0;
  std::vector<size_t> seen(kJobs);
  const auto writes = [](size_t job) { return job % 5 == 0; };
  const auto waits = [&](size_t job, size_t earlier) { return writes(job) || writes(earlier); };
  const auto finish = [&](size_t job) {
    if (writes(job)) written = job;
  };
  run_in_order({kJobs, [&](size_t job) { seen[job] = written; }, finish, waits}, GetParam());
  for (size_t job = 1; job < kJobs; ++job) EXPECT_EQ(seen[job], (job - 1) / 5 * 5) << job;
}

TEST_P(OrderedJobsTest, NoJobsAreNoWork) {
  run_in_order({0, [](size_t) { FAIL(); }, [](size_t) { FAIL(); }, [](size_t, size_t) { return false; }}, GetParam());
}

INSTANTIATE_TEST_SUITE_P(Threads, OrderedJobsTest, ::testing::Values(1, 2, 3, 8));

}  // namespace
}  // namespace hecate::engine
