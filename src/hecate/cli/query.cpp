#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>

#include "cli/common.h"
#include "engine/file_tables.h"
#include "output/output.h"

namespace hecate::cli {
namespace {

struct QueryFlags {
  EventOptions events;
  PipelineOptions pipelines;
  ExternalDataOptions external_data;
  std::string language, text;
  std::vector<std::string> macros;
};

/// TEXT itself, @FILE, or - for standard input. `path` is what diagnostics call it.
std::optional<std::string> query_text(const std::string& argument, std::string& path) {
  std::ostringstream text;
  if (argument == "-") {
    path = "<stdin>";
    text << std::cin.rdbuf();
  } else if (argument.starts_with('@')) {
    path = argument.substr(1);
    std::ifstream stream(path, std::ios::binary);
    text << stream.rdbuf();
    if (!stream) {
      fmt::print(stderr, "hecate: {}: cannot be read\n", path);
      return std::nullopt;
    }
  } else {
    path = "<query>";
    return argument;
  }
  return std::move(text).str();
}

content::Content load_query(const QueryFlags& flags, std::string path, std::string text, SourceMap& sources,
                            DiagnosticSink& sink) {
  content::Content content = content::load(flags.macros, sources, sink);
  content.detections.clear();  // only their macros, functions and tables are wanted
  content.filters.clear();
  if (flags.language == "sigma") {
    content::load_text(std::move(path), std::move(text), content, sources, sink);
    return content;
  }
  content::Detection detection;
  detection.language = flags.language == "spl" ? Language::Spl : Language::Kql;
  detection.id = detection.title = path;
  detection.path = path;
  const FileId id = sources.add(std::move(path), std::move(text));
  detection.span = sources.whole(id);
  detection.query = MappedText(std::string(sources.text(id)), sources.whole(id));
  content.detections.push_back(std::move(detection));
  return content;
}

ExitCode print_rows(const QueryFlags& flags, const engine::Ruleset& rules, engine::HuntOptions& options,
                    double load_seconds, DiagnosticPrinter& printer, DiagnosticSink& sink) {
  Timing timing;
  timing.load_seconds = load_seconds;
  options.progress = make_progress(ingest::total_size(options.files));
  const std::unique_ptr<output::Writer> writer =
      flags.events.output == "ndjson"
          ? output::make_rows_ndjson_writer(stdout)
          : output::make_rows_table_writer(stdout, {use_color(stdout), terminal_width(stdout), 50});
  const engine::HuntReport report = engine::hunt(rules, options, [&](Finding&& row) { writer->write(row); }, sink);
  clear_progress();
  writer->finish();
  if (!flags.events.state.write(report)) return kUsage;
  printer.flush();
  return conclude(flags.events, report, timing, "row");
}

ExitCode run_query(QueryFlags& flags) {
  const auto start = std::chrono::steady_clock::now();
  std::string path;
  const std::optional<std::string> text = query_text(flags.text, path);
  if (!text) return kUsage;
  SourceMap sources;
  DiagnosticSink sink;
  DiagnosticPrinter printer(sources, sink);
  const std::optional<Catalog> catalog = load_catalog(sources, sink);
  engine::HuntOptions options;
  const std::optional<engine::ExternalData> external_data = flags.external_data.parse();
  if (!catalog || !external_data || !apply(flags.events, *catalog, options)) {
    printer.flush();
    return kUsage;
  }
  options.files = ingest::expand_paths(flags.events.events, sink);
  options.threads = threads_by_cores();
  engine::CompileOptions compile;
  compile.external_data = *external_data;
  compile.locations = options.locations != nullptr;
  compile.file_tables = [&] { return engine::infer_file_tables(options.files, *catalog); };
  std::optional<sigma::Pipelines> pipelines = flags.pipelines.load(sources, sink);
  if (!pipelines) {
    printer.flush();
    return kUsage;
  }
  compile.pipelines = std::move(*pipelines);
  content::Content content = load_query(flags, path, *text, sources, sink);
  if (content.macros.empty() && flags.macros.empty()) {
    content.macros = content::load({share_folder() + "/content"}, sources, sink).macros;
  }
  // A query may read what earlier ones wrote, whether or not anything declares it.
  for (const Table& kept : options.tables) {
    const bool declared = std::any_of(content.tables.begin(), content.tables.end(),
                                      [&](const Table& table) { return table.name == kept.name; });
    if (!declared) content.tables.push_back(kept);
  }
  const engine::Ruleset rules(std::move(content), *catalog, compile, sink);
  printer.flush();
  if (rules.detections().empty()) return kUsage;
  const std::chrono::duration<double> load = std::chrono::steady_clock::now() - start;
  return print_rows(flags, rules, options, load.count(), printer, sink);
}

}  // namespace

Command add_query(CLI::App& root) {
  auto flags = std::make_shared<QueryFlags>();
  CLI::App* app = root.add_subcommand("query", "Run one query over logs and print its rows");
  app->add_option("-l,--lang", flags->language, "The query's language")
      ->required()
      ->check(CLI::IsMember({"spl", "kql", "sigma"}));
  app->add_option("TEXT", flags->text, "The query, or @FILE, or - for standard input")->required();
  app->add_option("--macros,--content", flags->macros,
                  "Where macros, lookups, watchlists and functions are defined; default: the shipped content")
      ->type_name("PATH")
      ->take_all()
      ->allow_extra_args(false);
  flags->events.output = "table";
  app->add_option("-o,--output", flags->events.output, "table for eyes, ndjson for pipes")
      ->check(CLI::IsMember({"table", "ndjson"}))
      ->capture_default_str();
  flags->pipelines.add_to(*app);
  flags->external_data.add_to(*app);
  flags->events.add_to(*app);
  app->footer(
      "Examples:\n"
      "  hecate query --lang kql 'imFileEvent | summarize count() by ActingProcessName' /var/log/syslog\n"
      "  hecate query --lang spl 'sourcetype=cisco:isovalent:processExec | stats count by process_name' "
      "tetragon.ndjson.gz\n"
      "  hecate query --lang kql @hunt.kql -o ndjson logs/\n");
  return {app, [flags] { return run_query(*flags); }};
}

}  // namespace hecate::cli
