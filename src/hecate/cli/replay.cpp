#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <thread>

#include "base/json_text.h"
#include "cli/common.h"
#include "ingest/reader.h"
#include "server/hec_events.h"
#include "server/hec_sender.h"
#include "server/tokens.h"

namespace hecate::cli {
namespace {

struct ReplayFlags {
  std::vector<std::string> files;
  std::string to, token, rate, rebase, run;
  engine::HuntOptions::Input input;
  http::ClientOptions client;
  bool no_gzip = false;
  size_t retries = 10;
  size_t batch = 500;
};

/// How fast: so many times as fast as the events came, or so many a second; as fast as they are taken without either.
struct Rate {
  double times = 0, per_second = 0;

  static std::optional<Rate> parse(std::string_view text) {
    Rate rate;
    if (text.empty()) return rate;
    const bool times = text.ends_with('x');
    const bool per_second = text.ends_with("/s");
    if (!times && !per_second) return std::nullopt;
    text.remove_suffix(times ? 1 : 2);
    double& value = times ? rate.times : rate.per_second;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool good = error == std::errc() && end == text.data() + text.size() && std::isfinite(value) && value > 0;
    return good ? std::optional(rate) : std::nullopt;
  }
};

/// An event's time, as a hunt would take it.
class Times {
 public:
  explicit Times(const Catalog& catalog) : recognizer_(catalog) {}

  struct Found {
    std::optional<Ticks> time;
    Metadata metadata;
  };
  Found of(const ingest::Record& record) {
    Found found;
    (void)recognizer_.recognize(record, found.metadata);
    found.time = found.metadata.time ? found.metadata.time : found.metadata.file_time;
    return found;
  }

 private:
  Catalog::Recognizer recognizer_;
};

/// From the earliest to the latest event.
struct Period {
  Ticks first, last;
};

class Replay {
 public:
  Replay(const ReplayFlags& flags, const Rate& rate, const Catalog& catalog, server::HecSender& sender)
      : flags_(flags), rate_(rate), times_(catalog), sender_(sender) {}

  /// Where events are moved in time or wait for it, it must be known how long they took.
  void survey(const std::vector<std::string>& files) {
    DiagnosticSink said;
    ingest::ReadStats ignored;
    const auto look = [&](const ingest::Record& record) {
      const auto time = times_.of(record).time;
      if (!time) return;
      if (!period_) period_ = {*time, *time};
      period_->first = std::min(period_->first, *time);
      period_->last = std::max(period_->last, *time);
    };
    ingest::read_files(files, {}, look, ignored, said);
  }

  void run(const std::vector<std::string>& files, ingest::ReadStats& stats, DiagnosticSink& sink) {
    start_ = std::chrono::steady_clock::now();
    begin_ = clock_time();
    const auto on_record = [this](const ingest::Record& record) { add(record); };
    const auto go_on = [this](const ingest::ReadStats&) { return result_ == server::HecSender::Sent::Taken; };
    ingest::read_files(files, {}, on_record, stats, sink, go_on);
    flush();
  }

  [[nodiscard]] server::HecSender::Sent result() const { return result_; }
  [[nodiscard]] uint64_t sent() const { return sent_; }
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  void add(const ingest::Record& record) {
    if (result_ != server::HecSender::Sent::Taken) return;
    const Times::Found found = times_.of(record);
    const double turn = due(found.time);
    // What a request holds depends on the events alone: the same run again has the same requests.
    constexpr double kTogether = 0.02;
    if (pending_ > 0 && turn - turn_ > kTogether) flush();
    if (pending_ == 0) turn_ = turn;
    append_envelope(record, found);
    ++pending_;
    constexpr size_t kLargestBody = size_t{1} << 20;
    if (pending_ >= flags_.batch || lines_.size() >= kLargestBody) flush();
  }

