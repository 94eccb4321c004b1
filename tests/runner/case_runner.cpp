// Runs .case files: each query through the streaming head, the reference evaluator, SQL alone, with scrambled
// candidates and beside decoy fields that differ only in case. All must give what the file expects.

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <sstream>

#include "base/json_text.h"
#include "case_file.h"
#include "engine/file_tables.h"
#include "engine/hunt.h"

namespace hecate::cases {
namespace {

namespace fs = std::filesystem;

struct Mode {
  std::string_view name;
  engine::CutAt cut_at = engine::CutAt::Head;
  stream::Evaluation evaluation = stream::Evaluation::Caches;
  bool shuffle = false;
  bool decoys = false;
};

constexpr std::array<Mode, 5> kModes{{
    {"stream"},
    {"reference", engine::CutAt::Head, stream::Evaluation::Reference},
    {"sql", engine::CutAt::AllTail},
    {"shuffled", engine::CutAt::Head, stream::Evaluation::Program, true},
    {"decoys", engine::CutAt::Head, stream::Evaluation::Program, false, true},
}};

std::string swap_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z')
      c = static_cast<char>(c - 32);
    else if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c + 32);
  }
  return out;
}

/// Puts before the fields of every flat JSON event others whose names differ in case only.
std::string with_decoys(const std::string& events) {
  std::string out;
  std::istringstream stream(events);
  for (std::string line; std::getline(stream, line);) {
    std::set<std::string> names;
    ingest::ReadStats stats;
    DiagnosticSink ignored;
    const auto visit = [&](const ingest::Record& record) {
      record.document->read_all([&](std::string_view path, ingest::RawValue) {
        names.insert(std::string(path.substr(0, path.find_first_of(".{"))));
      });
    };
    ingest::read_text(line, "line", {}, visit, stats, ignored);
    std::string decoys;
    for (const std::string& name : names) {
      const std::string other = swap_case(name);
      if (other != name && !names.contains(other)) decoys += json_quote(other) + ":\"decoy\",";
    }
    // In the envelope of Splunk's HTTP collector the fields are those of its `event`.
    constexpr std::string_view kEnvelope = "\"event\":{";
    const size_t inner = line.find(kEnvelope);
    const size_t at = inner != std::string::npos ? inner + kEnvelope.size() : 1;
    const bool has_fields = line.starts_with('{') && at < line.size() && line[at] != '}';
    out += has_fields ? line.substr(0, at) + decoys + line.substr(at) : line;
    out += '\n';
  }
  return out;
}

std::string cell(const Value& value) {
  if (value.is_null()) return "NULL";
  std::string text;
  if (value.kind() == Kind::Many) {
    append_value_json(value, text);
  } else {
    text = value_text(value);
  }
  if (text.empty()) return "(empty)";
  std::string out;
  for (const char c : text) out += c == '\n' ? std::string("\\n") : c == '\t' ? std::string("\\t") : std::string(1, c);
  return out;
}

/// What a query shows of a row: its cells, or for a whole event the number of its record.
std::string row_text(const Finding& finding) {
  if (finding.whole_event) return finding.source ? std::to_string(finding.source->record) : "?";
  std::string out;
  for (const ResultField& field : finding.result) out += (out.empty() ? "" : "\t") + cell(field.value.get());
  return out;
}

content::Content content_of(const Case& test, SourceMap& sources, DiagnosticSink& sink) {
  content::Content content;
  content.tables = test.tables;
  for (const CaseMacro& macro : test.macros) {
    const FileId id = sources.add("", macro.definition);
    content.macros.push_back({macro.name, macro.arguments, MappedText(macro.definition, sources.whole(id))});
  }
  if (test.language == "sigma") {
    const bool bare = test.text.starts_with("detection:");
    std::string text = bare ? "title: case\nlogsource: {category: case}\n" + test.text : test.text;
    content::load_text("", std::move(text), content, sources, sink);
    return content;
  }
  content::Detection detection;
  detection.language = test.language == "spl" ? Language::Spl : Language::Kql;
  detection.id = detection.title = "case";
  const FileId id = sources.add("", test.text);
  detection.span = sources.whole(id);
  detection.query = MappedText(test.text, sources.whole(id));
  content.detections.push_back(std::move(detection));
  return content;
}

std::vector<std::string> lines_of(const DiagnosticSink& sink, const SourceMap& sources) {
  std::vector<std::string> lines;
  for (const Diagnostic& diagnostic : sink.all()) {
    std::istringstream stream(render(diagnostic, sources));
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
  }
  return lines;
}

