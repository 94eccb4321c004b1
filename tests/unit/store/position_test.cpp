#include "store/position.h"

#include <gtest/gtest.h>

#include <fstream>

#include "../temporary_folder.h"

namespace hecate::store {
namespace {

TEST(PositionFile, IsFoundAgain) {
  const test::Folder folder;
  const std::string path = folder.path("position");
  for (uint64_t n = 1; n <= 5; ++n) {
    PositionFile file;
    ASSERT_TRUE(file.open(path));
    EXPECT_EQ(file.position().sequence, (n - 1) * 10);
    ASSERT_TRUE(file.write({n * 10, n}));
  }
}

TEST(PositionFile, AnyDamagedByteLeavesThisOrTheOneBefore) {
  const test::Folder folder;
  const std::string path = folder.path("position");
  {
    PositionFile file;
    ASSERT_TRUE(file.open(path));
    ASSERT_TRUE(file.write({10, 1}));
    ASSERT_TRUE(file.write({20, 2}));
  }
  std::ifstream in(path, std::ios::binary);
  const std::string good{std::istreambuf_iterator<char>(in), {}};
  for (size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x40);
    PositionFile file;
    ASSERT_TRUE(file.open(folder.write("bad", bad)));
    const bool earlier = file.position() == Position{10, 1};
    const bool same = file.position() == Position{20, 2};
    EXPECT_TRUE(earlier || same) << "at byte " << at;
  }
  for (size_t size = 0; size < good.size(); ++size) {
    PositionFile file;
    ASSERT_TRUE(file.open(folder.write("cut", good.substr(0, size))));
    EXPECT_LE(file.position().sequence, 20) << "at " << size;
  }
}

}  // namespace
}  // namespace hecate::store
