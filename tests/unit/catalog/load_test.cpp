#include <gtest/gtest.h>

#include <map>

#include "catalog/codes.h"
#include "folder.h"

namespace hecate {
namespace {

constexpr std::string_view kSchema =
    "schema: S\nviews:\n  - names: [imS]\ncolumns:\n  Path: string\n  Name: {type: string, holds: name, path: Path}\n";
constexpr std::string_view kSource = R"(source: s
title: S
shapes:
  json:
    of: json
    when: [{path: k, exists: true}]
    paths: ["{}"]
types:
  t:
    title: T
    asim: S
    columns:
      - for: asim.S
        evidence: e
        confidence: A
        columns:
          Path: p
)";

TEST(Load, ShippedCatalogsAreSound) {
  SourceMap sources;
  DiagnosticSink sink;
  const Result<Catalog> catalog = Catalog::load(HECATE_SOURCE_DIR "/catalogs", sources, sink);
  ASSERT_TRUE(catalog.ok());
  for (const Diagnostic& diagnostic : sink.all()) ADD_FAILURE() << render(diagnostic, sources);
  EXPECT_EQ(catalog->name(RecordType::Generic), "generic");
  // What is else read when a query asks for it.
  catalog->check_views(sink);
  for (const Diagnostic& diagnostic : sink.all()) ADD_FAILURE() << render(diagnostic, sources);
}

TEST(Load, ColumnsOfViewsAreReadWhenTheyAreAskedFor) {
  const Folder folder;
  folder.write("asim/S.yml", kSchema);
  folder.write("sources/s.yml", kSource);
  folder.write("kusto/s.tsv",
               "# columns\n@\tt\tasim.S\tB\tevidence\nName\tbasename(p)\n@\t*\tasim.*\tC\tother\nAbsent\tx\nPath\tq\n");
  const Loaded loaded = load(folder);
  EXPECT_TRUE(loaded.codes.empty()) << loaded.first_message;
  ASSERT_TRUE(loaded.catalog.has_value());
  const auto type = loaded.catalog->find("s.t");
  ASSERT_TRUE(type);
  EXPECT_NE(loaded.catalog->column(*type, KustoTable{"imS"}, "Name", Type::String), nullptr);
  // The later block counts, and a group for all schemas may name columns that one of them lacks.
  std::map<std::string, std::string> rows;
  for (const Catalog::ColumnRow& row : loaded.catalog->columns(*type)) rows[row.name] = row.expression;
  EXPECT_EQ(rows["Path"], "q");
  EXPECT_FALSE(rows.contains("Absent"));
  DiagnosticSink sink;
  loaded.catalog->check_views(sink);
  EXPECT_TRUE(sink.all().empty());
}

TEST(Load, BadBlocksAreReported) {
  for (const std::string_view text : {"@\tnone\tasim.S\tB\te\n", "@\tt\tasim.T\tB\te\n", "@\tt\ttable.T\tB\te\n",
                                      "@\tt\tasim.S\n", "@\tt\tasim.S\tX\te\n"}) {
    const Folder folder;
    folder.write("asim/S.yml", kSchema);
    folder.write("sources/s.yml", kSource);
    folder.write("kusto/s.tsv", text);
    EXPECT_EQ(load(folder).codes.size(), 1U) << text;
  }
  for (const std::string_view text : {"Nome\tp\n", "Name\tbasenam(p)\n", "Name\tbasename(\n"}) {
    const Folder folder;
    folder.write("asim/S.yml", kSchema);
    folder.write("sources/s.yml", kSource);
    folder.write("kusto/s.tsv", "@\tt\tasim.S\tB\te\n" + std::string(text));
    const Loaded loaded = load(folder);
    ASSERT_TRUE(loaded.catalog.has_value());
    DiagnosticSink sink;
    loaded.catalog->check_views(sink);
    EXPECT_GE(sink.errors(), 1U) << text;
  }
}

TEST(Load, MissingFolder) {
  SourceMap sources;
  DiagnosticSink sink;
  EXPECT_FALSE(Catalog::load("/no/such/folder", sources, sink).ok());
  ASSERT_EQ(sink.all().size(), 1U);
  EXPECT_EQ(sink.all()[0].code, &catalog::kNoFolder);
}

TEST(Load, SmallestCatalog) {
  const Folder folder;
  folder.write("asim/S.yml", kSchema);
  folder.write("sources/s.yml", kSource);
  const Loaded loaded = load(folder);
  EXPECT_TRUE(loaded.codes.empty()) << loaded.first_message;
  ASSERT_TRUE(loaded.catalog.has_value());
  EXPECT_EQ(loaded.catalog->names(), (std::vector<std::string_view>{"generic", "s.t"}));
}

struct Mistake {
  std::string_view what;
  std::string_view file;      // which of the two texts
  std::string_view from, to;  // what is changed in it
  const DiagnosticCode* code;
  std::string_view points_at;
};

TEST(Load, MistakesAreReportedAndTheFileLeftOut) {
  const std::vector<Mistake> rows{
      {"unknown key of a source", "source", "title: S", "titel: S", &catalog::kUnknownKey, "titel"},
      {"unknown key of a type", "source", "title: T", "title: T\n    sigmaa: []", &catalog::kUnknownKey, "sigmaa"},
      {"unknown key of a condition", "source", "exists: true", "exist: true", &catalog::kUnknownKey, "exist"},
      {"unknown key of a group", "source", "evidence: e", "evidence: e\n        confidense: A", &catalog::kUnknownKey,
       "confidense"},
      {"no evidence", "source", "        evidence: e\n", "", &catalog::kMissingKey, ""},
      {"no confidence", "source", "        confidence: A\n", "", &catalog::kMissingKey, ""},
      {"wrong confidence", "source", "confidence: A", "confidence: sure", &catalog::kWrongValue, "sure"},
      {"no title", "source", "title: T", "when: []", &catalog::kMissingKey, ""},
      {"unknown shape", "source", "of: json", "of: jsn", &catalog::kWrongValue, "jsn"},
      {"template without a place", "source", "paths: [\"{}\"]", "paths: [x]", &catalog::kWrongValue, "[x"},
      {"two tests", "source", "exists: true", "exists: true, equals: x", &catalog::kWrongValue, ""},
      {"path and field", "source", "path: k,", "path: k, field: k,", &catalog::kWrongValue, ""},
      {"path and record", "source", "path: k,", "path: k, record: text,", &catalog::kWrongValue, ""},
      {"unknown part of a record", "source", "path: k,", "record: line,", &catalog::kWrongValue, "line"},
      {"bad regex of a condition", "source", "exists: true", "matches: '('", &catalog::kBadRegex, ""},
      {"unknown rule of names", "source", "title: S", "title: S\nnames: {ignorecase: true}", &catalog::kUnknownKey,
       "ignorecase"},
      {"a rule of names that is no flag", "source", "title: S", "title: S\nnames: {ignore_case: maybe}",
       &catalog::kWrongValue, "maybe"},
      {"exists is no text", "source", "exists: true", "exists: perhaps", &catalog::kWrongValue, "perhaps"},
      {"unknown vocabulary", "source", "for: asim.S", "for: elastic", &catalog::kWrongValue, "elastic"},
      {"undeclared vocabulary", "source", "for: asim.S", "for: table.T", &catalog::kUndeclared, ""},
      {"unknown schema", "source", "asim: S\n", "asim: Q\n", &catalog::kUnknownSchema, "Q"},
      {"unknown data model", "source", "asim: S\n", "asim: S\n    cim: No.Such\n", &catalog::kUnknownSchema, "No.Such"},
      {"unknown column", "source", "Path: p", "Paht: p", &catalog::kUnknownColumn, "Paht"},
      {"column twice", "source", "Path: p", "Path: p\n      - {for: asim.S, evidence: e, confidence: B, same: [Path]}",
       &catalog::kDuplicate, "Path"},
      {"unknown function", "source", "Path: p", "Path: bsename(p)", &catalog::kUnknownFunction, "bsename"},
      {"bad regex", "source", "Path: p", "Path: regex(p, \"(\")", &catalog::kBadRegex, "\"(\""},
      {"unclosed call", "source", "Path: p", "Path: lower(p", &catalog::kExpression, "("},
      {"unknown variable", "source", "Path: p", "Path: $event.p", &catalog::kWrongValue, "$event.p"},
      {"a mapping for an expression", "source", "Path: p", "Path: {a: b}", &catalog::kWrongValue, ""},
      {"a list for a source", "source", kSource, "- a\n", &catalog::kWrongValue, ""},
      {"no types", "source", "types:", "x:", &catalog::kUnknownKey, "x"},
      {"unknown type of a column", "schema", "Path: string", "Path: strin", &catalog::kWrongValue, "strin"},
      {"holds without path", "schema", "holds: name, path: Path", "holds: name", &catalog::kWrongValue, ""},
      {"path that is no column", "schema", "path: Path", "path: Pth", &catalog::kUnknownColumn, "Pth"},
      {"alias that is no column", "schema", "Path: string", "Path: string\n  A: {type: string, alias: [B]}",
       &catalog::kUnknownColumn, "[B"},
      {"view twice", "schema", "names: [imS]", "names: [imS]\n  - names: [imS]", &catalog::kDuplicate, ""},
  };
  for (const Mistake& row : rows) {
    const Folder folder;
    std::string schema(kSchema);
    std::string source(kSource);
    std::string& changed = row.file == "schema" ? schema : source;
    const size_t at = changed.find(row.from);
    ASSERT_NE(at, std::string::npos) << row.what;
    changed.replace(at, row.from.size(), row.to);
    folder.write("asim/S.yml", schema);
    folder.write("sources/s.yml", source);
    const Loaded loaded = load(folder);
    ASSERT_FALSE(loaded.codes.empty()) << row.what;
    EXPECT_EQ(loaded.codes.front(), row.code->id) << row.what << ": " << loaded.first_message;
    if (!row.points_at.empty()) {
      EXPECT_EQ(loaded.first_text.substr(0, row.points_at.size()), row.points_at) << row.what;
    }
    ASSERT_TRUE(loaded.catalog.has_value());
    EXPECT_FALSE(loaded.catalog->find("s.t").has_value()) << row.what;
  }
}

TEST(Load, NamesInOtherSpellings) {
  const Folder folder;
  std::string source(kSource);
  source.replace(source.find("title: S"), 8,
                 "title: S\nnames: {ignore_case: true, through_arrays: true, optional_prefixes: [properties.]}");
  folder.write("asim/S.yml", kSchema);
  folder.write("sources/s.yml", source);
  const Loaded loaded = load(folder);
  ASSERT_TRUE(loaded.catalog.has_value() && loaded.catalog->find("s.t")) << loaded.first_message;
  const RecordType type = *loaded.catalog->find("s.t");
  EXPECT_EQ(loaded.catalog->raw_paths(type, "userAgent"),
            (std::vector<std::string>{"userAgent{}", "userAgent", "UserAgent{}", "UserAgent"}));
  const std::vector<std::string> paths = loaded.catalog->raw_paths(type, "properties.Target.id");
  EXPECT_EQ(paths[0], "properties.Target.id{}");
  for (const char* path :
       {"properties.Target.id", "properties.target{}.id", "Target.id", "target.id", "target{}.id{}"}) {
    EXPECT_NE(std::find(paths.begin(), paths.end(), path), paths.end()) << path;
  }
}

TEST(Load, HintsNameTheNearest) {
  const Folder folder;
  std::string source(kSource);
  source.replace(source.find("Path: p"), 7, "Paht: p");
  folder.write("asim/S.yml", kSchema);
  folder.write("sources/s.yml", source);
  EXPECT_EQ(load(folder).first_hint, "did you mean `Path`?");
}

TEST(Load, TheSameSourceOrViewTwice) {
  const Folder folder;
  folder.write("asim/S.yml", kSchema);
  folder.write("asim/T.yml", kSchema);
  folder.write("sources/s.yml", kSource);
  folder.write("sources/t.yml", kSource);
  const Loaded loaded = load(folder);
  EXPECT_EQ(loaded.codes,
            (std::vector<std::string>{std::string(catalog::kDuplicate.id), std::string(catalog::kDuplicate.id)}));
  EXPECT_EQ(loaded.catalog->record_types(), 2U);
}

TEST(Load, HostileFiles) {
  const Folder folder;
  folder.write("sources/binary.yml", std::string_view("\0\xFF\xFE\0", 4));
  folder.write("sources/empty.yml", "");
  folder.write("sources/scalar.yml", "hello");
  folder.write("sources/open.yml", "source: [");
  folder.write("sources/deep.yml", std::string(100'000, '['));
  folder.write("sources/large.yml", std::string(5 << 20, '#'));
  folder.write("sources/two.yml", "source: a\n---\nsource: b\n");
  folder.write("asim/x.yml", "schema: X\ncolumns: [a]\n");
  folder.write("cim/x.yml", "model: X\ndatasets: {D: {f: [a]}}\n");
  folder.write("sources/s.yml", kSource);
  folder.write("asim/S.yml", kSchema);
  const Loaded loaded = load(folder);
  EXPECT_GE(loaded.codes.size(), 9U);
  ASSERT_TRUE(loaded.catalog.has_value());
  EXPECT_TRUE(loaded.catalog->find("s.t").has_value());
}

TEST(Load, CodesAreUnique) {
  for (size_t i = 1; i < catalog::kCodes.size(); ++i) EXPECT_LT(catalog::kCodes[i - 1]->id, catalog::kCodes[i]->id);
}

}  // namespace
}  // namespace hecate
