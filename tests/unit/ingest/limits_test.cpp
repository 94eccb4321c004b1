// Memory stays bounded and time linear, whatever the input.
#include <sys/resource.h>

#include <chrono>

#include "samples.h"
#include "support.h"

namespace hecate::ingest::test {
namespace {

constexpr ReadOptions kSmall{.largest_record = 1'000, .chunk = 100};

TEST(Limits, LongRecordsOfEveryFormatAreCountedAndPassedOver) {
  const std::string filler(5'000, 'x');
  const std::string small = "{\"a\":1}";
  for (const std::string& text :
       {small + "\n" + filler + "\n" + small, small + "\n{\"a\":\"" + filler + "\"}\n" + small,
        "[" + small + ",{\"a\":\"" + filler + "\"}," + small + "]",
        small + "\n{\n \"a\":\"" + filler + "\",\n \"b\":1\n}\n" + small,
        small + "\n<Event><a>" + filler + "</a></Event>\n" + small,
        small + "\n<Event>\n <a>" + filler + "</a>\n <b></b>\n</Event>\n" + small}) {
    const Outcome got = read(text, kSmall);
    EXPECT_EQ(got.raws(), (Strings{small, small})) << text.substr(0, 40);
    EXPECT_EQ(got.numbers(), (Numbers{1, 3})) << text.substr(0, 40);
    EXPECT_EQ(got.stats.oversized, 1U) << text.substr(0, 40);
    EXPECT_EQ(got.stats.malformed, 0U) << text.substr(0, 40);
    EXPECT_EQ(got.codes(), (Strings{"ING009"}));
  }
}

TEST(Limits, TheLargestRecordIsRead) {
  const auto line = [](size_t size) { return "{\"a\":\"" + std::string(size - 8, 'x') + "\"}"; };
  EXPECT_EQ(read(line(1'000) + "\n", kSmall).stats.parsed, 1U);
  EXPECT_EQ(read(line(1'001) + "\n", kSmall).stats.oversized, 1U);
  EXPECT_EQ(read(std::string(1'000, 'x') + "\n", kSmall).stats.parsed, 1U);
  EXPECT_EQ(read(std::string(1'001, 'x') + "\n", kSmall).stats.oversized, 1U);
}

TEST(Limits, ALongLineMayHoldManyObjects) {
  std::string line;
  for (int i = 0; i < 1'000; ++i) line += "{\"a\":1} ";
  EXPECT_EQ(read(line, kSmall).stats.parsed, 1'000U);
  std::string events;
  for (int i = 0; i < 1'000; ++i) events += "<Event><a/></Event>";
  EXPECT_EQ(read(events, kSmall).stats.parsed, 1'000U);
}

TEST(Limits, AHundredMegabytesInOneLineAreNotHeld) {
  const Folder folder;
  const std::string path = folder.write("f", "");
  {
    std::ofstream out(path, std::ios::binary);
    const std::string block(1'000'000, 'x');
    out << "{\"a\":1}\n{\"a\":\"";
    for (int i = 0; i < 100; ++i) out << block;
    out << "\"}\n{\"a\":2}\n";
  }
  rusage before{};
  getrusage(RUSAGE_SELF, &before);
  const Outcome got = read_paths({path}, {.largest_record = size_t{1} << 20, .chunk = size_t{64} << 10});
  rusage after{};
  getrusage(RUSAGE_SELF, &after);
  EXPECT_EQ(got.numbers(), (Numbers{1, 3}));
  EXPECT_EQ(got.stats.oversized, 1U);
  EXPECT_EQ(got.stats.bytes, 100'000'000U + 8 + 6 + 3 + 8);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 50'000) << "kilobytes";
}

// Inputs on which a careless reader looks at the same bytes again and again.
TEST(Limits, HostileNestingTakesLinearTime) {
  const auto repeat = [](std::string_view piece, size_t count) {
    std::string text;
    for (size_t i = 0; i < count; ++i) text += piece;
    return text;
  };
  const auto start = std::chrono::steady_clock::now();
  for (const std::string& text :
       {repeat("{\"a\":\n", 500'000), repeat("{\"a\":[\n", 500'000), repeat("<Event>\n", 300'000),
        repeat("<Event> ", 300'000), repeat(" <Event>x", 300'000), repeat("{", 3'000'000), repeat("[", 3'000'000),
        repeat("[{\"", 1'000'000), "{\"a\":" + std::string(3'000'000, '['),
        repeat("{\"a\":{\n", 900) + repeat("\"b\":1,\n", 300'000), repeat("{}", 500'000), repeat("<!--", 500'000),
        std::string(3'000'000, ' '), repeat("<Event>\n ", 300'000)}) {
    const Outcome got = read(text);
    EXPECT_EQ(got.stats.bytes, text.size());
  }
  const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  EXPECT_LT(seconds, 60);
}

TEST(Limits, DeepJsonIsMalformed) {
  const std::string deep = "{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  const Outcome got = read(deep + "\n{\"a\":1}\n");
  EXPECT_EQ(got.numbers(), (Numbers{2}));
  EXPECT_EQ(got.codes(), (Strings{"ING010"}));
}

TEST(Limits, GarbageIsCountedByLine) {
  std::string garbage;
  uint32_t state = 1;
  for (int i = 0; i < 100'000; ++i) {
    state = state * 1664525 + 1013904223;
    garbage += static_cast<char>(static_cast<unsigned char>(0x80 | state >> 24));
    if (i % 100 == 99) garbage += '\n';
  }
  const Outcome got = read(garbage);
  EXPECT_EQ(got.stats.parsed, 0U);
  EXPECT_EQ(got.stats.malformed, 1'000U);
  EXPECT_EQ(got.sink.all().size(), 1U);
}

}  // namespace
}  // namespace hecate::ingest::test
