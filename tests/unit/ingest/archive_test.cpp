// Files that libarchive unpacks.
#include "ingest/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>

#include "support.h"

namespace hecate::ingest::test {
namespace {

struct Member {
  std::string name, text;
};

/// Packs with one of the library's filters, or as a zip archive where `filter` is ARCHIVE_FILTER_NONE.
std::string packed(int filter, const std::vector<Member>& members) {
  std::string bytes(size_t{8} << 20, '\0');
  size_t used = 0;
  archive* writer = archive_write_new();
  if (filter == ARCHIVE_FILTER_NONE) {
    archive_write_set_format_zip(writer);
  } else {
    archive_write_set_format_raw(writer);
    archive_write_add_filter(writer, filter);
  }
  archive_write_set_bytes_per_block(writer, 1);
  archive_write_open_memory(writer, bytes.data(), bytes.size(), &used);
  for (const Member& member : members) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, member.name.c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(member.text.size()));
    archive_entry_set_filetype(entry, member.name.ends_with('/') ? AE_IFDIR : AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    EXPECT_EQ(archive_write_header(writer, entry), ARCHIVE_OK);
    archive_write_data(writer, member.text.data(), member.text.size());
    archive_entry_free(entry);
  }
  archive_write_close(writer);
  archive_write_free(writer);
  bytes.resize(used);
  return bytes;
}

std::string packed(int filter, const std::string& text) { return packed(filter, {{"data", text}}); }
std::string zip(const std::vector<Member>& members) { return packed(ARCHIVE_FILTER_NONE, members); }

constexpr int kFilters[] = {ARCHIVE_FILTER_XZ, ARCHIVE_FILTER_BZIP2, ARCHIVE_FILTER_LZ4};

std::string many_lines(int count) {
  std::string text;
  for (int i = 0; i < count; ++i)
    text += "{\"n\":" + std::to_string(i * 7919) + ",\"t\":\"" + std::to_string(i % 997 * i) + "\"}\n";
  return text;
}

TEST(Archive, StreamsAreToldByTheirBytes) {
  const Folder folder;
  const std::string text = many_lines(20'000);
  const Outcome want = read(text);
  for (const int filter : kFilters) {
    const std::string path = folder.write("a.log", packed(filter, text));
    for (const size_t chunk : {size_t{1000}, size_t{1} << 20}) {
      const Outcome got = read_paths({path}, {.chunk = chunk});
      EXPECT_EQ(got.raws(), want.raws()) << filter;
      EXPECT_EQ(got.stats.bytes, text.size()) << filter;
      EXPECT_EQ(got.stats.compressed_bytes, std::filesystem::file_size(path)) << filter;
      EXPECT_TRUE(got.sink.all().empty()) << filter;
    }
  }
}

TEST(Archive, SeveralStreamsAreOneText) {
  for (const int filter : {ARCHIVE_FILTER_XZ, ARCHIVE_FILTER_BZIP2}) {
    const Outcome got = read(packed(filter, "{\"a\":") + packed(filter, "1}\n{\"a\":2}\n"));
    EXPECT_EQ(got.raws(), (Strings{"{\"a\":1}", "{\"a\":2}"})) << filter;
    EXPECT_EQ(got.stats.truncated_files, 0U) << filter;
  }
}

TEST(Archive, FilesOfAZipAreFilesOfTheirOwn) {
  std::string gzip(1000, '\0');
  z_stream stream{};
  ASSERT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string inner = "{\"g\":1}\n";
  stream.next_in = reinterpret_cast<Bytef*>(inner.data());
  stream.avail_in = static_cast<uInt>(inner.size());
  stream.next_out = reinterpret_cast<Bytef*>(gzip.data());
  stream.avail_out = static_cast<uInt>(gzip.size());
  ASSERT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  gzip.resize(gzip.size() - stream.avail_out);
  deflateEnd(&stream);

  const std::string bytes = zip({{"logs/", ""},
                                 {"logs/a.json", "{\"a\":1}\n{\"a\":2}"},
                                 {"__MACOSX/logs/._a.json", "x"},
                                 {"logs/b.csv", "one,two,three\n1,2,3\n4,5,6\n"},
                                 {"empty", ""},
                                 {"logs/c.gz", gzip},
                                 {"inner.zip", zip({{"x", "{\"a\":1}"}})}});
  const Folder folder;
  const std::string path = folder.write("logs.zip", bytes);
  for (const Outcome& got : {read_paths({path}), read_paths({path}, {.chunk = 7})}) {
    ASSERT_EQ(got.raws(), (Strings{"{\"a\":1}", "{\"a\":2}", "1,2,3", "4,5,6", "{\"g\":1}"}));
    EXPECT_EQ(got.records[0].file, path + "!logs/a.json");
    EXPECT_EQ(got.records[2].at("two"), "2");
    EXPECT_EQ(got.records[2].number, 1U);
    EXPECT_EQ(got.records[4].file, path + "!logs/c.gz");
    EXPECT_EQ(got.codes(), Strings{"ING005"});  // an archive within an archive
    EXPECT_EQ(got.stats.truncated_files, 0U);
  }
}

TEST(Archive, WhatATruncatedOneHoldsIsUsed) {
  const std::string text = many_lines(100'000);
  std::vector<std::string> all;
  for (const int filter : {ARCHIVE_FILTER_XZ, ARCHIVE_FILTER_BZIP2}) all.push_back(packed(filter, text));
  all.push_back(zip({{"a", text}}));
  for (const std::string& whole : all) {
    const Outcome got = read(whole.substr(0, whole.size() * 3 / 4));
    EXPECT_GT(got.records.size(), 10'000U);
    EXPECT_LT(got.records.size(), 100'000U);
    EXPECT_GE(got.stats.truncated_files, 1U);
    EXPECT_LE(got.stats.malformed, 1U);
    const Strings codes = got.codes();
    EXPECT_GE(std::count(codes.begin(), codes.end(), "ING004"), 1);
  }
}

// All of it is one block of lz4's, of which nothing can be read before its end.
TEST(Archive, EveryTruncationIsReported) {
  for (const int filter : kFilters) {
    const std::string whole = packed(filter, "{\"a\":1}\n");
    for (size_t size = kPackingMagic + 4; size < whole.size(); ++size) {
      EXPECT_EQ(read(whole.substr(0, size)).stats.truncated_files, 1U) << filter << " " << size;
    }
  }
}

TEST(Archive, CorruptOnesAreReported) {
  const std::string text = many_lines(100'000);
  std::vector<std::string> all;
  for (const int filter : kFilters) all.push_back(packed(filter, text));
  all.push_back(zip({{"a", text}, {"b", text}}));
  for (std::string bytes : all) {
    for (size_t i = bytes.size() / 2; i < bytes.size() / 2 + 200; ++i) bytes[i] = static_cast<char>(bytes[i] ^ 0x5A);
    EXPECT_GE(read(bytes).stats.truncated_files, 1U);
  }
  // No bytes behind the magic that make sense.
  for (const std::string_view magic : {std::string_view("\xFD"
                                                        "7zXZ\0",
                                                        6),
                                       std::string_view("BZh91AY"), std::string_view("PK\x03\x04")}) {
    EXPECT_EQ(read(std::string(magic) + "nonsense that is none of these").stats.truncated_files, 1U);
  }
  EXPECT_EQ(read("BZhello, says the log\n").raws(), Strings{"BZhello, says the log"});
}

}  // namespace
}  // namespace hecate::ingest::test
