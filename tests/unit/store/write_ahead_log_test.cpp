#include "store/write_ahead_log.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <future>
#include <latch>

#include "../temporary_folder.h"
#include "store/codes.h"

namespace hecate::store {
namespace {

std::unique_ptr<WriteAheadLog> open_log(const LogOptions& options, DiagnosticSink& sink) {
  auto log = WriteAheadLog::open(options, sink);
  return log ? std::move(*log) : nullptr;
}

Batch batch_of(std::string payload, RequestKey request = {}) { return {std::move(payload), 1, 1000, request}; }

AppendResult append(WriteAheadLog& log, Batch batch) {
  std::promise<AppendResult> done;
  if (!log.append(std::move(batch), [&](const AppendResult& result) { done.set_value(result); })) return {};
  return done.get_future().get();
}

struct Read {
  std::vector<std::string> payloads;
  std::vector<uint64_t> sequences, events;
  uint64_t damaged = 0;
};

Read read_all(const WriteAheadLog& log, uint64_t after = 0) {
  Read read;
  LogCursor cursor(log, after, [&](const std::string&, uint64_t, uint64_t bytes) { read.damaged += bytes; });
  while (cursor.next()) {
    read.payloads.emplace_back(cursor.payload());
    read.sequences.push_back(cursor.header().sequence);
    read.events.push_back(cursor.header().first_event);
  }
  return read;
}

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> segments(const test::Folder& folder) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) paths.push_back(entry.path().native());
  std::sort(paths.begin(), paths.end());
  return paths;
}

/// The folder of a log of these payloads; of one segment each with `segment_bytes` 1.
void fill(const test::Folder& folder, const std::vector<std::string>& payloads, uint64_t segment_bytes = 1 << 20) {
  DiagnosticSink sink;
  const auto log = open_log({folder.path(), segment_bytes}, sink);
  ASSERT_NE(log, nullptr);
  for (const std::string& payload : payloads)
    ASSERT_EQ(append(*log, batch_of(payload)).kind, AppendResult::Kind::Written);
}

TEST(WriteAheadLog, GivesWhatWasWritten) {
  const test::Folder folder;
  fill(folder, {"one", "two", ""});
  DiagnosticSink sink;
  const auto log = open_log({folder.path()}, sink);
  ASSERT_NE(log, nullptr);
  EXPECT_EQ(log->durable(), 3);
  ASSERT_EQ(append(*log, batch_of("four")).sequence, 4);
  const Read read = read_all(*log);
  EXPECT_EQ(read.payloads, (std::vector<std::string>{"one", "two", "", "four"}));
  EXPECT_EQ(read.sequences, (std::vector<uint64_t>{1, 2, 3, 4}));
  EXPECT_EQ(read.events, (std::vector<uint64_t>{1, 2, 3, 4}));
  EXPECT_EQ(read_all(*log, 3).payloads, std::vector<std::string>{"four"});
  EXPECT_TRUE(read_all(*log, 4).payloads.empty());
  EXPECT_TRUE(sink.all().empty());
}

TEST(WriteAheadLog, ManySegmentsAreOneLog) {
  const test::Folder folder;
  fill(folder, {"one", "two", "three"}, 1);
  EXPECT_EQ(segments(folder).size(), 3);
  DiagnosticSink sink;
  const auto log = open_log({folder.path(), 1}, sink);
  ASSERT_EQ(append(*log, batch_of("four")).sequence, 4);
  EXPECT_EQ(read_all(*log).payloads, (std::vector<std::string>{"one", "two", "three", "four"}));
  EXPECT_EQ(read_all(*log, 2).payloads, (std::vector<std::string>{"three", "four"}));
}

