#include "server/inflate.h"

#include <gtest/gtest.h>

namespace hecate::server {
namespace {

TEST(Inflate, GivesBackWhatWasPacked) {
  std::string out;
  for (const std::string& text : {std::string(), std::string("event"), std::string(1'000'000, 'x')}) {
    EXPECT_EQ(inflate(deflate(text), 1'000'000, out), Inflated::Good);
    EXPECT_EQ(out, text);
  }
  EXPECT_EQ(inflate(deflate("one ") + deflate("two"), 100, out), Inflated::Good);
  EXPECT_EQ(out, "one two");
}

TEST(Inflate, StopsAtTheLimit) {
  std::string out;
  const std::string bomb = deflate(std::string(50'000'000, '\0'));
  EXPECT_LT(bomb.size(), 1'000'000);
  EXPECT_EQ(inflate(bomb, 1'000'000, out), Inflated::TooLarge);
  EXPECT_LE(out.size(), 1'000'001);
  EXPECT_EQ(inflate(deflate("12345"), 5, out), Inflated::Good);
  EXPECT_EQ(inflate(deflate("123456"), 5, out), Inflated::TooLarge);
}

TEST(Inflate, RefusesWhatIsCutOrDamaged) {
  std::string out;
  const std::string packed = deflate("an event that is long enough to be packed, and packed, and packed");
  for (size_t size = 0; size < packed.size(); ++size) {
    EXPECT_EQ(inflate(packed.substr(0, size), 1000, out), Inflated::Corrupt) << size;
  }
  EXPECT_EQ(inflate(packed + "x", 1000, out), Inflated::Corrupt);
  EXPECT_EQ(inflate("not packed", 1000, out), Inflated::Corrupt);
}

}  // namespace
}  // namespace hecate::server
