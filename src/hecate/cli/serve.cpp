#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <ctime>

#include "cli/common.h"
#include "cli/serve_log.h"
#include "cli/serve_tokens.h"
#include "engine/live.h"
#include "http/server.h"
#include "server/endpoints.h"
#include "server/live_worker.h"
#include "server/scheduler.h"

namespace hecate::cli {
namespace {

struct ServeFlags {
  PipelineOptions pipelines;
  CacheOptions cache;
  RuleSelection selection;
  std::vector<std::string> rules;
  std::string state = "hecate-state";
  std::string tokens_file;
  std::string listen = "127.0.0.1:8088";
  std::string output;
  std::string timezone = "UTC";
  std::vector<std::string> enabled;
  bool enable_all = false;
  bool no_schedules = false;
  double timeout = 0;
  uint64_t memory_limit = 0;
  double keep_days = 7;
  uint64_t keep_bytes = 0;
  bool show_suppressed = false;
  bool strict = false;
  http::ServerOptions transport;
  server::CollectorOptions collector;
  store::LogOptions log;
};

/// `HOST:PORT` or `[IPv6]:PORT`.
bool read_address(const std::string& text, http::ServerOptions& options) {
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos) return false;
  options.host = text.substr(0, colon);
  if (options.host.starts_with('[') && options.host.ends_with(']')) {
    options.host = options.host.substr(1, options.host.size() - 2);
  }
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + colon + 1, end, options.port);
  return !options.host.empty() && read.ec == std::errc() && read.ptr == end;
}

/// Signals that end or reload the server are waited for, by one thread.
sigset_t take_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

/// Makes the folder, for its own user only, and takes it until the process ends.
std::optional<store::File> take_folder(const std::string& folder) {
  store::File lock;
  if (store::make_private_folder(folder)) lock = store::File::open(folder + "/lock", O_RDWR | O_CREAT);
  if (!lock.is_open()) {
    fmt::print(stderr, "hecate: --state: {}: cannot be written\n", folder);
    return std::nullopt;
  }
  if (!lock.lock()) {
    fmt::print(stderr, "hecate: --state: {}: another server uses this folder\n", folder);
    return std::nullopt;
  }
  return lock;
}

class Serving {
 public:
  Serving(const ServeFlags& flags, std::string tokens_path, const engine::Ruleset& rules, SourceMap& sources,
          DiagnosticPrinter& printer, DiagnosticSink& sink)
      : flags_(flags),
        rules_(rules),
        sources_(sources),
        printer_(printer),
        sink_(sink),
        tokens_(std::move(tokens_path)),
        wanted_(enabled_detections()),
        live_(rules, live(), sink) {}

  /// The log, what reads it, and the door, in this order.
  bool start() {
    store::LogOptions options = flags_.log;
    options.folder = flags_.state + "/log";
    auto log = store::WriteAheadLog::open(options, sink_);
    if (!log) return false;
    log_ = std::move(*log);
    collector_ = std::make_unique<server::Collector>(server::CollectorOptions(flags_.collector), *log_, metrics_);
    auto tokens = tokens_.load();
    if (!tokens) return false;
    if (tokens->by_hash().empty()) {
      fmt::print(stderr, "hecate: {} holds no token, so nobody may send; `hecate serve token add` makes one\n",
                 tokens_.path());
    }
    collector_->tokens = std::make_shared<const server::Tokens>(std::move(*tokens));
    worker_ = std::make_unique<server::LiveWorker>(live_, *log_, metrics_, worker_options(), sink_);
    scheduler_ = std::make_unique<server::Scheduler>(rules_, searches(), *log_, metrics_, scheduler_options());
    if (!worker_->start() || !scheduler_->start(sink_)) return false;
    http_ = std::make_unique<http::Server>(flags_.transport,
                                           http::Refusals{server::too_large(), server::reply(server::Hec::Busy)},
                                           [this](http::Request&& request, const http::Respond& respond) {
                                             server::route(*collector_, std::move(request), respond);
                                           });
    collector_->transport = [this] { return http_->stats(); };
    if (const auto wrong = http_->start()) {
      fmt::print(stderr, "hecate: --listen: {}\n", *wrong);
      return false;
    }
    return true;
  }