TEST(WriteAheadLog, CutAtAnyByteKeepsAllWholeRecords) {
  const test::Folder folder;
  const std::vector<std::string> payloads{"the first", "", "the third\n", "4"};
  fill(folder, payloads);
  const std::string good = bytes_of(segments(folder).front());
  const std::string name = std::filesystem::path(segments(folder).front()).filename();
  for (size_t size = 0; size <= good.size(); ++size) {
    const test::Folder cut;
    cut.write(name, good.substr(0, size));
    DiagnosticSink sink;
    const auto log = open_log({cut.path()}, sink);
    ASSERT_NE(log, nullptr) << size;
    std::vector<std::string> whole;
    size_t end = 0;
    for (const std::string& payload : payloads) {
      end += RecordHeader::kSize + payload.size();
      if (end <= size) whole.push_back(payload);
    }
    EXPECT_EQ(read_all(*log).payloads, whole) << "cut at " << size;
    // What comes next stands behind them, and is found by the next start.
    EXPECT_EQ(append(*log, batch_of("next")).sequence, whole.size() + 1);
    whole.emplace_back("next");
    log->stop();
    const auto again = open_log({cut.path()}, sink);
    EXPECT_EQ(read_all(*again).payloads, whole) << "cut at " << size;
  }
}

TEST(WriteAheadLog, AFlippedBitLosesOneRecordAtMost) {
  const test::Folder folder;
  const std::vector<std::string> payloads{"the first", "second", "the third\n"};
  fill(folder, payloads);
  const std::string good = bytes_of(segments(folder).front());
  const std::string name = std::filesystem::path(segments(folder).front()).filename();
  for (size_t at = 0; at < good.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ (1 << bit));
      const test::Folder flipped;
      flipped.write(name, bad);
      DiagnosticSink sink;
      const auto log = open_log({flipped.path()}, sink);
      ASSERT_NE(log, nullptr);
      std::vector<std::string> rest = payloads;
      const size_t record = at < 72 + 9 ? 0 : at < 2 * 72 + 9 + 6 ? 1 : 2;
      rest.erase(rest.begin() + static_cast<ptrdiff_t>(record));
      const Read read = read_all(*log);
      EXPECT_EQ(read.payloads, rest) << "byte " << at << " bit " << bit;
      // The last record cannot be told from one that was cut off.
      ASSERT_EQ(sink.all().size(), 1);
      EXPECT_EQ(sink.all()[0].code, record == 2 ? &kTornLog : &kDamagedLog);
    }
  }
}

TEST(WriteAheadLog, DamageInAnOlderSegmentIsSaidAndGoneOver) {
  const test::Folder folder;
  fill(folder, {"one", "two", "three"}, 1);
  const std::string middle = segments(folder)[1];
  std::string bytes = bytes_of(middle);
  bytes.back() = '?';
  std::ofstream(middle, std::ios::binary) << bytes;
  DiagnosticSink sink;
  const auto log = open_log({folder.path(), 1}, sink);
  const Read read = read_all(*log);
  EXPECT_EQ(read.payloads, (std::vector<std::string>{"one", "three"}));
  EXPECT_EQ(read.damaged, bytes.size());
}

TEST(WriteAheadLog, AMissingSegmentIsGoneOver) {
  const test::Folder folder;
  fill(folder, {"one", "two", "three"}, 1);
  std::filesystem::remove(segments(folder)[1]);
  DiagnosticSink sink;
  const auto log = open_log({folder.path(), 1}, sink);
  EXPECT_EQ(read_all(*log).payloads, (std::vector<std::string>{"one", "three"}));
  EXPECT_EQ(read_all(*log, 1).payloads, std::vector<std::string>{"three"});
}

TEST(WriteAheadLog, PayloadsCannotPassForRecords) {
  // A record within a payload could only be found behind damage; UTF-8 has no byte that begins one.
  std::string bytes;
  RecordHeader header;
  header.sequence = 9;
  header.payload_hash = hash_of_payload({});
  header.append_to(bytes);
  EXPECT_EQ(static_cast<unsigned char>(bytes[0]), 0xFF);
  ASSERT_TRUE(RecordHeader::read(bytes.data()));
  EXPECT_EQ(RecordHeader::read(bytes.data())->sequence, 9);
}