  /// When its turn comes, in seconds after the start.
  [[nodiscard]] double due(const std::optional<Ticks>& time) const {
    if (rate_.per_second > 0) return static_cast<double>(sent_ + pending_) / rate_.per_second;
    if (rate_.times <= 0 || !time || !period_) return 0;
    return static_cast<double>(*time - period_->first) / kTicksPerSecond / rate_.times;
  }

  /// Moved so that the last event's time is the moment at which it is sent: none is in the future.
  [[nodiscard]] std::optional<Ticks> moved(const std::optional<Ticks>& time) const {
    if (!time || flags_.rebase.empty() || !period_) return time;
    const double takes = rate_.times > 0 ? static_cast<double>(period_->last - period_->first) / rate_.times : 0;
    return *time - period_->last + begin_ + static_cast<Ticks>(takes);
  }

  void append_envelope(const ingest::Record& record, const Times::Found& found) {
    lines_ += '{';
    if (const auto time = moved(found.time)) {
      lines_ += "\"time\":";
      server::append_epoch_seconds(*time, lines_);
      lines_ += ',';
    }
    const ingest::Envelope& envelope = record.envelope;
    append_text("host", envelope.host, flags_.input.host);
    append_text("source", envelope.source, flags_.input.source);
    append_text("sourcetype", envelope.sourcetype, flags_.input.sourcetype);
    append_text("index", envelope.index, flags_.input.index);
    lines_ += "\"event\":";
    const bool object = record.document != nullptr && record.document->shape() == ingest::Shape::Json &&
                        record.raw.starts_with('{') && record.raw.find('\n') == std::string_view::npos;
    if (object) {
      lines_ += record.raw;
    } else {
      append_json_quoted(record.raw, lines_);
    }
    lines_ += "}\n";
  }

  void append_text(std::string_view key, const std::optional<std::string_view>& own, const std::string& otherwise) {
    const std::string_view text = own && !own->empty() ? *own : std::string_view(otherwise);
    if (text.empty()) return;
    lines_ += fmt::format("\"{}\":{},", key, json_quote(text));
  }

  void flush() {
    if (pending_ == 0 || result_ != server::HecSender::Sent::Taken) return;
    if (const double left = turn_ - seconds(); left > 0)
      std::this_thread::sleep_for(std::chrono::duration<double>(left));
    result_ = sender_.send(lines_);
    if (result_ == server::HecSender::Sent::Taken) sent_ += pending_;
    pending_ = 0;
    lines_.clear();
    if (is_terminal(stderr))
      fmt::print(stderr, "\r{} events, {:.0f}/s ", sent_, static_cast<double>(sent_) / seconds());
  }

