// What a cache of rules may change: the time, nothing else.
#include "content/rule_cache.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <thread>

#include "engine/ruleset.h"

namespace hecate::engine {
namespace {

namespace fs = std::filesystem;

std::string rule(std::string_view id, std::string_view selection, std::string_view more = "") {
  return fmt::format(
      "title: Rule {0}\nid: {0}\nname: name_{0}\nstatus: test\ndescription: >\n  folded\n  text\nauthor: Ann\n"
      "references:\n  - https://example.org/{0}\ntags:\n  - attack.t1053.003\n  - attack.persistence\n"
      "falsepositives:\n  - Never\nlevel: high\n{2}logsource:\n  product: linux\n  category: file_event\n"
      "detection:\n  selection:\n    {1}\n  condition: selection\n",
      id, selection, more);
}

class RuleCacheTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ =
        fs::temp_directory_path() / fmt::format("hecate-rule-cache-{}-{}", getpid(), reinterpret_cast<uintptr_t>(this));
    fs::create_directories(root_ / "rules");
    write("rules/a.yml", rule("a", "TargetFilename|startswith: /etc/cron"));
    write("rules/b.yml", rule("b1", "Image|re: '^/usr/.*sh$'") + "---\n" + rule("b2", "TargetFilename: null"));
    write("rules/warns.yml", rule("w", "Image: x", "statuss: x\n") + "---\n" + rule("w2", "Image: x", "level: hihg\n"));
    write("rules/broken.yml", rule("broken", "Image|nosuch: x"));
    write("rules/twice.yml", rule("a", "Image: y"));
    write("rules/filter.yml",
          "title: F\nid: f\nlogsource:\n  product: linux\n  category: file_event\nfilter:\n  rules:\n    - name_b1\n"
          "  selection:\n    User: root\n  condition: not selection\n");
    write("rules/correlation.yml",
          "title: C\nid: c\ncorrelation:\n  type: event_count\n  rules:\n    - name_a\n  group-by:\n    - User\n"
          "  timespan: 5m\n  condition:\n    gte: 3\n");
  }
  void TearDown() override { fs::remove_all(root_); }

  void write(const std::string& path, std::string_view text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path, std::ios::binary) << text;
  }
  [[nodiscard]] std::string read(const std::string& path) const {
    std::ifstream in(root_ / path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  [[nodiscard]] std::unique_ptr<content::RuleCache> cache(std::string program = "program") const {
    return std::make_unique<content::RuleCache>(root_ / "cache", std::move(program), runnable);
  }

  static std::string describe(const content::Detection& d, const SourceMap& sources) {
    const Position at = sources.position(d.span.file, d.span.begin);
    return fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {}:{}:{}+{} {}\n", d.id, d.title, d.name, d.description,
                       d.author, d.status, content::to_string(d.level), fmt::join(d.attack.tactics, ","),
                       fmt::join(d.attack.techniques, ","), fmt::join(d.false_positives, ","),
                       fmt::join(d.references, ","), d.path, sources.path(d.span.file), at.line, at.column,
                       d.span.end - d.span.begin, d.pack ? "pack" : "");
  }

  /// All that a user may see of the rules: diagnostics, detections, plans.
  std::string run(content::RuleCache* rules_cache, std::string_view pipeline = "") {
    SourceMap sources;
    DiagnosticSink sink;
    CompileOptions options;
    options.rule_cache = rules_cache;
    options.keep_origins = true;
    if (!pipeline.empty()) {
      const yaml::Documents documents = yaml::parse(sources.add("p.yml", std::string(pipeline)), sources, sink);
      EXPECT_TRUE(options.pipelines.add(*documents.roots.at(0), sink));
      if (rules_cache != nullptr)
        rules_cache->depends_on("pipeline", sources.whole(documents.roots.at(0)->span.file), pipeline);
    }
    const Ruleset rules(content::load({root_ / "rules"}, sources, sink, rules_cache), catalog_, options, sink);
    if (rules_cache != nullptr) rules_cache->save();
    known_ = 0;
    std::string out;
    for (const Diagnostic& diagnostic : sink.all()) out += render(diagnostic, sources);
    for (const auto& compiled : rules.detections()) {
      known_ += compiled->detection->compiled != nullptr ? 1 : 0;
      out += describe(*compiled->detection, sources);
      out += dump(compiled->plan);
      out += fmt::format("{} {} {}\n", compiled->suppressors.size(), compiled->silent,
                         fmt::join(compiled->key_fields, ","));
    }
    for (const content::Detection* refused : rules.refused()) out += "refused " + describe(*refused, sources);
    return out;
  }
  /// Runs that start from the folder as it is.
  std::string run_cached(std::string_view pipeline = "") { return run(cache().get(), pipeline); }

  fs::path root_;
  Catalog catalog_;
  size_t known_ = 0;  // rules of the last run that came from the cache
};

