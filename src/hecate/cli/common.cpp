#include "cli/common.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/json_text.h"
#include "schedule/time_zone.h"

namespace hecate::cli {
namespace {

namespace fs = std::filesystem;

bool holds_share(const fs::path& folder) {
  std::error_code error;
  return fs::is_directory(folder / "catalogs", error) && fs::is_directory(folder / "content", error);
}

std::string bytes_text(double bytes) {
  constexpr std::array<const char*, 5> kUnits{"B", "kB", "MB", "GB", "TB"};
  size_t unit = 0;
  for (; bytes >= 1000 && unit + 1 < kUnits.size(); ++unit) bytes /= 1000;
  return unit == 0 ? fmt::format("{:.0f} B", bytes) : fmt::format("{:.1f} {}", bytes, kUnits[unit]);
}

std::string count_text(uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

uint64_t peak_rss_bytes() {
  struct rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace

ExitCode worse(ExitCode a, ExitCode b) {
  constexpr std::array<ExitCode, 5> kOrder{kUsage, kNoInput, kIncomplete, kFindings, kRan};
  return *std::find_if(kOrder.begin(), kOrder.end(), [&](ExitCode code) { return code == a || code == b; });
}

std::string share_folder() {
  if (const char* given = std::getenv("HECATE_SHARE"); given != nullptr) return given;
  std::error_code error;
  const fs::path binary = fs::read_symlink("/proc/self/exe", error);
  const fs::path folder = binary.parent_path();
  // Installed: bin/hecate beside share/hecate. Built: <source>/build/<preset>/bin/hecate.
  for (const fs::path& candidate : {folder / ".." / "share" / "hecate", folder / ".." / ".." / ".."}) {
    if (holds_share(candidate)) return candidate.lexically_normal().string();
  }
  return {};
}

bool is_terminal(std::FILE* stream) { return isatty(fileno(stream)) != 0; }

bool use_color(std::FILE* stream) {
  const char* no_color = std::getenv("NO_COLOR");
  return is_terminal(stream) && (no_color == nullptr || *no_color == '\0');
}

size_t threads_by_cores() {
  constexpr size_t kMost = 8;
  return std::clamp<size_t>(std::thread::hardware_concurrency(), 1, kMost);
}

size_t terminal_width(std::FILE* stream) {
  constexpr size_t kDefault = 160;
  struct winsize size{};
  if (!is_terminal(stream) || ioctl(fileno(stream), TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return kDefault;
  return size.ws_col;
}

void DiagnosticPrinter::flush(std::FILE* out) {
  const RenderOptions options{use_color(out)};
  for (; printed_ < sink_.all().size(); ++printed_) {
    const Diagnostic& diagnostic = sink_.all()[printed_];
    fmt::print(out, "{}\n", json_ ? render_json(diagnostic, sources_) : render(diagnostic, sources_, options));
  }
}

void EventOptions::add_to(CLI::App& app) {
  app.add_option("EVENTS", events, "Log files or folders; - is standard input")->required();
  app.add_option("--now", now, "What now() and ago() count from (RFC 3339); by default the latest event's time")
      ->type_name("TIME");
  app.add_option("--earliest", earliest,
                 "Only events from this time on: RFC 3339, seconds since 1970, or relative as in Splunk (-24h@h, @d), "
                 "then counted from --now, else the clock's time")
      ->type_name("TIME");
  app.add_option("--latest", latest, "Only events before this time, written likewise")->type_name("TIME");
  app.add_option("--timezone", timezone,
                 "The clocks of SPL's times and of relative ones: UTC, an offset such as +02:00, or Europe/Berlin")
      ->type_name("ZONE");
  app.add_option("--assume", assume,
                 "Take every record for this record type, whatever it looks like (sysmon_linux.file_create)")
      ->type_name("TYPE");
  app.add_option("--locations", locations_file,
                 "Where addresses are, for iplocation: a database in MaxMind's format, such as GeoLite2-City.mmdb")
      ->type_name("FILE");
  app.add_option("--timeout", timeout,
                 "Stop a search that takes longer for what comes after its filter, and go on with the others; seconds")
      ->type_name("SECONDS")
      ->check(CLI::PositiveNumber);
  app.add_option(
         "--memory-limit", memory_limit,
         "Memory that searches may use for what comes after their filters (512MB, 4GB); beyond it they spill to "
         "the folder for temporary files")
      ->type_name("SIZE")
      ->transform(CLI::AsSizeValue(false));
  app.add_option("--sourcetype", input.sourcetype, "SPL: the sourcetype of events that do not say it themselves");
  app.add_option("--source", input.source, "SPL: their source; by default the file's name");
  app.add_option("--host", input.host, "SPL: their host");
  app.add_option("--index", input.index, "SPL: their index; by default main");
  state.add_to(app);
  app.add_option("--stats", stats_file, "Write one JSON object with counts and times")->type_name("FILE");
}

void ExternalDataOptions::add_to(CLI::App& app) {
  app.add_option(
         "--external-data", given,
         "What KQL's externaldata reads in place of a location that queries name: LOCATION=FILE, or a folder in "
         "which a file has the location's last name; repeatable. Nothing else is opened, nothing fetched")
      ->type_name("LOCATION=FILE|FOLDER")
      ->take_all()
      ->allow_extra_args(false);
}

std::optional<engine::ExternalData> ExternalDataOptions::parse() const {
  engine::ExternalData data;
  std::error_code error;
  for (const std::string& each : given) {
    if (std::filesystem::is_directory(each, error)) {
      data.folders.push_back(each);
      continue;
    }
    // A URL may hold `=`, a file seldom does.
    const size_t equals = each.rfind('=');
    const std::string file = equals == std::string::npos ? each : each.substr(equals + 1);
    if (equals == std::string::npos || !std::filesystem::is_regular_file(file, error)) {
      fmt::print(stderr, "hecate: --external-data: `{}` is no folder and no LOCATION=FILE\n", each);
      return std::nullopt;
    }
    data.files[each.substr(0, equals)] = file;
  }
  return data;
}

namespace {

/// `--earliest` and `--latest`. What counts from now counts from the clock where nobody says what now is, and so does
/// everything else then.
bool apply_window(const EventOptions& options, engine::HuntOptions& hunt) {
  const bool relative = engine::counts_from_now(options.earliest) || engine::counts_from_now(options.latest);
  if (relative && !hunt.now) hunt.now = clock_time();
  const auto read = [&](std::string_view option, const std::string& text, std::optional<Ticks>& bound) {
    if (text.empty()) return true;
    bound = engine::read_time(text, hunt.now, hunt.timezone);
    if (bound) return true;
    fmt::print(stderr,
               "hecate: {}: `{}` is no time: write 2026-11-20T08:00:00Z, seconds since 1970, or a relative time such "
               "as -24h@h\n",
               option, text);
    return false;
  };
  if (!read("--earliest", options.earliest, hunt.window.from) || !read("--latest", options.latest, hunt.window.until))
    return false;
  if (!hunt.window.from || !hunt.window.until || *hunt.window.from < *hunt.window.until) return true;
  fmt::print(stderr, "hecate: --earliest: no time is between {} and {}\n", format_rfc3339(*hunt.window.from),
             format_rfc3339(*hunt.window.until));
  return false;
}

}  // namespace

bool apply(EventOptions& options, const Catalog& catalog, engine::HuntOptions& hunt) {
  if (!options.state.read(hunt)) return false;
  if (!options.locations_file.empty()) {
    std::string error;
    options.locations = Locations::open(options.locations_file, error);
    if (!options.locations) {
      fmt::print(stderr, "hecate: --locations: {}: {}\n", options.locations_file, error);
      return false;
    }
    hunt.locations = options.locations.get();
  }
  if (!options.now.empty()) {
    hunt.now = parse_iso_time(options.now);
    if (!hunt.now) {
      fmt::print(stderr, "hecate: --now: `{}` is no RFC 3339 time, such as 2026-11-20T08:00:00Z\n", options.now);
      return false;
    }
  }
  hunt.timezone = options.timezone;
  hunt.timeout = std::chrono::milliseconds(static_cast<int64_t>(std::ceil(options.timeout * 1000)));
  hunt.memory_limit_bytes = options.memory_limit;
  hunt.other_inputs = options.input;
  if (!schedule::TimeZone::find(options.timezone)) {
    fmt::print(stderr, "hecate: --timezone: `{}` is no UTC, offset such as +02:00, or name such as Europe/Berlin\n",
               options.timezone);
    return false;
  }
  if (!apply_window(options, hunt)) return false;
  if (!options.assume.empty()) {
    hunt.assume = catalog.find(options.assume);
    if (!hunt.assume) {
      const auto names = catalog.names();
      const std::string_view near = nearest(options.assume, names);
      fmt::print(stderr, "hecate: --assume: there is no record type `{}`{}\n", options.assume,
                 near.empty() ? "" : fmt::format("; did you mean `{}`?", near));
      return false;
    }
  }
  return true;
}

namespace {

/// The one document of a YAML file.
yaml::NodePtr read_document(const std::string& path, std::string_view option, SourceMap& sources,
                            DiagnosticSink& sink) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) {
    fmt::print(stderr, "hecate: {}: {} cannot be read\n", option, path);
    return nullptr;
  }
  const yaml::Documents documents = yaml::parse(sources.add(path, std::move(text).str()), sources, sink);
  if (!documents.complete) return nullptr;
  if (documents.roots.size() == 1) return documents.roots.front();
  fmt::print(stderr, "hecate: {}: {} holds {} YAML documents, not one\n", option, path, documents.roots.size());
  return nullptr;
}

}  // namespace

void PipelineOptions::add_to(CLI::App& app) {
  app.add_option("-p,--pipeline", files, "Processing pipeline for Sigma rules, in pySigma's format; repeatable")
      ->type_name("FILE")
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--placeholders", values,
                 "YAML file with the values of placeholders that no pipeline replaces; repeatable")
      ->type_name("FILE")
      ->take_all()
      ->allow_extra_args(false);
}

std::optional<sigma::Pipelines> PipelineOptions::load(SourceMap& sources, DiagnosticSink& sink,
                                                      content::RuleCache* cache) const {
  sigma::Pipelines pipelines;
  bool ok = true;
  const auto note = [&](std::string_view option, const yaml::NodePtr& document) {
    if (cache == nullptr || document == nullptr) return;
    const FileId file = document->span.file;
    cache->depends_on(option, sources.whole(file), sources.text(file));
  };
  for (const std::string& path : files) {
    const yaml::NodePtr document = read_document(path, "--pipeline", sources, sink);
    note("--pipeline", document);
    ok = document != nullptr && pipelines.add(*document, sink) && ok;
  }
  for (const std::string& path : values) {
    const yaml::NodePtr document = read_document(path, "--placeholders", sources, sink);
    note("--placeholders", document);
    ok = document != nullptr && pipelines.add_values(*document, sink) && ok;
  }
  if (!ok) return std::nullopt;
  return pipelines;
}

void RuleSelection::add_to(CLI::App& app) {
  app.add_option("--level", level, "Only detections of this level or above")
      ->check(CLI::IsMember({"informational", "low", "medium", "high", "critical"}));
  app.add_option("--status", statuses, "Only detections of these statuses (stable,test)")
      ->delimiter(',')
      ->type_name("A,B");
}

bool RuleSelection::selects(const content::Detection& detection) const {
  const auto least = content::level_by_name(level);
  if (least && detection.level < *least) return false;
  return statuses.empty() || std::find(statuses.begin(), statuses.end(), detection.status) != statuses.end();
}

std::vector<const engine::CompiledDetection*> RuleSelection::select(const engine::Ruleset& rules) const {
  std::vector<const engine::CompiledDetection*> selected;
  for (const auto& compiled : rules.detections()) {
    if (selects(*compiled->detection)) selected.push_back(compiled.get());
  }
  return selected;
}

std::optional<Catalog> load_catalog(SourceMap& sources, DiagnosticSink& sink) {
  const std::string share = share_folder();
  if (share.empty()) {
    fmt::print(stderr, "hecate: the folder with catalogs/ and content/ is not found; set HECATE_SHARE to it\n");
    return std::nullopt;
  }
  Result<Catalog> catalog = Catalog::load(share + "/catalogs", sources, sink);
  if (!catalog) return std::nullopt;
  return std::move(*catalog);
}

ingest::Progress make_progress(uint64_t total_bytes) {
  if (!is_terminal(stderr)) return {};
  const auto start = std::chrono::steady_clock::now();
  auto last = start;
  return [=](const ingest::ReadStats& stats) mutable {
    const auto now = std::chrono::steady_clock::now();
    if (now - last < std::chrono::milliseconds(100)) return true;
    last = now;
    const double elapsed = std::chrono::duration<double>(now - start).count();
    const double rate = static_cast<double>(stats.records) / elapsed;
    const auto read = static_cast<double>(stats.compressed_bytes);
    std::string left;
    if (total_bytes > 0 && read > 0) {
      const double share = std::min(1.0, read / static_cast<double>(total_bytes));
      left = fmt::format("  {:3.0f} %  {:.0f} s left", share * 100, elapsed / share - elapsed);
    }
    fmt::print(stderr, "\r\x1b[K{} events  {:.0f}/s  {}{}", stats.records, rate,
               bytes_text(static_cast<double>(stats.bytes)), left);
    std::fflush(stderr);
    return true;
  };
}

void clear_progress() {
  if (!is_terminal(stderr)) return;
  fmt::print(stderr, "\r\x1b[K");
}

void print_summary(const engine::HuntReport& report, const Timing& timing, std::string_view noun) {
  const uint64_t bad = report.read.malformed + report.read.oversized;
  const double seconds = timing.load_seconds + report.scan_seconds + report.tail_seconds;
  std::string line =
      fmt::format("{} in {} ({}), {}: {}", count_text(report.read.records, "event"),
                  count_text(report.read.files, "file"), bytes_text(static_cast<double>(report.read.bytes)),
                  count_text(report.rules, "detection"), count_text(report.findings, noun));
  if (timing.left_out > 0)
    line += fmt::format(", {} left out by --level or --status", count_text(timing.left_out, "detection"));
  if (report.suppressed > 0) line += fmt::format(", {} suppressed", report.suppressed);
  if (bad > 0) line += fmt::format(", {} skipped", count_text(bad, "bad record"));
  if (report.failed > 0) line += fmt::format(", {} failed", count_text(report.failed, "detection"));
  line += fmt::format("; {:.2f} s", seconds);
  if (!report.window.open()) {
    line +=
        fmt::format("; from {} until {}", report.window.from ? format_rfc3339(*report.window.from) : "the beginning",
                    report.window.until ? format_rfc3339(*report.window.until) : "the end");
  }
  if (report.now) {
    line +=
        fmt::format("; now = {}{}", format_rfc3339(*report.now), report.now_from_events ? " (the latest event)" : "");
  }
  fmt::print(stderr, "{}\n", line);
}

namespace {

std::string tails_json(const std::vector<engine::TailCost>& tails) {
  std::string out;
  for (const engine::TailCost& tail : tails) {
    out += fmt::format(R"({}{{"title":{},"candidates":{},"seconds":{:.6f}}})", out.empty() ? "" : ",",
                       json_quote(tail.detection->title), tail.candidates, tail.seconds);
  }
  return out;
}

}  // namespace

bool write_stats(const std::string& path, const engine::HuntReport& report, const Timing& timing) {
  std::ofstream out(path);
  out << fmt::format(
      R"({{"events":{},"bytes":{},"parsed":{},"visited":{},"sighted":{},"candidates":{},"findings":{},"rules":{},"load_seconds":{:.6f},"scan_seconds":{:.6f},"tail_seconds":{:.6f},"peak_rss_bytes":{},"malformed":{},"oversized":{},"truncated_files":{},"unreadable_files":{},"recognized":{},"suppressed":{},"failed_detections":{},"correlated":{},"correlated_late":{},"correlated_untimed":{},"correlated_ungrouped":{},"evicted_groups":{},"evicted_events":{},"value_lookups":{},"value_hits":{},"tuple_lookups":{},"tuple_hits":{},"cache_evictions":{},"tails":[{}]}})",
      report.read.records, report.read.bytes, report.read.parsed, report.visited, report.sighted, report.candidates,
      report.findings, report.rules, timing.load_seconds, report.scan_seconds, report.tail_seconds, peak_rss_bytes(),
      report.read.malformed, report.read.oversized, report.read.truncated_files, report.read.unreadable_files,
      report.match.recognized, report.suppressed, report.failed, report.correlations.stats.inputs,
      report.correlations.stats.late, report.correlations.untimed, report.correlations.ungrouped,
      report.correlations.stats.evicted_groups, report.correlations.stats.evicted_events,
      report.match.caches.value_lookups, report.match.caches.value_hits, report.match.caches.tuple_lookups,
      report.match.caches.tuple_hits, report.match.caches.evictions, tails_json(report.tails));
  out << '\n';
  out.flush();
  if (out) return true;
  fmt::print(stderr, "hecate: --stats: {} cannot be written\n", path);
  return false;
}

ExitCode conclude(const EventOptions& events, const engine::HuntReport& report, const Timing& timing,
                  std::string_view noun) {
  print_summary(report, timing, noun);
  ExitCode code = kRan;
  if (!events.stats_file.empty() && !write_stats(events.stats_file, report, timing)) code = worse(code, kUsage);
  if (report.read.files == 0) code = worse(code, kNoInput);
  if (report.failed > 0) code = worse(code, kIncomplete);
  return code;
}

}  // namespace hecate::cli
