#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>

#include "lang/kql/parser.h"
#include "support.h"

namespace hecate::kql::test {
namespace {

/// Halves of surrogate pairs become `?`: they stand in texts and comments only.
void append_code_unit(unsigned long code, std::string& out) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code >= 0xD800 && code < 0xE000) {
    out += '?';
  } else {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

/// The value of "query" in a line of JSON.
std::string query_of(std::string_view line) {
  size_t at = line.find("\"query\": \"");
  if (at == std::string_view::npos) return {};
  std::string out;
  for (at += 10; at < line.size() && line[at] != '"'; ++at) {
    if (line[at] != '\\') {
      out += line[at];
      continue;
    }
    const char c = line[++at];
    if (c == 'n')
      out += '\n';
    else if (c == 't')
      out += '\t';
    else if (c == 'r')
      out += '\r';
    else if (c == 'u')
      append_code_unit(std::stoul(std::string(line.substr(at + 1, 4)), nullptr, 16), out), at += 4;
    else
      out += c;
  }
  return out;
}

std::vector<std::string> corpus(const std::string& name) {
  const std::filesystem::path path = std::filesystem::path(HECATE_SOURCE_DIR) / "../shared/corpora/kql" / name;
  if (!std::filesystem::exists(path)) return {};
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(("zstd -dc '" + path.string() + "'").c_str(), "r"), &pclose);
  std::vector<std::string> queries;
  std::string line;
  for (int c = std::fgetc(pipe.get()); c != EOF; c = std::fgetc(pipe.get())) {
    if (c != '\n') {
      line += static_cast<char>(c);
      continue;
    }
    queries.push_back(query_of(line));
    line.clear();
  }
  return queries;
}

/// Public hunting queries and rules: nothing crashes, and nearly all are read to their end.
TEST(Corpus, QueriesParse) {
  const std::vector<std::string> queries = corpus("queries.jsonl.zst");
  if (queries.empty()) GTEST_SKIP() << "the corpus is not here";
  size_t parsed = 0;
  std::map<std::string, size_t> failures;
  for (const std::string& query : queries) {
    SourceMap sources;
    const MappedText text(query, sources.whole(sources.add("q", query)));
    DiagnosticSink sink;
    const ast::Query ast = Parser(text, sink).parse();
    if (sink.errors() == 0) {
      ++parsed;
    } else {
      const Diagnostic& first = sink.all().front();
      ++failures[std::string(first.code->id) + " " + first.message];
      if (std::getenv("HECATE_VERBOSE") != nullptr) std::printf("%s\n", render(first, sources).c_str());
    }
    run(query);
  }
  std::vector<std::pair<size_t, std::string>> sorted;
  for (const auto& [message, count] : failures) sorted.emplace_back(count, message);
  std::sort(sorted.rbegin(), sorted.rend());
  for (size_t i = 0; i < std::min<size_t>(sorted.size(), 25); ++i)
    std::printf("%6zu %s\n", sorted[i].first, sorted[i].second.c_str());
  std::printf("%zu of %zu queries parse\n", parsed, queries.size());
  EXPECT_GE(parsed * 100, queries.size() * 95);
}

}  // namespace
}  // namespace hecate::kql::test
