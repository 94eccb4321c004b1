#include "exec/stream/raw_screen.h"

#include <gtest/gtest.h>

namespace hecate::stream {
namespace {

TEST(RawScreen, TellsTextsWithoutTheLiterals) {
  RawScreen screen({"mimikatz", "lsadump::sam"}, "a plain event");
  EXPECT_TRUE(screen.clean("nothing to see"));
  EXPECT_TRUE(screen.clean(""));
  EXPECT_TRUE(screen.clean("mimikat z, lsadump::sa"));
  EXPECT_FALSE(screen.clean("run MimiKatz now"));
  EXPECT_FALSE(screen.clean("at the end: lsadump::SAM"));
  EXPECT_TRUE(screen.clean("nothing again, several\nlines"));
}

TEST(RawScreen, FindsLiteralsWhereverTheyStand) {
  RawScreen screen({"needle"}, "");
  for (size_t before = 0; before < 200; ++before) {
    const std::string text = std::string(before, 'n') + "needle" + std::string(200 - before, 'e');
    EXPECT_FALSE(screen.clean(text)) << before;
    EXPECT_TRUE(screen.clean(std::string(before, 'n') + "need1e" + std::string(200 - before, 'e'))) << before;
  }
}

// A caseless comparison takes the Kelvin sign for a k.
TEST(RawScreen, ProvesNothingOfOtherTexts) {
  RawScreen screen({"mimikatz"}, "");
  EXPECT_FALSE(
      screen.clean("mimi\xE2\x84\xAA"
                   "atz"));
  EXPECT_FALSE(screen.clean("caf\xC3\xA9"));
}

TEST(RawScreen, ProvesNothingOfLiteralsThatItCannotLookFor) {
  RawScreen screen({"x"}, "");
  EXPECT_FALSE(screen.clean("abc"));
}

}  // namespace
}  // namespace hecate::stream
