#include <fmt/format.h>

#include "base/text.h"
#include "cli/common.h"
#include "synthesis/synthesis.h"

namespace hecate::cli {
namespace {

struct GenerateFlags {
  std::vector<std::string> paths;
  std::vector<std::string> names;
  std::string output = "events";
  bool near_miss = false;
  PipelineOptions pipelines;
  RuleSelection selection;
};

bool is_meant(const GenerateFlags& flags, const content::Detection& detection) {
  if (!flags.selection.selects(detection)) return false;
  return flags.names.empty() || std::any_of(flags.names.begin(), flags.names.end(), [&](const std::string& name) {
           return equals_ignoring_case(name, detection.id) || equals_ignoring_case(name, detection.title);
         });
}

std::string indented(const std::string& lines) {
  std::string out;
  for (size_t at = 0; at < lines.size();) {
    const size_t end = std::min(lines.find('\n', at), lines.size());
    out += "      " + lines.substr(at, end - at) + "\n";
    at = end + 1;
  }
  return out;
}

std::string yaml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

void print_test(std::string_view name, const std::string& events, const content::Detection& detection,
                uint64_t findings) {
  const std::string& id = detection.id.empty() ? detection.title : detection.id;
  fmt::print("  - name: {}\n    events: |\n{}    expect:\n      - detection: {}\n        findings: {}\n",
             yaml_text(name), indented(events), yaml_text(id), findings);
}

/// Whether what was asked for could be made.
bool print_generated(const synthesis::Synthesis& made, const content::Detection& detection,
                     const GenerateFlags& flags) {
  if (made.events.empty()) {
    fmt::print(stderr, "{}: no event could be made: {}\n", detection.title, made.trouble);
    return false;
  }
  const bool wants_miss = flags.near_miss || flags.output == "test";
  if (wants_miss && made.near_miss.empty())
    fmt::print(stderr, "{}: no near miss could be made: {}\n", detection.title, made.near_trouble);
  if (flags.output == "test") {
    print_test(detection.title, made.events, detection, made.findings);
    if (!made.near_miss.empty())
      print_test(fmt::format("{}, near miss: {}", detection.title, made.changed), made.near_miss, detection, 0);
  } else {
    fmt::print("{}", flags.near_miss ? made.near_miss : made.events);
  }
  return !wants_miss || !made.near_miss.empty();
}

ExitCode run_generate(const GenerateFlags& flags) {
  SourceMap sources;
  DiagnosticSink sink;
  DiagnosticPrinter printer(sources, sink);
  const std::optional<Catalog> catalog = load_catalog(sources, sink);
  std::optional<sigma::Pipelines> pipelines = flags.pipelines.load(sources, sink);
  if (!catalog || !pipelines) {
    printer.flush();
    return kUsage;
  }
  engine::CompileOptions compile;
  compile.pipelines = std::move(*pipelines);
  const engine::Ruleset rules(content::load(flags.paths, sources, sink), *catalog, compile, sink);
  printer.flush();
  const auto database = tail::Database::open({}, sink);
  if (!database) return kIncomplete;
  synthesis::SynthesisOptions options;
  options.database = database->get();
  size_t meant = 0;
  bool complete = true;
  for (const auto& compiled : rules.detections()) {
    if (!is_meant(flags, *compiled->detection)) continue;
    if (meant++ == 0 && flags.output == "test") fmt::print("tests:\n");
    complete =
        print_generated(synthesis::synthesise(rules, *compiled, options), *compiled->detection, flags) && complete;
  }
  if (meant == 0) {
    fmt::print(stderr, "hecate: there is no such detection that compiles\n");
    return kUsage;
  }
  return complete ? kRan : kIncomplete;
}

}  // namespace

Command add_generate(CLI::App& root) {
  auto flags = std::make_shared<GenerateFlags>();
  CLI::App* app = root.add_subcommand("generate", "Make events that detections find, and near misses, for tests");
  app->add_option("PATH", flags->paths, "Files or folders of content")->required();
  app->add_option("-d,--detection", flags->names, "Only this detection, by its id or title; repeatable")
      ->type_name("NAME")
      ->allow_extra_args(false);
  app->add_option("-o,--output", flags->output, "events to pipe into hunt, test for a file that `hecate test` runs")
      ->check(CLI::IsMember({"events", "test"}))
      ->capture_default_str();
  app->add_flag("--near-miss", flags->near_miss, "The events that must not be found instead");
  flags->selection.add_to(*app);
  flags->pipelines.add_to(*app);
  app->footer(
      "Examples:\n"
      "  hecate generate my-rule.yml | hecate hunt --rules my-rule.yml --events -\n"
      "  hecate generate --output test my-rules/ > my-rules/tests/generated.yml\n");
  return {app, [flags] { return run_generate(*flags); }};
}

}  // namespace hecate::cli
