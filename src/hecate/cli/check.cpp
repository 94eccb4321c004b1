#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "base/time.h"
#include "cli/common.h"
#include "content/duration.h"
#include "engine/content_checks.h"
#include "engine/schedules.h"

namespace hecate::cli {
namespace {

struct CheckFlags {
  std::vector<std::string> paths;
  std::string output = "text";
  bool strict = false;
  bool schedules = false;
  std::string after, timezone = "UTC";
  PipelineOptions pipelines;
  CacheOptions cache;
  ExternalDataOptions external_data;
  RuleSelection selection;
};

/// When each detection is to run next; those that have no schedule are counted.
bool print_schedules(const CheckFlags& flags, const std::vector<const engine::CompiledDetection*>& selected) {
  const auto zone = schedule::TimeZone::find(flags.timezone);
  const auto after = flags.after.empty() ? std::optional(static_cast<Ticks>(std::time(nullptr)) * kTicksPerSecond)
                                         : parse_iso_time(flags.after);
  if (!zone || !after) {
    fmt::print(stderr, "hecate: {}\n",
               zone ? fmt::format("--after: `{}` is no RFC 3339 time", flags.after)
                    : fmt::format("--timezone: `{}` is no UTC, offset or name such as Europe/Berlin", flags.timezone));
    return false;
  }
  size_t unscheduled = 0;
  for (const auto* compiled : selected) {
    const content::Detection& detection = *compiled->detection;
    unscheduled += detection.schedule ? 0 : 1;
    if (!detection.schedule) continue;
    const auto next = engine::next_run(*detection.schedule, *after / kTicksPerSecond, *zone);
    const int64_t every = detection.schedule->every_seconds;
    const std::string when = every > 0 ? "every " + content::duration_text(every) : detection.schedule->cron;
    const std::string from = detection.schedule->earliest.empty() ? "" : detection.schedule->earliest;
    fmt::print("{:<20}  {:<14}  {:<18}  {}{}\n", next ? format_rfc3339(*next * kTicksPerSecond) : "never", when,
               from + " to " + detection.schedule->latest, detection.title, detection.disabled ? " (disabled)" : "");
  }
  if (unscheduled > 0) fmt::print(stderr, "{} detections have no schedule\n", unscheduled);
  return true;
}

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
  const std::optional<engine::ExternalData> external_data = flags.external_data.parse();
  if (!external_data) return kUsage;
  engine::CompileOptions compile;
  compile.external_data = *external_data;
  compile.pipelines = std::move(*pipelines);
  compile.rule_cache = cache.get();
  const engine::Ruleset rules(content::load(flags.paths, sources, sink, cache.get()), *catalog, compile, sink);
  if (cache) cache->save();
  engine::check_schedules(rules.content(), sink);
  engine::check_content(rules, sink);
  printer.flush(stdout);
  std::array<size_t, 3> by_language{};
  const auto selected = flags.selection.select(rules);
  for (const auto* compiled : selected) ++by_language[static_cast<size_t>(compiled->detection->language)];
  if (flags.schedules && !print_schedules(flags, selected)) return kUsage;
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
  const content::Content& content = rules.content();
  const auto watchlists = std::count_if(content.tables.begin(), content.tables.end(),
                                        [](const Table& table) { return table.name.starts_with("watchlist:"); });
  if (!content.functions.empty() || watchlists > 0)
    fmt::print(stderr, "{} functions, {} watchlists\n", content.functions.size(), watchlists);
  const bool nothing =
      rules.detections().empty() && content.macros.empty() && content.functions.empty() && content.tables.empty();
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
  app->add_flag("--schedules", flags->schedules,
                "Print when each detection is to run next, and over which span of time");
  app->add_option("--after", flags->after, "With --schedules: next after this time (RFC 3339), not after now")
      ->type_name("TIME");
  app->add_option("--timezone", flags->timezone, "With --schedules: the clock that they go by")
      ->type_name("ZONE")
      ->capture_default_str();
  flags->selection.add_to(*app);
  flags->pipelines.add_to(*app);
  flags->cache.add_to(*app);
  flags->external_data.add_to(*app);
  app->footer("Examples:\n  hecate check content/\n  hecate check --strict --output json my-rules/ | jq .code\n");
  return {app, [flags] { return run_check(*flags); }};
}

}  // namespace hecate::cli