/// The rows of a query, or the diagnostics of one that does not compile.
std::vector<std::string> run(const Case& test, const Catalog& catalog, const Mode& mode, tail::Database* database) {
  SourceMap sources;
  DiagnosticSink sink;
  const std::string events = mode.decoys ? with_decoys(test.events) : test.events;
  engine::CompileOptions compile;
  compile.cut_at = mode.cut_at;
  compile.file_tables = [&] { return std::vector{engine::infer_table(events, test.events_name)}; };
  content::Content content = content_of(test, sources, sink);
  for (const content::PipelineDocument& pipeline : std::exchange(content.pipelines, {})) {
    if (!compile.pipelines.add(*pipeline.document, sink)) return lines_of(sink, sources);
  }
  const engine::Ruleset rules(std::move(content), catalog, compile, sink);
  if (test.is_error || rules.detections().empty()) return lines_of(sink, sources);
  engine::HuntOptions options;
  options.database = database;
  options.text = &events;
  options.text_name = test.events_name;
  options.evaluation = mode.evaluation;
  options.shuffle_candidates = mode.shuffle;
  options.assume = test.assume.empty() ? std::optional(RecordType::Generic) : catalog.find(test.assume);
  if (test.assume == "recognized") options.assume = std::nullopt;
  if (!test.now.empty()) options.now = parse_iso_time(test.now);
  std::vector<std::string> rows;
  const auto add = [&](Finding&& finding) {
    if (finding.suppressed_by.empty()) rows.push_back(row_text(finding));
  };
  const engine::HuntReport report = engine::hunt(rules, options, add, sink);
  if (report.failed > 0) return lines_of(sink, sources);
  return rows;
}

std::vector<std::string> case_paths(const std::vector<std::string>& arguments) {
  std::vector<std::string> paths;
  for (const std::string& argument : arguments) {
    if (!fs::is_directory(argument)) {
      paths.push_back(argument);
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(argument)) {
      if (entry.path().extension() == ".case") paths.push_back(entry.path().string());
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

struct Totals {
  size_t passed = 0, failed = 0, skipped = 0;
};

void compare(const CaseFile& file, const Case& test, const Catalog& catalog, tail::Database* database, Totals& totals) {
  bool ok = true;
  for (const Mode& mode : kModes) {
    if (test.is_error && mode.name != "stream") continue;
    const bool skip = std::any_of(test.skips.begin(), test.skips.end(),
                                  [&](const std::string& s) { return s.starts_with(std::string(mode.name) + ":"); });
    if (skip) {
      ++totals.skipped;
      continue;
    }
    const auto got = run(test, catalog, mode, database);
    if (got == test.expected) continue;
    ok = false;
    fmt::print("FAIL {}:{} ({})\n  expected:\n    {}\n  got:\n    {}\n", file.path, test.line, mode.name,
               fmt::join(test.expected, "\n    "), fmt::join(got, "\n    "));
  }
  ++(ok ? totals.passed : totals.failed);
}

int main_of(std::vector<std::string> arguments) {
  const bool update = !arguments.empty() && arguments[0] == "--update";
  if (update) arguments.erase(arguments.begin());
  if (arguments.empty()) arguments.push_back(HECATE_SOURCE_DIR "/tests/cases");
  SourceMap sources;
  DiagnosticSink sink;
  Result<Catalog> catalog = Catalog::load(HECATE_SOURCE_DIR "/catalogs", sources, sink);
  if (!catalog) return EXIT_FAILURE;
  const auto database = tail::Database::open({}, sink);
  tail::Database* shared = database ? database->get() : nullptr;
  Totals totals;
  for (const std::string& path : case_paths(arguments)) {
    const CaseFile file = read_case_file(path);
    for (const std::string& problem : file.problems) {
      fmt::print("FAIL {}\n", problem);
      ++totals.failed;
    }
    std::vector<std::vector<std::string>> expectations;
    for (const Case& test : file.cases) {
      if (update) {
        expectations.push_back(run(test, *catalog, kModes[0], shared));
      } else {
        compare(file, test, *catalog, shared, totals);
      }
    }
    if (update) rewrite(file, expectations);
  }
  fmt::print("{} passed, {} failed, {} skipped\n", totals.passed, totals.failed, totals.skipped);
  return totals.failed == 0 && (update || totals.passed > 0) ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace
}  // namespace hecate::cases

int main(int argc, char** argv) { return hecate::cases::main_of({argv + 1, argv + argc}); }