  void announce() const {
    fmt::print(stderr, "hecate: {} detections run live, {} on schedules; {} are disabled, {} have no schedule\n",
               live_.running(), scheduler_->scheduled(), disabled_, scheduler_->unscheduled() + live_.correlations());
    const bool tls = !flags_.transport.certificate.empty();
    const bool v6 = flags_.transport.host.find(':') != std::string::npos;
    fmt::print(stderr, "hecate: listening on {}://{}{}{}:{}\n", tls ? "https" : "http", v6 ? "[" : "",
               flags_.transport.host, v6 ? "]" : "", http_->port());
  }

  /// Until a signal says so.
  void run(const sigset_t& signals) {
    constexpr timespec kTick{0, 500'000'000};
    for (int ticks = 0;; ++ticks) {
      const int signal = sigtimedwait(&signals, nullptr, &kTick);
      if (signal == SIGTERM || signal == SIGINT) break;
      if (tokens_.changed() || signal == SIGHUP) reload_tokens();
      constexpr int kRetainEvery = 20;
      if (ticks % kRetainEvery == 0) retain();
    }
  }

  /// No more is taken; what was taken is answered, and matched.
  void stop() {
    constexpr std::chrono::seconds kLongest{20};
    collector_->stopping = true;
    http_->stop(kLongest);
    scheduler_->stop();
    log_->stop();
    worker_->stop(kLongest);
    printer_.flush();
    fmt::print(stderr, "hecate: stopped; {} events taken, {} findings\n", metrics_.events.load(),
               metrics_.findings.load());
  }

 private:
  /// What content brings disabled is not run, unless somebody asks for it.
  std::vector<const engine::CompiledDetection*> enabled_detections() {
    std::vector<const engine::CompiledDetection*> enabled;
    for (const engine::CompiledDetection* compiled : flags_.selection.select(rules_)) {
      const content::Detection& detection = *compiled->detection;
      const bool asked = std::find(flags_.enabled.begin(), flags_.enabled.end(), detection.id) != flags_.enabled.end();
      if (!detection.disabled || flags_.enable_all || asked) {
        enabled.push_back(compiled);
      } else {
        ++disabled_;
      }
    }
    return enabled;
  }

  [[nodiscard]] std::vector<const engine::CompiledDetection*> searches() const {
    return flags_.no_schedules ? std::vector<const engine::CompiledDetection*>() : wanted_;
  }

  [[nodiscard]] engine::LiveOptions live() const {
    engine::LiveOptions options;
    options.only = wanted_;
    options.timezone = flags_.timezone;
    return options;
  }

  server::LiveWorkerOptions worker_options() {
    server::LiveWorkerOptions options;
    options.folder = flags_.state;
    options.show_suppressed = flags_.show_suppressed;
    // While the server runs nobody but the worker reports or prints.
    options.on_reports = [this] { printer_.flush(); };
    options.on_findings = on_findings();
    return options;
  }

  server::SchedulerOptions scheduler_options() {
    server::SchedulerOptions options;
    options.folder = flags_.state;
    options.timezone = flags_.timezone;
    options.show_suppressed = flags_.show_suppressed;
    options.memory_limit_bytes = flags_.memory_limit;
    options.timeout = std::chrono::milliseconds(static_cast<int64_t>(flags_.timeout * 1000));
    options.on_findings = on_findings();
    options.on_reports = [this](const DiagnosticSink& sink) { DiagnosticPrinter(sources_, sink).flush(); };
    return options;
  }

  [[nodiscard]] std::function<void(std::string_view)> on_findings() const {
    if (flags_.output != "ndjson") return {};
    return [](std::string_view lines) {
      std::fwrite(lines.data(), 1, lines.size(), stdout);
      std::fflush(stdout);
    };
  }

  void reload_tokens() {
    auto tokens = tokens_.load();
    if (!tokens) {
      fmt::print(stderr, "hecate: {}: the tokens stay as they were\n", tokens_.path());
      return;
    }
    fmt::print(stderr, "hecate: {}: {} tokens\n", tokens_.path(), tokens->by_hash().size());
    collector_->tokens = std::make_shared<const server::Tokens>(std::move(*tokens));
  }

