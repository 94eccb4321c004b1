#include "cli/follow.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "engine/codes.h"
#include "ingest/follow.h"

namespace hecate::cli {
namespace {

/// How far behind the latest event one may come and still be correlated.
constexpr Ticks kLateness = 60 * kTicksPerSecond;

/// Writing to a reader that is gone ends the program; these two end it when all that was found is written.
void hold_signals_back() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

}  // namespace

void FollowFlags::add_to(CLI::App& app) {
  app_ = &app;
  app.add_flag("--follow", on_,
               "Go on reading as the files grow, through rotation, until SIGINT or SIGTERM; findings come at once, as "
               "NDJSON. Only detections that need one event at a time, and correlations");
  app.add_option("--position", position_,
                 "With --follow: where to keep how far the files were read, so that the next run goes on from there")
      ->type_name("FILE");
}

bool FollowFlags::check(EventOptions& events) const {
  if (!on_) {
    if (position_.empty()) return true;
    fmt::print(stderr, "hecate: --position goes with --follow\n");
    return false;
  }
  if (events.output == "table" && app_->count("--output") > 0) {
    fmt::print(stderr, "hecate: --follow: a table needs its end; leave --output out, or give ndjson\n");
    return false;
  }
  events.output = "ndjson";
  std::error_code error;
  for (const std::string& path : events.events) {
    const bool folder = std::filesystem::is_directory(path, error);
    if (path != "-" && !folder) continue;
    fmt::print(stderr, "hecate: --follow: {} is {}, and no file with a name\n", path, folder ? "a folder" : "a stream");
    return false;
  }
  hold_signals_back();
  return true;
}

void FollowFlags::set_up(engine::HuntOptions& options, std::function<void()> say, bool& ok) const {
  options.correlation_limits.lateness = kLateness;
  ingest::FollowOptions follow;
  follow.files = options.files;
  follow.position_file = position_;
  follow.read = options.read;
  follow.on_pause = [say = std::move(say)] {
    const bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
    if (!written) fmt::print(stderr, "hecate: --follow: findings cannot be written\n");
    say();
    return written;
  };
  options.events = [follow, &ok](const ingest::Visit& visit, ingest::ReadStats& stats, DiagnosticSink& sink) {
    ok = ingest::follow_files(follow, visit, stats, sink);
  };
}

bool keep_followed(engine::HuntOptions& options, DiagnosticSink& sink) {
  std::erase_if(options.only, [&](const engine::CompiledDetection* detection) {
    if (detection->correlation || !detection->needs_tail()) return false;
    sink.report(engine::kCannotFollow, detection->detection->span,
                fmt::format("{}: needs more than one event at a time, and does not run while files are followed",
                            detection->detection->title),
                "run it beside, with --as-scheduled, whenever it is due");
    return true;
  });
  return !options.only.empty();
}

}  // namespace hecate::cli