TEST(WriteAheadLog, ARepeatedRequestIsWrittenOnce) {
  const test::Folder folder;
  DiagnosticSink sink;
  {
    const auto log = open_log({folder.path()}, sink);
    EXPECT_EQ(append(*log, batch_of("one", {1, 1})).kind, AppendResult::Kind::Written);
    const AppendResult again = append(*log, batch_of("one", {1, 1}));
    EXPECT_EQ(again.kind, AppendResult::Kind::Repeated);
    EXPECT_EQ(again.sequence, 1);
    EXPECT_EQ(append(*log, batch_of("two", {1, 2})).kind, AppendResult::Kind::Written);
    EXPECT_EQ(log->stats().repeated, 1);
  }
  // After a restart, too.
  const auto log = open_log({folder.path()}, sink);
  EXPECT_EQ(append(*log, batch_of("two", {1, 2})).sequence, 2);
  EXPECT_EQ(append(*log, batch_of("three", {1, 3})).sequence, 3);
  EXPECT_EQ(read_all(*log).payloads, (std::vector<std::string>{"one", "two", "three"}));
}

TEST(WriteAheadLog, OnlyTheLatestRequestsAreRemembered) {
  const test::Folder folder;
  DiagnosticSink sink;
  LogOptions options{folder.path(), 1};
  options.request_keys = 2;
  {
    const auto log = open_log(options, sink);
    for (uint64_t n = 1; n <= 4; ++n) (void)append(*log, batch_of("x", {0, n}));
    EXPECT_EQ(append(*log, batch_of("x", {0, 1})).kind, AppendResult::Kind::Written);
  }
  const auto log = open_log(options, sink);
  EXPECT_EQ(append(*log, batch_of("x", {0, 4})).kind, AppendResult::Kind::Repeated);
  EXPECT_EQ(append(*log, batch_of("x", {0, 1})).kind, AppendResult::Kind::Repeated);
  EXPECT_EQ(append(*log, batch_of("x", {0, 3})).kind, AppendResult::Kind::Written);
}