  void retain() {
    const Ticks oldest =
        flags_.keep_days > 0 ? clock_time() - static_cast<Ticks>(flags_.keep_days * kTicksPerDay) : Ticks{0};
    log_->retain(worker_->done(), oldest, flags_.keep_bytes);
  }

  const ServeFlags& flags_;
  const engine::Ruleset& rules_;
  const SourceMap& sources_;
  DiagnosticPrinter& printer_;
  DiagnosticSink& sink_;
  server::Metrics metrics_;
  TokenFile tokens_;
  size_t disabled_ = 0;
  std::vector<const engine::CompiledDetection*> wanted_;
  engine::Live live_;
  // The log answers through the door until it has stopped: it goes first.
  std::unique_ptr<http::Server> http_;
  std::unique_ptr<store::WriteAheadLog> log_;
  std::unique_ptr<server::Collector> collector_;
  std::unique_ptr<server::LiveWorker> worker_;
  std::unique_ptr<server::Scheduler> scheduler_;
};

ExitCode run_serve(ServeFlags& flags) {
  if (!read_address(flags.listen, flags.transport)) {
    fmt::print(stderr, "hecate: --listen: `{}` is not HOST:PORT\n", flags.listen);
    return kUsage;
  }
  if (flags.transport.certificate.empty() != flags.transport.key.empty()) {
    fmt::print(stderr, "hecate: --tls-cert and --tls-key belong together\n");
    return kUsage;
  }
  flags.transport.largest_body = flags.collector.largest_body;
  const sigset_t signals = take_signals();
  const auto lock = take_folder(flags.state);
  if (!lock) return kUsage;

  SourceMap sources;
  DiagnosticSink sink;
  DiagnosticPrinter printer(sources, sink);
  const std::optional<Catalog> catalog = load_catalog(sources, sink);
  const std::unique_ptr<content::RuleCache> cache = flags.cache.open();
  std::optional<sigma::Pipelines> pipelines = flags.pipelines.load(sources, sink, cache.get());
  if (!catalog || !pipelines) {
    printer.flush();
    return kUsage;
  }
  const std::vector<std::string> paths =
      flags.rules.empty() ? std::vector<std::string>{share_folder() + "/content"} : flags.rules;
  engine::CompileOptions compile;
  compile.pipelines = std::move(*pipelines);
  compile.rule_cache = cache.get();
  const engine::Ruleset rules(content::load(paths, sources, sink, cache.get()), *catalog, compile, sink);
  if (cache) cache->save();
  printer.flush();
  if (rules.detections().empty() || (flags.strict && sink.errors() > 0)) {
    fmt::print(stderr, "hecate: {} detections could be loaded from {}, with {} errors\n", rules.detections().size(),
               fmt::join(paths, ", "), sink.errors());
    return kUsage;
  }
  const std::string tokens = flags.tokens_file.empty() ? flags.state + "/tokens.yml" : flags.tokens_file;
  Serving serving(flags, tokens, rules, sources, printer, sink);
  if (!serving.start()) {
    printer.flush();
    return kUsage;
  }
  serving.announce();
  serving.run(signals);
  serving.stop();
  return kRan;
}