TEST_F(RuleCacheTest, ChangesNothing) {
  const std::string plain = run(nullptr);
  EXPECT_NE(plain.find("name_b1"), std::string::npos);
  EXPECT_NE(plain.find("refused broken"), std::string::npos);
  EXPECT_EQ(run_cached(), plain);
  EXPECT_EQ(known_, 0U);
  EXPECT_EQ(run_cached(), plain);
  EXPECT_EQ(known_, 3U);  // a, b1, b2: what was reported before is reported again
}

TEST_F(RuleCacheTest, AChangedFileIsReadAgain) {
  run_cached();
  write("rules/a.yml", rule("a", "TargetFilename|startswith: /etc/crom"));
  const std::string plain = run(nullptr);
  EXPECT_NE(plain.find("/etc/crom"), std::string::npos);
  EXPECT_EQ(run_cached(), plain);
  EXPECT_EQ(known_, 2U);
  EXPECT_EQ(run_cached(), plain);
  EXPECT_EQ(known_, 3U);
}

TEST_F(RuleCacheTest, AMovedFileIsKnownAtItsNewPlace) {
  run_cached();
  write("rules/000.yml",
        "title: first\nid: first\nlogsource:\n  product: x\ndetection:\n  s:\n    a: b\n  condition: s\n");
  fs::create_directories(root_ / "rules/z");
  fs::rename(root_ / "rules/b.yml", root_ / "rules/z/b.yml");
  const std::string plain = run(nullptr);
  EXPECT_EQ(run_cached(), plain);
  EXPECT_EQ(known_, 3U);
}

TEST_F(RuleCacheTest, PipelinesDecideToo) {
  constexpr std::string_view kRename =
      "name: p\npriority: 1\ntransformations:\n  - id: r\n    type: field_name_mapping\n    mapping:\n      Image: "
      "exe\n";
  constexpr std::string_view kOther =
      "name: p\npriority: 1\ntransformations:\n  - id: r\n    type: field_name_mapping\n    mapping:\n      Image: "
      "exf\n";
  const std::string plain = run(nullptr);
  const std::string renamed = run(nullptr, kRename);
  const std::string other = run(nullptr, kOther);
  ASSERT_NE(renamed, plain);
  ASSERT_NE(renamed, other);
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(run_cached(), plain);
    EXPECT_EQ(run_cached(kRename), renamed);
    EXPECT_EQ(run_cached(kOther), other);
  }
  EXPECT_EQ(run_cached(), plain);
  EXPECT_EQ(known_, 3U);
  constexpr std::string_view kAdds =
      "name: p\npriority: 1\ntransformations:\n  - type: add_condition\n    conditions:\n      Channel: Security\n";
  const std::string added = run(nullptr, kAdds);
  EXPECT_EQ(run_cached(kAdds), added);
  EXPECT_EQ(run_cached(kAdds), added);
  EXPECT_EQ(known_, 3U);
}