  const ReplayFlags& flags_;
  Rate rate_;
  Times times_;
  server::HecSender& sender_;
  std::optional<Period> period_;
  std::chrono::steady_clock::time_point start_;
  Ticks begin_ = 0;
  std::string lines_;
  double turn_ = 0;  // of the first event that is pending
  size_t pending_ = 0;
  uint64_t sent_ = 0;
  server::HecSender::Sent result_ = server::HecSender::Sent::Taken;
};

ExitCode wrong_usage(std::string_view what) {
  fmt::print(stderr, "hecate: {}\n", what);
  return kUsage;
}

ExitCode run_replay(ReplayFlags& flags) {
  const auto rate = Rate::parse(flags.rate);
  if (!rate) return wrong_usage(fmt::format("--rate: `{}` is neither 10x nor 500/s", flags.rate));
  const auto url = http::Url::parse(flags.to);
  if (!url) return wrong_usage(fmt::format("--to: `{}` is not http://HOST:PORT or https://HOST:PORT", flags.to));
  SourceMap sources;
  DiagnosticSink sink;
  DiagnosticPrinter printer(sources, sink);
  const std::optional<Catalog> catalog = load_catalog(sources, sink);
  const std::vector<std::string> files = ingest::expand_paths(flags.files, sink);
  printer.flush();
  if (!catalog) return kUsage;
  if (files.empty()) return kNoInput;

  const bool needs_survey = rate->times > 0 || !flags.rebase.empty();
  const bool reads_stdin = std::find(files.begin(), files.end(), "-") != files.end();
  if (needs_survey && reads_stdin) return wrong_usage("--rate Nx and --rebase need files: standard input is read once");
  const std::string run = flags.run.empty() ? server::new_token() : flags.run;
  // Request ids are a channel's: the same run has the same one.
  server::HecSender sender({*url, flags.client, flags.token, server::guid_of(run), run, !flags.no_gzip, flags.retries});
  Replay replay(flags, *rate, *catalog, sender);
  if (needs_survey) replay.survey(files);
  ingest::ReadStats stats;
  replay.run(files, stats, sink);
  if (is_terminal(stderr)) fmt::print(stderr, "\r\033[K");
  printer.flush();
  fmt::print(stderr, "hecate: {} events sent in {} requests and {:.2f} s, {:.0f}/s, {} retries\n", replay.sent(),
             sender.requests(), replay.seconds(), static_cast<double>(replay.sent()) / std::max(1e-9, replay.seconds()),
             sender.retries());
  if (replay.result() == server::HecSender::Sent::Taken) return stats.files == 0 ? kNoInput : kRan;
  fmt::print(stderr, "hecate: {}: {}\n", flags.to, sender.failure());
  if (replay.result() == server::HecSender::Sent::Refused) return kUsage;
  fmt::print(stderr, "hecate: `--run {}` goes on with the same ids: what was taken is not taken twice\n", run);
  return kIncomplete;
}

}  // namespace

Command add_replay(CLI::App& root) {
  auto flags = std::make_shared<ReplayFlags>();
  CLI::App* app = root.add_subcommand("replay", "Send logs to an HTTP Event Collector, as if they happened again");
  app->add_option("FILE", flags->files, "Logs of any format that `hecate hunt` reads; folders; - for standard input")
      ->required();
  app->add_option("--to", flags->to, "Where to: http://HOST:PORT or https://HOST:PORT")->type_name("URL")->required();
  app->add_option("--token", flags->token, "The collector's token")->envname("HECATE_TOKEN")->required();
  app->add_option(
         "--rate", flags->rate,
         "10x: ten times as fast as they happened; 500/s: so many a second; default: as fast as they are taken")
      ->type_name("RATE");
  app->add_option("--rebase", flags->rebase, "now: events are moved in time, so that the last happens when it is sent")
      ->check(CLI::IsMember({"now"}));
  app->add_option("--index", flags->input.index, "Of events that do not say it themselves");
  app->add_option("--sourcetype", flags->input.sourcetype, "Of events that do not say it themselves");
  app->add_option("--source", flags->input.source, "Of events that do not say it themselves");
  app->add_option("--host", flags->input.host, "Of events that do not say it themselves");
  app->add_option("--batch", flags->batch, "Events in one request, at most")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  app->add_option("--run", flags->run, "What the requests' ids begin with: the same run again sends nothing twice");
  app->add_option("--retries", flags->retries, "Of one request, while the server is busy or away")
      ->capture_default_str();
  app->add_flag("--no-gzip", flags->no_gzip, "Send bodies as they are");
  app->add_option("--cacert", flags->client.authorities, "PEM file of who may vouch for the server")->type_name("FILE");
  app->add_flag("--insecure", flags->client.insecure, "Take any certificate of the server");
  app->footer(
      "Examples:\n"
      "  hecate replay attack_data/ --to http://127.0.0.1:8088 --token $TOKEN\n"
      "  hecate replay events.ndjson --to https://siem:8088 --token $TOKEN --cacert ca.pem --rate 10x --rebase now\n"
      "\nExit codes: 0 all was sent, 2 usage or the server refused it, 3 no input could be read, 4 the server was "
      "away\n"
      "or busy for too long.\n");
  return {app, [flags] { return run_replay(*flags); }};
}

}  // namespace hecate::cli