void add_limits(CLI::App& app, ServeFlags& flags) {
  constexpr const char* kLimits = "Limits";
  const auto size = [&](const char* name, uint64_t& value, const char* help) {
    app.add_option(name, value, help)
        ->transform(CLI::AsSizeValue(false))
        ->type_name("SIZE")
        ->group(kLimits)
        ->capture_default_str();
  };
  app.add_option("--keep-days", flags.keep_days, "How long the log keeps events that were matched; 0: for ever")
      ->check(CLI::NonNegativeNumber)
      ->group(kLimits)
      ->capture_default_str();
  size("--keep-bytes", flags.keep_bytes, "How large the log may become, the oldest events going first; 0: any size");
  app.add_option("--timeout", flags.timeout, "Seconds that a scheduled search may take; 0: any time")
      ->check(CLI::NonNegativeNumber)
      ->group(kLimits)
      ->capture_default_str();
  size("--memory-limit", flags.memory_limit, "Of a scheduled run; more is spilled to disk. 0: most of the machine");
  size("--segment-bytes", flags.log.segment_bytes, "How large one file of the log becomes");
  size("--queue-bytes", flags.log.queue_bytes, "Events that may wait for the disk; more are answered `Server is busy`");
  size("--max-body", flags.collector.largest_body, "The largest body of a request, packed and unpacked");
  size("--max-receiving", flags.transport.all_bodies, "Bodies that may be received at the same time, all together");
  app.add_option("--max-connections", flags.transport.most_connections, "Connections at a time; more wait")
      ->check(CLI::Range(1, 1'000'000))
      ->group(kLimits)
      ->capture_default_str();
  app.add_option("--io-threads", flags.transport.threads, "Threads that read requests")
      ->check(CLI::Range(1, 256))
      ->group(kLimits)
      ->capture_default_str();
}

}  // namespace

Command add_serve(CLI::App& root) {
  auto flags = std::make_shared<ServeFlags>();
  CLI::App* app = root.add_subcommand("serve", "Take events over Splunk's HTTP Event Collector and match them live");
  app->add_option("--state", flags->state, "The folder in which all is kept: the log, findings, tokens")
      ->type_name("FOLDER")
      ->capture_default_str();
  app->add_option("-r,--rules", flags->rules, "Content, as for `hecate hunt`; repeatable. Default: the shipped content")
      ->type_name("PATH")
      ->take_all()
      ->allow_extra_args(false);
  app->add_option("--listen", flags->listen, "Where to listen; port 0 takes any that is free")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  app->add_option("--tokens", flags->tokens_file, "The file of tokens; default: tokens.yml in the folder of the state")
      ->type_name("FILE");
  app->add_option("-o,--output", flags->output, "ndjson: findings go to standard output, too")
      ->check(CLI::IsMember({"ndjson"}));
  app->add_flag("--show-suppressed", flags->show_suppressed, "Also write what filters removed, with the filter's id");
  app->add_flag("--strict", flags->strict, "Any error in the content keeps the server from starting (exit code 2)");
  app->add_option("--timezone", flags->timezone, "Of schedules, texts and functions that name none")
      ->capture_default_str();
  app->add_option("--enable", flags->enabled, "Also run this detection, which its content disables; repeatable")
      ->type_name("ID")
      ->take_all()
      ->allow_extra_args(false);
  app->add_flag("--enable-all", flags->enable_all, "Also run all that content disables");
  app->add_flag("--no-schedules", flags->no_schedules, "Match live only; searches do not run");
  app->add_option("--tls-cert", flags->transport.certificate, "PEM file of the server's certificate and its chain")
      ->type_name("FILE");
  app->add_option("--tls-key", flags->transport.key, "PEM file of the certificate's key")->type_name("FILE");
  app->add_flag("--query-tokens", flags->collector.query_authorization,
                "Take tokens as `?token=`, too; they then stand in the logs of proxies");
  flags->selection.add_to(*app);
  flags->pipelines.add_to(*app);
  flags->cache.add_to(*app);
  add_limits(*app, *flags);
  const std::array<Command, 2> inner{add_serve_token(*app), add_serve_log(*app)};
  app->footer(
      "Examples:\n"
      "  hecate serve token add forwarders --state /var/lib/hecate\n"
      "  hecate serve --state /var/lib/hecate --listen 0.0.0.0:8088 --tls-cert cert.pem --tls-key key.pem\n"
      "  hecate serve --state s --rules my-rules/ -o ndjson | jq .title\n"
      "  hecate serve log --state s | hecate hunt -\n"
      "  curl -H \"Authorization: Splunk $TOKEN\" -d '{\"event\":\"text\"}' "
      "http://127.0.0.1:8088/services/collector\n");
  return {app, [flags, inner] {
            for (const Command& command : inner) {
              if (command.app->parsed()) return command.run();
            }
            return run_serve(*flags);
          }};
}

}  // namespace hecate::cli