TEST(WriteAheadLog, ManyWritersWaitForTheDiskTogether) {
  const test::Folder folder;
  DiagnosticSink sink;
  const auto log = open_log({folder.path()}, sink);
  constexpr int kWriters = 4;
  constexpr int kEach = 200;
  std::latch all(kWriters * kEach);
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      for (int n = 0; n < kEach; ++n) {
        const std::string payload = std::to_string(writer) + ":" + std::to_string(n);
        EXPECT_TRUE(log->append(batch_of(payload), [&](const AppendResult&) { all.count_down(); }));
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  all.wait();
  const Read read = read_all(*log);
  EXPECT_EQ(read.payloads.size(), kWriters * kEach);
  EXPECT_EQ(std::set<std::string>(read.payloads.begin(), read.payloads.end()).size(), kWriters * kEach);
  EXPECT_LT(log->stats().syncs, kWriters * kEach);
}

TEST(WriteAheadLog, AFullQueueRefuses) {
  const test::Folder folder;
  DiagnosticSink sink;
  LogOptions options{folder.path()};
  options.queue_bytes = 10;
  const auto log = open_log(options, sink);
  std::promise<void> held, release;
  std::shared_future<void> go(release.get_future());
  ASSERT_TRUE(log->append(batch_of("larger than the queue is"), [&](const AppendResult&) {
    held.set_value();
    go.wait();
  }));
  held.get_future().wait();
  EXPECT_FALSE(log->append(batch_of("more"), [](const AppendResult&) {}));
  EXPECT_FALSE(log->has_room());
  release.set_value();
  while (!log->has_room()) std::this_thread::yield();
  EXPECT_EQ(append(*log, batch_of("more")).sequence, 2);
}

/// As a full disk: the kernel writes what fits and then refuses.
class SmallFiles {
 public:
  explicit SmallFiles(rlim_t most) {
    before_ = std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &limit_);
    const rlimit small{most, limit_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  ~SmallFiles() {
    ::setrlimit(RLIMIT_FSIZE, &limit_);
    std::signal(SIGXFSZ, before_);
  }
  SmallFiles(const SmallFiles&) = delete;
  SmallFiles& operator=(const SmallFiles&) = delete;

 private:
  rlimit limit_{};
  void (*before_)(int) = nullptr;
};

TEST(WriteAheadLog, AFullDiskFailsAndHealsWithoutLoss) {
  const test::Folder folder;
  DiagnosticSink sink;
  {
    const auto log = open_log({folder.path()}, sink);
    ASSERT_EQ(append(*log, batch_of("one", {1, 1})).kind, AppendResult::Kind::Written);
    {
      const SmallFiles limit(200);
      const AppendResult failed = append(*log, batch_of(std::string(500, 'x'), {1, 2}));
      EXPECT_EQ(failed.kind, AppendResult::Kind::Failed);
      EXPECT_FALSE(failed.failure.empty());
      EXPECT_FALSE(log->has_room());
      EXPECT_EQ(log->durable(), 1);
      // What is on the disk already can be said.
      EXPECT_EQ(append(*log, batch_of("one", {1, 1})).kind, AppendResult::Kind::Repeated);
    }
    // The same request again, as its sender would: it was not taken for a repetition.
    EXPECT_EQ(append(*log, batch_of("two", {1, 2})).sequence, 2);
    EXPECT_TRUE(log->has_room());
    EXPECT_EQ(read_all(*log).payloads, (std::vector<std::string>{"one", "two"}));
  }
  const auto log = open_log({folder.path()}, sink);
  EXPECT_EQ(read_all(*log).payloads, (std::vector<std::string>{"one", "two"}));
  EXPECT_TRUE(sink.all().empty());
}

TEST(WriteAheadLog, SegmentsGoByAgeAndSizeWhenTheyAreDone) {
  const test::Folder folder;
  DiagnosticSink sink;
  const auto log = open_log({folder.path(), 1}, sink);
  for (int n = 1; n <= 5; ++n) (void)append(*log, {std::string(100, 'x'), 1, n * 1000, {}});
  log->retain(1, 3000, 0);  // nobody has read the second
  EXPECT_EQ(segments(folder).size(), 4);
  log->retain(5, 3000, 0);
  EXPECT_EQ(read_all(*log).sequences, (std::vector<uint64_t>{3, 4, 5}));
  log->retain(5, 0, 400);
  EXPECT_EQ(read_all(*log).sequences, (std::vector<uint64_t>{4, 5}));
  log->retain(5, 1'000'000, 1);  // the last is written to
  EXPECT_EQ(read_all(*log).sequences, std::vector<uint64_t>{5});
}

TEST(WriteAheadLog, CanBeReadWhileItIsWritten) {
  const test::Folder folder;
  DiagnosticSink sink;
  const auto log = open_log({folder.path()}, sink);
  (void)append(*log, batch_of("one"));
  std::ofstream(segments(folder).front(), std::ios::binary | std::ios::app) << "half a rec";
  LogOptions options{folder.path()};
  options.read_only = true;
  const auto reader = open_log(options, sink);
  ASSERT_NE(reader, nullptr);
  EXPECT_EQ(read_all(*reader).payloads, std::vector<std::string>{"one"});
  EXPECT_FALSE(reader->append(batch_of("x"), [](const AppendResult&) {}));
  EXPECT_TRUE(bytes_of(segments(folder).front()).ends_with("half a rec"));
  options.folder = folder.path("none");
  EXPECT_EQ(open_log(options, sink), nullptr);
}

TEST(WriteAheadLog, AFolderThatCannotBeMadeIsSaid) {
  const test::Folder folder;
  const std::string file = folder.write("file", "");
  DiagnosticSink sink;
  EXPECT_EQ(open_log({file + "/log"}, sink), nullptr);
  ASSERT_EQ(sink.all().size(), 1);
  EXPECT_EQ(sink.all()[0].code, &kStateUnusable);
}

}  // namespace
}  // namespace hecate::store
