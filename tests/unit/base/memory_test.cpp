#include <gtest/gtest.h>

#include <cstdint>

#include "base/arena.h"
#include "base/depth_guard.h"
#include "base/result.h"

namespace hecate {
namespace {

TEST(Arena, CopiesStayWhileItGrows) {
  Arena arena;
  std::vector<std::string_view> copies;
  for (int i = 0; i < 20'000; ++i) copies.push_back(arena.copy("text " + std::to_string(i)));
  for (int i = 0; i < 20'000; ++i) ASSERT_EQ(copies[static_cast<size_t>(i)], "text " + std::to_string(i));
}

TEST(Arena, AnEmptyTextIsNoNullPointer) {
  Arena arena;
  EXPECT_NE(arena.copy("").data(), nullptr);
  EXPECT_TRUE(arena.allocate_array<int>(0).empty());
}

TEST(Arena, ArraysAreAligned) {
  Arena arena;
  for (int i = 0; i < 100; ++i) {
    (void)arena.copy("x");
    const auto numbers = arena.allocate_array<double>(3);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(numbers.data()) % alignof(double), 0U);
    numbers[2] = 1.5;
  }
}

TEST(Arena, TakesWhatIsLargerThanABlock) {
  Arena arena;
  const std::string huge(3'000'000, 'h');
  EXPECT_EQ(arena.copy(huge), huge);
  const std::string_view small = arena.copy("small");
  EXPECT_EQ(arena.copy(huge), huge);
  EXPECT_EQ(small, "small");
}

TEST(Arena, ResetReusesTheMemory) {
  Arena arena;
  const char* first = arena.copy("abc").data();
  arena.reset();
  EXPECT_EQ(arena.copy("xyz").data(), first);
  for (int round = 0; round < 50; ++round) {
    arena.reset();
    const std::string big(static_cast<size_t>(round) * 40'000 + 1, 'b');
    EXPECT_EQ(arena.copy(big), big);
    EXPECT_EQ(arena.copy("tail"), "tail");
  }
}

int deepest_reached(int& depth) {
  const DepthGuard guard(depth);
  if (guard.exceeded()) return depth;
  return deepest_reached(depth);
}

TEST(DepthGuard, StopsBeyondItsBoundAndCountsBack) {
  int depth = 0;
  EXPECT_EQ(deepest_reached(depth), DepthGuard::kDeepest + 1);
  EXPECT_EQ(depth, 0);
}

TEST(Result, IsAValueOrAFailure) {
  const Result<int> value(7);
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(*value, 7);
  const Result<int> failure(already_reported());
  EXPECT_FALSE(failure.ok());
  EXPECT_FALSE(static_cast<bool>(failure));
}

}  // namespace
}  // namespace hecate
