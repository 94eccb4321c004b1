// What following files stands on; tests/e2e/follow.sh follows some with the whole program.
#include "ingest/follow.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "ingest/growing_file.h"

namespace hecate::ingest {
namespace {

namespace fs = std::filesystem;

class FollowTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder = fs::temp_directory_path() / ("hecate-follow-" + std::to_string(::getpid()));
    fs::create_directories(folder);
  }
  void TearDown() override { fs::remove_all(folder); }
  [[nodiscard]] std::string path(const std::string& name) const { return (folder / name).string(); }
  static void write(const std::string& to, std::string_view text, bool append = false) {
    std::ofstream(to, std::ios::binary | (append ? std::ios::app : std::ios::trunc)) << text;
  }

  fs::path folder;
};

TEST_F(FollowTest, PositionsOutliveTheProgram) {
  const PositionFile file(path("position"));
  DiagnosticSink sink;
  ASSERT_TRUE(file.load(sink).has_value());
  EXPECT_TRUE(file.load(sink)->empty()) << "there is none yet";
  ASSERT_TRUE(file.save({{"a \"b\"\n.log", 5, 18446744073709551615U, {123, 256}, 77, 9, {9, 11}}, {"c", 1, 2}}));
  const auto loaded = file.load(sink);
  ASSERT_TRUE(loaded.has_value());
  ASSERT_EQ(loaded->size(), 2U);
  const FilePosition& at = loaded->at("a \"b\"\n.log");
  EXPECT_EQ(at.device, 5U);
  EXPECT_EQ(at.inode, 18446744073709551615U);
  EXPECT_EQ(at.fingerprint, (Fingerprint{123, 256}));
  EXPECT_EQ(at.offset, 77U);
  EXPECT_EQ(at.record, 9U);
  EXPECT_EQ(at.seen, (std::vector<uint64_t>{9, 11}));
  EXPECT_TRUE(sink.all().empty());
}

TEST_F(FollowTest, ABrokenPositionFileIsReported) {
  for (
      const std::string_view text :
      {"", "broken", "{}", R"({"version":2,"files":[]})", R"({"version":1,"files":[{"path":"x"}]})",
       R"({"version":1,"files":[{"path":"x","device":1,"inode":1,"fingerprint":1,"fingerprint_bytes":257,"offset":0,"record":1,"seen":[]}]})"}) {
    write(path("position"), text);
    DiagnosticSink sink;
    EXPECT_FALSE(PositionFile(path("position")).load(sink).has_value()) << text;
    ASSERT_EQ(sink.all().size(), 1U);
    EXPECT_EQ(sink.all().front().code->id, "ING017");
  }
}

TEST(Progression, GoesOnWithTheLastRecord) {
  Progression progress({"log", 1, 2});
  EXPECT_EQ(progress.position().offset, 0U);
  EXPECT_EQ(progress.position().record, 1U);
  progress.done(1, 0);
  progress.done(2, 50);
  EXPECT_EQ(progress.position().offset, 50U);
  EXPECT_EQ(progress.position().record, 2U);
  EXPECT_EQ(progress.position().seen, std::vector<uint64_t>{2});
  const Progression again(progress.position());
  EXPECT_TRUE(again.was_seen(2));
  EXPECT_FALSE(again.was_seen(3));
}

TEST(Progression, GoesOnWithTheFirstLineThatWaits) {
  Progression progress({"log", 1, 2});
  progress.done(1, 0);
  for (const uint64_t number : {2, 3, 4, 5}) progress.waits(number, number * 10);
  progress.done(3, 30);  // of another event, complete before the first
  progress.done(5, 50);
  EXPECT_EQ(progress.position().offset, 20U);
  EXPECT_EQ(progress.position().record, 2U);
  EXPECT_EQ(progress.position().seen, (std::vector<uint64_t>{3, 5}));
  Progression again(progress.position());
  EXPECT_TRUE(again.was_seen(3));
  EXPECT_FALSE(again.was_seen(4));
  EXPECT_EQ(again.position().seen, (std::vector<uint64_t>{3, 5})) << "nothing is forgotten where nothing happens";
  // They come again: those that were seen are passed over, and done.
  for (const uint64_t number : {2, 3, 4, 5}) again.waits(number, number * 10);
  again.done(3, 30);
  again.done(2, 20);  // what comes behind it was seen, and still is
  EXPECT_EQ(again.position().offset, 40U);
  EXPECT_EQ(again.position().seen, std::vector<uint64_t>{5});
  again.done(4, 40);
  again.done(5, 50);
  EXPECT_EQ(again.position().offset, 50U);
  EXPECT_EQ(again.position().record, 5U);
  EXPECT_EQ(again.position().seen, std::vector<uint64_t>{5});
}

TEST(Progression, RemembersWhatWasSeenFurtherOn) {
  Progression progress({"log", 1, 2, {}, 20, 2, {3, 5}});
  progress.waits(2, 20);
  progress.waits(3, 30);
  progress.done(3, 30);
  progress.done(2, 20);  // complete before line 5 was read again
  EXPECT_EQ(progress.position().record, 3U);
  EXPECT_EQ(progress.position().seen, (std::vector<uint64_t>{3, 5}));
}

TEST_F(FollowTest, AFileEndsWhereItBeginsAnew) {
  const std::string log = path("app.log");
  write(log, "first line of the log\nsecond\n");
  StopSignal stop;
  const FileWatch watch(log, stop);
  const auto file = GrowingFile::open(log, watch, stop);
  ASSERT_TRUE(file);
  std::string bytes(100, '\0');
  bytes.resize(file->read(bytes.data(), bytes.size()));
  EXPECT_EQ(bytes, "first line of the log\nsecond\n");
  EXPECT_FALSE(file->ready());
  // As long as before and longer: only what it begins with tells.
  write(log, "other line of the log\nsecond and third, which are longer\n");
  EXPECT_TRUE(file->ready());
  EXPECT_EQ(file->read(bytes.data(), bytes.size()), 0U);
  EXPECT_EQ(file->end(), GrowingFile::End::Truncated);
}

TEST_F(FollowTest, AFileIsReadToItsEndWhenItsNameIsAnothers) {
  const std::string log = path("app.log");
  write(log, "old\n");
  StopSignal stop;
  const FileWatch watch(log, stop);
  const auto file = GrowingFile::open(log, watch, stop);
  ASSERT_TRUE(file);
  fs::rename(log, log + ".1");
  write(log + ".1", "late\n", true);
  write(log, "new\n");
  std::string bytes(100, '\0');
  bytes.resize(file->read(bytes.data(), bytes.size()));
  EXPECT_EQ(bytes, "old\nlate\n");
  EXPECT_EQ(file->read(bytes.data(), 100), 0U);
  EXPECT_EQ(file->end(), GrowingFile::End::Replaced);
}

TEST_F(FollowTest, StoppingEndsAWaitAtOnce) {
  const std::string log = path("app.log");
  write(log, "");
  StopSignal stop;
  const FileWatch watch(log, stop);
  const auto file = GrowingFile::open(log, watch, stop);
  ASSERT_TRUE(file);
  stop.request();
  char byte = 0;
  EXPECT_EQ(file->read(&byte, 1), 0U);
  EXPECT_EQ(file->end(), GrowingFile::End::Stopped);
}

}  // namespace
}  // namespace hecate::ingest
