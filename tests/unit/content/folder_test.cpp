// Files and folders: what is walked, in which order, and that one bad file leaves the others alone.
#include "support.h"

namespace hecate::content {
namespace {

using namespace test;

TEST(Folder, IsWalkedInSortedOrderWithoutHiddenFiles) {
  Folder folder;
  folder.file("b/z.spl", "index=1")
      .file("k.kql", "T")
      .file("b/a.spl", "index=2")
      .file("c.yaml", "title: C\nid: c\ndetection: {}\n");
  folder.file(".hidden.spl", "index=3")
      .file(".git/x.spl", "index=4")
      .file("b/.y.spl", "index=5")
      .file("notes.txt", "no content")
      .file("a.yml.bak", ":");
  const LoadedFolder loaded({folder.path()});
  EXPECT_EQ(loaded.codes(), "");
  std::vector<std::string> paths;
  for (const Detection& detection : loaded.content.detections)
    paths.push_back(detection.path.substr(folder.path().size() + 1));
  std::sort(paths.begin(), paths.end());
  EXPECT_EQ(paths, (Texts{"b/a.spl", "b/z.spl", "c.yaml", "k.kql"}));
  EXPECT_EQ(loaded.content.files, 4U);
}

TEST(Folder, LoadsTheSameInEveryRun) {
  Folder folder;
  for (const char* name : {"q", "a", "m", "z", "b"})
    folder.file(std::string(name) + ".yml", "title: T\nid: " + std::string(name) + "\ndetection: {}\n");
  EXPECT_EQ(LoadedFolder({folder.path()}).ids(), (Texts{"a", "b", "m", "q", "z"}));
}

TEST(Folder, AMissingPathIsReportedAndTheOthersAreLoaded) {
  Folder folder;
  folder.file("a.spl", "index=1");
  const LoadedFolder loaded({folder.path("nothing"), folder.path("a.spl"), folder.path("no.yml")});
  EXPECT_EQ(loaded.codes(), "CNT001; CNT001");
  EXPECT_NE(loaded.sink.all()[0].message.find("nothing"), std::string::npos);
  EXPECT_EQ(loaded.ids(), Texts{"a"});
}

TEST(Folder, ABrokenFileLeavesTheOthersAlone) {
  Folder folder;
  folder.file("a.yml", "title: A\nid: a\ndetection: {}\n")
      .file("b.yml", "title: [B\n")
      .file("c.yml", "title: C\nid: c\ndetection: {}\n");
  folder.file("d.yml", std::string("\0\xFF\x01", 3))
      .file("e.yml", "title: E\nid: e\ndetection: {}\n---\n]\n")
      .file("f.yml", "");
  const LoadedFolder loaded({folder.path()});
  EXPECT_EQ(loaded.ids(), (Texts{"a", "c", "e"})) << "of e the document before the error";
  EXPECT_GE(loaded.sink.errors(), 2U);
}

TEST(Folder, ASplunkAppIsReadInLayers) {
  Folder folder;
  folder
      .file("app/default/savedsearches.conf",
            "[default]\ncron_schedule = 0 * * * *\n"
            "[A - Rule]\nsearch = index=1 \\\n  | `f`\ndispatch.earliest_time=-70m@m\ndisabled = 1\n"
            "action.notable.param.severity = high\n"
            "action.correlationsearch.annotations = {\"mitre_attack\": [\"T1053.003\"], \"analytic_story\": [\"S\"]}\n"
            "[Not a detection]\nsearch = x\naction.escu.search_type = support\n[No search]\ndisabled = 1\n")
      .file("app/local/savedsearches.conf", "# ours\n[A - Rule]\ndisabled = false\n")
      .file("app/default/macros.conf",
            "[f]\ndefinition = search *\n[g(2)]\nargs = a, b\ndefinition = $a$ $b$\n"
            "[e]\ndefinition = 1+1\niseval = 1\n[h]\nargs = a\n")
      .file("app/local/macros.conf", "[f]\ndefinition = search user!=x\n")
      .file("app/default/props.conf", "[x]\nnothing here\n");
  const LoadedFolder loaded({folder.path()});
  EXPECT_EQ(loaded.codes(), "CNT020 2:1; CNT021 6:1; CNT003 9:1");
  ASSERT_EQ(loaded.ids(), Texts{"A - Rule"});
  const Detection& rule = loaded.content.detections[0];
  EXPECT_EQ(rule.query.view(), "index=1 \n  | `f`") << "the break after a backslash stays";
  EXPECT_FALSE(rule.disabled);
  EXPECT_EQ(rule.level, Level::High);
  EXPECT_EQ(rule.attack.techniques, Texts{"T1053.003"});
  EXPECT_EQ(rule.stories, Texts{"S"});
  ASSERT_TRUE(rule.schedule);
  EXPECT_EQ(rule.schedule->cron, "0 * * * *") << "of [default]";
  EXPECT_EQ(rule.schedule->earliest, "-70m@m");
  ASSERT_EQ(loaded.content.macros.size(), 2U);
  EXPECT_EQ(loaded.content.macros[0].definition.view(), "search user!=x");
  EXPECT_EQ(loaded.content.macros[1].name, "g");
  EXPECT_EQ(loaded.content.macros[1].arguments, (Texts{"a", "b"}));
}

TEST(Folder, ADuplicateIdIsReportedWithBothPlaces) {
  Folder folder;
  folder.file("a.yml", "title: First\nid: same\ndetection: {}\n")
      .file("b.yml", "title: Second\nid: same\ndetection: {}\n")
      .file("c.spl", "x");
  const LoadedFolder loaded({folder.path()});
  EXPECT_EQ(loaded.codes(), "CNT006 1:8");
  EXPECT_EQ(loaded.find("same")->title, "First");
  ASSERT_EQ(loaded.sink.all()[0].secondary.size(), 1U);
  EXPECT_TRUE(loaded.sources.path(loaded.sink.all()[0].secondary[0].span.file).ends_with("a.yml"));
  EXPECT_EQ(loaded.content.detections.size(), 2U);
}

TEST(Folder, AFileThatIsTooLargeIsRefused) {
  Folder folder;
  folder.file("a.spl", "x");
  folder.file("big.yml", std::string((16U << 20) + 1, '#'));
  const LoadedFolder loaded({folder.path()});
  EXPECT_EQ(loaded.codes(), "CNT009");
  EXPECT_EQ(loaded.ids(), Texts{"a"});
}

TEST(Folder, AFileGivenByNameNeedsNoExtension) {
  Folder folder;
  folder.file("rule", "title: A\nid: a\ndetection: {}\n");
  EXPECT_EQ(LoadedFolder({folder.path("rule")}).ids(), Texts{"a"});
}

TEST(Folder, LaterMacrosStandBehindEarlierOnes) {
  Folder folder;
  folder.file("one/m.yml", "name: m\ndefinition: first\n").file("two/m.yml", "name: m\ndefinition: second\n");
  const LoadedFolder loaded({folder.path("one"), folder.path("two")});
  ASSERT_EQ(loaded.content.macros.size(), 2U) << "the compiler takes the last";
  EXPECT_EQ(loaded.content.macros[1].definition.view(), "second");
}

TEST(Folder, APackInTheWorkingFolderHoldsWhatLiesBelow) {
  SourceMap sources;
  DiagnosticSink sink;
  Folder folder;
  folder.file("pack.yml", "pack: p\n").file("rules/r.yml", "title: R\nid: r\ndetection: {}\n");
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  const Content content = load({"pack.yml", "rules/r.yml"}, sources, sink);
  std::filesystem::current_path(before);
  ASSERT_EQ(content.detections.size(), 1U);
  EXPECT_EQ(content.detections[0].pack, 0U);
}

TEST(Folder, WhatIsShippedLoadsWithoutAWord) {
  const LoadedFolder loaded({std::string(HECATE_SOURCE_DIR) + "/content"});
  EXPECT_EQ(loaded.codes(), "");
  EXPECT_FALSE(loaded.content.detections.empty());
  EXPECT_FALSE(loaded.content.packs.empty());
  EXPECT_FALSE(loaded.content.tests.empty());
}

}  // namespace
}  // namespace hecate::content
