#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "base/time.h"
#include "cli/common.h"
#include "cli/follow.h"
#include "engine/risk.h"
#include "output/output.h"

namespace hecate::cli {
namespace {

/// What `--as-scheduled` is without a value.
constexpr std::string_view kOneRun = "once";

struct HuntFlags {
  EventOptions events;
  PipelineOptions pipelines;
  CacheOptions cache;
  ExternalDataOptions external_data;
  RuleSelection selection;
  FollowFlags follow;
  std::vector<std::string> rules;
  bool show_suppressed = false;
  bool strict = false;
  bool risk = false;
  std::string as_scheduled;  // kOneRun, FROM..TO, or empty
  std::string risk_events_file;
  size_t threads = 0;
  std::string fail_on;
};

std::unique_ptr<output::Writer> make_writer(const std::string& format) {
  if (format == "ndjson") return output::make_ndjson_writer(stdout);
  return output::make_table_writer(stdout, {use_color(stdout), terminal_width(stdout), 50});
}

void print_risk(const risk::RiskTable& table, const std::string& format) {
  if (format == "ndjson") return output::print_risk_ndjson(table, stdout);
  output::print_risk_table(table, stdout, {use_color(stdout), terminal_width(stdout), 50});
}

/// False where the file cannot be written; said on stderr.
bool write_risk_events(const engine::RiskAnalysis& risk, const std::string& path) {
  std::ofstream file(path, std::ios::binary);
  std::string line;
  for (const risk::RiskEvent& event : risk.events()) {
    line.clear();
    risk::append_hec_line(event, line);
    file << line;
  }
  file.close();
  if (!file) fmt::print(stderr, "hecate: {}: cannot be written\n", path);
  return static_cast<bool>(file);
}

/// `FROM..TO`. A relative time counts from the clock's time.
std::optional<engine::Window> read_range(std::string_view text, const std::string& timezone) {
  const size_t dots = text.find("..");
  if (dots == std::string_view::npos) return std::nullopt;
  const engine::Window range{engine::read_time(text.substr(0, dots), clock_time(), timezone),
                             engine::read_time(text.substr(dots + 2), clock_time(), timezone)};
  return range.from && range.until && *range.from < *range.until ? std::optional(range) : std::nullopt;
}

/// `--as-scheduled`, alone or with a span of time; said on stderr what is wrong with it.
bool apply_schedule(HuntFlags& flags, engine::HuntOptions& options) {
  options.as_scheduled = !flags.as_scheduled.empty();
  if (!options.as_scheduled) return true;
  // The span may stand behind a blank: then it looks like a file.
  std::vector<std::string>& events = flags.events.events;
  const auto range = std::find_if(events.begin(), events.end(), [&](const std::string& text) {
    return read_range(text, options.timezone) && !std::filesystem::exists(text);
  });
  if (flags.as_scheduled == kOneRun && range != events.end()) {
    flags.as_scheduled = *range;
    events.erase(range);
  }
  if (flags.as_scheduled == kOneRun) return true;
  options.replay = read_range(flags.as_scheduled, options.timezone);
  const std::string_view wrong = !options.replay  ? "write FROM..TO, as in 2026-11-20T00:00:00Z..2026-11-21T00:00:00Z"
                                 : options.now    ? "with FROM..TO each run has its own time: leave --now out"
                                 : events.empty() ? "no log files are given"
                                                  : "";
  if (wrong.empty()) return true;
  fmt::print(stderr, "hecate: --as-scheduled: `{}`: {}\n", flags.as_scheduled, wrong);
  return false;
}

/// What `--follow` does not go with; said on stderr.
bool check_follow(HuntFlags& flags) {
  if (!flags.follow.on()) return flags.follow.check(flags.events);
  const std::string_view other = !flags.as_scheduled.empty()       ? "--as-scheduled"
                                 : flags.risk                      ? "--risk"
                                 : !flags.risk_events_file.empty() ? "--risk-events"
                                                                   : "";
  if (other.empty()) return flags.follow.check(flags.events);
  fmt::print(stderr, "hecate: --follow does not go with {}\n", other);
  return false;
}

ExitCode run_hunt(HuntFlags& flags) {
  if (!check_follow(flags)) return kUsage;
  const auto start = std::chrono::steady_clock::now();
  SourceMap sources;
  DiagnosticSink sink;
  DiagnosticPrinter printer(sources, sink);
  const std::optional<Catalog> catalog = load_catalog(sources, sink);
  if (!catalog) {
    printer.flush();
    return kUsage;
  }
  engine::HuntOptions options;
  const std::optional<engine::ExternalData> external_data = flags.external_data.parse();
  if (!external_data || !apply(flags.events, *catalog, options) || !apply_schedule(flags, options)) return kUsage;
  std::vector<std::string> rule_paths =
      flags.rules.empty() ? std::vector<std::string>{share_folder() + "/content"} : flags.rules;
  const bool wants_risk = flags.risk || !flags.risk_events_file.empty();
  if (flags.risk && !flags.rules.empty()) rule_paths.push_back(share_folder() + "/content/risk_incident_rules");
  const std::unique_ptr<content::RuleCache> cache = flags.cache.open();
  std::optional<sigma::Pipelines> pipelines = flags.pipelines.load(sources, sink, cache.get());
  if (!pipelines) {
    printer.flush();
    return kUsage;
  }
  engine::CompileOptions compile;
  compile.pipelines = std::move(*pipelines);
  compile.rule_cache = cache.get();
  compile.external_data = *external_data;
  compile.locations = options.locations != nullptr;
  const engine::Ruleset rules(content::load(rule_paths, sources, sink, cache.get()), *catalog, compile, sink);
  if (cache) cache->save();
  printer.flush();
  if (flags.strict && sink.errors() > 0) {
    fmt::print(stderr, "hecate: {} content error(s), and --strict is given\n", sink.errors());
    return kUsage;
  }
  if (rules.detections().empty()) {
    fmt::print(stderr, "hecate: no detection could be loaded from {}\n", fmt::join(rule_paths, ", "));
    return kUsage;
  }
  options.only = flags.selection.select(rules);
  if (options.only.empty()) {
    fmt::print(stderr, "hecate: --level and --status leave none of {} detections\n", rules.detections().size());
    return kUsage;
  }
  if (flags.follow.on() && !keep_followed(options, sink)) {
    printer.flush();
    fmt::print(stderr, "hecate: --follow: none of the detections can run while files are followed\n");
    return kUsage;
  }
  Timing timing;
  timing.left_out = rules.detections().size() - options.only.size();
  timing.load_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  if (options.as_scheduled && !options.now && !options.replay)
    options.now = static_cast<Ticks>(std::time(nullptr)) * kTicksPerSecond;
  options.threads = flags.threads > 0 ? flags.threads : threads_by_cores();
  options.files = flags.follow.on() ? flags.events.events : ingest::expand_paths(flags.events.events, sink);
  if (!flags.follow.on()) options.progress = make_progress(ingest::total_size(options.files));
  const std::unique_ptr<output::Writer> writer = make_writer(flags.events.output);
  const auto fail_on = content::level_by_name(flags.fail_on);
  bool reached = false;
  const auto write = [&](const Finding& finding) {
    if (!finding.suppressed_by.empty() && !flags.show_suppressed) return;
    if (fail_on && finding.suppressed_by.empty() && finding.severity() >= *fail_on) reached = true;
    writer->write(finding);
  };
  const risk::Attack attack = wants_risk ? risk::Attack::load(share_folder() + "/catalogs/attack") : risk::Attack();
  engine::RiskAnalysis risk(rules, attack);
  bool followed = true;
  if (flags.follow.on()) {
    flags.follow.set_up(options, [&] { printer.flush(); }, followed);
  }
  engine::HuntReport report = engine::hunt(
      rules, options,
      [&](Finding&& finding) {
        if (wants_risk) risk.add(finding);
        write(finding);
      },
      sink);
  clear_progress();
  if (wants_risk) {
    const auto write_incident = [&](Finding&& finding) {
      report.findings += finding.suppressed_by.empty() ? 1 : 0;
      write(finding);
    };
    report.failed += risk.finish(options, report, write_incident, sink);
  }
  writer->finish();
  if (!followed) {
    printer.flush();
    return kUsage;
  }
  if (flags.risk) print_risk(risk.table(), flags.events.output);
  if (!flags.risk_events_file.empty() && !write_risk_events(risk, flags.risk_events_file)) return kUsage;
  printer.flush();
  if (!flags.events.state.write(report)) return kUsage;
  ExitCode code = conclude(flags.events, report, timing, "finding");
  if (reached) code = worse(code, kFindings);
  return code;
}

}  // namespace

Command add_hunt(CLI::App& root) {
  auto flags = std::make_shared<HuntFlags>();
  CLI::App* app = root.add_subcommand("hunt", "Run detections over logs and print findings");
  app->add_option("-r,--rules", flags->rules,
                  "Content: files or folders of Sigma, ESCU, Sentinel, packs, .spl, .kql; repeatable. Default: the "
                  "shipped content")
      ->type_name("PATH")
      ->take_all()
      ->allow_extra_args(false);
  flags->events.output = "table";
  app->add_option("-o,--output", flags->events.output, "table for eyes, ndjson for pipes")
      ->check(CLI::IsMember({"table", "ndjson"}))
      ->capture_default_str();
  app->add_flag("--show-suppressed", flags->show_suppressed, "Also show what filters removed, with the filter's id");
  app->add_option("--fail-on", flags->fail_on, "Exit with 1 where there is a finding of this severity or above")
      ->check(CLI::IsMember({"informational", "low", "medium", "high", "critical"}));
  app->add_option(
         "--threads", flags->threads,
         "Threads that look for events worth a closer look; findings are the same. 0: one for each core, 8 at most")
      ->check(CLI::Range(0, 256))
      ->capture_default_str();
  app->add_flag("--risk", flags->risk,
                "Sum risk up by object, apply risk factors, run the risk incident rules over it, and print the table");
  app->add_option("--risk-events", flags->risk_events_file,
                  "Write the risk events as Splunk's HTTP Event Collector takes them")
      ->type_name("FILE");
  app->add_flag("--strict", flags->strict, "Any error in the content ends the run (exit code 2)");
  app->add_flag(
      fmt::format("--as-scheduled{{{}}}", kOneRun), flags->as_scheduled,
      "One run of each rule as its schedule has it: only events of its time span before --now (default: the clock's "
      "time), and alerts grouped as Sentinel does. --as-scheduled=FROM..TO: every run from one time until another");
  flags->selection.add_to(*app);
  flags->pipelines.add_to(*app);
  flags->cache.add_to(*app);
  flags->external_data.add_to(*app);
  flags->events.add_to(*app);
  flags->follow.add_to(*app);
  app->footer(
      "Examples:\n"
      "  hecate hunt /var/log/syslog\n"
      "  hecate hunt --rules my-rules/ --rules content/ --output ndjson logs/ | jq .title\n"
      "  hecate hunt --rules sigma/rules --pipeline windows.yml --level high --status stable,test evtx/\n"
      "  hecate hunt --rules my-rules/ --as-scheduled=2026-11-20T00:00:00Z..2026-11-21T00:00:00Z logs/\n"
      "  hecate hunt --follow --position /var/lib/hecate/position.json /var/log/auth.log /var/log/audit/audit.log\n"
      "  zcat export.json.gz | hecate hunt --fail-on high -\n");
  return {app, [flags] { return run_hunt(*flags); }};
}

}  // namespace hecate::cli