TEST_F(RuleCacheTest, RulesOfAPackWithPipelinesAreNotKept) {
  write("rules/p/pack.yml", "pack: p\ntitle: P\nversion: 1.0.0\npipelines:\n  - p.yml\n");
  write("rules/p/p.yml",
        "name: p\npriority: 1\ntransformations:\n  - type: field_name_mapping\n    mapping:\n      Image: exe\n");
  write("rules/p/rule.yml", rule("in_pack", "Image: x"));
  write("rules/outside.yml", rule("outside", "Image: x"));
  const std::string plain = run(nullptr);
  EXPECT_EQ(run_cached(), plain);
  EXPECT_EQ(run_cached(), plain);
  EXPECT_EQ(known_, 4U);
  // The same bytes that are known outside of the pack are another rule inside.
  write("rules/p/rule.yml", rule("outside", "Image: x"));
  fs::remove(root_ / "rules/outside.yml");
  EXPECT_EQ(run_cached(), run(nullptr));
}

TEST_F(RuleCacheTest, AnotherProgramCompilesAnew) {
  run_cached();
  const std::string plain = run(nullptr);
  EXPECT_EQ(run(cache("another").get()), plain);
  EXPECT_EQ(known_, 0U);
  EXPECT_EQ(run(cache("another").get()), plain);
  EXPECT_EQ(known_, 3U);
}

TEST_F(RuleCacheTest, ADamagedFileIsIgnoredAndWrittenAnew) {
  const std::string plain = run_cached();
  const std::string whole = read("cache/rules.bin");
  ASSERT_GT(whole.size(), 500U);
  std::mt19937 random(5);
  for (size_t at = 0; at < whole.size(); at += 1 + random() % 40) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1 + random() % 255));
    write("cache/rules.bin", bytes);
    ASSERT_EQ(run_cached(), plain) << "byte " << at;
    EXPECT_EQ(known_, 0U);
    write("cache/rules.bin", std::string_view(whole).substr(0, at));
    ASSERT_EQ(run_cached(), plain) << "cut at " << at;
    EXPECT_EQ(known_, 0U);
    ASSERT_EQ(run_cached(), plain);
    ASSERT_EQ(known_, 3U) << "not written anew";
  }
}

TEST_F(RuleCacheTest, NoFolderIsNoError) {
  const std::string plain = run(nullptr);
  write("cache", "a file");
  EXPECT_EQ(run_cached(), plain);
  EXPECT_EQ(run_cached(), plain);
  EXPECT_EQ(known_, 0U);
}

TEST_F(RuleCacheTest, WhatIsNotUsedGoesWhenTheFileIsFull) {
  run_cached();
  const size_t size = read("cache/rules.bin").size();
  const auto small = [&](size_t most) { return content::RuleCache(root_ / "cache", "program", runnable, most); };
  write("rules/b.yml", rule("b3", "Image: b3"));
  auto first = small(size + 50);
  const std::string plain = run(nullptr);
  EXPECT_EQ(run(&first), plain);
  EXPECT_LE(read("cache/rules.bin").size(), size + 50);
  auto second = small(size + 50);
  EXPECT_EQ(run(&second), plain);
  EXPECT_EQ(known_, 2U);
  auto tiny = small(100);
  EXPECT_EQ(run(&tiny), plain);
  EXPECT_EQ(known_, 0U);
}

TEST_F(RuleCacheTest, ManyMayUseItAtOnce) {
  const std::string plain = run(nullptr);
  std::vector<std::thread> threads;
  std::array<std::string, 4> results;
  for (std::string& result : results) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        auto own = cache(i % 2 == 0 ? "one" : "two");
        SourceMap sources;
        DiagnosticSink sink;
        CompileOptions options;
        options.rule_cache = own.get();
        const Ruleset rules(content::load({root_ / "rules"}, sources, sink, own.get()), catalog_, options, sink);
        own->save();
        result = fmt::format("{} {}", rules.detections().size(), sink.all().size());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& result : results) EXPECT_EQ(result, results[0]);
  EXPECT_EQ(run_cached(), plain);
  size_t files = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(root_ / "cache")) ++files;
  EXPECT_EQ(files, 1U);  // nothing is left lying about
}

}  // namespace
}  // namespace hecate::engine
