#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>

#include "samples.h"
#include "support.h"

namespace hecate::ingest::test {
namespace {

namespace fs = std::filesystem;

std::string gzip(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  std::string in = text;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

std::string many_lines(int count) {
  std::string text;
  for (int i = 0; i < count; ++i)
    text += "{\"n\":" + std::to_string(i * 7919) + ",\"t\":\"" + std::to_string(i * i) + "\"}\n";
  return text;
}

TEST(Files, PlainGzipAndZstdAreToldByTheirBytes) {
  const Folder folder;
  const std::string text = many_lines(20'000);
  const Outcome want = read(text);
  for (const std::string& path :
       {folder.write("plain.gz", text), folder.write("a.log", gzip(text)), folder.write("b", zstd(text))}) {
    for (const size_t chunk : {size_t{1000}, size_t{1} << 20}) {
      const Outcome got = read_paths({path}, {.chunk = chunk});
      EXPECT_EQ(got.raws(), want.raws());
      EXPECT_EQ(got.stats.bytes, text.size());
      EXPECT_EQ(got.stats.compressed_bytes, fs::file_size(path));
      EXPECT_EQ(got.stats.compressed_bytes, total_size({path}));
      EXPECT_EQ(got.stats.truncated_files, 0U);
      EXPECT_TRUE(got.sink.all().empty());
      EXPECT_EQ(got.records[0].file, path);
    }
  }
}

TEST(Files, SeveralMembersAndFramesAreOneText) {
  const Folder folder;
  const std::string half = "{\"a\":";
  const std::string rest = "1}\n{\"a\":2}\n";
  const std::string tail(512, '\0');  // a tape's padding, which gzip passes over
  for (const std::string& bytes : {gzip(half) + gzip(rest), gzip(half) + gzip("") + gzip(rest) + tail,
                                   zstd(half) + zstd(rest), zstd(half) + zstd("") + zstd(rest)}) {
    for (const size_t chunk : {size_t{1}, size_t{5}, size_t{4096}}) {
      const Outcome got = read_paths({folder.write("f", bytes)}, {.chunk = chunk});
      EXPECT_EQ(got.raws(), (Strings{"{\"a\":1}", "{\"a\":2}"}));
      EXPECT_EQ(got.stats.truncated_files, 0U);
    }
  }
}

TEST(Files, WhatATruncatedFileHoldsIsUsed) {
  const Folder folder;
  const std::string text = many_lines(20'000);
  for (const std::string& whole : {gzip(text), zstd(text)}) {
    const Outcome got =
        read_paths({folder.write("f", whole.substr(0, whole.size() * 3 / 4)), folder.write("g", "{\"a\":1}\n")});
    EXPECT_GT(got.records.size(), 5'000U);
    EXPECT_LT(got.records.size(), 20'000U);
    EXPECT_EQ(got.records.back().raw, "{\"a\":1}");
    EXPECT_EQ(got.stats.truncated_files, 1U);
    EXPECT_LE(got.stats.malformed, 1U);
    const Strings codes = got.codes();
    EXPECT_EQ(std::count(codes.begin(), codes.end(), "ING004"), 1);
  }
}

TEST(Files, EveryTruncationIsReported) {
  const Folder folder;
  for (const std::string& whole : {gzip("{\"a\":1}\n"), zstd("{\"a\":1}\n")}) {
    for (size_t size = 4; size < whole.size(); ++size) {
      const Outcome got = read_paths({folder.write("f", whole.substr(0, size))});
      EXPECT_EQ(got.stats.truncated_files, 1U) << size;
    }
  }
}

// One code of a compressed stream may stand for 258 bytes: what was decoded must not depend on the chunks.
TEST(Files, ATruncatedFileGivesTheSameInAnyChunks) {
  const Folder folder;
  const std::string text = "{\"a\":\"" + std::string(200, '0') + "\"}\n" + std::string(5'000, 'x') + "\n";
  for (const std::string& whole : {gzip(text), zstd(text)}) {
    for (size_t size = 4; size < whole.size(); ++size) {
      const std::string path = folder.write("f", whole.substr(0, size));
      const Outcome want = read_paths({path});
      const Outcome got = read_paths({path}, {.chunk = 3});
      EXPECT_EQ(got.stats.bytes, want.stats.bytes) << size;
      EXPECT_EQ(got.records, want.records) << size;
    }
  }
}

// A zstd frame whose first block is a run of 10,017 newlines and whose second is nonsense: the run is read, however
// much the reader asks for at a time.
TEST(Files, TheTextBeforeACorruptBlockIsReadInAnyChunks) {
  const Folder folder;
  const std::string frame("\x28\xB5\x2F\xFD\x00\x7B\x0A\x39\x01\n\xFF\xFF\xFF\xFF", 14);
  const std::string path = folder.write("f", frame);
  for (const size_t chunk : {size_t{1}, size_t{64}, size_t{1} << 16, size_t{1} << 20}) {
    const Outcome got = read_paths({path}, {.chunk = chunk});
    EXPECT_EQ(got.stats.bytes, 10'017U) << chunk;
    EXPECT_EQ(got.stats.truncated_files, 1U) << chunk;
  }
}

TEST(Files, CorruptStreamsAreReported) {
  const Folder folder;
  const std::string text = many_lines(20'000);
  for (std::string bytes : {gzip(text), zstd(text)}) {
    for (size_t i = bytes.size() / 2; i < bytes.size() / 2 + 200; ++i) bytes[i] = static_cast<char>(bytes[i] ^ 0x5A);
    const Outcome got = read_paths({folder.write("f", bytes)});
    EXPECT_EQ(got.stats.truncated_files, 1U);
    const Strings codes = got.codes();
    EXPECT_EQ(std::count(codes.begin(), codes.end(), "ING004"), 1);
  }
}

TEST(Files, FoldersAreReadRecursivelyInOrder) {
  const Folder folder;
  folder.write("b.log", "b\n");
  folder.write("a/2.log", "a2\n");
  folder.write("a/1.log", "a1\n");
  folder.write(".hidden", "no\n");
  folder.write(".git/x", "no\n");
  folder.write("c/d/e.log", "e\n");
  const Outcome got = read_paths({folder.path()});
  EXPECT_EQ(got.raws(), (Strings{"a1", "a2", "b", "e"}));
  EXPECT_EQ(got.stats.files, 4U);
  EXPECT_EQ(got.numbers(), (Numbers{1, 1, 1, 1}));
  EXPECT_EQ(read_paths({folder.path("b.log"), folder.path("a")}).raws(), (Strings{"b", "a1", "a2"}));
  EXPECT_EQ(read_paths({folder.path(".hidden")}).raws(), (Strings{"no"}));
}

TEST(Files, LoopsOfLinksEnd) {
  const Folder folder;
  folder.write("a/1.log", "1\n");
  fs::create_directory_symlink("..", folder.path("a/up"));
  fs::create_directory_symlink("a", folder.path("again"));
  fs::create_symlink("self", folder.path("self"));
  fs::create_symlink("nowhere", folder.path("dangling"));
  const Outcome got = read_paths({folder.path()});
  EXPECT_EQ(got.raws(), (Strings{"1"}));
  const Strings codes = got.codes();
  EXPECT_EQ(std::count(codes.begin(), codes.end(), "ING012"), 2);
  EXPECT_EQ(std::count(codes.begin(), codes.end(), "ING002"), 2);
}

TEST(Files, WhatCannotBeReadIsReported) {
  const Folder folder;
  fs::create_directory(folder.path("empty"));
  ASSERT_EQ(::mkfifo(folder.path("pipe").c_str(), 0600), 0);
  const Outcome got = read_paths({folder.path("missing"), folder.path("empty"), folder.write("x", "x\n")});
  EXPECT_EQ(got.codes(), (Strings{"ING001", "ING003"}));
  EXPECT_EQ(got.raws(), (Strings{"x"}));
  EXPECT_EQ(read_paths({folder.path()}).raws(), (Strings{"x"}));  // the pipe must not block
  Outcome direct;
  read_files({folder.path("gone"), folder.path("empty")}, {}, [](const Record&) {}, direct.stats, direct.sink);
  EXPECT_EQ(direct.codes(), (Strings{"ING002", "ING002"}));
  EXPECT_EQ(direct.stats.unreadable_files, 2U);
}

TEST(Files, EmptyFilesAreFine) {
  const Folder folder;
  const Outcome got = read_paths({folder.write("e", ""), folder.write("gz", gzip("")), folder.write("zst", zstd(""))});
  EXPECT_EQ(got.stats.files, 3U);
  EXPECT_EQ(got.stats.records, 0U);
  EXPECT_TRUE(got.sink.all().empty());
}

TEST(Files, OtherFormatsAreRefusedByName) {
  const Folder folder;
  const Outcome got = read_paths(
      {folder.write("a", "PAR1xxxx"), folder.write("b", "7z\xBC\xAF\x27\x1Cxx"), folder.write("c", "Rar!\x1A\x07")});
  EXPECT_EQ(got.codes(), (Strings{"ING005", "ING005", "ING005"}));
  EXPECT_NE(got.sink.all()[0].message.find("Parquet"), std::string::npos);
  EXPECT_EQ(got.stats.records, 0U);
}

TEST(Files, ProgressMayStop) {
  const Folder folder;
  const std::string path = folder.write("f", many_lines(1'000));
  Outcome got;
  size_t calls = 0;
  const Progress progress = [&](const ReadStats& stats) {
    EXPECT_EQ(stats.bytes, stats.compressed_bytes);
    return ++calls < 3;
  };
  const Visit visit = [&](const Record& record) { got.records.push_back(keep(record)); };
  read_files({path, path}, {.chunk = 1'000}, visit, got.stats, got.sink, progress);
  EXPECT_EQ(calls, 3U);
  EXPECT_EQ(got.stats.files, 1U);
  EXPECT_LT(got.records.size(), 1'000U);
}

TEST(Files, ADashIsStandardInput) {
  const Folder folder;
  const int file = ::open(folder.write("in", gzip("{\"a\":1}\n{\"a\":2}\n")).c_str(), O_RDONLY | O_CLOEXEC);
  const int before = ::dup(STDIN_FILENO);
  ASSERT_EQ(::dup2(file, STDIN_FILENO), STDIN_FILENO);
  const Outcome got = read_paths({"-"});
  EXPECT_EQ(got.raws(), (Strings{"{\"a\":1}", "{\"a\":2}"}));
  EXPECT_EQ(got.records[0].file, "-");
  EXPECT_EQ(total_size({"-"}), 0U);
  if (before >= 0) {
    ::dup2(before, STDIN_FILENO);
    ::close(before);
  }
  ::close(file);
}

TEST(Files, StampsTakeTheFilesYear) {
  const Folder folder;
  const std::string path = folder.write("syslog", "Dec 31 23:00:00 h a: x\nJan  2 00:00:00 h a: x\n");
  const timespec time{1'609'545'600, 0};  // 2021-01-02T00:00:00Z
  const timespec times[2] = {time, time};
  ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
  const Outcome got = read_paths({path});
  ASSERT_EQ(got.records.size(), 2U);
  EXPECT_EQ(got.records[0].time, ticks_from_civil(2020, 12, 31, 23, 0, 0));
  EXPECT_EQ(got.records[1].time, ticks_from_civil(2021, 1, 2, 0, 0, 0));
}

}  // namespace
}  // namespace hecate::ingest::test
