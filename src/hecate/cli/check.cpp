#include <fmt/format.h>

#include <algorithm>

#include "cli/common.h"

namespace hecate::cli {
namespace {

struct CheckFlags {
  std::vector<std::string> paths;
  std::string output = "text";
  bool strict = false;
  PipelineOptions pipelines;
  CacheOptions cache;
  RuleSelection selection;
};

ExitCode run_check(const CheckFlags& flags) {
  SourceMap sources;
  DiagnosticSink sink;
  DiagnosticPrinter printer(sources, sink, flags.output == "json");
  const std::optional<Catalog> catalog = load_catalog(sources, sink);
  if (!catalog) {
    printer.flush();
    return kUsage;
  }
  const std::unique_ptr<content::RuleCache> cache = flags.cache.open();
  std::optional<sigma::Pipelines> pipelines = flags.pipelines.load(sources, sink, cache.get());
  if (!pipelines) {
    printer.flush(stdout);
    return kUsage;
  }
  engine::CompileOptions compile;
  compile.pipelines = std::move(*pipelines);
  compile.rule_cache = cache.get();
  const engine::Ruleset rules(content::load(flags.paths, sources, sink, cache.get()), *catalog, compile, sink);
  if (cache) cache->save();
  printer.flush(stdout);
  std::array<size_t, 3> by_language{};
  const auto selected = flags.selection.select(rules);
  for (const auto* compiled : selected) ++by_language[static_cast<size_t>(compiled->detection->language)];
  const size_t left_out = rules.detections().size() - selected.size();
  const std::string left = left_out == 0 ? "" : fmt::format(", {} left out by --level or --status", left_out);
  const auto correlations =
      std::count_if(selected.begin(), selected.end(), [](const auto* d) { return d->correlation != nullptr; });
  const auto silent = std::count_if(selected.begin(), selected.end(), [](const auto* d) { return d->silent; });
  const std::string feeding =
      correlations == 0 ? ""
                        : fmt::format("; {} of them correlations, {} only feed correlations", correlations, silent);
  fmt::print(stderr,
             "{} detections run ({} sigma, {} spl, {} kql{}){}, {} refused; {} filters, {} macros, {} tests; {} "
             "errors, {} warnings\n",
             selected.size(), by_language[0], by_language[1], by_language[2], feeding, left, rules.refused().size(),
             rules.filters(), rules.content().macros.size(), rules.content().tests.size(), sink.errors(),
             sink.warnings());
  const bool nothing = rules.detections().empty() && rules.content().macros.empty();
  if (nothing || (flags.strict && sink.errors() > 0)) return kUsage;
  return kRan;
}

}  // namespace

Command add_check(CLI::App& root) {
  auto flags = std::make_shared<CheckFlags>();
  CLI::App* app = root.add_subcommand("check", "Load content and print every diagnostic");
  app->add_option("PATH", flags->paths, "Files or folders of content")->required();
  app->add_option("-o,--output", flags->output, "text for eyes, json for tools (one object a line)")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  app->add_flag("--strict", flags->strict, "Exit with 2 where there is any error");
  flags->selection.add_to(*app);
  flags->pipelines.add_to(*app);
  flags->cache.add_to(*app);
  app->footer("Examples:\n  hecate check content/\n  hecate check --strict --output json my-rules/ | jq .code\n");
  return {app, [flags] { return run_check(*flags); }};
}

}  // namespace hecate::cli
