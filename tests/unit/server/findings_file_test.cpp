#include "server/findings_file.h"

#include <gtest/gtest.h>

#include "../temporary_folder.h"

namespace hecate::server {
namespace {

std::string line(std::string_view id) { return R"({"finding_id":")" + std::string(id) + R"(","title":"t"})"; }

std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(FindingsFile, WritesWhatStandsBehindThePositionOnce) {
  const test::Folder folder;
  const std::string path = folder.path("findings.ndjson");
  DiagnosticSink sink;
  std::string failure;
  uint64_t position = 0;
  {
    FindingsFile file;
    ASSERT_TRUE(file.open(path, 0, sink));
    EXPECT_TRUE(file.add("a", line("a")));
    ASSERT_TRUE(file.flush(failure));
    position = file.size();
    file.forget();
    EXPECT_TRUE(file.add("b", line("b")));
    ASSERT_TRUE(file.flush(failure));
  }
  // The server died before it kept the position behind `b`: its event is matched again.
  FindingsFile file;
  ASSERT_TRUE(file.open(path, position, sink));
  EXPECT_FALSE(file.add("b", line("b")));
  EXPECT_TRUE(file.add("c", line("c")));
  ASSERT_TRUE(file.flush(failure));
  EXPECT_EQ(text_of(path), line("a") + "\n" + line("b") + "\n" + line("c") + "\n");
}

TEST(FindingsFile, ALineThatWasCutIsWrittenAgain) {
  const test::Folder folder;
  const std::string whole = line("a") + "\n" + line("b") + "\n";
  for (size_t size = 0; size <= whole.size(); ++size) {
    const std::string path = folder.write("findings.ndjson", whole.substr(0, size));
    DiagnosticSink sink;
    FindingsFile file;
    std::string failure;
    ASSERT_TRUE(file.open(path, 0, sink));
    (void)file.add("a", line("a"));
    (void)file.add("b", line("b"));
    ASSERT_TRUE(file.flush(failure));
    EXPECT_EQ(text_of(path), whole) << "cut at " << size;
  }
}

TEST(FindingsFile, AFileThatWasTakenAwayBeginsAnew) {
  const test::Folder folder;
  DiagnosticSink sink;
  FindingsFile file;
  ASSERT_TRUE(file.open(folder.path("findings.ndjson"), 1000, sink));
  EXPECT_EQ(file.size(), 0);
}

}  // namespace
}  // namespace hecate::server
