// Events as the products write them.
#include "samples.h"

#include "support.h"

namespace hecate::ingest::test {
namespace {

TEST(Samples, TetragonAsExported) {
  const Outcome got = read(std::string(kTetragonLine) + "\n" + std::string(kTetragonExit) + "\n");
  ASSERT_EQ(got.records.size(), 2U);
  EXPECT_EQ(got.records[0].at("process_exec.process.binary"), "/usr/bin/crontab");
  EXPECT_EQ(got.records[0].at("process_exec.process.pod.pod_labels.app.kubernetes.io/name"), "web");
  EXPECT_EQ(got.records[0].at("process_exec.process.auid"), "4294967295");
  EXPECT_EQ(got.records[0].at("process_exec.ancestors{}.binary"), "/a");
  EXPECT_EQ(got.records[1].at("process_exit.signal"), "null");
  EXPECT_EQ(got.records[1].json, kTetragonExit);
}

TEST(Samples, RealTetragonEvents) {
  const std::filesystem::path folder =
      std::filesystem::path(HECATE_SOURCE_DIR).parent_path() / "shared/corpora/isovalent/tetragon";
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << "the corpus of real Tetragon events is not here";
  const Outcome got = read_paths({folder.native()});
  EXPECT_GT(got.stats.files, 30U);
  EXPECT_EQ(got.stats.malformed, 0U);
  EXPECT_EQ(got.stats.parsed, got.stats.records);
  EXPECT_GE(got.stats.records, got.stats.files);
  for (const Kept& record : got.records) {
    EXPECT_EQ(record.shape, Shape::Json) << record.file;
    EXPECT_NE(record.at("time"), "(absent)") << record.file;
  }
  for (const size_t chunk : {size_t{1}, size_t{7}, size_t{512}}) {
    EXPECT_EQ(read_paths({folder.native()}, {.chunk = chunk}).records, got.records);
  }
}

}  // namespace
}  // namespace hecate::ingest::test
