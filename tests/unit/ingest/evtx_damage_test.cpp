// What is left of damaged Windows event logs.
#include "evtx_builder.h"
#include "support.h"

namespace hecate::ingest::test {
namespace {

constexpr size_t kFileHeader = 4096;
constexpr uint32_t kDirty = 1;

/// A chunk of plain records with these identifiers.
Chunk chunk_of(uint64_t first, uint64_t last) {
  Chunk chunk;
  for (uint64_t id = first; id <= last; ++id) chunk.add_plain(id);
  return chunk;
}

Strings ids(const Outcome& got) {
  Strings ids;
  for (const Kept& record : got.records) ids.push_back(record.at("Event.System.EventRecordID"));
  return ids;
}

size_t record_at(const std::string& log, size_t index) {
  size_t at = log.find("\x2a\x2a");
  for (; index > 0; --index) at = log.find("\x2a\x2a", at + 2);
  return at;
}

TEST(DamagedEvtx, ASoundLog) {
  const std::string log = event_log({chunk_of(1, 3).bytes(), chunk_of(4, 5).bytes()});
  const Outcome got = read(log);
  EXPECT_EQ(ids(got), (Strings{"1", "2", "3", "4", "5"}));
  EXPECT_EQ(got.numbers(), (Numbers{1, 2, 3, 4, 5}));
  EXPECT_EQ(got.records[3].offset, kFileHeader + Chunk::kSize + Chunk::kHeader);
  EXPECT_TRUE(got.codes().empty());
  for (const size_t chunk : {size_t{1}, size_t{999}, size_t{70000}}) {
    EXPECT_EQ(read(log, {.chunk = chunk}).records, got.records) << chunk;
  }
}

TEST(DamagedEvtx, SpaceThatWasSetAsideIsNoDamage) {
  EXPECT_TRUE(read(event_log({chunk_of(1, 2).bytes(), std::string(Chunk::kSize * 2, '\0')})).codes().empty());
  EXPECT_TRUE(read(event_log({})).codes().empty());
}

TEST(DamagedEvtx, LogsOneBehindTheOther) {
  const std::string one = event_log({chunk_of(1, 2).bytes()});
  EXPECT_EQ(ids(read(one + one)), (Strings{"1", "2", "1", "2"}));
  EXPECT_TRUE(read(one + one).codes().empty());
}

TEST(DamagedEvtx, OldRecordsInTheFreeSpaceAreNotPartOfTheLog) {
  Chunk chunk = chunk_of(7, 8);
  chunk.slack = chunk_of(9, 10).records();
  EXPECT_EQ(ids(read(event_log({chunk.bytes()}))), (Strings{"7", "8"}));
}

TEST(DamagedEvtx, ALogThatWasNotClosedGoesOnBehindItsHeader) {
  Chunk all = chunk_of(7, 9);
  Chunk known = chunk_of(7, 8);
  // The third record is in the file, the chunk's header does not know it; an older one follows.
  known.slack = all.records().substr(known.records().size()) + chunk_of(3, 3).records();
  EXPECT_EQ(ids(read(event_log({known.bytes()}, kDirty))), (Strings{"7", "8", "9"}));
  EXPECT_TRUE(read(event_log({known.bytes()}, kDirty)).codes().empty());
}

TEST(DamagedEvtx, AChunkWithoutAFile) { EXPECT_EQ(ids(read(chunk_of(1, 2).bytes())), (Strings{"1", "2"})); }

TEST(DamagedEvtx, ABrokenRecordIsLostAlone) {
  std::string log = event_log({chunk_of(1, 4).bytes()});
  log[record_at(log, 1) + Chunk::kRecordHeader + 4] = '\x7F';  // a token that there is not
  const Outcome got = read(log);
  EXPECT_EQ(ids(got), (Strings{"1", "3", "4"}));
  EXPECT_EQ(got.numbers(), (Numbers{1, 3, 4}));
  EXPECT_EQ(got.codes(), Strings{"ING013"});
  EXPECT_EQ(got.stats.malformed, 1U);
}

TEST(DamagedEvtx, ARecordOfAWrongSizeIsPassedOver) {
  for (const size_t field : {size_t{0}, size_t{4}}) {
    std::string log = event_log({chunk_of(1, 4).bytes()});
    log[record_at(log, 1) + field] = '\x7F';
    EXPECT_EQ(ids(read(log)), (Strings{"1", "3", "4"})) << field;
    EXPECT_EQ(read(log).stats.malformed, 1U) << field;
  }
}

TEST(DamagedEvtx, ZerosAcrossRecords) {
  std::string log = event_log({chunk_of(1, 6).bytes(), chunk_of(7, 7).bytes()});
  const size_t from = record_at(log, 1);
  log.replace(from, record_at(log, 3) - from, record_at(log, 3) - from, '\0');
  EXPECT_EQ(ids(read(log)), (Strings{"1", "4", "5", "6", "7"}));
  EXPECT_EQ(read(log).codes(), Strings{"ING013"});
}

TEST(DamagedEvtx, ZerosUpToTheEndOfAChunk) {
  std::string log = event_log({chunk_of(1, 6).bytes(), chunk_of(7, 7).bytes()});
  const size_t from = record_at(log, 4);
  log.replace(from, kFileHeader + Chunk::kSize - from, kFileHeader + Chunk::kSize - from, '\0');
  EXPECT_EQ(ids(read(log)), (Strings{"1", "2", "3", "4", "7"}));
  EXPECT_EQ(read(log).codes(), Strings{"ING013"});
}

TEST(DamagedEvtx, AChunkThatLostItsHeader) {
  for (const char filler : {'\0', '\xAA'}) {
    std::string log = event_log({chunk_of(1, 2).bytes(), chunk_of(3, 4).bytes(), chunk_of(5, 5).bytes()});
    log.replace(kFileHeader + Chunk::kSize, Chunk::kHeader, Chunk::kHeader, filler);
    const Outcome got = read(log);
    EXPECT_EQ(ids(got), (Strings{"1", "2", "3", "4", "5"}));
    EXPECT_EQ(got.codes(), Strings{"ING013"});
  }
}

TEST(DamagedEvtx, AChunkThatIsGarbage) {
  const std::string garbage(Chunk::kSize * 3, '\x55');
  const Outcome got = read(event_log({chunk_of(1, 2).bytes(), garbage, chunk_of(3, 4).bytes()}));
  EXPECT_EQ(ids(got), (Strings{"1", "2", "3", "4"}));
  EXPECT_EQ(got.stats.malformed, 1U);
}

TEST(DamagedEvtx, BytesThatWereAddedOrLostInAChunk) {
  const std::string sound = event_log({chunk_of(1, 3).bytes(), chunk_of(4, 4).bytes(), chunk_of(5, 5).bytes()});
  const size_t place = record_at(sound, 1) + 40;
  // The third record's names are no longer where it says.
  std::string added = sound;
  added.insert(place, "xyz");
  EXPECT_EQ(ids(read(added)), (Strings{"1", "4", "5"}));
  std::string lost = sound;
  lost.erase(place, 5);
  EXPECT_EQ(ids(read(lost)), (Strings{"1", "4", "5"}));
}

TEST(DamagedEvtx, ALogThatEndsTooEarly) {
  const std::string sound = event_log({chunk_of(1, 2).bytes(), chunk_of(3, 5).bytes()});
  const Outcome got = read(sound.substr(0, record_at(sound, 3) + 30));
  EXPECT_EQ(ids(got), (Strings{"1", "2", "3"}));
  EXPECT_EQ(got.codes(), (Strings{"ING013", "ING004"}));
  EXPECT_EQ(got.stats.truncated_files, 1U);
  // All that is missing here is free space.
  EXPECT_TRUE(read(sound.substr(0, sound.size() - 1000)).codes().empty());
  EXPECT_EQ(read(sound.substr(0, 100)).codes(), Strings{"ING004"});
  EXPECT_EQ(read(sound.substr(0, kFileHeader)).codes(), Strings{});
}

TEST(DamagedEvtx, NoCutAndNoChangedByteDoesHarm) {
  const std::string sound = event_log({chunk_of(1, 3).bytes()});
  for (size_t size = kFileHeader; size < kFileHeader + 1200; size += 7) {
    const Outcome got = read(sound.substr(0, size));
    EXPECT_LE(got.records.size(), 3U);
  }
  for (size_t at = kFileHeader; at < kFileHeader + 1200; ++at) {
    std::string log = sound;
    log[at] = static_cast<char>(log[at] ^ 0x41);
    const Outcome got = read(log);
    EXPECT_GE(got.records.size(), 2U) << at;
    EXPECT_LE(got.records.size(), 3U) << at;
  }
}

}  // namespace
}  // namespace hecate::ingest::test
