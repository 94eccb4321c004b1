#include <fmt/format.h>

#include <set>

#include "cli/common.h"
#include "cli/sources_report.h"

namespace hecate::cli {
namespace {

struct SourcesFlags {
  std::vector<std::string> files, rules;
  std::string output = "table", assume;
  bool list_rules = false;
  PipelineOptions pipelines;
  CacheOptions cache;
  RuleSelection selection;
};

void print_totals(const engine::Survey& survey, size_t rules) {
  std::set<RecordType> types;
  std::set<const engine::CompiledDetection*> able;
  std::set<const engine::CompiledDetection*> blind;
  uint64_t unknown = 0;
  for (const engine::SurveyedRules& of_type : survey.rules) {
    if (of_type.type == RecordType::Generic) unknown = of_type.records;
    if (of_type.type != RecordType::Generic) types.insert(of_type.type);
    able.insert(of_type.able.begin(), of_type.able.end());
    for (const engine::BlindRule& rule : of_type.blind) blind.insert(rule.rule);
  }
  for (const auto* rule : able) blind.erase(rule);
  const uint64_t bad = survey.read.malformed + survey.read.oversized;
  fmt::print(stderr,
             "{} record(s) in {} file(s): {} record type(s), {} not recognised, {} bad; {} of {} detection(s) can find "
             "something, {} blind\n",
             survey.read.records, survey.read.files, types.size(), unknown, bad, able.size(), rules, blind.size());
}

ExitCode run_sources(const SourcesFlags& flags) {
  SourceMap sources;
  DiagnosticSink sink;
  DiagnosticPrinter printer(sources, sink);
  const std::optional<Catalog> catalog = load_catalog(sources, sink);
  const std::unique_ptr<content::RuleCache> cache = flags.cache.open();
  std::optional<sigma::Pipelines> pipelines = flags.pipelines.load(sources, sink, cache.get());
  engine::SurveyOptions options;
  engine::HuntOptions checked;
  EventOptions events;
  events.assume = flags.assume;
  if (!catalog || !pipelines || !apply(events, *catalog, checked)) {
    printer.flush();
    return kUsage;
  }
  options.assume = checked.assume;
  engine::CompileOptions compile;
  compile.pipelines = std::move(*pipelines);
  const std::vector<std::string> paths =
      flags.rules.empty() ? std::vector<std::string>{share_folder() + "/content"} : flags.rules;
  compile.rule_cache = cache.get();
  const engine::Ruleset rules(content::load(paths, sources, sink, cache.get()), *catalog, compile, sink);
  if (cache) cache->save();
  options.only = flags.selection.select(rules);
  options.files = ingest::expand_paths(flags.files, sink);
  options.progress = make_progress(ingest::total_size(options.files));
  const engine::Survey survey = engine::survey(rules, options, sink);
  clear_progress();
  const SurveyReport report{survey, *catalog, flags.list_rules};
  if (flags.output == "ndjson") {
    print_survey_ndjson(report, stdout);
  } else {
    print_survey_table(report, stdout, terminal_width(stdout));
  }
  std::fflush(stdout);
  printer.flush();
  print_totals(survey, options.only->size());
  return survey.read.files == 0 ? kNoInput : kRan;
}

}  // namespace

Command add_sources(CLI::App& root) {
  auto flags = std::make_shared<SourcesFlags>();
  CLI::App* app = root.add_subcommand("sources", "Say what logs hold, and which detections could find something there");
  app->add_option("FILE", flags->files, "Log files or folders; - is standard input")->required();
  app->add_option("-r,--rules", flags->rules,
                  "Content: files or folders, as for hunt; repeatable. Default: the shipped content")
      ->type_name("PATH")
      ->take_all()
      ->allow_extra_args(false);
  app->add_option("-o,--output", flags->output, "table for eyes, ndjson for pipes")
      ->check(CLI::IsMember({"table", "ndjson"}))
      ->capture_default_str();
  app->add_flag("--rules-list", flags->list_rules, "Name the detections, and the fields that blind ones miss");
  app->add_option("--assume", flags->assume, "Take every record for this record type, whatever it looks like")
      ->type_name("TYPE");
  flags->selection.add_to(*app);
  flags->pipelines.add_to(*app);
  flags->cache.add_to(*app);
  app->footer(
      "Examples:\n"
      "  hecate sources logs/\n"
      "  hecate sources --rules sigma/rules --rules-list Security.evtx\n"
      "  hecate sources -o ndjson logs/ | jq 'select(.report == \"type\" and .type == null) | .keys'\n");
  return {app, [flags] { return run_sources(*flags); }};
}

}  // namespace hecate::cli
